"""Tone changes of connected Mandarin speech, as small passes over the words of one phrase.

Order: erhua, neutral tones, 一 and 不, third tones, 啊. The rules are those of Y. R. Chao (1968).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from qingyin.text.g2p import Syllable, Word
from qingyin.text.light_words import NEUTRAL_WORDS
from qingyin.text.pinyin import SYLLABLES
from qingyin.text.symbols import NEUTRAL_TONE
from qingyin.text.third_tones import third_tones
from qingyin.text.yi_and_bu import yi_and_bu

# 儿 is a syllable of its own after or before these; elsewhere it is the suffix.
_FULL_ER_BEFORE = frozenset(
    "女孤婴幼健宠胎患产少生男弃托育乳侄孙妻小血浪能运潮宁佝低病犬骄娇甥汉一二两三木鹿卧兀奴台卡斡蔻莉菲祖酷丽"
)
_FULL_ER_AFTER = frozenset("子童女科歌孙媳化郎戏时")

_U_FINALS = frozenset(("u", "ou", "iou", "ao", "iao"))  # they end in [u]

_NEUTRAL_REDUPLICATED = frozenset(
    "看听说走想试坐问谈聊玩尝找笑算猜写读学用做讲逛管动帮摸闻查数量瞧转跑练唱歇洗擦敲拍见比"
)


def apply(words: Sequence[Word]) -> list[Word]:
    """All passes over the words of one phrase (between two pauses). Changes the syllables in place."""
    phrase = fuse_erhua([word for word in words if word])
    for change in _PASSES:
        change(phrase)
    return phrase


def fuse_erhua(words: Sequence[Word]) -> list[Word]:
    """The suffix 儿 becomes a mark on the syllable before it; a full syllable 儿 (儿子, 女儿) stays."""
    fused: list[Word] = []
    flat = [syllable for word in words for syllable in word]
    place = 0
    for word in words:
        kept: Word = []
        for syllable in word:
            before = kept[-1] if kept else (fused[-1][-1] if fused else None)
            after = flat[place + 1] if place + 1 < len(flat) else None
            place += 1
            if before is not None and _is_suffix(syllable, before, after):
                before.erhua = True
                before.end = syllable.position + 1 if syllable.end < 0 else syllable.end
            else:
                kept.append(syllable)
        if kept:
            fused.append(kept)
    return fused


def _is_suffix(syllable: Syllable, before: Syllable, after: Syllable | None) -> bool:
    return (
        syllable.char == "儿"
        and not syllable.fixed
        and not before.fixed
        and before.char not in _FULL_ER_BEFORE
        and bool(before.char)
        and not before.erhua
        and before.spelling != "er"
        and not (after is not None and after.char in _FULL_ER_AFTER)
    )


def neutral_tones(words: Sequence[Word]) -> None:
    """Words whose last syllable is light, particles, and reduplicated verbs (看看)."""
    for word in words:
        text = "".join(syllable.char for syllable in word)
        if text in NEUTRAL_WORDS and not word[-1].fixed:
            word[-1].tone = NEUTRAL_TONE
    pairs = [(word[index], word[index + 1]) for word in words for index in range(len(word) - 1)]
    pairs += [(left[0], right[0]) for left, right in pairwise(words) if len(left) == 1 and len(right) == 1]
    for before, syllable in pairs:
        if before.char == syllable.char and syllable.char in _NEUTRAL_REDUPLICATED and not syllable.fixed:
            if before.tone == 3 and not before.exact:
                before.tone = 2  # 走走 zou2 zou5: the sandhi is older than the lightness
            syllable.tone = NEUTRAL_TONE


def linked_a(words: Sequence[Word]) -> None:
    """The particle 啊 takes up the end of the syllable before it: 好啊 wa, 是啊 ra, 天啊 na, 我啊 ya."""
    flat = [syllable for word in words for syllable in word]
    for before, syllable in pairwise(flat):
        if syllable.char == "啊" and syllable.tone == NEUTRAL_TONE and not syllable.fixed and not before.erhua:
            syllable.spelling = _linked(before.spelling)


def _linked(spelling: str) -> str:
    final = SYLLABLES.get(spelling, ("", ""))[1]
    if final in _U_FINALS:
        return "wa"
    if final in ("iii", "er"):
        return "ra"
    if final.endswith("n"):
        return "na"
    if final.endswith("ng") or final in ("ii", ""):
        return "a"  # nga and za in careful speech; the symbol table has no such onset
    return "ya"


_PASSES: tuple[Callable[[Sequence[Word]], None], ...] = (neutral_tones, yi_and_bu, third_tones, linked_a)
