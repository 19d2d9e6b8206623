"""Gathers the sentences that the polyphone model is trained on, labelled by people, tagger and dictionary."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from export.training.paths import work_folder
from export.training.polyphone_data import Tagger, load_cpp, load_sentences
from export.training.polyphone_examples import Example, usual_readings
from export.training.polyphone_rows import (
    Row,
    agreed,
    balance,
    dictionary_phrases,
    example_row,
    phrase_tags,
    reading_table,
    tagged_row,
    told_row,
    with_phrases,
)
from export.training.polyphone_words import agreed_words, dictionary_words, in_sentences

Kept = TypeVar("Kept")
HELD_OUT = 0  # fold of the gold sentences that training never reads


@dataclass
class Data:
    """What others wrote, labelled."""

    readings: dict[str, list[str]]
    gold: dict[int, list[Row]]  # by fold
    tagged: list[Row]
    phrases: list[Row]  # tagged too, with a phrase of the dictionary put in


def prepare(folder: Path, seed: int = 0) -> Data:
    """Read, label and cut all sentences: takes some minutes, so the result is kept."""
    labels, tagger = load_cpp(folder), Tagger()
    table = reading_table(labels, tagger)
    labels = [label for label in labels if label.fold != HELD_OUT]
    polyphones = frozenset(table)
    found_tags = tagger.label([label.text for label in labels], polyphones)
    gold: dict[int, list[Row]] = defaultdict(list)
    for label, found in zip(labels, found_tags, strict=True):
        row = told_row(label.text, [label], table, found)
        if row is not None:
            gold[label.fold].append(row)
    sentences = load_sentences(folder / "zh_sentences_cc0.txt")
    tags = tagger.label(sentences, polyphones)
    tagged = [tagged_row(text, agreed(text, found), table) for text, found in zip(sentences, tags, strict=True)]
    grown = list(with_phrases(sentences, dictionary_phrases(table), seed))
    tags = tagger.label([text for text, _ in grown], polyphones)
    phrases = [
        tagged_row(text, phrase_tags(text, phrase, found, table), table)
        for (text, phrase), found in zip(grown, tags, strict=True)
    ]
    data = Data(table, dict(gold), list(filter(None, tagged)), list(filter(None, phrases)))
    count = sum(map(len, gold.values()))
    print(f"{count} gold sentences ({len(labels) - count} without a choice), {len(data.tagged)} tagged", flush=True)
    balance([*data.tagged, *data.phrases])
    return data


def load(folder: Path) -> Data:
    """`prepare`, or what it gave last time."""
    return _kept("labelled_4", lambda: prepare(folder))


def load_words(folder: Path, table: dict[str, list[str]], tagger: Tagger, seed: int = 0) -> list[Row]:
    """Words of open dictionaries in sentences, labelled where their readers agree, or what this gave last time."""

    def label() -> list[Row]:
        words = agreed_words(dictionary_words(), table, tagger)
        sentences = load_sentences(folder / "zh_sentences_cc0.txt")
        rows = [row for row in told_rows(list(in_sentences(words, sentences, seed)), table, tagger) if undecided(row)]
        balance(rows)
        return rows

    return _kept("words", label)


def undecided(row: Row) -> bool:
    """Whether the dictionary leaves open what a person would say."""
    return any(not row.features.dictionary[place] for place in row.places[-row.told :])


def _kept(name: str, make: Callable[[], Kept]) -> Kept:
    """What `make` gives, or gave last time."""
    path = work_folder() / "polyphone" / f"{name}.pickle"
    if not path.is_file():
        data = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pickle.dump(data, file)
        return data
    with path.open("rb") as file:
        found: Kept = pickle.load(file)
        return found


def own_rows(examples: Sequence[Example], table: dict[str, list[str]]) -> list[Row]:
    """Our own sentences, without those that teach nothing."""
    usual = usual_readings()
    rows = (example_row(text, labels, table, usual) for text, labels in examples)
    return [row for row in rows if row is not None]


def told_rows(examples: Sequence[Example], table: dict[str, list[str]], tagger: Tagger) -> list[Row]:
    """Sentences with labels that a person gave, and the tagger's beside them; without those that teach nothing."""
    tags = tagger.label([text for text, _ in examples], frozenset(table))
    rows = (told_row(text, labels, table, found) for (text, labels), found in zip(examples, tags, strict=True))
    return [row for row in rows if row is not None]
