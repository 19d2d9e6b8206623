"""Word boundaries: the likeliest words of a run of characters, by what is common and what the dictionary knows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from qingyin.text.items import Mark, Spoken
from qingyin.text.light_words import NEUTRAL_WORDS
from qingyin.text.reading_table import reading_table
from qingyin.text.readings import WORDS
from qingyin.text.words import EVERYDAY_COST, RARE_CHARACTER, RARE_WORD, WORDS_BY_COST

_MAX_WORD = 8
_DIGIT_GROUP = 4
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿兆点")
_MEASURES = frozenset("月号日度年天个名位次只种岁点分秒元块")
_LARGE_UNITS = frozenset("百千万亿兆点")


@cache
def _word_costs() -> dict[str, int]:
    """Word or character -> -ln of its share of running words."""
    listed = {word: cost for cost, words in WORDS_BY_COST.items() for word in words.split()}
    return dict.fromkeys(NEUTRAL_WORDS, EVERYDAY_COST) | listed


def segment(run: str) -> list[str]:
    """The likeliest words of a run of Han characters: unigram model, Viterbi from the right. Linear time."""
    phrases, costs = reading_table(), _word_costs()
    size = len(run)
    rest = [0] * (size + 1)  # cost of run[start:]
    lengths = [1] * size  # length of the first word of run[start:]
    for start in range(size - 1, -1, -1):
        least = rest[start + 1] + costs.get(run[start], RARE_CHARACTER)
        for length in range(2, min(_MAX_WORD, size - start) + 1):
            word = run[start : start + length]
            cost = costs.get(word)
            if cost is None:
                if word not in phrases and word not in WORDS:
                    continue
                cost = RARE_WORD
            if rest[start + length] + cost <= least:
                least, lengths[start] = rest[start + length] + cost, length
        rest[start] = least
    words, start = [], 0
    while start < size:
        words.append(run[start : start + lengths[start]])
        start += lengths[start]
    return words


def _join_numerals(words: list[str]) -> list[str]:
    """Numerals are no dictionary words: 二 十 九 is made one word, 一百 二十三 two (by large units)."""
    joined: list[str] = []
    open_numeral = False
    for word in words:
        numeral = all(char in _NUMERALS for char in word)
        counted = len(word) == 2 and word[0] in _NUMERALS and word[1] in _MEASURES  # 五号 after 十
        if (numeral or counted) and open_numeral and len(joined[-1]) < 4:
            joined[-1] += word
        else:
            joined.append(word)
        open_numeral = numeral and word[-1] not in _LARGE_UNITS
    return joined


@dataclass(frozen=True)
class Cut:
    """A word that segmentation found."""

    items: tuple[Spoken, ...]
    text: str
    given: bool  # its readings come from outside


Clause = tuple[list[Cut], Mark | None]  # what lies between two marks, and the mark that ends it


def clauses(items: Sequence[Spoken | Mark]) -> list[Clause]:
    """The items of a sentence, cut at its marks and into words."""
    found: list[Clause] = []
    run: list[Spoken] = []
    for item in items:
        if isinstance(item, Spoken):
            run.append(item)
        else:
            found.append((list(_cut(run)), item))
            run = []
    if run:
        found.append((list(_cut(run)), None))
    return found


def _cut(items: Sequence[Spoken]) -> Iterator[Cut]:
    start = 0
    while start < len(items):
        given = bool(items[start].reading)
        end = start + 1
        while end < len(items) and bool(items[end].reading) == given and not items[end].starts_word:
            end += 1
        run = items[start:end]
        text = "".join(item.char for item in run)
        if given:
            yield Cut(tuple(run), text, True)
        else:
            offset = 0
            for word in _words(text, all(item.literal for item in run)):
                yield Cut(tuple(run[offset : offset + len(word)]), word, False)
                offset += len(word)
        start = end


def _words(text: str, literal: bool) -> list[str]:
    if literal and "幺" in text:  # telephone numbers: groups are words
        return [text[place : place + _DIGIT_GROUP] for place in range(0, len(text), _DIGIT_GROUP)]
    return _join_numerals(segment(text))
