"""How the numerals that stand for figures are pronounced, and what of a text is reported as not said."""

from __future__ import annotations

import pytest

from qingyin.text import analyse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("銀行", "yin2 hang2"),
        ("長大", "zhang3 da4"),
        ("頭髮", "tou2 fa5"),
        ("髮", "fa4"),
        ("三隻", "san1 zhi1"),
        ("音樂", "yin1 yue4"),
        ("1月1日", "yi1 yue4 yi1 ri4"),
        ("1", "yi1"),
        ("11个", "shi2 yi1 ge4"),
        ("1个", "yi2 ge4"),
        ("1-3个", "yi1 dao4 san1 ge4"),
        ("2011年", "er4 ling2 yi1 yi1 nian2"),
        ("3.1", "san1 dian3 yi1"),
        ("第1次", "di4 yi1 ci4"),
        ("拨打110", "bo1 da3 yao1 yao1 ling2"),
        ("1只", "yi4 zhi1"),
    ],
)
def test_readings_of_figures(text: str, expected: str) -> None:
    assert " ".join(s for sentence in analyse(text).sentences for s in sentence.syllables) == expected


def test_digit_groups_of_telephone_numbers_are_words() -> None:
    (sentence,) = analyse("13800138000").sentences
    assert [word.text for word in sentence.words] == ["幺三八", "零零幺三", "八零零零"]


@pytest.mark.parametrize(
    ("text", "unspoken"),
    [
        ("见https://a.cn。", [("https://", 1, "scheme of an address")]),
        ("我Ελλάδα。", [("Ελλάδα", 1, "script not supported: greek")]),
        ("好※1", [("※", 1, "symbol")]),
        ("１２３｜好", [("｜", 3, "symbol")]),
    ],
)
def test_what_rules_leave_is_reported_in_place(text: str, unspoken: list[tuple[str, int, str]]) -> None:
    assert [(u.text, u.position, u.reason) for u in analyse(text).unspoken] == unspoken
