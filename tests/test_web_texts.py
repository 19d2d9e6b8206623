"""What the page does with texts, apart from any browser: readings written into them, segments, languages, messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.errors import MarkupError, TextError
from qingyin.web.errors_zh import in_chinese
from qingyin.web.pronunciations import readings, with_reading
from qingyin.web.segments import segments
from qingyin.web.words import LANGUAGES, Words, language_of


def chosen(source: str, shown: str, reading: str) -> str:
    """The text after the first character shown so was given a reading."""
    item = next(item for item in readings(source).items if item.text == shown)
    return with_reading(source, item.start, item.end, reading)


@pytest.mark.parametrize(
    ("source", "shown", "reading", "result"),
    [
        ("银行行。", "银", "yin2", "银[yin2]行行。"),
        ("去银行[yin2 hang2]。", "行", "xing2", "去银行[yin2 xing2]。"),
        ("去银行[yin2 hang2]。", "银", "", "去银行。"),
        ("行[hang2]行[xing2]", "行", "xing4", "行[xing4]行[xing2]"),
        ("等2个小时。", "2", "er4", "等2[er4]个小时。"),
        ("看GIF[ji2 fu2]图。", "GIF", "/JH IH1 F/", "看GIF[/JH IH1 F/]图。"),
        ("花儿[huar1]开。", "花儿", "hua1 er2", "花儿[hua1 er2]开。"),
        ("[speed 0.8]重[/speed]来", "重", "chong2", "[speed 0.8]重[chong2][/speed]来"),
    ],
)
def test_a_chosen_reading_becomes_markup(source: str, shown: str, reading: str, result: str) -> None:
    assert chosen(source, shown, reading) == result


def test_a_chosen_reading_is_what_is_said() -> None:
    changed = chosen("我长大了。", "长", "chang2")
    assert [item.said for item in readings(changed).items if item.text == "长"] == ["chang2"]
    assert {"zhang3", "chang2"} <= set(next(item for item in readings(changed).items if item.text == "长").choices)


@pytest.mark.parametrize("reading", ["foo", "zhang3 da4", "zhang3]", "[/voice]", "行", "zhang9"])
def test_what_is_no_reading_is_refused(reading: str) -> None:
    with pytest.raises(TextError):
        chosen("我长大了。", "长", reading)
    with pytest.raises(TextError, match="changed meanwhile"):
        with_reading("好。", 5, 6, "hao3")


def test_segments_end_where_sentences_end_and_keep_spans_whole() -> None:
    text = "今天天气真好。" * 30 + "\n[speed 0.8]" + "慢慢说话。" * 20 + "[/speed]" + "然后呢？好的。" * 5
    pieces = segments(text)
    assert "".join(pieces) == text and len(pieces) > 3
    assert all(piece.rstrip()[-1] in "。？" for piece in pieces)
    assert sum("[speed 0.8]" in piece and "[/speed]" in piece for piece in pieces) == 1
    with pytest.raises(MarkupError):
        segments("好。[speed 0.8]没有完。")


@settings(max_examples=60, deadline=None)
@given(st.text("今天好。！，\n 「」a1.", max_size=300))
def test_segments_joined_are_the_text(text: str) -> None:
    pieces = segments(text)
    assert "".join(pieces) == text
    assert all(pieces) or text == ""


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9,zh;q=0.8", "en"), ("fr-FR,zh-TW;q=0.5", "zh"), ("fr", "en"),
        ("zh;q=0,en;q=0.1", "en"), ("en;q=nonsense,zh;q=0.3", "zh"), ("", "zh"),
    ],
)  # fmt: skip
def test_language_of_a_browser(header: str, language: str) -> None:
    assert language_of(header) == language


def test_both_languages_have_the_same_places_to_fill() -> None:
    import re

    from qingyin.web.words import _words

    chinese, english = (_words()[language] for language in LANGUAGES)
    for key in chinese:
        assert set(re.findall(r"{(\w+)}", chinese[key])) == set(re.findall(r"{(\w+)}", english[key])), key
    assert Words("en").emotion("surprised") == "surprised"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the text holds nothing that can be spoken (not speakable: ☃); give Chinese text", "（☃）"),
        ("the text holds nothing that can be spoken; give Chinese text", "里面没有能读出来的内容，请写中文。"),
        ("recording holds 0.4 s of speech, at least 1 s is needed; record 5 to 30 s", "0.4 秒"),
        ("24 requests are being served already; try again in 2 s", "请 2 秒后再试"),
        ("something that nobody thought of", "出错了：something that nobody thought of"),
    ],
)
def test_messages_in_chinese(english: str, chinese: str) -> None:
    assert chinese in in_chinese(english)


@pytest.mark.parametrize(
    "mistake", ["[speed fast]快[/speed]", "好[/speed]", "[pitch 2][volume 3]好[/pitch][/volume]", "行[hang2 hang2]"]
)
def test_mistakes_in_markup_are_told_in_chinese_with_their_place(mistake: str) -> None:
    with pytest.raises(MarkupError) as raised:
        segments(mistake)
    assert in_chinese(str(raised.value)).startswith("第 1 行第 ")
