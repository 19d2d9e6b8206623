"""Text to sentences of bounded length, lazily, so that speech can begin with the first sentence of a book."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qingyin.text.characters import canonicalise, is_han, syllable_estimate

MAX_SYLLABLES = 60  # about 13 seconds of speech; bounds the memory of the acoustic model
_MIN_PIECE_SYLLABLES = 15
_ENDS = frozenset("。！？；")
_CLOSING = frozenset("\"'”’」』》〉)]}】〕〗…")
_CLAUSE_MARKS = "：，—…、"  # best place to cut first


@dataclass(frozen=True)
class Span:
    """A piece of the text: a sentence, or a part of one that was too long."""

    canonical: str
    positions: list[int]  # index in the original text of each canonical character
    start: int  # first and past-last index in the original text
    end: int
    complete: bool  # False: the sentence goes on in the next span


def _end_of_sentence(text: str, index: int) -> int:
    """Index past the sentence end that begins at `index`, or 0 when no sentence ends there."""
    char = text[index]
    if char in _ENDS:
        end = index + 1
        while end < len(text) and (text[end] in _ENDS or text[end] in _CLOSING):
            end += 1
    elif char == "…" and text[index - 1 : index] == "…":
        return 0  # inside a row of dots, decided at its first
    elif text.startswith("……", index) or (
        char == "…" and text[index + 1 : index + 2] in _CLOSING - {"", "…"}
    ):
        end = index + 1
        while end < len(text) and (text[end] in _CLOSING or text[end] in _ENDS):
            end += 1
        if end < len(text) and text[end] in "，：、—":
            return 0
    else:
        return 0
    while end < len(text) and text[end].isspace():
        end += 1
    return end


def _cut(text: str, start: int, end: int, word_end: Callable[[str, int], int]) -> int:
    """Where to cut text[start:end], which is too long: after the last good mark, else after a word."""
    weights, total = [], 0
    for index in range(start, end):
        total += syllable_estimate(text[index])
        weights.append(total)
    for mark in _CLAUSE_MARKS:
        index = text.rfind(mark, start, end)
        if index >= 0 and weights[index - start] >= _MIN_PIECE_SYLLABLES:
            while index + 1 < end and (text[index + 1] in _CLAUSE_MARKS or text[index + 1] in _CLOSING):
                index += 1
            return index + 1
    index = end
    while index > start and _joins(text, index):
        index -= 1
    if index <= start + (end - start) // 3:
        index = end  # one unbroken token: cut it anywhere
    first_han = index
    while first_han > start and is_han(text[first_han - 1]):
        first_han -= 1
    if first_han < index < len(text) and is_han(text[index]):
        cut = word_end(text[first_han : index + 8], index - first_han)
        index = first_han + cut if cut > 0 else index
    return index


def _joins(text: str, index: int) -> bool:
    """Whether a cut before text[index] would go through a number or a Latin word."""
    if index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    return before.isascii() and after.isascii() and not before.isspace() and not after.isspace()


def spans(text: str, word_end: Callable[[str, int], int]) -> Iterator[Span]:
    """The text as spans in order; together they cover every character. Time is linear in the length.

    `word_end(run, limit)`: last word boundary <= limit in a run of Han characters (0 when there is none).
    """
    line_start = 0
    while line_start < len(text):
        newline = text.find("\n", line_start)
        line_end = len(text) if newline < 0 else newline + 1
        canonical, positions = canonicalise(text[line_start:line_end])
        positions = [line_start + position for position in positions]
        positions.append(line_end)
        yield from _line_spans(canonical, positions, line_start, word_end)
        line_start = line_end


def _line_spans(
    canonical: str, positions: list[int], line_start: int, word_end: Callable[[str, int], int]
) -> Iterator[Span]:
    def span(start: int, end: int, complete: bool) -> Span:
        first = positions[start] if start else line_start
        return Span(canonical[start:end], positions[start:end], first, positions[end], complete)

    start, index, weight = 0, 0, 0
    while index < len(canonical):
        end = _end_of_sentence(canonical, index)
        if end:
            yield span(start, end, True)
            start, index, weight = end, end, 0
            continue
        weight += syllable_estimate(canonical[index])
        index += 1
        if weight >= MAX_SYLLABLES and _rest_weight(canonical, index) > 0:
            cut = _cut(canonical, start, index, word_end)
            yield span(start, cut, False)
            start = index = cut
            weight = 0
    if start < len(canonical):
        yield span(start, len(canonical), True)


def _rest_weight(text: str, index: int, lookahead: int = 12) -> int:
    """Syllables left before the sentence ends, as far as `lookahead` characters on; 0 when it ends there."""
    total = 0
    for position in range(index, min(index + lookahead, len(text))):
        if _end_of_sentence(text, position):
            return 0
        total += syllable_estimate(text[position])
    return total if len(text) > index + lookahead else 0
