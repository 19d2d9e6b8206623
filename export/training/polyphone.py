"""Trains the model of polyphones that the text front end ships; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
import pickle
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.polyphone import FIRST_CHARACTER, PolyphoneModel
from export.training.loop import Run
from export.training.paths import work_folder
from export.training.polyphone_data import STATE_SIZE, Tagger, load_cpp, load_examples, load_sentences
from export.training.polyphone_distil import Teacher
from export.training.polyphone_rows import (
    Batch,
    Row,
    balance,
    character_table,
    collate,
    example_row,
    gold_row,
    phrase_tags,
    reading_table,
    tagged_row,
    with_phrases,
)

NAME = "polyphone"
HELD_OUT, VALIDATION = 0, 1  # folds of the gold sentences
GOLD_SHARE = 0.25  # of a batch
FORGET_DICTIONARY = 0.15  # chance that a sentence, and then that a place, is read without the dictionary
ANSWERS, STATE = 0.5, 1.0  # weights of what the tagger says and of its inner state, on disturbed sentences
EXAMPLE_COPIES = 2
LEAST_SEEN = 4  # of a character that gets an id


class Pupil(nn.Module):
    """The model, and what only training needs: a map from its inner state to the tagger's."""

    def __init__(self, reader: PolyphoneModel) -> None:
        super().__init__()
        self.reader = reader
        self.imitate = nn.Linear(reader.config["width"], STATE_SIZE)


@dataclass
class Data:
    """Everything to train on and to measure with."""

    characters: str
    readings: dict[str, list[str]]
    gold: list[Row]
    tagged: list[Row]
    validation: list[Row]
    held_out: list[Row]


def prepare(folder: Path, validate: bool, seed: int = 0) -> Data:
    """Read, label and cut all sentences: takes some minutes, so the result is kept.

    With `validate` a second tenth of the gold sentences is kept out, to choose by.
    """
    labels, tagger = load_cpp(folder), Tagger()
    table = reading_table(labels, tagger)
    polyphones = frozenset(table)
    tags = list(tagger.label([label.text for label in labels], polyphones))
    gold: dict[int, list[Row]] = defaultdict(list)
    left = 0
    for label, found in zip(labels, tags, strict=True):
        row = gold_row(label, table, found)
        if row is None:
            left += 1
        else:
            gold[label.fold].append(row)
    sentences = load_sentences(folder / "zh_sentences_cc0.txt")
    tagged = [
        tagged_row(text, found, table)
        for text, found in zip(sentences, tagger.label(sentences, polyphones), strict=True)
    ]
    grown = list(with_phrases(sentences, table, seed))
    for (text, phrase), found in zip(grown, tagger.label([text for text, _ in grown], polyphones), strict=True):
        tagged.append(tagged_row(text, phrase_tags(text, phrase, found, table), table))
    rows = [row for row in tagged if row is not None]
    kept_out = {HELD_OUT, VALIDATION} if validate else {HELD_OUT}
    trained = [row for fold, rows in gold.items() if fold not in kept_out for row in rows]
    characters = character_table([*rows, *trained], LEAST_SEEN, table)
    print(f"{len(trained)} gold sentences ({left} without a choice), {len(rows)} tagged, {len(characters)} characters")
    balance(rows)
    return Data(characters, table, trained, rows, gold[VALIDATION], gold[HELD_OUT])


def load(folder: Path, validate: bool) -> Data:
    """`prepare`, or what it gave last time."""
    path = work_folder() / NAME / ("validate.pickle" if validate else "all.pickle")
    if not path.is_file():
        data = prepare(folder, validate)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            pickle.dump(data, file)
        return data
    with path.open("rb") as file:
        return pickle.load(file)


def batches(data: Data, size: int, rng: np.random.Generator, share: float = GOLD_SHARE) -> Iterator[list[Row]]:
    """Rows without end, alike in length, with a fixed share of gold ones."""

    def stream(rows: Sequence[Row], count: int) -> Iterator[list[Row]]:
        lengths = np.array([len(row.features.characters) for row in rows])
        while True:
            order = np.argsort(lengths + rng.uniform(-4, 4, len(rows)))
            starts = np.arange(0, len(rows) - count + 1, count) + rng.integers(len(rows) % count + 1)
            for start in rng.permutation(starts):
                yield [rows[index] for index in order[start : start + count]]

    gold_count = round(share * size)
    for gold, tagged in zip(stream(data.gold, gold_count), stream(data.tagged, size - gold_count), strict=False):
        yield gold + tagged


def pairs_of(data: Data, size: int, rng: np.random.Generator) -> Iterator[tuple[list[Row], list[Row]]]:
    """Gold and tagged rows to disturb, without end, alike in length."""
    for rows in batches(data, size, rng, 0.5):
        yield rows[: size // 2], rows[size // 2 :]


def forget(batch: Batch, rng: np.random.Generator) -> None:
    """Hide what the dictionary says, so that the model learns words too."""
    _, places, dictionary = batch.inputs
    gone = (rng.random((len(places), 1)) < FORGET_DICTIONARY) | (rng.random(places.shape) < FORGET_DICTIONARY)
    dictionary[gone] = 0


def predict(model: PolyphoneModel, batch: Batch) -> Tensor:
    """Scores [N, K] at the labelled places."""
    characters, places, dictionary = (torch.from_numpy(array) for array in batch.inputs)
    rows, columns = torch.from_numpy(batch.rows), torch.from_numpy(batch.columns)
    hidden = model.hidden(characters, places, dictionary)[rows, columns]
    return model.scores(hidden, characters[rows, columns], dictionary[rows, columns])


def accuracy(model: PolyphoneModel, rows: Sequence[Row], ids: dict[str, int], most: int) -> tuple[float, Counter[str]]:
    """Share of gold labels (the last of each row) read right, and how often each character was read wrong."""
    right, wrong = 0, Counter[str]()
    model.eval()
    ordered = sorted(rows, key=lambda row: len(row.features.characters))
    for start in range(0, len(ordered), 64):
        chosen = ordered[start : start + 64]
        only = [Row(row.features, row.places[-1:], row.targets[-1:], row.weights[-1:]) for row in chosen]
        batch = collate(only, ids, most)
        with torch.inference_mode():
            hit = (predict(model, batch).argmax(1).numpy() == batch.targets.argmax(1)).tolist()
        right += sum(hit)
        wrong.update(
            row.features.characters[row.places[0]] for row, correct in zip(only, hit, strict=True) if not correct
        )
    model.train()
    return right / max(1, len(rows)), wrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training polyphone`."""
    parser.add_argument("folder", type=Path, help="with cpp_dev.sent, cpp_dev.lb and zh_sentences_cc0.txt")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--width", type=int, default=96)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=500, metavar="STEPS")
    parser.add_argument("--validate", action="store_true", help="keep a second tenth out, and measure on that")
    parser.add_argument("--name", default=NAME, help="of the run")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    data = load(options.folder, options.validate)
    examples = [example_row(labels, data.readings) for labels in load_examples() if labels]
    data.gold += [row for row in examples if row is not None] * EXAMPLE_COPIES
    model = PolyphoneModel(data.characters, data.readings, options.width, blocks=options.blocks)
    pupil = Pupil(model)
    run = Run(options.name, pupil, model.config, options.steps, options.lr, betas=(0.9, 0.98))
    ids = {char: index for index, char in enumerate(data.characters, start=FIRST_CHARACTER)}
    most = max(len(row) for row in data.readings.values())
    rng = np.random.default_rng(options.seed + run.step)
    stream = batches(data, options.batch, rng)
    disturbed = pairs_of(data, options.batch // 2, rng)
    teacher = Teacher(data.characters, data.readings, FIRST_CHARACTER, rng)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    measured = data.validation if options.validate else data.held_out
    while run.running:
        batch = collate(next(stream), ids, most)
        forget(batch, rng)
        weights = torch.from_numpy(batch.weights)
        losses = F.cross_entropy(predict(model, batch), torch.from_numpy(batch.targets), reduction="none")
        loss = (losses * weights).sum() / weights.sum()
        taught = teacher.ask(*next(disturbed))
        hidden = model.hidden(taught.characters, taught.places, taught.dictionary)
        at = (taught.rows, taught.columns)
        scores = model.scores(hidden[at], taught.characters[at], taught.dictionary[at])
        answers = F.cross_entropy(scores, taught.targets)
        state = F.mse_loss(pupil.imitate(hidden), taught.hidden)
        run.update(
            loss + ANSWERS * answers + STATE * state,
            {"loss": loss.item(), "answers": answers.item(), "state": state.item()},
        )
        if run.step % options.evaluate_every == 0 or not run.running:
            share, wrong = accuracy(run.averaged.reader, measured, ids, most)
            run.log({"accuracy": 100 * share}, "validation" if options.validate else "held out")
            print("worst:", " ".join(f"{char}{count}" for char, count in wrong.most_common(25)), flush=True)
    run.save()
