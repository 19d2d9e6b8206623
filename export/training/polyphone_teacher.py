"""Asks the open tagger about any sequence of characters during training: its answers, and its inner state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from export.models.polyphone import FIRST_CHARACTER
from export.training.polyphone_data import Tagger

STATE_VARIANCE = 0.1  # of the tagger's state, about; errors are told in shares of it


class Teacher:
    """The tagger, spoken to in the ids of our characters and the order of our readings."""

    def __init__(self, tagger: Tagger, characters: str, table: Mapping[str, Sequence[str]]) -> None:
        size, most = len(characters) + FIRST_CHARACTER, max(len(row) for row in table.values())
        self.tagger = tagger
        self._ids = np.full(size, tagger.unknown, np.int64)
        self._ids[0] = tagger.padding
        classes = np.zeros((size, most), np.int64)
        possible = np.zeros((size, most), bool)
        for index, char in enumerate(characters, start=FIRST_CHARACTER):
            self._ids[index] = tagger.id_of(char)
            for place, reading in enumerate(table.get(char, ())):
                classes[index, place] = tagger.class_of(reading)
                possible[index, place] = True
        self._classes, self._possible = torch.from_numpy(classes), torch.from_numpy(possible)
        self.polyphones: np.ndarray = np.asarray(possible.any(axis=1))  # by id

    @torch.no_grad()
    def states(self, characters: np.ndarray) -> Tensor:
        """State [N, T, 64] of the tagger for ids [N, T] that are padded at the end."""
        count, length = characters.shape
        rows = np.zeros((count, length + 2), np.int64)
        rows[:, 0], rows[:, 1:-1] = self.tagger.start, self._ids[characters]
        rows[np.arange(count), (characters > 0).sum(axis=1) + 1] = self.tagger.end
        return self.tagger.run(torch.from_numpy(rows))[:, 1:-1]

    @torch.no_grad()
    def answers(self, states: Tensor, characters: Tensor) -> Tensor:
        """Probability [M, K] of each reading of M polyphones, from the tagger's states [M, 64] there."""
        scores = self.tagger.score(states).gather(-1, self._classes[characters])
        return scores.masked_fill(~self._possible[characters], -1e9).softmax(-1)
