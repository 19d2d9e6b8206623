"""Figures set against each other: scores with a dash or a colon, proportions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qingyin.text.characters import is_latin
from qingyin.text.numbers import NUMBER, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.dates import is_ratio
from qingyin.text.rules.equations import in_equation
from qingyin.text.rules.parts import Part, Reading, Say, after, before, measure_after
from qingyin.text.units import unit_at

_RATIO = lazily(rf"({NUMBER})((?::{NUMBER}){{1,6}})(?![0-9:])")
_SCORE = lazily(r"([0-9]{1,3})-([0-9]{1,3})(?![0-9-]|\.[0-9])")
_SCORE_BEFORE = lazily(
    r"(?:以|以[0-9]{1,3}-[0-9]{1,3}[和、及]|比分|总分|扳成|战成|打成|比数)(?:总比分|总分|大比分)?[为是]?[:：]?$"
)
_SCORE_AFTER = lazily(
    r"[,，)）]{0,2}(?:战胜|击败|获胜|取胜|大胜|险胜|完胜|力克|领先|落后|不敌|负于|输给|逆转|告负|战平|"
    r"的?比分|先拔|带走|闷平|握手言和|[小轻]胜|轻取|反超|[落告]败|晋级|夺冠|血洗|轻松拿下|拿下|丢掉|击退|淘汰|横扫|输|赢|胜(?![任地利])|惨败|惜败|大败|绝杀|告捷|逼平)"
)
_NIL = lazily(r"0-(?:1[0-9]|[0-9])(?![0-9.-])(?=[一-鿿](?<![之的到至区范分是为时和与或]))")  # 中国0-4西班牙
_TEAM_BEFORE = lazily(r"[一-鿿](?<![从在由值为是约达到用选取度级])$")
_PAIR = lazily(r"([0-9]{1,3})-([0-9]{1,3})")
_PAIRS_BEFORE = lazily(r"(?<![0-9-])(?:[0-9]{1,3}-[0-9]{1,3}[、，,和及 ]{1,2})+$")
_PAIRS_AFTER = lazily(r"(?:[、，,和及 ]{1,2}[0-9]{1,3}-[0-9]{1,3}(?![0-9-]))+")
_PAIRS_WITHIN = 40


def score(text: str, start: int) -> Reading | None:
    """2-1获胜, 以4-3: a dash between points; a larger first figure can be no range."""
    match = _SCORE.match(text, start)
    if match is None or (start and (is_latin(text[start - 1]) or text[start - 1] in "-.")):
        return None
    decided = _SCORE_AFTER.match(after(text, match.end()))
    measured = not decided and (measure_after(text, match.end()) or unit_at(text, match.end())[0])  # 战 of 4-1战胜
    told = decided or _SCORE_BEFORE.search(before(text, start))
    told = told or (_NIL.match(text, start) and _TEAM_BEFORE.search(text[max(0, start - 1) : start]))
    if measured or not (told or _among_scores(text, start, match.end())) or in_equation(text, match.end() - 1):
        return None
    return Reading(match.end(), to_each_other(match.groups()))


def to_each_other(figures: Sequence[str]) -> tuple[Part, ...]:
    """Figures with 比 between them; each is the name of a number, so that 一 keeps its tone: 2-1取胜."""
    parts: list[Part] = []
    for figure in figures:
        spoken = number_words(figure)
        parts += [*([Say("比")] if parts else []), Say(spoken, literal=spoken == "一")]
    return tuple(parts)


def _among_scores(text: str, start: int, end: int) -> bool:
    """Whether a list of pairs has one that falls, so that it is no range: 25-21、23-25."""
    ahead = _PAIRS_BEFORE.search(text[max(0, start - _PAIRS_WITHIN) : start])
    behind = _PAIRS_AFTER.match(text[end : end + _PAIRS_WITHIN])
    if behind is not None and measure_after(text, end + behind.end()):
        return False
    listed = (ahead.group() if ahead else "") + (behind.group() if behind else "")
    return any(int(one) > int(other) for one, other in _PAIR.findall(listed))


def ratio(text: str, start: int) -> Reading | None:
    """3:2, 1:0.5:240."""
    match = _RATIO.match(text, start)
    if match is None:
        return None
    tokens = [match.group(1), *match.group(2).split(":")[1:]]
    if len(tokens) == 2 and re.match("0[0-9]", tokens[1]) and not is_ratio(text, start, match.end()):
        return None  # 25:03 is no proportion
    return Reading(match.end(), to_each_other(tokens))
