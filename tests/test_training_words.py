"""The word list can be learned again: the steps on small text, where the right answer can be seen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from qingyin.text.words import WORDS_BY_COST
from tools import learn_words


def test_runs_of_han_without_the_lines_kept_for_tests() -> None:
    text = "\n".join(["今天，天气。", "OK好"] + ["不看"] * 1000) + "\n"
    assert learn_words.han_runs(text) == ["今天", "天气", "好"]


def test_the_most_probable_cut_wins() -> None:
    shares = {"研究": -5.0, "研究生": -7.0, "生命": -5.5, "命": -8.0, "生": -7.5}
    assert learn_words.segment("研究生命", shares, -12.0) == ["研究", "生命"]
    assert learn_words.segment("未知", {}, -12.0) == ["未", "知"]


def test_costs_are_rounded_logs_and_speech_is_not_rare() -> None:
    words = Counter({"火箭": 100, "的": 900, "呀": 8, "乙": 7})
    found = learn_words.costs(words, frozenset({"早饭"}))
    assert found["火箭"] == 3  # -ln 0.0985 = 2.3, and the lowest cost is 3
    assert found["早饭"] == learn_words.EVERYDAY_COST
    assert (found["的"], found["呀"]) == (3, 5)
    assert "乙" not in found


def test_table_is_the_code_of_the_list_that_ships() -> None:
    costs = {word: cost for cost, words in WORDS_BY_COST.items() for word in words.split()}
    assert learn_words.WORDS_FILE.read_text(encoding="utf-8").endswith(learn_words.table(costs))


def test_text_that_does_not_do_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "english.txt").write_text("no Chinese here\n" * 1100)
    assert learn_words.main([str(tmp_path / "nowhere.txt"), "--check"]) == 2
    assert learn_words.main([str(tmp_path / "english.txt"), "--check"]) == 2
    assert "has no Chinese before its last 1000 lines" in capsys.readouterr().err
