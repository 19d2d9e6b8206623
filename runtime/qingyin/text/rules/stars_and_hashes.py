"""* and # and the marks beside them: 3*4, C#, 5#楼, #话题#, 3★, ↑5, √ and × before words."""

from __future__ import annotations

from qingyin.text.characters import is_ascii_alnum, is_han, is_latin
from qingyin.text.items import SILENT
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, after, before, named

_SILENT = (Pause(SILENT),)
_LONGEST_TOPIC = 32
_TOPIC = lazily(r"#(?=[0-9])[^\s#，。；：]{2,30}#(?![0-9])")
_TOPIC_BEFORE = lazily(r"(?<![A-Za-z0-9])#[^\s#，。；：]{1,30}[0-9]#$")
_LIMIT = lazily(r"→ ?(?:([+-])(?=∞)|(?=∞|[+-]?[0-9]+(?![0-9A-Za-z])))")  # x→∞
_VARIABLE_BEFORE = lazily(r"(?<![A-Za-z0-9])[a-z] ?$")
COUNTED_BEFORE = lazily(r"[0-9][^，。！？；：]{0,6}$")


def star_or_hash(text: str, start: int) -> Reading | None:
    """3*4 乘, C# 井, 5#楼 号."""
    char, last, follows = text[start], text[start - 1 : start], text[start + 1 : start + 2]
    if char == "*" and is_ascii_alnum(before(text, start)[-1:]) and is_ascii_alnum(after(text, start + 1)[:1]):
        return named(start + 1, "乘")
    if char == "*" and is_han(last or "-") and follows.isdigit() and COUNTED_BEFORE.search(before(text, start)):
        return named(start + 1, "乘")  # 24小时*7天
    if char in "★☆" and last.isdigit():
        return named(start + 1, "星")
    if char in "↑↓" and follows.isdigit():
        return named(start + 1, "上升" if char == "↑" else "下降")
    if char == "×" and last and last in "长宽高厚深径底" and is_han(follows or " "):
        return named(start + 1, "乘")  # 长×宽×高
    if char in "√×" and follows and is_han(follows) and not is_ascii_alnum(last):
        return named(start + 1, "打勾" if char == "√" else "打叉")
    if char == "#" and _topic(text, start):
        return Reading(start + 1, _SILENT)
    if char == "#" and not is_ascii_alnum(last):
        return named(start + 1, "井号") if follows.isdigit() else _hash_as_a_bracket(text, start)
    if char == "#":
        keyed = is_latin(last) or (not is_han(follows) and text[max(0, start - 4) : start].isdigit() and start >= 4)
        return named(start + 1, "井" if keyed else "号")  # C#, 密码258369#; 5#楼
    limit = _LIMIT.match(text, start)
    if limit is not None and _VARIABLE_BEFORE.search(text[max(0, start - 3) : start]):
        return named(limit.end(), "趋于" + {"+": "正", "-": "负", None: ""}[limit[1]])
    if char == "→" and follows == last == " ":
        last, follows = text[start - 2 : start - 1], text[start + 2 : start + 3]
    if char == "→" and all(side and (is_han(side) or is_ascii_alnum(side)) for side in (last, follows)):
        return named(start + 1, "到")
    return None


def _topic(text: str, start: int) -> bool:
    """Whether the # opens or closes a topic that begins or ends with figures: #618#, #10月你好#."""
    if not is_ascii_alnum(text[start - 1 : start]) and _TOPIC.match(text, start):
        return True
    return _TOPIC_BEFORE.search(text[max(0, start - _LONGEST_TOPIC) : start + 1]) is not None


def _hash_as_a_bracket(text: str, start: int) -> Reading | None:
    """#话题# and #话题: silent, as quotes are."""
    ahead, follows = text[start - 1 : start], text[start + 1 : start + 2]
    closing = text.find("#", start + 1, start + _LONGEST_TOPIC)
    opening = text.rfind("#", max(0, start - _LONGEST_TOPIC), start)
    begins = is_han(follows or " ") and not is_han(ahead or " ")
    return Reading(start + 1, _SILENT) if closing > start + 1 or opening >= 0 or begins else None
