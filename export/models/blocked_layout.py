"""Exists to keep ONNX Runtime in its blocked layout: it has no LeakyReLU there, but convolutions with one behind.

That layout, [B, C / 16, 1, T, 16] with AVX-512, is the one of its fast convolutions. An operator that it has only for
the common layout costs two passes more, there and back. Sums stay, if it can tell that both sides have one length (see
export/named_lengths.py), and then become part of the convolution before them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from export.models.height_one import flat
from export.models.hifigan import SLOPE, ResBlock1, ResBlock2

LANES = 16  # channels of a block with AVX-512; those of other processors, 4 and 8, divide it


def stays_blocked(channels: int) -> bool:
    """Whether so many channels fill whole blocks; fewer would be padded, others would leave the layout."""
    return channels % LANES == 0


class Delayed(nn.Module):
    """LeakyReLU of what each channel was some steps before: [B, C, 1, T] -> [B, C, 1, T + 2 * padding - longest delay].

    delays: one of each channel, in steps: 0 or the longest. padding: zeros ahead of the input, and behind it. Without
    any delay and slope it copies its input, which so enters the blocked layout.
    """

    def __init__(self, delays: list[int], padding: int = 0, slope: float | None = SLOPE) -> None:
        super().__init__()
        channels, longest = len(delays), max(delays)
        if set(delays) - {0, longest}:
            raise ValueError(f"delays must be 0 or one other number, not {sorted(set(delays))}")
        self.slope, taps = slope, 2 if longest else 1
        self.conv = nn.Conv2d(
            channels,
            channels,
            (1, taps),
            dilation=(1, max(1, longest)),
            padding=(0, padding),
            groups=channels,
            bias=False,
        )
        with torch.no_grad():
            self.conv.weight.zero_()
            for channel, delay in enumerate(delays):
                self.conv.weight[channel, 0, 0, 0 if delay == longest else 1] = 1.0

    def forward(self, x: Tensor) -> Tensor:
        y = cast(Tensor, self.conv(x))
        return y if self.slope is None else functional.leaky_relu(y, self.slope)


def _flat(convs: nn.Module) -> nn.ModuleList:
    return nn.ModuleList(flat(conv) for conv in cast(Iterable[nn.Conv1d], convs))


class BlockedBlock(nn.Module):
    """A residual block of HiFi-GAN in the blocked layout: [B, C, 1, T] -> same. What it takes must be in it already."""

    def __init__(self, block: ResBlock1 | ResBlock2) -> None:
        super().__init__()
        first, second = (block.convs1, block.convs2) if isinstance(block, ResBlock1) else (block.convs, nn.ModuleList())
        self.first, self.second = _flat(first), _flat(second)
        self.leaky = Delayed([0] * cast(nn.Conv2d, self.first[0]).in_channels)

    def forward(self, x: Tensor) -> Tensor:
        for index, first in enumerate(self.first):
            y = first(self.leaky(x))
            if self.second:
                y = self.second[index](functional.leaky_relu(y, SLOPE))  # fused with the convolution before it
            x = y + x
        return x
