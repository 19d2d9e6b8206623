"""Numbers in figures to Chinese numerals: what all rules about numbers share."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
MAX_CARDINAL_DIGITS = 16  # up to 九千九百九十九万…亿; anything longer is read digit by digit
# A number as a regular expression: thousands in groups or not, decimals or not.
NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"


def digits_one_by_one(digits: str, one: str = "一") -> str:
    """``"2024"`` -> ``"二零二四"``; `one` is 幺 in telephone and room numbers."""
    return "".join(one if digit == "1" else _DIGITS[int(digit)] for digit in digits)


def _group(value: int, first: bool) -> str:
    """1..9999, with the 零 that a gap before it asks for unless it comes `first`."""
    digits = str(value)
    spoken, gap = "", not first and value < 1000
    for index, digit in enumerate(digits):
        unit = _UNITS[len(digits) - 1 - index]
        if digit == "0":
            gap = True
            continue
        spoken += "零" if gap and (spoken or not first) else ""
        spoken += ("两" if digit == "2" and unit == "千" else _DIGITS[int(digit)]) + unit
        gap = False
    return spoken


def _integer(value: int, first: bool = True) -> str:
    for size, unit in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            high, low = divmod(value, size)
            head = "两" if high == 2 and first else _integer(high, first)
            if not low:
                return head + unit
            gap = "零" if low < size // 10 and low >= 10**4 else ""  # _group sees to gaps below 万
            return head + unit + gap + _integer(low, first=bool(gap))
    return _group(value, first)


def cardinal(digits: str) -> str:
    """A non-negative integer of at most 16 digits: ``"10086"`` -> ``"一万零八十六"``, ``"2200"`` -> ``"两千二百"``."""
    if not digits.isdigit() or len(digits) > MAX_CARDINAL_DIGITS:
        raise ValueError(f"not an integer of at most {MAX_CARDINAL_DIGITS} digits: {digits!r}")
    value = int(digits)
    spoken = _integer(value) if value else _DIGITS[0]
    return spoken[1:] if spoken.startswith("一十") else spoken


def number_words(token: str) -> str:
    """A NUMBER as it stands: ``"1,234.50"`` -> ``"一千二百三十四点五零"``; leading zeros are said (007)."""
    whole, _, decimals = token.replace(",", "").partition(".")
    if len(whole) > MAX_CARDINAL_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        spoken = digits_one_by_one(whole)
    else:
        spoken = cardinal(whole)
    return spoken + ("点" + digits_one_by_one(decimals) if decimals else "")


def count_words(token: str) -> str:
    """`number_words` of a number that counts something: 2 alone is 两."""
    return "两" if token == "2" else number_words(token)
