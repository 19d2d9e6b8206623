"""Rows of the tests' tables that point at sentences of the text corpora, which stay outside the repository.

A row begins with source (`cc0:LINE` or `cpp:LINE`, from 1), start and end of the judged part in the sentence, and the
first 8 hex digits of the sentence's sha256; what is expected follows. Sentences of CPP count without their marks.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VARIABLE = "QINGYIN_TEXT_CORPORA"
BESIDE = Path(__file__).parents[2] / "shared" / "corpora" / "text"
FILES = {"cc0": "zh_sentences_cc0.txt", "cpp": "cpp_dev.sent"}
MARK = "▁"  # stands before and after a judged part, in CPP and in the tables of readings


@dataclass(frozen=True)
class CorpusRow:
    """A row as it stands in the table."""

    source: str
    start: int
    end: int
    digest: str
    expected: tuple[str, ...]

    def sentence(self, texts: Path | None = None) -> str:
        """The sentence that the row points at in a folder of texts: the line named, or wherever the text has it.

        Raises:
            ValueError: the text has no such sentence.
        """
        corpus, _, line = self.source.partition(":")
        path = (texts or folder()) / FILES[corpus]
        sentences = _sentences(path)
        place = int(line) - 1
        if place < len(sentences) and digest(sentences[place]) == self.digest:
            return sentences[place]
        found = _by_digest(path).get(self.digest)
        if found is None:
            raise ValueError(f"{path}: no sentence with sha256 {self.digest}…, which a test takes from {self.source}")
        return found


def digest(sentence: str) -> str:
    """The first 8 hex digits of a sentence's sha256."""
    return hashlib.sha256(sentence.encode()).hexdigest()[:8]


def folder() -> Path:
    """Where the texts are looked for."""
    return Path(os.environ.get(VARIABLE) or BESIDE)


def why_missing(rows: Sequence[CorpusRow]) -> str:
    """Why the sentences of `rows` cannot be had, and what to do; empty where they can."""
    names = sorted({FILES[row.source.partition(":")[0]] for row in rows})
    missing = [name for name in names if not (folder() / name).is_file()]
    if not missing:
        return ""
    return f"no {' and '.join(missing)}: set {VARIABLE} to their folder (docs/data.md, Texts, says where to get them)"


def load_rows(path: Path) -> list[CorpusRow]:
    """The rows of a table.

    Raises:
        ValueError: a line is not a row; the message names file and line.
    """
    return list(_rows(path))


def _rows(path: Path) -> Iterator[CorpusRow]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            continue
        source, *fields = line.split("\t")
        corpus, _, place = source.partition(":")
        numbers = [place, *fields[:2]]
        if corpus not in FILES or len(fields) < 3 or not all(number.isdecimal() for number in numbers):
            raise ValueError(f"{path}:{number}: expected cc0:LINE or cpp:LINE, start, end, sha256, what is expected")
        yield CorpusRow(source, int(fields[0]), int(fields[1]), fields[2], tuple(fields[3:]))


@cache
def _sentences(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").replace(MARK, "").split("\n")


@cache
def _by_digest(path: Path) -> dict[str, str]:
    return {digest(sentence): sentence for sentence in _sentences(path)}
