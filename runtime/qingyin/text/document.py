"""A text with what its author says about parts of it: what inline markup, SSML and lexicons are all turned into."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qingyin.text.characters import is_han
from qingyin.text.items import PAUSE_PLACEHOLDER, PLACEHOLDER, Given
from qingyin.text.pinyin import SYLLABLES
from qingyin.text.places import Places
from qingyin.text.style import PLAIN, Style

# Marks that belong to what stands before them: a change of voice before them takes place after them.
_TRAILING = frozenset("，。！？；：、…,!?;:.”’」』》〉)）]】 \t\r\n" + PAUSE_PLACEHOLDER)


@dataclass(frozen=True)
class Named:
    """A voice or an emotion that the author asks for."""

    kind: str  # "voice" or "emotion"
    name: str
    position: int  # index in the source


@dataclass(frozen=True)
class Hit:
    """A word that a lexicon says how to read."""

    word: str
    value: str  # as the lexicon has it
    position: int  # index in the source


@dataclass(frozen=True)
class Document:
    """A text to say. Indexes are in `text` where it does not say "in the source"."""

    text: str
    source: str  # what the author wrote
    given: Mapping[int, Given] = field(default_factory=dict)  # about single characters
    styles: Sequence[tuple[int, Style]] = ()  # (from here on, style), in order; before the first is PLAIN
    places: Places | None = None  # None: `text` is the source
    named: Sequence[Named] = ()
    notes: Sequence[tuple[str, int, str]] = ()  # text, index in the source, message
    hits: Sequence[Hit] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """text[start:end], not empty -> (first, past-last) index in the source."""
        return self.places.source(start, end) if self.places else (start, end)

    def style(self, index: int) -> Style:
        """The style of text[index]."""
        if not self.styles:
            return PLAIN
        place = bisect_right(self.styles, index, key=lambda entry: entry[0])
        return self.styles[place - 1][1] if place else PLAIN

    def sections(self) -> Iterator[tuple[int, int]]:
        """(start, end) of the stretches of one voice and emotion, with the marks after them. They cover the text."""
        start, current = 0, (PLAIN.voice, PLAIN.emotion)
        for place, style in self.styles:
            if (style.voice, style.emotion) == current:
                continue
            current = (style.voice, style.emotion)
            while place < len(self.text) and self.text[place] in _TRAILING and place:
                place += 1
            if place > start:
                yield start, place
                start = place
        if start < len(self.text):
            yield start, len(self.text)


def plain(text: str) -> Document:
    """A text without any markup."""
    return Document(text, text)


def covered(readings: Sequence[str], chars: str) -> list[int] | None:
    """How many of `chars`, from its end, each reading takes: one, or two where 儿 is part of it. None: too few."""
    counts: list[int] = []
    end = len(chars)
    for reading in reversed(readings):
        erhua = reading[:-1] not in SYLLABLES and reading[-2:-1] == "r" and chars[end - 1 : end] in ("儿", "兒")
        counts.append(2 if erhua else 1)
        end -= counts[-1]
        if end < 0 or not all(is_han(char) for char in chars[end : end + counts[-1]]):
            return None
    return counts[::-1]


class DocumentBuilder:
    """Puts a Document together from left to right. All indexes taken are in the source."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.notes: list[tuple[str, int, str]] = []
        self._chars: list[str] = []  # pieces of the text
        self._size = 0
        self._places = Places()
        self._given: dict[int, Given] = {}
        self._styles: list[tuple[int, Style]] = []
        self._named: list[Named] = []

    def verbatim(self, start: int, end: int) -> None:
        """source[start:end] as it stands."""
        self._append(self.source[start:end], start, end, True)

    def instead(self, text: str, start: int, end: int, verbatim: bool = False) -> None:
        """`text` in place of source[start:end]; verbatim: of equal length, character for character."""
        self._append(text, start, end, verbatim)

    def pause(self, milliseconds: float, start: int, end: int) -> None:
        """A pause that source[start:end] asks for."""
        self._given[self._size] = Given(milliseconds=milliseconds)
        self._append(PAUSE_PLACEHOLDER, start, end, False)

    def syllables(self, readings: Sequence[str], written: str, start: int, end: int, origin: str = "markup") -> None:
        """Syllables that source[start:end] stands for as a whole; `written` is how it is shown."""
        for index, reading in enumerate(readings):
            self._given[self._size + index] = Given(reading, None, index == 0, "" if index else written, origin)
        self._append(PLACEHOLDER * len(readings), start, end, False)

    def read_back(self, readings: Sequence[str], counts: Sequence[int], origin: str = "markup") -> None:
        """Readings of the last sum(counts) Han characters, each of which was added verbatim."""
        index = self._size - sum(counts)
        for reading, count in zip(readings, counts, strict=True):
            self._given[index] = Given(reading, origin=origin)
            for extra in range(1, count):
                self._given[index + extra] = Given(origin=origin)
            index += count

    def style(self, style: Style) -> None:
        """The style of all that follows."""
        if self._styles and self._styles[-1][0] == self._size:
            self._styles.pop()
        if style != (self._styles[-1][1] if self._styles else PLAIN):
            self._styles.append((self._size, style))

    def names(self, style: Style, position: int) -> None:
        """Remembers which voice and emotions were asked for, and where, so that unknown ones can be told."""
        if style.voice is not None:
            self._named.append(Named("voice", style.voice, position))
        self._named.extend(Named("emotion", name, position) for name, _ in style.emotion or ())

    def finish(self) -> Document:
        """The document."""
        return Document("".join(self._chars), self.source, self._given, self._styles, self._places, self._named,
                        self.notes)  # fmt: skip

    def _append(self, text: str, start: int, end: int, verbatim: bool) -> None:
        if text:
            self._places.add(self._size, start, end, verbatim)
            self._chars.append(text)
            self._size += len(text)
