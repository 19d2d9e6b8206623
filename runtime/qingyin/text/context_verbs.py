"""Readings of verbs by what they act on, where another word is written the same way: 挨打, 铺着, 投降."""

from __future__ import annotations

from collections.abc import Callable

from qingyin.text.clause import Context
from qingyin.text.english_verbs import STAND_IN
from qingyin.text.neighbours import HIT_BY, LED_TROOPS, STRUCK, SURRENDERED_TO


def _ai(context: Context) -> str | None:
    return "ai2" if context.after[:1] in tuple(HIT_BY) else "ai1" if context.after[:1] in tuple(
        "着近个家次户门"
    ) else None


def _yan(context: Context) -> str | None:
    down = context.after in ("下去", "下了") or (context.after == "下" and context.at(2) in ("", "了", "去"))
    return "yan4" if down or context.after[:1] in tuple("了不着口") else None


def _pu(context: Context) -> str | None:
    laid = context.after[:1] in tuple("着了满上开成好平在") and context.before[-1:] not in tuple("床当店")
    return "pu1" if laid else None


def _cang(context: Context) -> str | None:
    return "cang2" if context.after in ("在", "着", "了", "起来", "进", "到", "好", "于", "会儿", "会", "过") else None


def _cha(context: Context) -> str | None:
    if context.before[-1:] in tuple("高温时位压势级视电落色偏逆反误价水"):
        return "cha1"
    return "cha4" if context.after[:1] in tuple(STRUCK) else None


def _xiang(context: Context) -> str | None:
    if context.before[-1:] in tuple("出乞请诈劝迎归纳受"):
        return "xiang2"
    return "xiang2" if context.after[:1] in tuple(SURRENDERED_TO) and len(context.after) <= 2 else None


def _shuai(context: Context) -> str | None:
    after = context.after
    return "shuai4" if after in LED_TROOPS or (len(after) > 1 and after[0] in "国大所其") else None


def _zai(context: Context) -> str | None:
    before = context.before
    years = before and before[-1] in "元二三四五六七八九十千"
    return "zai3" if years and not context.after.startswith(("人", "客", "重")) else None


def _guo(context: Context) -> str | None:
    done = context.before == STAND_IN and context.after[:1] not in ("来", "去", "年", "日", "生", "冬")
    return "guo5" if done else None  # check过了


RULES: dict[str, Callable[[Context], str | None]] = {
    "挨": _ai, "咽": _yan, "铺": _pu, "藏": _cang, "差": _cha, "降": _xiang, "率": _shuai, "载": _zai, "过": _guo,
}  # fmt: skip
