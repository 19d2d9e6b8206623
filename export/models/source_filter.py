"""The source-filter spectral vocoder: a ConvNeXt net shapes a pulse train and noise in the STFT domain.

The pitch is right by construction because the pulses carry it; the net only has to find the vocal tract's filter
and the balance of voice and breath. Both filters start from the envelope that the mel itself implies.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.features import HOP, N_FFT, N_MELS, mel_filters
from export.models.convnext import ConvNeXtStack
from export.models.spectral import hann, overlap_add, stft

BINS = N_FFT // 2 + 1
FLOOR = 1e-5  # of the envelope's amplitude
ATTENUATION = 3.0  # of the envelope, ln: what the filters begin with
TOP = 6.0  # ln amplitude that no filter exceeds


class SourceFilterVocoder(nn.Module):
    """mel [B, T, 80], f0 [B, T] Hz, voicing [B, T] -> the two filters, each [B, T, 513].

    Args:
        channels: width of the net.
        blocks: number of ConvNeXt blocks.
        kernel: of the depthwise convolutions.
        expansion: hidden width of a block in multiples of `channels`.
    """

    def __init__(self, channels: int = 256, blocks: int = 6, kernel: int = 7, expansion: int = 3) -> None:
        super().__init__()
        self.config = {"channels": channels, "blocks": blocks, "kernel": kernel, "expansion": expansion}
        self.inlet = nn.Conv2d(N_MELS + 2, channels, (1, kernel), padding=(0, kernel // 2))
        self.stack = ConvNeXtStack(channels, blocks, kernel, expansion, scale=0.1)
        self.norm = nn.LayerNorm(channels)
        self.head = nn.Linear(channels, 3 * BINS)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.zeros_(self.head.bias)
        self.head.bias.data[2 * BINS :] -= 1.0  # breath begins quieter than voice
        self.envelope: Tensor
        self.register_buffer("envelope", torch.linalg.pinv(torch.from_numpy(mel_filters())).T.contiguous(), False)
        self.context_frames = kernel // 2 + self.stack.context_frames

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log-magnitude and phase (radians) of the filter of the pulses, log-magnitude of the filter of the noise."""
        harmonic, phase, noise = (part.float() for part in self.corrections(mel, f0, voicing))
        envelope = torch.log(torch.clamp(torch.exp(mel.float()) @ self.envelope.float(), min=FLOOR)) - ATTENUATION
        return torch.clamp(harmonic + envelope, max=TOP), phase, torch.clamp(noise + envelope, max=TOP)

    def corrections(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the net adds to the envelope's logarithm for the pulses, their phase, and what it adds for noise."""
        features = torch.cat([mel * 0.25 + 1.0, torch.log(f0 / 200.0)[..., None], voicing[..., None]], dim=2)
        x = self._enter(features)
        harmonic, phase, noise = self.head(self.norm(self.stack(x))).split(BINS, dim=2)
        return harmonic, phase, noise

    def _enter(self, features: Tensor) -> Tensor:
        """The inlet's convolution as one matrix product over neighbouring frames side by side, [B, T, C].

        ONNX Runtime chooses among kernels for a dense convolution by its length, and they differ in the last digit:
        with int8 behind it, a chunk would not be what the whole is. A product gives a row the same among any others.
        """
        kernel, frames = self.config["kernel"], features.shape[1]
        padded = F.pad(features, (0, 0, kernel // 2, kernel // 2))
        neighbours = torch.cat([padded[:, k : k + frames] for k in range(kernel)], dim=2)
        weight = self.inlet.weight[:, :, 0].permute(0, 2, 1).reshape(-1, kernel * (N_MELS + 2))
        return F.linear(neighbours, weight, self.inlet.bias)


class SourceFilterMagnitudes(nn.Module):
    """The same filters with magnitudes instead of their logarithms, which the runtime would raise to the exponent
    again: what is exported, as ONNX Runtime's logarithm takes ten times as long as its exponential.
    """

    def __init__(self, net: SourceFilterVocoder) -> None:
        super().__init__()
        self.net = net
        self.envelope: Tensor
        self.register_buffer("envelope", net.envelope * math.exp(-ATTENUATION), False)

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Magnitude and phase (radians) of the filter of the pulses, magnitude of the filter of the noise."""
        harmonic, phase, noise = self.net.corrections(mel, f0, voicing)
        envelope = torch.clamp(torch.exp(mel) @ self.envelope, min=FLOOR * math.exp(-ATTENUATION))
        top = math.exp(TOP)
        return (
            torch.clamp(torch.exp(harmonic) * envelope, max=top), phase,
            torch.clamp(torch.exp(noise) * envelope, max=top),
        )  # fmt: skip


def render(filters: tuple[Tensor, Tensor, Tensor], pulses: Tensor, noise: Tensor) -> Tensor:
    """Samples [B, T * 256] of filters [B, T, 513] applied to pulses and noise [B, T * 256]."""
    harmonic, phase, breath = (x.transpose(1, 2) for x in filters)
    window = hann(N_FFT).to(pulses.device)
    spectrum = stft(pulses, N_FFT, HOP, window) * torch.polar(torch.exp(harmonic), phase)
    spectrum = spectrum + stft(noise, N_FFT, HOP, window) * torch.exp(breath)
    return overlap_add(spectrum, N_FFT, HOP, window)
