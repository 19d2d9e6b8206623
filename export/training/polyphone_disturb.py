"""Sentences changed at random and answered by the tagger: real ones hold few rare polyphones, in few contexts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from export.training.polyphone_data import Tagger
from export.training.polyphone_rows import Row
from qingyin.text.polyphones import Features

STRANGE_POLYPHONES = 0.12  # share of a tagged sentence's characters that become a polyphone drawn at random
STRANGE_CONTEXT = 0.25  # share of a gold character's context that becomes a character drawn by frequency
NEAR = 2  # places to each side of a changed one that lose what the dictionary said


def disturbed(
    rows: Sequence[Row],
    gold: bool,
    table: Mapping[str, Sequence[str]],
    characters: str,
    tagger: Tagger,
    rng: np.random.Generator,
) -> list[Row]:
    """The rows changed: around the last label (gold), or with polyphones put in; the tagger's shares as targets."""
    polyphones = list(table)
    chances = 1 / np.arange(10, 10 + len(characters))  # the characters are in order of frequency: Zipf
    drawn = iter(rng.choice(len(characters), 40 * len(rows), p=chances / chances.sum()).tolist() if gold else ())
    changed_rows, asked = [], []
    for row in rows:
        found = list(row.features.characters)
        dictionary = list(row.features.dictionary)
        kept = row.places[-1] if gold else -1
        hit = rng.random(len(found)) < (STRANGE_CONTEXT if gold else STRANGE_POLYPHONES)
        places = [place for place in np.flatnonzero(hit).tolist() if place != kept]
        for place in places:
            found[place] = characters[next(drawn, 0)] if gold else polyphones[int(rng.integers(len(polyphones)))]
            for near in range(max(0, place - NEAR), min(len(found), place + NEAR + 1)):
                dictionary[near] = 0
        changed_rows.append(Row(Features(found, row.features.places, dictionary)))
        asked.append([kept] if gold else places)
    answers = tagger.label(["".join(row.features.characters) for row in changed_rows], frozenset(table))
    for row, places, answer in zip(changed_rows, asked, answers, strict=True):
        for place in places:
            if place in answer:
                readings = table[row.features.characters[place]]
                row.add(place, [answer[place].get(reading, 0.0) for reading in readings], 1.0)
    return [row for row in changed_rows if row.places]
