"""Figures and signs in sentences that are English from end to end, where Chinese numerals would be a surprise.

They are tried before the Chinese rules; what they do not know (addresses, emoji) those still read.
"""

from __future__ import annotations

import re

from qingyin.text.characters import is_han
from qingyin.text.english import numbers as english_numbers
from qingyin.text.english import reading as english
from qingyin.text.english.dictionary import look_up
from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import English, Part, Pause, Reading, Rule, before

_WORD = lazily(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_MIN_WORDS = 2
# Stand beside figures in Chinese text too, and make no sentence English.
_NOT_ALONE = frozenset(
    {
        "sin",
        "cos",
        "tan",
        "log",
        "ln",
        "lim",
        "max",
        "min",
        "mod",
        "exp",
        "am",
        "pm",
        "vs",
        "no",
        "kg",
        "km",
        "cm",
        "mm",
        "ml",
        "gb",
        "mb",
        "tb",
        "hz",
    }
)

_MONEY = lazily(
    rf"(US\$|[$£€¥]) ?({NUMBER})(?: (hundred|thousand|million|billion|trillion)\b|([kKmMbB])(?![A-Za-z]))?"
)
_CURRENCIES = {
    "$": ("dollar", "cent"), "US$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent"),
    "¥": ("yuan", ""),
}  # fmt: skip
_SCALES = {"k": "thousand", "m": "million", "b": "billion"}
_PERCENT = lazily(rf"({NUMBER}) ?%")
_ORDINAL = lazily(r"([0-9]{1,4})(?:st|nd|rd|th)(?![A-Za-z0-9])")
_TIME = lazily(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?![0-9:])(?: ?([AaPp])\.?[Mm]\b\.?)?")
_HALF_DAY = lazily(r"([0-9]{1,2}) ?([AaPp])\.?[Mm](?![A-Za-z])\.?")
_DECADE = lazily(r"([0-9]{2})?([0-9]0)s(?![A-Za-z0-9])")
_YEAR = lazily(r"(1[1-9][0-9]{2}|20[0-9]{2})(?![0-9]|[.,:][0-9]|[-/][0-9])")
_YEARS = lazily(r"(1[1-9][0-9]{2}|20[0-9]{2})(?:-|—)(1[1-9][0-9]{2}|20[0-9]{2}|[0-9]{2})(?![0-9]|[.,:/-][0-9])")
_DATED = lazily(
    r"(?:\b(?:in|since|by|from|to|until|till|of|year|during|before|after|around|early|late|mid|summer|spring|autumn|fall|"
    r"winter|january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|"
    r"jul|aug|sept|sep|oct|nov|dec)\.?,?|[(（]|[0-9]{1,2}(?:st|nd|rd|th)?[,，、])$",
    re.IGNORECASE,
)
_COUNTED = lazily(r" (?!(?:was|is|has|his|its|this|as|plus|us|olympics|games|season|series)\b)[a-z]+s\b")
_FRACTION = lazily(r"([0-9]{1,3})/([0-9]{1,3})(?![0-9/])")
_RANGE = lazily(rf"({NUMBER})(?: ?— ?| ?~ ?|-)(?={NUMBER})({NUMBER})(?![-0-9])")
_PHONE = lazily(r"(?:\+?([0-9]{1,2})[- ])?\(?([0-9]{3})\)?[- ]([0-9]{3})[- ]([0-9]{4})(?![0-9])")
_VERSION = lazily(r"[0-9]+(?:\.[0-9]+){2,}")
_NUMBER = lazily(NUMBER)
_UNITS = {
    "km/h": "kilometers per hour", "mph": "miles per hour", "m/s": "meters per second", "km": "kilometer",
    "kg": "kilogram",
    "cm": "centimeter", "mm": "millimeter", "m": "meter", "g": "gram", "mg": "milligram", "lb": "pound",
    "lbs": "pounds",
    "ft": "feet", "in": "inch", "oz": "ounce", "ml": "milliliter", "mL": "milliliter", "L": "liter", "GB": "gigabyte",
    "MB": "megabyte", "KB": "kilobyte", "TB": "terabyte", "GHz": "gigahertz", "MHz": "megahertz", "Hz": "hertz",
    "kHz": "kilohertz", "W": "watt", "kW": "kilowatt", "V": "volt", "mAh": "milliamp hours", "ms": "millisecond",
    "min": "minute", "hrs": "hours", "°C": "degrees Celsius", "℃": "degrees Celsius", "°F": "degrees Fahrenheit",
    "℉": "degrees Fahrenheit", "°": "degree", "k": "thousand", "K": "thousand",
}  # fmt: skip
_UNIT = lazily(rf" ?({'|'.join(re.escape(unit) for unit in sorted(_UNITS, key=len, reverse=True))})(?![A-Za-z0-9])")
_CLOSE_ONLY = frozenset(["m", "g", "L", "W", "V", "k", "K", "in"])  # after a space these are other words
_UNCHANGED = ("s", "feet", "hertz", "per", "thousand")
_SIGNS = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "#": "number", "_": "underscore", "%": "percent",
    "×": "times", "÷": "divided by",
    "<": "is less than", ">": "is greater than", "≤": "is at most", "≥": "is at least", "≈": "is about",
    "±": "plus or minus",
    "°": "degrees", "$": "dollar", "£": "pound", "€": "euro",
}  # fmt: skip
_ABBREVIATED = {"No": "number", "Jan": "January", "Feb": "February", "Aug": "August", "Sept": "September",
                "Oct": "October", "Nov": "November", "Dec": "December", "Inc": "incorporated", "Ltd": "limited",
                "approx": "approximately", "dept": "department", "Fig": "figure", "Vol": "volume",
                "Ch": "chapter"}  # fmt: skip


def is_english_sentence(text: str) -> bool:
    """Whether canonical text is English: no Han, and two words of the dictionary, or one that begins it ("page 5").

    Words in capitals, and product names such as iPhone, stand beside Chinese figures too and prove nothing.
    """
    found = 0
    for match in _WORD.finditer(text):
        word = match.group()
        if len(word) > 1 and not word.isupper() and word.lower() not in _NOT_ALONE and look_up(word.lower()):
            begins = not text[: match.start()].strip() and word.islower() and len(word) > 2
            begins = begins and text[match.end() : match.end() + 1] == " "
            found += _MIN_WORDS if begins else 1
    return found >= _MIN_WORDS and not any(map(is_han, text))


def say(words: str, start: int) -> tuple[Part, ...]:
    """English words -> parts."""
    parts: list[Part] = []
    for token in words.split():
        for word in english.read(token):
            parts += [English(token[word.start : word.end], word.syllables, start), Pause(SILENT)]
    return tuple(parts)


def _reading(words: str, start: int, end: int) -> Reading:
    return Reading(end, say(words, start))


def money(text: str, start: int) -> Reading | None:
    """$3.50, £20, $5 million."""
    match = _MONEY.match(text, start)
    if match is None:
        return None
    sign, token, scale, short = match.groups()
    unit, small = _CURRENCIES[sign]
    scale = scale or _SCALES.get((short or "").lower(), "")
    whole, _, cents = token.partition(".")
    if scale:
        words = f"{english_numbers.number(token)} {scale} {unit}{'' if unit == 'yuan' else 's'}"
    elif len(cents) == 2 and small:
        words = f"{english_numbers.number(whole)} {_many(unit, whole)}"
        if cents != "00":
            words += f" and {english_numbers.cardinal(cents.lstrip('0'))} {_many(small, cents.lstrip('0'))}"
    else:
        words = f"{english_numbers.number(token)} {_many(unit, token)}"
    return _reading(words, start, match.end())


def _many(unit: str, token: str) -> str:
    if token == "1" or unit.split()[0].endswith(_UNCHANGED) or unit == "yuan":
        return unit
    return {"penny": "pence", "inch": "inches"}.get(unit, unit + "s")


def time(text: str, start: int) -> Reading | None:
    """8:30, 8:00 am, 5pm."""
    match = _TIME.match(text, start)
    if match is not None:
        hour, minute, half = match.groups()
        spoken = english_numbers.cardinal(str(int(hour)))
        if minute == "00":
            spoken += "" if half else " o'clock" if int(hour) <= 12 else " hundred"
        else:
            spoken += (" oh " if minute[0] == "0" else " ") + english_numbers.cardinal(str(int(minute)))
        return _reading(spoken + (f" {half.upper()}M" if half else ""), start, match.end())
    match = _HALF_DAY.match(text, start)
    if match is None:
        return None
    return _reading(f"{english_numbers.cardinal(match.group(1))} {match.group(2).upper()}M", start, match.end())


def calendar(text: str, start: int) -> Reading | None:
    """1990s, 1914-1918, and years where something says that they are."""
    match = _DECADE.match(text, start)
    if match is not None:
        century, tens = match.groups()
        head = f"{english_numbers.cardinal(century)} " if century else ""
        if tens == "00":
            return _reading(f"{head}hundreds" if head else "zeros", start, match.end())
        return _reading(head + english_numbers.plural(english_numbers.cardinal(tens)), start, match.end())
    match = _YEARS.match(text, start)
    if match is not None:
        first, last = match.groups()
        second = english_numbers.year(last) if len(last) == 4 else english_numbers.cardinal(last)
        return _reading(f"{english_numbers.year(first)} to {second}", start, match.end())
    match = _YEAR.match(text, start)
    if match is None:
        return None
    dated = _DATED.search(before(text, start))
    if dated is None and (
        match.group()[:2] not in ("19", "20") or _COUNTED.match(text[match.end() : match.end() + 20])
    ):
        return None
    return _reading(english_numbers.year(match.group()), start, match.end())


def shares(text: str, start: int) -> Reading | None:
    """5%, 1st, 1/2, 3-5, 2.0.1, telephone numbers."""
    if match := _PERCENT.match(text, start):
        return _reading(english_numbers.number(match.group(1)) + " percent", start, match.end())
    if match := _ORDINAL.match(text, start):
        return _reading(english_numbers.ordinal(match.group(1)), start, match.end())
    if match := _PHONE.match(text, start):
        return _reading(
            " ".join(english_numbers.digits(group) for group in match.groups() if group), start, match.end()
        )
    if match := _VERSION.match(text, start):
        words = " point ".join(english_numbers.cardinal(part) for part in match.group().split("."))
        return _reading(words, start, match.end())
    if (match := _FRACTION.match(text, start)) and int(match.group(2)):
        upper, lower = match.groups()
        if int(upper) >= int(lower) or int(lower) > 20:
            return _reading(
                f"{english_numbers.cardinal(upper)} over {english_numbers.cardinal(lower)}", start, match.end()
            )
        part = {"2": "half", "4": "quarter"}.get(lower) or english_numbers.ordinal(lower)
        many = "" if upper == "1" else "s"
        return _reading(
            f"{english_numbers.cardinal(upper)} {part}{many}".replace("halfs", "halves"), start, match.end()
        )
    if match := _RANGE.match(text, start):
        return Reading(match.start(2), say(f"{english_numbers.number(match.group(1))} to", start))
    return None


def plain(text: str, start: int) -> Reading | None:
    """Any other number, with its unit."""
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    token, end = match.group(), match.end()
    words = english_numbers.number(token)
    unit = _UNIT.match(text, end)
    if unit is not None and not (unit.group(1) in _CLOSE_ONLY and unit.group().startswith(" ")):
        words += " " + _many(_UNITS[unit.group(1)], token)
        end = unit.end()
    return _reading(words, start, end)


def minus(text: str, start: int) -> Reading | None:
    """-5 with no letter or figure before it."""
    if text[start] != "-" or not text[start + 1 : start + 2].isdigit():
        return None
    if start and (text[start - 1].isalnum() or text[start - 1] in ")-"):
        return None
    return _reading("minus", start, start + 1)


def spaced_dash(text: str, start: int) -> Reading | None:
    """A hyphen between spaces, or two, is a dash."""
    if text[start] != "-":
        return None
    end = start + (2 if text.startswith("--", start) else 1)
    if end == start + 2 or (text[start - 1 : start] == " " and text[end : end + 1] == " "):
        return Reading(end, (Pause("—"),))
    return None


def sign(text: str, start: int) -> Reading | None:
    """&, +, = and the like by name."""
    name = _SIGNS.get(text[start])
    if name is None or (text[start] == "#" and not text[start + 1 : start + 2].isdigit()):
        return None
    return _reading(name, start, start + 1)


def abbreviation(text: str, start: int) -> Reading | None:
    """No. 5, Sept. 3, Inc.; not No alone, nor May."""
    match = _WORD.match(text, start)
    if match is None or match.group() not in _ABBREVIATED:
        return None
    after = text[match.end() : match.end() + 3].lstrip(" 、。")
    if match.group() in ("No", "Fig", "Vol", "Ch") and not after[:1].isdigit():
        return None
    return _reading(_ABBREVIATED[match.group()], start, match.end())


DIGIT_RULES: tuple[Rule, ...] = (time, calendar, shares, plain)
LETTER_RULES: tuple[Rule, ...] = (money, abbreviation)
SIGN_RULES: tuple[Rule, ...] = (money, spaced_dash, minus, sign)
