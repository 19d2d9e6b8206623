"""Digits to Chinese numerals, so that no digit is lost before full number normalisation exists."""

from __future__ import annotations

_DIGITS = "零一二三四五六七八九"
_SMALL_UNITS = ("", "十", "百", "千")
_LARGE_UNITS = ("", "万", "亿", "兆")
MAX_CARDINAL_DIGITS = 16  # 9999兆...; anything longer is read digit by digit


def digits_one_by_one(digits: str) -> str:
    """``"2024"`` -> ``"二零二四"``."""
    return "".join(_DIGITS[int(digit)] for digit in digits)


def _four_digits(digits: str) -> str:
    spoken, pending_zero = "", False
    for index, digit in enumerate(digits):
        if digit == "0":
            pending_zero = bool(spoken)
            continue
        spoken += ("零" if pending_zero else "") + _DIGITS[int(digit)] + _SMALL_UNITS[len(digits) - 1 - index]
        pending_zero = False
    return spoken


def cardinal(digits: str) -> str:
    """A non-negative integer of at most 16 digits: ``"10086"`` -> ``"一万零八十六"``."""
    if not digits.isdigit() or len(digits) > MAX_CARDINAL_DIGITS:
        raise ValueError(f"not an integer of at most {MAX_CARDINAL_DIGITS} digits: {digits!r}")
    stripped = digits.lstrip("0")
    if not stripped:
        return _DIGITS[0]
    padded = stripped.zfill(-(-len(stripped) // 4) * 4)
    groups = [padded[index : index + 4] for index in range(0, len(padded), 4)]
    spoken, zero_before = "", False
    for index, group in enumerate(groups):
        if group == "0000":
            zero_before = bool(spoken)
            continue
        if spoken and (zero_before or group[0] == "0"):
            spoken += "零"
        spoken += _four_digits(group.lstrip("0")) + _LARGE_UNITS[len(groups) - 1 - index]
        zero_before = False
    return spoken[1:] if spoken.startswith("一十") else spoken
