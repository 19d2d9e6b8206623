"""Batches of labelled sentences for the polyphone model, cut to one length around a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from export.training.polyphone_rows import Row


@dataclass
class Batch:
    """Sentences padded at the end."""

    characters: np.ndarray  # [N, T] int64
    places: np.ndarray  # [N, T] int64
    dictionary: np.ndarray  # [N, T] int64
    targets: np.ndarray  # [N, T, K] float32: share of each reading
    weights: np.ndarray  # [N, T] float32: 0 where there is no label

    @staticmethod
    def empty(count: int, length: int, most: int) -> Batch:
        """A batch with nothing in it."""
        characters, places, dictionary = np.zeros((3, count, length), np.int64)
        targets, weights = np.zeros((count, length, most), np.float32), np.zeros((count, length), np.float32)
        return Batch(characters, places, dictionary, targets, weights)


class Sequences:
    """Rows by the ids of their characters; sentences are drawn by the weight of their labels."""

    def __init__(self, rows: Sequence[Row], ids: Mapping[str, int], most: int, unknown: int = 1) -> None:
        """`most` is the greatest number of readings of a character."""
        self._rows, self._most = rows, most
        self._inputs = [
            np.array([[ids.get(char, unknown) for char in found.characters], found.places, found.dictionary], np.int16)
            for found in (row.features for row in rows)
        ]
        self._shares = np.cumsum([sum(row.weights) for row in rows], dtype=np.float64)

    def __len__(self) -> int:
        return len(self._rows)

    def drawn(self, count: int, length: int, rng: np.random.Generator) -> Batch:
        """Sentences at random."""
        chosen = np.searchsorted(self._shares, rng.random(count) * self._shares[-1], side="right")
        return self.batch(np.minimum(chosen, len(self) - 1), length, rng)

    def batch(self, chosen: Sequence[int] | np.ndarray, length: int, rng: np.random.Generator | None = None) -> Batch:
        """These sentences; longer ones are cut around one of their labels, the last one without `rng`."""
        result = Batch.empty(len(chosen), length, self._most)
        for index, number in enumerate(chosen):
            row, inputs = self._rows[number], self._inputs[number]
            start = self._start(row, inputs.shape[1], length, rng)
            end = min(inputs.shape[1], start + length)
            for array, values in zip((result.characters, result.places, result.dictionary), inputs, strict=True):
                array[index, : end - start] = values[start:end]
            for place, target, weight in zip(row.places, row.targets, row.weights, strict=True):
                if start <= place < end:
                    result.targets[index, place - start, : len(target)] = target
                    result.weights[index, place - start] = weight
        return result

    @staticmethod
    def _start(row: Row, size: int, length: int, rng: np.random.Generator | None) -> int:
        if size <= length:
            return 0
        middle, before = row.places[-1], length // 2
        if rng is not None:
            middle = row.places[int(rng.integers(len(row.places)))] if rng.random() < 0.5 else middle
            before = int(rng.integers(length // 4, 3 * length // 4))
        return min(max(0, middle - before), size - length)
