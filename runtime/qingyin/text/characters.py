"""One form for each character (width, case of marks, traditional), so that every later step has fewer cases."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from qingyin.text.patterns import lazily
from qingyin.text.traditional import SIMPLIFIED, simplify_in_context

# Canonical marks; what is not here keeps its NFKC form.
_CANONICAL = {
    "!": "！", "?": "？", ";": "；", "｡": "。", "､": "、", "﹑": "、", "﹐": "，", "﹒": "。", "﹔": "；",
    "﹕": "：", "﹖": "？", "﹗": "！", "⋯": "…", "‥": "…", "_": "…", "―": "—", "─": "—", "⸺": "—",
    "–": "—", "‼": "！", "⁇": "？", "⁈": "？", "⁉": "！", "¿": " ", "¡": " ", "￥": "¥", "㎡": "m²",
    "㎢": "km²", "㎥": "m³", "㎠": "cm²", "㎣": "mm³", "㏄": "cc", "\N{FRACTION SLASH}": "/", "∕": "/", "−": "-",
    "‐": "-", "‑": "-", "‒": "-", "〜": "~", "∼": "~", "⩽": "≤", "⩾": "≥", "≦": "≤", "≧": "≥", "≒": "≈",
    "∶": ":", "✕": "×", "✖": "×", "➕": "+", "➖": "-", "➗": "÷", "〇": "〇",
    "ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
    "ð": "d", "þ": "th", "Þ": "Th", "ı": "i",
}  # fmt: skip
_KEEP = frozenset("，。！？；：、…—℃℉‰″")  # NFKC would turn these into ASCII or take them apart
SUPERSCRIPTS = {"⁰": "0", "¹": "1", "²": "2", "³": "3", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8",
                "⁹": "9", "⁻": "-", "⁺": "+"}  # fmt: skip
SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
VULGAR_FRACTIONS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅖": (2, 5),
                    "⅗": (3, 5), "⅘": (4, 5), "⅙": (1, 6), "⅚": (5, 6), "⅛": (1, 8), "⅜": (3, 8),
                    "⅝": (5, 8), "⅞": (7, 8)}  # fmt: skip
ROMAN_CHARACTERS = range(0x2160, 0x2180)  # Ⅰ..ⅿ: kept, because as letters they would be spelled
SYMBOL_NAMES = {
    "+": "加", "=": "等于", "&": "和", "@": "艾特", "℃": "摄氏度", "℉": "华氏度", "°": "度", "×": "乘",
    "÷": "除以", "±": "正负", "$": "美元", "¥": "元", "€": "欧元", "£": "英镑", "%": "百分号",
    "‰": "千分号", "<": "小于", ">": "大于", "≤": "小于等于", "≥": "大于等于", "≠": "不等于", "≈": "约等于",
    "≡": "恒等于", "∞": "无穷大", "√": "根号", "∠": "角", "∵": "因为", "∴": "所以", "∑": "求和", "∫": "积分",
    "∈": "属于", "∩": "交", "∪": "并", "⊥": "垂直于", "∥": "平行于", "∝": "正比于",
    "≌": "全等于", "∽": "相似于", "⊂": "真包含于", "⊆": "包含于", "∉": "不属于", "⊙": "圆", "⇒": "推出", "⇔": "等价于",
    "∛": "立方根", "∀": "任意", "∃": "存在", "⊇": "包含", "⊄": "不包含于",
    "∅": "空集", "△": "三角形", "\\": "反斜杠", "‱": "万分号",
}  # fmt: skip
# Signs inside addresses, where each must be heard.
ADDRESS_NAMES = {
    ".": "点", "/": "斜杠", ":": "冒号", "-": "杠", "_": "下划线", "?": "问号", "=": "等于", "&": "和",
    "@": "艾特", "#": "井号", "%": "百分号", "+": "加号", "~": "波浪号",
}  # fmt: skip

# Addresses: https://…, www.…, name@host and bare names under the commonest top-level domains. Every repetition
# is bounded and begins at a word's start: matching stays linear on any text.
_LABELS = r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,6}"
_TAIL = r"(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&'*+;=%-]{0,300})?"
ADDRESS = lazily(
    rf"(?<![A-Za-z0-9._%+@-])(?:"
    rf"(?P<scheme>(?:https?|ftp|wss?)://){_LABELS}{_TAIL}"
    rf"|[A-Za-z0-9._%+-]{{1,64}}@{_LABELS}\.[A-Za-z]{{2,24}}(?![A-Za-z0-9])"
    rf"|www\.{_LABELS}{_TAIL}"
    rf"|(?:localhost|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}})(?::[0-9]{{2,5}})(?![0-9]){_TAIL}"
    rf"|(?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}(?:com|cn|org|net|edu|gov|io|ai|top|xyz|info)(?![A-Za-z0-9-]){_TAIL}"
    rf")"
)
_ADDRESS_SIGNS = frozenset(".:@")  # every address has one of them, and most texts none: then none is looked for
_ADDRESS_END = lazily(r"[.,!?;:~'*]+$")
_ABBREVIATION = lazily(r"(?:^|[^A-Za-z])(?:No|NO|no|Mr|Mrs|Ms|Dr|St|Prof|Gen|Col|Capt|Rev|vs|VS|Vol|vol|Fig|fig|pp)$")
_ABBREVIATION_INSIDE = lazily(  # these end sentences too: by what follows
    r"(?:^|[^A-Za-z])(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Ltd|Co|Corp|Jr|Sr|etc|approx|dept|est)$"
)


def is_han(char: str) -> bool:
    """Whether `char` is an ideograph (unified blocks and 〇)."""
    return char == "〇" or "㐀" <= char <= "䶿" or "一" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def is_ascii_alnum(char: str) -> bool:
    """Whether `char` is a Latin letter or a digit; False for ""."""
    return char.isascii() and char.isalnum()


def is_latin(char: str) -> bool:
    """Whether `char` is an unaccented Latin letter; False for ""."""
    return char.isascii() and char.isalpha()


def address_end(match: re.Match[str]) -> int:
    """Where the address of an ADDRESS match ends: marks at its end belong to the sentence."""
    tail = _ADDRESS_END.search(match.group())
    return match.start() + (tail.start() if tail else len(match.group()))


@lru_cache(maxsize=2048)
def _canonical_char(char: str) -> str:
    if char in _KEEP or "一" <= char <= "\u9fff" or "a" <= char <= "z":
        return SIMPLIFIED.get(char, char)
    mapped = _CANONICAL.get(char)
    if mapped is not None:
        return mapped
    if char in SUPERSCRIPTS or char in VULGAR_FRACTIONS or ord(char) in ROMAN_CHARACTERS:
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    form = unicodedata.normalize("NFKC", char)
    if "①" <= char <= "⑳" or "❶" <= char <= "➓":
        return f"{unicodedata.numeric(char):.0f}、"  # numbers an item
    base = unicodedata.normalize("NFD", form)[0]
    if form[0] != base and base.isascii() and base.isalpha():
        return base  # é is said as e
    if len(form) == 1 and form in _CANONICAL:
        return _CANONICAL[form]
    return SIMPLIFIED.get(form, form)


def canonicalise(text: str) -> tuple[str, list[int]]:
    """Width folded and ASCII marks decided by context -> (canonical text, original index of each character).

    "." , "," and ":" become marks only where they do not belong to a number, an abbreviation or an address.
    """
    chars: list[str] = []
    positions: list[int] = []
    verbatim: set[int] = set()  # indexes into chars: parts of addresses
    index = 0
    for match in () if _ADDRESS_SIGNS.isdisjoint(text) else ADDRESS.finditer(text):
        _append(text, index, match.start(), chars, positions)
        index = address_end(match)
        verbatim.update(range(len(chars), len(chars) + index - match.start()))
        chars.extend(text[match.start() : index])
        positions.extend(range(match.start(), index))
    _append(text, index, len(text), chars, positions)
    _decide_marks(chars, verbatim)
    if not SIMPLIFIED.keys().isdisjoint(text):
        for index, char in enumerate(chars):
            if char in "乾著":
                place = positions[index]
                chars[index] = simplify_in_context(text[max(0, place - 1) : place], char, text[place + 1 : place + 2])
    return "".join(chars), positions


def _append(text: str, start: int, end: int, chars: list[str], positions: list[int]) -> None:
    forms = list(map(_canonical_char, text[start:end]))
    if "log" not in text and len("".join(forms)) == len(forms):  # one for one, as in most texts
        chars += forms
        positions += range(start, end)
        return
    for index in range(start, end):
        if text[index] in SUBSCRIPTS and text[max(0, index - 5) : index].rstrip(SUBSCRIPTS)[-3:] == "log":
            chars.append(text[index])
            positions.append(index)
            continue
        for char in _canonical_char(text[index]):
            chars.append(char)
            positions.append(index)


def _decide_marks(chars: list[str], verbatim: set[int]) -> None:
    """Replaces ambiguous marks in place, by their neighbours."""
    line_start = 0
    _begin_line(chars, 0)
    for index, char in enumerate(chars):
        if char == "\n":
            line_start = index + 1
            _begin_line(chars, line_start)
        if char not in ".,:：…○！" or index in verbatim:
            continue
        before = chars[index - 1] if index else ""
        after = chars[index + 1] if index + 1 < len(chars) else ""
        if char == ".":
            chars[index] = _dot(chars, index, before, after, line_start)
        elif char == ",":
            if not (before.isdigit() and after.isdigit()):
                chars[index] = "，"
        elif char in ":：":
            between_digits = before.isdigit() and after.isdigit()  # times and ratios
            address = char == ":" and is_ascii_alnum(before) and after in ("/", "\\")
            chars[index] = ":" if between_digits or address or _in_proportion(chars, index, before, after) else "："
        elif char == "…" and is_ascii_alnum(before) and is_ascii_alnum(after):
            chars[index] = "_"  # snake_case
        elif char == "！" and _is_factorial(chars, index):
            chars[index] = "!"
        elif char == "○" and (before in _NUMERALS or after in _NUMERALS):
            chars[index] = "〇"  # 二○○八年


def _begin_line(chars: list[str], start: int) -> None:
    """A bullet becomes a space; a list number in Han is set apart by more than a 、."""
    head = "".join(char[:1] for char in chars[start : start + 12])
    bullet = _BULLET.match(head)
    if bullet is not None:
        chars[start + bullet.end() - 1] = " "
    label = _HAN_LABEL.match(head)
    if label is not None:
        chars[start + label.end() - 1] = "，"


_EXTENSION = lazily(
    r"(?:NET|net|com|cn|org|gov|exe|pdf|PDF|txt|docx?|xlsx?|pptx?|jpe?g|png|gif|mp[34]|zip|rar|py|js|ts|md|json|csv|apk|html?"
    r"|css|ini|env|git|gitignore|vue|dll|sh|bat|xml|log|conf|ya?ml|wav|psd|iso)(?![A-Za-z0-9])"
)
_PROPORTION = lazily(
    r"(?<![A-Za-z0-9])(?:[a-z]|[0-9]{1,3})[:：](?:[a-z]|[0-9]{1,3}) ?= ?(?:[a-z]|[0-9]{1,3})[:：](?:[a-z]|[0-9]{1,3})"
    r"(?![A-Za-z0-9])"
)
_SHARE = lazily(r"[0-9]{1,3}(?:%|‰|个百分点)")
_BULLET = lazily(r"\s*(?:[●○■□◆◇▪▫▶►▸➢➤→◎★☆✓✔]|[*+](?=\s))")
_HAN_LABEL = lazily(r"\s*[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十]{1,3}[、，。])")
_NUMERALS = frozenset("〇○一二三四五六七八九")


def _dot(chars: list[str], index: int, before: str, after: str, line_start: int) -> str:
    """What a "." is: itself (inside a number or word), a mark, or nothing."""
    if after == "." or before in (".", "…"):
        return "…" if after == "." or before == "…" else "。"
    if is_ascii_alnum(before) and is_ascii_alnum(after):
        return "."  # decimal point, address, abbreviation
    if before.isdigit() and _is_list_number(chars, line_start, index):
        return "，"  # "1. ..." numbers a list
    if after.isdigit() and _leads_decimals(chars, index, before):
        return "."  # P<.05
    if is_latin(after) and not is_ascii_alnum(before):
        following = "".join(char[:1] for char in chars[index + 1 : index + 11])
        if _EXTENSION.match(following):
            return "."  # .NET, .exe
    if before and ord(before) in ROMAN_CHARACTERS:
        return "，"  # Ⅱ. numbers a list
    if is_latin(before):
        head = "".join(chars[max(0, index - 7) : index])
        following = "".join(chars[index + 1 : index + 3]).strip()[:1]
        if after == " " and _ABBREVIATION.search(head):
            return " "  # "No. 5", "Mr. Li"
        if (following.isdigit() or following.islower()) and _ABBREVIATION_INSIDE.search(head):
            return " "  # "Sept. 3", "Apple Inc. said"
        if chars[index - 2 : index - 1] == ["."] and following and following not in "\"”’')":
            return " "  # "a.m. and", "the U.S. has"
        if index < 2 or not chars[index - 2].isalnum():
            return "、"  # "A. ...", "J. K."
    return "。"


def _in_proportion(chars: list[str], index: int, before: str, after: str) -> bool:
    """Whether the colon of x:6 stands in an equation, between single letters or figures: 1:2=x:6."""
    if not (is_ascii_alnum(before) and is_ascii_alnum(after)):
        return False
    around = "".join(char[:1] for char in chars[max(0, index - 8) : index + 9])
    return _PROPORTION.search(around) is not None


def _leads_decimals(chars: list[str], index: int, before: str) -> bool:
    """Whether the dot begins a number: after a sign, or where the figures are a share (增长了.5个百分点)."""
    if before in tuple("=<>≤≥≈±×-+~"):
        return True
    return _SHARE.match("".join(char[:1] for char in chars[index + 1 : index + 10])) is not None


def _is_factorial(chars: list[str], index: int) -> bool:
    """Whether a ! belongs to a formula that goes on: 5!=120, n!/k!, 5!表示."""
    before, last = chars[index - 1 : index], chars[index - 2 : index - 1]
    if not before or not (before[0].isdigit() or (before[0] in "nmkN" and not is_ascii_alnum("".join(last)))):
        return False
    following = "".join(char[:1] for char in chars[index + 1 : index + 4]).lstrip()
    return following[:1] in tuple("=+*/×÷)<>") or following.startswith(("表示", "等于", "的值", "的阶乘"))


def _is_list_number(chars: list[str], start: int, end: int) -> bool:
    return end - start <= 6 and "".join(chars[start:end]).strip().isdigit()
