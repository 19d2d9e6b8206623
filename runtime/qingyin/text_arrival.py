"""Exists so that a text can be spoken while it is still being written, by a person or a language model: pieces
that arrive are put together, and cut where a sentence is sure to have ended.
"""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from qingyin.errors import TextError
from qingyin.text import Analysis, Document, EmojiMode, analyse_document, split_sentences
from qingyin.text.document import plain
from qingyin.text.lexicon import Lexicon, apply_lexicon
from qingyin.text.markup import LONGEST_FORM, State, parse_piece
from qingyin.text.markup_modes import MarkupMode
from qingyin.text.sentences import moved
from qingyin.text.ssml import parse_ssml

if TYPE_CHECKING:
    from qingyin.acoustic.slot import FrontEnd

# After these a sentence is over whatever comes next. A full stop may yet become "3.5", dots more dots: those
# wait for the next character.
_SURE_ENDS = frozenset("。！？；\n")
_GOES_ON = re.compile("[，、,]\\n$")  # such a line break only wraps a line, as in whole texts
_MAX_PENDING = 1024  # characters without a boundary (it would take marks and spaces only); then they are taken as read
_STEP = 32  # characters after which a long sentence is looked at again


def analyse_arriving(
    pieces: Iterable[str], waited: Callable[[float], None], pauses: Mapping[str, float] | None = None,
    emoji: EmojiMode = "name", markup: MarkupMode = "none", lexicon: Lexicon | None = None,
    check: Callable[[Document, tuple[int, int, int]], None] | None = None,
    analyse: FrontEnd = analyse_document,
) -> Iterator[Analysis]:  # fmt: skip
    """text.analyse_stream for a text that comes in pieces, cut anywhere; positions are those in the joined text.

    waited: is told the seconds spent waiting for a piece. pauses, emoji: as there. markup, lexicon: as in
    text.markup_modes; SSML is a whole, and so waits for the last piece. check: sees each stretch of the text before it
    is spoken, and the position, line and column where it begins. analyse: the front end. Errors: TextError when a piece
    is no str, or when no piece holds more than blanks; MarkupError.

    The sentences are those of the joined text, except that a mark which arrives after 。！？； without them (a
    closing quote, the second mark of ！？) no longer belongs to the sentence before, that a line cut there begins
    anew ("1." after it numbers a list), and that a line break with nothing after it yet ends a sentence unless it
    follows a comma.
    """
    blank, state = True, State()
    for passage, beyond in _cut(_timed(pieces, waited), markup):
        blank = blank and not passage.strip()
        if not passage.strip():
            state = _after(state, passage)
            continue
        marked = markup == "inline" and ("[" in passage or bool(state.spans))
        # with what is known of the rest: a long sentence that is cut in the middle must not end as a whole one does
        goes_on = marked and bool(beyond.strip())
        document, after = _document(passage if marked else passage + beyond, markup, state, marked)
        if lexicon is not None:
            document = apply_lexicon(document, lexicon)
        if check is not None:
            check(document, state.before)
        for analysis in analyse(document, pauses, emoji, goes_on):
            if _place(analysis) >= len(passage):
                break
            yield _moved(analysis, state.before[0])
        state = after if marked else _after(state, passage)
    if blank:
        raise TextError("the text is empty; give something to say")
    if state.spans:
        parse_piece("", state, last=True)  # complains of what was never closed


def _cut(arriving: Iterable[str], markup: MarkupMode) -> Iterator[tuple[str, str]]:
    """Passages, and what there is already of the next."""
    if markup == "ssml":
        return iter([("".join(arriving), "")])
    return _unbroken(passages(arriving)) if markup == "inline" else passages(arriving)


def _document(text: str, markup: MarkupMode, state: State, marked: bool) -> tuple[Document, State]:
    """A stretch of the text with its markup, and what inline markup leaves open."""
    if marked:
        return parse_piece(text, state, last=False)
    return parse_ssml(text) if markup == "ssml" else plain(text), state


def _after(state: State, passage: str) -> State:
    position, line, column = state.before
    lines = passage.count("\n")
    column = len(passage) - passage.rfind("\n") if lines else column + len(passage)
    return State(state.spans, (position + len(passage), line + lines, column))


def _unbroken(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Passages that are cut neither inside a form of markup nor before one that may belong to what it follows."""
    held = ""
    for passage, beyond in found:
        passage, held = held + passage, ""
        opened = passage.rfind("[", max(0, len(passage) - LONGEST_FORM))
        inside = opened >= 0 and "]" not in passage[opened:] and passage[-1] != "\n"
        unclosed = passage.rfind("[as ")  # what is to be read in one way must be there as a whole
        if beyond and (inside or beyond[0] == "[" or 0 <= unclosed > passage.rfind("[/as]")):
            held = passage
        else:
            yield passage, beyond
    if held:
        yield held, ""


def _place(analysis: Analysis) -> int:
    """Index in the text of the first thing that is said or reported."""
    words = (word.position for sentence in analysis.sentences for word in sentence.words)
    unspoken = (item.position for item in analysis.unspoken)
    return min((*words, *unspoken, *(note.position for note in analysis.notes)))


def _moved(analysis: Analysis, by: int) -> Analysis:
    """The same with all places in the text `by` characters further on."""
    return Analysis(
        tuple(moved(sentence, by) for sentence in analysis.sentences),
        tuple(dataclasses.replace(item, position=item.position + by) for item in analysis.unspoken),
        tuple(dataclasses.replace(item, position=item.position + by) for item in analysis.notes),
    )


def passages(pieces: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pieces -> (one or more whole sentences, as soon as they are whole; what there is already of the next).
    The former, joined, are the text.
    """
    pending, looked_at = "", 0
    for piece in pieces:
        pending += piece
        if len(pending) - looked_at < _STEP and _SURE_ENDS.isdisjoint(piece) and _SURE_ENDS.isdisjoint(pending[-2:]):
            continue
        cut = _boundary(pending)
        if cut:
            yield pending[:cut], pending[cut:]
            pending = pending[cut:]
        looked_at = len(pending)
    if pending:
        yield pending, ""


def _boundary(text: str) -> int:
    """Index past the last sentence that is sure to be over, 0 when none is."""
    if text[-1:] in _SURE_ENDS and not _GOES_ON.search(text[-2:]):
        return len(text)
    start = 0
    for _, start in split_sentences(text):  # noqa: B007 (the last one's)
        pass
    return len(text) if not start and len(text) >= _MAX_PENDING else start


def _timed(pieces: Iterable[str], waited: Callable[[float], None]) -> Iterator[str]:
    iterator = iter(pieces)
    while True:
        began = time.perf_counter()
        piece = next(iterator, None)
        waited(time.perf_counter() - began)
        if piece is None:
            return
        if not isinstance(piece, str):
            raise TextError(f"a piece of text must be a str (got {type(piece).__name__})")
        if piece:
            yield piece
