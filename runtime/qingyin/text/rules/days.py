"""Days in figures, and what is named by its day: 10.1, 12/25, 24/5/6, 06-12 14:30, 3.15晚会, 618, 520.

All of these could be numbers too, so that each needs a word beside it which says that it is a day.
"""

from __future__ import annotations

import re

from qingyin.text.items import SILENT
from qingyin.text.numbers import cardinal, digits_one_by_one
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, after, before, measure_after
from qingyin.text.units import unit_at

_MONTH, _DAY = r"(1[0-2]|0?[1-9])", r"(3[01]|[12][0-9]|0?[1-9])"
_NO_DAY = r"(?![0-9A-Za-z/%‰°]|[.:][0-9]|[折成倍])"
_ONE = lazily(rf"{_MONTH}([./]){_DAY}{_NO_DAY}")
_TWO = lazily(rf"{_MONTH}([./]){_DAY} ?(?:[-~]|—{{1,2}}|[到至]) ?(?:{_MONTH}\2)?{_DAY}{_NO_DAY}")
_PADDED = lazily(rf"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]){_NO_DAY}(?!-)")
_SHORT_YEAR = lazily(rf"(1[5-9]|2[0-9]|3[0-5])([/.-]){_MONTH}\2{_DAY}(?![0-9A-Za-z]|[./-][0-9])")
_COMPACT = lazily(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![0-9A-Za-z.-])")
_YEAR_LAST = lazily(r"(0?[1-9]|[12][0-9]|3[01])[/.](0?[1-9]|[12][0-9]|3[01])[/.]((?:19|20)[0-9]{2})(?![0-9])")
_WITH_ITS_WORD = lazily(
    r"(?:(0[1-9]|1[0-2])[./](0[1-9]|[12][0-9]|3[01])(?=[号日])|(1[0-2]|[1-9])[./](3[01]|[12][0-9]|[1-9])(?=号(?![线楼字门院机])))"
)

_TOLD_BEFORE = lazily(
    r"(?:(?:周|星期|礼拜)[一二三四五六日天][(（]?|截止|截至|日期|时间|生日|到期日?|有效期|档期|会期|展期|班期|航班|定[在于]|[将拟已现]于|推迟到|提前到|"
    r"放假(?:安排|通知)?|[今明昨后]天[就才]?(?=是)|"
    r"假期(?:安排)?|[Dd]eadline|DDL|ddl|[Dd]ue)[到至日期]{0,2}[是为在到至于]?[:：]? ?$"
)
_SLASH_TOLD_BEFORE = lazily(r"改到 ?$")  # 评分改到7.5 is none
_TOLD_AFTER = lazily(
    r" ?[（(](?:(?:周|星期|礼拜)[一二三四五六日天1-7]|[一二三四五六日][)）])| ?[0-9]{1,2}:[0-9]{2}|"
    r"正常(?:上班|上课|营业|开[门放]|发货)|(?:恢复)?(?:上班|上课|营业|开[学工业幕赛跑播售抢奖票]|复[工课]|返[程工校岗乡京回])|"
    r"放假|回(?:[来去家国京]|老家)|出发|动身|报到|[到离入]校|[到入离]职|[到入]岗|结婚|订婚|领证|婚礼|求婚|搬家|生日|生的|考试|面试|体检|"
    r"预售|发[售货]|抢票|首[发映]|上映|定档|杀青|闭幕|截[止稿]|停[水电运机]|到期|交[房付货]|到货|[出入]库|入住|退[房租]|见面|见(?=[，。！~…]|$)|"
    r"聚[餐会]|团建|阅兵|[当这那]天|当晚|[早晚][0-9一二三四五六七八九十]|凌晨|清晨|早[上晨]|[上中下]午|傍晚|晚上|夜里|(?:之前|以前)(?!的版)|"
    r"前(?:提?交|完成|报名|付|回复|务必|必须|到)|起(?:[执施实]行|实施|生效|停|正式|[，。）])|"
    r"(?:元旦|圣诞|国庆|中秋|端午|清明|情人|妇女|劳动|儿童|教师|青年|建军|建党|母亲|父亲|植树|万圣|平安夜|双?十一)"
)
_SLASH_TOLD_AFTER = lazily(r"上线|发布|更新|前[，。）]")  # 10.1上线 is a version
_SPAN_TOLD_AFTER = lazily(
    r"[，,]? ?[（(]?(?:共|一共|为期|连[休放])[0-9一二三四五六七八九十]{1,2}天|期间|活动|促销|特惠|休息"
)
_NUMBER_BEFORE = lazily(r"(?:[A-Za-z0-9第为达约率分值比跌涨升降过近数本号高低仅超.]|[^截]至少) ?$")
_SOMEBODY_BEFORE = lazily(r"(?:[我你他她咱]们?|大家|俩|员|老师|公司|学校|单位|小区|老板|[今明去]年)$")
_DOES_AFTER = lazily(r"[向给跟和去从就才要会在]|准备|打算|请假|休息|的(?:票|机票|车票|火车|高铁|飞机|动车|假)")
_IN_ON_BEFORE = lazily(r"(?:(?<![等大小高低多少])于|[从自至到在]) ?$")
_PADDED_AFTER = lazily(r"(?:[至到~]|—{1,2}) ?(?:0[1-9]|1[0-2])-[0-3][0-9]")
_VERSION_BEFORE = lazily(r"(?:[A-Za-z]|版本[号为是:：]*) ?$")

# Days that are names: 5.1假期, 11.11大促, 9.9特惠.
_NAMES_TEXT = "1.28 3.8 3.15 4.15 5.1 5.4 5.12 5.20 6.1 6.18 7.1 7.7 7.28 8.1 8.18 9.3 9.18 10.1 11.11 12.9 12.12"
_NAMES = frozenset(_NAMES_TEXT.split())
_EVENT = lazily(
    rf"{_MONTH}[.·]{_DAY}(?=(?:国际)?(?:晚会|事变|事件|惨案|专案|大案|枪击|运动(?!员)|阅兵|消费者|[一-鿿]{{2}}[节日](?!期)|(?:特大)?(?:暴雨|洪灾|火灾|爆炸|空难|矿难)))"
)
_NAMED_DAY = lazily(
    rf"{_MONTH}[.·]{_DAY}(?=期间|去哪|去玩|出游|出行|假期|黄金周|小?长假|放假|大促|购物节|活动|国庆|快乐|[表告]白|礼物|特惠|红包|促销|预售|狂欢|当天|来袭|返场|战报|大?地震)"
)
_SALE = lazily(
    r"(618|818|1111|1212|315|520|911|918)(?=大促|购物节|晚会|狂欢|事件|事变|年中|活动|消费者|[表告]白|情人)|"
    r"(1111|1212)(?=前夕|期间|预售|当天|来袭|战报|返场|购物|促销|特惠)|"
    r"520(?=快乐|礼物|红包|节|[当这那]天|特惠|[、，,]?1314)|1314(?=永远|一生|一世|红包|爱)|5201314(?![0-9])|(?<=#)(?:618|520|1111|1212)(?=#)|"
    r"(?<=[“「\"])(?:618|520|315|911|918|1111|1212)(?=[”」\"])"
)
_MIDYEAR = lazily(r"618(?=[一-鿿、](?<![万亿千百多余几号路室房厂年]))")
_MIDYEAR_BEFORE = lazily(r"(?:^|[，。！？；：、今去前年届每的和与])$|双(?:1[12]|十[一二])[”\"]?[和、与及][“\"]?$")
_LISTED_BEFORE = lazily(r"双(?:1[12]|十[一二])[”\"]?[和、与及][“\"]?$")
_LOVE_BEFORE = lazily(r"520[、，, ]?$")
_DOUBLE = {"1111": "双十一", "1212": "双十二", "11.11": "双十一", "12.12": "双十二"}


def _measured(text: str, end: int) -> bool:
    if _TOLD_AFTER.match(text, end) or text.startswith("期间", end):
        return False  # 5.5回来 is not counted in 回
    return bool(measure_after(text, end) not in ("", "日", "号") or unit_at(text, end)[0])


def _words(month: str, day: str) -> str:
    return f"{cardinal(str(int(month)))}月{cardinal(str(int(day)))}日"


def _dated(text: str, start: int, end: int, slash: bool) -> bool:
    """Whether the words around say that text[start:end] is a day."""
    ahead, behind = before(text, start), after(text, end)
    if _TOLD_BEFORE.search(ahead) or (slash and _SLASH_TOLD_BEFORE.search(ahead)):
        return True
    if _TOLD_AFTER.match(text, end) or (slash and _SLASH_TOLD_AFTER.match(behind)):
        return slash or not _NUMBER_BEFORE.search(ahead)
    return bool(_DOES_AFTER.match(behind) and _SOMEBODY_BEFORE.search(ahead))


def day(text: str, start: int) -> Reading | None:
    """截止5/20, 6/1（周六）, 5/1-5/7, 10.8正常上班, 06-12 14:30: month and day where the text says that it is a day."""
    near = text[start + 1 : start + 3]
    if "-" in near and text[start - 1 : start] not in ("-", ".", "/"):
        return _padded(text, start)
    if not ("/" in near or "." in near) or text[start - 1 : start] in ("/", "."):
        return None
    if match := _TWO.match(text, start):
        return _span(text, match)
    match = _ONE.match(text, start)
    if match is None or _measured(text, match.end()):
        return None
    month, sign, day_ = match.groups()
    slash = sign == "/"
    certain = slash and month[0] == "0" and len(day_) == 2 and before(text, start)[-1:] not in ("第", "/")
    if not certain and not _dated(text, start, match.end(), slash):
        return None
    end = match.end() + (text[match.end() : match.end() + 1] in ("日", "号"))
    return Reading(end, (Say(_words(month, day_)), Pause(SILENT)))


def _span(text: str, match: re.Match[str]) -> Reading | None:
    month, sign, day_, last_month, last_day = match.groups()
    start, end = match.span()
    first, last = (int(month), int(day_)), (int(last_month or month), int(last_day))
    if first >= last or _measured(text, end) or (not last_month and sign == "/"):
        return None
    slash = sign == "/"
    # Fractions fall below one, and have small figures.
    told = slash and (first[0] >= first[1] or last[0] >= last[1] or max(first[1], last[1]) > 10)
    if not slash and last_month and float(f"{month}.{day_}") >= float(f"{last_month}.{last_day}"):
        told = not _NUMBER_BEFORE.search(before(text, start))  # 8.8-8.10 falls as a number
    if not told and not _dated(text, start, end, slash) and not _SPAN_TOLD_AFTER.match(text, end):
        return None
    tail = _words(str(last[0]), str(last[1])) if last_month else f"{cardinal(str(last[1]))}日"
    return Reading(end, (Say(_words(month, day_)), Say("到"), Say(tail), Pause(SILENT)))


def _padded(text: str, start: int) -> Reading | None:
    match = _PADDED.match(text, start)
    if match is None or _measured(text, match.end()):
        return None
    ahead, zero = before(text, start), match[1][0] == "0" or match[2][0] == "0"
    told = bool(_TOLD_BEFORE.search(ahead) or _TOLD_AFTER.match(text, match.end()))
    if not told and zero:
        told = bool(_IN_ON_BEFORE.search(ahead) or _PADDED_AFTER.match(text, match.end()))
    return Reading(match.end(), (Say(_words(match[1], match[2])), Pause(SILENT))) if told else None


def with_year(text: str, start: int) -> Reading | None:
    """24/5/6, 24.05.06, 有效期至20261231, 05/03/2024 (month and day, unless only the second can be a month's day)."""
    if match := _YEAR_LAST.match(text, start):
        month, day_, year = match.groups()
        if int(month) > 12:
            month, day_ = day_, month
        if int(month) > 12:
            return None
        return Reading(match.end(), (Say(digits_one_by_one(year) + "年", True), Say(_words(month, day_))))
    match = _SHORT_YEAR.match(text, start)
    if match is not None:
        if _measured(text, match.end()) or text[start - 1 : start] in ("/", ".", "-"):
            return None
        year, sign, month, day_ = match.groups()
        told = _TOLD_BEFORE.search(before(text, start)) or _TOLD_AFTER.match(text, match.end())
        zero = len(month) == len(day_) == 2 and "0" in (month[0], day_[0])
        bare = sign == "/" and int(year) >= 20 and text[match.end() : match.end() + 1] not in tuple("核期档格代")
        if not (bare or told or (zero and not _VERSION_BEFORE.search(before(text, start)))):
            return None
    else:
        match = _COMPACT.match(text, start)
        if match is None or not (_TOLD_BEFORE.search(before(text, start)) or _TOLD_AFTER.match(text, match.end())):
            return None
        year, month, day_ = match.groups()
    return Reading(match.end(), (Say(digits_one_by_one(year) + "年", True), Say(_words(month, day_)), Pause(SILENT)))


def before_its_word(text: str, start: int) -> Reading | None:
    """05.06号, 05.06日, 10.1号."""
    match = _WITH_ITS_WORD.match(text, start)
    if match is None:
        return None
    month, day_ = (cardinal(str(int(part))) for part in match.groups() if part)
    return Reading(match.end(), (Say(f"{month}月{day_}"),))


def named(text: str, start: int) -> Reading | None:
    """3.15晚会, 5.1假期, 10·1黄金周, 618大促, 520: figure by figure, but 十 for 10 and 双十一."""
    match = _EVENT.match(text, start)
    if match is None and (match := _NAMED_DAY.match(text, start)):
        plain = f"{match[1]}.{match[2]}"
        if plain not in _NAMES and not (match[1] == match[2] and len(match[1]) == 1):
            return None
    if match is not None:
        if text[start - 1 : start] == ".":
            return None
        month, day_ = match.groups()
        spoken = _DOUBLE.get(f"{month}.{day_}") or ("十" if month == "10" else digits_one_by_one(month)) + (
            digits_one_by_one(day_)
        )
        return Reading(match.end(), (Say(spoken, True),))
    if text[start] not in "135689":
        return None
    ahead, match = before(text, start), _SALE.match(text, start)
    if match is None and text.startswith("1314", start) and _LOVE_BEFORE.search(ahead):
        match = re.compile("1314").match(text, start)
    if match is None and text.startswith("618", start) and not _measured(text, start + 3):
        told = _MIDYEAR.match(text, start) and _MIDYEAR_BEFORE.search(ahead)
        match = re.compile("618").match(text, start) if told or _LISTED_BEFORE.search(ahead) else None
    if match is None:
        return None
    return Reading(match.end(), (Say(_DOUBLE.get(match.group()) or digits_one_by_one(match.group()), True),))
