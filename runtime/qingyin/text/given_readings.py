"""Checks readings that people write by hand, in markup, SSML and lexicons, so that all three accept the same."""

from __future__ import annotations

from qingyin.text.english.phones import PHONES, syllables
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.symbols import ENGLISH_VOWELS


def pinyin(written: str) -> list[str]:
    """``"yin2 hang2"`` -> syllables as the front end spells them (ü as v). ValueError says what is wrong."""
    readings = [syllable.lower().replace("u:", "v").replace("u\u0308", "v").replace("ü", "v")
                for syllable in written.split()]  # fmt: skip
    if not readings:
        raise ValueError("expected pinyin with tone digits, such as yin2 hang2")
    for reading in readings:
        try:
            pinyin_to_phonemes(reading)
        except ValueError:
            raise ValueError(f"{reading!r} is not a Mandarin syllable with a tone digit from 1 to 5") from None
    return readings


def english(written: str) -> list[str]:
    """``"JH IH1 F"`` -> syllables in the front end's notation. ValueError says what is wrong."""
    phones = written.split()
    for phone in phones:
        if phone in ENGLISH_VOWELS:
            raise ValueError(f"the vowel {phone} needs its stress: {phone}0 (none), {phone}1 (primary) or {phone}2")
        if phone not in PHONES:
            raise ValueError(f"{phone!r} is not a phone of the CMU dictionary (ARPAbet), such as JH IH1 F")
    if not any(phone[-1].isdigit() for phone in phones):
        raise ValueError("expected phones with at least one vowel, such as JH IH1 F")
    return syllables(phones)
