"""Han characters to words of toned syllables, on pypinyin's dictionaries, which are imported on first use only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from qingyin.text.normalize import Spoken

_MAX_WORD = 8
_SPELLING = re.compile(r"(.+?)([1-5])$")


@dataclass
class Syllable:
    """One syllable on its way through sandhi."""

    char: str
    spelling: str  # pinyin without tone, ü as v
    tone: int  # 1..5, changed by sandhi
    position: int
    literal: bool = False  # digit of a digit string: 一 keeps its tone
    erhua: bool = False
    fixed: bool = False  # reading given from outside: no sandhi on it

    @property
    def pinyin(self) -> str:
        return f"{self.spelling}{'r' if self.erhua else ''}{self.tone}"


Word = list[Syllable]


@cache
def _dictionaries() -> tuple[dict[str, object], dict[int, str]]:
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    return PHRASES_DICT, PINYIN_DICT


def has_reading(char: str) -> bool:
    """Whether the dictionary can read this character."""
    return ord(char) in _dictionaries()[1]


@lru_cache(maxsize=20000)
def word_readings(word: str) -> tuple[str, ...]:
    """Pinyin with tone digit (5 = neutral) for each character of a word without context, citation tones."""
    from pypinyin import Style, lazy_pinyin

    readings = lazy_pinyin([word], style=Style.TONE3, neutral_tone_with_five=True)
    if len(readings) != len(word):
        raise ValueError(f"no reading for {word!r}")
    return tuple(readings)


def segment(run: str) -> list[str]:
    """Words of a run of Han characters: the fewest words the dictionary allows, longer ones first. Linear time."""
    phrases = _dictionaries()[0]
    size = len(run)
    best: list[tuple[float, int]] = [(0.0, 0)] * (size + 1)  # (cost of the rest, length of the first word)
    for start in range(size - 1, -1, -1):
        choice = (best[start + 1][0] + 1.0, 1)
        for length in range(2, min(_MAX_WORD, size - start) + 1):
            if run[start : start + length] in phrases:
                cost = best[start + length][0] + 1.0
                if cost <= choice[0]:
                    choice = (cost, length)
        best[start] = choice
    words, start = [], 0
    while start < size:
        words.append(run[start : start + best[start][1]])
        start += best[start][1]
    return words


def word_end(run: str, limit: int) -> int:
    """The last word boundary of `run` that is <= limit."""
    end = 0
    for word in segment(run):
        if end + len(word) > limit:
            break
        end += len(word)
    return end


def read(items: Sequence[Spoken]) -> list[Word]:
    """Consecutive syllables to say (no mark between them) -> words with citation tones."""
    words: list[Word] = []
    index = 0
    while index < len(items):
        end = index + 1
        if items[index].reading:
            while end < len(items) and items[end].reading and not items[end].starts_word:
                end += 1
            words.append([_syllable(item, item.reading, fixed=True) for item in items[index:end]])
        else:
            while end < len(items) and not items[end].reading and not items[end].starts_word:
                end += 1
            run = items[index:end]
            offset = 0
            for word in segment("".join(item.char for item in run)):
                readings = word_readings(word)
                words.append([_syllable(item, reading) for item, reading in zip(run[offset:], readings)])
                offset += len(word)
        index = end
    return words


def _syllable(item: Spoken, reading: str, fixed: bool = False) -> Syllable:
    match = _SPELLING.match(reading)
    if match is None:
        raise ValueError(f"reading without a tone: {reading!r} for {item.char!r}")
    return Syllable(item.char, match.group(1), int(match.group(2)), item.position, item.literal, fixed=fixed)
