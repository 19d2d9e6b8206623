"""Exists to show a sentence in a terminal as it is said: characters over their pinyin, aligned where they are wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from qingyin.text import Sentence, Syllable
from qingyin.text.english.phones import is_english
from qingyin.text.style import PLAIN, Style

_INDENT = "   "
_MARKS = {"markup": "!", "lexicon": "*"}
_Cell = tuple[str, str]  # what stands above, what below


def printable(value: str) -> str:
    """On one line, with what a terminal would act on made visible."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in value)


def width(value: str) -> int:
    """Columns that printable text takes in a terminal: Chinese characters and emoji take two."""
    total = 0
    for char in value:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        total += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return total


def sentence_lines(number: int, sentence: Sentence, source: str, columns: int) -> Iterator[str]:
    """The sentence: its text, its syllables in rows of at most `columns`, its pauses, and what markup asks for."""
    yield f"{number}. {sentence.kind}: {printable(sentence.text)}"
    for row in _rows(_blocks(sentence), max(columns - len(_INDENT), 20)):
        for line in (0, 1):
            yield (_INDENT + "".join(_padded(cell[line], _width(cell)) + gap for cell, gap in row)).rstrip()
    before, after = sentence.phonemes[0], sentence.phonemes[-1]
    yield f"{_INDENT}pauses  {before.pause_ms:g} ms before, {after.pause_ms:g} ms after"
    if sentence.voice is not None:
        yield f"{_INDENT}voice   {printable(sentence.voice)}"
    if sentence.emotion is not None:
        yield f"{_INDENT}emotion {', '.join(f'{name} {weight:g}' for name, weight in sentence.emotion)}"
    yield from _styles(sentence, source)


def _blocks(sentence: Sentence) -> Iterator[list[_Cell]]:
    """The cells of each word and of each pause between words; a block is not broken over two rows."""
    place = 0
    for word in sentence.words:
        syllables = sentence.details[place : place + len(word.pinyin)]
        place += len(word.pinyin)
        yield list(_cells(syllables))
        if word.pause_ms:
            yield [("|", f"|{word.pause_ms:g}|")]


def _cells(syllables: Sequence[Syllable]) -> Iterator[_Cell]:
    """One for each syllable, but one for all that a word in letters has."""
    above, below = "", ""
    for syllable in syllables:
        if syllable.text and below:
            yield above, below
            above, below = "", ""
        above += printable(syllable.text)
        below += (" " if below else "") + reading(syllable)
    if below:
        yield above, below


def reading(syllable: Syllable) -> str:
    """``"ni3→2"`` where sandhi changed the tone; a mark after it tells who gave the reading."""
    mark = _MARKS.get(syllable.origin, "")
    if is_english(syllable.pinyin) or syllable.citation == syllable.pinyin:
        return syllable.pinyin + mark
    if syllable.citation[:-1] == syllable.pinyin[:-1]:
        return f"{syllable.citation}→{syllable.pinyin[-1]}{mark}"
    return f"{syllable.citation}→{syllable.pinyin}{mark}"


def _width(cell: _Cell) -> int:
    return max(width(cell[0]), width(cell[1]))


def _padded(value: str, columns: int) -> str:
    return value + " " * (columns - width(value))


def _rows(blocks: Iterator[list[_Cell]], columns: int) -> Iterator[list[tuple[_Cell, str]]]:
    """Cells, each with the gap after it: one space inside a word, two after it."""
    row: list[tuple[_Cell, str]] = []
    used = 0
    for block in blocks:
        size = sum(_width(cell) + 1 for cell in block) + 1
        if row and used + size - 2 > columns:
            yield row
            row, used = [], 0
        row += [(cell, "  " if index == len(block) - 1 else " ") for index, cell in enumerate(block)]
        used += size
    if row:
        yield row


def _styles(sentence: Sentence, source: str) -> Iterator[str]:
    """The stretches that markup has spoken in another way than the whole."""
    styled = [phoneme for phoneme in sentence.phonemes if phoneme.syllable >= 0]
    for style, group in groupby(styled, key=lambda phoneme: phoneme.style):
        wishes = _wishes(style)
        if wishes:
            syllables = [phoneme.syllable for phoneme in group]
            start, end = sentence.details[syllables[0]].start, sentence.details[syllables[-1]].end
            yield f"{_INDENT}span    {printable(source[start:end])}: {wishes}"


def _wishes(style: Style) -> str:
    wishes = []
    if style.speed != PLAIN.speed:
        wishes.append(f"speed {style.speed:.3g}")
    if style.pitch_semitones != PLAIN.pitch_semitones:
        wishes.append(f"pitch {style.pitch_semitones:+.3g} semitones")
    if style.volume_db != PLAIN.volume_db:
        wishes.append(f"volume {style.volume_db:+.3g} dB")
    return ", ".join(wishes)
