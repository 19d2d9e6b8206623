"""Particles that close a clause, whose characters elsewhere write sounds, names or measures: 吗 啊 吧 哩 啦."""

from __future__ import annotations

from qingyin.text.clause import Context
from qingyin.text.neighbours import NUMERALS

_SOUNDS = tuple("啦哗呼哇喀吱哆")  # 哗啦, 呼啦啦
_AFTER_N = tuple("看天人难您烦钱山晚近准慢全远暖软笨浑忍完饭酸甜咸单心们")  # 啊 takes up their [n]
_MILES = tuple("英海咖")  # 英哩; 咖哩 is curry


def _closes(context: Context) -> bool:
    return bool(context.before) and not context.after


def ma(context: Context) -> str | None:
    """吗: ma5, but ma3 in 吗啡."""
    return "ma5" if _closes(context) else None


def a(context: Context) -> str | None:
    """啊: a5, but an exclamation at the beginning."""
    if len(context.words) == 1:
        return "a1"
    if context.before and context.before == context.after:
        return "a5"  # 跑啊跑
    return "a5" if _closes(context) else None


def ba(context: Context) -> str | None:
    """吧: ba5, but ba1 is a bar."""
    return "ba5" if _closes(context) else None


def li(context: Context) -> str | None:
    """哩: li5, but li3 is a mile."""
    counted = context.before[-1:] in NUMERALS or context.before[-1:] in _MILES
    return "li5" if _closes(context) and not counted else None


def la(context: Context) -> str | None:
    """啦: la5, but la1 imitates sounds."""
    return "la5" if _closes(context) and context.before[-1:] not in _SOUNDS else None


def na(context: Context) -> str | None:
    """哪: na5 as the 啊 after [n] (快看哪), else na3, where (你在哪)."""
    if not _closes(context):
        return None
    return "na5" if context.before[-1:] in _AFTER_N else "na3" if context.before[-1:] in tuple("在住去到从往") else None


def lou(context: Context) -> str | None:
    """喽: lou5; lou2 is a bandit, and stands in words."""
    return "lou5" if context.before else None
