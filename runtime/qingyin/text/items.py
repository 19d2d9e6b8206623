"""What normalisation hands on: things to say and marks to pause at, each with its place in the original text."""

from __future__ import annotations

from dataclasses import dataclass, field

SILENT = ""  # a Mark that separates words but makes no pause


@dataclass(frozen=True)
class Spoken:
    """One syllable to be said: a Han character, or a given reading."""

    char: str  # Han character; "" when only `reading` counts
    position: int  # index in the original text
    reading: str = ""  # pinyin with tone digit, overrides the dictionary
    literal: bool = False  # digit of a string read digit by digit: no sandhi of 一
    starts_word: bool = False  # a word boundary before it that segmentation must respect
    alone: str = ""  # reading to use where the character is no part of a longer word
    written: str = ""  # what stands for it in print when `char` is "": a Latin letter, once per letter


@dataclass(frozen=True)
class Mark:
    """A pause mark (key of the pause table), or SILENT."""

    mark: str
    position: int


@dataclass
class Normalised:
    """What to say, the canonical text, and what could not be said."""

    items: list[Spoken | Mark] = field(default_factory=list)
    text: str = ""
    unspoken: list[tuple[str, int, str]] = field(default_factory=list)  # original text, position, reason
    notes: list[tuple[str, int, str]] = field(default_factory=list)
