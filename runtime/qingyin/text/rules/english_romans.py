"""Roman numerals of English sentences: kings and popes are counted off (Henry the eighth), works and wars are not."""

from __future__ import annotations

from qingyin.text.english import numbers as english_numbers
from qingyin.text.patterns import lazily
from qingyin.text.rules.english import say
from qingyin.text.rules.parts import Reading, before
from qingyin.text.rules.romans import roman_value

_ROMAN = lazily(r"[IVX]{2,8}(?![A-Za-z0-9'’])")
_NAME_BEFORE = lazily(r"([A-Z][a-z]+)$")
_RULERS_TEXT = """
    Albert Alexander Alfonso Amenhotep Benedict Carl Catherine Charles Christian Christina Clement Cleopatra Constantine
    Cyrus Darius Edward Elizabeth Ferdinand Francis Frederick George Gregory Gustav Haakon Harald Henry Innocent
    Isabella Ivan James John Juan Justinian Karl Leo Leopold Louis Margaret Margrethe Maria Mary Mehmed Murad Napoleon
    Nicholas Otto Paul Pedro Peter Philip Pius Ptolemy Ramesses Ramses Richard Robert Rudolf Sixtus Theodosius Thutmose
    Urban Victor Victoria Wilhelm William Xerxes
"""
_RULERS = frozenset(_RULERS_TEXT.split())


def roman(text: str, start: int) -> Reading | None:
    """World War II, Final Fantasy VII, Henry VIII; I alone is a word."""
    match = _ROMAN.match(text, start)
    name = _NAME_BEFORE.search(before(text, start, 20)) if match else None
    value = str(roman_value(match.group())) if match else "0"
    if match is None or name is None or value == "0":
        return None
    words = f"the {english_numbers.ordinal(value)}" if name[1] in _RULERS else english_numbers.cardinal(value)
    return Reading(match.end(), say(words, start))
