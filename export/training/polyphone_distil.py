"""What the tagger says of disturbed sentences: it teaches the model rare polyphones, of which real sentences are few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from export.training.polyphone_data import Tagger
from export.training.polyphone_rows import Row

STRANGE_POLYPHONES = 0.15  # share of the characters of a tagged sentence that become a polyphone drawn at random
STRANGE_CONTEXT = 0.25  # share of the context of a gold character that becomes a character drawn by frequency
NEAR = 2  # places to each side of a changed one that lose their dictionary reading


@dataclass
class Taught:
    """A batch with the tagger's answers."""

    characters: Tensor  # [B, T]
    places: Tensor  # [B, T]
    dictionary: Tensor  # [B, T]
    rows: Tensor  # [N] of the places with an answer
    columns: Tensor  # [N]
    targets: Tensor  # [N, K] share of each reading
    hidden: Tensor  # [B, T, 64] state of the tagger


class Teacher:
    """The tagger, asked about our readings."""

    def __init__(self, characters: str, readings: dict[str, list[str]], first: int, rng: np.random.Generator) -> None:
        self._tagger, self._readings, self._rng = Tagger(), readings, rng
        self._characters, self._first = characters, first
        self._polyphones = list(readings)
        self._ids = {char: index for index, char in enumerate(characters, start=first)}
        chances = 1 / np.arange(10, 10 + len(characters))  # the table is in order of frequency: Zipf
        self._chances = chances / chances.sum()
        most = max(len(row) for row in readings.values())
        self._classes = torch.zeros(len(characters) + first, most, dtype=torch.long)
        self._valid = torch.zeros(len(characters) + first, most, dtype=torch.bool)
        for char, row in readings.items():
            index = self._ids[char]
            self._classes[index, : len(row)] = torch.tensor([self._tagger.class_of(reading) for reading in row])
            self._valid[index, : len(row)] = True

    def disturb(self, row: Row, gold: bool) -> tuple[list[str], list[int], list[int]]:
        """Characters changed at random; the changed dictionary; places to ask about."""
        characters, dictionary = list(row.features.characters), list(row.features.dictionary)
        chance = STRANGE_CONTEXT if gold else STRANGE_POLYPHONES
        kept = row.places[-1] if gold else -1
        changed = [i for i in np.flatnonzero(self._rng.random(len(characters)) < chance).tolist() if i != kept]
        for index in changed:
            if gold:
                characters[index] = self._characters[int(self._rng.choice(len(self._characters), p=self._chances))]
            else:
                characters[index] = self._polyphones[int(self._rng.integers(len(self._polyphones)))]
            for near in range(max(0, index - NEAR), min(len(characters), index + NEAR + 1)):
                dictionary[near] = 0
        return characters, dictionary, [kept] if gold else changed

    @torch.no_grad()
    def ask(self, gold: Sequence[Row], tagged: Sequence[Row]) -> Taught:
        """A batch of both kinds of rows, disturbed."""
        found = [self.disturb(row, True) for row in gold] + [self.disturb(row, False) for row in tagged]
        length = max(len(characters) for characters, _, _ in found)
        ids, places, dictionary = (torch.zeros(len(found), length, dtype=torch.long) for _ in range(3))
        for index, ((characters, said, _), row) in enumerate(zip(found, [*gold, *tagged], strict=True)):
            size = len(characters)
            ids[index, :size] = torch.tensor([self._ids.get(char, 1) for char in characters])
            places[index, :size] = torch.tensor(row.features.places)
            dictionary[index, :size] = torch.tensor(said)
        hidden = self._tagger.hidden(["".join(characters) for characters, _, _ in found])[:, :length]
        rows = torch.tensor([index for index, (_, _, asked) in enumerate(found) for _ in asked], dtype=torch.long)
        columns = torch.tensor([place for _, _, asked in found for place in asked], dtype=torch.long)
        scores = self._tagger.score(hidden[rows, columns])
        chars = ids[rows, columns]
        scores = scores.gather(1, self._classes[chars]).masked_fill(~self._valid[chars], -30.0)
        return Taught(ids, places, dictionary, rows, columns, scores.softmax(1), hidden)
