"""Exists for stages of eight channels, which fill half a block: two samples of a channel are two channels here.

[B, C, 1, T] becomes [B, 2 C, 1, T / 2], even samples of all channels first, then the odd ones. A convolution of k taps
and dilation d gives the samples t and t + d from k + 1 that are d apart. Those are (k + 1) / 2 pairs, none of them half
unused, if t comes with t - d before it and with t + d behind it. The LeakyReLU between two convolutions pairs anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn

from export.models.blocked_layout import Delayed
from export.models.hifigan import ResBlock1


def can_be_paired(block: nn.Module) -> bool:
    """Whether its convolutions have taps that make whole pairs, and dilations that lead from even to odd samples."""
    if not isinstance(block, ResBlock1):
        return False
    convs = cast(list[nn.Conv1d], [*block.convs1, *block.convs2])
    return all(conv.kernel_size[0] % 4 == 3 and conv.dilation[0] % 2 == 1 for conv in convs)


def paired(conv: nn.Conv1d) -> nn.Conv2d:
    """The convolution over pairs: (t - d, t) -> (t, t + d), each with t even, d its dilation.

    T / 2 + (d + 1) / 2 columns are taken, one less given. A column holds the C channels of t, then those of the other.
    """
    channels, (taps,), (dilation,) = conv.in_channels, conv.kernel_size, conv.dilation
    reach, wide = taps // 2, (taps + 1) // 2
    first = (1 - reach) // 2  # of the pairs that are read, in steps of the dilation
    result = nn.Conv2d(
        2 * channels,
        2 * conv.out_channels,
        (1, wide),
        dilation=(1, dilation),
        padding=(0, (dilation - 1) // 2 - first * dilation),
    )
    with torch.no_grad():
        result.weight.zero_()
        weight = result.weight.view(2, conv.out_channels, 2, channels, wide)
        for late in (0, 1):  # the output at t, and that at t + d
            for tap in range(taps):
                pair, early = divmod(tap - reach + late + 1, 2)  # 0: the sample d before an even one, 1: that one
                weight[late, :, 1 - early, :, pair - first] = conv.weight[:, :, tap]
        cast(Tensor, result.bias).copy_(cast(Tensor, conv.bias).repeat(2))
    return result


class PairedBlock(nn.Module):
    """ResBlock1 of an even number of samples, paired (even, next): [B, 2 C, 1, T / 2] -> same.

    The wider pairings have columns with samples beyond the ends. In an input they are zeros; those of an output are
    not, and the next LeakyReLU leaves them out.
    """

    def __init__(self, block: ResBlock1) -> None:
        super().__init__()
        self.first = nn.ModuleList(paired(conv) for conv in block.convs1)  # type: ignore[arg-type]
        self.second = nn.ModuleList(paired(conv) for conv in block.convs2)  # type: ignore[arg-type]
        self.before, self.between = nn.ModuleList(), nn.ModuleList()
        for conv in cast(Iterable[nn.Conv1d], block.convs1):
            channels, delay = conv.in_channels, (conv.dilation[0] + 1) // 2
            delays = [0] * channels + [delay] * channels
            self.before.append(Delayed(delays, padding=delay))  # (t, t + 1) -> (t, t - d)
            self.between.append(Delayed(delays, padding=1))  # (t, t + d) -> (t, t - 1)

    def forward(self, x: Tensor) -> Tensor:
        for before, first, between, second in zip(self.before, self.first, self.between, self.second, strict=True):
            x = second(between(first(before(x)))) + x
        return x
