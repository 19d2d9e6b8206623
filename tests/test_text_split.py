"""Where sentences end: quotes, brackets, lists, long sentences, and books in one line."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.text import analyse, analyse_stream, split_sentences
from qingyin.text.segmentation import segment
from qingyin.text.split import MAX_SYLLABLES, spans


def sentences(text: str) -> list[str]:
    return [span for span, _ in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("他问：“你去吗？”我点头。", ["他问：“你去吗？”", "我点头。"]),
        ("“你去吗？”，他问。", ["“你去吗？”，他问。"]),
        ("他被称作“谁？”的人。好。", ["他被称作“谁？”的人。", "好。"]),
        ("我看了《你好！李焕英》这部片。好看。", ["我看了《你好！李焕英》这部片。", "好看。"]),
        ("他（一九三零年生。作家）来了。", ["他（一九三零年生。作家）来了。"]),
        ("真的！（笑）好。", ["真的！", "（笑）好。"]),
        ("「走吧。」他说。", ["「走吧。」", "他说。"]),
        ("『真的？』「假的！」", ["『真的？』", "「假的！」"]),
        ("我想……也许吧……好。", ["我想……", "也许吧……", "好。"]),
        ("等等……，再说。", ["等等……，再说。"]),
        ("一、吃饭。\n二、睡觉。", ["一、吃饭。\n", "二、睡觉。"]),
        ("1. 吃饭\n2. 睡觉", ["1. 吃饭\n", "2. 睡觉"]),
        ("第一章 出发\n\n天亮了。", ["第一章 出发\n", "\n", "天亮了。"]),
        ("He met Dr. Li at 5 p.m. today. They left.", ["He met Dr. Li at 5 p.m. today. ", "They left."]),
        ("好！！！真的？？走。", ["好！！！", "真的？？", "走。"]),
        ("（没有收尾。还有。", ["（没有收尾。", "还有。"]),
        ("版本1.2.3。完", ["版本1.2.3。", "完"]),
        ("A.好。B.坏。", ["A.好。", "B.坏。"]),
        ("晴；雨", ["晴；", "雨"]),
        ("“好。”“坏。”", ["“好。”", "“坏。”"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1. 吃饭", "一，吃饭"),
        ("2) 睡觉", "二，睡觉"),
        ("(3) 洗澡", "三，洗澡"),
        ("（四）洗澡", "四，洗澡"),
        ("①洗澡", "一，洗澡"),
        ("一、洗澡", "一，洗澡"),
        ("十二、洗澡", "十二，洗澡"),
        ("A. 洗澡", "A，洗澡"),
        ("- 洗澡", "洗澡"),
        ("* 洗澡", "洗澡"),
        ("• 洗澡", "洗澡"),
        ("● 洗澡", "洗澡"),
        ("■ 洗澡", "洗澡"),
        ("  ◆洗澡", "洗澡"),
        ("→ 洗澡", "洗澡"),
    ],
)
def test_list_labels_are_set_apart_and_bullets_are_silent(text: str, said: str) -> None:
    analysis = analyse("前言\n" + text)
    words = analysis.sentences[1].words
    assert "".join(word.text + ("，" if word.pause_ms else "") for word in words) == said
    assert not analysis.unspoken


def test_a_long_sentence_is_cut_where_the_best_pause_is() -> None:
    text = "他从小就喜欢在河边看那些来来往往的船和船上唱歌的人，后来他也买了一条船，"
    text += "带着苹果、梨、桃和葡萄到很远很远的地方去卖给那里的人"
    pieces = sentences(text + "们吃和用和看和说和听和写和读和想")
    assert pieces[0].endswith(("人，", "船，"))
    assert all(len(piece) <= MAX_SYLLABLES + 2 for piece in pieces)


def test_a_book_in_one_line_streams_in_constant_memory() -> None:
    line = "今天天气真好，我们去公园散步吧，" * 8000
    next(analyse_stream(line[:100]))
    tracemalloc.start()
    stream = analyse_stream(line)
    for _ in range(5):
        next(stream)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000, "far less than a list of the line's characters takes"


def test_blocks_change_nothing() -> None:
    sentence = "他说：“3.5元（约合0.5美元）太贵了……”见https://a.cn/b?c=1。1. 第二2024年，A.B.和e.g.都在。"
    line = sentence * 150
    found = sentences(line)
    assert "".join(found) == line
    assert set(found) == set(sentences(sentence * 3))


@given(st.text(alphabet="好，。！？；…“”（）《》()\"' \n1.aA、", max_size=300), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_spans_cover_the_text_and_are_bounded(text: str, times: int) -> None:
    text = text * times
    place = 0
    for span in spans(text, segment):
        assert span.start == place and span.end > place
        assert len(span.canonical) == len(span.positions)
        assert all(span.start <= at < span.end for at in span.positions)
        place = span.end
    assert place == len(text)


LONG = "有一个重要指标就是它的经常性账户顺逆差以及对地方政府形成更大的威慑作用但也会根据市场需求将部分产能用于生产"


def test_long_stretches_get_pauses_between_words_where_readers_pause() -> None:
    (sentence,) = analyse(LONG + "。").sentences
    pieces, syllables = [], 0
    for word in sentence.words:
        syllables += len(word.pinyin)
        if word.pause_ms:
            assert word.pause_ms == 120
            pieces.append(syllables)
            syllables = 0
    assert len(pieces) >= 2 and all(6 <= piece <= 22 for piece in pieces)
    phonemes = [phoneme for phoneme in sentence.phonemes if phoneme.symbol == "sp"]
    assert len(phonemes) == len(pieces) and all(phoneme.boundary == 2 for phoneme in phonemes)


def test_phrase_pauses_can_be_switched_off_and_short_stretches_have_none() -> None:
    (sentence,) = analyse(LONG + "。", {"phrase": 0}).sentences
    assert not any(word.pause_ms for word in sentence.words)
    (sentence,) = analyse("今天天气真好我们一起去公园散步。").sentences
    assert not any(word.pause_ms for word in sentence.words)
