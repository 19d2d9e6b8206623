"""Signs of formulas that stand after or around what they change: powers, factorials, absolute values."""

from __future__ import annotations

from qingyin.text.characters import SUPERSCRIPTS, is_ascii_alnum, is_han
from qingyin.text.items import SILENT
from qingyin.text.letters import GREEK_NAMES
from qingyin.text.numbers import cardinal
from qingyin.text.patterns import lazily
from qingyin.text.rules.equations import in_equation
from qingyin.text.rules.parts import Pause, Reading, Say, Spell, named
from qingyin.text.units import unit_at

_SILENT = (Pause(SILENT),)
_POWER = lazily(r"\^\(?([-+]?)([0-9]{1,4})\)?")
_LETTER_POWER = lazily(r"\^\(?([A-Za-z])\)?(?![A-Za-z0-9])")
_QUOTIENT_WITHIN = 20
_REMAINDER = lazily(r"…{1,2} ?(?=[0-9])")
_PROPORTION = lazily(r"[A-Za-z0-9]:(?:[a-z](?![A-Za-z])|[0-9])")
_ABSOLUTE_WITHIN = 24
# A figure or letter inside, none directly outside: rows of tables (|---|---|, |1|2|) are no formulas.
_INSIDE = r"(?=[^|]{0,20}[A-Za-z0-9])[-A-Za-z0-9(√][-+A-Za-z0-9.*/^()√×÷²³ ]{0,20}"
_ABSOLUTE = lazily(rf"(?<![A-Za-z0-9])\|{_INSIDE}\|(?![A-Za-z0-9|])(?<! \|)")
_ABSOLUTE_BEFORE = lazily(rf"(?<![A-Za-z0-9|])\|{_INSIDE}(?<! )$")
_CHARGE = lazily(r"[-+](?![A-Za-z0-9=+ -])")
_ION_BEFORE = lazily(
    r"(?<![A-Za-z0-9])(?:(?:Na|K|H|Li|Ag|NH4|[CM][ag]2|[FZP][enb]2|Cu2|Ba2|Mn2|Fe3|Al3)(?P<plus>\+)|"
    r"(?:Cl|Br|F|I|OH|NO3|NO2|HCO3|HSO4|MnO4|ClO|CN)-)$"
)


def ion(text: str, start: int) -> Reading | None:
    """Na+, Cl-, HCO3-: charges of common ions, where nothing is added after them."""
    if text[start] not in "+-" or _CHARGE.match(text, start) is None:
        return None
    match = _ION_BEFORE.search(text[max(0, start - 6) : start + 1])
    return named(start + 1, "正" if match["plus"] else "负") if match else None


def _power_name(sign: str, digits: str) -> str:
    if not sign and digits in ("2", "3"):
        return "的平方" if digits == "2" else "的立方"
    return f"的{'负' if sign == '-' else ''}{cardinal(digits)}次方"


def power(text: str, start: int) -> Reading | None:
    """x², 10⁻⁶, 2^10."""
    match = _LETTER_POWER.match(text, start)
    if match is not None:
        letter = match.start(1)
        return Reading(match.end(), (Say("的"), Spell(letter, letter + 1), Say("次方"), Pause(SILENT)))
    match = _POWER.match(text, start)
    if match is not None:
        return _measured(text, start, match.end(), _power_name(match.group(1), match.group(2)))
    end = start
    while end < len(text) and text[end] in SUPERSCRIPTS and end - start < 5:
        end += 1
    if end == start:
        return None
    digits = "".join(SUPERSCRIPTS[char] for char in text[start:end])
    sign = digits[0] if digits[0] in "+-" else ""
    digits = digits.replace("-", "").replace("+", "")
    if digits and text[end - 1] in "⁺⁻" and len(digits) == 1 and text[start] not in "⁺⁻":
        return named(end, cardinal(digits) + ("负" if text[end - 1] == "⁻" else "正"))  # Fe³⁺
    base = text[start - 1 : start]
    if digits and not (
        base and (is_ascii_alnum(base) or is_han(base) or base in ")）|" or base.lower() in GREEK_NAMES)
    ):
        return named(end, cardinal(digits))  # ¹⁴C
    if not digits:
        return named(end, "负" if sign == "-" else "正")  # Na⁺
    return _measured(text, start, end, _power_name(sign, digits))


def _measured(text: str, start: int, end: int, words: str) -> Reading:
    """A power with the unit of its figure: 10⁻⁹m."""
    name, last = unit_at(text, end) if text[start - 1 : start].isdigit() else ("", end)
    return named(last, words + name) if name else named(end, words)


def factorial(text: str, start: int) -> Reading | None:
    """5! and n!: the mark that canonicalise leaves where a formula goes on after it."""
    return named(start + 1, "的阶乘") if text[start] == "!" else None


def absolute_value(text: str, start: int) -> Reading | None:
    """|x|, |a - b|: the first bar is silent, the second is 的绝对值."""
    if text[start] != "|":
        return None
    opened = _ABSOLUTE_BEFORE.search(text[max(0, start - _ABSOLUTE_WITHIN) : start])
    if opened is not None and not is_ascii_alnum(text[start + 1 : start + 2]):
        return named(start + 1, "的绝对值")
    return Reading(start + 1, _SILENT) if _ABSOLUTE.match(text, start) else None


def remainder(text: str, start: int) -> Reading | None:
    """10÷3=3……1: the dots between a quotient and its remainder are 余."""
    if text[start] != "…" or "÷" not in text[max(0, start - _QUOTIENT_WITHIN) : start]:
        return None
    match = _REMAINDER.match(text, start)
    return named(match.end(), "余") if match and text[start - 1 : start].isdigit() else None


def proportion(text: str, start: int) -> Reading | None:
    """1:2=x:6: the colon that canonicalise leaves beside a letter of a proportion."""
    if text[start] != ":" or not (start and in_equation(text, start)):
        return None
    return named(start + 1, "比") if _PROPORTION.match(text, start - 1) else None
