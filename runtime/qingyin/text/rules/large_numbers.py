"""Large numbers as people set them apart: 16 000公顷, 14,1178万, 141178万."""

from __future__ import annotations

from qingyin.text.characters import is_ascii_alnum
from qingyin.text.items import SILENT
from qingyin.text.numbers import number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, measure_after
from qingyin.text.units import unit_at

_SPACED = lazily(r"[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}(?![0-9]| [0-9])")
_OVER_WAN = lazily(r"([1-9][0-9]{4,8}|[1-9][0-9]{0,2}(?:,[0-9]{4}){1,2})万(?!亿)")


def over_wan(text: str, start: int) -> Reading | None:
    """14,1178万 and 141178万: five figures and more before 万 are 亿."""
    match = _OVER_WAN.match(text, start)
    if match is None:
        return None
    return Reading(match.end(), (Say(number_words(match[1].replace(",", "") + "0000")), Pause(SILENT)))


def spaced_thousands(text: str, start: int) -> Reading | None:
    """16 000公顷: thousands set apart by spaces, where something is counted."""
    match = _SPACED.match(text, start)
    if (
        match is None
        or is_ascii_alnum(text[start - 1 : start])
        or not (measure_after(text, match.end()) or unit_at(text, match.end())[0])
    ):
        return None
    unit, end = unit_at(text, match.end())
    return Reading(end, (Say(number_words(match.group().replace(" ", "")) + unit), Pause(SILENT)))
