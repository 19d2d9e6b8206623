"""Figures and signs that are words of chats and shops: 666, 2333, 88, emoticons, 满300-50, 95折."""

from __future__ import annotations

from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Leave, Pause, Reading, Say, before

_LAUGH = lazily(r"(?:23{2,}|6{3,}|5{3,})(?![0-9.,:%/~-])")
_LAUGH_BEFORE = lazily(r"(?:[哈嘿笑死]|(?:^|[^0-9])[，。！？…~ ])$|^$")
_LAUGH_AFTER = lazily(r"[，。！？…~哈嘿啊笑死]|$")
_PRAISE = lazily(r"6{3,}(?=[，。！？…~了啊呀]|$)")
_PRAISED = lazily(r"[^\W\d_a-zA-Z共是为到达有约计号第近超过率价在得]$")  # 主播666, not 一共666
_FAREWELL = lazily(r"88(?:6(?!6)|8(?!8))?(?![0-9.%:/~-])(?=[，。！~… ]|$)")  # 88，我先下了
_STOP_BEFORE = lazily(r"(?:^|[，。！？~… ]|好的?|行|嗯|那)$")
_LEAVING_AFTER = lazily(
    r"[，。！~… ]{1,3}(?:我?[先要得]?(?:下了|走了|睡|撤|闪|溜)|我先|明[天早儿]|晚安|回[头见聊]|下次|改天|拜)"
)
_LEAVING_BEFORE = lazily(
    r"(?:我?(?:先|要|得|去)?(?:下|走|睡|撤|闪|溜)了?|晚安|明天见|回见|拜拜|再见|"
    r"好[的嘞]?|[嗯行]|[Oo][Kk]|收到|知道了|这样)[，。！~… ]{1,3}$"
)
_RATE = lazily(r"[1-9][1-9](?=折(?![叠线返磨腾现算扣]))")
_OFF = lazily(rf"({NUMBER})-({NUMBER})(?![0-9.-])")
_OFF_BEFORE = lazily(r"(?:[每立]?满|每) ?[¥]?$")
_EMOTICON = lazily(
    r"(?:\^[_….oO-]*\^|T[_….]+T|>[_….]+<|[=-][_…]+[=-]|[oO][_.][oO]|Q[_.]Q|:[-']?[)(DPp]|;-?[)D]|<3|QAQ|TAT)(?![A-Za-z0-9])"
)


def number_word(text: str, start: int) -> Reading | None:
    """666, 2333, 88: said figure by figure where nothing is counted."""
    if text[start] not in "2568":
        return None
    ahead, match = before(text, start), _LAUGH.match(text, start)
    if match is not None and not (_LAUGH_BEFORE.search(ahead) and _LAUGH_AFTER.match(text, match.end())):
        match = None
    if match is None and (praise := _PRAISE.match(text, start)) and _PRAISED.search(ahead):
        match = praise
    if match is None and (match := _FAREWELL.match(text, start)):
        leaves = bool(_STOP_BEFORE.search(ahead) and _LEAVING_AFTER.match(text, match.end()))
        leaves = leaves or (len(text) < 8 and match.group() == "886" == text.strip("，。！~… "))
        match = match if leaves or _LEAVING_BEFORE.search(ahead) else None
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


def emoticon(text: str, start: int) -> Reading | None:
    """T_T, =_=, ^_^: faces are not said, and reported."""
    match = _EMOTICON.match(text, start)
    if match is None or (start and text[start - 1].isascii() and text[start - 1].isalnum()):
        return None
    return Reading(match.end(), (Leave(start, match.end(), "emoticon"),))
