"""What is said for the figures, signs and letters of real text, phenomenon by phenomenon.

Each file of tests/normalisation is one phenomenon: a phrase as somebody wrote it, what a newsreader says, and where it
stands. Of phrases from CPP, corpus/ holds the place and the edits only (tools/corpus_rows.py); they are tested where
CPP is there. Names, addresses and numbers of people and firms are made up. Phrases were taken in the order in which
they stand there; what is said was written down before the front end was run on them (docs/readings.md). In what is
said, Han characters are themselves, capitals are letters spelled out, small letters a word; {a|b} means that both are
good, ~word that the word may be spelled out too. Spaces and marks count for nothing. Phrases from pages and
repositories are cut down to what is judged.

structure.tsv is about stops instead: the text with ‖ where a sentence ends, ╱ where there must be a pause inside one,
╎ for either and ↵ for a line break. Nowhere else may a sentence end, and lines that are joined must run on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from qingyin.text import Analysis, Word, analyse
from qingyin.text.english.tables import LETTER_PHONES
from tools.corpus_rows import CorpusRow, load_rows, why_missing

TABLES = Path(__file__).parent / "normalisation"
ENGLISH_LETTERS = {
    letter: "-".join(phone.rstrip("012") for phone in phones) for letter, phones in LETTER_PHONES.items()
}


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


CASES = [
    pytest.param(text, said, id=f"{path.stem}-{number}")
    for path in sorted(TABLES.glob("*.tsv"))
    if path.stem != "structure"
    for number, (text, said, _) in enumerate(rows(path), 1)
]
CORPUS_CASES = [
    pytest.param(row, id=f"{path.stem}-{row.source}")
    for path in sorted(TABLES.glob("corpus/*.tsv"))
    for row in load_rows(path)
]


@cache
def mandarin_letters() -> dict[str, tuple[str, ...]]:
    """The syllables of each letter's name inside Chinese."""
    return {letter: analyse(letter.upper()).sentences[0].syllables for letter in ENGLISH_LETTERS}


def is_spelled(word: Word) -> bool:
    """Whether a word in letters is said as their names."""
    letters = [letter for letter in word.text.lower() if letter in ENGLISH_LETTERS]
    if word.pinyin == sum((mandarin_letters()[letter] for letter in letters), ()):
        return True
    return re.sub(r"\d", "", "-".join(word.pinyin)) == "-".join(ENGLISH_LETTERS[letter] for letter in letters)


def said(text: str) -> str:
    """What is said, as the tables write it."""
    found = ""
    for sentence in analyse(text).sentences:
        for word in sentence.words:
            found += word.text.upper() if is_spelled(word) else word.text.lower()
    return found.replace("〇", "零").replace("'", "")


def pattern(expected: str) -> str:
    """The regular expression of an entry of the tables."""
    expected = re.sub(r"~(\w+)", lambda word: f"{{{word[1]}|{word[1].upper()}}}", expected.replace(" ", ""), flags=re.A)
    return expected.replace("{", "(?:").replace("}", ")")


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_said(text: str, expected: str) -> None:
    heard = said(text)
    assert re.fullmatch(pattern(expected), heard), heard


def edited(phrase: str, edits: Sequence[str]) -> str:
    """What is said for a phrase, from the edits of a row of corpus/: start-end:replacement, in order."""
    result, place = "", 0
    for edit in edits:
        span, _, replacement = edit.partition(":")
        start, end = map(int, span.split("-"))
        result += phrase[place:start] + replacement
        place = end
    return result + phrase[place:]


@pytest.mark.parametrize("row", CORPUS_CASES)
def test_said_in_corpus(row: CorpusRow) -> None:
    if reason := why_missing([row]):
        pytest.skip(reason)
    phrase = row.sentence()[row.start : row.end]
    heard = said(phrase)
    assert re.fullmatch(pattern(edited(phrase, row.expected)), heard), heard


def test_every_phenomenon_has_twenty_cases() -> None:
    counts = Counter(path.stem for path in TABLES.glob("*.tsv") for _ in rows(path))
    counts.update(path.stem for path in TABLES.glob("corpus/*.tsv") for _ in load_rows(path))
    assert {name for name, count in counts.items() if count < 20} == set()


def stops(analysis: Analysis) -> tuple[set[int], set[int]]:
    """Ends, in the source text, of what stands before a sentence's end and before a pause inside a sentence."""
    ends, pauses = set(), set()
    for sentence in analysis.sentences:
        first = 0
        for word in sentence.words:
            first += len(word.pinyin)
            if word.pause_ms:
                pauses.add(sentence.details[first - 1].end)
        ends.add(sentence.details[-1].end)
    return ends, pauses


@pytest.mark.parametrize("marked", [row[0] for row in rows(TABLES / "structure.tsv")])
def test_stops(marked: str) -> None:
    text, asked = "", []
    for character in marked:
        if character in "‖╱╎":
            asked.append((len(text.rstrip("，。、；：！？…—“”’」』》）)\n ")), character))
        else:
            text += "\n" if character == "↵" else character
    ends, pauses = stops(analyse(text))
    heard = [(place, "‖" if place in ends else "╱") for place in sorted(ends | pauses)]
    got = dict(heard)
    for place, mark in asked:
        assert got.get(place) == mark or (mark == "╎" and place in got), (text[:place], mark, got.get(place))
    assert ends <= {place for place, mark in asked if mark != "╱"}, [text[:place] for place in ends]
    joined = {len(text[: at.start()]) for at in re.finditer(r"(?<=\w)\n(?=\w)", text)} - {place for place, _ in asked}
    assert not joined & (ends | pauses)
