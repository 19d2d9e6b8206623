"""The ways in which a text can be marked up, so that every caller offers the same ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from qingyin.text.document import Document, plain

if TYPE_CHECKING:
    from qingyin.text.lexicon import Lexicon

MarkupMode = Literal["inline", "ssml", "none"]
MARKUP_MODES: tuple[MarkupMode, ...] = ("inline", "ssml", "none")
_SSML_HINT = 'this looks like SSML; it is read as text without --markup ssml (markup="ssml")'


def read_document(text: str, markup: MarkupMode = "inline", lexicon: Lexicon | None = None) -> Document:
    """A text with its markup, and a lexicon's readings. Errors: MarkupError; ValueError for an unknown `markup`."""
    if markup == "ssml":
        from qingyin.text.ssml import parse_ssml

        document = parse_ssml(text)
    elif markup == "inline":
        document = _inline(text)
    elif markup == "none":
        document = plain(text)
    else:
        raise ValueError(f"unknown markup {markup!r}; known: {' '.join(MARKUP_MODES)}")
    if lexicon is None:
        return document
    from qingyin.text.lexicon import apply_lexicon

    return apply_lexicon(document, lexicon)


def _inline(text: str) -> Document:
    from qingyin.text.markup import parse

    document = parse(text) if "[" in text else plain(text)
    beginning = text[:2000].lstrip("\ufeff \t\r\n")
    if beginning.startswith("<speak") or (beginning.startswith("<?xml") and "<speak" in beginning):
        place = text.index("<speak")
        document = replace(document, notes=[*document.notes, ("<speak", place, _SSML_HINT)])
    return document
