"""Figures and signs that are words of chats and shops: 666, 2333, emoticons, 满300-50, 95折, days as 5/20."""

from __future__ import annotations

import re

from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, cardinal, digits_one_by_one, number_words
from qingyin.text.rules.parts import Leave, Pause, Reading, Say, after, before, measure_after
from qingyin.text.units import unit_at

_LAUGH = re.compile(r"(?:23{2,}|6{3,}|5{3,})(?![0-9.,:%/~-])")
_LAUGH_BEFORE = re.compile(r"(?:[哈嘿笑死]|(?:^|[^0-9])[，。！？…~ ])$|^$")
_LAUGH_AFTER = re.compile(r"[，。！？…~哈嘿啊笑死]|$")
_PRAISE = re.compile(r"6{3,}(?=[，。！？…~了啊呀]|$)")
_PRAISED = re.compile(r"[^\W\d_a-zA-Z共是为到达有约计号第近超过率价在得]$")  # 主播666, not 一共666
_LOVE = re.compile(
    r"520(?=快乐|表白|告白|礼物|情人|红包|节|当天|这天|那天|特惠|[、，,]?1314)|1314(?=永远|一生|一世|红包|爱)|5201314(?![0-9])"
)
_LOVE_BEFORE = re.compile(r"520[、，, ]?$")
_SALE = re.compile(
    r"618(?=[一-鿿、](?<![万亿千百多余几号路室房厂年]))|(?:1111|1212)(?=前夕|期间|预售|当天|来袭|大促|战报|返场|狂欢|活动|购物|促销|特惠)"
)
_DOUBLE_ELEVEN = re.compile(r"双(?:1[12]|十[一二])[”\"]?[和、与及][“\"]?$")
_SALE_BEFORE = re.compile(r"(?:^|[，。！？；：、今去前年届每的和与])$")
_RATE = re.compile(r"[1-9][1-9](?=折(?![叠线返磨腾现算扣]))")
_OFF = re.compile(rf"({NUMBER})-({NUMBER})(?![0-9.-])")
_OFF_BEFORE = re.compile(r"[每立]?满 ?[¥]?$")
_DAY = r"(1[0-2]|0?[1-9])/(3[01]|[12][0-9]|0?[1-9])"
_SLASH_DAY = re.compile(rf"{_DAY}(?![0-9/]|\.[0-9]|[%‰])")
_SLASH_DAYS = re.compile(rf"{_DAY} ?[-~—] ?{_DAY}(?![0-9/]|\.[0-9]|[%‰])")
_DAY_BEFORE = re.compile(
    r"(?:截止|截至|日期|时间|生日|到期|定[在于]|推迟到|提前到|改到|[Dd]eadline|DDL|ddl|[Dd]ue)"
    r"[到至日期]{0,2}[是为在到至于]?[:：]? ?$"
)
_DAY_AFTER = re.compile(
    r" ?[（(](?:周|星期|礼拜)[一二三四五六日天]| ?[0-9]{1,2}:[0-9]{2}|"
    r"(?:当天|上午|下午|晚上|早上|凌晨|中午|上映|开售|开抢|上线|发售|发布|元旦|圣诞|国庆|中秋|端午|清明|情人|妇女|劳动|儿童|"
    r"教师|青年|建军|建党|母亲|父亲|植树|万圣|平安夜|双?十一)"
)
_EMOTICON = re.compile(
    r"(?:\^[_….oO-]*\^|T[_….]+T|>[_….]+<|[=-][_…]+[=-]|[oO][_.][oO]|Q[_.]Q|:[-']?[)(DPp]|;-?[)D]|<3|QAQ|TAT)(?![A-Za-z0-9])"
)


def number_word(text: str, start: int) -> Reading | None:
    """666, 2333, 520, 618: said figure by figure where nothing is counted."""
    if text[start] not in "12356":
        return None
    ahead, match = before(text, start), _LAUGH.match(text, start)
    if match is not None and not (_LAUGH_BEFORE.search(ahead) and _LAUGH_AFTER.match(text, match.end())):
        match = None
    if match is None and (praise := _PRAISE.match(text, start)) and _PRAISED.search(ahead):
        match = praise
    if match is None:
        match = _LOVE.match(text, start)
    if match is None and text.startswith("1314", start) and _LOVE_BEFORE.search(ahead):
        match = re.compile("1314").match(text, start)
    if match is None and _DOUBLE_ELEVEN.search(ahead) and not _measured(text, start + 3):
        match = re.compile("618").match(text, start)
    if match is None and _SALE_BEFORE.search(ahead) and not _measured(text, start + 3):
        match = _SALE.match(text, start)
    return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),)) if match else None


def discount(text: str, start: int) -> Reading | None:
    """95折 九五折, 满300-50 满三百减五十."""
    match = _RATE.match(text, start)
    if match is not None and text[start - 1 : start] not in (".", "-"):
        return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),))
    match = _OFF.match(text, start) if _OFF_BEFORE.search(before(text, start)) else None
    if match is None or float(match[2].replace(",", "")) >= float(match[1].replace(",", "")):
        return None
    return Reading(match.end(), (Say(f"{number_words(match[1])}减{number_words(match[2])}"), Pause(SILENT)))


def slash_day(text: str, start: int) -> Reading | None:
    """截止5/20, 6/1（周六）, 5/1-5/7: month and day where the text says that it is a day."""
    if "/" not in text[start + 1 : start + 3]:
        return None
    if match := _SLASH_DAYS.match(text, start):
        low, high = (int(match[1]), int(match[2])), (int(match[3]), int(match[4]))
        told = low[0] >= low[1] or high[0] >= high[1] or max(low[1], high[1]) > 10  # no fractions
        told = told or _DAY_BEFORE.search(before(text, start)) is not None
        if low < high and told and not _measured(text, match.end()):
            return Reading(match.end(), (Say(_month_and_day(*low)), Say("到"), Say(_month_and_day(*high))))
        return None
    match = _SLASH_DAY.match(text, start)
    if match is None:
        return None
    dated = _DAY_BEFORE.search(before(text, start)) and not _measured(text, match.end())
    if not dated and not _DAY_AFTER.match(after(text, match.end())):
        return None
    return Reading(match.end(), (Say(_month_and_day(int(match[1]), int(match[2]))), Pause(SILENT)))


def _measured(text: str, end: int) -> bool:
    return bool(measure_after(text, end) or unit_at(text, end)[0])


def _month_and_day(month: int, day: int) -> str:
    return f"{cardinal(str(month))}月{cardinal(str(day))}日"


def emoticon(text: str, start: int) -> Reading | None:
    """T_T, =_=, ^_^: faces are not said, and reported."""
    match = _EMOTICON.match(text, start)
    if match is None or (start and text[start - 1].isascii() and text[start - 1].isalnum()):
        return None
    return Reading(match.end(), (Leave(start, match.end(), "emoticon"),))
