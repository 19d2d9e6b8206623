"""Tells line breaks that only keep lines short from those that mean something, so that wrapped prose is read on.

A break is a wrap where the sentence plainly goes on (the line ends with a comma), or where a line without a mark at
its end is as wide as the lines around it and these are prose. Lists, headings, verse, speakers' names, quotations and
tables keep their breaks.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from qingyin.text.characters import is_han
from qingyin.text.patterns import lazily

_NEIGHBOURS = 6  # lines looked at on each side
_LONGEST_LINE = 400  # characters; a longer line is a paragraph of its own
_SLACK = 12  # columns by which wrapped lines differ: a long Latin word that did not fit
_WIDE = 40  # columns from which on a line may be wrapped prose by its width and marks inside it alone
_NARROW = 16  # columns below which it never is
_ENDS = frozenset("。！？；：…!?;:.~～")
_CLOSING = frozenset("\"'”’」』）)】》〉]")
_GOES_ON = frozenset("，、,—")
_MARK_INSIDE = lazily(r"[，。！？；、,.;:：](?=.)")
_MARK_AT_END = lazily(r"[，。！？；：、…,.!?;:]['\"”’」』）)]{0,2}\s*$")
# What begins a line of its own: bullets, numbers, headings, quotations, tables, rulers, a speaker's name.
_OWN_LINE = lazily(
    r"\s*(?:[-*+•·→](?:\s|(?=[^\w\s]))|[●○■□◆◇▪▫▶►▸➢➤◎★☆✓✔]"
    r"|[0-9]{1,3}[.、)）．](?![0-9])|[（(][0-9一二三四五六七八九十]{1,3}[)）]|[①-⑳❶-➓]"
    r"|[一二三四五六七八九十]{1,3}[、．.]|第[0-9一二三四五六七八九十百零]{1,4}[章节回条卷篇部]|[A-Za-z][.)）]\s|[#>|=~`$]|[-=_*]{3,})"
)
_LABEL = lazily(r"[^，。！？：:；\s]{1,8}[：:](?!//)")  # a speaker, or what a value belongs to
_NEVER_FIRST = frozenset("，。、；：！？）”’」』》〉】%％℃")
_NEVER_LAST = frozenset("（(“‘「『《〈【")
_SENTENCE_END = lazily(r"[。！？；!?]|\.(?:\s|$)")


def is_wrap(text: str, newline: int) -> bool:
    """Whether the line break at text[newline] falls inside a sentence."""
    above = _line_before(text, newline)
    below = _line_after(text, newline)
    if above is None or below is None:
        return False
    upper, lower = above.strip(), below.strip()
    if not upper or not lower or _OWN_LINE.match(below):
        return False
    if lower[0] in _NEVER_FIRST or upper[-1] in _NEVER_LAST:
        return True
    bare = upper.rstrip("".join(_CLOSING))
    last = (bare or upper)[-1]
    if last in _ENDS or upper[0] in "#|>" or not _begins_text(lower[0]):
        return False
    if last in _GOES_ON:
        return True
    if not (is_han(last) or last.isalnum()):
        return False
    width = _width(above.rstrip())
    if width < _NARROW:
        return False
    lines = _neighbours(text, newline)
    if not any(_SENTENCE_END.search(line) for line in lines):
        return False  # a list
    widest = max(_width(line) for line in lines)
    if width + _SLACK < widest:
        return False
    if _LABEL.match(lower) and (widest < _WIDE or _LABEL.match(upper)):
        return False
    if widest >= _WIDE and (_MARK_INSIDE.search(upper) or _MARK_INSIDE.search(lower)):
        return True
    return width + _SLACK // 2 >= widest and any(_MARK_AT_END.search(line) for line in lines)


def _begins_text(char: str) -> bool:
    return is_han(char) or char.isalnum() or char in "“‘「『《（(\"'，、"


def _line_before(text: str, newline: int) -> str | None:
    start = text.rfind("\n", max(0, newline - _LONGEST_LINE), newline) + 1
    if not start and newline > _LONGEST_LINE:
        return None
    return text[start:newline]


def _line_after(text: str, newline: int) -> str | None:
    start = newline + 1
    end = text.find("\n", start, start + _LONGEST_LINE)
    if end < 0:
        if len(text) > start + _LONGEST_LINE:
            return None
        end = len(text)
    return text[start:end]


def _neighbours(text: str, newline: int) -> list[str]:
    """The lines of the paragraph around a break, as far as they are looked at."""
    lines: list[str] = []
    place = newline
    for _ in range(_NEIGHBOURS):
        line = _line_before(text, place)
        if line is None or not line.strip():
            break
        lines.append(line.rstrip())
        place -= len(line) + 1
        if place < 0:
            break
    place = newline
    for _ in range(_NEIGHBOURS):
        line = _line_after(text, place)
        if line is None or not line.strip():
            break
        lines.append(line.rstrip())
        place += len(line) + 1
        if place >= len(text):
            break
    return lines


@lru_cache(maxsize=256)
def _width(line: str) -> int:
    """Columns: Han characters and wide marks take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)
