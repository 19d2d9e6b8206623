"""Measures how well the whole front end, as it is installed, reads the polyphones of CPP that no training has seen."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from export.training.polyphone_data import Labelled, load_cpp
from export.training.polyphone_rows import heard
from qingyin.text import polyphones
from qingyin.text.segmentation import Clause
from tools.corpus_rows import MARK, digest, load_rows


def sentences_of(table: Path) -> set[str]:
    """Digests of the sentences of a table of tests/readings (without their marks) or of tests/readings/corpus."""
    if table.suffix == ".tsv":
        return {row.digest for row in load_rows(table)}
    lines = table.read_text(encoding="utf-8").splitlines()
    return {digest(line.split("\t")[0].replace(MARK, "")) for line in lines}


def _no_choice(sentence: Sequence[Clause]) -> dict[int, str] | None:
    """What `polyphones.choose` gives where there is no model."""
    return None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training polyphone_measure`."""
    parser.add_argument("folder", type=Path, help="with cpp_dev.sent and cpp_dev.lb")
    parser.add_argument("--fold", type=int, default=0, help="0 is held out for good, 1 was chosen by")
    parser.add_argument(
        "--without", type=Path, nargs="+", default=[], metavar="TABLE",
        help="leave out sentences of these tables, which rules may have been written for: tests/readings/corpus/*.tsv",
    )  # fmt: skip
    parser.add_argument("--without-model", action="store_true", help="dictionary and rules alone")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    if options.without_model:
        polyphones.choose = _no_choice
    elif polyphones.load() is None:
        raise FileNotFoundError("no model of polyphones in the package; run: python -m tools.export_polyphones")
    known = {sentence for table in options.without for sentence in sentences_of(table)}
    fold = [label for label in load_cpp(options.folder) if label.fold == options.fold]
    labels = [label for label in fold if digest(label.text) not in known]
    if not labels:
        raise ValueError(f"no sentence of fold {options.fold} is left")
    wrong: list[tuple[Labelled, str]] = []
    for label in labels:
        reading = heard(label.text).get(label.index, "")
        if reading != label.reading:
            wrong.append((label, reading))
    counts = Counter(label.text[label.index] for label, _ in wrong)
    for label, reading in wrong:
        near = label.text[max(0, label.index - 6) : label.index + 7]
        print(f"{label.text[label.index]} {reading} should be {label.reading}: {near}")
    print("worst:", " ".join(f"{char}{count}" for char, count in counts.most_common(30)))
    print(f"{len(labels)} sentences, {100 * (1 - len(wrong) / len(labels)):.2f} % right")
