"""Guesses how an English word sounds from its letters, for words that no dictionary has.

Two bidirectional LSTM layers read the letters; a GRU gives each letter 0 to 2 phones, from the last letter to the
first, told what it answered for the letter after (a beam of four is kept). Trained on the CMU dictionary by
tools/learn_letters.py; tools/learn_english.py tells how often it is right. The weights are int8, what is computed is
float32.
"""

from __future__ import annotations

import io
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

LETTERS = "_'abcdefghijklmnopqrstuvwxyz"  # "_" is what the network has no letter for
_BEAM = 4
_MAX_LETTERS = 40
_NUMBERS = {letter: number for number, letter in enumerate(LETTERS)}
_LAYERS = 2

Array = NDArray[np.float32]


def _sigmoid(values: Array) -> Array:
    result: Array = np.float32(0.5) * (np.tanh(np.float32(0.5) * values) + np.float32(1))
    return result


class LetterModel:
    """The network's weights as PyTorch names and lays them out, but for the reader's, whose directions are stacked."""

    def __init__(self, weights: dict[str, Array], labels: tuple[tuple[str, ...], ...]) -> None:
        self.labels = labels
        self._letters, self._told = weights["letters.weight"], weights["told.weight"]
        self._reader = []
        for layer in range(_LAYERS):
            both = [f"reader.{{}}_l{layer}", f"reader.{{}}_l{layer}_reverse"]
            entry = np.stack([weights[name.format("weight_ih")].T for name in both])  # [2, inputs, 4 * units]
            recurrent = np.stack([weights[name.format("weight_hh")].T for name in both])
            bias = np.stack([weights[name.format("bias_ih")] + weights[name.format("bias_hh")] for name in both])
            self._reader.append((entry, np.ascontiguousarray(recurrent), bias[:, None]))
        self._read_entry, self._told_entry = np.split(weights["teller.weight_ih_l0"].T, [-self._told.shape[1]])
        self._teller = np.ascontiguousarray(weights["teller.weight_hh_l0"].T)
        self._entry_bias, self._teller_bias = weights["teller.bias_ih_l0"], weights["teller.bias_hh_l0"]
        self._scores, self._scores_bias = weights["scores.weight"].T, weights["scores.bias"]

    @staticmethod
    @cache
    def load() -> LetterModel:
        """The shipped weights, read at the first unknown word."""
        data = files("qingyin.text.english").joinpath("letters.npz").read_bytes()
        with np.load(io.BytesIO(data)) as arrays:
            labels = tuple(tuple(str(label).split()) for label in arrays["labels"])
            weights = {
                name: arrays[name] * arrays[f"{name}_scale"] if f"{name}_scale" in arrays else arrays[name]
                for name in arrays
                if name != "labels" and not name.endswith("_scale")
            }
        return LetterModel(weights, labels)

    def phones(self, word: str) -> tuple[str, ...]:
        """Phones of a word in small letters and apostrophes; exactly one vowel has primary stress, if there is any."""
        word = word[:_MAX_LETTERS]
        if not word:
            return ()
        answers = self._answers(self._read([_NUMBERS.get(letter, 0) for letter in reversed(word)]))
        return _one_primary_stress([phone for answer in reversed(answers) for phone in self.labels[answer]])

    def _read(self, letters: list[int]) -> Array:
        """What the teller hears of each letter, [length, 3 * units] float32."""
        rows = self._letters[letters]
        for entry, recurrent, bias in self._reader:
            gates = rows @ entry + bias  # [2, length, 4 * units]
            gates[1] = gates[1, ::-1]
            units = recurrent.shape[1]
            state = said = np.zeros((2, 1, units), np.float32)
            found = np.empty((2, len(letters), units), np.float32)
            for place in range(len(letters)):
                now = gates[:, place : place + 1] + said @ recurrent
                opened = _sigmoid(now)  # input, forget, -, output
                state = opened[..., units : 2 * units] * state
                state += opened[..., :units] * np.tanh(now[..., 2 * units : 3 * units])
                said = opened[..., 3 * units :] * np.tanh(state)
                found[:, place : place + 1] = said
            rows = np.concatenate([found[0], found[1, ::-1]], axis=1)
        return rows @ self._read_entry + self._entry_bias

    def _answers(self, heard: Array) -> list[int]:
        """The likeliest answers by beam search, in the order of `heard`."""
        units, count = self._teller.shape[0], len(self.labels)
        states = np.zeros((1, units), np.float32)
        costs = np.zeros((1, 1), np.float32)
        beam: list[list[int]] = [[]]
        last = [count]  # no answer yet
        for row in heard:
            entry = row + self._told[last] @ self._told_entry
            now = states @ self._teller + self._teller_bias
            gates = _sigmoid(entry[:, : 2 * units] + now[:, : 2 * units])  # reset, update
            fresh = np.tanh(entry[:, 2 * units :] + gates[:, :units] * now[:, 2 * units :])
            states = fresh + gates[:, units:] * (states - fresh)
            scores = states @ self._scores + self._scores_bias
            scores -= scores.max(axis=1, keepdims=True)
            total = (costs + np.log(np.exp(scores).sum(axis=1, keepdims=True)) - scores).ravel()
            kept = np.argpartition(total, _BEAM)[:_BEAM]
            kept = kept[np.argsort(total[kept])]
            parents, last = kept // count, (kept % count).tolist()
            beam = [[*beam[parent], answer] for parent, answer in zip(parents.tolist(), last, strict=True)]
            states, costs = states[parents], total[kept, None]
        return beam[0]


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
