"""Measures how many cases of the tables under tests/readings/ the front end reads right, and prints the others.

A table is lines of sentence, expected pinyin and source, parted by tabs; ▁ stands before and after the judged part of
the sentence. Tables in corpus/ point at sentences of the text corpora instead (tools/corpus_rows.py) and are left out
where these are not there; those in own/ are the project's own sentences and are not measured. Readings that are
equally standard stand beside each other: `shui1|cui1` for a syllable, `;` between whole parts. Lines that begin with #
describe the table; `# tones: dictionary` judges readings before tone sandhi, `# tones: spoken` what is said.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qingyin.text import analyse
from tools.corpus_rows import MARK, load_rows, why_missing

FOLDER = Path(__file__).parents[1] / "tests" / "readings"


@dataclass(frozen=True)
class Case:
    """A sentence of which text[start:end] is judged."""

    text: str
    start: int
    end: int
    expected: str  # as in the file
    source: str
    spoken: bool  # after sandhi, not as in the dictionary

    def read(self) -> str:
        """Pinyin that the front end gives the judged part."""
        syllables = [s for sentence in analyse(self.text).sentences for s in sentence.details]
        found = [s.pinyin if self.spoken else s.citation for s in syllables if self.start <= s.start < self.end]
        return " ".join(found)

    def accepts(self, read: str) -> bool:
        """Whether `read` is one of the expected readings."""
        syllables = read.split()
        for whole in self.expected.split(";"):
            choices = [syllable.split("|") for syllable in whole.split()]
            if len(choices) == len(syllables) and all(map(list.__contains__, choices, syllables)):
                return True
        return False


def load(path: Path) -> list[Case]:
    """The cases of a table of sentences, or of one (*.tsv) that points at sentences.

    Raises:
        ValueError: a line is not a case; the message names file and line.
        FileNotFoundError: the sentences that the table points at are not there.
    """
    if path.suffix == ".tsv":
        return _load_corpus(path)
    cases: list[Case] = []
    tones = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("#"):
            tones = line.removeprefix("# tones:").strip() if line.startswith("# tones:") else tones
            continue
        fields = line.split("\t")
        parts = fields[0].split(MARK)
        if len(fields) != 3 or len(parts) != 3 or not parts[1] or tones not in ("dictionary", "spoken"):
            raise ValueError(
                f"{path}:{number}: expected sentence with {MARK}a part{MARK}, pinyin, source after # tones:"
            )
        start = len(parts[0])
        cases.append(Case("".join(parts), start, start + len(parts[1]), fields[1], fields[2], tones == "spoken"))
    return cases


def _load_corpus(path: Path) -> list[Case]:
    rows = load_rows(path)
    if reason := why_missing(rows):
        raise FileNotFoundError(f"{path.name}: {reason}")
    spoken = "# tones: spoken" in path.read_text(encoding="utf-8").splitlines()
    return [Case(row.sentence(), row.start, row.end, row.expected[0], row.source, spoken) for row in rows]


def tables(folder: Path) -> list[Path]:
    """The tables under `folder`, those that point at the corpora beside those with sentences of the same name."""
    return sorted([*folder.glob("*.txt"), *folder.glob("corpus/*.tsv")], key=lambda path: (path.stem, path.suffix))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints each table's share of right cases."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--misses", action="store_true", help="print the cases that are read wrong")
    options = parser.parse_args(arguments)
    right = total = 0
    for path in tables(options.folder):
        try:
            cases = load(path)
        except FileNotFoundError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        wrong = [(case, read) for case in cases if not case.accepts(read := case.read())]
        right, total = right + len(cases) - len(wrong), total + len(cases)
        share = 100 * (1 - len(wrong) / len(cases))
        name = f"{path.parent.name}/{path.stem}" if path.suffix == ".tsv" else path.stem
        print(f"{name:21} {len(cases) - len(wrong):4} of {len(cases):4}  {share:5.1f} %")
        for case, read in wrong if options.misses else ():
            marked = case.text[: case.start] + MARK + case.text[case.start : case.end] + MARK + case.text[case.end :]
            print(f"    {marked}  is {read}, not {case.expected}  ({case.source})")
    print(f"{'all':21} {right:4} of {total:4}  {100 * right / total:5.1f} %")


if __name__ == "__main__":
    main()
