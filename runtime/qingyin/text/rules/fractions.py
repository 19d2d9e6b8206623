"""Fractions with a /, and numbers times a power of ten."""

from __future__ import annotations

from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.equations import in_equation
from qingyin.text.rules.parts import Pause, Reading, Say, Spell, after, before
from qingyin.text.units import unit_at

_RATED = lazily(r"([0-9]{1,2}\.[0-9])/(5|10|100)(?![0-9]|[/.][0-9])")  # 4.8/5
_OPTICAL = lazily(r"1/([0-9]\.[0-9]{1,2})(?:英寸|[\"″]|'')")  # the size of an image sensor
_FRACTION = lazily(r"([0-9]{1,4})/(10000|[0-9]{1,4})(?![0-9]|[/.][0-9])")
_OF_A_LETTER = lazily(r"(?<![A-Za-z0-9./])([0-9]{1,3})/(?=[nxyk](?![A-Za-z0-9]))")  # 1/x
_SUM_BEFORE = lazily(r"[0-9]/[0-9]{1,4} ?[-+] ?$")
_SUM_AFTER = lazily(r" ?[-+] ?[0-9]{1,4}/[0-9]")
_SCIENTIFIC = lazily(rf"({NUMBER}) ?× ?10(?:\^([-+]?[0-9]{{1,3}})(?=\D|$)|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))")


def _added(text: str, start: int, end: int) -> bool:
    """Whether a/b stands in a sum with another such fraction: 1/2+3/2=2."""
    return bool(_SUM_BEFORE.search(before(text, start)) or _SUM_AFTER.match(text, end))


def _lower_words(figures: str) -> str:
    """The words before 分之: 1/100 is 百分之一."""
    words = number_words(figures)
    return words[1:] if figures in ("100", "1000", "10000") else words


def fraction(text: str, start: int) -> Reading | None:
    """1/3, and 4/4拍; a larger upper figure is read as a pair (120/80)."""
    match = _FRACTION.match(text, start)
    if match is None and (rated := _RATED.match(text, start)) and not in_equation(text, rated.end() - 1):
        return Reading(rated.end(), (Say(f"{_lower_words(rated[2])}分之{number_words(rated[1])}"), Pause(SILENT)))
    if match is None and (sensor := _OPTICAL.match(text, start)):
        return Reading(sensor.end(), (Say(f"{number_words(sensor[1])}分之一英寸"), Pause(SILENT)))
    if match is None and (letter := _OF_A_LETTER.match(text, start)):
        end = letter.end() + 1
        return Reading(end, (Spell(end - 1, end), Say(f"分之{number_words(letter[1])}"), Pause(SILENT)))
    if match is None:
        return None
    upper, lower = match.groups()
    if int(upper) >= int(lower) and in_equation(text, match.end() - 1) and not _added(text, start, match.end()):
        return None  # 6/2=3 divides
    if after(text, match.end()).startswith("拍"):
        return Reading(match.end(), (Say(number_words(lower) + number_words(upper), True),))
    if int(lower) == 0 or (len(upper) > 1 and upper[0] == "0") or lower[0] == "0":
        return None
    if int(upper) >= int(lower) and len(upper) > 1:
        between = "比" if "压" in before(text, start) or unit_at(text, match.end())[0] == "毫米汞柱" else "斜杠"
        return Reading(match.start(2), (Say(number_words(upper)), Say(between)))
    name, end = unit_at(text, match.end())  # 1/125s
    if not name or in_equation(text, match.end() - 1):
        name, end = "", match.end()
    return Reading(end, (Say(f"{_lower_words(lower)}分之{number_words(upper)}{name}"), Pause(SILENT)))


def scientific(text: str, start: int) -> Reading | None:
    """1.5×10⁸, 3×10^-6."""
    match = _SCIENTIFIC.match(text, start)
    if match is None:
        return None
    power = match.group(2) or match.group(3).translate(str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789"))
    spoken = ("负" if power[0] == "-" else "") + number_words(power.lstrip("+-").lstrip("0") or "0")
    name, end = unit_at(text, match.end())
    if not name and text[match.end() : match.end() + 1] == "/":
        name, end = unit_at(text, match.end() + 1)  # 10^9/L
        name = "每" + name if name else ""
    return Reading(end if name else match.end(), (Say(f"{number_words(match.group(1))}乘十的{spoken}次方"), Say(name)))
