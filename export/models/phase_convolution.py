"""Residual blocks with fewer products than their convolutions have, in a layout that makes each step a matrix product.

Time is dealt out to phases, [B, phases, T / phases, C]: phase p holds the samples p, p + phases, ... A tile is one
sample of each phase. `toom_cook` then is three products: of its small matrix with the phases, of each point's
[tiles, C] with that point's [C, C], and of a small matrix with the points. Dilation costs little, as long as
it has no divisor in common with the number of phases: samples t, t + d, t + 2d, ... visit every phase once.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from export.models.hifigan import SLOPE, ResBlock1, ResBlock2
from export.models.toom_cook import correlation


def to_phases(rows: Tensor, phases: int) -> Tensor:
    """[B, 1, T, C] -> [B, phases, T / phases, C]."""
    return rows.reshape(rows.shape[0], -1, phases, rows.shape[3]).permute(0, 2, 1, 3)


def from_phases(x: Tensor) -> Tensor:
    """[B, phases, T / phases, C] -> [B, 1, T, C]."""
    return x.permute(0, 2, 1, 3).reshape(x.shape[0], 1, -1, x.shape[3])


def _constant(values: object) -> nn.Parameter:
    return nn.Parameter(torch.as_tensor(values, dtype=torch.float32).contiguous(), requires_grad=False)


class PhaseConvolution(nn.Module):
    """A "same" nn.Conv1d of odd kernel, [B, phases, tiles, C] -> [B, phases, tiles, D], but for rounding.

    The graph holds the convolution's own weights; ONNX Runtime makes those of the points from them when it loads it.
    """

    def __init__(self, conv: nn.Conv1d, phases: int) -> None:
        super().__init__()
        taps, dilation = conv.kernel_size[0], conv.dilation[0]
        self.inputs, self.outputs, self.phases = conv.in_channels, conv.out_channels, phases
        algorithm = correlation(phases, taps)
        self.points = len(algorithm.kernel)
        self.kernel, self.output = _constant(algorithm.kernel.T.copy()), _constant(algorithm.output)
        self.weight = _constant(conv.weight.detach())  # [D, C, taps]
        self.bias = None if conv.bias is None else _constant(conv.bias.detach())
        self.tiles: nn.Module = (
            _Neighbours(algorithm.data, taps, phases, self.inputs)
            if dilation == 1
            else _Dilated(algorithm.data, taps, phases, dilation)
        )
        self.order = _Order(phases, dilation)

    def forward(self, x: Tensor) -> Tensor:
        points = self.tiles(x).reshape(x.shape[0], self.points, -1, self.inputs)
        weights = torch.matmul(self.weight, self.kernel).permute(2, 1, 0)  # [points, C, D]
        products = torch.matmul(points, weights).flatten(2)
        y = torch.matmul(self.output, products).reshape(x.shape[0], self.phases, -1, self.outputs)
        return self.order(y if self.bias is None else y + self.bias)


class _Neighbours(nn.Module):
    """What a tile reads, at the points, without dilation: [B, phases, tiles, C] -> [B, points, tiles * C].

    As a convolution of the phases, whose taps are a whole tile apart, it needs no padded copy.
    """

    def __init__(self, data: np.ndarray, taps: int, phases: int, channels: int) -> None:
        super().__init__()
        times = np.arange(phases + taps - 1) - taps // 2
        self.reach = int(max(-(times[0] // phases), times[-1] // phases))  # tiles
        self.channels = channels
        kernel = np.zeros((len(data), phases, 2 * self.reach + 1))
        kernel[:, times % phases, times // phases + self.reach] = data
        self.kernel = _constant(kernel)

    def forward(self, x: Tensor) -> Tensor:
        padding = self.reach * self.channels
        return functional.conv1d(x.flatten(2), self.kernel, padding=padding, dilation=self.channels)


class _Dilated(nn.Module):
    """What a tile reads, at the points, with dilation: [B, phases, tiles, C] -> [B, points, (before + tiles) * C].

    A tile gives the outputs t, t + dilation, ... the last of them in later tiles, hence those `before` the first.
    """

    def __init__(self, data: np.ndarray, taps: int, phases: int, dilation: int) -> None:
        super().__init__()
        self.data, self.before = _constant(data), tiles_before(phases, dilation)
        times = np.array([(index - taps // 2) * dilation for index in range(phases + taps - 1)])
        late = times // phases
        self.read = _Rows(times % phases, late - late.min())
        self.padding = (0, 0, self.before - int(late.min()), int(late.max()))

    def forward(self, x: Tensor) -> Tensor:
        tiles = self.before + x.shape[2]
        return torch.matmul(self.data, self.read(functional.pad(x, self.padding), tiles).flatten(2))


class _Order(nn.Module):
    """Output u of a tile is at time u * dilation: each goes to the phase and the tile that it belongs to."""

    def __init__(self, phases: int, dilation: int) -> None:
        super().__init__()
        self.before = tiles_before(phases, dilation)
        times = np.arange(phases) * dilation
        outputs = np.argsort(times % phases)  # of each phase
        self.rows = _Rows(outputs, self.before - times[outputs] // phases)

    def forward(self, y: Tensor) -> Tensor:
        return y if self.before == 0 else self.rows(y, y.shape[2] - self.before)


class _Rows(nn.Module):
    """So many tiles in a row, from a phase and a tile of its own each: [B, phases, T, C] -> [B, rows, tiles, C].

    One Gather: for each row a slice of its own, ONNX Runtime took longer to start them than to copy.
    """

    def __init__(self, phases: np.ndarray, first: np.ndarray) -> None:
        super().__init__()
        self.phases = nn.Parameter(torch.as_tensor(phases)[:, None], requires_grad=False)
        self.first = nn.Parameter(torch.as_tensor(first)[:, None], requires_grad=False)

    def forward(self, x: Tensor, tiles: int) -> Tensor:
        index = self.phases * x.shape[2] + self.first + torch.arange(tiles)
        return x.flatten(1, 2)[:, index]


def tiles_before(phases: int, dilation: int) -> int:
    """Tiles ahead of the first that reach into it."""
    return (phases - 1) * dilation // phases


class PhaseBlock(nn.Module):
    """A residual block of HiFi-GAN over phases: [B, phases, tiles, C] -> same."""

    def __init__(self, block: ResBlock1 | ResBlock2, phases: int) -> None:
        super().__init__()
        plain = list(block.convs2) if isinstance(block, ResBlock1) else []
        dilated = block.convs1 if isinstance(block, ResBlock1) else block.convs
        self.dilated = nn.ModuleList(PhaseConvolution(conv, phases) for conv in dilated)  # type: ignore[arg-type]
        self.plain = nn.ModuleList(PhaseConvolution(conv, phases) for conv in plain)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        for index, dilated in enumerate(self.dilated):
            y = dilated(functional.leaky_relu(x, SLOPE))
            if self.plain:
                y = self.plain[index](functional.leaky_relu(y, SLOPE))
            x = x + y
        return x
