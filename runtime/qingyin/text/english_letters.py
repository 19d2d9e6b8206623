"""Guesses how an English word sounds from its letters, for words that no dictionary has.

A network with one hidden layer walks from the last letter to the first and gives each letter 0 to 2 phones, from the
letters around it and what it answered for the letters after it (NETtalk, Sejnowski and Rosenberg 1987). Trained on the
CMU dictionary by tools/learn_english.py, which prints how often it is right.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

LETTERS = "_'abcdefghijklmnopqrstuvwxyz"  # "_" is outside the word
AROUND = 5  # letters seen on each side
BACK = 4  # earlier answers seen
_BEAM = 4
_MAX_LETTERS = 40
_NUMBERS = {letter: number for number, letter in enumerate(LETTERS)}


def letter_features(word: str, place: int) -> list[int]:
    """Indexes of the inputs that are 1 for the letters around word[place]."""
    found = []
    for slot, index in enumerate(range(place - AROUND, place + AROUND + 1)):
        letter = _NUMBERS[word[index]] if 0 <= index < len(word) else 0
        found.append(slot * len(LETTERS) + letter)
    return found


def label_features(following: Sequence[int], answers: int) -> list[int]:
    """Indexes of the inputs that are 1 for the answers to the letters after this one, nearest first."""
    return [slot * (answers + 1) + (following[slot] if slot < len(following) else answers) for slot in range(BACK)]


@dataclass(frozen=True)
class LetterModel:
    """Weights: inputs of letters and answers [inputs, hidden], output [hidden, answers]."""

    labels: tuple[tuple[str, ...], ...]
    letters: NDArray[np.float32]
    backs: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    out: NDArray[np.float32]
    out_bias: NDArray[np.float32]

    @staticmethod
    @cache
    def load() -> LetterModel:
        """The shipped weights, read at the first unknown word."""
        data = files("qingyin.text").joinpath("english_letters.npz").read_bytes()
        with np.load(io.BytesIO(data)) as arrays:
            matrices = {name: arrays[name] * arrays[f"{name}_scale"] for name in ("letters", "backs", "out")}
            labels = tuple(tuple(str(label).split()) for label in arrays["labels"])
            return LetterModel(
                labels=labels, hidden_bias=arrays["hidden_bias"], out_bias=arrays["out_bias"], **matrices
            )

    def phones(self, word: str) -> tuple[str, ...]:
        """Phones of a word in small letters and apostrophes; exactly one vowel has primary stress, if there is any."""
        word = word[:_MAX_LETTERS]
        beam: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
        for place in range(len(word) - 1, -1, -1):
            near = self.letters[letter_features(word, place)].sum(axis=0) + self.hidden_bias
            grown: list[tuple[float, tuple[int, ...]]] = []
            for cost, following in beam:
                late = self.backs[label_features(following, len(self.labels))].sum(axis=0)
                scores = np.maximum(near + late, 0) @ self.out + self.out_bias
                costs = np.log(np.exp(scores - scores.max()).sum()) + scores.max() - scores
                for answer in np.argpartition(costs, _BEAM)[:_BEAM]:
                    grown.append((cost + float(costs[answer]), (int(answer), *following)))
            beam = sorted(grown)[:_BEAM]
        found = [phone for answer in beam[0][1] for phone in self.labels[answer]]
        return _one_primary_stress(found)


def _one_primary_stress(phones: list[str]) -> tuple[str, ...]:
    """Keeps the first primary stress, and makes one where there is none."""
    primary = [index for index, phone in enumerate(phones) if phone.endswith("1")]
    vowels = [index for index, phone in enumerate(phones) if phone[-1].isdigit()]
    for index in primary[1:]:
        phones[index] = phones[index][:-1] + "2"
    if vowels and not primary:
        first = next((index for index in vowels if phones[index].endswith("2")), vowels[0])
        phones[first] = phones[first][:-1] + "1"
    return tuple(phones)
