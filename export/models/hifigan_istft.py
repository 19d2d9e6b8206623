"""A HiFi-GAN generator that is given the pitch and ends in an inverse STFT, so that it learns in an hour on a CPU.

The trunk is HiFi-GAN's (transposed convolution, then the mean of residual blocks of several kernels; Kong et al.
2020), cut after the first upsampling as in iSTFTNet (Kaneko et al. 2022). A harmonic source comes in at that rate as
in HiFTNet (Li et al. 2023), and what goes out filters that source and noise, instead of making both from nothing.
Its frames are four times as dense and a quarter as long as the mel's, which is what it has over the other family:
plosives stay sharp.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.features import HOP, N_MELS, mel_filters
from export.models.hifigan import SLOPE, ResBlock1
from export.models.spectral import hann, overlap_add, stft

RATE = 4
FINE_HOP = HOP // RATE
FINE_N_FFT = 4 * FINE_HOP
FINE_BINS = FINE_N_FFT // 2 + 1
KERNELS = (3, 7, 11)
DILATIONS = (1, 3, 5)


class ReceptiveFieldFusion(nn.Module):
    """Mean of residual blocks of several kernels, HiFi-GAN's multi-receptive field fusion: [B, C, T] -> same."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResBlock1(channels, kernel, DILATIONS) for kernel in KERNELS)

    def forward(self, x: Tensor) -> Tensor:
        total = self.blocks[0](x)
        for block in self.blocks[1:]:
            total = total + block(x)
        return total / len(KERNELS)


class HifiganIstft(nn.Module):
    """mel [B, T, 80], f0 [B, T] Hz, voicing [B, T], source [B, 4 T, 258] -> filters, each [B, 4 T, 129].

    `source` is the STFT of the pulse train (n_fft 256, hop 64), real parts then imaginary parts.
    """

    def __init__(self, channels: int = 192) -> None:
        super().__init__()
        self.config = {"channels": channels}
        width = channels // 2
        self.conv_pre = nn.Conv1d(N_MELS + 2, channels, 7, padding=3)
        self.up = nn.ConvTranspose1d(channels, width, 2 * RATE, RATE, padding=RATE // 2)
        self.source = nn.Conv1d(2 * FINE_BINS, width, 3, padding=1)
        self.fusion: nn.Module = ReceptiveFieldFusion(width)
        self.conv_post = nn.Conv1d(width, 3 * FINE_BINS, 7, padding=3)
        nn.init.normal_(self.conv_post.weight, std=0.01)
        if self.conv_post.bias is not None:  # never None; the type of nn.Conv1d allows for it
            nn.init.zeros_(self.conv_post.bias)
            nn.init.constant_(self.conv_post.bias[2 * FINE_BINS :], -1.0)  # breath begins quieter than voice
        # The envelope that the mel implies, at every fourth bin of its own STFT: both filters start from it.
        envelope = torch.linalg.pinv(torch.from_numpy(mel_filters())).T[:, ::RATE].contiguous()
        self.envelope: Tensor
        self.register_buffer("envelope", envelope, persistent=False)
        fine_frames = 3 + 1 + max((k // 2) * (sum(DILATIONS) + len(DILATIONS)) for k in KERNELS)
        self.context_frames = 3 + 1 + -(-fine_frames // RATE)

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor, source: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-magnitude and phase of the filter of the pulses, log-magnitude of the filter of the noise."""
        features = torch.cat([mel * 0.25 + 1.0, torch.log(f0 / 200.0)[..., None], voicing[..., None]], dim=2)
        x = self.up(F.leaky_relu(self.conv_pre(features.transpose(1, 2)), SLOPE))
        x = x + self.source(source.transpose(1, 2))
        x = self.conv_post(F.leaky_relu(self.fusion(x), SLOPE)).transpose(1, 2).float()
        envelope = torch.log(torch.clamp(torch.exp(mel.float()) @ self.envelope.float(), min=1e-5)) - 3.0
        envelope = F.interpolate(envelope.transpose(1, 2), scale_factor=float(RATE), mode="linear").transpose(1, 2)
        harmonic, phase, noise = x.split(FINE_BINS, dim=2)
        return torch.clamp(harmonic + envelope, max=6.0), phase, torch.clamp(noise + envelope, max=6.0)


def source_features(pulses: Tensor) -> Tensor:
    """STFT of the pulse train [B, n] as the net wants it: [B, n / 64, 258]."""
    spectrum = stft(pulses, FINE_N_FFT, FINE_HOP, hann(FINE_N_FFT))
    return torch.cat([spectrum.real, spectrum.imag], dim=1).transpose(1, 2)


def render_fine(filters: tuple[Tensor, Tensor, Tensor], source: Tensor, noise: Tensor) -> Tensor:
    """Samples [B, n] of filters [B, n / 64, 129] applied to the source's spectrum and to noise [B, n]."""
    harmonic, phase, breath = (x.transpose(1, 2) for x in filters)
    window = hann(FINE_N_FFT)
    real, imaginary = source.transpose(1, 2).split(FINE_BINS, dim=1)
    spectrum = torch.complex(real, imaginary) * torch.polar(torch.exp(harmonic), phase)
    spectrum = spectrum + stft(noise, FINE_N_FFT, FINE_HOP, window) * torch.exp(breath)
    return overlap_add(spectrum, FINE_N_FFT, FINE_HOP, window)
