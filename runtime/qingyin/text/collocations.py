"""Readings of one-character words that what stands directly before or after decides: 系 before 安全带 is ji4.

A line of collocations.txt is a character, a reading, and regular expressions parted by blanks, of which one must fit:
those after `>` what follows (with an aspect particle, a count or a possessor between: 系好一条安全带), those after `<`
what goes before; `before~after` asks for both. Of several readings that fit, the one with the longest match counts.
A line that ends in `=` names the reading of a character wherever nothing else decides: the model is not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from qingyin.text.patterns import lazily

_BETWEEN = "[着了过上好完]{0,2}(?:(?:这|那|[一两几])?[条根个件把口道棵片只面张杯碗双对块盘些点]|[我你他她您]的)?"
_NUMERAL = "[一二两三四五六七八九十百千几半]"
_REACH = 16  # characters to each side that are looked at

DEFAULT = "="

_Rule = tuple[str, "re.Pattern[str] | None", "re.Pattern[str] | None"]  # reading, what goes before, what follows


@cache
def _lines() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    text = files("qingyin.text").joinpath("collocations.txt").read_text("utf-8")
    for line in text.replace("{N}", _NUMERAL).splitlines()[1:]:
        found.setdefault(line[0], []).append(line[2:])
    return found


@cache
def _rules(char: str) -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for line in _lines().get(char, ()):
        reading, side, *entries = line.split()
        if side == DEFAULT:
            continue
        both = [entry for entry in entries if "~" in entry]
        single = "|".join(entry for entry in entries if "~" not in entry)
        if single and side == ">":
            rules.append((reading, None, lazily(f"{_BETWEEN}(?:{single})")))
        elif single:
            rules.append((reading, lazily(f"(?:{single})$"), None))
        for entry in both:
            before, _, after = entry.partition("~")
            rules.append((reading, lazily(f"(?:{before})$"), lazily(after)))
    return tuple(rules)


@cache
def usual_reading(char: str) -> str | None:
    """Reading of a one-character word about which nothing says anything; None leaves it to the model."""
    return next((line.split()[0] for line in _lines().get(char, ()) if line.endswith(DEFAULT)), None)


def collocation(words: Sequence[str], index: int) -> str | None:
    """Reading of the one-character word words[index] of a clause by what stands beside it; None if nothing fits."""
    rules = _rules(words[index])
    if not rules:
        return None
    ahead = "".join(words[max(0, index - _REACH) : index])[-_REACH:]
    behind = "".join(words[index + 1 : index + 1 + _REACH])
    longest, chosen = -1, None
    for reading, before, after in rules:
        length = 0
        if before is not None:
            if (fit := before.search(ahead)) is None:
                continue
            length += len(fit.group())
        if after is not None:
            if (fit := after.match(behind)) is None:
                continue
            length += len(fit.group())
        if length > longest:
            longest, chosen = length, reading
    return chosen
