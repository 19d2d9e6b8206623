"""The learned choice among the readings of polyphones: one small graph reads all those of a sentence in one run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from qingyin.text.citation import is_phrase, word_readings
from qingyin.text.segmentation import Clause

PADDING, UNKNOWN = 0, 1  # ids of no character; the others begin at 2, in the table's order
QUOTE, LETTER = '"', "a"  # stand for every mark without a pause, and for every Latin letter
ALONE, FIRST, MIDDLE, LAST = range(4)  # place of a character in its word
DATA = "polyphones.onnx", "polyphones.json"


@dataclass(frozen=True)
class Table:
    """What the graph knows: its characters, and the readings of each polyphone in the order of its outputs."""

    characters: str
    readings: Mapping[str, tuple[str, ...]]

    @staticmethod
    def parse(text: str) -> Table:
        """The table of a JSON text written by `python -m export.training polyphone`."""
        entry = json.loads(text)
        return Table(entry["characters"], {char: tuple(row.split()) for char, row in entry["readings"].items()})


@dataclass
class Features:
    """Inputs of the graph, one entry per item of the sentence, marks included; lists of equal length."""

    characters: list[str]
    places: list[int]  # ALONE, FIRST, MIDDLE or LAST
    dictionary: list[int]  # 1 + which of its readings the dictionary gives in this word; 0: none of them
    unknown: list[bool]  # whether the dictionary gives a toned reading that is none of them: 参差 cen1 ci1


def features(sentence: Sequence[Clause], table: Mapping[str, Sequence[str]]) -> Features:
    """What the model is told of a sentence."""
    found = Features([], [], [], [])
    characters, places, dictionary, unknown = found.characters, found.places, found.dictionary, found.unknown
    for words, mark in sentence:
        for word in words:
            size = len(word.items)
            if size == 1:
                characters.append(word.items[0].char or LETTER)
                places.append(ALONE)
                dictionary.append(0)
                unknown.append(False)
                continue
            known = word_readings(word.text) if not word.given and is_phrase(word.text) else None
            for index, item in enumerate(word.items):
                characters.append(item.char or LETTER)
                places.append(FIRST if index == 0 else LAST if index == size - 1 else MIDDLE)
                choices = table.get(item.char, ())
                said = known is not None and known[index] in choices
                dictionary.append(1 + list(choices).index(known[index]) if said and known else 0)
                unknown.append(known is not None and not said and not known[index].endswith("5"))
        if mark is not None:
            characters.append(mark.mark or QUOTE)
            places.append(ALONE)
            dictionary.append(0)
            unknown.append(False)
    return found


class Polyphones:
    """The graph with its table."""

    def __init__(self, table: Table, model: bytes) -> None:
        from qingyin.graph_spec import GraphSpec, TensorSpec
        from qingyin.sessions import Session

        row = ("batch", "items")
        names = ("characters", "places", "dictionary")
        spec = GraphSpec(
            name="polyphones",
            file=DATA[0],
            sha256="",  # a file of the package, not of a model set that can be exchanged
            bytes=len(model),
            precision="fp32",
            opset=17,
            inputs=tuple(TensorSpec(name, "int64", row) for name in names),
            outputs=(TensorSpec("scores", "float32", (*row, "readings")),),
        )
        self.table = table
        self._session = Session(spec, model, device="cpu")
        self._ids = {char: index for index, char in enumerate(table.characters, start=UNKNOWN + 1)}

    def choose(self, sentence: Sequence[Clause]) -> dict[int, str]:
        """Place in the sentence (marks counted) of each polyphone -> its reading, where no dictionary word says it.

        Inside words that the dictionary reads it is as often right as the model (97.8 % of CPP), and on common words
        more often.
        """
        found = features(sentence, self.table.readings)
        polyphones = [
            place
            for place, char in enumerate(found.characters)
            if char in self.table.readings and not found.dictionary[place] and not found.unknown[place]
        ]
        if not polyphones:
            return {}
        ids = [self._ids.get(char, UNKNOWN) for char in found.characters]
        feeds = {
            name: np.array([row], np.int64)
            for name, row in (("characters", ids), ("places", found.places), ("dictionary", found.dictionary))
        }
        scores = self._session.run(feeds)["scores"][0]  # [items, readings]
        chosen = {}
        for place in polyphones:
            choices = self.table.readings[found.characters[place]]
            chosen[place] = choices[int(scores[place, : len(choices)].argmax())]
        return chosen


@cache
def load() -> Polyphones | None:
    """The bundled model; None without ONNX Runtime, which the package can do without until it speaks."""
    from qingyin.errors import DependencyError

    graph, table = (files("qingyin.text") / name for name in DATA)
    try:
        return Polyphones(Table.parse(table.read_text("utf-8")), graph.read_bytes())
    except (DependencyError, FileNotFoundError):
        return None


def choose(sentence: Sequence[Clause]) -> dict[int, str] | None:
    """`Polyphones.choose` of the bundled model, or None without it."""
    model = load()
    return None if model is None else model.choose(sentence)
