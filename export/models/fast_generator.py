"""The published HiFi-GAN generator in the form that ONNX Runtime computes in the least time, and the rule for it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import cast

from torch import Tensor, nn

from export.models.blocked_layout import LANES, BlockedBlock, Delayed, stays_blocked
from export.models.height_one import HeightOne, flat
from export.models.hifigan import LAST_SLOPE, SLOPE, HifiganGenerator, ResBlock1, ResBlock2
from export.models.paired_samples import PairedBlock, can_be_paired
from export.models.phase_convolution import PhaseBlock, from_phases, to_phases
from export.models.rate_changes import LastConvolution, Upsampling

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
    """Sum of a stage's residual blocks: rows [B, 1, T, C] -> [B, C, 1, T]; or, the last only, [B, 2 C, 1, T / 2]."""

    def __init__(self, blocks: list[ResBlock1 | ResBlock2], channels: int, rate: int, last: bool) -> None:
        super().__init__()
        chosen = [phases_for(block, rate) for block in blocks]
        direct = [block for block, phases in zip(blocks, chosen, strict=True) if phases is None]
        can_pair = last and rate % 2 == 0 and all(map(can_be_paired, blocks))
        self.pairs = 2 if 2 * channels == LANES and can_pair else 1
        self.width = self.pairs * channels
        blocked = stays_blocked(self.width)
        self.enter: nn.Module = Delayed([0] * self.width, slope=None) if blocked else nn.Identity()
        if self.pairs == 2:
            self.direct = nn.ModuleList(map(PairedBlock, direct))  # type: ignore[arg-type]
        else:
            self.direct = nn.ModuleList(BlockedBlock(b) if blocked else HeightOne(b).network for b in direct)
        self.over_phases = nn.ModuleDict()
        for phases in sorted({phases for phases in chosen if phases is not None}):
            group = [PhaseBlock(block, phases) for block, own in zip(blocks, chosen, strict=True) if own == phases]
            self.over_phases[str(phases)] = nn.ModuleList(group)

    def forward(self, rows: Tensor) -> Tensor:
        sums = [_sum(self.direct, self._channels(rows))] if len(self.direct) else []
        for phases, blocks in self.over_phases.items():
            total = _sum(blocks, to_phases(rows, int(phases)))  # type: ignore[arg-type]
            sums.append(self._channels(from_phases(total)))
        total = sums[0]
        for other in sums[1:]:
            total = total + other
        return total

    def _channels(self, rows: Tensor) -> Tensor:
        return self.enter(rows.reshape(rows.shape[0], 1, -1, self.width).permute(0, 3, 1, 2))


def _sum(blocks: nn.ModuleList, x: Tensor) -> Tensor:
    total = blocks[0](x)
    for block in blocks[1:]:
        total = total + block(x)
    return total


def _leaky(channels: int, slope: float) -> nn.Module:
    return Delayed([0] * channels, slope=slope) if stays_blocked(channels) else nn.LeakyReLU(slope)


class FastGenerator(nn.Module):
    """mel [B, num_mels, T] -> audio [B, 1, T * hop_size]: what `generator` gives, whose weight norm must be folded."""

    def __init__(self, generator: HifiganGenerator) -> None:
        super().__init__()
        config = generator.config
        kernels, rate = len(config.resblock_kernel_sizes), 1
        self.first = flat(cast(nn.Conv1d, generator.conv_pre))
        self.ups, self.stages, self.leaky = nn.ModuleList(), nn.ModuleList(), nn.ModuleList([nn.LeakyReLU(SLOPE)])
        gain = 1.0  # the mean of a stage's blocks is their sum, and the next weights that much smaller
        for index, up in enumerate(cast(Iterable[nn.ConvTranspose1d], generator.ups)):
            rate *= config.upsample_rates[index]
            self.ups.append(Upsampling(up, gain))
            blocks = list(generator.resblocks[index * kernels : (index + 1) * kernels])
            last = index + 1 == len(generator.ups)
            stage = _Stage(blocks, up.out_channels, rate, last)  # type: ignore[arg-type]
            self.stages.append(stage)
            self.leaky.append(_leaky(stage.width, LAST_SLOPE if last else SLOPE))
            gain = 1 / kernels
        self.last = LastConvolution(cast(nn.Conv1d, generator.conv_post), gain, rate, stage.pairs)

    def forward(self, mel: Tensor) -> Tensor:
        x = self.first(mel.unsqueeze(2))
        for up, leaky, stage in zip(self.ups, self.leaky, self.stages, strict=False):
            x = stage(up(leaky(x)))
        return self.last(self.leaky[-1](x))
