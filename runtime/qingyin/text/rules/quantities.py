"""Numbers that count or measure: with units, percent, ranges, scores, fractions, signs, and plain ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qingyin.text.characters import SUPERSCRIPTS, VULGAR_FRACTIONS, is_latin
from qingyin.text.items import SILENT
from qingyin.text.letters import GREEK_NAMES
from qingyin.text.numbers import MAX_CARDINAL_DIGITS, NUMBER, cardinal, count_words, digits_one_by_one, number_words
from qingyin.text.rules.dates import is_ratio
from qingyin.text.rules.parts import Part, Pause, Reading, Say, after, before, counts, follows_han, measure_after
from qingyin.text.units import PREFIX_UNITS, unit_at

_NUMBER = re.compile(NUMBER)
_CAPITAL = re.compile("[A-Z](?<![A-Za-z]{2})")
_RANGE = re.compile(r" ?(-|~|—{1,2}) ?(?=[-+]?[0-9])")
_SIGNED = re.compile(rf"([-+]?)({NUMBER})")
_MORE = re.compile(r"[-/][0-9]")
_NETWORK = re.compile(r"/([1-3]?[0-9])(?![0-9/.])")
_VERSION = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
_RATED = re.compile(r"([0-9]{1,2}\.[0-9])/(5|10|100)(?![0-9]|[/.][0-9])")  # 4.8/5
_OPTICAL = re.compile(r"1/([0-9]\.[0-9]{1,2})(?:英寸|[\"″]|'')")  # the size of an image sensor
_FRACTION = re.compile(r"([0-9]{1,4})/([0-9]{1,4})(?![0-9]|[/.][0-9])")
_SUM_BEFORE = re.compile(r"[0-9]/[0-9]{1,4} ?[-+] ?$")
_SUM_AFTER = re.compile(r" ?[-+] ?[0-9]{1,4}/[0-9]")
_RATIO = re.compile(rf"({NUMBER})((?::{NUMBER}){{1,6}})(?![0-9:])")
_SCORE = re.compile(r"([0-9]{1,3})-([0-9]{1,3})(?![0-9-]|\.[0-9])")
_SCORE_BEFORE = re.compile(
    r"(?:以|以[0-9]{1,3}-[0-9]{1,3}[和、及]|比分|总分|扳成|战成|打成|比数)(?:总比分|总分|大比分)?[为是]?[:：]?$"
)
_SCORE_AFTER = re.compile(
    r"[,，)）]{0,2}(?:战胜|击败|获胜|取胜|大胜|险胜|完胜|力克|领先|落后|不敌|负于|输给|逆转|告负|战平|的?比分|先拔|轻松拿下|拿下|丢掉|击退|淘汰|横扫|输|赢|胜(?![任地利])|惨败|惜败|大败|绝杀|告捷|逼平)"
)
_NIL = re.compile(r"0-(?:1[0-9]|[0-9])(?![0-9.-])(?=[一-鿿](?<![之的到至区范分是为时和与或]))")  # 中国0-4西班牙
_TEAM_BEFORE = re.compile(r"[一-鿿](?<![从在由值为是约达到用选取度级])$")
_PAIR = re.compile(r"([0-9]{1,3})-([0-9]{1,3})")
_PAIRS_BEFORE = re.compile(r"(?<![0-9-])(?:[0-9]{1,3}-[0-9]{1,3}[、，,和及 ]{1,2})+$")
_PAIRS_AFTER = re.compile(r"(?:[、，,和及 ]{1,2}[0-9]{1,3}-[0-9]{1,3}(?![0-9-]))+")
_PAIRS_WITHIN = 40
_AIRCRAFT = re.compile(r"(?:波音|空客|歼|运|轰|Boeing|Airbus)[- ]?$")
_CODE_BEFORE = re.compile(
    r"(?:骁龙|麒麟|天玑|锐龙|酷睿|宝马|标致) ?$|[A-Za-z][0-9]{1,3}[-_]$|[A-Za-z]\.$"
)  # i7-12700, H.264
_LETTERS_BEFORE = re.compile(r"[A-Za-z]{2}$")
_COUNTED_AFTER_LATIN = frozenset("个份台张次页杯件条套位斤盒瓶块颗篇遍")  # bug2个; but Dota2国际邀请赛, Python2代码
_PHONE_BEFORE = re.compile(r"(?:[Pp]hone|IPHONE) ?$")
_POINTS = re.compile(r"(?:分(?!之)|[元万亿岁倍])")
_NUMERALS = re.compile(r"各数|读作|写作|省略|改写|四舍五入|近似数|这个数")  # schoolbooks read long numbers in full
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}(?![0-9]| [0-9])")
_LABELLED = tuple("图表节号章题式型例款条座室区幢栋楼")  # 图2-1
_EQUATION_SIGNS = frozenset("=≈≠≤≥<>√^")
_EQUATION_CHARACTERS = frozenset("×÷√≈≠≤≥±") | SUPERSCRIPTS.keys() | GREEK_NAMES.keys()
_SCIENTIFIC = re.compile(rf"({NUMBER}) ?× ?10(?:\^([-+]?[0-9]{{1,3}})(?=\D|$)|([⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+))")
_ORDINAL_SUFFIX = re.compile(r"([0-9]{1,4})(?:st|nd|rd|th)(?![A-Za-z0-9])")


def in_equation(text: str, index: int) -> bool:
    """Whether the run of signs, figures and letters around text[index] has an =, <, root or power in it."""
    for step in (-1, 1):
        place = index
        for _ in range(30):
            place += step
            if not 0 <= place < len(text) or not (text[place].isascii() or text[place] in _EQUATION_CHARACTERS):
                break
            if text[place] in _EQUATION_SIGNS:
                return True
            if text[place] in ",;\n":
                break
    return False


def _follows_latin(text: str, start: int) -> bool:
    """Whether a letter, or a letter and a - or _, stands directly before."""
    last = text[start - 1 : start]
    return is_latin(last) or (last in ("-", "_") and is_latin(text[start - 2 : start - 1]))


def spaced_thousands(text: str, start: int) -> Reading | None:
    """16 000公顷: thousands set apart by spaces, where something is counted."""
    match = _SPACED.match(text, start)
    if match is None or not (measure_after(text, match.end()) or unit_at(text, match.end())[0]):
        return None
    unit, end = unit_at(text, match.end())
    return Reading(end, (Say(number_words(match.group().replace(" ", "")) + unit), Pause(SILENT)))


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


def _added(text: str, start: int, end: int) -> bool:
    """Whether a/b stands in a sum with another such fraction: 1/2+3/2=2."""
    return bool(_SUM_BEFORE.search(before(text, start)) or _SUM_AFTER.match(text, end))


def ordinal_suffix(text: str, start: int) -> Reading | None:
    """1st, 22nd."""
    match = _ORDINAL_SUFFIX.match(text, start)
    return Reading(match.end(), (Say("第" + number_words(match.group(1))),)) if match else None


def fraction(text: str, start: int) -> Reading | None:
    """1/3, and 4/4拍; a larger upper figure is read as a pair (120/80)."""
    match = _FRACTION.match(text, start)
    if match is None and (rated := _RATED.match(text, start)) and not in_equation(text, rated.end() - 1):
        return Reading(rated.end(), (Say(f"{number_words(rated[2])}分之{number_words(rated[1])}"), Pause(SILENT)))
    if match is None and (sensor := _OPTICAL.match(text, start)):
        return Reading(sensor.end(), (Say(f"{number_words(sensor[1])}分之一英寸"), Pause(SILENT)))
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
    return Reading(end, (Say(f"{number_words(lower)}分之{number_words(upper)}{name}"), Pause(SILENT)))


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


def score(text: str, start: int) -> Reading | None:
    """2-1获胜, 以4-3: a dash between points; a larger first figure can be no range."""
    match = _SCORE.match(text, start)
    if match is None or (start and (is_latin(text[start - 1]) or text[start - 1] in "-.")):
        return None
    measured = measure_after(text, match.end()) or unit_at(text, match.end())[0]
    told = _SCORE_BEFORE.search(before(text, start)) or _SCORE_AFTER.match(after(text, match.end()))
    told = told or (_NIL.match(text, start) and _TEAM_BEFORE.search(text[max(0, start - 1) : start]))
    if measured or not (told or _among_scores(text, start, match.end())) or in_equation(text, match.end() - 1):
        return None
    return Reading(match.end(), to_each_other(match.groups()))


def to_each_other(figures: Sequence[str]) -> tuple[Part, ...]:
    """Figures with 比 between them; each is the name of a number, so that 一 keeps its tone: 2-1取胜."""
    parts: list[Part] = []
    for figure in figures:
        spoken = number_words(figure)
        parts += [*([Say("比")] if parts else []), Say(spoken, literal=spoken == "一")]
    return tuple(parts)


def _among_scores(text: str, start: int, end: int) -> bool:
    """Whether a list of pairs has one that falls, so that it is no range: 25-21、23-25."""
    ahead = _PAIRS_BEFORE.search(text[max(0, start - _PAIRS_WITHIN) : start])
    behind = _PAIRS_AFTER.match(text[end : end + _PAIRS_WITHIN])
    if behind is not None and measure_after(text, end + behind.end()):
        return False
    listed = (ahead.group() if ahead else "") + (behind.group() if behind else "")
    return any(int(one) > int(other) for one, other in _PAIR.findall(listed))


def ratio(text: str, start: int) -> Reading | None:
    """3:2, 1:0.5:240."""
    match = _RATIO.match(text, start)
    if match is None:
        return None
    tokens = [match.group(1), *match.group(2).split(":")[1:]]
    if len(tokens) == 2 and re.match("0[0-9]", tokens[1]) and not is_ratio(text, start, match.end()):
        return None  # 25:03 is no proportion
    return Reading(match.end(), to_each_other(tokens))


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
    if separator is not None and not after_latin and not _AIRCRAFT.search(before(text, start)):
        spoken = _range(text, start, first, (unit, sign), separator)
        if spoken is not None:
            return spoken
    if not unit and not sign:
        return None
    if (after_latin or _PHONE_BEFORE.search(before(text, start))) and not sign and end == first.end() + 1:
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
    level = dash == "-" and first.group() == token and not (unit or sign or minus or first_unit[0])
    falling = float(first.group().replace(",", "")) > float(token.replace(",", ""))
    measured = measure_after(text, end) not in ("", "球", "分", "票", "枪", "号", "型")
    if dash == "-" and falling and not (unit or sign or minus or measured):
        labelled = before(text, start)[-1:] in _LABELLED or text[end : end + 1] in ("号", "型")
        between = "杠" if labelled else "比"
    elif level:
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
    code = code and not (_LETTERS_BEFORE.search(before(text, start)) and _POINTS.match(text, end))  # TOEFL105分
    issue = len(whole) >= 7 and before(text, start)[-1:] == "第" and whole[-2:] != "00"  # 第20240506期
    serial = serial and not _NUMERALS.search(before(text, start))
    by_digit = (
        len(whole) > MAX_CARDINAL_DIGITS
        or (len(whole) > 1 and whole[0] == "0")
        or (code and len(whole) >= 3)
        or (not decimals and len(whole) >= 4 and "," not in token and text.startswith("号", end) and whole[-2:] != "00")
        or (serial and not measure_after(text, end))
        or issue
    )
    if by_digit and not decimals:
        spoken, literal = digits_one_by_one(whole), True
    else:
        counted = counts(text, start, end) and not (code and text[end : end + 1] not in _COUNTED_AFTER_LATIN)
        spoken = count_words(token) if counted else number_words(token)
        # A bare 1 is the name of the number, and so is that of Q1财报, CCTV1在, A1出口.
        named = (code and not counted) or _CAPITAL.match(text, start - 1) is not None
        literal = spoken == "一" and (named or not follows_han(text, end))
    parts: list[Part] = [Say(spoken, literal)]
    if follows_han(text, end) and text[end] != "只":  # 只 is read by the number before it
        parts.append(Pause(SILENT))
    return Reading(end, tuple(parts))
