"""Text to sentences of bounded length, lazily and in bounded memory, so that a book is heard from its first sentence.

A sentence ends at 。！？； and their ASCII kin, at an ellipsis that nothing continues, and at the end of a line unless
the line is only wrapped; not inside short brackets or book titles. A line is read in blocks, so that a book in one line
needs no more memory than one in many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qingyin.text.characters import canonicalise, is_han
from qingyin.text.items import PAUSE_PLACEHOLDER
from qingyin.text.line_breaks import is_wrap
from qingyin.text.phrase_breaks import last_break
from qingyin.text.syllable_weights import Weights

Segment = Callable[[str], list[str]]

MAX_SYLLABLES = 60  # about 13 seconds of speech; bounds the memory of the acoustic model
_MIN_PIECE_SYLLABLES = 15
_ENDS = frozenset("。！？；")
_MAY_END = _ENDS | {"…"}
_CLOSING = frozenset("\"'”’」』》〉)]}】〕〗…" + PAUSE_PLACEHOLDER)
_QUOTES = frozenset("\"'”’」』")
_GOES_ON = frozenset("，、：")  # after a closing quote: “真的？”，他问
_ENCLOSED_WITHIN = 40  # characters: longer brackets hold sentences of their own
_OPENING = {"(": ")", "[": "]", "【": "】", "〔": "〕", "〖": "〗", "{": "}", "《": "》", "〈": "〉"}
# How good a place each mark is to cut a long sentence at, against how far on it is (0 to 1, times _REACH).
_QUOTIENT_WITHIN = 20
_CUT_MARKS = {"：": 3.0, "，": 3.0, "—": 3.0, "…": 3.0, "、": 1.8, "(": 1.5, ")": 2.0}
_REACH = 2.0
_BLOCK = 4000  # characters of a line that are looked at together
_BEYOND = 500  # characters after a block that may decide what belongs to it: longest address, longest sentence
_JOINED = 2000  # characters after which wrapped lines are no longer joined
_BEFORE = 20  # characters before a block that may decide what its first ones are
_MAX_CHARACTERS = 1200  # of a span: marks and spaces weigh nothing


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
        if text[end - 1] in _QUOTES and end < len(text) and (text[end] in _GOES_ON or text[end] == "的"):
            return 0
    elif char == "…" and text[index - 1 : index] == "…":
        return 0  # inside a row of dots, decided at its first
    elif text.startswith("……", index) or (char == "…" and text[index + 1 : index + 2] in _CLOSING - {"", "…"}):
        end = index + 1
        while end < len(text) and (text[end] in _CLOSING or text[end] in _ENDS):
            end += 1
        if end < len(text) and text[end] in "，：、—":
            return 0
        if text[end : end + 1].isdigit() and "÷" in text[max(0, index - _QUOTIENT_WITHIN) : index]:
            return 0  # 10÷3=3……1: a remainder
    else:
        return 0
    while end < len(text) and text[end].isspace():
        end += 1
    return end


def _cut(text: str, start: int, end: int, weights: list[float], segment: Segment) -> int:
    """Where to cut text[start:end], which is too long: after the best mark, else where a reader would pause.

    weights: syllables up to and with each character of it.
    """
    best, place = 0.0, 0
    for index in range(start, end):
        strength = _CUT_MARKS.get(text[index])
        if strength is None or weights[index - start] < _MIN_PIECE_SYLLABLES:
            continue
        score = strength + _REACH * weights[index - start] / weights[-1]
        if score >= best:
            best, place = score, index if text[index] == "(" else index + 1
    if place > start:
        while place < end and text[place - 1] != "(" and (text[place] in "：，—…、" or text[place] in _CLOSING):
            place += 1
        return place
    index = end
    while index > start and _joins(text, index):
        index -= 1
    if index <= start + (end - start) // 3:
        index = end  # one unbroken token: cut it anywhere
    first_han = index
    while first_han > start and is_han(text[first_han - 1]):
        first_han -= 1
    if first_han < index < len(text) and is_han(text[index]):
        cut = last_break(segment(text[first_han : index + 8]), index - first_han)
        index = first_han + cut if cut > 0 else index
    return index


def _joins(text: str, index: int) -> bool:
    """Whether a cut before text[index] would go through a number or a Latin word."""
    if index >= len(text):
        return False
    before, after = text[index - 1], text[index]
    return before.isascii() and after.isascii() and not before.isspace() and not after.isspace()


def spans(text: str, segment: Segment) -> Iterator[Span]:
    """The text as spans in order; together they cover every character. Time is linear in the length, memory bounded.

    segment: cuts a run of Han characters into words.
    """
    start, line_start = 0, True
    while start < len(text):
        newline = text.find("\n", start, start + _BLOCK + _BEYOND)
        wraps: list[int] = []
        while 0 <= newline < start + _JOINED and is_wrap(text, newline):
            wraps.append(newline)
            newline = text.find("\n", newline + 1, start + _BLOCK + _BEYOND)
        whole = newline >= 0 or len(text) <= start + _BLOCK + _BEYOND
        end = newline + 1 if newline >= 0 else min(len(text), start + _BLOCK + _BEYOND)
        context = 0 if line_start else min(_BEFORE, start)
        canonical, positions = canonicalise(text[start - context : end])
        if start:
            skipped = next((at for at, place in enumerate(positions) if place >= context), len(positions))
            canonical, positions = canonical[skipped:], [start - context + place for place in positions[skipped:]]
        if wraps:
            canonical, positions = _unwrapped(text, wraps, canonical, positions)
        positions.append(end)
        line_start = True
        for span in _block_spans(canonical, positions, start, segment):
            if not whole and span.end > start + _BLOCK and span.start > start:
                end, line_start = span.start, False  # the rest of the line may change how this one ends
                break
            yield span
        start = end


def _unwrapped(text: str, wraps: list[int], canonical: str, positions: list[int]) -> tuple[str, list[int]]:
    """Without these line breaks and the blanks around them; between Latin words a space takes their place."""
    gone: set[int] = set()
    spaces: set[int] = set()
    for wrap in wraps:
        first, last = wrap, wrap + 1
        while first and text[first - 1].isspace():
            first -= 1
        while last < len(text) and text[last].isspace():
            last += 1
        gone.update(range(first, last))
        if first and last < len(text) and text[first - 1].isascii() and text[last].isascii():
            spaces.add(wrap)
    kept = [
        (" " if place in spaces else char, place)
        for char, place in zip(canonical, positions, strict=True)
        if place not in gone or (place in spaces and char == "\n")
    ]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def _block_spans(canonical: str, positions: list[int], first: int, segment: Segment) -> Iterator[Span]:
    def span(start: int, end: int, complete: bool) -> Span:
        begin = positions[start] if start else first
        return Span(canonical[start:end], positions[start:end], begin, positions[end], complete)

    start, index = 0, 0
    weights: list[float] = []
    weigh, enclosed = Weights(), 0
    while index < len(canonical):
        char = canonical[index]
        end = _end_of_sentence(canonical, index) if char in _MAY_END and index >= enclosed else 0
        if not end and index - start >= _MAX_CHARACTERS:
            end = index + 1
        if end:
            yield span(start, end, True)
            start, index, weigh, weights = end, end, Weights(), []
            continue
        if char in _OPENING and index >= enclosed:
            enclosed = _enclosed(canonical, index)
        weights.append(weigh.add(char))
        index += 1
        if weights[-1] >= MAX_SYLLABLES and _rest_weight(canonical, index, enclosed) > 0:
            cut = _cut(canonical, start, index, weights, segment)
            yield span(start, cut, False)
            start = index = cut
            weigh, weights = Weights(), []
    if start < len(canonical):
        yield span(start, len(canonical), True)


def _enclosed(text: str, index: int) -> int:
    """Index of the bracket that closes the one at text[index], 0 when it is far off or there is none."""
    closing = text.find(_OPENING[text[index]], index + 1, index + 1 + _ENCLOSED_WITHIN)
    return closing if closing > 0 and "\n" not in text[index:closing] else 0


def _rest_weight(text: str, index: int, enclosed: int, lookahead: int = 12) -> float:
    """Syllables left before the sentence ends, as far as `lookahead` characters on; 0 when it ends there."""
    weigh, total = Weights(), 0.0
    for position in range(index, min(index + lookahead, len(text))):
        if text[position] in _MAY_END and position >= enclosed and _end_of_sentence(text, position):
            return 0.0
        total = weigh.add(text[position])
    return total if len(text) > index + lookahead else 0.0
