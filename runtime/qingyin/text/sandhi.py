"""Tone changes of connected Mandarin speech, as small passes over the words of one phrase.

Order: erhua, neutral tones, 一 and 不, third tones. The rules are those of Y. R. Chao (1968).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from qingyin.text.g2p import Syllable, Word
from qingyin.text.light_words import NEUTRAL_WORDS, POTENTIAL_BU
from qingyin.text.segmentation import segment
from qingyin.text.symbols import NEUTRAL_TONE

_DIGITS = frozenset("零〇一二三四五六七八九十")
_ORDINAL_BEFORE = frozenset("第初周") | _DIGITS | frozenset("百千万亿点")
_ORDINAL_AFTER = frozenset("月号楼班级")  # 一月, 一号: names, not counts
_YI_NAMES_AFTER = frozenset("统唯专单独归如其之")  # 统一, 唯一, 之一
_KEEPS_SANDHI = frozenset(
    "同每这那某另任有"
)  # 同一个, 每一天: 一 belongs to what follows though it ends the word

# 儿 is a syllable of its own after or before these; elsewhere it is the suffix.
_FULL_ER_BEFORE = frozenset(
    "女孤婴幼健宠胎患产少生男弃托育乳侄孙妻小血浪能运潮宁佝低病犬骄娇甥汉一二两三木鹿卧兀奴台卡斡蔻莉菲祖酷丽"
)
_FULL_ER_AFTER = frozenset("子童女科歌孙媳化郎戏时")

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


def yi_and_bu(words: Sequence[Word]) -> None:
    """一: yi2 before a fourth tone, else yi4, yi1 in numbers and at ends. 不: bu2 before a fourth."""
    flat = [syllable for word in words for syllable in word]
    for syllable in flat:  # the dictionary has sandhi in some words already
        if syllable.char == "一" and not syllable.fixed:
            syllable.tone = 1
    ends_word = {id(word[-1]) for word in words if len(word) > 1}
    for index, syllable in enumerate(flat):
        before = flat[index - 1] if index else None
        after = flat[index + 1] if index + 1 < len(flat) else None
        if syllable.fixed:
            continue
        if syllable.char == "不" and syllable.spelling == "bu":
            syllable.tone = _bu_tone(flat, index)
        elif syllable.char == "一":
            decimal = (
                index + 2 < len(flat) and flat[index + 1].char == "点" and flat[index + 2].char in _DIGITS
            )
            if not decimal:
                syllable.tone = _yi_tone(syllable, before, after, id(syllable) in ends_word)


def _citation(syllable: Syllable) -> int:
    """The tone that 一 and 不 react to: 个 counts as fourth even when light."""
    return 4 if syllable.char == "个" else syllable.tone


def _bu_tone(flat: Sequence[Syllable], index: int) -> int:
    before = flat[index - 1] if index else None
    after = flat[index + 1] if index + 1 < len(flat) else None
    if after is None:
        return 4
    if before is not None and before.char and _is_light_bu(before.char, after.char):
        return NEUTRAL_TONE  # 是不是, 来不及
    return 2 if _citation(after) == 4 else 4


def _is_light_bu(before: str, after: str) -> bool:
    return before == after or f"{before}不{after}" in POTENTIAL_BU


def _yi_tone(syllable: Syllable, before: Syllable | None, after: Syllable | None, ends_word: bool) -> int:
    if syllable.literal or after is None or after.char in _DIGITS or after.char in _ORDINAL_AFTER:
        return 1
    if before is not None:
        if (before.char in _YI_NAMES_AFTER and after.char not in "百千万亿") or (
            before.char == "月" and after.char in "日号"
        ):
            return 1
        if before.char == after.char and before.char:
            return NEUTRAL_TONE  # 看一看
        if before.char in _ORDINAL_BEFORE:
            return 1
        if ends_word and before.char not in _KEEPS_SANDHI:
            return 1
    return 2 if _citation(after) == 4 else 4


def third_tones(words: Sequence[Word]) -> None:
    """Third before third becomes second: inside words by their structure, then across the phrase."""
    for word in words:
        for group in _feet(word):
            for syllable, after in pairwise(group):
                _raise(syllable, after)
        for syllable, after in pairwise(word):
            _raise(syllable, after)
    for word, following in pairwise(words):
        _raise(word[-1], following[0])


def _raise(syllable: Syllable, after: Syllable) -> None:
    if syllable.tone == 3 and after.tone == 3 and not syllable.exact:
        syllable.tone = 2


def _feet(word: Word) -> list[Word]:
    """Inner structure of a word: 1+2 (小老虎) if only its last two are a word, else pairs (展览馆)."""
    if len(word) == 3:
        text = "".join(syllable.char for syllable in word)
        if len(segment(text[1:])) == 1 and len(segment(text[:2])) == 2:
            return [word[1:]]
        return [word[:2]]
    return [word[index : index + 2] for index in range(0, len(word), 2)]


_PASSES: tuple[Callable[[Sequence[Word]], None], ...] = (neutral_tones, yi_and_bu, third_tones)
