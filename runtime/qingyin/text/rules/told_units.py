"""Letters that are units only where the words around say so: 10A of current, 7-10d of a treatment, 25bp of a rate."""

from __future__ import annotations

from qingyin.text.characters import is_ascii_alnum
from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, count_words, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, after

_MEASURED = lazily(rf"({NUMBER})(?: ?[-~—] ?({NUMBER}))? ?(A|[dD]|[bB][pP][sS]?)(?![A-Za-z0-9])")
_ADAPTER = lazily(rf"({NUMBER})V[-—/ ]?({NUMBER})A(?![A-Za-z0-9])")
_WITHIN = 16
_CURRENT_BEFORE = lazily(
    r"电[流源池瓶缆线器机闸表]|插[座头孔排]|保险|空开|断路|开关|充电|额定|输[出入]|熔断|整流|"
    r"[0-9] ?(?:V|伏)[^，。]{0,2}$"
)
_CURRENT_AFTER = lazily(
    r"的?(?:大?电流|插[座头孔排]|[三五]孔|保险|空开|空气开关|断路|漏保|开关|[快闪]充|充电|电源|适配|熔断|输出|电[表闸])"
)
_DAYS_BEFORE = lazily(
    r"(?:疗程|连[用服续]|服用|口服|静[滴注]|保存|培养|术后|"
    r"[持继]续|孵育|隔离|观察|病程|[Dd]ay|每|共|[×xX*])[为约:： ]{0,2}$"
)
_DAYS_AFTER = lazily(r"(?:内|后|左右|以[上内]|龄|[1-9一二两三]次|为[1-9一]个?疗程)|[,，] ?(?:每日|口服|静)")
_RATES_BEFORE = lazily(
    r"[加降]息|[升降]准|利[率差]|收益率|[上下][行调]|LPR|MLF|基点|[加减]点|[走收]阔|[涨跌]|毛利|费率|国债|美债|点差"
)


def told_unit(text: str, start: int) -> Reading | None:
    """电流10A 十安, 5V2A, 疗程7-10d 七到十天, 降息25BP 二十五个基点."""
    if match := _ADAPTER.match(text, start):
        return Reading(match.end(), (Say(f"{count_words(match[1])}伏{count_words(match[2])}安"), Pause(SILENT)))
    match = _MEASURED.match(text, start)
    if match is None or is_ascii_alnum(text[start - 1 : start]):
        return None  # X3D
    first, last, letters = match.groups()
    ahead, behind = text[max(0, start - _WITHIN) : start], after(text, match.end())
    if letters == "A":
        told = _CURRENT_AFTER.match(behind) or (
            _CURRENT_BEFORE.search(ahead) and behind[:1] not in tuple("级座区股类型栋")
        )
        name = "安"
    elif letters in "dD":
        told = _DAYS_BEFORE.search(ahead) or _DAYS_AFTER.match(behind)
        name = "天"
    else:
        told, name = _RATES_BEFORE.search(ahead), "个基点"
    if not told:
        return None
    words = f"{number_words(first)}到{count_words(last)}" if last else count_words(first)
    return Reading(match.end(), (Say(words + name), Pause(SILENT)))
