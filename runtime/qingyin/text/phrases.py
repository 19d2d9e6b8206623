"""A sentence's items to phrases: the words between two pauses, after sandhi, and how long each pause is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qingyin.text import g2p, sandhi
from qingyin.text.items import SILENT, Mark, Spoken
from qingyin.text.phrase_breaks import LONGEST_STRETCH, breaks
from qingyin.text.yi_and_bu import name_enumerated


@dataclass(frozen=True)
class Phrase:
    """Words, and the pause after them."""

    words: list[g2p.Word]
    mark: str = ""  # that ends the phrase; "" for none
    milliseconds: float = 0.0
    exact: bool = False  # an author wrote the pause
    position: int = -1  # of the mark in the text


@dataclass(frozen=True)
class Phrasing:
    """The phrases of a sentence, and the pause before the first that the author wrote (0: none)."""

    phrases: list[Phrase]
    lead_ms: float


def phrases(items: Sequence[Spoken | Mark], table: Mapping[str, float]) -> Phrasing:
    """Of several marks in a row the longest counts; a pause that the author wrote counts in place of them all."""
    found: list[Phrase] = []
    words: list[g2p.Word] = []
    lead_ms = 0.0
    for read_words, item in g2p.read(items):
        words.extend(read_words)
        if item is None or item.mark == SILENT:
            continue
        exact = item.milliseconds is not None
        milliseconds = table[item.mark] if item.milliseconds is None else item.milliseconds
        if milliseconds <= 0.0 and not exact:
            continue
        if words:
            found.append(Phrase(words, item.mark, milliseconds, exact, item.position))
            words = []
        elif found:
            found[-1] = _joined(found[-1], item, milliseconds, exact)
        elif exact:
            lead_ms += milliseconds
    if words:
        found.append(Phrase(words))
    name_enumerated([syllable for phrase in found for word in phrase.words for syllable in word])
    breathing = [piece for phrase in _without_none(found) for piece in _breaths(phrase, table["phrase"])]
    return Phrasing(
        [Phrase(sandhi.apply(one.words), one.mark, one.milliseconds, one.exact, one.position) for one in breathing],
        lead_ms,
    )


def _breaths(phrase: Phrase, milliseconds: float) -> list[Phrase]:
    """A phrase that is too long for one breath in pieces, with pauses of this length between them."""
    words = phrase.words
    if milliseconds <= 0.0 or sum(map(len, words)) <= LONGEST_STRETCH:
        return [phrase]
    places = breaks(["".join(syllable.char for syllable in word) for word in words], [len(word) for word in words])
    ends = [*places, len(words)]
    pieces = [words[start:end] for start, end in pairwise([0, *ends])]
    return [*(Phrase(piece, "phrase", milliseconds) for piece in pieces[:-1]), replace(phrase, words=pieces[-1])]


def _joined(phrase: Phrase, mark: Mark, milliseconds: float, exact: bool) -> Phrase:
    """The phrase with one more mark after it."""
    if phrase.exact:
        return replace(phrase, milliseconds=phrase.milliseconds + milliseconds) if exact else phrase
    if exact or milliseconds > phrase.milliseconds:
        kept = phrase.mark if exact else mark.mark
        return Phrase(phrase.words, kept, milliseconds, exact, mark.position)
    return phrase


def _without_none(found: Sequence[Phrase]) -> list[Phrase]:
    """Phrases between which the author wants no pause are one."""
    merged: list[Phrase] = []
    for phrase in found:
        if merged and merged[-1].milliseconds <= 0.0:
            merged[-1] = replace(phrase, words=merged[-1].words + phrase.words)
        else:
            merged.append(phrase)
    return merged
