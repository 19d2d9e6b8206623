"""SSML documents; what each element asks for is in ssml_elements.py, what is left out in docs/markup.md.

The parser is expat with document types refused, so that no entity can be declared, expanded or fetched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NoReturn
from xml.parsers import expat

from qingyin.errors import MarkupError
from qingyin.text.document import Document, DocumentBuilder, covered
from qingyin.text.say_as import say_as
from qingyin.text.ssml_elements import Effect, effect
from qingyin.text.style import PLAIN, Style

_NAMESPACES = (
    "",
    "http://www.w3.org/2001/10/synthesis",
    "https://www.w3.org/2001/mstts",
    "http://www.w3.org/2001/mstts",
)
_ESCAPE = re.compile(r"&(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);")
_SEPARATOR = " "  # between namespace and name, as expat reports them; in neither of them
_MAX_DEPTH = 100


@dataclass(frozen=True)
class _Text:
    """Text of the source, as it stands or (an escape, a line end) in other characters."""

    text: str
    start: int
    end: int
    verbatim: bool


@dataclass
class _Element:
    name: str
    effect: Effect
    style: Style  # of the text inside
    start: int  # of its tag in the source
    inside: int  # past its tag
    silent: bool
    content: list[_Text] = field(default_factory=list)  # of an element that replaces what it holds


def parse_ssml(source: str) -> Document:
    """An SSML document. Errors: MarkupError, with line and column."""
    return _Parser(source).document()


class _Parser:
    def __init__(self, source: str) -> None:
        self._source = source
        self._data = b""
        self._builder = DocumentBuilder(source)
        self._open: list[_Element] = []
        self._last = 0, 0  # a place in bytes, and in characters
        parser = self._expat = expat.ParserCreate("utf-8", _SEPARATOR)
        parser.buffer_text = False  # each event has its own place
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse  # cannot come without a document type; refused for itself too
        parser.ExternalEntityRefHandler = self._refuse

    def document(self) -> Document:
        try:
            self._data = self._source.encode()
        except UnicodeEncodeError as error:
            self._fail("this character is half of one (a lone surrogate)", error.start)
        try:
            self._expat.Parse(self._data, True)
        except expat.ExpatError as error:
            self._fail(f"not well-formed XML: {expat.ErrorString(error.code)}", self._index(self._expat.ErrorByteIndex))
        return self._builder.finish()

    def _fail(self, message: str, position: int) -> NoReturn:
        raise MarkupError(message, self._source, position)

    def _index(self, place: int) -> int:
        """A place in bytes of UTF-8 -> index in the source; places asked for grow, which keeps this linear."""
        at, index = self._last
        place = min(max(place, at), len(self._data))
        index += len(self._data[at:place].decode(errors="ignore"))
        self._last = place, index
        return index

    def _here(self) -> int:
        return self._index(self._expat.CurrentByteIndex)

    def _refuse(self, *_: Any) -> int:
        start = max(self._source.find("<!DOCTYPE"), 0)
        self._fail("a document type, which could define entities, is not accepted: leave <!DOCTYPE ...> out", start)

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        start = self._here()
        namespace, _, name = full_name.rpartition(_SEPARATOR)
        inside = _tag_end(self._source, start)
        parent = self._open[-1] if self._open else None
        if len(self._open) >= _MAX_DEPTH:
            self._fail(f"more than {_MAX_DEPTH} elements inside one another", start)
        if (name != "speak") == (parent is None):
            self._fail(f"<{name}>: expected <speak> as the outermost element, and only there", start)
        if parent and parent.effect.replaces:
            self._fail(f"<{name}>: expected only text inside <{parent.name}>", start)
        if namespace in _NAMESPACES:
            wish = self._effect(name, attributes, start, inside)
        else:
            wish = Effect(note="element of another vocabulary")
        if wish.note:
            self._builder.notes.append((self._source[start:inside], start, f"ignored: {wish.note}"))
        around = parent.style if parent else PLAIN
        silent = wish.silent or (parent is not None and parent.silent)
        element = _Element(name, wish, wish.style.within(around), start, inside, silent)
        self._open.append(element)
        if wish.ends:
            self._builder.instead(wish.ends, start, inside)
        self._builder.names(wish.style, start)
        self._builder.style(element.style)
        if wish.pause_ms is not None and not element.silent:
            self._builder.pause(wish.pause_ms, start, inside)

    def _effect(self, name: str, attributes: dict[str, str], start: int, inside: int) -> Effect:
        own = {key: value for key, value in attributes.items() if _SEPARATOR not in key}  # not xml:lang and the like
        try:
            wish, unused = effect(name, own)
        except ValueError as error:
            self._fail(f"<{name}>: {error}", start)
        for key in unused:
            self._builder.notes.append((self._source[start:inside], start, f"attribute ignored: {key}"))
        return wish

    def _text(self, text: str) -> None:
        start = self._here()
        escape = _ESCAPE.match(self._source, start) if len(text) == 1 else None
        verbatim = escape is None and self._source.startswith(text, start)
        if escape:
            end = escape.end()
        elif verbatim:
            end = start + len(text)
        else:
            end = start + (2 if self._source.startswith("\r\n", start) else 1)
        # line ends of XML are no line ends of the text
        piece = _Text("".join(" " if char in "\r\n\t" else char for char in text), start, end, verbatim)
        element = self._open[-1]
        if element.effect.pause_ms is not None and text.strip():
            self._fail(f"expected nothing inside <{element.name}>", start)
        if element.effect.replaces:
            element.content.append(piece)
        elif not element.silent:
            self._emit(piece)

    def _emit(self, piece: _Text) -> None:
        self._builder.instead(piece.text, piece.start, piece.end, piece.verbatim)

    def _end(self, full_name: str) -> None:
        element = self._open.pop()
        if element.effect.replaces and not element.silent:
            self._replace(element)
        if element.effect.ends:
            start = self._here()
            end = start + 1 if self._source.startswith("</", start) else element.inside
            self._builder.instead(element.effect.ends, min(start, end - 1), end)
        self._builder.style(self._open[-1].style if self._open else PLAIN)

    def _replace(self, element: _Element) -> None:
        """Says what the element gives instead of what it holds."""
        wish, pieces = element.effect, element.content
        content = "".join(piece.text for piece in pieces)
        start, end = (pieces[0].start, pieces[-1].end) if pieces else (element.start, element.inside)
        if wish.alias is not None:
            self._builder.instead(wish.alias, start, end)
        elif wish.say_as is not None:
            try:
                self._builder.instead(say_as(*wish.say_as, content), start, end)
            except ValueError as error:
                self._fail(f"<say-as>: {error}", element.start)
        else:
            counts = covered(wish.readings, content)
            if counts and sum(counts) == len(content):
                for piece in pieces:
                    self._emit(piece)
                self._builder.read_back(wish.readings, counts)
            else:
                self._builder.syllables(wish.readings, content.strip(), start, end)


def _tag_end(source: str, start: int) -> int:
    """Index past the tag that begins at source[start]; in the values of attributes > may stand as it is."""
    quote = ""
    for index in range(start, len(source)):
        char = source[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char == ">":
            return index + 1
    return len(source)
