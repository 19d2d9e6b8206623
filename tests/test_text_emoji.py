"""Emoji: named, skipped or reported, and never half of one."""

from __future__ import annotations

import pytest

from qingyin.text import analyse
from qingyin.text.emoji import EMOJI_NAMES


def said(text: str) -> str:
    return "".join(word.text for sentence in analyse(text).sentences for word in sentence.words)


@pytest.mark.parametrize(
    ("text", "expected", "unspoken"),
    [
        ("你好😀。", "你好笑脸", []),
        ("👍🏻", "点赞", []),
        ("好❤️", "好爱心", []),
        ("哈😂😂😂", "哈笑哭", []),
        ("😂👍", "笑哭点赞", []),
        ("🇨🇳好", "好", [("🇨🇳", 0)]),
        ("👨‍👩‍👧好", "好", [("👨‍👩‍👧", 0)]),
        ("好🧿🏽呀", "好呀", [("🧿🏽", 1)]),
    ],
)
def test_named_or_reported(text: str, expected: str, unspoken: list[tuple[str, int]]) -> None:
    assert said(text) == expected
    assert [(item.text, item.position) for item in analyse(text).unspoken] == unspoken


def test_a_row_of_one_emoji_is_named_once_and_noted() -> None:
    (note,) = analyse("哈😂😂😂").notes
    assert (note.text, note.position, note.message) == ("😂😂😂", 1, "emoji named once")


def test_skipped_emoji_are_reported() -> None:
    analysis = analyse("好👍🏻❤️呀", emoji="skip")
    assert analysis.sentences[0].syllables == ("hao3", "ya5")
    assert "".join(item.text for item in analysis.unspoken) == "👍🏻❤️"
    with pytest.raises(ValueError, match="unknown way with emoji"):
        analyse("好", emoji="shout")  # type: ignore[arg-type]


def test_every_name_can_be_said() -> None:
    for emoji, name in EMOJI_NAMES.items():
        analysis = analyse(emoji)
        assert not analysis.unspoken and "".join(word.text for word in analysis.sentences[0].words) == name
