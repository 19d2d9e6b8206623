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


def to_phases(x: Tensor, phases: int) -> Tensor:
    """[B, C, T] -> [B, phases, T / phases, C]."""
    return x.reshape(x.shape[0], x.shape[1], -1, phases).permute(0, 3, 2, 1)


def from_phases(x: Tensor) -> Tensor:
    """[B, phases, T / phases, C] -> [B, C, T]."""
    return x.permute(0, 3, 2, 1).reshape(x.shape[0], x.shape[3], -1)


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
        self.data, self.dilation = _constant(data), dilation
        self.before = tiles_before(phases, dilation)
        times = [(index - taps // 2) * dilation for index in range(phases + taps - 1)]
        # The phases that are read of each tile, counted from a tile's own; they are `dilation` apart.
        self.read = [
            (shift, [time % phases for time in times if time // phases == shift])
            for shift in sorted({time // phases for time in times})
        ]

    def forward(self, x: Tensor) -> Tensor:
        least, most = self.read[0][0] - self.before, self.read[-1][0]
        padded = functional.pad(x, (0, 0, -least, most))
        read = []
        for shift, phases in self.read:
            first, last = shift - self.before - least, most - shift
            read.append(padded[:, phases[0] : phases[-1] + 1 : self.dilation, first : -last if last else None])
        return torch.matmul(self.data, torch.cat(read, dim=1).flatten(2))


class _Order(nn.Module):
    """Output u of a tile is at time u * dilation: each goes to the phase and the tile that it belongs to."""

    def __init__(self, phases: int, dilation: int) -> None:
        super().__init__()
        self.before = tiles_before(phases, dilation)
        self.late = {output * dilation % phases: (output, output * dilation // phases) for output in range(phases)}

    def forward(self, y: Tensor) -> Tensor:
        if self.before == 0:
            return y
        rows = []
        for phase in range(len(self.late)):
            output, late = self.late[phase]
            rows.append(y[:, output : output + 1, self.before - late : -late if late else None])
        return torch.cat(rows, dim=1)


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
