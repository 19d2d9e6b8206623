"""Shorthand of everyday text: sizes, heights, lengths of time, salaries, house and serial numbers."""

from __future__ import annotations

from decimal import Decimal

from qingyin.text.characters import is_latin
from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, cardinal, count_words, digits_one_by_one, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, Spell, before, measure_after
from qingyin.text.units import unit_at

_SIZE = lazily(rf"{NUMBER}(?:[xX]{NUMBER}){{1,3}}(?![0-9xX])")
_HITS = lazily(r"([0-9]{1,3})(?:([投罚射枪箭])([0-9]{1,3})中|中([0-9]{1,3})(?=$|[,，。、;；!！?？)）]))(?![0-9年])")
_TIMES = lazily(rf"({NUMBER})[xX](?![A-Za-z0-9])")
_TIMES_BEFORE = lazily(r"(?:变焦|长焦|倍率|倍速|放大)(?:能|可)?(?:到|达|至|达到|最高|为|是|有)?$")
_TIMES_AFTER = lazily(r" ?(?:的?(?:光学|数码|混合|潜望|长焦|变焦|光变)|倍速)")
_ELAPSED = lazily(r"(?:([0-9]{1,2}):)?([0-5]?[0-9]):([0-5][0-9])(?:\.([0-9]{1,3}))?(?![0-9:])")
_ELAPSED_BEFORE = lazily(
    r"(?:用时|耗时|历时|时长|倒计时|剩余|还剩|延时|净时间|完赛时间|成绩|纪录|[总全片]长|"
    r"[跑游骑走]出|[跑游骑用花]了|(?:用|花|耗费))[为是约:：了]? ?$"
)
_ELAPSED_AFTER = lazily(r"的?(?:个人|最好|完赛|总|净|新|世界|全国|亚洲)*(?:成绩|用时|时长|纪录)")
_ELAPSED_NO_SCORE = lazily(r"[0-9]{1,2}:[0-9]{2}[:.]")
_LASTING = lazily(r"([0-9]{1,3})h([0-9]{1,2})(?:min|m)?(?![A-Za-z0-9])")
_HALF_DAY = lazily(r"(1[0-2]|0?[1-9]) ?([AaPp])\.?[Mm](?![A-Za-z])\.?")
_HALF_DAYS = lazily(r"(1[0-2]|0?[1-9]) ?[-~—] ?(1[0-2]|0?[1-9]) ?([AaPp])\.?[Mm](?![A-Za-z])\.?")
_HALF_DAY_BEFORE = lazily(r"([AaPp])\.?[Mm]\.? ?(?=[0-9]{1,2}:)")
_SALARY = lazily(rf"({NUMBER})([kK]) ?[-~—] ?({NUMBER})([kK])(?![A-Za-z0-9])")
_MORE = lazily(rf"({NUMBER})\+(?=[年个人万元家种款岁条名位次篇亿天所座小])")
_HOUSE = lazily(r"([0-9]{1,3})-([0-9]{1,2})-([0-9]{3,4})(?![-0-9])")
_FLAT = lazily(r"([0-9]{1,2})-([0-9]{1,2}(?:0[1-9]|[1-3][0-9]))(?![-0-9.])")
_FLAT_BEFORE = lazily(
    r"(?:房号|门牌号?|房间号?|住在?|地址|小区|花园|公寓|大厦|[苑栋幢座]|[学公宿验教研]楼)[:：是为]? ?$"
)
_SERIAL = lazily(r"[0-9]{1,13}(?:-[0-9]{1,8}){3,6}(?![-0-9])")
_ENGINE = lazily(r"([0-9]{3}) ([0-9]{3})-([0-9])(?![-0-9.])")  # 103 184-8: European railways number so
_HEIGHT = lazily(r"[0-9]{2}(?![0-9.%A-Za-z])")
_HUNDREDTHS = lazily(r"[0-9]{2,3}(?![0-9.%A-Za-z]| ?[年月日时分秒个人米元名次公岁位只])")
_SECONDS_BEFORE = lazily(r"[0-9一二三四五六七八九十]秒$")
_HEIGHT_BEFORE = lazily(r"[0-9一二两三]米$")
_EXPONENT = lazily(rf"({NUMBER})[eE]([-+]?)([0-9]{{1,3}})(?![A-Za-z0-9])")
_SHORT_YEAR = lazily(r"[0-9]{2}(?![0-9A-Za-z.,%])")
_SHORT_YEAR_BEFORE = lazily(r"(?<![A-Za-z0-9])(?:[12]H|[1-4]Q|FY)$")
_QUARTER = lazily(r"((?:19|20)[0-9]{2})(?=[QqH][1-4](?![0-9A-Za-z]))")
_LARGE = {"k": 3, "K": 3, "M": 6, "m": 6, "B": 9, "b": 9, "bn": 9, "mn": 6, "million": 6, "billion": 9, "trillion": 12}
_FLIGHT = lazily(r"(CA|MU|CZ|HU|MF|ZH|SC|FM|HO|KN|GS|JD|TV|EU)([0-9]{3,4})(?![0-9A-Za-z])")


def hits(text: str, start: int) -> Reading | None:
    """10投7中, 三分6中4: in one piece, as 中 is read by the figures beside it."""
    match = _HITS.match(text, start)
    if match is None:
        return None
    tried, verb, hit, of_tried = match.groups()
    spoken = f"{number_words(tried)}{verb}{number_words(hit)}中" if hit else ""
    return Reading(match.end(), (Say(spoken or f"{number_words(tried)}中{number_words(of_tried)}"), Pause(SILENT)))


def times(text: str, start: int) -> Reading | None:
    """3x光学变焦, 变焦5x."""
    match = _TIMES.match(text, start)
    if match is None or not (_TIMES_AFTER.match(text, match.end()) or _TIMES_BEFORE.search(before(text, start))):
        return None
    return Reading(match.end(), (Say(count_words(match[1]) + "倍"), Pause(SILENT)))


def size(text: str, start: int) -> Reading | None:
    """1920x1080, 3x5."""
    match = _SIZE.match(text, start)
    if match is None or match.group().startswith("0x") or (start and is_latin(text[start - 1])):
        return None
    unit, end = unit_at(text, match.end())
    if not unit and is_latin(text[match.end() : match.end() + 1]):
        return None
    numbers = match.group().lower().split("x")
    return Reading(end, (Say("乘".join(map(number_words, numbers)) + unit), Pause(SILENT)))


def lasting(text: str, start: int) -> Reading | None:
    """1h30min, 用时2:15:30."""
    match = _ELAPSED.match(text, start)
    if match is not None and (
        _ELAPSED_BEFORE.search(before(text, start))
        or (_ELAPSED_NO_SCORE.match(text, start) and _ELAPSED_AFTER.match(text, match.end()))
    ):
        hours, minutes, seconds, hundredths = match.groups()
        spoken = f"{count_words(str(int(hours)))}小时" if hours and int(hours) else ""
        spoken += f"{cardinal(str(int(minutes)))}分{'零' if seconds[0] == '0' else ''}{cardinal(str(int(seconds)))}秒"
        spoken = spoken.replace("零零", "零")
        if seconds == "00" and not hundredths:
            spoken = spoken.removesuffix("零秒") + "钟"
        return Reading(match.end(), (Say(spoken), *([Say(digits_one_by_one(hundredths), True)] if hundredths else [])))
    match = _LASTING.match(text, start)
    if match is None:
        return None
    hours, minutes = match.groups()
    return Reading(match.end(), (Say(f"{count_words(hours)}小时{number_words(minutes.lstrip('0') or '0')}分钟"),))


def half_day(text: str, start: int) -> Reading | None:
    """9am, 3 p.m."""
    if match := _HALF_DAYS.match(text, start):  # 2-4pm
        first, last, half = match.groups()
        hours = f"{count_words(str(int(first)))}点到{count_words(str(int(last)))}点"
        return Reading(match.end(), (Say(("上午" if half in "Aa" else "下午") + hours),))
    match = _HALF_DAY.match(text, start)
    if match is None:
        return None
    name = "上午" if match.group(2) in "Aa" else "下午"
    return Reading(match.end(), (Say(f"{name}{count_words(str(int(match.group(1))))}点"),))


def half_day_before(text: str, start: int) -> Reading | None:
    """am8:00."""
    match = _HALF_DAY_BEFORE.match(text, start)
    return Reading(match.end(), (Say("上午" if match.group(1) in "Aa" else "下午"),)) if match else None


def salary(text: str, start: int) -> Reading | None:
    """8k-10k."""
    match = _SALARY.match(text, start)
    if match is None:
        return None
    low, _, high, _ = match.groups()
    return Reading(
        match.end(),
        (Say(number_words(low)), Spell(match.start(2), match.end(2)), Say("到" + number_words(high)),
         Spell(match.start(4), match.end(4)), Pause(SILENT)),
    )  # fmt: skip


def more(text: str, start: int) -> Reading | None:
    """10+年 is 十多年."""
    match = _MORE.match(text, start)
    return Reading(match.end(), (Say(number_words(match.group(1)) + "多"),)) if match else None


def house_or_serial(text: str, start: int) -> Reading | None:
    """8-2-301 (house, stairs, flat), 房号2-1803, ISBN 978-7-111-54742-6, 103 184-8 of an engine."""
    if start and (text[start - 1] == "-" or is_latin(text[start - 1])):
        return None
    match = _ENGINE.match(text, start)
    if match is not None:
        row, check = match.group(1) + match.group(2), match.group(3)
        return Reading(match.end(), (Say(digits_one_by_one(row), True), Say("杠"), Say(digits_one_by_one(check), True)))
    match = _HOUSE.match(text, start)
    if match is not None:
        house, stairs, flat = match.groups()
        room = digits_one_by_one(flat, "幺")
        return Reading(match.end(), (Say(f"{number_words(house)}杠{number_words(stairs)}杠"), Say(room, True)))
    match = _FLAT.match(text, start)
    if match is not None and _FLAT_BEFORE.search(before(text, start)) and not measure_after(text, match.end()):
        flat = digits_one_by_one(match[2], "幺")
        return Reading(match.end(), (Say(f"{number_words(match[1])}杠"), Say(flat, True)))
    match = _SERIAL.match(text, start)
    if match is None:
        return None
    parts = [
        part for group in match.group().split("-") for part in (Say(digits_one_by_one(group), True), Pause(SILENT))
    ]
    return Reading(match.end(), tuple(parts))


def height(text: str, start: int) -> Reading | None:
    """1米75."""
    match = _HEIGHT.match(text, start)
    if match is None or not _HEIGHT_BEFORE.search(before(text, start)) or unit_at(text, match.end())[0]:
        return None
    return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),))


def hundredths(text: str, start: int) -> Reading | None:
    """12秒88: hundredths of a second, figure by figure."""
    match = _HUNDREDTHS.match(text, start)
    if match is None or not _SECONDS_BEFORE.search(before(text, start)):
        return None
    return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),))


def exponent(text: str, start: int) -> Reading | None:
    """1e-5, 2.5E6."""
    match = _EXPONENT.match(text, start)
    if match is None or is_latin(text[start - 1 : start]):  # S02E08
        return None
    token, sign, power = match.groups()
    head = "" if token == "1" else number_words(token) + "乘"
    return Reading(match.end(), (Say(f"{head}十的{'负' if sign == '-' else ''}{cardinal(power)}次方"),))


def quarter(text: str, start: int) -> Reading | None:
    """The year of 2024Q1, 2H23, FY24."""
    match = _SHORT_YEAR.match(text, start) if text[start - 1 : start] in ("H", "Q", "Y") else None
    if match is not None and _SHORT_YEAR_BEFORE.search(text[max(0, start - 3) : start]):
        return Reading(match.end(), (Say(digits_one_by_one(match.group()), True),))
    match = _QUARTER.match(text, start)
    return Reading(match.end(), (Say(digits_one_by_one(match.group(1)), True),)) if match else None


def flight(text: str, start: int) -> Reading | None:
    """CA1831: codes of Chinese airlines with their numbers."""
    match = _FLIGHT.match(text, start)
    if match is None or (start and (text[start - 1].isascii() and text[start - 1].isalnum())):
        return None
    return Reading(
        match.end(), (Spell(match.start(1), match.end(1)), Say(digits_one_by_one(match.group(2), "幺"), True))
    )


def large_words(token: str, scale: str) -> str:
    """``("3.5", "M")`` -> ``"三百五十万"``: figures with k, M or B, as Chinese counts."""
    value = Decimal(token.replace(",", "")) * Decimal(10) ** _LARGE[scale]
    for size_, unit in ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万")):
        if value >= size_:
            return count_words(f"{(value / size_).normalize():f}") + unit
    return number_words(f"{value.normalize():f}")
