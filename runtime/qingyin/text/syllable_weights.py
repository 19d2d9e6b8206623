"""About how long a text takes to say, before anything in it was read: what bounds the length of sentences."""

from __future__ import annotations

from qingyin.text.characters import (
    ADDRESS_NAMES,
    ROMAN_CHARACTERS,
    SUPERSCRIPTS,
    SYMBOL_NAMES,
    VULGAR_FRACTIONS,
    is_ascii_alnum,
    is_han,
)  # fmt: skip
from qingyin.text.emoji import EMOJI_NAMES
from qingyin.text.items import PLACEHOLDER
from qingyin.text.letters import GREEK_NAMES, LETTER_NAMES

_VOWELS = frozenset("aeiouy")
_VOWEL_WEIGHT, _CONSONANT_WEIGHT = 0.8, 0.15  # of letters in words
_WORD_CONSONANTS = 4  # more in a row are spelled
_WORD_LETTERS = 24  # so are longer rows of letters


class Weights:
    """Adds up syllables, character by character: letters weigh by whether they seem to be a word."""

    def __init__(self) -> None:
        self.total = 0.0
        self._letters = self._consonants = 0

    def add(self, char: str) -> float:
        """The total with `char`, a canonical character."""
        if "A" <= char <= "z" and char.isalpha():
            self._letters += 1
            self._consonants = 0 if char.lower() in _VOWELS else self._consonants + 1
            if char.isupper() or self._letters > _WORD_LETTERS or self._consonants > _WORD_CONSONANTS:
                self.total += LETTER_NAMES[char.lower()].count(" ") + 1
            else:
                self.total += _VOWEL_WEIGHT if char in _VOWELS else _CONSONANT_WEIGHT
        else:
            self._letters = self._consonants = 0
            self.total += 1 if "一" <= char <= "\u9fff" else _of_one(char)  # most are Han
        return self.total


def _of_one(char: str) -> int:
    if is_han(char) or char == PLACEHOLDER:
        return 1
    if is_ascii_alnum(char):
        return 2
    if char in ".-~:/^":
        return 1
    if char in SUPERSCRIPTS or char in VULGAR_FRACTIONS or ord(char) in ROMAN_CHARACTERS:
        return 4
    if char.lower() in GREEK_NAMES:
        return len(GREEK_NAMES[char.lower()])
    name = SYMBOL_NAMES.get(char) or ADDRESS_NAMES.get(char) or EMOJI_NAMES.get(char, "")
    return len(name)
