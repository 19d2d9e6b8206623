"""What normalisation hands on: things to say and marks to pause at, each with its place in the original text."""

from __future__ import annotations

from dataclasses import dataclass, field

SILENT = ""  # a Mark that separates words but makes no pause


@dataclass(slots=True)  # not frozen: one is made for every syllable, and that takes three times as long
class Spoken:
    """One syllable to be said: a Han character, or a given reading."""

    char: str  # Han character; "" when only `reading` counts
    position: int  # index in the original text
    reading: str = ""  # pinyin with tone digit, overrides the dictionary
    literal: bool = False  # digit of a string read digit by digit: no sandhi of 一
    starts_word: bool = False  # a word boundary before it that segmentation must respect
    alone: str = ""  # reading to use where the character is no part of a longer word
    written: str = ""  # what stands for it in print when `char` is "": a Latin letter, once per letter
    end: int = -1  # past-last index in the original text of what it stands for; -1: one character
    given: str = ""  # reading of `char` that the author gave; the word around it stays whole
    exact: bool = False  # the author's reading is what is heard; else third tones before third tones still change


@dataclass(frozen=True)
class Mark:
    """A pause mark (key of the pause table), or SILENT."""

    mark: str
    position: int
    milliseconds: float | None = None  # of a pause that the author wrote: exact, and in place of marks beside it


@dataclass(frozen=True)
class Given:
    """What the author says about one character of a text: how it is read, or that it stands for something else.

    One of: `reading` of a Han character; `reading` that a PLACEHOLDER stands for; `milliseconds` of the pause that a
    PAUSE_PLACEHOLDER stands for; nothing, where the syllable before it covers this character too (花儿 as huar1).
    """

    reading: str = ""  # pinyin with tone digit, or an English syllable
    milliseconds: float | None = None
    starts_word: bool = False
    written: str = ""  # what stands for a PLACEHOLDER in print
    origin: str = "markup"  # or "lexicon"


# Noncharacters: Unicode keeps them for uses like this, no text holds them.
PLACEHOLDER = "\ufdd0"  # one syllable
PAUSE_PLACEHOLDER = "\ufdd1"


@dataclass
class Normalised:
    """What to say, the canonical text, and what could not be said."""

    items: list[Spoken | Mark] = field(default_factory=list)
    text: str = ""
    unspoken: list[tuple[str, int, str]] = field(default_factory=list)  # original text, position, reason
    notes: list[tuple[str, int, str]] = field(default_factory=list)
