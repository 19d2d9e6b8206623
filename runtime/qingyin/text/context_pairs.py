"""Readings of two-character words that are no word where they stand, or another one; they outrank the model too."""

from __future__ import annotations

from collections.abc import Sequence

from qingyin.text.citation import word_readings
from qingyin.text.clause import Context, is_verb
from qingyin.text.neighbours import DOUBLED, NUMERALS, WORN

_BODY_AFTER_VERB_TEXT = """
    着眼 着手 着头 着脸 着嘴 着地
"""
_BODY_AFTER_VERB = frozenset(_BODY_AFTER_VERB_TEXT.split())  # 睁着眼, 拉着手
_EVENTS_TEXT = """
    比赛 球赛 电影 演出 考试 会议 音乐会 晚会 婚礼 直播 话剧 讲座 辩论 表演 舞会 展览 报告 决赛 联赛 歌剧 发布会 演唱会
    招聘会 拍卖 魔术 足球 篮球
"""
_EVENTS = tuple(_EVENTS_TEXT.split())
_STAYED_TEXT = """
    一直 都 只 就 要 还 继续 总
"""
_STAYED = frozenset(_STAYED_TEXT.split())


def sure(words: Sequence[str], index: int) -> tuple[str, str] | None:
    """Readings of the word of two characters words[index] that is no word here, or another; None elsewhere."""
    word, context = words[index], Context(words, index)
    before, after = context.before, context.after
    if word[0] == word[1] and word[0] in DOUBLED:
        return DOUBLED[word[0]], DOUBLED[word[0]]
    if word in _BODY_AFTER_VERB and is_verb(before) and before not in WORN:
        return "zhe5", {"眼": "yan3", "手": "shou3", "头": "tou2", "脸": "lian3", "嘴": "zui3", "地": "di4"}[word[1]]
    if word == "行行" and after == "好":
        return "xing2", "xing2"
    if word[1] == "场" and word[0] in NUMERALS and (after + context.at(2)).startswith(_EVENTS):
        return word_readings(word[0])[0], "chang3"  # 一场球赛, but 一场雨
    if word == "大夫" and before[-1:] in tuple("国卿士郑晋齐楚鲁宋卫陈吴越秦"):
        return "da4", "fu1"  # an office of old, not a physician
    if word == "看看" and after == "门":
        return "kan1", "kan1"
    if word == "六合" and after.startswith(("区", "县", "开发", "市", "镇", "经济")):
        return "lu4", "he2"
    if word == "不得" and words[-1] in ("吗", "么"):
        return "bu4", "dei3"  # 你不得另有份意思吗
    if word == "上铺" and after[:1] in tuple("着了满成好"):
        return "shang4", "pu1"
    if word == "待到" and before in _STAYED:
        return "dai1", "dao4"
    if word == "得了" and is_verb(before):
        return "de5", "liao3"
    return None
