"""Learns runtime/qingyin/text/phrase_words.py from where writers put commas, and tells how often the place is found.

    python -m tools.learn_phrase_words cpp_dev.sent > runtime/qingyin/text/phrase_words.new

Two clauses of a sentence are joined without their comma; among the boundaries of words the model must find its place
(a conditional logit over the boundaries, beside the weights of phrase_breaks). A fifth of the sentences is held out.
Prints the four tables of the module, and to standard error the share found without and with them. Minutes on one core.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qingyin.text import phrase_breaks
from qingyin.text.segmentation import segment

SHORTEST, LONGEST = 12, 50  # syllables of two clauses together
LEAST_SEEN, EPOCHS, STEP, SHRINK = 8, 8, 0.2, 0.05
LEAST_WORD = 0.75  # log-odds from which a whole word is worth an entry
_HAN = re.compile(r"[一-鿿]+")
_OTHER_MARKS = re.compile("[。！？；：“”（）《》、]")


@dataclass(frozen=True)
class Pair:
    """Words of two clauses, the boundaries that may have the comma, and which of them has it."""

    words: list[str]
    ends: list[int]
    places: list[int]
    comma: int
    held_out: bool

    def lexical(self, place: int) -> tuple[str, ...]:
        """The four entries that speak about a boundary: last character and word before it, first ones after it."""
        before, after = self.words[place - 1], self.words[place]
        return (f"b{before[-1]}", f"B{before}", f"a{after[0]}", f"A{after}")

    def structural(self, place: int) -> float:
        """What phrase_breaks says about a boundary without these tables."""
        done, left = self.ends[place - 1], self.ends[-1] - self.ends[place - 1]
        names = phrase_breaks.features(self.words, place, done, left)
        return sum(phrase_breaks.WEIGHTS.get(name, 0.0) for name in names)


def pairs(corpus: Path) -> Iterator[Pair]:
    """Pairs of clauses that are Han throughout."""
    for line in corpus.read_text(encoding="utf-8").splitlines():
        sentence = line.replace("▁", "")
        held_out = int(hashlib.sha256(sentence.encode()).hexdigest(), 16) % 5 == 0
        for stretch in _OTHER_MARKS.split(sentence):
            for first, second in itertools.pairwise(stretch.split("，")):
                length = len(first) + len(second)
                if not (_HAN.fullmatch(first) and _HAN.fullmatch(second) and SHORTEST <= length <= LONGEST):
                    continue
                least = 6 if length > phrase_breaks.LONGEST_STRETCH else 4
                words = segment(first + second)
                ends = list(itertools.accumulate(map(len, words)))
                places = [at for at in range(1, len(words)) if min(ends[at - 1], length - ends[at - 1]) >= least]
                if len(first) in ends and (comma := ends.index(len(first)) + 1) in places:
                    yield Pair(words, ends, places, comma, held_out)


def learn(found: list[Pair]) -> dict[str, float]:
    """Entry -> log-odds."""
    seen = Counter(itertools.chain.from_iterable(set(pair.lexical(p)) for pair in found for p in pair.places))
    number = {entry: index for index, entry in enumerate(entry for entry, times in seen.items() if times >= LEAST_SEEN)}
    weights, squares = np.zeros(len(number)), np.full(len(number), 1e-4)
    rows: list[tuple[list[list[int]], NDArray[np.float64], int]] = []
    for pair in found:
        entries = [[number[e] for e in pair.lexical(place) if e in number] for place in pair.places]
        fixed = np.array([pair.structural(place) for place in pair.places])
        rows.append((entries, fixed, pair.places.index(pair.comma)))
    order = random.Random(0)
    for _ in range(EPOCHS):
        order.shuffle(rows)
        for entries, fixed, comma in rows:
            scores = fixed + np.array([weights[entry].sum() for entry in entries])
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            shares[comma] -= 1.0
            for entry, slope in zip(entries, shares, strict=True):
                squares[entry] += slope * slope
                weights[entry] -= STEP * slope / np.sqrt(squares[entry])
        weights *= 1.0 - SHRINK
    return {entry: float(weights[index]) for entry, index in number.items()}


def rounded(weights: dict[str, float]) -> dict[str, float]:
    """In halves, without what counts nothing and without words that a character stands for as well."""
    kept = {}
    for entry, weight in weights.items():
        half = round(weight * 2) / 2
        if half and (entry[0] in "ab" or (len(entry) > 2 and abs(weight) >= LEAST_WORD)):
            kept[entry] = half
    return kept


def share_found(found: list[Pair], table: dict[str, float]) -> float:
    """How often the best boundary of stretches that are long enough for a pause is the comma's."""
    hits = total = 0
    for pair in found:
        if pair.ends[-1] > phrase_breaks.LONGEST_STRETCH:
            best = max(pair.places, key=lambda p: pair.structural(p) + sum(table.get(e, 0.0) for e in pair.lexical(p)))
            hits, total = hits + (best == pair.comma), total + 1
    return hits / max(total, 1)


def main(corpus: Path) -> None:
    found = list(pairs(corpus))
    training, held_out = [p for p in found if not p.held_out], [p for p in found if p.held_out]
    table = rounded(learn(training))
    print(f"{share_found(held_out, {}):.3f} without, {share_found(held_out, table):.3f} with them", file=sys.stderr)
    for kind in "abAB":
        entries = {entry[1:]: weight for entry, weight in table.items() if entry[0] == kind}
        for weight in sorted(set(entries.values()), reverse=True):
            chosen = sorted(entry for entry, own in entries.items() if own == weight)
            print(kind, weight, ("" if kind in "ab" else " ").join(chosen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
