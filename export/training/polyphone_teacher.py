"""Asks the open tagger about any sequence of characters during training: its answers, and its inner state."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from export.models.polyphone import FIRST_CHARACTER
from export.training.polyphone_data import Labelled, Tagger
from export.training.polyphone_rows import Row

STATE_VARIANCE = 0.1  # of the tagger's state, about; errors are told in shares of it


def trust_by_character(
    gold: Sequence[Labelled], table: Mapping[str, Sequence[str]], tagger: Tagger, doubt: float
) -> dict[str, float]:
    """How much the tagger's word weighs about each character: 1 where it reads all gold right, towards 0 where not.

    Its answers outnumber the gold ones by far: undiminished, they would keep the model from learning what the gold,
    the dictionary and our examples say against them. `doubt` is how much each share of gold read wrong takes away.
    """
    counts, wrong = Counter(label.text[label.index] for label in gold), Counter[str]()
    tags = tagger.label([label.text for label in gold], frozenset(table))
    for label, found in zip(gold, tags, strict=True):
        shares = found.get(label.index, {label.reading: 1.0})
        wrong[label.text[label.index]] += max(shares, key=shares.__getitem__) != label.reading
    return {char: 1 / (1 + doubt * wrong[char] / count) for char, count in counts.items()}


def lower_tagged_weights(row: Row, trust: Mapping[str, float]) -> None:
    """Lower the weights of the labels that rest on the tagger alone.

    Those that a person gave, what dictionary and tagger agree on, and where the dictionary was preferred, stay.
    """
    tagged = len(row.places) - row.told
    for number, (place, target) in enumerate(zip(row.places[:tagged], row.targets[:tagged], strict=True)):
        said = row.features.dictionary[place]
        if not (said and target[said - 1] == max(target)):
            row.weights[number] *= trust.get(row.features.characters[place], 1.0)


class Teacher:
    """The tagger, spoken to in the ids of our characters and the order of our readings."""

    def __init__(
        self, tagger: Tagger, characters: str, table: Mapping[str, Sequence[str]], trust: Mapping[str, float]
    ) -> None:
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
        self.trust = torch.ones(size)  # by id
        for index, char in enumerate(characters, start=FIRST_CHARACTER):
            self.trust[index] = trust.get(char, 1.0)
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
