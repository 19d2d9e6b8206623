"""Han characters to words of toned syllables: segmentation, the dictionary, and the model of polyphones together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from qingyin.text import context_pairs, contexts, polyphones, readings, without_model
from qingyin.text.citation import word_readings
from qingyin.text.english import verbs as english_verbs
from qingyin.text.english.phones import is_english, stress_tone
from qingyin.text.items import SILENT, Mark, Spoken
from qingyin.text.segmentation import Cut, clauses
from qingyin.text.surnames import surname_reading

_SPELLING = re.compile(r"(.+?)([1-5])$")


@dataclass(slots=True)
class Syllable:
    """One syllable on its way through sandhi."""

    char: str
    spelling: str  # pinyin without tone, ü as v; the whole reading of an English syllable ("HH-AH0")
    tone: int  # 1..5, changed by sandhi; stress of an English syllable: 6..8, 0 without a vowel
    position: int
    citation: str  # its reading before sandhi; erhua comes later
    literal: bool = False  # digit of a digit string: 一 keeps its tone
    erhua: bool = False
    fixed: bool = False  # reading given from outside: only third tones before third tones change on it
    written: str = ""  # what stands for it in print where `char` is "" (a Latin letter)
    exact: bool = False  # not even those
    acts: str = ""  # of an English word that is used as a verb: a Chinese verb
    end: int = -1  # past-last index in the text of what it stands for; -1: one character


Word = list[Syllable]


def read(items: Sequence[Spoken | Mark]) -> list[tuple[list[Word], Mark | None]]:
    """A sentence -> [(words with citation tones, the mark after them)]; the whole of it decides its readings."""
    sentence = clauses(items)
    chosen = polyphones.choose(sentence)
    place = 0
    ahead = ""  # a verb that stands for the English one before the clause
    found: list[tuple[list[Word], Mark | None]] = []
    for words, mark in sentence:
        texts = [ahead] if ahead else []
        first = len(texts)
        texts += [word.text for word in words]
        row: list[Word] = []
        for index, word in enumerate(words, first):
            row.append(_read_word(word, texts, index, chosen, place))
            place += len(word.items)
        if words or mark is None or mark.mark != SILENT:
            ahead = english_verbs.verb_before(words, mark)
            if ahead:
                row[-1][-1].acts = ahead
        found.append((row, mark))
        place += mark is not None
    return found


def _read_word(word: Cut, texts: list[str], index: int, chosen: Mapping[int, str] | None, place: int) -> Word:
    """`chosen`: by place in the sentence, what the model says; None without a model."""
    if word.given:
        return [_syllable(item, item.reading, fixed=True) for item in word.items]
    if len(word.items) == 1:
        return [_syllable(word.items[0], _alone(word, texts, index, chosen, place))]
    spoken = list(word_readings(word.text))
    if chosen and word.text not in readings.WORDS:
        spoken = [chosen.get(place + offset, reading) for offset, reading in enumerate(spoken)]
    if len(spoken) == 2 and word.text[0] == word.text[1] and spoken[0][:-1] != spoken[1][:-1]:
        spoken[1] = spoken[0]  # a doubled character is one word said twice
    if len(spoken) == 4 and word.text[0] == word.text[1] and word.text[2] == word.text[3]:
        spoken[1], spoken[2] = spoken[0], spoken[3]
    if len(spoken) == 2:
        spoken = list(context_pairs.sure(texts, index) or spoken)
    return [_syllable(item, reading) for item, reading in zip(word.items, spoken, strict=True)]


def _alone(word: Cut, texts: list[str], index: int, chosen: Mapping[int, str] | None, place: int) -> str:
    """The reading of a word of one character."""
    certain = word.items[0].alone or surname_reading(texts, index) or contexts.sure(texts, index)
    if certain:
        return certain
    reading = word_readings(word.text)[0]
    if chosen is None:
        return without_model.likely(texts, index) or reading
    return reading if word.text in readings.WORDS else chosen.get(place, reading)


def _syllable(item: Spoken, reading: str, fixed: bool = False) -> Syllable:
    if item.given:
        reading, fixed = item.given, True
    spelling, tone = _parted(reading)
    if spelling == reading:  # English
        return Syllable(item.char, reading, tone, item.position, reading, fixed=True, written=item.written,
                        end=item.end)  # fmt: skip
    return Syllable(item.char, spelling, tone, item.position, reading, item.literal, fixed=fixed,
                    written=item.written, exact=item.exact, end=item.end)  # fmt: skip


@lru_cache(maxsize=4096)
def _parted(reading: str) -> tuple[str, int]:
    """``"hao3"`` -> ``("hao", 3)``; of an English syllable all of it, and its stress."""
    if is_english(reading):
        return reading, stress_tone(reading)
    match = _SPELLING.match(reading)
    if match is None:
        raise ValueError(f"reading without a tone: {reading!r}")
    return match.group(1), int(match.group(2))
