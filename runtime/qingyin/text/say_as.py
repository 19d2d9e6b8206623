"""Turns figures and signs whose kind the author names into words, where the context would not tell the kind."""

from __future__ import annotations

import re
from collections.abc import Callable

from qingyin.text.characters import ADDRESS_NAMES, SYMBOL_NAMES, is_han
from qingyin.text.numbers import NUMBER, cardinal, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules import dates
from qingyin.text.rules.parts import Say

_SIGNED = lazily(rf"([+-]?)({NUMBER})")
_ORDINAL = lazily(r"第?([0-9]{1,16})(?:st|nd|rd|th)?", re.IGNORECASE)
_FRACTION = lazily(r"([0-9]{1,16}) ?/ ?([0-9]{1,16})")
_TELEPHONE = lazily(r"\+?[0-9][0-9 ()-]{0,40}")
_DIGITS = lazily(r"[0-9][0-9 -]*")
_QUANTITY = lazily(r"[+-]?[$¥￥€£]?[0-9].*", re.DOTALL)
_DATE_PARTS = lazily(r"[0-9]+")
_LAYOUTS = {"ymd", "mdy", "dmy", "ym", "my", "md", "dm", "y", "m", "d"}


def say_as(kind: str, layout: str, content: str) -> str:
    """What is to be read in place of `content`. layout: of a date, such as "dmy".

    ValueError says what was expected, of the kind or of the content.
    """
    handler = KINDS.get(kind)
    if handler is None:
        raise ValueError(f"expected one of {', '.join(KINDS)}")
    text = content.strip()
    return date(text, layout) if kind == "date" else handler(text)


def _matched(pattern: re.Pattern[str], text: str, expected: str) -> re.Match[str]:
    match = pattern.fullmatch(text)
    if match is None:
        raise ValueError(f"expected {expected}, found {text[:40]!r}")
    return match


def number(text: str) -> str:
    """``"-1,234.5"`` -> 负一千二百三十四点五."""
    match = _matched(_SIGNED, text, "a number, such as 1,234.5")
    return {"-": "负", "+": "正", "": ""}[match.group(1)] + number_words(match.group(2))


def ordinal(text: str) -> str:
    """``"3"`` or ``"3rd"`` -> 第三."""
    return "第" + number_words(_matched(_ORDINAL, text, "a whole number, such as 3").group(1))


def fraction(text: str) -> str:
    """``"3/4"`` -> 四分之三."""
    above, below = _matched(_FRACTION, text, "a fraction, such as 3/4").groups()
    return f"{number_words(below)}分之{number_words(above)}"


def digits(text: str) -> str:
    """``"2024"`` -> 二零二四."""
    return digits_one_by_one(re.sub(r"[ -]", "", _matched(_DIGITS, text, "figures only, such as 2024").group()))


def telephone(text: str) -> str:
    """``"+86 138-0013"`` -> 加八六 幺三八 零零幺三."""
    _matched(_TELEPHONE, text, "a telephone number, such as 138-0013-8000")
    groups = [digits_one_by_one(group, "幺") for group in re.findall(r"[0-9]+", text)]
    return ("加" if text.startswith("+") else "") + " ".join(groups)


def characters(text: str) -> str:
    """Each character by itself: letters by name, figures, signs by name, ``"A-1"`` -> A 杠 一."""
    said = []
    for char in text:
        if char.isascii() and char.isdigit():
            said.append(digits_one_by_one(char))
        elif char.isascii() and char.isalpha():
            said.append(char.upper())
        elif is_han(char):
            said.append(char)
        elif not char.isspace():
            name = ADDRESS_NAMES.get(char) or SYMBOL_NAMES.get(char)
            if name is None:
                raise ValueError(f"expected letters, figures and signs that have a name, found {char!r}")
            said.append(name)
    if not said:
        raise ValueError("expected at least one character")
    return " ".join(said)


def date(text: str, layout: str = "") -> str:
    """``"3/5/2024"`` with layout mdy -> 二零二四年三月五日; without a layout the year comes first, or is left out."""
    parts = _DATE_PARTS.findall(text)
    if not layout:
        layout = {1: "y", 2: "ym" if parts and len(parts[0]) == 4 else "md", 3: "ymd"}.get(len(parts), "")
        if len(parts) == 3 and len(parts[0]) < 4 and len(parts[2]) == 4:
            raise ValueError("expected a layout, mdy or dmy: the year does not come first")
    if layout not in _LAYOUTS:
        raise ValueError(f"expected a date, such as 2024-03-05, and a layout of {', '.join(sorted(_LAYOUTS))}")
    if len(parts) != len(layout) or re.search(r"[^0-9年月日号./ -]", text):
        raise ValueError(f"expected a date with {len(layout)} numbers ({layout}), found {text[:40]!r}")
    values = dict(zip(layout, parts, strict=True))
    if not 1 <= int(values.get("m", "1")) <= 12 or not 1 <= int(values.get("d", "1")) <= 31:
        raise ValueError(f"expected a month from 1 to 12 and a day from 1 to 31 ({layout}), found {text[:40]!r}")
    year = digits_one_by_one(values["y"]) + "年" if "y" in values else ""
    month = cardinal(values["m"]) + "月" if "m" in values else ""
    return year + month + (cardinal(values["d"]) + "日" if "d" in values else "")


def time(text: str) -> str:
    """``"14:05"`` -> 十四点零五分; am and pm too."""
    reading = dates.time(text, 0)
    if reading is None or reading.end < len(text):
        raise ValueError(f"expected a time, such as 14:05 or 2:05 pm, found {text[:40]!r}")
    return "".join(part.text for part in reading.parts if isinstance(part, Say))


def quantity(text: str) -> str:
    """A number with its unit or currency; it is read as it is, once it is sure to be one."""
    return _matched(_QUANTITY, text, "a number with its unit, such as 5km/h").group()


KINDS: dict[str, Callable[[str], str]] = {
    "cardinal": number, "number": number, "ordinal": ordinal, "fraction": fraction, "digits": digits,
    "characters": characters, "spell-out": characters, "date": date, "time": time, "telephone": telephone,
    "unit": quantity, "currency": quantity,
}  # fmt: skip
