"""Sentences with characters replaced at random, for the tagger to answer: real ones hold few rare polyphones and words.

They are made anew for every batch, so that none can be learned by heart.
"""

from __future__ import annotations

import numpy as np

from export.models.polyphone import FIRST_CHARACTER
from export.training.polyphone_sequences import Batch

SHARES = (0.1, 0.3, 0.6, 1.0)  # of a sentence's characters that are replaced, one of these each
POLYPHONES, EVEN = 0.3, 0.35  # of the replacements: polyphones, and others with equal chances; the rest by frequency
NEAR = 2  # places to each side of a changed one that lose what the dictionary said


class Disturber:
    """Replaces characters of batches; ids are in order of frequency."""

    def __init__(self, polyphones: np.ndarray) -> None:
        """`polyphones`: whether a character has several readings, by its id."""
        self._size = len(polyphones)
        self._polyphones = np.flatnonzero(polyphones)
        chances = 1 / np.arange(10, 10 + self._size - FIRST_CHARACTER)  # Zipf
        self._shares = np.cumsum(chances / chances.sum())

    def disturb(self, batch: Batch, rng: np.random.Generator) -> None:
        """Change the inputs of a batch in place; its labels no longer hold."""
        share = rng.choice(SHARES, (len(batch.characters), 1))
        hit = (rng.random(batch.characters.shape) < share) & (batch.characters > 0)
        count = int(hit.sum())
        kind = rng.random(count)
        frequent = np.searchsorted(self._shares, rng.random(count)) + FIRST_CHARACTER
        even = rng.integers(FIRST_CHARACTER, self._size, count)
        polyphone = rng.choice(self._polyphones, count)
        chosen = np.where(kind < POLYPHONES, polyphone, np.where(kind < POLYPHONES + EVEN, even, frequent))
        batch.characters[hit] = np.minimum(chosen, self._size - 1)
        near = hit.copy()
        for shift in range(1, NEAR + 1):
            near[:, shift:] |= hit[:, :-shift]
            near[:, :-shift] |= hit[:, shift:]
        batch.dictionary[near] = 0
