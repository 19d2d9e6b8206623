"""Exists to cut a long text where sentences end, so that each piece can be spoken, heard and spoken again by itself."""

from __future__ import annotations

from qingyin.errors import MarkupError
from qingyin.text import analyse_document
from qingyin.text.markup_modes import read_document

LEAST_CHARACTERS = 60  # a segment goes on until it has as many
_ENDS = "。！？!?；;…\n"
_CLOSING = "\"'”’」』》〉)）]】 \t\r\n"


def segments(text: str, least: int = LEAST_CHARACTERS) -> list[str]:
    """Pieces of a text with inline markup which, joined, are the text; no span of markup is cut.

    Errors: MarkupError if the markup of the whole cannot be followed.
    """
    document = read_document(text, "inline", None)
    starts = [
        sentence.start for analysis in analyse_document(document) for sentence in analysis.sentences
        if _ends(text[: sentence.start])
    ]  # fmt: skip
    pieces, begin = [], 0
    for start in [*starts, len(text)]:
        if start == len(text) or (start - begin >= least and _whole(text[begin:start])):
            pieces.append(text[begin:start])
            begin = start
    if len(pieces) > 1 and not any(not char.isspace() for char in pieces[-1]):
        pieces[-2:] = [pieces[-2] + pieces[-1]]
    return pieces


def _ends(before: str) -> bool:
    """Whether what comes before a place ends a sentence: pieces of long ones belong together."""
    tail = before[-20:]
    return "\n" in tail[len(tail.rstrip()) :] or tail.rstrip(_CLOSING)[-1:] in _ENDS


def _whole(piece: str) -> bool:
    """Whether all markup that begins in it ends in it."""
    try:
        read_document(piece, "inline", None)
    except MarkupError:
        return False
    return True
