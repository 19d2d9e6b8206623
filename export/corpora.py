"""Reads corpus manifests and decides, once and for ever, which recordings are held out of training."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MANIFEST_COLUMNS = ("audio", "speaker", "language", "seconds", "text")

# Share of recordings (by name) or of speakers that no training ever sees. Changing a number here would leak
# recordings that earlier models were measured on, so the shares are constants and not options.
HELD_OUT_RECORDINGS = {"hsk_words": 0.01, "aishell_sample": 0.025, "pinyin_syllables": 0.01}
HELD_OUT_SPEAKERS = 0.05


class CorpusError(ValueError):
    """A corpus folder or manifest that cannot be used; the message says what to mend."""


@dataclass(frozen=True)
class Clip:
    """One recording of a corpus."""

    corpus: str
    audio: Path
    speaker: str
    language: str  # "zh", "zh-pinyin" (text is pinyin with tone digits) or "en"
    seconds: float
    text: str

    @property
    def name(self) -> str:
        """Name that is unique in the corpus and the same on every machine."""
        return self.audio.stem

    @property
    def held_out(self) -> bool:
        """Whether training must never see this clip (see `HELD_OUT_RECORDINGS`)."""
        share = HELD_OUT_RECORDINGS.get(self.corpus)
        if share is not None:
            return _fraction(f"{self.corpus}/{self.name}") < share
        return _fraction(f"{self.corpus}/{self.speaker}") < HELD_OUT_SPEAKERS


def _fraction(name: str) -> float:
    """Map a name to [0, 1) by its sha256, so that the split does not depend on order, machine or Python version."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def read_manifest(folder: Path) -> Iterator[Clip]:
    """Yield the clips of `folder/manifest.tsv`.

    Raises:
        CorpusError: no manifest, a missing column, a wrong number of fields, a length that is no number, or two
            recordings whose files have the same name.
    """
    path = folder / "manifest.tsv"
    if not path.is_file():
        columns = ", ".join(MANIFEST_COLUMNS)
        raise CorpusError(f"{folder}: no manifest.tsv; it needs the tab-separated columns {columns}")
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        header = next(rows, [])
        missing = [column for column in MANIFEST_COLUMNS if column not in header]
        if missing:
            raise CorpusError(f"{path}: missing column(s) {', '.join(missing)}")
        index = [header.index(column) for column in MANIFEST_COLUMNS]
        seen: set[str] = set()
        for number, row in enumerate(rows, start=2):
            if len(row) != len(header):
                raise CorpusError(f"{path}:{number}: {len(row)} fields where the header has {len(header)}")
            audio, speaker, language, seconds, text = (row[i] for i in index)
            try:
                length = float(seconds)
            except ValueError as error:
                raise CorpusError(f"{path}:{number}: {seconds!r} is no number of seconds") from error
            clip = Clip(folder.name, folder / audio, speaker, language, length, text)
            if clip.name in seen:
                raise CorpusError(f"{path}:{number}: a second recording is called {clip.name}")
            seen.add(clip.name)
            yield clip


def find_corpora(root: Path) -> list[Path]:
    """Folders under `root` (or `root` itself) that hold a manifest, sorted by name.

    Raises:
        CorpusError: there is none.
    """
    if (root / "manifest.tsv").is_file():
        return [root]
    folders = sorted(path.parent for path in root.glob("*/manifest.tsv"))
    if not folders:
        raise CorpusError(f"{root}: no folder with a manifest.tsv in it")
    return folders
