"""Judges whether samples come from a recording, so that a vocoder learns what spectral distances do not see.

Two kinds, small enough for a CPU: patches of log-magnitude spectra (as the multi-resolution discriminators of Jang et
al. 2021, UnivNet), and the waveform folded by a period (Kong et al. 2020, HiFi-GAN), which sees phases. A spectrum is
shown together with its differences from its own averages over frames and over bins: what an imitation lacks is so small
beside the spectrum itself that without them nothing is found in 200 steps (loss 0.497, chance is 0.5), with them 0.37.
Complex spectra were tried too: 0.497.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

RESOLUTIONS = (512, 256)
PERIODS = (3, 7)
SLOPE = 0.2
FLOOR = 1e-7  # of power
LEVEL_GAIN = 0.3  # brings log amplitudes to the size of their differences
OVER_TIME, OVER_BINS = (7, 1), (1, 9)  # windows of the averages
LOUDNESS = 8.0  # brings samples to about 1


class SpectrumDiscriminator(nn.Module):
    """Samples [B, n] -> a map of scores and the features of each layer, from one STFT."""

    def __init__(self, n_fft: int) -> None:
        super().__init__()
        self.n_fft = n_fft
        self.window: Tensor
        self.register_buffer("window", torch.hann_window(n_fft), persistent=False)
        self.layers, self.outlet = _convolutions(
            3, (16, 24, 32, 32), (3, 7), ((1, 2), (1, 2), (2, 2), (1, 2)), outlet=(3, 3)
        )

    def planes(self, samples: Tensor, bandwidth_hz: Tensor, sample_rate: int) -> Tensor:
        """Log amplitude and its differences from its averages [B, 3, T, bins], zero above `bandwidth_hz` [B]."""
        spectrum = torch.stft(
            samples.float(), self.n_fft, self.n_fft // 4, self.n_fft, self.window, return_complex=True
        ).transpose(1, 2)
        hz = torch.arange(self.n_fft // 2 + 1, device=samples.device) * (sample_rate / self.n_fft)
        held = (hz[None] <= bandwidth_hz[:, None]).float()[:, None]
        level = (0.5 * torch.log(spectrum.real**2 + spectrum.imag**2 + FLOOR) * held)[:, None]
        parts = [level * LEVEL_GAIN]
        for window in (OVER_TIME, OVER_BINS):
            padding = (window[0] // 2, window[1] // 2)
            parts.append(level - F.avg_pool2d(level, window, 1, padding, count_include_pad=False))
        return torch.cat(parts, dim=1)

    def forward(self, samples: Tensor, bandwidth_hz: Tensor, sample_rate: int) -> tuple[Tensor, list[Tensor]]:
        return _judged(self.planes(samples, bandwidth_hz, sample_rate), self.layers, self.outlet)


class PeriodDiscriminator(nn.Module):
    """Samples [B, n] -> the same, from every `period`-th sample in a row of its own."""

    def __init__(self, period: int) -> None:
        super().__init__()
        self.period = period
        self.layers, self.outlet = _convolutions(1, (16, 48, 96, 96), (5, 1), ((3, 1),) * 4, outlet=(3, 1))

    def forward(self, samples: Tensor, bandwidth_hz: Tensor, sample_rate: int) -> tuple[Tensor, list[Tensor]]:
        usable = samples.shape[1] // self.period * self.period
        folded = (LOUDNESS * samples[:, :usable].float()).reshape(len(samples), 1, -1, self.period)
        compressed = torch.sign(folded) * torch.sqrt(folded.abs() + 1e-4)
        return _judged(compressed, self.layers, self.outlet)


class WaveDiscriminator(nn.Module):
    """All of them together: scores by discriminator, and the features of all layers."""

    def __init__(self, sample_rate: int) -> None:
        super().__init__()
        self.sample_rate = sample_rate
        self.parts = nn.ModuleList(
            [*(SpectrumDiscriminator(n_fft) for n_fft in RESOLUTIONS), *(PeriodDiscriminator(p) for p in PERIODS)]
        )

    def forward(self, samples: Tensor, bandwidth_hz: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        scores, features = [], []
        for part in self.parts:
            score, own = part(samples, bandwidth_hz, self.sample_rate)
            scores.append(score)
            features.extend(own)
        return scores, features


def _convolutions(
    inputs: int, channels: tuple[int, ...], kernel: tuple[int, int], strides: tuple[tuple[int, int], ...],
    outlet: tuple[int, int],
) -> tuple[nn.ModuleList, nn.Conv2d]:  # fmt: skip
    layers, last = nn.ModuleList(), inputs
    for width, stride in zip(channels, strides, strict=True):
        conv = nn.Conv2d(last, width, kernel, stride=stride, padding=(kernel[0] // 2, kernel[1] // 2))
        nn.init.kaiming_normal_(conv.weight, SLOPE)
        layers.append(conv)
        last = width
    return layers, nn.Conv2d(last, 1, outlet, padding=(outlet[0] // 2, outlet[1] // 2))


def _judged(x: Tensor, layers: nn.ModuleList, outlet: nn.Conv2d) -> tuple[Tensor, list[Tensor]]:
    features = []
    with torch.autocast("cpu", dtype=torch.bfloat16):
        for layer in layers:
            x = F.leaky_relu(layer(x), SLOPE)
            features.append(x)
        return outlet(x), features
