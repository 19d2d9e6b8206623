"""What rules are made of, and how they look around themselves.

A rule takes (canonical text, start) and gives None or a Reading of text[start:end]. Rules look at most
WINDOW characters back and match bounded patterns, so that a row of them stays linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qingyin.text.characters import is_han
from qingyin.text.items import SILENT
from qingyin.text.patterns import lazily
from qingyin.text.units import LIANG_MEASURES, MEASURES

WINDOW = 12


@dataclass(frozen=True)
class Say:
    """Chinese words that stand for figures or signs."""

    text: str
    literal: bool = False  # digit string: 一 keeps its tone


@dataclass(frozen=True)
class Spell:
    """Latin letters of the text, said by name."""

    start: int  # indexes into the canonical text
    end: int


@dataclass(frozen=True)
class English:
    """A word said in English, whether the text has its letters or figures that stand for it."""

    written: str
    syllables: tuple[str, ...]  # as english_phones writes them; pinyin for names written in pinyin
    start: int  # index into the canonical text


@dataclass(frozen=True)
class Pause:
    """A mark of the pause table, or SILENT."""

    mark: str


@dataclass(frozen=True)
class Leave:
    """A stretch that is not said, with the reason to report."""

    start: int
    end: int
    reason: str


Part = Say | Spell | English | Pause | Leave


@dataclass(frozen=True)
class Reading:
    """How text[start:end] is said."""

    end: int
    parts: tuple[Part, ...]
    note: str = ""


Rule = Callable[[str, int], "Reading | None"]


def before(text: str, start: int, size: int = WINDOW) -> str:
    """The `size` characters before `start`, without spaces at the end."""
    return text[max(0, start - size) : start].rstrip()


def after(text: str, end: int, size: int = WINDOW) -> str:
    """The `size` characters from `end` on, without spaces at the start."""
    return text[end : end + size].lstrip()


_PAID = lazily("支[出付取持]")  # 尾号8816支出: no measure


def measure_after(text: str, end: int) -> str:
    """The measure word that follows (after at most one space), or ""."""
    if text[end : end + 1] == " ":
        end += 1
    for size in (3, 2, 1):
        word = text[end : end + size]
        if len(word) == size and word in MEASURES:
            return "" if _PAID.match(text, end) else word
    return ""


_ORDINAL = lazily(r"(?:第|星期|周|礼拜|民国|公元前?|前|昭和|平成|令和|明治|大正|元年)$")
_GAP = lazily(r"(?:^|[^岁年月天时分米元块斤里])[零〇]$")  # but 2岁零2个月
_ROOMS_BEFORE = lazily(r"[0-9一二两三四五六][室房厅]$")  # 3室2厅
_COMPARED = lazily(r"[0-9一二三四五六七八九十]比$")
_SECOND = lazily(  # names, in which 2 counts nothing: 2次元, 2人转, 2站台
    "次(?:元(?!一)|函数|型|曲线|方程|多项式|开发|革命|污染|供水|加工|利用|就业|创业|分配|感染|确认|创作|转让|收费)|人转|人世界"
    "|把手|胎(?![次个])|站台|分法|元论|部曲|声部|段式|级域名"
)
_ENTRANCES = frozenset("口座门层幢栋")
_LONE_CAPITAL = lazily(r"(?<![A-Za-z0-9])[A-Z]$")  # B2口
_ERA = lazily(r"(?:[元定平化治正和宁兴德熙祐庆祚康安历成通统泰顺天光道丰绪隆观皇启武文宗帝王]|时期)$")


def counts(text: str, start: int, end: int) -> bool:
    """Whether the number text[start:end] counts what follows, so that 2 is 两: 2个, 2小时, not 2月, 第2天."""
    measure, ahead = measure_after(text, end), before(text, start)
    if text[end : end + 1] in ("厅", "卫") and _ROOMS_BEFORE.search(ahead):
        return True
    if measure not in LIANG_MEASURES:
        return False
    if _ORDINAL.search(ahead) or (_GAP.search(ahead) and not text[start - 1 : start].isspace()):  # 一百零2条
        return False
    below = measure == "层" and ahead.endswith(("楼-", "栋-", "幢-", "座-"))  # 3号楼-2层
    if below or (measure == "大" and _COMPARED.search(ahead)):  # 3比2大
        return False
    if measure in _ENTRANCES and _LONE_CAPITAL.search(ahead):
        return False
    if _SECOND.match(text, end) or text[end : end + 2] == "次方":
        return False
    return not (measure == "年" and _ERA.search(ahead))  # 元祐2年


def follows_han(text: str, end: int) -> bool:
    """Whether a Han character comes next."""
    return end < len(text) and is_han(text[end])


def named(end: int, name: str, note: str = "") -> Reading:
    """A reading up to `end` that is one name, apart from the next word."""
    return Reading(end, (Say(name), Pause(SILENT)), note)
