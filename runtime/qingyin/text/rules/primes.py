"""What ' and " after a figure stand for, as they may also close a quotation: minutes, seconds, feet, inches."""

from __future__ import annotations

import re

from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, cardinal, count_words, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, before

_NUMBER = lazily(NUMBER)
_SINGLE, _DOUBLE = "'’′", '"”″'
_MINUTES_SECONDS = lazily(
    rf"([0-9]{{1,3}})[{_SINGLE}] ?([0-9]{{1,2}})(?:[{_DOUBLE}]|''|′′)([0-9]{{1,2}})?(?![0-9])"
)
_HUNDREDTHS = lazily(rf"([0-9]{{1,2}})[{_DOUBLE}]([0-9]{{2}})(?![0-9])")  # 9"58
_MINUTE = lazily(rf"([0-9]{{1,3}})[{_SINGLE}](?: ?\+ ?([0-9]{{1,2}})[{_SINGLE}]?)?(?![0-9A-Za-z])")
_ARC_BEFORE = lazily(r"°[0-9]{0,2}(?:\.[0-9]+)?['’′]? ?$")
_FEET_AFTER = lazily(r" ?(?:GP|HQ|HC|OT)(?![A-Za-z])|的?(?:标?准?集装箱|标箱|货柜|高?柜|高|长|宽)")
_SECONDS_BEFORE = lazily(r"(?:用时|耗时|时长|持续|曝光|[跑游]了?|成绩|延[迟时]|倒计时)[为是约:：]? ?$")
_INCHES_AFTER = lazily(
    r" ?的?(?:[大小高全曲]?屏|显示|唱片|黑胶|笔记本|轮[毂胎圈]|电视|平板|[披比]萨|照片|相框|硬盘|蛋糕|管|阀)"
)
_FEET_BEFORE = lazily(r"[长宽高][约为]?$")
_QUOTED_WITHIN = 60
_OPENING_DOUBLE, _OPENING_SINGLE = lazily(r'(?<![0-9])"'), lazily(r"(?<![0-9A-Za-z])'")


def _closes_quotation(text: str, index: int) -> bool:
    """Whether the mark at text[index] may close what a mark before it, not one after a figure, has opened."""
    ahead, mark = text[max(0, index - _QUOTED_WITHIN) : index], text[index]
    if mark in "′″":
        return False
    opening, straight = ("“", _OPENING_DOUBLE) if mark in _DOUBLE else ("‘", _OPENING_SINGLE)
    closing = "”" if mark in _DOUBLE else "’"
    opened = ahead.rfind(opening)
    if opened >= 0 and not re.search(f"(?<![0-9]){closing}", ahead[opened:]):
        return True
    return len(straight.findall(ahead)) % 2 == 1


def prime(text: str, start: int) -> Reading | None:
    """68' and 90'+3' of a match, 3'25", 1'58"63, 9"58, 5'8" of a person, 27", 20'柜."""
    number = _NUMBER.match(text, start)
    if number is None or number.end() == len(text) or text[number.end()] not in "'’′\"”″":
        return None
    if _ARC_BEFORE.search(before(text, start)):
        return _of_arc(text, number)
    if match := _MINUTES_SECONDS.match(text, start):
        return _minutes_and_seconds(match)
    mark = number.end()
    if text[mark - 1 : mark + 1] == text[mark] or _closes_quotation(text, mark):
        return None
    if match := _HUNDREDTHS.match(text, start):
        return Reading(match.end(), (Say(f"{number_words(match[1])}秒{digits_one_by_one(match[2])}", True),))
    if text[mark] in _DOUBLE:
        if text[mark] == "″":
            seconds = _INCHES_AFTER.match(text, mark + 1) is None
        else:
            seconds = _SECONDS_BEFORE.search(before(text, start)) is not None
        unit = "秒" if seconds else "英寸"
        return Reading(mark + 1, (Say(number_words(number.group()) + unit), Pause(SILENT)))
    match = _MINUTE.match(text, start)
    if match is None or "." in number.group():
        return None
    if not match[2] and (_FEET_AFTER.match(text, match.end()) or _FEET_BEFORE.search(before(text, start))):
        return Reading(match.end(), (Say(count_words(match[1]) + "英尺"), Pause(SILENT)))
    ordinal = before(text, start)[-1:] == "第"
    words = number_words(match[1]) if ordinal or match[2] else count_words(match[1])
    return Reading(
        match.end(), (Say(words + (f"加{number_words(match[2])}" if match[2] else "") + "分钟"), Pause(SILENT))
    )


def _of_arc(text: str, number: re.Match[str]) -> Reading | None:
    """The 23' and the 30.5" of 116°23'30.5"."""
    mark = number.end()
    if text[mark] in _DOUBLE:
        return Reading(mark + 1, (Say(number_words(number.group()) + "秒"), Pause(SILENT)))
    seconds = text[mark : mark + 2] == "''"
    name, end = ("秒", mark + 2) if seconds else ("分", mark + 1)
    return Reading(end, (Say(number_words(number.group()) + name), Pause(SILENT)))


def _minutes_and_seconds(match: re.Match[str]) -> Reading:
    large, small, hundredths = match.groups()
    if 4 <= int(large) <= 7 and int(small) < 12 and len(small) == len(str(int(small))) and not hundredths:
        return Reading(match.end(), (Say(f"{count_words(large)}英尺{count_words(small)}英寸"),))
    seconds = ("零" if small[0] == "0" and len(small) > 1 else "") + cardinal(str(int(small)))
    tail = (Say(digits_one_by_one(hundredths), True),) if hundredths else ()
    return Reading(match.end(), (Say(f"{count_words(large)}分{seconds}秒"), *tail))
