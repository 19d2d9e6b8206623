"""Exists to tell in Chinese what is wrong and what to do: the package's own messages are English.

Each pattern is one that a user of the page can meet; whatever has none is shown as it is, with a word of introduction.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files


@cache
def _messages() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of whole English messages with their Chinese, from errors_zh.tsv; # begins a comment."""
    text = files("qingyin.web").joinpath("errors_zh.tsv").read_text("utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((re.compile(pattern, re.DOTALL), chinese) for pattern, chinese in lines)


def in_chinese(message: str) -> str:
    """The Chinese for an English message of the package."""
    for pattern, chinese in _messages():
        found = pattern.fullmatch(message)
        if found is not None:
            return found.expand(chinese).replace("（）", "")  # of a group that has matched nothing
    return f"出错了：{message}"
