"""Spectral losses of the vocoders, blind to frequencies that a recording does not hold."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from export.features import SAMPLE_RATE, mel_filters

RESOLUTIONS = (256, 512, 1024, 2048)
MELS = {512: 40, 1024: 80, 2048: 120}


class SpectralLoss(nn.Module):
    """Multi-resolution STFT loss (Yamamoto et al. 2020) and multi-resolution log-mel L1 (as in HiFi-GAN)."""

    def __init__(self) -> None:
        super().__init__()
        for n_fft in RESOLUTIONS:
            self.register_buffer(f"window_{n_fft}", torch.hann_window(n_fft))
            if n_fft in MELS:
                filters = mel_filters(n_fft=n_fft, n_mels=MELS[n_fft], fmax=SAMPLE_RATE / 2)
                self.register_buffer(f"mel_{n_fft}", torch.from_numpy(filters).T.contiguous())

    def _magnitude(self, samples: Tensor, n_fft: int) -> Tensor:
        spectrum = torch.stft(samples, n_fft, n_fft // 4, n_fft, getattr(self, f"window_{n_fft}"), return_complex=True)
        return torch.sqrt(spectrum.real**2 + spectrum.imag**2 + 1e-9).transpose(1, 2)

    def forward(self, output: Tensor, target: Tensor, bandwidth_hz: Tensor) -> tuple[Tensor, Tensor]:
        """STFT loss and mel loss of output against target [B, n]; bins above `bandwidth_hz` [B] do not count."""
        stft_loss, mel_loss = output.new_zeros(()), output.new_zeros(())
        for n_fft in RESOLUTIONS:
            floor = 3e-4 * (n_fft / 1024) ** 0.5
            hz = torch.arange(n_fft // 2 + 1, device=output.device) * (SAMPLE_RATE / n_fft)
            band = (hz[None] <= bandwidth_hz[:, None]).float()[:, None]
            a, b = self._magnitude(output, n_fft) * band, self._magnitude(target, n_fft) * band
            convergence = torch.linalg.norm(b - a, dim=(1, 2)) / torch.linalg.norm(b, dim=(1, 2)).clamp_min(1e-3)
            log_a, log_b = torch.log(a.clamp_min(floor)), torch.log(b.clamp_min(floor))
            stft_loss = stft_loss + convergence.mean() + (log_a - log_b).abs().mean() / band.mean()
            if n_fft in MELS:
                filters = getattr(self, f"mel_{n_fft}")
                usable = ((filters * (1 - band.transpose(1, 2))).sum(1) == 0).float()[:, None]  # [B, 1, mels]
                mel_a, mel_b = (torch.log((x @ filters).clamp_min(1e-5)) for x in (a, b))
                mel_loss = mel_loss + ((mel_a - mel_b).abs() * usable).mean() / usable.mean()
        return stft_loss / len(RESOLUTIONS), mel_loss / len(MELS)
