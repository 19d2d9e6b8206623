"""What the polyphone model is trained on: our own sentences, batches cut from them, and disturbed ones."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch

from export.models.polyphone import PolyphoneModel
from export.training.paths import run_folder
from export.training.polyphone import former_run
from export.training.polyphone_data import Labelled
from export.training.polyphone_disturb import NEAR, Disturber
from export.training.polyphone_examples import (
    WRITTEN,
    labelled,
    load_decided,
    load_examples,
    load_patterns,
    usual_readings,
)
from export.training.polyphone_rows import Row, example_row, natural_shares, temper, told_only, told_row
from export.training.polyphone_sequences import Sequences
from export.training.polyphone_teacher import lower_tagged_weights, trust_by_character
from export.training.polyphone_words import agreed_reading, in_sentences, load_frames
from qingyin.text.pinyin import SYLLABLES
from tools.corpus_rows import digest

TABLE = {
    char: row.split()
    for char, row in json.loads((files("qingyin.text") / "polyphones.json").read_text("utf-8"))["readings"].items()
}
IDS = {char: index for index, char in enumerate("他还没把书给我，。", start=2)}


def row_of(line: str) -> Row:
    text, labels = labelled(line, "test")
    row = example_row(text, labels, TABLE, {})
    assert row is not None
    return row


def test_own_sentences_are_spelled_as_the_table_spells() -> None:
    sentences = [*load_examples(), *load_examples(WRITTEN), *load_patterns(1, seed=0)]
    assert len(sentences) > 10_000
    for _, labels in sentences:
        for label in labels:
            char = label.text[label.index]
            assert label.reading[:-1] in SYLLABLES
            assert label.reading in TABLE.get(char, [label.reading]), f"{char} {label.reading}: {label.text}"


def test_patterns_are_drawn_by_seed_and_never_twice() -> None:
    drawn = load_patterns(5, seed=1)
    assert drawn == load_patterns(5, seed=1) != load_patterns(5, seed=2)
    sentences = [(text, tuple(label.reading for label in labels)) for text, labels in drawn]
    assert len(sentences) == len(set(sentences))
    assert not any("{" in text for text, _ in drawn)


def test_usual_readings_fill_what_neither_brackets_nor_the_dictionary_say() -> None:
    row = example_row("他给我的书，也给你的。", [], TABLE, usual_readings())
    assert row is not None
    given = [TABLE[row.features.characters[place]][int(np.argmax(target))] for place, target in
             zip(row.places, row.targets, strict=True)]  # fmt: skip
    assert given == ["gei3", "de5", "gei3", "de5"]


@pytest.mark.parametrize("line", ["[hai2]没", "他还[hai2没", "他还[hai]没"])
def test_bad_brackets_are_named(line: str) -> None:
    with pytest.raises(ValueError, match="here:3"):
        labelled(line, "here:3")


def test_a_pattern_without_its_list_is_named(tmp_path: Path) -> None:
    path = tmp_path / "patterns.txt"
    path.write_text("person = 我 你\n$$\n{person}还[hai2]没{thing}。\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"patterns\.txt:3: no list named thing"):
        load_patterns(1, 0, path)


def test_decisions_are_found_in_the_texts_whatever_their_line_is_today(tmp_path: Path) -> None:
    sentence = "他还没把书还给我。"
    (tmp_path / "zh_sentences_cc0.txt").write_text(f"今天下雨。\n{sentence}\n", encoding="utf-8")
    table = tmp_path / "decided.tsv"
    decided = (("1\t2", "hai2"), ("5\t6", "huan2"))
    rows = [f"cc0:1\t{span}\t{digest(sentence)}\t{reading}\n" for span, reading in decided]
    table.write_text("".join(rows), encoding="utf-8")
    (example,) = load_decided(tmp_path, table)
    assert example.text == sentence
    assert [(label.index, label.reading) for label in example.labels] == [(1, "hai2"), (5, "huan2")]


def test_rare_readings_written_as_often_as_common_ones_weigh_less() -> None:
    lines = ["他还[hai2]在。", "他还[huan2]书。"]
    rows = [told_row(text, labels, TABLE, {}) for text, labels in (labelled(line, "test") for line in lines)]
    common, rare = (row for row in rows if row is not None)
    shares = natural_shares([common] * 99 + [rare], TABLE)
    assert shares["还"][TABLE["还"].index("hai2")] > 0.9
    temper([common, rare], shares)
    assert rare.weights[-1] < 0.5 < 1 < common.weights[-1]


def test_what_a_person_says_outranks_the_tagger() -> None:
    text = "他还没把书还给我，路很长。"
    tags = {1: {"hai2": 0.2, "huan2": 0.8}, 5: {"hai2": 0.9, "huan2": 0.1}, 11: {"chang2": 1.0}}
    row = told_row(text, [Labelled(text, 1, "hai2")], TABLE, tags)
    assert row is not None
    assert row.told == 1
    assert row.weights[-1] == 1.0 > max(row.weights[:-1])
    assert TABLE["还"][int(np.argmax(row.targets[-1]))] == "hai2"
    assert len(told_only(row).places) == 1
    assert told_row("今天下雨。", [], TABLE, {}) is None


@pytest.mark.parametrize("length", [5, 9, 40])
def test_a_cut_keeps_its_last_label(length: int) -> None:
    row = row_of("他还[hai2]没把书给我，他还[hai2]没把书还[huan2]给我。")
    batch = Sequences([row], IDS, most=5).batch([0], length)
    place = int(np.flatnonzero(batch.weights[0])[-1])
    assert batch.characters[0, place] == IDS["还"]
    assert TABLE["还"][int(batch.targets[0, place].argmax())] == "huan2"
    assert batch.dictionary[0, place] in (0, 1 + TABLE["还"].index("huan2"))


def test_disturbing_leaves_padding_and_forgets_the_dictionary_near_changes() -> None:
    rng = np.random.default_rng(0)
    batch = Sequences([row_of("他还[hai2]没把书还[huan2]给我。")], IDS, most=5).batch([0] * 40, 16)
    batch.dictionary[:] = batch.characters > 0
    before = batch.characters.copy()
    polyphones = np.zeros(len(IDS) + 2, bool)
    polyphones[IDS["还"]] = True
    Disturber(polyphones).disturb(batch, rng)
    assert (batch.characters[before == 0] == 0).all()
    assert batch.characters.max() < len(polyphones)
    changed = batch.characters != before
    assert 0.2 < changed[before > 0].mean() < 0.8
    for row, place in np.argwhere(changed):
        assert not batch.dictionary[row, max(0, place - NEAR) : place + NEAR + 1].any()


class Tagger:
    """Stands for g2pM, which the tests do without: says that every 还 is hai2 and every 长 chang2."""

    def label(self, sentences: list[str], characters: frozenset[str]) -> list[dict[int, dict[str, float]]]:
        said = {"还": {"hai2": 0.9, "huan2": 0.1}, "长": {"chang2": 1.0, "zhang3": 0.0}}
        return [
            {index: said[char] for index, char in enumerate(text) if char in said and char in characters}
            for text in sentences
        ]


def test_the_tagger_is_doubted_about_characters_that_it_reads_wrong() -> None:
    gold = [Labelled("他还没来", 1, "hai2"), Labelled("他还钱了", 1, "huan2"), Labelled("路很长", 2, "chang2")]
    trust = trust_by_character(gold, TABLE, Tagger(), doubt=30)  # type: ignore[arg-type]
    assert trust["长"] == 1.0
    assert 0 < trust["还"] < 0.2
    row = row_of("路还[hai2]很长[chang2]，他还[hai2]没长[chang2]，还[huan2]了")
    before = list(row.weights)
    row.told = 1
    lower_tagged_weights(row, trust)
    changed = [now / then for now, then in zip(row.weights, before, strict=True)]
    assert changed == [trust["还"], 1.0, trust["还"], 1.0, 1.0]


def test_a_run_goes_on_from_one_that_tells_the_same_readings_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="--name first"):
        former_run("first", TABLE)
    model = PolyphoneModel("还长", {"还": ["hai2", "huan2"]})
    torch.save({"config": model.config}, run_folder("first") / "last.pt")
    assert former_run("first", {"还": ["hai2", "huan2"]})["config"]["characters"] == "还长"
    with pytest.raises(ValueError, match="other readings"):
        former_run("first", {"还": ["huan2", "hai2"]})


def test_two_of_three_readers_decide_a_word() -> None:
    assert agreed_reading([{"lv4"}, {"lv4"}, {"shuai4"}]) == "lv4"
    assert agreed_reading([{"lv4", "shuai4"}, {"lv4"}, set()]) == "lv4"  # who wavers joins the other
    assert agreed_reading([{"lv4", "shuai4"}, {"lv4"}, {"shuai4"}]) == ""
    assert agreed_reading([{"lv4"}, set(), set()]) == agreed_reading([set(), set(), set()]) == ""
    assert agreed_reading([{"zi5"}, {"zi5"}, {"zi3"}]) == ""  # a light tone is for all to say
    assert agreed_reading([{"zi5"}, {"zi5"}, set()]) == "zi5"


def test_words_stand_in_sentences_with_their_labels() -> None:
    words = [("成活率", {2: "lv4"}), ("交通卡", {2: "ka3"}), ("书记长", {2: "zhang3"})] * 30
    found = list(in_sentences(words, ["他昨天没有来上班。", "这条河很宽。"], seed=1))
    assert len(found) == len(words) and len({text for text, _ in found}) > 50
    for (word, labels), (text, marked) in zip(words, found, strict=True):
        assert word in text
        assert [(text[label.index], label.reading) for label in marked] == [(word[i], r) for i, r in labels.items()]
    assert found == list(in_sentences(words, ["他昨天没有来上班。", "这条河很宽。"], seed=1))
    assert all(frame.count("{}") == 1 for frame in load_frames())
