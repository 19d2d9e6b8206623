"""Text to the characters of a model that was trained on text, not on phonemes: its own front end, in any language.

What a character becomes is what the tokeniser of such models (VitsTokenizer of the transformers library) makes of it;
where that drops a character without a word, this reports it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qingyin.errors import DependencyError
from qingyin.synthesiser_spec import Spelling
from qingyin.text import document_spans
from qingyin.text.analysis import Analysis, Note, Phoneme, Sentence, Unspoken, Word
from qingyin.text.document import Document
from qingyin.text.items import PAUSE_PLACEHOLDER, PLACEHOLDER
from qingyin.text.pauses import pause_table
from qingyin.text.split import Span
from qingyin.text.symbols import NO_TONE, SENTENCE_SILENCE

_SPACE = " "
_SAID_SIGNS = frozenset("%&@#*/\\§¶‰")  # punctuation by Unicode, but a reader says it
_CLOSING = "\"'”’」』》〉)]}】〕〗 \t\r\n" + PAUSE_PLACEHOLDER
_NO_SYMBOL = "the model has no symbol for it"
_NO_READING = "the model spells characters, a reading means nothing to it"
_NO_PITCH = "the pitch stays: the model has no control of it"


class Speller:
    """The front end of one model. symbols: in the order of their ids."""

    def __init__(self, symbols: Sequence[str], spelling: Spelling) -> None:
        self.spelling = spelling
        self._known = frozenset(symbol for symbol in symbols if len(symbol) == 1)
        self._romaniser: Any = None

    def analyse(
        self, document: Document, pauses: Mapping[str, float] | None = None, emoji: object = None, goes_on: bool = False
    ) -> Iterator[Analysis]:
        """Sentences of symbols, in order, each as soon as it is read; with what is not said and what is said otherwise.

        The arguments are those of text.analyse_document; no emoji has a name here. A Phoneme is a character; the first
        and the last of a sentence are silences. Errors: DependencyError if the text must be romanised and cannot be.
        """
        table = pause_table(pauses)
        if document.notes:
            yield Analysis((), (), tuple(Note(*entry) for entry in document.notes))
        lead_ms, lead_place = 0.0, 0
        for span in document_spans(document, goes_on):
            for piece in _pieces(document, span):
                told: list[Unspoken] = []
                spelled = self._spelled(document, piece.start, piece.end, told)
                notes = tuple(_notes(document, piece.start, piece.end))
                sentences: tuple[Sentence, ...] = ()
                if spelled:
                    after_ms = piece.pause_ms if piece.exact else _final_pause(span, table)
                    sentences = (_sentence(document, piece, spelled, lead_ms, after_ms),)
                    lead_ms = 0.0
                elif piece.exact:
                    lead_ms, lead_place = lead_ms + piece.pause_ms, piece.end
                if sentences or told or notes:
                    yield Analysis(sentences, tuple(told), notes)
        if lead_ms:
            start, end = document.span(lead_place, lead_place + 1)
            yield Analysis((), (), (Note(document.source[start:end], start, "no pause: no sentence follows on it"),))

    def _spelled(self, document: Document, start: int, end: int, told: list[Unspoken]) -> list[tuple[str, int]]:
        """Symbols of text[start:end] with the index each comes from; what has none is added to `told`."""
        text = document.text[start:end]
        places = list(range(start, end))
        if self.spelling.uroman and not text.isascii():
            for index, char in enumerate(text):
                if char == PLACEHOLDER:
                    _tell(told, document, start + index, _written(document, start + index), _NO_READING)
            text = self._romanised(text.replace(PLACEHOLDER, _SPACE))
            places = [start] * len(text)
        result: list[tuple[str, int]] = []
        for char, place in zip(text, places, strict=True):
            if char == PLACEHOLDER:
                _tell(told, document, place, _written(document, place), _NO_READING)
                continue
            symbols = self._symbols(_SPACE if char.isspace() else char)
            result.extend((symbol, place) for symbol in symbols)
            if not symbols and _is_said(char):
                _tell(told, document, place, char, _NO_SYMBOL)
        while result and result[-1][0] == _SPACE:
            result.pop()
        first = next((index for index, (symbol, _) in enumerate(result) if symbol != _SPACE), len(result))
        return result[first:]

    def _symbols(self, char: str) -> list[str]:
        cased = char.lower() if self.spelling.lower_case and char not in self._known else char
        replaced = [self.spelling.replace.get(each, each) for each in cased]
        return [each for each in replaced if each in self._known]

    def _romanised(self, text: str) -> str:
        if self._romaniser is None:
            try:
                from uroman import Uroman
            except ImportError as error:
                raise DependencyError(
                    f"this model reads Latin letters, and another script must be romanised for it ({error}); "
                    "pip install uroman"
                ) from None
            self._romaniser = Uroman()
        cased = "".join(c if c in self._known or not self.spelling.lower_case else c.lower() for c in text)
        return str(self._romaniser.romanize_string(cased))


@dataclass(frozen=True)
class _Piece:
    """text[start:end] between pauses that the author wrote, and the one after it."""

    start: int
    end: int
    pause_ms: float = 0.0
    exact: bool = False


def _pieces(document: Document, span: Span) -> Iterator[_Piece]:
    start = span.start
    for index in range(span.start, span.end):
        if document.text[index] == PAUSE_PLACEHOLDER:
            given = document.given.get(index)
            yield _Piece(start, index, (given.milliseconds or 0.0) if given else 0.0, True)
            start = index + 1
    if start < span.end:
        yield _Piece(start, span.end)


def _is_said(char: str) -> bool:
    """Whether a reader would say a character: spaces, controls, accents of their own and most punctuation not."""
    category = unicodedata.category(char)
    return char in _SAID_SIGNS or (category[0] not in "ZCP" and category != "Mn")


def _tell(told: list[Unspoken], document: Document, place: int, text: str, reason: str) -> None:
    """Adds to `told`, to its last entry if this follows on it."""
    position = document.span(place, place + 1)[0]
    last = told[-1] if told else None
    if last is not None and last.reason == reason and last.position + len(last.text) == position:
        told[-1] = Unspoken(last.text + text, last.position, reason)
    else:
        told.append(Unspoken(text, position, reason))


def _written(document: Document, place: int) -> str:
    given = document.given.get(place)
    return (given.written or given.reading) if given else ""


def _notes(document: Document, start: int, end: int) -> Iterator[Note]:
    """What the author asks for in text[start:end] and does not get."""
    raised = False
    for index in range(start, end) if document.given or document.styles else ():
        source, _ = document.span(index, index + 1)
        given = document.given.get(index)
        if given is not None and given.reading and document.text[index] != PLACEHOLDER:
            yield Note(document.text[index], source, _NO_READING)
        bent = document.style(index).pitch_semitones != 0.0
        if bent and not raised:
            yield Note(document.text[index], source, _NO_PITCH)
        raised = bent


def _final_pause(span: Span, table: Mapping[str, float]) -> float:
    """Milliseconds after a sentence, by its last mark."""
    mark = span.canonical.rstrip(_CLOSING)[-1:]
    if mark in table:
        return table[mark]
    return table["end" if span.complete else "cut"]


def _sentence(
    document: Document, piece: _Piece, spelled: Sequence[tuple[str, int]], lead_ms: float, after_ms: float
) -> Sentence:
    phonemes = [
        Phoneme(symbol, NO_TONE, 0, index, style=document.style(place))
        for index, (symbol, place) in enumerate(spelled)
    ]
    first, last = phonemes[0].style, phonemes[-1].style
    silences = (
        Phoneme(SENTENCE_SILENCE, NO_TONE, 0, -1, lead_ms, True, first),
        Phoneme(SENTENCE_SILENCE, NO_TONE, 0, -1, after_ms, piece.exact, last),
    )
    text = document.text[piece.start : piece.end]
    start, end = document.span(piece.start + len(text) - len(text.lstrip()), piece.start + len(text.rstrip()))
    mark = text.rstrip(_CLOSING)[-1:]
    kind = "question" if mark in ("？", "?") else "exclamation" if mark in ("！", "!") else "statement"
    return Sentence(
        text.strip(), (silences[0], *phonemes, silences[1]), kind, (), tuple(_words(document, spelled)), (), start, end,
        first.voice, first.emotion,
    )  # fmt: skip


def _words(document: Document, spelled: Sequence[tuple[str, int]]) -> Iterator[Word]:
    """What is between spaces, as it is spelled."""
    word: list[tuple[str, int]] = []
    for symbol, place in (*spelled, (_SPACE, -1)):
        if symbol != _SPACE:
            word.append((symbol, place))
        elif word:
            symbols = tuple(symbol for symbol, _ in word)
            yield Word("".join(symbols), symbols, document.span(word[0][1], word[0][1] + 1)[0])
            word = []
