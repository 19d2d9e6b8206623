"""Transposed convolutions, and the last one, as convolutions that ONNX Runtime has blocked kernels for.

It computes a transposed convolution as a matrix product and a scattered sum, and pads the one channel of the last
convolution to sixteen. Here both give several neighbouring samples at each step, as channels.
"""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn

from export.models.blocked_layout import LANES


class Upsampling(nn.Module):
    """A transposed convolution of `gain` times its input: [B, C, 1, T] -> rows [B, 1, T * rate, D]."""

    def __init__(self, up: nn.ConvTranspose1d, gain: float) -> None:
        super().__init__()
        (rate,), (taps,), cut = up.stride, up.kernel_size, int(up.padding[0])
        wide = math.ceil(taps / rate)
        weight = torch.zeros(up.in_channels, up.out_channels, wide * rate)
        weight[:, :, :taps] = gain * up.weight.detach()
        late = weight.view(up.in_channels, up.out_channels, wide, rate).flip(2)
        self.conv = nn.Conv2d(up.in_channels, rate * up.out_channels, (1, wide), padding=(0, wide - 1))
        with torch.no_grad():
            self.conv.weight.copy_(late.permute(3, 1, 0, 2).reshape(self.conv.weight.shape))
            cast(Tensor, self.conv.bias).copy_(cast(Tensor, up.bias).repeat(rate))
        self.channels = up.out_channels
        # Column n gives the samples from n * rate on; `cut` before the first wanted one, these behind the last.
        self.first, self.behind = cut, rate * (wide - 1) - cut

    def forward(self, x: Tensor) -> Tensor:
        rows = self.conv(x).permute(0, 2, 3, 1).reshape(x.shape[0], 1, -1, self.channels)
        return rows[:, :, self.first : -self.behind if self.behind else None]


class LastConvolution(nn.Module):
    """The convolution to samples of `gain` times its input: [B, paired * C, 1, T / paired] -> [B, 1, T].

    paired: 1, or 2 for what export/models/paired_samples.py gives. rate: T is a multiple of it, and it one of `paired`.
    """

    def __init__(self, conv: nn.Conv1d, gain: float, rate: int, paired: int = 1) -> None:
        super().__init__()
        channels, (taps,) = conv.in_channels, conv.kernel_size
        reach, step = taps // 2, math.gcd(rate, LANES)
        before = math.ceil(reach / paired)  # columns
        wide = (step - 1 + reach) // paired + before + 1
        self.conv = nn.Conv2d(
            paired * channels, step, (1, wide), stride=(1, step // paired), padding=(0, before)
        )
        with torch.no_grad():
            self.conv.weight.zero_()
            weight = self.conv.weight.view(step, paired, channels, wide)
            for sample in range(step):
                for tap in range(taps):
                    column, part = divmod(sample + tap - reach, paired)
                    weight[sample, part, :, column + before] = gain * conv.weight[0, :, tap]
            cast(Tensor, self.conv.bias).copy_(cast(Tensor, conv.bias).repeat(step))

    def forward(self, x: Tensor) -> Tensor:
        return torch.tanh(self.conv(x)).permute(0, 2, 3, 1).reshape(x.shape[0], 1, -1)
