"""ConvNeXt blocks for sequences, the one building block of every model of ours.

After Liu et al. 2022, in one dimension as in Vocos (Siuzdak 2023). Nearly all of a block's work is two matrix
products, which is what CPUs and int8 kernels are fastest at.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class DepthwiseConv(nn.Module):
    """Depthwise convolution along time of [B, T, C], zero-padded to the same length.

    Written as a 2-D convolution of height 1: oneDNN and ONNX Runtime have no fast kernels for the 1-D form.
    """

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, (1, kernel), padding=(0, kernel // 2), groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution, LayerNorm, two pointwise products with GELU between, scaled and added: [B, T, C] -> same.

    `mask` [B, T, 1] zeroes what lies past a sequence's end, so that a padded batch gives what each sequence
    alone would. A `condition` [B, 1, K] moves and scales what LayerNorm gives (adaptive LayerNorm, Peebles & Xie
    2023), beginning at no effect.
    """

    def __init__(
        self, channels: int, hidden: int, kernel: int = 7, dropout: float = 0.0, scale: float = 0.2, condition: int = 0
    ) -> None:
        super().__init__()
        self.depthwise = DepthwiseConv(channels, kernel)
        self.norm = nn.LayerNorm(channels)
        self.expand = nn.Linear(channels, hidden)
        self.contract = nn.Linear(hidden, channels)
        self.scale = nn.Parameter(torch.full((channels,), scale))
        self.dropout = dropout
        self.modulation = nn.Linear(condition, 2 * channels) if condition else None
        if self.modulation is not None:
            nn.init.zeros_(self.modulation.weight)
            nn.init.zeros_(self.modulation.bias)

    def forward(self, x: Tensor, mask: Tensor | None = None, condition: Tensor | None = None) -> Tensor:
        if mask is not None:
            x = x * mask
        y = self.norm(self.depthwise(x))
        if self.modulation is not None:
            gain, shift = self.modulation(condition).split(y.shape[2], dim=2)
            y = y * (1 + gain) + shift
        y = self.contract(F.gelu(self.expand(y))) * self.scale
        if self.dropout:
            y = F.dropout(y, self.dropout, self.training)
        return x + y


class ConvNeXtStack(nn.Module):
    """`blocks` blocks in a row; sees `context_frames` frames to each side."""

    def __init__(
        self,
        channels: int,
        blocks: int,
        kernel: int = 7,
        expansion: int = 3,
        dropout: float = 0.0,
        scale: float = 0.2,
        condition: int = 0,
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(channels, channels * expansion, kernel, dropout, scale, condition) for _ in range(blocks)
        )
        self.context_frames = blocks * (kernel // 2)

    def forward(self, x: Tensor, mask: Tensor | None = None, condition: Tensor | None = None) -> Tensor:
        for block in self.blocks:
            x = block(x, mask, condition)
        return x if mask is None else x * mask
