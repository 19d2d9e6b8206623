"""The published HiFi-GAN generator in the form that ONNX Runtime computes in the least time, and the rule for it."""

from __future__ import annotations

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from export.models.height_one import HeightOne
from export.models.hifigan import LAST_SLOPE, SLOPE, HifiganGenerator, ResBlock1, ResBlock2
from export.models.phase_convolution import PhaseBlock, from_phases, to_phases

# Least channels from which a block is faster over phases, by the taps of its convolutions: measured, docs/convert.md.
LEAST_CHANNELS = ((3, 128), (7, 64))
PHASES = (8, 4)  # the more, the fewer products


def phases_for(block: ResBlock1 | ResBlock2, rate: int) -> int | None:
    """How many phases pay for a block whose input has `rate` samples a frame; None: its convolutions are best left."""
    convs = [module for module in block.modules() if isinstance(module, nn.Conv1d)]
    taps, channels = convs[0].kernel_size[0], convs[0].in_channels
    least = [channels_wanted for least_taps, channels_wanted in LEAST_CHANNELS if taps >= least_taps]
    if not least or channels < least[-1]:
        return None
    for phases in PHASES:
        if rate % phases == 0 and all(math.gcd(conv.dilation[0], phases) == 1 for conv in convs):
            return phases
    return None


class _Stage(nn.Module):
    """Mean of a stage's residual blocks: [B, C, 1, T] -> same."""

    def __init__(self, blocks: list[ResBlock1 | ResBlock2], rate: int) -> None:
        super().__init__()
        self.count = len(blocks)
        chosen = [phases_for(block, rate) for block in blocks]
        self.direct = nn.ModuleList(
            HeightOne(block).network for block, phases in zip(blocks, chosen, strict=True) if phases is None
        )
        self.over_phases = nn.ModuleDict()
        for phases in sorted({phases for phases in chosen if phases is not None}):
            group = [PhaseBlock(block, phases) for block, own in zip(blocks, chosen, strict=True) if own == phases]
            self.over_phases[str(phases)] = nn.ModuleList(group)

    def forward(self, x: Tensor) -> Tensor:
        sums = [_sum(self.direct, x)] if len(self.direct) else []
        for phases, blocks in self.over_phases.items():
            dealt = to_phases(x.squeeze(2), int(phases))
            sums.append(from_phases(_sum(blocks, dealt)).unsqueeze(2))  # type: ignore[arg-type]
        total = sums[0]
        for other in sums[1:]:
            total = total + other
        return total / self.count


def _sum(blocks: nn.ModuleList, x: Tensor) -> Tensor:
    total = blocks[0](x)
    for block in blocks[1:]:
        total = total + block(x)
    return total


class FastGenerator(nn.Module):
    """mel [B, num_mels, T] -> audio [B, 1, T * hop_size]: what `generator` gives, whose weight norm must be folded."""

    def __init__(self, generator: HifiganGenerator) -> None:
        super().__init__()
        config = generator.config
        flat = HeightOne(generator).network
        self.conv_pre, self.conv_post = cast(nn.Module, flat.conv_pre), cast(nn.Module, flat.conv_post)
        self.ups = cast(nn.ModuleList, flat.ups)
        self.stages = nn.ModuleList()
        kernels, rate = len(config.resblock_kernel_sizes), 1
        for index, step in enumerate(config.upsample_rates):
            rate *= step
            blocks = list(generator.resblocks[index * kernels : (index + 1) * kernels])
            self.stages.append(_Stage(blocks, rate))  # type: ignore[arg-type]

    def forward(self, mel: Tensor) -> Tensor:
        x = self.conv_pre(mel.unsqueeze(2))
        for up, stage in zip(self.ups, self.stages, strict=True):
            x = stage(up(functional.leaky_relu(x, SLOPE)))
        return torch.tanh(self.conv_post(functional.leaky_relu(x, LAST_SLOPE))).squeeze(2)
