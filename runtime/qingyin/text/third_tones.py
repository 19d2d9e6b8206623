"""Third-tone sandhi over prosodic words: which third tones become second depends on how the syllables group.

Feet as in Shih (1986) and Chen, Tone Sandhi (2000): words of several syllables are feet, one-syllable words pair up
from the left, and one that is left over joins the foot after it (买(好酒): 3 2 3) or, with none after it, the foot
before it ((了解)你: 2 2 3). The rule applies in the inmost pairs first, then outwards, last between feet.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from qingyin.text.g2p import Syllable, Word
from qingyin.text.segmentation import segment

_THIRD, _RAISED = 3, 2
_BINDING = frozenset("五九两几每往")  # numerals and prepositions, which no pause parts from what follows
_NUMERALS = frozenset("五九两几")  # they go with what they count
_SUFFIXES = frozenset("属等省府者所党馆里法语")
_SUFFIXES_OF_PERSONS = frozenset("长者")  # (小组)长
_Tree = Syllable | list["_Tree"]


def third_tones(words: Sequence[Word]) -> None:
    """Third before third becomes second, in the words of one phrase; in place."""
    flat = [syllable for word in words for syllable in word]
    if any(before.tone == _THIRD == after.tone for before, after in pairwise(flat)):
        _apply(_feet(_with_suffixes([_inner(word) for word in words])))


def _apply(tree: _Tree) -> None:
    if isinstance(tree, list):
        for part in tree:
            _apply(part)
        for part, after in pairwise(tree):
            if _edge(part, -1).tone == _THIRD == _edge(after, 0).tone and not _edge(part, -1).exact:
                _edge(part, -1).tone = _RAISED


def _edge(tree: _Tree, side: int) -> Syllable:
    """The first (0) or last (-1) syllable."""
    while isinstance(tree, list):
        tree = tree[side]
    return tree


def _inner(word: Word) -> _Tree:
    """Structure of a word: 1+2 (小老虎) if only its last two are a word, else pairs (展览馆)."""
    if len(word) == 1:
        return word[0]
    if len(word) == 3 and all(syllable.tone == _THIRD for syllable in word):
        text = "".join(syllable.char for syllable in word)
        small = text[0] in "小老" and text[2] not in _SUFFIXES_OF_PERSONS  # 小(雨伞), though 小雨 is a word
        if len(segment(text[1:])) == 1 and (small or len(segment(text[:2])) == 2):
            return [word[0], [word[1], word[2]]]
    return [list(word[start : start + 2]) for start in range(0, len(word), 2)]


def _with_suffixes(units: Sequence[_Tree]) -> list[_Tree]:
    """者 belongs to the word of several syllables before it, whatever it is followed by: (演讲者)走上台."""
    joined: list[_Tree] = []
    for unit in units:
        if isinstance(unit, Syllable) and unit.char == "者" and joined and isinstance(joined[-1], list):
            joined[-1] = [joined[-1], unit]
        else:
            joined.append(unit)
    return joined


def _feet(units: Sequence[_Tree]) -> list[_Tree]:
    """Groups the one-syllable words that have a third tone; what they border on may take the last of them."""
    units = _doubled(units)
    feet: list[_Tree] = []
    index = 0
    while index < len(units):
        end = index
        while end < len(units) and _is_loose(units[end]):
            end += 1
        loose = list(units[index:end])
        after = units[end] if end < len(units) else None
        if len(loose) % 2 and after is not None and _edge(after, 0).tone == _THIRD:
            feet += [*_pairs(loose[:-1]), [loose[-1], after]]
        elif len(loose) == 1 and feet and _edge(feet[-1], -1).tone == _THIRD:
            feet[-1] = [feet[-1], loose[0]]
            feet += [] if after is None else [after]
        elif len(loose) == 2 and feet and _edge(loose[1], 0).char == "等":  # (书写)法, 等: it closes a list
            feet[-1] = [feet[-1], loose[0]]
            feet += [loose[1]] if after is None else [loose[1], after]
        else:
            odd = len(loose) % 2
            feet += _pairs(loose[: -3 * odd or None] if len(loose) > 1 else [])
            if odd:
                feet.append(loose[0] if len(loose) == 1 else _three(loose[-3:]))
            feet += [] if after is None else [after]
        index = end + 1
    return feet


def _doubled(units: Sequence[_Tree]) -> list[_Tree]:
    """A syllable said twice is a foot of its own: 溅起(朵朵)水花."""
    joined: list[_Tree] = []
    for unit in units:
        last = joined[-1] if joined else None
        if _is_loose(unit) and last is not None and _is_loose(last) and _edge(unit, 0).char == _edge(last, 0).char:
            joined[-1] = [last, unit]
        else:
            joined.append(unit)
    return joined


def _three(loose: list[_Tree]) -> _Tree:
    """Three in a row: 我很好 goes with its end, but 五所法(学院), 往北走, 吻鳕属, 给你两(斤) with their beginning."""
    first, last = _edge(loose[0], 0).char, _edge(loose[2], 0).char
    begins = first in _BINDING or last in _SUFFIXES or last in _NUMERALS
    return [loose[:2], loose[2]] if begins else [loose[0], loose[1:]]


def _is_loose(unit: _Tree) -> bool:
    return isinstance(unit, Syllable) and unit.tone == _THIRD


def _pairs(units: Sequence[_Tree]) -> list[_Tree]:
    return [list(units[start : start + 2]) for start in range(0, len(units), 2)]
