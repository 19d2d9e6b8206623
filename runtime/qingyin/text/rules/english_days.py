"""Days with an English month inside Chinese text: Mar 5, 2023 and 5 May, which are said in English."""

from __future__ import annotations

import re

from qingyin.text.characters import is_ascii_alnum
from qingyin.text.english import numbers as english_numbers
from qingyin.text.patterns import lazily
from qingyin.text.rules.english import say
from qingyin.text.rules.parts import Reading, before

_MONTHS = {
    name[:3]: name
    for name in (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    )
}  # fmt: skip
_NAMES = "|".join(f"{name}|{short}" for short, name in _MONTHS.items() if short != name) + "|May|Sept"
_YEAR = r"(?:[,，、]? ?((?:19|20)[0-9]{2})(?![0-9年月]))?"
_MONTH_FIRST = lazily(rf"({_NAMES})[. ] ?(3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?(?![0-9:.%]){_YEAR}")
_DAY_FIRST = lazily(rf"(3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)? ({_NAMES})(?![A-Za-z]){_YEAR}")


def month_first(text: str, start: int) -> Reading | None:
    """Mar 5, 2023; Sept. 3."""
    if text[start] not in "JFMASOND" or (start and is_ascii_alnum(text[start - 1])):
        return None
    match = _MONTH_FIRST.match(text, start)
    return _read(match, match[1], match[2], start) if match else None


def day_first(text: str, start: int) -> Reading | None:
    """5 March 2023."""
    match = _DAY_FIRST.match(text, start)
    if match is not None and is_ascii_alnum(before(text, start)[-1:]):
        return None  # iPhone 5 May
    return _read(match, match[2], match[1], start) if match else None


def _read(match: re.Match[str], month: str, day: str, start: int) -> Reading:
    words = f"{_MONTHS[month[:3]]} {english_numbers.ordinal(str(int(day)))}"
    return Reading(match.end(), say(words + (f" {english_numbers.year(match[3])}" if match[3] else ""), start))
