"""Exists to carry out `qingyin text`: shows how a text is read, so that a wrong reading can be traced to its step."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qingyin.cli_source import read_text
from qingyin.text import Analysis, Note, Sentence, Unspoken, analyse_stream
from qingyin.text.pauses_file import load_pauses


def text(arguments: argparse.Namespace) -> None:
    """Prints sentence by sentence, or one JSON object with --json. Errors: OptionError, TextError."""
    source = read_text(arguments)
    pauses = load_pauses(Path(arguments.pauses)) if arguments.pauses else None
    analyses = analyse_stream(source, pauses, arguments.emoji)
    lines = _json_pieces(analyses) if arguments.json else report(analyses)
    for line in lines:
        print(line)


def report(analyses: Iterable[Analysis]) -> Iterator[str]:
    """Lines for a terminal: per sentence what is said, word by word with pinyin, and pauses; then what is not said."""
    unspoken: list[Unspoken] = []
    notes: list[Note] = []
    count = 0
    for analysis in analyses:
        unspoken += analysis.unspoken
        notes += analysis.notes
        for sentence in analysis.sentences:
            if count:
                yield ""
            count += 1
            yield from _sentence_lines(count, sentence)
    if not count:
        yield "nothing to say"
    if unspoken or notes:
        yield ""
    for item in unspoken:
        yield f"not spoken  {_shown(item.text)} at {item.position}: {item.reason}"
    for note in notes:
        yield f"note        {_shown(note.text)} at {note.position}: {note.message}"


def _sentence_lines(number: int, sentence: Sentence) -> Iterator[str]:
    start_ms, end_ms = sentence.phonemes[0].pause_ms, sentence.phonemes[-1].pause_ms
    yield f"{number}. {sentence.kind}: {_shown(sentence.text)}"
    phrases: list[list[str]] = [[]]
    readings: list[list[str]] = [[]]
    for word in sentence.words:
        phrases[-1].append(word.text)
        readings[-1].append("·".join(word.pinyin))
        if word.pause_ms:
            phrases[-1].append(f"|{word.pause_ms:g}|")
            phrases.append([])
            readings.append([])
    yield "   said    " + " ".join(" ".join(phrase) for phrase in phrases)
    yield "   pinyin  " + " | ".join(" ".join(reading) for reading in readings)
    yield f"   pauses  {start_ms:g} ms before, {end_ms:g} ms after; |…| are milliseconds between"


def _shown(value: str) -> str:
    """On one line, with what a terminal would act on made visible."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value)


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data: sentences (text, kind, words, phonemes), unspoken, notes."""
    return {
        "sentences": [
            {
                "text": sentence.text,
                "kind": sentence.kind,
                "words": [asdict(word) for word in sentence.words],
                "phonemes": [asdict(phoneme) for phoneme in sentence.phonemes],
            }
            for sentence in analysis.sentences
        ],
        "unspoken": [asdict(item) for item in analysis.unspoken],
        "notes": [asdict(note) for note in analysis.notes],
    }


def _json_pieces(analyses: Iterable[Analysis]) -> Iterator[str]:
    """One JSON document; a terminal that cannot show Chinese gets escapes."""
    merged: dict[str, list[Any]] = {"sentences": [], "unspoken": [], "notes": []}
    for analysis in analyses:
        for key, values in as_json(analysis).items():
            merged[key] += values
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("-", "")
    yield json.dumps(merged, ensure_ascii=not encoding.startswith("utf"), indent=2)
