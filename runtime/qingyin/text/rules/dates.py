"""Years, dates and times of day."""

from __future__ import annotations

import re

from qingyin.text.characters import is_ascii_alnum
from qingyin.text.numbers import cardinal, count_words, digits_one_by_one
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Part, Reading, Say, after, before, measure_after
from qingyin.text.units import unit_at

_FULL = lazily(r"([0-9]{4})([-/.])(0?[1-9]|1[0-2])\2(3[01]|[12][0-9]|0?[1-9])(?![0-9]|[/.][0-9])T?")
_SERIAL_AFTER = lazily(r"-[0-9]{1,3}(?![0-9./])")  # 2024-03-05-001
_TO = r" ?(?:[-~至到]|—{1,2}) ?"
_LAST_DAY = lazily(
    rf"{_TO}(?:(0?[1-9]|1[0-2])([-/.])(3[01]|[12][0-9]|0?[1-9])|(3[01]|[12][0-9])日?)"
    r"(?![0-9A-Za-z:%]|[-/.][0-9]|[年月时点])"
)
_LAST_MONTH = lazily(r"((?:19|20)[0-9]{2})\.(0?[1-9]|1[0-2])(?![0-9.%]| ?[元万亿点分倍])")
_MONTHS = lazily(
    r"((?:19|20)[0-9]{2})\.(0?[1-9]|1[0-2])"
    rf"(?={_TO}(?:(?:19|20)[0-9]{{2}}\.(?:0?[1-9]|1[0-2])(?![0-9.%]| ?[元万亿点分倍])|今|现在))"
)
_FIRST_MONTH_BEFORE = lazily(rf"(?<![0-9.])(?:19|20)[0-9]{{2}}\.(?:0?[1-9]|1[0-2]){_TO}$")
_MONTH = lazily(r"((?:19|20)[0-9]{2})[-/](0[1-9]|1[0-2])(?![0-9]|[-/.:][0-9]| ?(?:年|赛季|学年|财年))")
_SEP = r" ?(?:-|~|—{1,2}|/) ?"
_YEARS = lazily(rf"([0-9]{{3,4}})({_SEP})(前)?([0-9]{{2,4}})(?= ?(?:年|赛季|学年|财年|[)）]))")
_NEXT_YEAR = lazily(r"((?:19|20)[0-9]{2})-([0-9]{2})(?![0-9]|[-/.:][0-9])")
_YEAR = lazily(r"[0-9]{2,4}(?= ?年)")
_LISTED_YEAR = lazily(r"(?:1[0-9]|20)[0-9]{2}(?=(?:[至到和及与或]|、)(?:1[0-9]|20)[0-9]{2}年)")  # 从1907至1917年
_PADDED = lazily(r"0([1-9])(?= ?[月日])")  # 10月07日
_SEASON = lazily(r"([0-9]{2})([-/])([0-9]{2})(?= ?(?:赛季|学年|财年|年度))")
_EDITION = lazily(
    r"(?:1[5-9]|20)[0-9]{2}(?= ?(?:版|款|级|届|赛季|学年|财年|高考|秋冬|春夏|"
    r"(?:里约|(?![多余几来个名位场次届万亿千百])[一-鿿]{0,4}?)(?:奥运|冬奥|残奥|世界杯|欧洲杯|亚洲杯|亚运|春晚|世博|马拉松|车展|锦标赛|公开赛|峰会|论坛)))"
)
_CALENDAR_YEAR = lazily(
    r"(?:19[5-9]|20[0-4])[0-9](?= ?(?:[全最]?新[款品年春系]|春节|元旦|跨年|考研|[国中省]考|[校秋春]招|"
    r"[春夏秋冬]季|应届|毕业[生季]|[上下]半年|全年|年终|[寒暑]假))"
)
_CLASS = lazily(
    r"(?:[0-35-9][0-9])(?=[届级] ?的?(?:毕业|应届|本科|硕士|博士|研究生|"
    r"校友|新生|考生|学[生长姐弟妹员]|同学|师[兄姐弟妹]|[高初][一二三中]))|"
    r"[6-9][0-9](?=届)"
)
_YEAR_PAIR = lazily(
    r"((?:1[5-9]|20)[0-9]{2}) ?(-|~|—{1,2}|[到至]) ?((?:1[5-9]|20)[0-9]{2})"
    r"(?![0-9%,/~—-]|[.:][0-9]| ?(?:年|不等|之间|左右|的价))"
)
_AMOUNT_BEFORE = lazily(r"[价薪资费售卖量重高深米素元块额号分第¥$A-Za-z][^，。；：]{0,3}$")
_DECADE = lazily(r"((?:1[5-9]|20)[0-9]0)s(?![A-Za-z0-9])")
_GENERATION = lazily(r"(?:[5-9][05]|[01][05])后(?![面卫来方退边])")
_EVENT = lazily(r"(1[0-2]|[1-9])·([0-9]{1,2})(?![0-9·])|(9)[/.](11)(?=事件|恐怖|袭击)")
_YEARS_BEFORE = tuple("(（，,、；;前约元公年：:")
_CONNECTOR = lazily(r" ?(?:-|~|—{1,2}) ?(?=前?[0-9])")

_LASTS_BEFORE = lazily(
    r"(?:[有近约达满过历经隔距了共每超]|[距至]今|长达|大约|将近|超过|不到|多于|整整|历时|延续|[持存]续|沿用|沉睡|相隔|传承|流传)$"
)
_YEAR_BEFORE = lazily(r"(?:1[0-9]|20)[0-9]{2}年 ?(?:[-~至到]|—{1,2}) ?$")  # 1990年-2000年间
_LASTS_AFTER = lazily(r"年(?:的?历史|的?[古老]|来|以上|之久|多|后的|期|以来|寿命|之前|之后|间|内|文明|不)")
_BORN_BEFORE = lazily(r"[我你他她俺]们?[都也]?是?$")  # 我99年的
_BORN_AFTER = lazily(r"年(?:出?生(?![产长活意])|属|入[学伍职党校]|毕业|结婚|参[军加])")
_MONTH_AFTER = lazily(r" ?年 ?(?:0?[1-9]|1[0-2]) ?月 ?[0-9初底中末上下]")
_DATING = lazily(r"(?:^|[，。、；：（(\[“‘’'`于在自从到至由及与—~-]|(?<!昭)和|公元|始于|截至|早在)$")
_YEAR_OF_A_NAME = lazily(r"(?:199|20[0-3])[0-9](?![0-9.,:%/+~-]|\s?(?:[万亿千百多余]|赫兹|像素))")
_BRACKETED_YEAR = lazily(r"1[0-9]{3}|20[0-9]{2}")


def _connector(text: str, end: int) -> tuple[int, tuple[Part, ...]]:
    match = _CONNECTOR.match(text, end)
    return (match.end(), (Say("到"),)) if match else (end, ())


def _day(digits: str) -> str:
    return cardinal(digits)


def full_date(text: str, start: int) -> Reading | None:
    """2024-03-05, 2024/3/5, 2024.3.5."""
    match = _FULL.match(text, start)
    if match is None or (match[2] == "-" and _SERIAL_AFTER.match(text, match.end())):
        return None
    year, _, month, day = match.groups()
    end = match.end()
    if match.group().endswith("T") and not text[end : end + 1].isdigit():
        end -= 1
    end, join = _connector(text, end)
    spoken = (Say(digits_one_by_one(year) + "年", True), Say(_day(month) + "月"), Say(_day(day) + "日"))
    last = _LAST_DAY.match(text, match.end())
    if last is not None and (last[2] or match[2]) == match[2]:  # 2024.3.5-3.8, 2024/3/5-12
        month_too = _day(str(int(last[1]))) + "月" if last[1] else ""
        to = Say("至" if "至" in last.group() else "到")
        return Reading(last.end(), (*spoken, to, Say(month_too + _day(str(int(last[3] or last[4]))) + "日")))
    return Reading(end, (*spoken, *join))


def year_and_month(text: str, start: int) -> Reading | None:
    """2024-03, 1998.6至2001.7; not 2014-15赛季."""
    match = _MONTH.match(text, start) or _MONTHS.match(text, start)
    if match is None and text[start + 4 : start + 5] == "." and _FIRST_MONTH_BEFORE.search(before(text, start)):
        match = _LAST_MONTH.match(text, start)
    if match is None or unit_at(text, match.end())[0]:
        return None
    end, join = _connector(text, match.end())
    return Reading(end, (Say(digits_one_by_one(match.group(1)) + "年", True), Say(_day(match.group(2)) + "月"), *join))


def years(text: str, start: int) -> Reading | None:
    """1954～1958年, 2014-15赛季, （1904－1914）: both ends digit by digit."""
    match = _YEARS.match(text, start)
    if match is None:
        match = _NEXT_YEAR.match(text, start)  # 2022-23
        if match is None or int(match.group(2)) != int(match.group(1)[2:]) + 1 or int(match.group(2)) <= 12:
            return None
        first, second = match.groups()
        digits = Say(digits_one_by_one(first), True), Say("到"), Say(digits_one_by_one(second), True)
        return Reading(match.end(), digits)
    first, separator, ancient, second = match.groups()
    if "/" in separator and not re.match(r" ?(?:年度|赛季|学年|财年)", text[match.end() :][:4]):
        return None
    whole = len(second) == len(first) or (len(first) == 4 and len(second) == 2)
    bracketed = text[match.end()] in ")）"
    if not whole or (bracketed and (len(second) < 3 or int(second) > 2200)):
        return None
    if bracketed and len(first) == 3 and before(text, start)[-1:] not in _YEARS_BEFORE:
        return None  # 参考值110-150）
    if not ancient and len(second) == len(first) and int(second) < int(first) and before(text, start)[-1:] != "前":
        return None
    return Reading(
        match.end(),
        (Say(digits_one_by_one(first), True), Say("到" + (ancient or "")), Say(digits_one_by_one(second), True)),
    )


def year(text: str, start: int) -> Reading | None:
    """The figures before 年 where they name a year: 2024年, 349年, ’98年; not 100年, 3000年, 79年 of a span."""
    match = _YEAR.match(text, start)
    if match is None:
        return None
    figures, ahead = match.group(), before(text, start)
    lasts = bool(_LASTS_BEFORE.search(ahead)) or bool(_LASTS_AFTER.match(after(text, match.end())))
    value = int(figures)
    if len(figures) == 4:
        lasts = lasts and not _YEAR_BEFORE.search(ahead)
        names = not (value % 100 == 0 and lasts) and (value < 2200 or (value % 100 != 0 and not lasts))
    elif len(figures) == 3:
        names = not lasts and (value % 100 != 0 or ahead[-1:] in tuple("(（—~-至到"))
    else:
        decade = text.startswith("年代", match.end()) and figures[0] != "0"
        apostrophe = ahead[-1:] in ("’", "'", "`", "‘", "′") and not decade  # '98年, but '90年代 is 九十年代
        dating = (
            bool(_DATING.search(ahead))
            and not ahead.endswith("公元")
            and not lasts
            and not text.startswith("年代", match.end())
        )
        month = _MONTH_AFTER.match(text, match.end())
        named = month is not None and bool(_DATING.search(ahead))
        born = value >= 40 and bool(_BORN_BEFORE.search(ahead) or _BORN_AFTER.match(text, match.end()))
        names = apostrophe or named or born or figures[0] == "0" or (value > 60 and value % 10 != 0 and dating)
    return Reading(match.end(), (Say(digits_one_by_one(figures), True),)) if names else None


def listed_year(text: str, start: int) -> Reading | None:
    """The first of 1907至1917年, the 07 of 10月07日."""
    match = _LISTED_YEAR.match(text, start)
    if match is not None:
        return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),))
    match = _PADDED.match(text, start)
    return Reading(match.end(), (Say(cardinal(match.group(1)), True),)) if match else None


def year_pair(text: str, start: int) -> Reading | None:
    """从1978到2018, 1921—2021: years without their word, where nothing is counted and both are not round."""
    match = _YEAR_PAIR.match(text, start)
    if match is None or measure_after(text, match.end()) or unit_at(text, match.end())[0]:
        return None
    first, between, last = match.groups()
    round_ = int(first) % 50 == 0 and int(last) % 50 == 0
    if int(first) >= int(last) or int(last) > 2060 or round_ or _AMOUNT_BEFORE.search(before(text, start)):
        return None
    join = between if between in "到至" else "到"
    return Reading(match.end(), (Say(digits_one_by_one(first), True), Say(join), Say(digits_one_by_one(last), True)))


def season(text: str, start: int) -> Reading | None:
    """88-89赛季."""
    match = _SEASON.match(text, start)
    if match is None or int(match.group(3)) != (int(match.group(1)) + 1) % 100:
        return None
    first, _, second = match.groups()
    return Reading(match.end(), (Say(digits_one_by_one(first), True), Say("到"), Say(digits_one_by_one(second), True)))


def edition(text: str, start: int) -> Reading | None:
    """Years without 年: 2015版, 2025新款, 98届毕业生, 2008奥运, （1998）, Office 2019."""
    match = _EDITION.match(text, start) or _CALENDAR_YEAR.match(text, start)
    if match is None and before(text, start)[-1:] not in ("第", "."):
        match = _CLASS.match(text, start)
    if match is None and start > 1 and text[start - 1] == " " and is_ascii_alnum(text[start - 2]):
        match = _YEAR_OF_A_NAME.match(text, start)
        if match is not None and (measure_after(text, match.end()) or unit_at(text, match.end())[0]):
            match = None
    brackets = text[start - 1 : start] + text[start + 4 : start + 5] if start else ""
    if match is None and brackets in ("()", "[]", "〔〕", "【】"):  # 国发〔2023〕15号
        match = _BRACKETED_YEAR.match(text, start)
    return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),)) if match else None


def decade(text: str, start: int) -> Reading | None:
    """1950s."""
    match = _DECADE.match(text, start)
    return Reading(match.end(), (Say(digits_one_by_one(match.group(1)) + "年代", True),)) if match else None


def generation(text: str, start: int) -> Reading | None:
    """80后, 00后."""
    match = _GENERATION.match(text, start)
    if match is None or before(text, start)[-1:] in ("第", "约", "近", "过", "约"):
        return None
    return Reading(match.end(), (Say(digits_one_by_one(match.group()[:2]) + "后", True),))


def event(text: str, start: int) -> Reading | None:
    """Events named by their day: 9·11, 3·15晚会."""
    match = _EVENT.match(text, start)
    if match is None:
        return None
    return Reading(match.end(), (Say(digits_one_by_one(re.sub("[^0-9]", "", match.group())), True),))


_TIME = lazily(r"([01]?[0-9]|2[0-4]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]{1,3})?)?(?![0-9]|:[0-9])")
_HALF_DAY = lazily(r" ?([AaPp])\.?[Mm](?![A-Za-z])\.?")
_TO_A_PLACE = lazily(r" ?(?:-|—{1,2}) ?(?=[一-鿿]{2,6} ?(?:[01]?[0-9]|2[0-4]):[0-5][0-9])")  # 08:00—上海12:36
_NO_HOUR = ("时间", "时候", "时段", "时区", "时期")
_RATIO_BEFORE = lazily(
    r"(?:[首次末决抢一二三四五六七1-7]局|半场|比例|比率|比为|比分|比是|稀释|之比|配比|总分|战平|[以胜败赢输负平])[为是]?[:：]?$"
)
_RATIO_AFTER = lazily(
    r"(?:的?比[例分率]|稀释|混合|战胜|击败|获胜|取胜|大胜|险胜|完胜|力克|领先|落后|不敌|"
    r"负于|输给|逆转|告负|战平|惨败|惜败|大败|绝杀|告捷|输球|赢球)"
)
_LISTED_BEFORE = lazily(r"(?:([0-9]{1,3}):([0-9]{1,3})[、，,和 ]{1,2})+$")
_LISTED_AFTER = lazily(r"(?:[、，,和 ]{1,2}([0-9]{1,3}):([0-9]{1,3})(?![0-9:]))+")
_NO_CLOCK = lazily(
    r"(?<![0-9:])(?:[0-9]{1,3}:(?:[0-9]|[6-9][0-9]|[0-9]{3})|(?:2[5-9]|[3-9][0-9]):[0-9]{1,2})(?![0-9:])"
)
_LISTED_WITHIN = 40


def is_ratio(text: str, start: int, end: int) -> bool:
    """Whether figures with a colon are a score or a proportion by what stands around them."""
    if _RATIO_BEFORE.search(before(text, start)) or _RATIO_AFTER.match(after(text, end)):
        return True
    ahead = _LISTED_BEFORE.search(text[max(0, start - _LISTED_WITHIN) : start])
    behind = _LISTED_AFTER.match(text[end : end + _LISTED_WITHIN])
    listed = (ahead.group() if ahead else "") + (behind.group() if behind else "")
    return bool(listed and _NO_CLOCK.search(listed))  # 11:9、13:11


def time(text: str, start: int) -> Reading | None:
    """8:30, 14:05:09, 8:30 pm."""
    match = _TIME.match(text, start)
    if match is None or is_ratio(text, start, match.end()):
        return None
    hour, minute, second = match.groups()
    spoken = count_words(str(int(hour))) + "点"
    if minute != "00" or second:
        spoken += ("零" if minute[0] == "0" and minute != "00" else "") + cardinal(minute) + "分"
    parts: list[Part] = [Say(spoken)]
    if second:
        parts.append(Say(("零" if second[0] == "0" and second != "00" else "") + cardinal(second) + "秒"))
    end = match.end()
    half = _HALF_DAY.match(text, end)
    if half is not None:
        end = half.end()
        parts.insert(0, Say("上午" if half.group(1) in "Aa" else "下午"))
    if text[end : end + 1] == "时" and half is None and not second and text[end : end + 2] not in _NO_HOUR:
        parts[-1] = Say(spoken.replace("点", "时", 1))  # 18:30时
        return Reading(end + 1, tuple(parts))
    end, join = _connector(text, end)
    if not join and (place := _TO_A_PLACE.match(text, end)):
        return Reading(place.end(), (*parts, Say("到")))
    last = _TIME.match(text, end) if join and half is None else None
    shared = _HALF_DAY.match(text, last.end()) if last and int(hour) <= int(last.group(1)) else None
    if shared is not None:  # 8:00-8:30am
        parts.insert(0, Say("上午" if shared.group(1) in "Aa" else "下午"))
    return Reading(end, (*parts, *join))
