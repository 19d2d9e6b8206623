"""Numbers that count or measure: with units, percent, ranges, versions, and plain ones."""

from __future__ import annotations

import re

from qingyin.text.characters import VULGAR_FRACTIONS, is_ascii_alnum, is_latin
from qingyin.text.items import SILENT
from qingyin.text.numbers import MAX_CARDINAL_DIGITS, NUMBER, cardinal, count_words, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.equations import in_equation
from qingyin.text.rules.parts import Part, Pause, Reading, Say, before, counts, follows_han, measure_after
from qingyin.text.units import PREFIX_UNITS, unit_at

_NUMBER = lazily(NUMBER)
_CAPITAL = lazily("[A-Z](?<![A-Za-z]{2})")
_ADDED = lazily(r"[A-Za-z]\+$")  # T+1到账
_RANGE = lazily(r" ?(-|~|—{1,2}) ?(?=[-+]?[0-9])")
_SIGNED = lazily(rf"([-+]?)({NUMBER})")
_PADDED = lazily(r"0[0-9]{1,2}")
_SERIES = lazily(r"(?:19|20)[0-9]{2}")
_PAGES_BEFORE = lazily(r"(?<![A-Za-z])(?:[Pp]{1,2}|EP|Ep|Day|[QDW])$")
_LEADING_DOT = lazily(r"\.[0-9]+")
_MORE = lazily(r"[-/][0-9]")
_NETWORK = lazily(r"/([1-3]?[0-9])(?![0-9/.])")
_VERSION = lazily(r"[0-9]+(?:\.[0-9]+){2,}")
_AIRCRAFT = lazily(r"(?:波音|空客|歼|运|轰|Boeing|Airbus)[- ]?$")
_CODE_BEFORE = lazily(
    r"(?:骁龙|麒麟|天玑|锐龙|酷睿|宝马|标致) ?$|[A-Za-z][0-9]{1,3}[-_]$|[A-Za-z]\.$"
)  # i7-12700, H.264
_CODE_HEAD, _CODE_TAIL = lazily(r"[A-Z0-9]+$"), lazily(r"[A-Z0-9]{0,20}(?![a-z])")
_CODE_PIECE = lazily(r"[A-Z]+|[0-9]+")
_MODEL_NUMBER_BEFORE = lazily(r"[A-Z]{3,}-$")
_CURRENT_BEFORE = lazily(r"(?<![A-Za-z])[AD]C-?$")
_TIE_BREAK = lazily(r"[(（][0-9]{1,2}[)）]")  # 6-7(2)
_LOGARITHM_BEFORE = lazily(r"(?<![A-Za-z])(?:ln|lg|log)$")
_CHIP_BEFORE = lazily(r"(?:骁龙|麒麟|天玑|锐龙) ?$")
_LETTERS_BEFORE = lazily(r"[A-Za-z]{2}$")
_COUNTED_AFTER_LATIN = frozenset("个份台张次页杯件条套位斤盒瓶块颗篇遍")  # bug2个; but Dota2国际邀请赛, Python2代码
_PHONE_BEFORE = lazily(r"(?:[Pp]hone|IPHONE) ?$")
_POINTS = lazily(r"(?:分(?!之)|[元万亿岁倍])")
_NUMERALS = lazily(r"各数|读作|写作|省略|改写|四舍五入|近似数|这个数")  # schoolbooks read long numbers in full
_LABELLED = tuple("图表节号章题式型例款条座室区幢栋楼")  # 图2-1
_ORDINAL_SUFFIX = lazily(r"([0-9]{1,4})(?:st|nd|rd|th)(?![A-Za-z0-9])")


def _follows_latin(text: str, start: int) -> bool:
    """Whether a letter, or a letter and a - or _, stands directly before."""
    last = text[start - 1 : start]
    return is_latin(last) or (last in ("-", "_") and is_latin(text[start - 2 : start - 1]))


def version(text: str, start: int) -> Reading | None:
    """2.0.1, 192.168.1.1: parts of up to two figures as numbers, longer ones figure by figure."""
    match = _VERSION.match(text, start)
    if match is None:
        return None
    parts = match.group().split(".")
    address = len(parts) == 4 and any(len(part) == 3 for part in parts)
    network = _NETWORK.match(text, match.end()) if address else None  # 10.0.0.0/24
    words = [
        digits_one_by_one(part) if address or len(part) > 2 or part[0] == "0" else cardinal(part) for part in parts
    ]
    if network is not None:
        return Reading(network.end(), (Say(f"{'点'.join(words)}斜杠{cardinal(network[1])}", True),))
    return Reading(match.end(), (Say("点".join(words), True),))


def ordinal_suffix(text: str, start: int) -> Reading | None:
    """1st, 22nd."""
    match = _ORDINAL_SUFFIX.match(text, start)
    return Reading(match.end(), (Say("第" + number_words(match.group(1))),)) if match else None


def _with_unit(words: str, unit: str, suffix: str) -> str:
    return f"{PREFIX_UNITS[suffix]}{words}" if suffix in PREFIX_UNITS else words + unit


def _unit(text: str, end: int) -> tuple[str, str, int]:
    """(name of the unit, prefix sign, end)."""
    place = end + 1 if text[end : end + 1] == " " else end
    if text[place : place + 1] in PREFIX_UNITS and place < len(text):
        return "", text[place], place + 1
    name, unit_end = unit_at(text, end)
    return name, "", unit_end


def quantity(text: str, start: int) -> Reading | None:
    """5kg, 10%~20%, 3-5个, -10~-5℃ from its first figure on."""
    first = _NUMBER.match(text, start)
    if first is None:
        return None
    unit, sign, end = _unit(text, first.end())
    separator = _RANGE.match(text, end)
    after_latin = _follows_latin(text, start)
    joined = after_latin and not _PAGES_BEFORE.search(text[max(0, start - 4) : start])  # P12-15
    if separator is not None and not joined and not _AIRCRAFT.search(before(text, start)):
        spoken = _range(text, start, first, (unit, sign), separator)
        if spoken is not None:
            return spoken
    if not unit and not sign:
        return None
    if unit and text[end - 1].isascii() and _MODEL_NUMBER_BEFORE.search(text[max(0, start - 6) : start]):
        return None  # KFR-35GW
    current = _CURRENT_BEFORE.search(text[max(0, start - 4) : start]) and text[end - 1] in "VA"  # AC-220V
    named_by = after_latin or _PHONE_BEFORE.search(before(text, start))
    if named_by and not current and not sign and end == first.end() + 1:
        return None  # i7-12700K, iPhone 5s
    token = first.group()
    words = "百" if sign == "%" and token == "100" else number_words(token) if sign else count_words(token)
    return Reading(end, (Say(_with_unit(words, unit, sign)), Pause(SILENT)))


def _range(
    text: str, start: int, first: re.Match[str], first_unit: tuple[str, str], separator: re.Match[str]
) -> Reading | None:
    second = _SIGNED.match(text, separator.end())
    if second is None:
        return None
    minus, token = second.groups()
    if separator.group(1) == "-" and not minus and before(text, start)[-1:] in ("图", "表") and not first_unit[0]:
        return Reading(second.end(), (Say(f"{number_words(first.group())}杠{number_words(token)}"), Pause(SILENT)))
    unit, sign, end = _unit(text, second.end())
    dash = separator.group(1)
    code = _MORE.match(text, second.end()) is not None or (start > 0 and text[start - 1] in "-/")
    if dash == "-" and (code or in_equation(text, separator.start(1)) or (minus and not (unit or sign))):
        return None
    if dash == "-" and _PADDED.fullmatch(token) and first.group()[0] != "0" and not first_unit[0]:  # #15-02
        year = _SERIES.fullmatch(first.group()) is not None  # 第2022-031号
        head = (digits_one_by_one if year else number_words)(first.group())
        return Reading(second.end(), (Say(f"{head}杠{digits_one_by_one(token)}", True), Pause(SILENT)))
    level = dash == "-" and first.group() == token and not (unit or sign or minus or first_unit[0])
    falling = float(first.group().replace(",", "")) > float(token.replace(",", ""))
    measured = measure_after(text, end) not in ("", "球", "分", "票", "枪", "号", "型")
    if dash == "-" and falling and not (unit or sign or minus or measured):
        labelled = before(text, start)[-1:] in _LABELLED or text[end : end + 1] in ("号", "型")
        between = "杠" if labelled else "比"
    elif level or _is_set(text, start, end, first.group(), token):
        between = "比"
    else:
        between = "到"
    freezing = unit == "摄氏度" and minus == "-"
    minus_word = "零下" if freezing else {"-": "负", "+": "正"}.get(minus, "")
    one, other = first.group(), token
    counted = counts(text, separator.end(), end) or bool(unit)
    words = count_words if counted else number_words
    head_unit, head_sign = first_unit
    head = _with_unit(words(one), head_unit, head_sign or sign)
    tail_sign = sign or (head_sign if not unit else "")
    prefix, minus_word = (minus_word, "") if tail_sign else ("", minus_word)  # 负百分之五
    tail = prefix + _with_unit(minus_word + words(other), unit, tail_sign)
    return Reading(end, (Say(head, literal=head == "一"), Say(between), Say(tail, literal=tail == "一"), Pause(SILENT)))


def _is_set(text: str, start: int, end: int, won: str, lost: str) -> bool:
    """Whether text[start:end] is a set of tennis with its tie-break: 6-7(2)."""
    return {won, lost} == {"6", "7"} and before(text, start)[-1:] != "第" and _TIE_BREAK.match(text, end) is not None


def leading_dot(text: str, start: int) -> Reading | None:
    """P<.05, .5%: canonicalise leaves the dot only where it is no stop."""
    match = _LEADING_DOT.match(text, start) if text[start] == "." else None
    if match is None or is_ascii_alnum(text[start - 1 : start]):
        return None
    unit, sign, end = _unit(text, match.end())
    return Reading(end, (Say(_with_unit(number_words("0" + match.group()), unit, sign)), Pause(SILENT)))


def _in_long_code(text: str, start: int, end: int) -> bool:
    """Whether capitals and figures around make a code of ten or more, three changes at least: 91310115MA1K35XX0P."""
    ahead, behind = _CODE_HEAD.search(text[max(0, start - 20) : start]), _CODE_TAIL.match(text, end)
    token = (ahead.group() if ahead else "") + text[start:end] + (behind.group() if behind else "")
    return len(token) >= 10 and len(_CODE_PIECE.findall(token)) >= 4


def plain(text: str, start: int) -> Reading | None:
    """Any other number; figures after letters are codes (A380, MP3, H1N1)."""
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    token, end = match.group(), match.end()
    whole, _, decimals = token.replace(",", "").partition(".")
    fraction_sign = text[end : end + 1]
    if fraction_sign in VULGAR_FRACTIONS and end < len(text) and not decimals:
        upper, lower = VULGAR_FRACTIONS[fraction_sign]
        mixed = f"{number_words(whole)}又{cardinal(str(lower))}分之{cardinal(str(upper))}"
        return Reading(end + 1, (Say(mixed), Pause(SILENT)))
    code = _follows_latin(text, start) or bool(_AIRCRAFT.search(before(text, start)))
    code = code or bool(_CODE_BEFORE.search(before(text, start)))
    serial = len(whole) >= 7 and not decimals and "," not in token and whole[-2:] != "00"
    code = code and not _LOGARITHM_BEFORE.search(text[max(0, start - 4) : start])  # lg100
    code = code and not (_LETTERS_BEFORE.search(before(text, start)) and _POINTS.match(text, end))  # TOEFL105分
    issue = len(whole) >= 7 and before(text, start)[-1:] == "第" and whole[-2:] != "00"  # 第20240506期
    thousands = whole[1:] == "000" and _CHIP_BEFORE.search(before(text, start)) is not None  # 麒麟9000S
    serial = serial and not _NUMERALS.search(before(text, start))
    by_digit = (
        len(whole) > MAX_CARDINAL_DIGITS
        or (len(whole) > 1 and whole[0] == "0")
        or (code and len(whole) >= 3 and not thousands)
        or (not decimals and len(whole) == 2 and _in_long_code(text, start, end))
        or (not decimals and len(whole) >= 4 and "," not in token and text.startswith("号", end) and whole[-2:] != "00")
        or (serial and not measure_after(text, end))
        or issue
    )
    if decimals and len(whole) >= 8 and _follows_latin(text, start):  # ZL202110123456.7
        return Reading(end, (Say(f"{digits_one_by_one(whole)}点{digits_one_by_one(decimals)}", True),))
    if by_digit and not decimals:
        spoken, literal = digits_one_by_one(whole), True
    else:
        counted = counts(text, start, end) and not (code and text[end : end + 1] not in _COUNTED_AFTER_LATIN)
        spoken = count_words(token) if counted else number_words(token)
        # A bare 1 is the name of the number, and so is that of Q1财报, CCTV1在, A1出口.
        named = (code and not counted) or _CAPITAL.match(text, start - 1) is not None
        named = named or _ADDED.search(text[max(0, start - 2) : start]) is not None
        literal = spoken == "一" and (named or not follows_han(text, end))
    parts: list[Part] = [Say(spoken, literal)]
    if follows_han(text, end) and text[end] != "只":  # 只 is read by the number before it
        parts.append(Pause(SILENT))
    return Reading(end, tuple(parts))
