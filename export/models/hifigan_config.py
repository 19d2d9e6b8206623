"""What a HiFi-GAN config.json says, checked before a network is built from it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

EDGE_KERNEL = 7  # of the first and the last convolution, conv_pre and conv_post

_LARGEST = 200_000  # a sample rate; no other number comes near
_LARGEST_WIDTH = 4096

_TOPOLOGY = (
    "resblock",
    "upsample_rates",
    "upsample_kernel_sizes",
    "upsample_initial_channel",
    "resblock_kernel_sizes",
    "resblock_dilation_sizes",
)


@dataclass(frozen=True)
class HifiganConfig:
    """What config.json says about the network and its feature space; the rest of the file is kept in `other`.

    ValueError: a combination whose output would not be exactly hop_size samples for each frame.
    """

    resblock: str  # "1": three pairs of convolutions, "2": two convolutions
    upsample_rates: tuple[int, ...]
    upsample_kernel_sizes: tuple[int, ...]
    upsample_initial_channel: int
    resblock_kernel_sizes: tuple[int, ...]
    resblock_dilation_sizes: tuple[tuple[int, ...], ...]
    num_mels: int = 80
    hop_size: int = 256
    sampling_rate: int = 22050
    # Training settings and the like: not used here, written back as read.
    other: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.resblock not in ("1", "2"):
            raise ValueError(f"resblock must be '1' or '2', not {self.resblock!r}")
        if len(self.upsample_rates) != len(self.upsample_kernel_sizes):
            raise ValueError("upsample_rates and upsample_kernel_sizes differ in length")
        if len(self.resblock_kernel_sizes) != len(self.resblock_dilation_sizes):
            raise ValueError("resblock_kernel_sizes and resblock_dilation_sizes differ in length")
        numbers = (*self.upsample_rates, *self.upsample_kernel_sizes, *self.resblock_kernel_sizes,
                   *(rate for row in self.resblock_dilation_sizes for rate in row), self.upsample_initial_channel,
                   self.num_mels, self.hop_size, self.sampling_rate)  # fmt: skip
        if not all(0 < number <= _LARGEST for number in numbers):
            raise ValueError(f"sizes, rates and dilations must be from 1 to {_LARGEST}")
        if self.upsample_initial_channel > _LARGEST_WIDTH:
            raise ValueError(f"upsample_initial_channel is {self.upsample_initial_channel}; the paper's largest is 512")
        for rate, kernel in zip(self.upsample_rates, self.upsample_kernel_sizes, strict=True):
            if kernel < rate or (kernel - rate) % 2:
                raise ValueError(f"upsampling by {rate} with kernel {kernel} gives other than {rate} for 1")
        product = math.prod(self.upsample_rates)
        if product != self.hop_size:
            raise ValueError(f"upsample_rates multiply to {product}, but hop_size is {self.hop_size}")
        if any(kernel % 2 == 0 for kernel in self.resblock_kernel_sizes):
            raise ValueError(f"resblock_kernel_sizes must be odd: {list(self.resblock_kernel_sizes)}")
        if self.upsample_initial_channel % 2 ** len(self.upsample_rates):
            raise ValueError(
                f"upsample_initial_channel {self.upsample_initial_channel} cannot be halved "
                f"{len(self.upsample_rates)} times"
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> HifiganConfig:
        """Takes the content of a config.json of the HiFi-GAN family.

        ValueError: a key that shapes the network is missing, or the combination is impossible.
        """
        missing = [key for key in _TOPOLOGY if key not in values]
        if missing:
            raise ValueError(f"not a HiFi-GAN config: without {', '.join(missing)}")
        known = (*_TOPOLOGY, "num_mels", "hop_size", "sampling_rate")
        rates = tuple(int(rate) for rate in values["upsample_rates"])
        dilations = tuple(tuple(int(d) for d in row) for row in values["resblock_dilation_sizes"])
        return cls(
            resblock=str(values["resblock"]),
            upsample_rates=rates,
            upsample_kernel_sizes=tuple(int(size) for size in values["upsample_kernel_sizes"]),
            upsample_initial_channel=int(values["upsample_initial_channel"]),
            resblock_kernel_sizes=tuple(int(size) for size in values["resblock_kernel_sizes"]),
            resblock_dilation_sizes=dilations,
            num_mels=int(values.get("num_mels", 80)),
            hop_size=int(values.get("hop_size", math.prod(rates))),
            sampling_rate=int(values.get("sampling_rate", 22050)),
            other={key: value for key, value in values.items() if key not in known},
        )

    @classmethod
    def from_file(cls, path: str | Path) -> HifiganConfig:
        """Reads config.json. OSError: unreadable; ValueError: not JSON, or not of this family."""
        return cls.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))

    def to_dict(self) -> dict[str, Any]:
        """The content of config.json, lists instead of tuples."""
        return {
            **self.other,
            "resblock": self.resblock,
            "upsample_rates": list(self.upsample_rates),
            "upsample_kernel_sizes": list(self.upsample_kernel_sizes),
            "upsample_initial_channel": self.upsample_initial_channel,
            "resblock_kernel_sizes": list(self.resblock_kernel_sizes),
            "resblock_dilation_sizes": [list(row) for row in self.resblock_dilation_sizes],
            "num_mels": self.num_mels,
            "hop_size": self.hop_size,
            "sampling_rate": self.sampling_rate,
        }

    @property
    def receptive_field_frames(self) -> int:
        """Frames that one frame's samples depend on, on each side: the context of an exact chunk.

        Follows the interval of samples of one frame from the output back to the mel, layer by layer.
        """
        first, last = 0, self.hop_size - 1
        first, last = first - EDGE_KERNEL // 2, last + EDGE_KERNEL // 2
        reach = max(
            _resblock_reach(self.resblock, kernel, dilations)
            for kernel, dilations in zip(
                self.resblock_kernel_sizes, self.resblock_dilation_sizes, strict=True
            )
        )
        upsamplings = list(zip(self.upsample_rates, self.upsample_kernel_sizes, strict=True))
        for rate, kernel in reversed(upsamplings):
            first, last = first - reach, last + reach
            padding = (kernel - rate) // 2
            # Output o takes input i where 0 <= o + padding - i * rate < kernel.
            first, last = -((kernel - 1 - padding - first) // rate), (last + padding) // rate
        first, last = first - EDGE_KERNEL // 2, last + EDGE_KERNEL // 2
        return max(-first, last)


def _resblock_reach(resblock: str, kernel: int, dilations: tuple[int, ...]) -> int:
    """Samples on each side that a residual block looks at."""
    dilated = sum(dilations)
    return kernel // 2 * (dilated + len(dilations) if resblock == "1" else dilated)


V1 = HifiganConfig(
    resblock="1",
    upsample_rates=(8, 8, 2, 2),
    upsample_kernel_sizes=(16, 16, 4, 4),
    upsample_initial_channel=512,
    resblock_kernel_sizes=(3, 7, 11),
    resblock_dilation_sizes=((1, 3, 5), (1, 3, 5), (1, 3, 5)),
)
V2 = replace(V1, upsample_initial_channel=128)
V3 = HifiganConfig(
    resblock="2",
    upsample_rates=(8, 8, 4),
    upsample_kernel_sizes=(16, 16, 8),
    upsample_initial_channel=256,
    resblock_kernel_sizes=(3, 5, 7),
    resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)),
)
