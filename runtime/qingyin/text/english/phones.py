"""How English syllables are written between the steps of the front end, so that Mandarin and English flow in one row.

A syllable is its CMU dictionary phones joined by hyphens, the vowel with its stress digit (0 unstressed, 1 primary,
2 secondary): "hello" is ``HH-AH0 L-OW1``. Capitals tell it from pinyin. The acoustic model was trained on syllables
cut by `syllables`; another way to cut would be another language to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from qingyin.text.symbols import (
    ENGLISH_CONSONANTS,
    ENGLISH_VOWELS,
    NO_TONE,
    PRIMARY_STRESS,
    SECONDARY_STRESS,
    UNSTRESSED,
)  # fmt: skip

STRESS_TONES = {"0": UNSTRESSED, "1": PRIMARY_STRESS, "2": SECONDARY_STRESS}
# Phones as the dictionary writes them. The index in this row is also their code in words.txt and
# letters.npz; only append to it.
PHONES: tuple[str, ...] = (*(vowel + digit for vowel in ENGLISH_VOWELS for digit in "012"), *ENGLISH_CONSONANTS)
_KNOWN = frozenset(PHONES)


def is_english(reading: str) -> bool:
    """Whether a syllable's reading is English (``"HH-AH0"``) and not pinyin (``"hao3"``)."""
    return "A" <= reading[:1] <= "Z"


def syllables(phones: Sequence[str]) -> list[str]:
    """Phones of a word -> its syllables; each begins at the consonant before its vowel, the first takes all before.

    ``["HH", "AH0", "L", "OW1"]`` -> ``["HH-AH0", "L-OW1"]``. A word without a vowel (hmm) is one syllable.
    """
    vowels = [index for index, phone in enumerate(phones) if phone[-1].isdigit()]
    starts = [0, *(v - 1 if v - 1 > u else v for u, v in pairwise(vowels))]
    return ["-".join(phones[start:end]) for start, end in pairwise([*starts, len(phones)])]


@lru_cache(maxsize=8192)
def to_phonemes(reading: str) -> tuple[tuple[str, int], ...]:
    """``"HH-AH0"`` -> ``(("HH", 0), ("AH", 6))``: symbols of the acoustic model, stress of vowels as tone.

    Raises ValueError for what is no syllable of CMU dictionary phones with one stressed or unstressed vowel at most.
    """
    phones = reading.split("-")
    unknown = [phone for phone in phones if phone not in _KNOWN]
    if unknown:
        raise ValueError(f"not a phone of the CMU dictionary: {unknown[0]!r} in {reading!r}")
    if sum(phone[-1].isdigit() for phone in phones) > 1:
        raise ValueError(f"more than one vowel in the syllable {reading!r}")
    return tuple((phone[:-1], STRESS_TONES[phone[-1]]) if phone[-1].isdigit() else (phone, NO_TONE) for phone in phones)


def stress_tone(reading: str) -> int:
    """The stress of a syllable as a tone (6, 7 or 8); 0 when it has no vowel."""
    return max(tone for _, tone in to_phonemes(reading))
