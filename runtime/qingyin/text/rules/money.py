"""Amounts with a currency sign or code before them; units after them are in quantities."""

from __future__ import annotations

import re

from qingyin.text.characters import is_han
from qingyin.text.items import SILENT
from qingyin.text.numbers import NUMBER, count_words, number_words
from qingyin.text.patterns import lazily
from qingyin.text.rules.everyday import large_words
from qingyin.text.rules.parts import Pause, Reading, Say, before
from qingyin.text.units import unit_at

CURRENCIES = {
    "¥": "元", "$": "美元", "€": "欧元", "£": "英镑", "₩": "韩元", "₽": "卢布", "฿": "泰铢", "₹": "卢比", "₫": "越南盾",
    "₿": "比特币", "US$": "美元", "HK$": "港元", "NT$": "新台币", "A$": "澳元",
    "AU$": "澳元", "C$": "加元", "CA$": "加元",
    "S$": "新加坡元", "R$": "雷亚尔", "JP¥": "日元", "CN¥": "元",
    "USD": "美元", "CNY": "元", "RMB": "元", "EUR": "欧元",
    "JPY": "日元", "GBP": "英镑", "HKD": "港元",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_DOLLARS_BEFORE = lazily(r"(?:港币|港元|新台币|台币|澳元|加元|新元|澳币|美元|美金|新加坡元)[为是约:：]? ?$")
_AMOUNT = lazily(
    rf"({_SIGN}) ?(-)?({NUMBER})(?: ?[-~—] ?(?:{_SIGN})?({NUMBER}))? ?"
    r"((?:[千百十]?万|[千百十])?亿|[千百十]?万|百|千|(?:[kKMBm]|bn|mn|million|billion|trillion)(?![A-Za-z]))?"
)


def _words(token: str, unit: str) -> str:
    whole, _, decimals = token.partition(".")
    trimmed = f"{whole}.{decimals.rstrip('0')}".rstrip(".") if decimals else whole  # 3.50元 is 三点五元
    return (count_words(trimmed) if unit[:1] != "十" else number_words(trimmed)) + unit


def amount(text: str, start: int) -> Reading | None:
    """￥3.50, $12, US$1,000, €5-10, £3万."""
    match = _AMOUNT.match(text, start)
    if match is None:
        return None
    sign, minus, first, last, unit = match.groups()
    unit, name, end = unit or "", CURRENCIES[sign], match.end()
    if sign == "$" and _DOLLARS_BEFORE.search(before(text, start)):
        name = "元"  # 港币$258
    if unit.isascii() and unit:
        words = large_words(first, unit) if not last else f"{large_words(first, unit)}到{large_words(last, unit)}"
        return Reading(end, (Say(("负" if minus else "") + words + name), Pause(SILENT)))
    for written in (name, "人民币" + name):
        if text.startswith(written, end):  # $12美元
            end += len(written)
    spoken = ("负" if minus else "") + _words(first, "" if last else unit)
    if last:
        spoken += "到" + _words(last, unit)
    if text[end : end + 1] == "/" and end + 1 < len(text) and is_han(text[end + 1]):
        return Reading(end + 1, (Say(spoken + name + "每"),))  # ¥99/月
    if text[end : end + 1] == "/" and (measure := unit_at(text, end + 1))[0]:
        return Reading(measure[1], (Say(f"{spoken}{name}每{measure[0]}"), Pause(SILENT)))  # ¥30/m²
    return Reading(end, (Say(spoken + name), Pause(SILENT)))
