"""Inline markup: square brackets of a few fixed forms in a text; docs/markup.md is its grammar.

Brackets of any other form are text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from qingyin.errors import MarkupError
from qingyin.text import given_readings, style
from qingyin.text.characters import is_ascii_alnum, is_han
from qingyin.text.document import Document, DocumentBuilder, covered
from qingyin.text.say_as import KINDS, say_as
from qingyin.text.style import PLAIN, Style

_SPANS: dict[str, Callable[[str], Style]] = {
    "speed": style.speed, "pitch": style.pitch, "volume": style.volume, "voice": style.voice,
    "emotion": style.emotion, "emphasis": style.emphasis,
}  # fmt: skip
_EXAMPLES = {
    "speed": "[speed 0.8]", "pitch": "[pitch +2]", "volume": "[volume -6]", "voice": "[voice s0150]",
    "emotion": "[emotion sad 0.7]", "emphasis": "[emphasis]", "as": "[as digits]", "pause": "[pause 300ms]",
}  # fmt: skip
_FORM = re.compile(
    r"\[(?:"
    r"(?P<pinyin>[a-zêü][a-zêü:]{0,7}[1-5](?: {1,2}[a-zêü][a-zêü:]{0,7}[1-5]){0,39})"
    r"|/ ?(?P<phones>[A-Z]{2}[0-2]|[A-Z]{1,2}[0-2]?(?: {1,2}[A-Z]{1,2}[0-2]?){1,59}) ?/"
    rf"|(?P<close>/)?(?P<word>{'|'.join(_EXAMPLES)})(?:[ \t]+(?P<value>[^\[\]\n。！？；]{{0,200}}))?"
    r")\]"
)
_HINT = "; a bracket that is text is written \\["
LONGEST_FORM = 400  # characters; a "[" without its "]" within as many is text


@dataclass(frozen=True)
class Open:
    """A span that has begun."""

    word: str
    style: Style  # of the text inside, what is around it included
    place: str  # of its beginning, for messages


@dataclass(frozen=True)
class State:
    """What the beginning of a text leaves open for the rest of it."""

    spans: tuple[Open, ...] = ()
    before: tuple[int, int, int] = (0, 1, 1)  # characters, line and column of what follows


@dataclass
class _Reader:
    source: str
    state: State
    builder: DocumentBuilder
    spans: list[Open] = field(default_factory=list)
    done: int = 0  # source before it is in the builder
    line: tuple[int, int, int] = (0, 0, 0)  # an index, the line it is in, and that line's beginning

    def __post_init__(self) -> None:
        _, line, column = self.state.before
        self.line = (0, line, 1 - column)

    def fail(self, message: str, position: int) -> MarkupError:
        return MarkupError(message + _HINT, self.source, position, self.state.before)

    def flush(self, end: int) -> None:
        self.builder.verbatim(self.done, end)
        self.done = end

    def place(self, position: int) -> str:
        """For messages; from one call to the next, `position` grows."""
        index, line, begins = self.line
        line += self.source.count("\n", index, position)
        begins = max(begins, self.source.rfind("\n", index, position) + 1)
        self.line = (position, line, begins)
        return f"line {line}, column {position - begins + 1}"


def parse(source: str) -> Document:
    """A text with inline markup. Errors: MarkupError, with line and column."""
    return parse_piece(source, State(), last=True)[0]


def parse_piece(source: str, state: State, last: bool) -> tuple[Document, State]:
    """A piece of a text that comes in pieces, cut between sentences: its document, and the state for the next piece.

    Indexes are those in the piece, places in messages those in the whole. Errors: MarkupError; a span that is still
    open is one only in the `last` piece.
    """
    reader = _Reader(source, state, DocumentBuilder(source), list(state.spans))
    if reader.spans:
        reader.builder.style(reader.spans[-1].style)
    start = source.find("[")
    while start >= 0:
        match = _FORM.match(source, start)
        start = _form(reader, match) if match else start + 1
        start = source.find("[", start)
    reader.flush(len(source))
    if last and reader.spans:
        unclosed = reader.spans[-1]
        raise MarkupError(
            f"expected [/{unclosed.word}], closing the [{unclosed.word}] of {unclosed.place}, before the end",
            source, len(source), state.before,
        )  # fmt: skip
    here = MarkupError("", source, len(source), state.before)
    return reader.builder.finish(), State(tuple(reader.spans), (here.position, here.line, here.column))


def _form(reader: _Reader, match: re.Match[str]) -> int:
    """Acts on what looks like markup -> index past it."""
    source, start = reader.source, match.start()
    slashes = 0
    while start - slashes > reader.done and source[start - slashes - 1] == "\\":
        slashes += 1
    if match["pinyin"] or match["phones"]:
        size = _base_size(source, reader.done, start - slashes, match["pinyin"])
        if not size or (slashes and slashes % 2 == 0):  # a backslash that is said stands between
            if match["pinyin"]:
                text = "looks like a reading, but no character that it could be of stands directly before it"
                reader.builder.notes.append((match.group(), start, text))
            return match.end()
    if slashes:  # before markup: two stand for one, and one that is left over makes it text
        reader.flush(start - slashes + slashes // 2)
        reader.done = start
        if slashes % 2:
            return match.end()
    elif match["pinyin"]:
        _pinyin(reader, match, size)
    elif match["phones"]:
        _phones(reader, match, size)
    if match["word"]:
        return _command(reader, match)
    reader.done = match.end()
    return match.end()


def _base_size(source: str, low: int, end: int, pinyin: str | None) -> int:
    """Length of what stands directly before a reading that it may belong to; 0 for none."""
    start = end
    while start > low and start > end - 64 and (is_ascii_alnum(source[start - 1]) or source[start - 1] in "'’"):
        start -= 1
    if start < end:
        return end - start if pinyin is None or _is_reading(pinyin) else 0
    if pinyin is None:
        return 0
    while start > low and start > end - 80 and is_han(source[start - 1]):
        start -= 1
    return end - start


def _is_reading(pinyin: str) -> bool:
    """Whether it is one after letters or figures too, where array[a1] and row[item2] are none."""
    try:
        return all(len(syllable) > 2 for syllable in given_readings.pinyin(pinyin))
    except ValueError:
        return False


def _pinyin(reader: _Reader, match: re.Match[str], size: int) -> None:
    source, start = reader.source, match.start()
    try:
        readings = given_readings.pinyin(match["pinyin"])
    except ValueError as error:
        raise reader.fail(str(error), start + 1) from None
    if not is_han(source[start - 1]):
        reader.flush(start - size)
        reader.builder.syllables(readings, source[start - size : start], start - size, match.end())
        return
    counts = covered(readings, source[start - size : start])
    if counts is None:
        raise reader.fail(
            f"{len(readings)} syllables, but only {size} Chinese characters directly before: expected one for each",
            start + 1,
        )
    reader.flush(start)
    reader.builder.read_back(readings, counts)


def _phones(reader: _Reader, match: re.Match[str], size: int) -> None:
    start = match.start()
    try:
        readings = given_readings.english(match["phones"])
    except ValueError as error:
        raise reader.fail(str(error), start + 2) from None
    reader.flush(start - size)
    reader.builder.syllables(readings, reader.source[start - size : start], start - size, match.end())


def _command(reader: _Reader, match: re.Match[str]) -> int:
    word, value, start = match["word"], (match["value"] or "").strip(), match.start()
    reader.flush(start)
    reader.done = match.end()
    try:
        if match["close"]:
            _close(reader, word, value, start)
        elif word == "pause":
            reader.builder.pause(style.length_ms(value), start, match.end())
        elif word == "as":
            return _as(reader, value, match)
        else:
            wish = _SPANS[word](value)
            around = reader.spans[-1].style if reader.spans else PLAIN
            reader.spans.append(Open(word, wish.within(around), reader.place(start)))
            reader.builder.names(wish, start)
            reader.builder.style(reader.spans[-1].style)
    except ValueError as error:
        raise reader.fail(f"{match.group()}: {error} (as in {_EXAMPLES[word]})", start) from None
    return match.end()


def _close(reader: _Reader, word: str, value: str, start: int) -> None:
    if not reader.spans or word in ("pause", "as"):
        raise reader.fail(f"[/{word}] closes nothing: no [{word}] is open", start)
    innermost = reader.spans[-1]
    if innermost.word != word or value:
        raise reader.fail(f"expected [/{innermost.word}], closing the [{innermost.word}] of {innermost.place}", start)
    reader.spans.pop()
    reader.builder.style(reader.spans[-1].style if reader.spans else PLAIN)


def _as(reader: _Reader, value: str, match: re.Match[str]) -> int:
    end = reader.source.find("[/as]", match.end())
    if end < 0 and value.partition(" ")[0] not in KINDS:
        reader.done = match.start()  # "[as eval]" in a log
        return match.end()
    if end < 0:
        raise reader.fail(f"{match.group()}: expected [/as] after what is to be read so", match.start())
    kind, _, layout = value.partition(" ")
    reader.builder.instead(say_as(kind, layout.strip(), reader.source[match.end() : end]), match.end(), end)
    reader.done = end + len("[/as]")
    return reader.done
