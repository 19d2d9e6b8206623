"""Who is to say a sentence that somebody else has read: any speaker we have recordings of, warped into many more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from export.training.references import References
from export.training.speakers import SpeakerClips
from export.training.taught import FACTORS, TaughtVectors


class Cast(NamedTuple):
    """Some people: vectors [b, 128] of the speaker encoder, median ln Hz [b, 1], and what the teacher says of them
    [b, 256] (no columns without a teacher)."""

    speaker: Tensor
    log_f0: Tensor
    taught: Tensor


class Casting:
    """Draws people of a list of speakers.

    Args:
        teacher: published encoder of `TaughtVectors`, or None.
        warped: whether voices are warped at random; otherwise everybody comes as recorded.
    """

    def __init__(
        self, references: References, speakers: Sequence[SpeakerClips], teacher: nn.Module | None, warped: bool = True
    ) -> None:
        self.references, self.speakers, self.warped = references, list(speakers), warped
        factors = FACTORS if warped else (1.0,)
        self.targets = TaughtVectors(teacher, self.speakers, factors) if teacher is not None else None

    def draw(self, count: int, rng: np.random.Generator) -> Cast:
        """`count` people at random, each heard in one excerpt, some of them in a bad recording."""
        return self.of(rng.integers(len(self.speakers), size=count).tolist(), rng)

    def of(self, rows: Sequence[int], rng: np.random.Generator) -> Cast:
        """The people in these rows of the list."""
        spread = math.log(FACTORS[-1]) if self.warped else 0.0
        factors = np.exp(rng.uniform(-spread, spread, len(rows))).tolist()
        people = [(self.speakers[row], factor) for row, factor in zip(rows, factors, strict=True)]
        vectors = self.references.heard(people, rng, disturb=self.warped)
        log_f0 = [speaker.mean_log_f0 + math.log(factor) for speaker, factor in people]
        taught = self.targets.of(rows, factors) if self.targets else torch.zeros(len(rows), 0)
        return Cast(vectors, torch.tensor(log_f0, dtype=torch.float32)[:, None], taught)
