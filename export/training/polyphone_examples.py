"""Sentences written for this project, with readings, patterns that give many, and places that a reader decided.

An encyclopedia, which is all that is labelled elsewhere, hardly ever says 得 dei3, 睡着, 有空 or 我教数学. Of every
polyphone of CPP `polyphone_written.txt` says all readings that live, in some thousands of sentences. The table of
decisions names places of the text corpora where tagger and front end contradicted each other or the tagger was
unsure, and the reading that fits.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from export.training.polyphone_data import Labelled
from tools.corpus_rows import load_rows

EXAMPLES = Path(__file__).with_name("polyphone_examples.txt")
WRITTEN = EXAMPLES.with_name("polyphone_written.txt")
DECIDED = EXAMPLES.with_name("polyphone_decided.tsv")  # as tools/corpus_rows.py says
PATTERNS = Path(__file__).with_name("polyphone_patterns.txt")
USUAL = "usual"  # the list of readings that need no brackets
DIVIDER = "$$"  # between the lists of a file of patterns and the patterns


class Example(NamedTuple):
    """A sentence and what was said of its readings."""

    text: str
    labels: list[Labelled]


def labelled(line: str, where: str) -> Example:
    """A sentence with readings in brackets, 还[hai2]没.

    Raises:
        ValueError: a bracket without a character or a reading; `where` is named.
    """
    parts = re.split(r"\[([a-z]+[1-5])\]", line)
    text = "".join(parts[::2])
    if not all(parts[:-1:2]) or "[" in text:
        raise ValueError(f"{where}: expected a character before each [reading]: {line}")
    places = list(itertools.accumulate(len(part) for part in parts[:-1:2]))
    readings = zip(places, parts[1::2], strict=True)
    return Example(text, [Labelled(text, place - 1, reading) for place, reading in readings])


def load_examples(path: Path = EXAMPLES) -> list[Example]:
    """The sentences of a file. Errors: ValueError of `labelled`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [labelled(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]


def load_decided(texts: Path, path: Path = DECIDED) -> list[Example]:
    """The sentences of a table of decisions, found in the folder `texts`, with all that was decided about each.

    Raises:
        ValueError: a row of the table cannot be read, or its sentence is not in the texts.
    """
    found: dict[str, list[Labelled]] = defaultdict(list)
    for row in load_rows(path):
        sentence = row.sentence(texts)
        found[sentence].append(Labelled(sentence, row.start, row.expected[0]))
    return [Example(text, labels) for text, labels in found.items()]


def _parts(path: Path) -> tuple[dict[str, list[str]], list[tuple[int, str]]]:
    """The lists of a file of patterns, and its patterns with their line numbers."""
    lists: dict[str, list[str]] = {}
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    for _, line in itertools.takewhile(lambda item: item[1] != DIVIDER, lines):
        name, words = line.split(" = ")
        lists[name] = words.split(" ")
    return lists, list(lines)


def usual_readings(path: Path = PATTERNS) -> dict[str, str]:
    """Of common characters, the reading they have in everyday speech wherever they are no part of a word."""
    return {
        label.text[label.index]: label.reading
        for item in _parts(path)[0][USUAL]
        for label in labelled(item, str(path)).labels
    }


def load_patterns(draws: int, seed: int, path: Path = PATTERNS) -> list[Example]:
    """Sentences drawn from patterns: `name = words` lists, then a line $$, then lines with {name}.

    Args:
        draws: of each pattern; what is drawn twice is given once.
        seed: of the draws.
        path: of the file.

    Raises:
        ValueError: a pattern names a list that is not there, or is not labelled as it should be.
    """
    rng = random.Random(seed)
    lists, patterns = _parts(path)
    found: dict[str, Example] = {}
    for number, pattern in patterns:
        unknown = set(re.findall(r"{(\w+)}", pattern)) - set(lists)
        if unknown:
            raise ValueError(f"{path}:{number}: no list named {', '.join(sorted(unknown))}")
        for _ in range(draws):
            line = re.sub(r"{(\w+)}", lambda match: rng.choice(lists[match[1]]), pattern)
            found[line] = labelled(line, f"{path}:{number}")
    return list(found.values())
