"""Text that arrives in pieces: the same sentences and samples as in one, each as early as it is sure."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import qingyin
from qingyin import Synthesizer, TextError, rendering, synthesizer, text_arrival
from qingyin.text import analyse
from qingyin.text_arrival import analyse_arriving, passages

TEXTS = [
    "今天天气真好，我们去公园走走吧。明天呢？也许下雨！",
    "价格是3.5元。温度-5.2度……谁知道……算了；走吧",
    "第一行没有标点\n第二行★有怪字。\n\n  第三行 Hello world. OK? 好",
    "这是一个很长很长的句子" * 12 + "，终于结束了。下一句。",
    "看www.example.com吧. 那里有3.14159。",
]


def cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7, 40, 1000])
def test_pieces_give_the_sentences_of_the_whole(text: str, size: int) -> None:
    assert "".join(passage for passage, _ in passages(cut(text, size))) == text
    parts = list(analyse_arriving(cut(text, size), lambda _: None))
    whole = analyse(text)
    assert tuple(sentence for part in parts for sentence in part.sentences) == whole.sentences
    assert tuple(item for part in parts for item in part.unspoken) == whole.unspoken
    assert tuple(item for part in parts for item in part.notes) == whole.notes


def test_a_sentence_comes_before_the_next_piece_is_asked_for() -> None:
    asked: list[str] = []

    def pieces() -> Iterator[str]:
        for piece in ("你好", "。", "3", ".", "5元", "。他说", "一行\n", "完"):
            asked.append(piece)
            yield piece

    stream = passages(pieces())
    assert [(next(stream)[0], asked[-1]) for _ in range(4)] == [
        ("你好。", "。"), ("3.5元。", "。他说"), ("他说一行\n", "一行\n"), ("完", "完"),
    ]  # fmt: skip


def test_large_pieces_are_cut_at_sentences_too() -> None:
    text = "".join(TEXTS[:2]) * 60
    parts = list(analyse_arriving(cut(text, 2_001), lambda _: None))
    assert tuple(sentence for part in parts for sentence in part.sentences) == analyse(text).sentences


def test_a_line_that_ends_with_a_comma_is_read_on() -> None:
    text = "我们沿着河岸慢慢地走，\n一直走到天黑。"
    parts = list(analyse_arriving([text[:12], text[12:]], lambda _: None))
    assert len([sentence for part in parts for sentence in part.sentences]) == 1
    assert tuple(sentence for part in parts for sentence in part.sentences) == analyse(text).sentences


def test_time_is_linear_in_a_text_without_an_end() -> None:
    began = time.process_time()
    assert sum(len(passage) for passage, _ in passages("、" for _ in range(100_000))) == 100_000
    assert time.process_time() - began < 60.0  # of a quarter of an hour


def test_stream_takes_pieces_and_does_not_count_the_wait(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0  # by a clock on which only the text takes long, and everything else a microsecond

    def clock() -> float:
        nonlocal now
        now += 1e-6
        return now

    def slowly() -> Iterator[str]:
        nonlocal now
        for piece in pieces:
            now += 1.0
            yield piece

    for module in (synthesizer, rendering, text_arrival):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=clock))
    loaded = Synthesizer.load(models)
    pieces = cut(TEXTS[0], 5)
    whole = loaded.synthesize(TEXTS[0], seed=3)
    arrived = loaded.synthesize(slowly(), seed=3)
    np.testing.assert_array_equal(arrived.samples, whole.samples)
    timings = arrived.report.timings
    assert timings.waiting == pytest.approx(len(pieces), abs=0.01)
    assert timings.first_audio is not None and 0 < timings.first_audio < timings.total < 0.01
    assert 0 < timings.text < timings.total


@pytest.mark.parametrize(("pieces", "message"), [
    ([], "empty"), (["", " \n"], "empty"), (["你好。", 5], "a piece of text must be a str"),
    (["★", "☆"], "nothing that"),
])  # fmt: skip
def test_pieces_that_cannot_be_spoken(models: Path, pieces: list[str], message: str) -> None:
    with pytest.raises(TextError, match=message):
        Synthesizer.load(models).synthesize(pieces)


@pytest.mark.parametrize("text", [5, None, b"abc"])
def test_what_is_no_text(models: Path, text: str) -> None:
    with pytest.raises(TextError, match="must be a str or an iterable"):
        Synthesizer.load(models).stream(text)


def start(models: Path, *options: str) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent), "QINGYIN_MODELS": str(models)}
    return subprocess.Popen([sys.executable, "-m", "qingyin", "say", "-", *options], env=environment,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip


def test_say_speaks_a_line_while_the_pipe_is_open(models: Path) -> None:
    with start(models, "--output-raw", "--seed", "1") as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write("你好\n世".encode()[:-1])  # cut inside a character
        process.stdin.flush()
        first = os.read(process.stdout.fileno(), 100)  # would wait for ever if all were read first
        sound, error = process.communicate("世界".encode()[2:])
    whole = start(models, "--output-raw", "--seed", "1").communicate("你好\n世界".encode())[0]
    assert process.returncode == 0 and error == b"" and first + sound == whole


def test_a_wrong_byte_comes_after_what_was_right(models: Path) -> None:
    with start(models, "--output-raw") as process:
        sound, error = process.communicate("你好。".encode() + b"\xff")
    assert process.returncode == 2 and len(sound) > 1000
    assert error.startswith(b"qingyin: error: standard input is not text in utf-8") and error.count(b"\n") == 1
