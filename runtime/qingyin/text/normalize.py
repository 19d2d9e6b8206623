"""Raw text to a row of things to say and marks to pause at, with their places, so that nothing gets lost.

Every character is spoken, or a mark, or silent by nature (spaces, quotes), or reported as unspoken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from qingyin.text.numbers import MAX_CARDINAL_DIGITS, cardinal, digits_one_by_one

SILENT = ""  # a Mark that separates words but makes no pause

# Canonical marks; what is not here keeps its NFKC form.
_CANONICAL = {
    "!": "！", "?": "？", ";": "；", "｡": "。", "､": "、", "﹑": "、", "﹐": "，", "﹒": "。", "﹔": "；",
    "﹕": "：", "﹖": "？", "﹗": "！", "⋯": "…", "‥": "…", "_": "…", "―": "—", "─": "—", "⸺": "—",
    "–": "—", "‼": "！", "⁇": "？", "⁈": "？", "⁉": "！", "¿": SILENT, "¡": SILENT, "￥": "¥",
}  # fmt: skip
_KEEP = frozenset("，。！？；：、…—")  # NFKC would turn these into ASCII
_BRACKETS = frozenset("()[]{}【】〔〕〖〗〘〙")
_SILENT_MARKS = frozenset("\"'“”‘’「」『』《》〈〉«»‹›〝〞〟„‚`´′″·•・‧")
SYMBOL_NAMES = {
    "+": "加", "=": "等于", "&": "和", "@": "艾特", "℃": "摄氏度", "℉": "华氏度", "°": "度", "×": "乘",
    "÷": "除以", "±": "正负", "$": "美元", "¥": "元", "€": "欧元", "£": "英镑", "%": "百分号",
    "‰": "千分号", "<": "小于", ">": "大于",
}  # fmt: skip
# Letter names as Mandarin speakers say them, in the nearest Mandarin syllables.
LETTER_NAMES = {
    "a": "ei1", "b": "bi4", "c": "xi1", "d": "di4", "e": "yi4", "f": "ai2 fu5", "g": "ji4", "h": "ei2 chi5",
    "i": "ai4", "j": "zhei4", "k": "kei4", "l": "ai2 lou5", "m": "ai2 mu5", "n": "en1", "o": "ou1",
    "p": "pi4", "q": "qiu1", "r": "a4 er5", "s": "ai2 si5", "t": "ti4", "u": "you1", "v": "wei4",
    "w": "da2 bu5 liu5", "x": "ai2 ke5 si5", "y": "wai4", "z": "zei4",
}  # fmt: skip
_NUMBER = re.compile(r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])|[0-9]+(?:\.[0-9]+)*")
_LETTERS = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Spoken:
    """One syllable to be said: a Han character, or a given reading."""

    char: str  # Han character; "" when only `reading` counts
    position: int  # index in the original text
    reading: str = ""  # pinyin with tone digit, overrides the dictionary
    literal: bool = False  # digit of a string read digit by digit: no sandhi of 一
    starts_word: bool = False  # a word boundary before it that segmentation must respect


@dataclass(frozen=True)
class Mark:
    """A pause mark (key of the pause table), or SILENT."""

    mark: str
    position: int


@dataclass
class Normalised:
    """Result of `normalise`: what to say, the canonical text, and what could not be said."""

    items: list[Spoken | Mark] = field(default_factory=list)
    text: str = ""
    unspoken: list[tuple[str, int, str]] = field(default_factory=list)  # original text, position, reason
    notes: list[tuple[str, int, str]] = field(default_factory=list)


def syllable_estimate(char: str) -> int:
    """About how many syllables a canonical character takes: bounds sentences before numbers are read."""
    if is_han(char):
        return 1
    if char.isascii() and char.isalnum():
        return 2 if char.isdigit() else LETTER_NAMES[char.lower()].count(" ") + 1
    return 1 if char in ".-~" else len(SYMBOL_NAMES.get(char, ""))


def is_han(char: str) -> bool:
    """Whether `char` is an ideograph (unified blocks and 〇)."""
    return (
        char == "〇"
        or "㐀" <= char <= "䶿"
        or "一" <= char <= "\u9fff"
        or "\U00020000" <= char <= "\U0003ffff"
    )


def _canonical_char(char: str) -> str:
    if char in _KEEP or "一" <= char <= "\u9fff" or "a" <= char <= "z":
        return char
    mapped = _CANONICAL.get(char)
    if mapped is not None:
        return mapped or " "
    if char in "℃℉":
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    form = unicodedata.normalize("NFKC", char)
    base = unicodedata.normalize("NFD", form)[0]
    if form[0] != base and base.isascii() and base.isalpha():
        return base  # é is said as e
    if len(form) == 1 and form in _CANONICAL:
        return _CANONICAL[form]
    return form


def _is_ascii_alnum(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _is_list_number(chars: list[str], start: int, end: int) -> bool:
    return end - start <= 6 and "".join(chars[start:end]).strip().isdigit()


def canonicalise(text: str) -> tuple[str, list[int]]:
    """Width folded and ASCII marks decided by context -> (canonical text, original index of each character).

    "." , "," and ":" become marks only where they do not belong to a number, an abbreviation or an address.
    """
    chars: list[str] = []
    positions: list[int] = []
    for index, original in enumerate(text):
        for char in _canonical_char(original):
            chars.append(char)
            positions.append(index)
    line_start = 0
    for index, char in enumerate(chars):
        if char == "\n":
            line_start = index + 1
        if char not in ".,:":
            continue
        before = chars[index - 1] if index else ""
        after = chars[index + 1] if index + 1 < len(chars) else ""
        if char == ".":
            if after == "." or before in (".", "…"):
                chars[index] = "…" if after == "." or before == "…" else "。"
            elif _is_ascii_alnum(before) and _is_ascii_alnum(after):
                continue  # decimal point, address, abbreviation
            elif before.isdigit() and _is_list_number(chars, line_start, index):
                chars[index] = "、"  # "1. ..." numbers a list
            elif before.isalpha() and before.isascii() and (index < 2 or not chars[index - 2].isalpha()):
                chars[index] = "、"  # "A. ...", "J. K."
            else:
                chars[index] = "。"
        elif char == ",":
            if not (before.isdigit() and after.isdigit()):
                chars[index] = "，"
        elif not (_is_ascii_alnum(before) and after in ("/", "\\")):
            chars[index] = "："
    return "".join(chars), positions


def _digit_follows(original: str, position: int) -> bool:
    return position + 1 < len(original) and original[position + 1].isdecimal()


def _number_text(token: str, after: str, part: bool = False) -> tuple[str, bool]:
    """A number token -> (Han text, read digit by digit?). `part`: it is part of a longer number."""
    if part:
        return "".join(
            digits_one_by_one(char) if char.isdigit() else "点" for char in token if char != ","
        ), True
    token = token.replace(",", "")
    whole, *decimals = token.split(".")
    if len(decimals) > 1:  # a version or section number
        return "点".join(
            digits_one_by_one(part) if len(part) > 2 else cardinal(part) for part in token.split(".")
        ), True
    if decimals:
        integer = cardinal(whole) if len(whole) <= MAX_CARDINAL_DIGITS else digits_one_by_one(whole)
        return integer + "点" + digits_one_by_one(decimals[0]), False
    year = len(whole) == 4 and after == "年"
    if (
        year
        or len(whole) > MAX_CARDINAL_DIGITS
        or (len(whole) > 1 and whole[0] == "0")
        or len(whole) in (7, 8, 11)
    ):
        return digits_one_by_one(whole), True
    return cardinal(whole), False


def normalise(
    canonical: str, positions: list[int], original: str, has_reading: Callable[[str], bool]
) -> Normalised:
    """Canonical text -> items to say. `canonical[i]` comes from `original[positions[i]]`. Linear time."""
    result = Normalised(text=canonical.strip())
    items = result.items

    def say(text: str, position: int, literal: bool = False) -> None:
        for offset, char in enumerate(text):
            items.append(Spoken(char, position, literal=literal, starts_word=offset == 0))

    left: list[tuple[int, int, str]] = []  # (start, end, reason) in the original text

    def leave(first: int, reason: str) -> None:
        """Report the original behind one canonical character, joined to a neighbour of the same reason."""
        start = positions[first]
        if left and left[-1][2] == reason and left[-1][1] >= start:
            left[-1] = (left[-1][0], start + 1, reason)
        else:
            left.append((start, start + 1, reason))

    index = 0
    while index < len(canonical):
        char, position = canonical[index], positions[index]
        if is_han(char):
            if has_reading(char):
                items.append(Spoken(char, position))
            else:
                leave(index, "no known reading")
        elif "0" <= char <= "9":
            match = _NUMBER.match(canonical, index)
            assert match is not None
            end = match.end()
            after = canonical[end : end + 1]
            before = canonical[index - 1] if index else ""
            if before == "-" and (index < 2 or not _is_ascii_alnum(canonical[index - 2])):
                say("负", positions[index - 1])
            cut_before = position > 0 and original[position - 1].isdecimal()
            cut_after = index + len(match.group()) == len(canonical) and _digit_follows(
                original, positions[end - 1]
            )
            text, literal = _number_text(match.group(), after, cut_before or cut_after)
            literal = literal or (
                text == "一" and not is_han(after or " ")
            )  # a bare 1 is the name of the number
            if after in ("%", "‰") and after:
                say("百分之" if after == "%" else "千分之", position)
                end += 1
            say(text, position, literal)
            if canonical[end : end + 1] and is_han(canonical[end]):
                items.append(Mark(SILENT, positions[end]))
            index = end
            continue
        elif char.isascii() and char.isalpha():
            match = _LETTERS.match(canonical, index)
            assert match is not None
            for offset, letter in enumerate(match.group()):
                for part, reading in enumerate(LETTER_NAMES[letter.lower()].split()):
                    items.append(Spoken("", positions[index + offset], reading, starts_word=part == 0))
            end_position = positions[match.end() - 1] + 1
            result.notes.append((original[position:end_position], position, "spelled"))
            index = match.end()
            continue
        elif char in "，。！？；：、…—":
            items.append(Mark(char, position))
        elif char in _BRACKETS:
            items.append(Mark("(", position))
        elif char in _SILENT_MARKS or char.isspace():
            items.append(Mark(SILENT, position))
        elif char in SYMBOL_NAMES:
            say(SYMBOL_NAMES[char], position)
            items.append(Mark(SILENT, position))
        elif char == ".":
            if not _is_abbreviation_dot(canonical, index):
                say("点", position)
        elif char == ",":
            items.append(Mark("、", position))
        elif char == "~":
            range_mark = canonical[index - 1 : index].isdigit() and canonical[index + 1 : index + 2].isdigit()
            say("到" if range_mark else "", position)
            items.append(Mark(SILENT, position))
        elif char == "-":
            items.append(Mark(SILENT, position))  # a hyphen joins; before a number it has been read as 负
        elif unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp"):
            if left and left[-1][1] == position:
                leave(index, left[-1][2])  # joiners and selectors belong to the emoji before them
        else:
            leave(index, _reason(char))
        index += 1
    result.unspoken.extend((original[start:end], start, reason) for start, end, reason in left)
    return result


def _is_abbreviation_dot(canonical: str, index: int) -> bool:
    """Whether the dot stands between single letters, as in U.S.A, or at the edge of a cut."""
    if index == 0 or index + 1 == len(canonical):
        return True
    single_before = canonical[index - 1].isalpha() and (
        index < 2 or not _is_ascii_alnum(canonical[index - 2])
    )
    after = canonical[index + 2] if index + 2 < len(canonical) else ""
    return single_before and canonical[index + 1].isalpha() and not _is_ascii_alnum(after)


def _reason(char: str) -> str:
    """Why a character cannot be spoken, in a word or two for the report."""
    category = unicodedata.category(char)
    if category.startswith("L") or category == "Mc":
        name = unicodedata.name(char, "unknown")
        return f"script not supported: {name.split()[0].lower()}"
    if category.startswith("N"):
        return "number form not supported"
    if category in ("Co", "Cn", "Cs"):
        return "unassigned or private character"
    return "symbol"
