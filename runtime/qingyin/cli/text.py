"""Exists to carry out `qingyin text`: shows how a text is read, so that a wrong reading can be traced to its step."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qingyin.cli.source import read_text
from qingyin.cli.text_view import printable, sentence_lines
from qingyin.text import Analysis, Document, Note, Phoneme, Sentence, Unspoken, analyse_document
from qingyin.text.lexicon import load_lexicon
from qingyin.text.markup_modes import read_document
from qingyin.text.pauses_file import load_pauses
from qingyin.text.style import PLAIN, Style


def text(arguments: argparse.Namespace) -> None:
    """Prints sentence by sentence, or one JSON object with --json. Errors: OptionError, TextError, LexiconError."""
    source = read_text(arguments)
    pauses = load_pauses(Path(arguments.pauses)) if arguments.pauses else None
    lexicon = load_lexicon([Path(path) for path in arguments.lexicon]) if arguments.lexicon else None
    document = read_document(source, arguments.markup, lexicon)
    analyses = analyse_document(document, pauses, arguments.emoji)
    conflicts = lexicon.conflicts if lexicon else []
    if arguments.json:
        lines = _json_pieces(document, analyses, conflicts)
    else:
        lines = report(document, analyses, conflicts, shutil.get_terminal_size((100, 24)).columns)
    for line in lines:
        print(line)


def report(document: Document, analyses: Iterable[Analysis], conflicts: Iterable[str], columns: int) -> Iterator[str]:
    """Lines for a terminal: per sentence what is said, syllable by syllable; then what is not said, and why."""
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
            yield from sentence_lines(count, sentence, document.source, columns)
    if not count:
        yield "nothing to say"
    rows = [f"lexicon     {printable(hit.word)} at {hit.position}: {printable(hit.value)}" for hit in document.hits]
    rows += [f"conflict    {printable(conflict)}" for conflict in conflicts]
    rows += [f"not spoken  {printable(item.text)} at {item.position}: {item.reason}" for item in unspoken]
    rows += [f"note        {printable(note.text)} at {note.position}: {note.message}" for note in notes]
    if rows:
        yield ""
    yield from rows


def as_json(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data; docs/markup.md lists the keys."""
    return {
        "sentences": [_sentence(sentence) for sentence in analysis.sentences],
        "unspoken": [asdict(item) for item in analysis.unspoken],
        "notes": [asdict(note) for note in analysis.notes],
    }


def _sentence(sentence: Sentence) -> dict[str, Any]:
    styles = {phoneme.syllable: phoneme.style for phoneme in sentence.phonemes}
    return {
        "text": sentence.text,
        "kind": sentence.kind,
        "start": sentence.start,
        "end": sentence.end,
        "voice": sentence.voice,
        "emotion": None if sentence.emotion is None else dict(sentence.emotion),
        "words": [asdict(word) for word in sentence.words],
        "syllables": [
            asdict(syllable) | {"style": _style(styles.get(index, PLAIN))}
            for index, syllable in enumerate(sentence.details)
        ],
        "phonemes": [_phoneme(phoneme) for phoneme in sentence.phonemes],
    }


def _style(style: Style) -> dict[str, float]:
    """What differs from the options of the whole."""
    values = (("speed", style.speed, 1.0), ("pitch_semitones", style.pitch_semitones, 0.0),
              ("volume_db", style.volume_db, 0.0))  # fmt: skip
    return {name: round(value, 4) for name, value, plain in values if value != plain}


def _phoneme(phoneme: Phoneme) -> dict[str, Any]:
    return {key: getattr(phoneme, key) for key in ("symbol", "tone", "boundary", "syllable", "pause_ms", "exact")}


def _json_pieces(document: Document, analyses: Iterable[Analysis], conflicts: list[str]) -> Iterator[str]:
    """One JSON document; a terminal that cannot show Chinese gets escapes."""
    merged: dict[str, list[Any]] = {"sentences": [], "unspoken": [], "notes": []}
    for analysis in analyses:
        for key, values in as_json(analysis).items():
            merged[key] += values
    merged["lexicon"] = [asdict(hit) for hit in document.hits]
    merged["conflicts"] = conflicts
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("-", "")
    yield json.dumps(merged, ensure_ascii=not encoding.startswith("utf"), indent=2)
