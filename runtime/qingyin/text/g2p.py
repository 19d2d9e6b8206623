"""Han characters to words of toned syllables, on pypinyin's dictionaries (imported on first use only)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from qingyin.text import readings
from qingyin.text.items import Spoken
from qingyin.text.pinyin import SYLLABLES
from qingyin.text.words import RARE_CHARACTER, RARE_WORD, WORDS_BY_COST

_MAX_WORD = 8
_DIGIT_GROUP = 4
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿兆点")
_MEASURES = frozenset("月号日度年天个名位次只种岁点分秒元块")
_LARGE_UNITS = frozenset("百千万亿兆点")
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
    written: str = ""  # what stands for it in print where `char` is "" (a Latin letter)

    @property
    def pinyin(self) -> str:
        return f"{self.spelling}{'r' if self.erhua else ''}{self.tone}"


Word = list[Syllable]


@cache
def _dictionaries() -> tuple[dict[str, list[list[str]]], dict[int, str]]:
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    return PHRASES_DICT, PINYIN_DICT


@lru_cache(maxsize=20000)
def has_reading(char: str) -> bool:
    """Whether the dictionary can read this character, and with a syllable that exists in Mandarin."""
    return ord(char) in _dictionaries()[1] and word_readings(char)[0][:-1] in SYLLABLES


@lru_cache(maxsize=20000)
def word_readings(word: str) -> tuple[str, ...]:
    """Pinyin with tone digit (5 = neutral) for each character of a word without context, citation tones."""
    override = readings.WORDS.get(word) or readings.CHARACTERS.get(word)
    if override:
        return tuple(override.split())
    from pypinyin import Style, lazy_pinyin

    found = lazy_pinyin([word], style=Style.TONE3, neutral_tone_with_five=True)
    if len(found) != len(word):
        raise ValueError(f"no reading for {word!r}")
    if len(word) > 1 and word not in _dictionaries()[0]:
        found = readings.in_unlisted_word(word, found)
    return tuple(found)


@cache
def _word_costs() -> dict[str, int]:
    """Word or character -> -ln of its share of running words."""
    return {word: cost for cost, words in WORDS_BY_COST.items() for word in words.split()}


def segment(run: str) -> list[str]:
    """The likeliest words of a run of Han characters: unigram model, Viterbi from the right. Linear time."""
    phrases, costs = _dictionaries()[0], _word_costs()
    size = len(run)
    rest = [0] * (size + 1)  # cost of run[start:]
    lengths = [1] * size  # length of the first word of run[start:]
    for start in range(size - 1, -1, -1):
        least = rest[start + 1] + costs.get(run[start], RARE_CHARACTER)
        for length in range(2, min(_MAX_WORD, size - start) + 1):
            word = run[start : start + length]
            cost = costs.get(word)
            if cost is None:
                if word not in phrases and word not in readings.WORDS:
                    continue
                cost = RARE_WORD
            if rest[start + length] + cost <= least:
                least, lengths[start] = rest[start + length] + cost, length
        rest[start] = least
    words, start = [], 0
    while start < size:
        words.append(run[start : start + lengths[start]])
        start += lengths[start]
    return words


def _join_numerals(words: list[str]) -> list[str]:
    """Numerals are no dictionary words: 二 十 九 is made one word, 一百 二十三 two (by large units)."""
    joined: list[str] = []
    open_numeral = False
    for word in words:
        numeral = all(char in _NUMERALS for char in word)
        counted = len(word) == 2 and word[0] in _NUMERALS and word[1] in _MEASURES  # 五号 after 十
        if (numeral or counted) and open_numeral and len(joined[-1]) < 4:
            joined[-1] += word
        else:
            joined.append(word)
        open_numeral = numeral and word[-1] not in _LARGE_UNITS
    return joined


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
            text = "".join(item.char for item in run)
            if "幺" in text and all(item.literal for item in run):  # telephone numbers: groups are words
                texts = [text[place : place + _DIGIT_GROUP] for place in range(0, len(text), _DIGIT_GROUP)]
            else:
                texts = _join_numerals(segment(text))
            for place, text in enumerate(texts):
                alone = run[offset].alone or readings.single_character(texts, place) if len(text) == 1 else None
                spoken = (alone,) if alone else word_readings(text)
                words.append(
                    [
                        _syllable(item, reading)
                        for item, reading in zip(run[offset : offset + len(text)], spoken, strict=True)
                    ]
                )
                offset += len(text)
        index = end
    return words


def _syllable(item: Spoken, reading: str, fixed: bool = False) -> Syllable:
    match = _SPELLING.match(reading)
    if match is None:
        raise ValueError(f"reading without a tone: {reading!r} for {item.char!r}")
    spelling, tone = match.group(1), int(match.group(2))
    return Syllable(item.char, spelling, tone, item.position, item.literal, fixed=fixed, written=item.written)
