"""Signs between and before numbers: minus or dash, powers, Roman numerals, emoji, and the names of the rest."""

from __future__ import annotations

import re

from qingyin.text.characters import (
    ROMAN_CHARACTERS,
    SUPERSCRIPTS,
    SYMBOL_NAMES,
    VULGAR_FRACTIONS,
    is_ascii_alnum,
    is_han,
    is_latin,
)
from qingyin.text.emoji import EMOJI_MODIFIERS, EMOJI_NAMES, GENDERS, ZERO_WIDTH_JOINER
from qingyin.text.english.dictionary import look_up
from qingyin.text.items import SILENT
from qingyin.text.letters import GREEK_NAMES, MAX_GREEK_RUN
from qingyin.text.numbers import NUMBER, cardinal, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.equations import in_equation
from qingyin.text.rules.ids import abroad
from qingyin.text.rules.parts import Part, Pause, Reading, Say, before, measure_after, named
from qingyin.text.rules.stars_and_hashes import COUNTED_BEFORE
from qingyin.text.units import MEASURES, unit_at

_SILENT = (Pause(SILENT),)
_DASHES = "-~—"
CURRENCY_SIGNS = frozenset("$¥€£₩")
_LETTER_RANGE = lazily(r"(?<![A-Za-z0-9])[A-Za-z]~[A-Za-z](?![A-Za-z0-9])")
_DASH = lazily(r"—{1,2} ?|[-~] ?")
_NEGATIVE = lazily(rf"-(\.[0-9]+|{NUMBER})")
_FREEZING = lazily(rf"-{NUMBER}(?: ?[-~—到至/] ?-?{NUMBER})? ?(?:℃|°C|摄氏|°(?![0-9A-Z'′]))")
_AGREED = lazily(r"\+(?:1|10086|666)(?=[，。！？~…]|$)")  # of chats: +1，我也去
_WARM = lazily(rf"\+{NUMBER} ?(?:℃|°C|摄氏)")
_VALUE_BEFORE = lazily(r"(?:[为是至到达约在于值低升降跌率差数从得负即取成]|温度?|[^一-鿿A-Za-z0-9)）\]%])$|^$")
_DATED = lazily(
    r"(?:[年月日号时点分秒元个人页米岁级层楼]|[0-9一二三四五六七八九十]度|世纪|"
    r"周[一二三四五六1-6]|星期[一二三四五六])$"
)
_TIMED = tuple("年月日号时点天晨晚夜间")
_LETTER = lazily(r"-[A-Za-z](?![A-Za-z])")
_LETTER_BEFORE = tuple("=<>≤≥≠≈(（，则有得为即是若设使")
_CODES = lazily(r"([A-Z])([0-9]{1,3})[-~]\1([0-9]{1,3})(?![A-Za-z0-9])")  # P5-P8
_CODE_BEFORE = lazily(r"(?<![A-Za-z0-9])[A-Z][0-9]{1,3}$")
_PART_AFTER = lazily(r"-[0-9]{1,4}(?![0-9.]| ?[号日楼月线院人名位])")
_SIGNED_BEFORE = lazily(rf"(?<![0-9A-Za-z])-{NUMBER}[与和及、]$")
_CHANGED_BEFORE = lazily("(?:[增涨跌]幅|增[速长]率?|同比|环比|涨跌|收益率?|误差|偏差|相关系数|为|达到?|是)$")
_SHARE = lazily(rf"\+{NUMBER}[%％‰]")
_OF_A_VALUE = lazily(rf"-{NUMBER}(?:/[0-9]+)?的(?:绝对值|相反数|倒数|平方|立方|偶?次方|算术)")
_BASEMENT = lazily(r"-[1-4]层")
_BEFORE_BASEMENT = tuple("楼栋幢座和与及至到、")
_GRADE = lazily(r"(?<![A-Za-z0-9])[A-F]-(?=$|[、，。；)/ 和或与及到至级等档])")  # A+、B-、C
_GRADE_NEAR = lazily(r"成绩|[等评分]级|评[为了]|绩点|考了|[得拿]了|GPA|(?<![A-Za-z0-9])[A-F][+-](?![A-Za-z0-9])")
_ALGEBRA = lazily(r"(?:(?<=[0-9])[a-z]|(?<![A-Za-z0-9])[nkxy])-(?=[0-9](?!脂|多不饱和|系))")  # 2n-1
_NUMERIC_AFTER = lazily(
    r"前?[0-9]|周[一二三四五六日天1-7]|星期[一二三四五六日天]|[$¥€£]|(?:[次翌明当]日|[早晚]上?|[上中下]午|傍晚|凌晨)[0-9]"
)
_MEASURED_BEFORE = lazily(r"[0-9]([一-鿿]{1,2})$")
_LOWERED = lazily(r"(?<![A-Za-z])(?:GMT|UTC|LPR|SHIBOR|Shibor|LIBOR|HP|MP) ?$")  # GMT-5, LPR-20BP
_SIGNLESS = lazily(NUMBER)
_INDEXED = lazily(r"[^A-Za-z0-9][A-Za-z]_[0-9](?![A-Za-z0-9])")
_CUT_SHORT = lazily(
    r"(?<![A-Za-z0-9])(?:[Vv]ol|[Pp]|[Pp]p|[Ff]ig|[Vv]er|[Ee]p|EP|[Cc]h|[Aa]rt|[Ll]v|LV|[Mm]k|[Ss]ec|[Nn]o|NO|[Oo]p)$"
)
_LAW_BEFORE = lazily(r"(?:(?<![语方用算做写])法|法典|条例|规[定则])[》」]? ?$")
_SECTION = lazily(r"§ ?([0-9]{1,4}(?:\.[0-9]{1,2})?)(?![0-9.])")
_PATH_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._{}~$@/-")
# Of absolute paths, also where Han text stands directly before (放到/etc/nginx).
_ROOT = lazily(r"/(?:etc|usr|home|var|opt|tmp|bin|root|mnt|data|dev|proc|lib|Users|srv|www|api)(?:/|$)")
_PATH_WITHIN = 60
_PER_HUNDRED = lazily(r"/100 ?(?:(km|公里)|(ml|mL|ML|毫升)|(g|克))(?![A-Za-z])")


def dash(text: str, start: int) -> Reading | None:
    """- ~ —: minus before a number, 减 in an equation, 到 between dates, 约 in ~5; else a join or a pause."""
    char = text[start]
    if char not in _DASHES:
        return None
    ahead, follows = before(text, start), text[start + 1 : start + 2]
    match = _DASH.match(text, start)
    assert match is not None
    behind = text[match.end() : match.end() + 4]
    if char == "-" and ahead[-1:] in _TIMED and _FREEZING.match(text, start):
        return Reading(start + 1, (Say("零下"),))  # 明日-3/8℃
    if start and ord(text[start - 1]) in ROMAN_CHARACTERS and behind and ord(behind[0]) in ROMAN_CHARACTERS:
        return Reading(match.end(), (Say("到"),))
    if char == "-" and ahead[-1:] in _BEFORE_BASEMENT and _BASEMENT.match(text, start):
        return Reading(start + 2, (Say("负" + number_words(text[start + 1])),))  # 3号楼-2层车库, -1层和-2层
    if char == "-" and ahead[-1:] == "号" and _PART_AFTER.match(text, start):
        return Reading(start + 1, (Say("杠"),))  # 京ICP备12345678号-1
    if _DATED.search(ahead) and _NUMERIC_AFTER.match(behind) and not (char == "-" and text[start - 1 : start] == " "):
        return Reading(match.end(), (Say("到"),))
    last = text[start - 1 : start]
    if char == "—":
        return None
    if last and follows.isdigit() and char in "-~" and (counted := _MEASURED_BEFORE.search(ahead)):
        number = _SIGNLESS.match(text, start + 1)
        again = number is not None and measure_after(text, number.end()) == counted.group(1)
        if counted.group(1) in MEASURES and (char == "~" or again):
            return Reading(start + 1, (Say("到"),))  # 2次~4次
    if char == "~":
        if follows.isdigit() and last.isdigit():
            return Reading(start + 1, (Say("到"),))
        if follows.isdigit() and not is_ascii_alnum(last):
            return Reading(start + 1, (Say("约"),))
        if start and _LETTER_RANGE.match(text, start - 1):
            return Reading(start + 1, (Say("到"),))
        return Reading(start + 1, _SILENT)
    if text[start + 1 : start + 2] in CURRENCY_SIGNS and not is_ascii_alnum(last):
        return Reading(start + 1, (Say("负"),))
    joins = ahead[-1:] in (")", "）") or ahead[-1:] in SUPERSCRIPTS or ahead[-1:].lower() in GREEK_NAMES
    if ahead[-1:] and ahead[-1:] in SUPERSCRIPTS and last == follows == " ":
        return Reading(match.end(), (Say("减"),))  # x² - 1
    if follows.isdigit() and _LOWERED.search(ahead):
        return Reading(match.end(), (Say("减"),))
    if is_ascii_alnum(ahead[-1:]) or joins:
        code = _CODE_BEFORE.search(text[max(0, start - 5) : start]) if is_latin(follows) else None
        if char == "-" and start and _ALGEBRA.match(text, start - 1):
            return Reading(start + 1, (Say("减"),))
        if start and _GRADE.match(text, start - 1) and _GRADE_NEAR.search(text[max(0, start - 13) : start - 1]):
            return Reading(start + 1, (Say("减"), Pause(SILENT)))
        codes = _CODES.match(text, start - len(code.group())) if code else None
        if codes is not None and int(codes[2]) < int(codes[3]):
            return Reading(start + 1, (Say("到"),))
        if (is_ascii_alnum(follows) or text[start + 1 : start + 3].strip()) and in_equation(text, start):
            return Reading(match.end(), (Say("减"),))
        return Reading(start + 1, _SILENT)
    if _LETTER.match(text, start) and (not last or last in _LETTER_BEFORE) and in_equation(text, start):
        return Reading(start + 1, (Say("负"),))  # -a<-b
    if char == "-" and follows == "√":
        taken = last and (is_ascii_alnum(last) or last in SUPERSCRIPTS or last in "|)）")
        return Reading(start + 1, (Say("减" if taken else "负"),))
    negative = _NEGATIVE.match(text, start)
    if negative is not None:
        if _FREEZING.match(text, start):
            return Reading(start + 1, (Say("零下"),))
        if is_han(last or "-") and _OF_A_VALUE.match(text, start):
            return Reading(start + 1, (Say("负"),))  # 所以-7的绝对值
        measured = unit_at(text, negative.end())[0] or text[negative.end() : negative.end() + 1] in ("%", "‰", "度")
        measured = measured or text.startswith(("次方", "次幂", "亿", "万", "元", "个百分点"), negative.end())
        if measured or _VALUE_BEFORE.search(ahead) or (last in _LETTER_BEFORE and in_equation(text, start)):
            return Reading(start + 1, (Say("负"),))
    return Reading(start + 1, _SILENT)  # a hyphen joins


def plus(text: str, start: int) -> Reading | None:
    """+5 with nothing before it is 正五, +5℃ 零上五摄氏度; elsewhere 加."""
    if text[start] != "+" or not text[start + 1 : start + 2].isdigit():
        return None
    if text[start - 1 : start] == "…":
        return None  # 1+2+…+100
    if abroad(text, start + 1):
        return Reading(start + 1, (Say("加"),))
    last = text[start - 1 : start]
    if _AGREED.match(text, start) and not (last and (is_ascii_alnum(last) or is_han(last))):
        return Reading(start + 1, (Say("加"),))
    ahead = text[max(0, start - 8) : start]
    if _SIGNED_BEFORE.search(ahead) or (_SHARE.match(text, start) and _CHANGED_BEFORE.search(ahead)):
        return Reading(start + 1, (Say("正"),))  # -3与+3, 同比+25%
    if _WARM.match(text, start):
        return Reading(start + 1, (Say("零上"),))
    if last and (is_ascii_alnum(last) or is_han(last) or last in SUPERSCRIPTS or last in ")） "):
        return None
    return Reading(start + 1, (Say("加" if text.startswith("86", start + 1) else "正"),))


def vulgar_fraction(text: str, start: int) -> Reading | None:
    """½."""
    fraction = VULGAR_FRACTIONS.get(text[start])
    return named(start + 1, f"{cardinal(str(fraction[1]))}分之{cardinal(str(fraction[0]))}") if fraction else None


def slash(text: str, start: int) -> Reading | None:
    """元/吨 每, 6/2=3 除以; else it separates."""
    if text[start] != "/":
        return None
    ahead, follows = before(text, start), text[start + 1 : start + 2]
    if match := _PER_HUNDRED.match(text, start):
        return named(match.end(), ("每百公里", "每一百毫升", "每一百克")[(match.lastindex or 1) - 1])
    if is_ascii_alnum(ahead[-1:]) and is_ascii_alnum(follows) and in_equation(text, start):
        return Reading(start + 1, (Say("除以"),))
    if ahead and (is_han(ahead[-1]) or ahead[-1] in "%‰") and follows and COUNTED_BEFORE.search(ahead):
        name, end = unit_at(text, start + 1)
        if name:
            return named(end, "每" + name)
        if is_han(follows):
            return Reading(start + 1, (Say("每"),))
    if ahead and follows and (is_han(ahead[-1]) or is_han(follows)) and not follows.isascii():
        return Reading(start + 1, (Pause("、"),))
    if _in_path(text, start):
        return named(start + 1, "斜杠")
    if ahead and follows and is_han(ahead[-1]):
        return Reading(start + 1, (Pause("、"),))
    return Reading(start + 1, _SILENT)


def _in_path(text: str, index: int) -> bool:
    """Whether the / at `index` is one of a path (/etc/hosts, src/main.c, ruanyf/weekly), not of a choice (and/or)."""
    first, last = index, index + 1
    while first > max(0, index - _PATH_WITHIN) and text[first - 1] in _PATH_CHARACTERS:
        first -= 1
    while last < min(len(text), index + _PATH_WITHIN) and text[last] in _PATH_CHARACTERS:
        last += 1
    token = text[first:last].rstrip(".-")
    if not re.search(r"[A-Za-z]{2}", token):
        return False
    if token.startswith(("/", "~/", "./", "../")):
        rooted = first == 0 or not (is_han(text[first - 1]) or text[first - 1].isalnum())
        return rooted or _ROOT.match(token) is not None
    parts = [part for part in token.split("/") if part]
    if not token.islower() or any(len(part) < 2 for part in parts):
        return False
    return any("." in part or part.endswith("}") or not look_up(part) for part in parts)


def section(text: str, start: int) -> Reading | None:
    """§3.2 is 第三点二节, but after the name of a law 第…条: 民法典§1165."""
    match = _SECTION.match(text, start)
    if match is None:
        return None
    unit = "条" if "." not in match[1] and _LAW_BEFORE.search(before(text, start)) else "节"
    return Reading(match.end(), (Say(f"第{number_words(match[1])}{unit}"),))


def dot(text: str, start: int) -> Reading | None:
    """Vol.3: silent after what is cut short; .NET, .exe: said before a name."""
    if text[start] != ".":
        return None
    if _CUT_SHORT.search(text[max(0, start - 8) : start]) and text[start + 1 : start + 2].isdigit():
        return Reading(start + 1, _SILENT)
    last = text[start - 1 : start]
    if not (is_ascii_alnum(last) or last == ".") and is_latin(text[start + 1 : start + 2]):
        return named(start + 1, "点")
    return None


def underscore(text: str, start: int) -> Reading | None:
    """user_01: the sign inside a name; silent before an index (x_1)."""
    if text[start] != "_":
        return None
    index = bool(_INDEXED.match(text[max(0, start - 2) : start + 3].rjust(5))) or in_equation(text, start)
    return Reading(start + 1, _SILENT) if index else named(start + 1, "下划线")


def minutes_of_arc(text: str, start: int) -> Reading | None:
    """30°15′20″: the primes after a figure with degrees."""
    if text[start] not in "′″" or not text[start - 1 : start].isdigit():
        return None
    return named(start + 1, "分" if text[start] == "′" else "秒")


def greek(text: str, start: int) -> Reading | None:
    """α, Ω as letters; longer runs are words of a script that cannot be read."""
    end = start
    while end < len(text) and text[end].lower() in GREEK_NAMES and end - start <= MAX_GREEK_RUN:
        end += 1
    if end == start or end - start > MAX_GREEK_RUN or "Ͱ" <= text[end : end + 1] <= "Ͽ":
        return None
    if start and "Ͱ" <= text[start - 1] <= "Ͽ":
        return None
    return Reading(end, (*(Say(GREEK_NAMES[char.lower()]) for char in text[start:end]), Pause(SILENT)))


def emoji(text: str, start: int) -> Reading | None:
    """Named emoji, a row of the same one once."""
    char = text[start]
    name = EMOJI_NAMES.get(char)
    if name is None:
        return None
    end, repeats = start, 0
    while end < len(text) and text[end] == char and repeats < 30:
        end += 1
        repeats += 1
        while end < len(text) and text[end] in EMOJI_MODIFIERS:
            end += 1
        if text[end : end + 1] == ZERO_WIDTH_JOINER and text[end + 1 : end + 2] in tuple(GENDERS):
            end += 3 if text[end + 2 : end + 3] in EMOJI_MODIFIERS else 2
    if ZERO_WIDTH_JOINER in (text[end : end + 1], text[start - 1 : start]):
        return None  # a picture of several, with another meaning
    parts: tuple[Part, ...] = (Pause("、"), Say(name), Pause("、"))
    return Reading(end, parts, "emoji named once" if repeats > 1 else "")


def named_symbol(text: str, start: int) -> Reading | None:
    """Signs that have one name everywhere."""
    name = SYMBOL_NAMES.get(text[start])
    return named(start + 1, name) if name else None
