"""Figures with a / after them that make no fraction: 18/25℃, 24/7, 3500/月."""

from __future__ import annotations

from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.parts import Pause, Reading, Say, before

_DEGREES = lazily(r"([0-9]{1,2})(?:℃|°C?|度)?/(-?)([0-9]{1,2}) ?(℃|°C|摄氏度)")
_ALWAYS = lazily(r"24/7(/365)?(?![0-9/.%])")
_PRICE = lazily(rf"({NUMBER})(?:元)?/(?=[月天年晚人次件斤位台盒瓶箱套间节张份只支双包袋平桌场亩吨](?!代))")
_PRICE_LEAST = 10  # 3/月 may be a choice
_LISTED_BEFORE = lazily(r"[0-9第]/?$")


def pair(text: str, start: int) -> Reading | None:
    """18/25℃ 十八到二十五摄氏度, 24/7, 3500/月 三千五百每月."""
    slash = text.find("/", start + 1, start + 14)
    if slash < 0:
        return None
    if match := _DEGREES.match(text, start):
        low, minus, high, _ = match.groups()
        freezing = "零下" if minus else ""
        return Reading(match.end(), (Say(f"{number_words(low)}到{freezing}{number_words(high)}摄氏度"), Pause(SILENT)))
    if (match := _ALWAYS.match(text, start)) and not _LISTED_BEFORE.search(before(text, start)):
        year = (Say("三百六十五"), Pause(SILENT)) if match[1] else ()
        return Reading(match.end(), (Say("二十四"), Pause(SILENT), Say("七"), Pause(SILENT), *year))
    match = _PRICE.match(text, start)
    if match is None or _LISTED_BEFORE.search(before(text, start)):
        return None
    token = match[1]
    if float(token.replace(",", "")) < _PRICE_LEAST and "." not in token:
        return None
    unit = "元" if text[match.end() - 2] == "元" else ""
    return Reading(match.end(), (Say(number_words(token) + unit + "每"),))
