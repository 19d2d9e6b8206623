"""What a converter hands over: graphs, and what the model set must say about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from export.convert.feature_space import FeatureSpace
from export.graph_spec import GraphSpec

SLOTS = ("vocoder", "acoustic", "synthesiser", "speaker-encoder", "emotion-encoder")


@dataclass(frozen=True)
class Converted:
    """One slot's worth.

    Attributes:
        slot: one of SLOTS.
        specs: its graphs.
        space: the features it lives in; None if it hears samples, and so any features do.
        sizes: the manifest's sizes that it fixes ("speaker_size").
        entries: further keys of the manifest that it brings (an acoustic model's symbols).
        files: by path in the set; `voices` are named in `entries`.
        notes: what a user should know, one line each.
    """

    slot: str
    specs: list[GraphSpec]
    space: FeatureSpace | None
    sizes: Mapping[str, int] = field(default_factory=dict)
    entries: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
