"""Exists so that a client which describes how to speak ("in a cheerful voice", "悲伤地") gets one of the emotions that
the models have.

It looks for words, nothing more: what it found is told in a header, so that nobody takes it for understanding.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from qingyin.emotions import MAX_WEIGHT, NEUTRAL, parse_mix
from qingyin.errors import OptionError

# by label; English words as stems, so that "cheerfully" and "sadness" are found
_WORDS = {
    "happy": ("happ", "cheer", "joy", "glad", "delight", "excit", "enthusias", "upbeat", "playful", "amus", "laugh",
              "smil", "bright", "lively", "energetic", "merry", "warm",
              "高兴", "快乐", "开心", "愉快", "欢快", "喜悦", "兴奋", "激动",
              "热情", "活泼", "欢乐", "欣喜", "笑", "雀跃",
              "高興", "快樂", "開心", "歡快", "喜悅", "興奮", "激動", "熱情", "活潑", "歡樂"),
    "sad": ("sad", "sorrow", "melanchol", "gloom", "unhapp", "depress", "griev", "mourn", "tear", "somber", "sombre",
            "heartbroken", "despair",
            "悲", "伤心", "难过", "忧伤", "忧郁", "沮丧", "低落", "哭", "失落", "哀", "沉痛",
            "傷心", "難過", "憂傷", "憂鬱", "沮喪"),
    "angry": ("angr", "anger", "furious", "rage", "irritat", "annoy", "outrag", "indignan", "hostile",
              "生气", "气愤", "恼", "发火", "怒", "暴躁", "不耐烦", "生氣", "氣憤", "惱", "發火", "不耐煩"),
    NEUTRAL: ("neutral", "calm", "matter-of-fact", "flat", "emotionless",
              "平静", "中性", "平淡", "冷静", "平和", "平靜", "冷靜"),
}  # fmt: skip
_MODERATE, _STRONG = 0.6, 1.3
_WEAKER = re.compile(
    r"\b(slight|mild|gentl|subtl|somewhat|hint)\w*|\b(little|bit|touch)\b|"
    "有点|有點|稍微|略|轻微|輕微|微微|一丝|一絲",
    re.IGNORECASE,
)
_STRONGER = re.compile(
    r"\b(very|extreme|really|intense|deep|strong|utter|wild)\w*|"
    "非常|十分|极其|極其|极度|極度|特别|特別|很|太|超",
    re.IGNORECASE,
)
# a denial, and what may stand between it and what is denied
_NOT = re.compile(
    r"(\bnot|\bno|\bnever|\bwithout|\bless|n't|不要|不用|不|别|別|没有|沒有|勿|无|無)[^,，.。;；、!！?？]{0,12}$",
    re.IGNORECASE,
)
_REACH = 14  # characters before a word where a word of degree still belongs to it


def emotion_of_instructions(instructions: str, known: Collection[str]) -> dict[str, float]:
    """Weights by label, of those that are `known`; empty if nothing in the text names one.

    A text that is a label or a mix ("sad", "happy=0.6,angry=0.3") is taken as it is.
    """
    try:
        return parse_mix(instructions.strip(), known)
    except OptionError:
        found = _mentioned(instructions)
    labels = {label: weight for label, weight in found.items() if label in known and label != NEUTRAL}
    if not labels:
        return {NEUTRAL: 1.0} if NEUTRAL in found else {}
    share = len(labels)
    return {label: min(round(weight / share, 2), MAX_WEIGHT) for label, weight in labels.items()}


def _mentioned(text: str) -> dict[str, float]:
    """The strongest degree in which each label is spoken of, and not denied."""
    found: dict[str, float] = {}
    for label, words in _WORDS.items():
        for word in words:
            pattern = rf"\b{word}" if word.isascii() else word
            for match in re.finditer(pattern, text, re.IGNORECASE):
                before = text[: match.start()]
                if _NOT.search(before):
                    continue
                near = before[-_REACH:]
                degree = _MODERATE if _WEAKER.search(near) else _STRONG if _STRONGER.search(near) else 1.0
                found[label] = max(found.get(label, 0.0), degree)
    return found
