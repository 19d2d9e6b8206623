"""Finds where a reader would pause in a long stretch of text that has no mark: at the likeliest boundary of words.

Weights are log-odds of a pause of 200 ms or more, fitted by tools/learn_phrase_breaks.py (logistic regression) to two
speakers' readings of 1,000 unpunctuated sentences (AISHELL-1 sample, aligned with their recordings). Readers pause once
in about 23 syllables, at places that vary: of those chosen here one in four is theirs too, where chance would give one
in fourteen. In shorter stretches it is one in six; so pauses are put only where a stretch is too long for one breath.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qingyin.text.phrase_words import bias
from qingyin.text.verbs import VERBS

LONGEST_STRETCH = 22  # syllables: from 23 on, readers pause once or more on average
_MIN_PIECE = 6

_CONJUNCTIONS_TEXT = """
    和 与 及 以及 或 或者 而 但 并 并且 且 因为 所以 由于 如果 虽然 而且 但是 则 因此 不过 只是 同时 即使 即
"""
_PREPOSITIONS_TEXT = """
    在 从 对 向 把 被 由 为 于 以 用 跟 比 将 给 按 据 经过 通过 根据 随着 关于 对于 自 让 使 按照 针对 当 朝
"""
_REPORTING_TEXT = """
    称 说 表示 认为 指出 声称 透露 报道 显示 发现 预计 证实 宣布 强调 坦言 看来 告诉 表明 消息
"""
_LIGHT_TEXT = "的 了 着 过 地 得 们 等 吧 吗 呢 之 者 所 性 化 率 业 后 时 中 上 里 内 前 下 间 外"
_CONJUNCTIONS = frozenset(_CONJUNCTIONS_TEXT.split())
_PREPOSITIONS = frozenset(_PREPOSITIONS_TEXT.split())
_REPORTING = frozenset(_REPORTING_TEXT.split())
_BEING = frozenset({"是", "有", "为", "成为", "就是", "也是", "则是", "属于", "包括"})
_LIGHT = frozenset(_LIGHT_TEXT.split())
_ADVERB_BEGINS = frozenset("不也都还就却已仍将未没会能")
_FUNCTION = _CONJUNCTIONS | _PREPOSITIONS | _BEING | _LIGHT | _ADVERB_BEGINS | VERBS
_NUMERALS = frozenset("零一二三四五六七八九十百千万亿点两")
_INSIDE_A_NAME = 2.0  # by hand
_LEANING = frozenset("应须需可能会将已未最更很较太极再仍均皆曾")  # single words that a pause never follows
_LEANS = 2.0  # by hand
_ENDS_FOREIGN = frozenset("琳娜斯尔克特姆森德夫维顿逊莎丝")  # of names as transliterated: 卡塔 琳
_BINS = (3, 5, 7, 10, 14)
WEIGHTS: dict[str, float] = {
    "size after 1": -0.37, "size after 2": -0.77, "size after 3": -0.48, "after conjunction": 0.18,
    "after preposition": -0.06, "after reporting": 1.26, "after verb or adverb": -0.2, "after 的": -0.23,
    "size before 1": -0.68, "size before 2": -0.44, "size before 3": -0.49, "done<10": 0.3, "done<14": 0.4,
    "done<3": -1.44, "done<5": -0.87, "done<7": -0.49, "done>=14": 0.5, "left<10": 0.12, "left<14": 0.15,
    "left<3": -1.35, "left<5": -0.57, "left<7": -0.27, "left>=14": 0.31, "numeral": -0.87, "single characters": -0.42,
    "then adverb": 0.11, "then being": 0.41, "then conjunction": 0.38, "then light": -1.57, "then preposition": 0.25,
    "then word of 的": -0.59,
}  # fmt: skip


def _bin(name: str, syllables: int) -> str:
    return next((f"{name}<{edge}" for edge in _BINS if syllables < edge), f"{name}>={_BINS[-1]}")


def features(texts: Sequence[str], index: int, done: int, left: int) -> Iterator[str]:
    """What speaks for or against a pause between words index - 1 and index; `done`, `left`: syllables on each side."""
    before, after = texts[index - 1], texts[index]
    yield _bin("done", done)
    yield _bin("left", left)
    if after in _CONJUNCTIONS:
        yield "then conjunction"
    elif after in _PREPOSITIONS:
        yield "then preposition"
    elif after in _BEING:
        yield "then being"
    elif after[:1] in _ADVERB_BEGINS:
        yield "then adverb"
    elif after in _LIGHT:
        yield "then light"
    if before in _REPORTING:
        yield "after reporting"
    elif before in _PREPOSITIONS:
        yield "after preposition"
    elif before in _CONJUNCTIONS:
        yield "after conjunction"
    elif before == "的":
        yield "after 的"
    elif before in _BEING or before[:1] in _ADVERB_BEGINS:
        yield "after verb or adverb"
    yield f"size before {min(len(before), 3)}"
    yield f"size after {min(len(after), 3)}"
    if len(before) == len(after) == 1:
        yield "single characters"
    if before[-1:] in _NUMERALS and (after[:1] in _NUMERALS or len(after) == 1):
        yield "numeral"
    if texts[index + 1 : index + 2] == ["的"]:
        yield "then word of 的"


def _score(texts: Sequence[str], index: int, done: int, left: int) -> float:
    score = sum(WEIGHTS.get(name, 0.0) for name in features(texts, index, done, left))
    score += bias(texts[index - 1], texts[index])
    if texts[index - 1] in _LEANING:
        score -= _LEANS
    return score - _INSIDE_A_NAME if _parts_a_name(texts, index) else score


def _parts_a_name(texts: Sequence[str], index: int) -> bool:
    """Whether loose characters follow a word, as in a name that no list has: 塞尔, 瓦, 托."""
    loose = texts[index : index + 2]
    if loose[0] in _ENDS_FOREIGN and texts[index - 1] not in _FUNCTION:
        return True
    if len(loose) < 2 or texts[index - 1] in _FUNCTION:
        return False
    return all(len(text) == 1 and text not in _FUNCTION for text in loose)


def breaks(texts: Sequence[str], lengths: Sequence[int]) -> list[int]:
    """Indexes of the words before which to pause, so that no stretch is longer than LONGEST_STRETCH where that can be.

    texts: the words between two pauses, "" for those without Han characters; lengths: their syllables.
    """
    ends = [0]
    for length in lengths:
        ends.append(ends[-1] + length)
    found: list[int] = []
    open_stretches = [(0, len(texts))]
    while open_stretches:
        first, last = open_stretches.pop()
        if ends[last] - ends[first] <= LONGEST_STRETCH:
            continue
        row = list(texts[first:last])
        best, place = float("-inf"), 0
        for index in range(first + 1, last):
            done, left = ends[index] - ends[first], ends[last] - ends[index]
            if min(done, left) >= _MIN_PIECE:
                score = _score(row, index - first, done, left)
                if score > best:
                    best, place = score, index
        if place:
            found.append(place)
            open_stretches += [(first, place), (place, last)]
    return sorted(found)


def last_break(texts: Sequence[str], limit: int) -> int:
    """Where to cut words that are too long together: the best boundary at most `limit` characters on, in its last half.

    0 when there is none.
    """
    best, place, done, size = float("-inf"), 0, 0, sum(map(len, texts))
    for index in range(1, len(texts)):
        done += len(texts[index - 1])
        if done > limit:
            break
        if 2 * done >= limit or not place:
            score = _score(texts, index, done, size - done)
            if score >= best or 2 * place < limit:
                best, place = score, done
    return place
