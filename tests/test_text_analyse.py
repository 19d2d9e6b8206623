"""The whole front end: sentences, pauses, boundaries, kinds, what is reported, and what no input may do."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.text import PAUSES_MS, PHONEMES, TONES, Analysis, analyse, analyse_stream, split_sentences
from qingyin.text.characters import is_han
from qingyin.text.segmentation import segment

RUNTIME = Path(__file__).resolve().parent.parent / "runtime"


def pauses(text: str, **overrides: float) -> list[tuple[str, float]]:
    (sentence,) = analyse(text, overrides or None).sentences
    return [(phoneme.symbol, phoneme.pause_ms) for phoneme in sentence.phonemes if phoneme.syllable < 0]


def test_a_sentence_in_full() -> None:
    (sentence,) = analyse("你好，朋友。").sentences
    assert [(p.symbol, p.tone, p.boundary, p.syllable) for p in sentence.phonemes] == [
        ("sil", 0, 3, -1),
        ("n", 0, 0, 0),
        ("i", 2, 0, 0),
        ("h", 0, 2, 1),
        ("ao", 3, 2, 1),
        ("sp", 0, 2, -1),
        ("p", 0, 0, 2),
        ("eng", 2, 0, 2),
        ("iou", 5, 3, 3),
        ("sil", 0, 3, -1),
    ]
    assert sentence.text == "你好，朋友。"
    assert sentence.kind == "statement"
    assert sentence.syllables == ("ni2", "hao3", "peng2", "you5")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好。", [("sil", 60), ("sil", 420)]),
        ("好", [("sil", 60), ("sil", 420)]),
        ("好，好！", [("sil", 60), ("sp", 220), ("sil", 420)]),
        ("好,好!", [("sil", 60), ("sp", 220), ("sil", 420)]),
        ("好、好", [("sil", 60), ("sp", 120), ("sil", 420)]),
        ("好：好；", [("sil", 60), ("sp", 300), ("sil", 300)]),
        ("好——好", [("sil", 60), ("sp", 250), ("sil", 420)]),
        ("从_到_", [("sil", 60), ("sp", 350), ("sil", 350)]),
        ("从…到…", [("sil", 60), ("sp", 350), ("sil", 350)]),
        ("好（好）好", [("sil", 60), ("sp", 120), ("sp", 120), ("sil", 420)]),
        ("“好”好", [("sil", 60), ("sil", 420)]),
        ("好、，：好", [("sil", 60), ("sp", 300), ("sil", 420)]),
        ("，好", [("sil", 60), ("sil", 420)]),
        ("好，", [("sil", 60), ("sil", 420)]),
        ("好.好", None),
    ],
)
def test_pauses(text: str, expected: list[tuple[str, float]] | None) -> None:
    if expected is None:
        assert len(analyse(text).sentences) == 2
    else:
        assert pauses(text) == expected


def test_pauses_can_be_overridden() -> None:
    assert pauses("好，好。", **{"，": 500, "start": 0}) == [("sil", 0), ("sp", 500), ("sil", 420)]
    assert pauses("好，好。", **{"，": 0}) == [("sil", 60), ("sil", 420)]
    with pytest.raises(ValueError, match="unknown pause"):
        analyse("好", {"*": 1.0})
    with pytest.raises(ValueError, match="milliseconds"):
        analyse("好", {"，": -1.0})
    assert PAUSES_MS["，"] == 220


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("你好吗？", "question"),
        ("你好吗", "question"),
        ("你呢", "question"),
        ("你在做什么", "question"),
        ("是这样的?", "question"),
        ("“你去吗？”", "question"),
        ("真的吗？！", "question"),
        ("他在看书呢。", "statement"),
        ("那么", "statement"),
        ("太好了！", "exclamation"),
        ("太好了", "statement"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    (sentence,) = analyse(text).sentences
    assert sentence.kind == kind


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("你好。再见。", ["你好。", "再见。"]),
        ("他说：“你好！”我说：“再见。”", ["他说：“你好！”", "我说：“再见。”"]),
        ("第一行\n第二行", ["第一行\n", "第二行"]),
        ("真的？！好。", ["真的？！", "好。"]),
        ("我……我不知道。", ["我……", "我不知道。"]),
        ("圆周率是3.14。", ["圆周率是3.14。"]),
        ("你好.再见.", ["你好.", "再见."]),
        ("一共1,234个,对吗?", ["一共1,234个,对吗?"]),
        ("晴天；雨天", ["晴天；", "雨天"]),
        ("", []),
    ],
)
def test_split_sentences(text: str, sentences: list[str]) -> None:
    assert [span for span, _ in split_sentences(text)] == sentences


def test_splitting_is_lazy_and_gives_positions() -> None:
    stream = split_sentences("你好。" * 1000)
    assert [next(stream), next(stream)] == [("你好。", 0), ("你好。", 3)]
    assert next(analyse_stream("你好。\n" * 1000)).sentences[0].syllables == ("ni2", "hao3")


def test_long_sentences_are_cut_at_a_comma_or_between_words() -> None:
    with_commas = "今天天气真好我们一起去公园散步，" * 8
    pieces = [span for span, _ in split_sentences(with_commas)]
    assert len(pieces) > 1 and all(piece.endswith("，") for piece in pieces)
    first = analyse(with_commas).sentences[0]
    assert first.phonemes[-1].symbol == "sil" and first.phonemes[-1].pause_ms == 220
    assert first.phonemes[-2].boundary == 2, "a cut sentence goes on"
    without = "今天天气真好我们一起去公园散步" * 8
    pieces = [span for span, _ in split_sentences(without)]
    words = set(segment(without[:15]))
    assert all(piece.endswith(tuple(words)) for piece in pieces)
    assert all(len(sentence.syllables) <= 80 for sentence in analyse(without).sentences)


def test_word_boundaries() -> None:
    assert segment("今天天气真好我们去公园走走吧") == [
        "今天",
        "天气",
        "真",
        "好",
        "我们",
        "去",
        "公园",
        "走走",
        "吧",
    ]
    (sentence,) = analyse("设定二十九度").sentences
    finals = [p.boundary for p in sentence.phonemes if p.tone]
    assert finals == [0, 1, 0, 0, 1, 3]


@pytest.mark.parametrize(
    ("text", "unspoken"),
    [
        ("你好🧿。", [("🧿", 2, "symbol")]),
        ("🧿🇨🇳你好", [("🧿🇨🇳", 0, "symbol")]),
        ("ひらがな", [("ひらがな", 0, "script not supported: hiragana")]),
        ("俄语Привет。", [("Привет", 2, "script not supported: cyrillic")]),
        ("好\U00031fc5", [("\U00031fc5", 1, "no known reading")]),
        ("# 标题", [("#", 0, "symbol")]),
        ("“好”（好）", []),
        ("　好 好\t", []),
    ],
)
def test_what_cannot_be_spoken_is_reported(text: str, unspoken: list[tuple[str, int, str]]) -> None:
    assert [(u.text, u.position, u.reason) for u in analyse(text).unspoken] == unspoken


def test_nothing_speakable_gives_no_sentence() -> None:
    for text in ("", " \n", "。！？", "“”", "🧿"):
        assert analyse(text).sentences == ()


def test_spelled_letters_are_noted_a_lone_one_in_its_chinese_name() -> None:
    analysis = analyse("我用AB。Ｃ座")
    assert [(note.text, note.position, note.message) for note in analysis.notes] == [
        ("AB", 2, "spelled"),
        ("Ｃ", 5, "spelled"),
    ]
    assert analysis.sentences[0].syllables == ("wo3", "yong4", "EY2", "B-IY1")
    assert analysis.sentences[1].syllables == ("xi1", "zuo4")


def test_names_do_not_need_pypinyin_until_text_comes() -> None:
    code = "import sys, qingyin.text; assert 'pypinyin' not in sys.modules; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=RUNTIME, env={"PYTHONPATH": str(RUNTIME)})


def check(text: str) -> Analysis:
    """What holds for every text."""
    analysis = analyse(text)
    for sentence in analysis.sentences:
        phonemes = sentence.phonemes
        assert phonemes[0].symbol == phonemes[-1].symbol == "sil"
        assert {p.symbol for p in phonemes} <= set(PHONEMES) - {"_"}
        assert all(p.tone in TONES and p.boundary in range(4) for p in phonemes)
        assert all((p.syllable < 0) == (p.symbol in ("sil", "sp")) for p in phonemes)
        assert max(p.syllable for p in phonemes) + 1 == len(sentence.syllables)
        assert len(sentence.syllables) <= 200
    for unspoken in analysis.unspoken:
        assert (
            unspoken.text
            and text[unspoken.position : unspoken.position + len(unspoken.text)] == unspoken.text
        )
    assert "".join(span for span, _ in split_sentences(text)) == text
    return analysis


@given(st.text(max_size=200))
@settings(max_examples=300, deadline=None)
def test_any_unicode(text: str) -> None:
    check(text)


MIXED = st.text(
    alphabet="一二三不好儿子女花的我你长为地得年月日。，！？…—、；：“”（）()._,-+%$~0123456789aBc \n😀かé點",
    max_size=150,
)


@given(MIXED)
@settings(max_examples=300, deadline=None)
def test_mixed_text(text: str) -> None:
    check(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=200))
@settings(max_examples=200, deadline=None)
def test_every_han_character_is_spoken_or_reported(text: str) -> None:
    analysis = check(text)
    reported = sum(sum(map(is_han, unspoken.text)) for unspoken in analysis.unspoken)
    spoken = sum(len(s.syllables) + sum(p.symbol == "rr" for p in s.phonemes) for s in analysis.sentences)
    assert spoken + reported == len(text)


@pytest.mark.parametrize(
    "unit", ["你好", "😀", "…", "。」", "1. ", "%", "9", "W", "a.", "1,234", " ", "你，", "·"]
)
def test_time_is_linear_and_sentences_bounded(unit: str) -> None:
    """A coarse net: far above what a linear pass takes even on a busy machine."""
    analyse("热身")
    start = time.process_time()
    analysis = check(unit * 4000)
    assert time.process_time() - start < 10.0
    assert all(len(sentence.syllables) <= 100 for sentence in analysis.sentences)


FIGURES = st.text(
    alphabet="0123456789.,:-/~%+=×÷年月日点元个℃km²³½Ⅱα￥$#@_()（）第以胜 \nvPMNo😀👍\u200d\ufe0f銀行著",
    max_size=60,
)


@given(FIGURES)
@settings(max_examples=500, deadline=None)
def test_figures_and_signs(text: str) -> None:
    analysis = check(text)
    for sentence in analysis.sentences:
        assert sum(len(word.pinyin) for word in sentence.words) == len(sentence.syllables)
        assert all(0 <= word.position < len(text) for word in sentence.words)
    spoken = sum(len(sentence.syllables) for sentence in analysis.sentences)
    reported = "".join(unspoken.text for unspoken in analysis.unspoken)
    figures = [char for char in text if char.isdigit()]
    assert not figures or spoken, "figures are never silent"
    assert not any(char.isdigit() and char.isascii() for char in reported), "and never given up"


def test_latin_and_han_spans_stay_whole_in_words() -> None:
    text = "他花了3.5元买USB线，共2条。"
    (sentence,) = analyse(text).sentences
    assert "".join(word.text for word in sentence.words) == "他花了三点五元买USB线共两条"
    assert [word.pause_ms for word in sentence.words if word.pause_ms] == [220]
    assert [text[word.position] for word in sentence.words][:2] == ["他", "花"]
