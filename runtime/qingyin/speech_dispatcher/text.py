"""Exists so that what Speech Dispatcher sends (SSML with marks, characters, keys) becomes sentences and the places
where its marks are.
"""

from __future__ import annotations

import contextlib
import itertools
import re
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from qingyin.errors import MarkupError
from qingyin.text.ssml import parse_ssml

_SENTENCE_ENDS = tuple("。！？；…!?;\n")
_SERVERS_MARK = "__spd_"  # Speech Dispatcher's own, between sentences
_TAG = re.compile(r"<[^<>]*>")
_CHARACTERS = {" ": "空格", "space": "空格", "\t": "制表符", "tab": "制表符", "\n": "换行"}


@dataclass
class Piece:
    """A text that is spoken at a stretch. markup: as Synthesizer.stream takes it; marks: name and place in the text,
    in characters.
    """

    text: str
    markup: str = "none"
    marks: list[tuple[str, int]] = field(default_factory=list)

    @property
    def speakable(self) -> bool:
        """Whether there is a point in trying."""
        return any(character.isalnum() for character in self.text)


def message_pieces(message: str) -> list[Piece]:
    """The pieces of a SPEAK message. Between sentences, marks divide it; inside one they must not, for its melody's
    sake. Where it has other elements than marks it is one piece of SSML. What is no XML, or no SSML that is understood,
    is spoken without its tags: whoever cannot see the screen would be helped by no error.
    """
    reader = _Reader()
    try:
        reader.read(message)
    except (expat.ExpatError, _Refused):
        return [Piece(_TAG.sub(" ", message))]
    if reader.styled:
        with contextlib.suppress(MarkupError):
            parse_ssml(message)
            return [Piece(message, "ssml", reader.places())]
    return reader.pieces


def character_piece(text: str, announce_capitals: bool) -> Piece:
    """A single character, as CHAR asks for it."""
    name = _CHARACTERS.get(text, text)
    return Piece(f"大写{name}" if announce_capitals and len(text) == 1 and text.isupper() else name)


def key_piece(name: str) -> Piece:
    """A key, such as control_a."""
    return Piece(name if name == "_" else name.replace("_", " "))


def spelled(text: str) -> str:
    """A text with its characters apart."""
    return "，".join(character for character in text if not character.isspace())


class _Refused(Exception):
    """A document type, which could declare entities."""


class _Reader:
    """SSML by expat, divided at marks. styled: whether there were other elements."""

    def __init__(self) -> None:
        self.pieces = [Piece("")]
        self.styled = False

    def read(self, message: str) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(message.encode("utf-8", "replace"), True)

    def places(self) -> list[tuple[str, int]]:
        """All marks, in the text as a whole."""
        starts = itertools.accumulate((len(piece.text) for piece in self.pieces), initial=0)
        pairs = zip(starts, self.pieces, strict=False)  # the last sum is the whole length
        return [(name, start + place) for start, piece in pairs for name, place in piece.marks]

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mark":
            self._mark(attributes.get("name", ""))
        elif name != "speak":
            self.styled = True

    def _text(self, text: str) -> None:
        self.pieces[-1].text += text

    def _mark(self, name: str) -> None:
        piece = self.pieces[-1]
        piece.marks.append((name, len(piece.text)))
        ended = piece.text.rstrip(" \t").endswith(_SENTENCE_ENDS)
        if name.startswith(_SERVERS_MARK) or ended:
            self.pieces.append(Piece(""))

    def _refuse(self, *declaration: object) -> NoReturn:
        raise _Refused
