"""What the table of readings and our corrections say of a character or word by itself."""

from __future__ import annotations

from functools import lru_cache

from qingyin.text import readings
from qingyin.text.pinyin import SYLLABLES
from qingyin.text.reading_table import reading_table


@lru_cache(maxsize=20000)
def has_reading(char: str) -> bool:
    """Whether the dictionary can read this character, and with a syllable that exists in Mandarin."""
    return char in reading_table() and word_readings(char)[0][:-1] in SYLLABLES


@lru_cache(maxsize=4096)
def is_phrase(word: str) -> bool:
    """Whether the dictionary says how this word of two characters or more is read."""
    return word in readings.WORDS or word in reading_table()


@lru_cache(maxsize=20000)
def word_readings(word: str) -> tuple[str, ...]:
    """Pinyin with tone digit (5 = neutral) for each character of a word without context, citation tones."""
    override = readings.WORDS.get(word) or readings.CHARACTERS.get(word)
    if override:
        return tuple(override.split())
    listed = reading_table().readings(word)
    if listed:
        found = listed[: len(word)]  # of a character the commonest
        return readings.with_light_de(word, found) if "得" in word else found
    spelled = [reading for char in word for reading in reading_table().readings(char)[:1]]
    if len(spelled) != len(word):
        raise ValueError(f"no reading for {word!r}")
    return tuple(readings.in_unlisted_word(word, spelled))
