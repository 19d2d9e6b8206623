"""Trains the model of polyphones that the text front end ships; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
import pickle
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from export.models.polyphone import FIRST_CHARACTER, PolyphoneModel
from export.training.loop import Run
from export.training.paths import work_folder
from export.training.polyphone_data import Tagger, load_cpp, load_examples, load_sentences
from export.training.polyphone_disturb import disturbed
from export.training.polyphone_rows import (
    Row,
    Windows,
    balance,
    character_table,
    example_row,
    gold_row,
    last_label,
    phrase_tags,
    reading_table,
    tagged_row,
    windows,
    with_phrases,
)

NAME = "polyphone"
HELD_OUT, VALIDATION = 0, 1  # folds of the gold sentences
SHARES = (0.12, 0.5, 0.38)  # of a batch: gold, tagged and disturbed sentences
GOLD_COPIES, STRANGE_SENTENCES = 6, 40000  # of gold sentences disturbed, and tagged ones
FORGET_DICTIONARY = 0.2  # chance that a window is read without the dictionary
FORGET_CHARACTER = 0.05  # chance that a character of the context is not known
REACH, UNKNOWN = 5, 1
NOT_MIDDLE = np.arange(2 * REACH + 1) != REACH
EXAMPLE_COPIES = 6
LEAST_SEEN = 4  # of a character that gets an id


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


def draw(found: Windows, chosen: np.ndarray, rng: np.random.Generator | None = None) -> tuple[Tensor, Tensor, Tensor]:
    """Inputs of some windows; with `rng` some of them without what the dictionary says, so that words are learned."""
    characters, places, dictionary = (
        array[chosen].astype(np.int64) for array in (found.characters, found.places, found.dictionary)
    )
    if rng is not None:
        dictionary[rng.random(len(chosen)) < FORGET_DICTIONARY] = 0
        characters[(rng.random(characters.shape) < FORGET_CHARACTER) & NOT_MIDDLE] = UNKNOWN
    return torch.from_numpy(characters), torch.from_numpy(places), torch.from_numpy(dictionary)


def accuracy(model: PolyphoneModel, found: Windows) -> tuple[float, np.ndarray]:
    """Share of labels read right, and which are not."""
    with torch.inference_mode():
        best = model.at_middle(*draw(found, np.arange(len(found.weights)))).argmax(1).numpy()
    wrong = best != found.targets.argmax(1)
    return 1 - float(wrong.mean()), wrong


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training polyphone`."""
    parser.add_argument("folder", type=Path, help="with cpp_dev.sent, cpp_dev.lb and zh_sentences_cc0.txt")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=1024, help="labels")
    parser.add_argument("--lr", type=float, default=3e-3)
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
    gold_rows = data.gold + [row for row in examples if row is not None] * EXAMPLE_COPIES
    ids = {char: index for index, char in enumerate(data.characters, start=FIRST_CHARACTER)}
    most = max(len(row) for row in data.readings.values())

    def cut(rows: Sequence[Row]) -> Windows:
        return windows(rows, ids, most, REACH)

    gold, tagged = cut(gold_rows), cut(data.tagged)
    measured = cut([last_label(row) for row in (data.validation if options.validate else data.held_out)])
    model = PolyphoneModel(data.characters, data.readings, reach=REACH)
    run = Run(options.name, model, model.config, options.steps, options.lr, betas=(0.9, 0.98), decay=0.998)
    rng = np.random.default_rng(options.seed + run.step)
    print(
        f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(tagged.weights)} labels", flush=True
    )
    tagger = Tagger()
    strange = [
        row
        for rows, is_gold in ((data.gold * GOLD_COPIES, True), (data.tagged[:STRANGE_SENTENCES], False))
        for row in disturbed(rows, is_gold, data.readings, data.characters, tagger, rng)
    ]
    kinds = (gold, tagged, cut(strange))
    shares = [(found, np.cumsum(found.weights / found.weights.sum(dtype=np.float64))) for found in kinds]
    counts = [round(share * options.batch) for share in SHARES]
    while run.running:
        parts, targets = [], []
        for (found, cumulated), count in zip(shares, counts, strict=True):
            chosen = np.minimum(np.searchsorted(cumulated, rng.random(count)), len(cumulated) - 1)
            parts.append(draw(found, chosen, rng))
            targets.append(torch.from_numpy(found.targets[chosen]))
        scores = model.at_middle(*(torch.cat(both) for both in zip(*parts, strict=True)))
        losses = F.cross_entropy(scores, torch.cat(targets), reduction="none")
        means = [part.mean().item() for part in losses.detach().split(counts)]
        run.update(losses.mean(), dict(zip(("gold", "tagged", "strange"), means, strict=True)))
        if run.step % options.evaluate_every == 0 or not run.running:
            run.log(
                {"accuracy": 100 * accuracy(run.averaged, measured)[0]},
                "validation" if options.validate else "held out",
            )
    run.save()
