"""English words for figures, for sentences that are English from end to end."""

from __future__ import annotations

_SMALL_TEXT = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
"""
_SMALL = _SMALL_TEXT.split()
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GROUPS = ("", "thousand", "million", "billion", "trillion")
_ORDINALS = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
    "twelve": "twelfth",
}  # fmt: skip
MAX_DIGITS = 15


def digits(figures: str) -> str:
    """``"2024"`` -> ``"two zero two four"``."""
    return " ".join(_SMALL[int(figure)] for figure in figures)


def _below_thousand(value: int) -> list[str]:
    words: list[str] = []
    if value >= 100:
        words += [_SMALL[value // 100], "hundred"]
        value %= 100
    if value >= 20:
        words.append(_TENS[value // 10])
        value %= 10
        if value:
            words.append(_SMALL[value])
    elif value:
        words.append(_SMALL[value])
    return words


def cardinal(figures: str) -> str:
    """``"1205"`` -> ``"one thousand two hundred five"``; more than MAX_DIGITS figures, or a leading 0, one by one."""
    if len(figures) > MAX_DIGITS or (len(figures) > 1 and figures[0] == "0"):
        return digits(figures)
    value = int(figures)
    if not value:
        return _SMALL[0]
    words: list[str] = []
    for group in range(len(_GROUPS) - 1, -1, -1):
        part = value // 1000**group % 1000
        if part:
            words += [*_below_thousand(part), *([_GROUPS[group]] if group else [])]
    return " ".join(words)


def number(token: str) -> str:
    """``"1,234.5"`` -> ``"one thousand two hundred thirty four point five"``."""
    whole, _, decimals = token.replace(",", "").partition(".")
    return cardinal(whole) + (" point " + digits(decimals) if decimals else "")


def ordinal(figures: str) -> str:
    """``"22"`` -> ``"twenty second"``."""
    words = cardinal(figures).split()
    last = words[-1]
    words[-1] = _ORDINALS.get(last) or (last[:-1] + "ieth" if last.endswith("y") else last + "th")
    return " ".join(words)


def plural(words: str) -> str:
    """``"twenty"`` -> ``"twenties"``, ``"six"`` -> ``"sixes"``: of number words."""
    if words.endswith("y"):
        return words[:-1] + "ies"
    return words + ("es" if words.endswith("x") else "s")


def year(figures: str) -> str:
    """Four figures as a year: ``"1984"`` -> ``"nineteen eighty four"``, ``"2005"`` -> ``"two thousand five"``."""
    high, low = int(figures[:2]), int(figures[2:])
    if high % 10 == 0 and low < 10:
        return cardinal(figures)
    tail = "hundred" if not low else f"oh {_SMALL[low]}" if low < 10 else cardinal(str(low))
    return f"{cardinal(str(high))} {tail}"
