"""A user's own readings: a file of words with pinyin, English phones or other text to say in their place."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qingyin.errors import LexiconError
from qingyin.text import given_readings
from qingyin.text.characters import is_ascii_alnum, is_han
from qingyin.text.document import Document, Hit, covered
from qingyin.text.english.phones import PHONES
from qingyin.text.items import PLACEHOLDER, Given
from qingyin.text.places import Places
from qingyin.text.style import Style

_MAX_WORD = 64  # characters
_PINYIN = re.compile(r"[a-zêü:\u0308]{1,9}[0-9]")  # what is meant to be; whether it is a syllable is checked


@dataclass(frozen=True)
class Entry:
    """A word and what is said for it: `readings`, or `text`."""

    word: str
    readings: tuple[str, ...]  # pinyin or English syllables
    text: str
    value: str  # as the file has it
    where: str  # file and line, for messages


@dataclass
class Lexicon:
    """Entries of one or more files; a later one of the same word replaces an earlier one, which `conflicts` tells."""

    entries: dict[str, Entry] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    _by_first: dict[str, list[Entry]] = field(default_factory=dict)  # longest first

    def add(self, entry: Entry) -> None:
        """Adds an entry."""
        old = self.entries.get(entry.word)
        if old is not None:
            row = self._by_first[entry.word[0]]
            row.remove(old)
            if old.value != entry.value:
                self.conflicts.append(
                    f"{entry.where}: {entry.word!r} is {entry.value!r}, which replaces {old.value!r} of {old.where}"
                )
        self.entries[entry.word] = entry
        row = self._by_first.setdefault(entry.word[0], [])
        row.append(entry)
        row.sort(key=lambda item: -len(item.word))

    def matches(self, text: str) -> Iterator[tuple[int, Entry]]:
        """(place, entry) from left to right, the longest word at each place; words in letters match whole words only.

        An entry in small letters matches capitals too.
        """
        lowered = "".join(char.lower() if char.isascii() else char for char in text)
        place = 0
        while place < len(text):
            rows = self._by_first.get(text[place], ()), self._by_first.get(lowered[place], ())
            best: Entry | None = None
            for row, among in zip(rows, (text, lowered), strict=True):
                for entry in row:
                    if best is not None and len(entry.word) <= len(best.word):
                        break
                    if among.startswith(entry.word, place) and _whole(text, place, place + len(entry.word)):
                        best = entry
                        break
            if best is None:
                place += 1
            else:
                yield place, best
                place += len(best.word)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether text[start:end] does not begin or end inside a word in letters or a number."""
    begins_inside = start > 0 and is_ascii_alnum(text[start - 1]) and is_ascii_alnum(text[start])
    ends_inside = end < len(text) and is_ascii_alnum(text[end]) and is_ascii_alnum(text[end - 1])
    return not begins_inside and not ends_inside


def load_lexicon(paths: Sequence[Path]) -> Lexicon:
    """Reads files of `word TAB reading` lines; empty lines and those that begin with # are skipped.

    A reading is pinyin with tone digits, English phones (``JH IH1 F``, between slashes if you like), or text to say.
    Errors: LexiconError, with file and line.
    """
    lexicon = Lexicon()
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8-sig").split("\n")
        except OSError as error:
            raise LexiconError(f"cannot read {path}: {error.strerror}; check the path") from None
        except UnicodeError:
            raise LexiconError(f"{path} is not text in UTF-8; save it as UTF-8") from None
        for number, line in enumerate(lines, 1):
            line = line.rstrip("\r")
            if line.strip() and not line.startswith("#"):
                lexicon.add(parse_entry(line, f"{path}, line {number}"))
    return lexicon


def parse_entry(line: str, where: str) -> Entry:
    """One line of a lexicon. Errors: LexiconError that begins with `where`."""
    word, tab, value = line.partition("\t")
    word, value = word.strip(), value.strip()
    if not tab or not word or not value or "\t" in value:
        raise LexiconError(f"{where}: expected a word, one TAB and its reading, such as 银行 TAB yin2 hang2")
    if len(word) > _MAX_WORD or any(not char.isprintable() for char in word + value):
        raise LexiconError(f"{where}: expected a word of at most {_MAX_WORD} characters and no control characters")
    phones = value.startswith("/") and value.endswith("/") and len(value) > 1
    try:
        if phones or _is_phones(value):
            readings = given_readings.english(value.strip("/"))
        elif _is_pinyin(value):
            readings = given_readings.pinyin(value)
            if all(map(is_han, word)) and sum(covered(readings, word) or [0]) != len(word):
                raise ValueError(f"{len(word)} characters, but {len(readings)} syllables: expected one for each")
        else:
            return Entry(word, (), value, value, where)
    except ValueError as error:
        raise LexiconError(f"{where}: {error}") from None
    return Entry(word, tuple(readings), "", value, where)


def _is_phones(value: str) -> bool:
    return any(token[-1].isdigit() for token in value.split()) and all(token in PHONES for token in value.split())


def _is_pinyin(value: str) -> bool:
    return all(_PINYIN.fullmatch(token) for token in value.split())


def apply_lexicon(document: Document, lexicon: Lexicon) -> Document:
    """The document with the lexicon's readings and replacements, except where its author gave readings already."""
    if not lexicon.entries or not document.text:
        return document
    found = [
        (place, entry) for place, entry in lexicon.matches(document.text)
        if not any(index in document.given for index in range(place, place + len(entry.word)))
    ]  # fmt: skip
    if not found:
        return document
    return _Rewriter(document, found).finish()


class _Rewriter:
    """Copies a document, from match to match."""

    def __init__(self, document: Document, found: Sequence[tuple[int, Entry]]) -> None:
        self._document, self._found = document, found
        old = document.places or Places()
        if document.places is None:
            old.add(0, 0, len(document.text), True)
        self._old, self._places = old, Places()
        self._chars: list[str] = []
        self._size = 0
        self._starts: list[tuple[int, int]] = []  # (old index, new index) of stretches
        self._replaced: set[int] = set()  # old indexes of replaced words
        self._given: dict[int, Given] = {}

    def finish(self) -> Document:
        document, done = self._document, 0
        hits = list(document.hits)
        for place, entry in self._found:
            self._copy(done, place)
            done = place + len(entry.word)
            start, end = document.span(place, done)
            hits.append(Hit(document.text[place:done], entry.value, start))
            counts = covered(entry.readings, entry.word) if entry.readings else None
            if counts and sum(counts) == len(entry.word):
                self._annotate(entry.readings, counts)
                self._copy(place, done)
            else:
                self._replace(place, entry, start, end)
        self._copy(done, len(document.text))
        return Document(
            "".join(self._chars), document.source, self._moved_given(), self._moved_styles(), self._places,
            document.named, document.notes, tuple(hits),
        )  # fmt: skip

    def _copy(self, start: int, end: int) -> None:
        if start < end:
            self._starts.append((start, self._size))
            for piece in self._old.cut(start, end):
                self._places.add(self._size + piece.start - start, piece.first, piece.end, piece.verbatim)
            self._append(self._document.text[start:end])

    def _append(self, text: str) -> None:
        self._chars.append(text)
        self._size += len(text)

    def _annotate(self, readings: Sequence[str], counts: Sequence[int]) -> None:
        index = self._size
        for reading, count in zip(readings, counts, strict=True):
            self._given[index] = Given(reading, origin="lexicon")
            for extra in range(1, count):
                self._given[index + extra] = Given(origin="lexicon")
            index += count

    def _replace(self, place: int, entry: Entry, start: int, end: int) -> None:
        self._starts.append((place, self._size))
        self._replaced.add(place)
        for index, reading in enumerate(entry.readings):
            written = "" if index else self._document.text[place : place + len(entry.word)]
            self._given[self._size + index] = Given(reading, None, index == 0, written, "lexicon")
        self._places.add(self._size, start, end, False)
        self._append(PLACEHOLDER * len(entry.readings) or entry.text)

    def _moved_given(self) -> dict[int, Given]:
        return self._given | {self._new(index): given for index, given in self._document.given.items()}

    def _moved_styles(self) -> list[tuple[int, Style]]:
        return list({self._new(index): style for index, style in self._document.styles}.items())

    def _new(self, index: int) -> int:
        """Where text[index] of the old text is in the new one; the start of what has replaced it."""
        old, new = self._starts[bisect_right(self._starts, index, key=lambda entry: entry[0]) - 1]
        if index == len(self._document.text):
            return self._size
        return new if old in self._replaced else new + index - old
