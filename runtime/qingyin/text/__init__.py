"""Text to phonemes: the only door to the front end; everything behind it is a row of small steps.

markup and lexicon -> canonicalise -> split into sentences -> normalise -> words and readings -> sandhi -> phonemes and
pauses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from qingyin.text.analysis import Analysis, Note, Phoneme, Sentence, Syllable, Unspoken, Word
from qingyin.text.citation import has_reading
from qingyin.text.document import Document, plain
from qingyin.text.items import PAUSE_PLACEHOLDER, Mark
from qingyin.text.normalize import EMOJI_MODES, EmojiMode, normalise
from qingyin.text.pauses import PAUSES_MS, pause_table
from qingyin.text.phrases import phrases
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.segmentation import segment
from qingyin.text.sentences import make_sentence
from qingyin.text.split import Span, spans
from qingyin.text.symbols import PHONEMES, TONES

__all__ = [
    "EMOJI_MODES", "PAUSES_MS", "PHONEMES", "TONES", "Analysis", "Document", "EmojiMode", "Note", "Phoneme",
    "Sentence", "Syllable", "Unspoken", "Word", "analyse", "analyse_document", "analyse_stream", "document_spans",
    "pinyin_to_phonemes", "split_sentences",
]  # fmt: skip
_ENDS = "。！？；…"
_AFTER_END = "\"'”’」』》〉)]}】〕〗 \t\r" + PAUSE_PLACEHOLDER


def analyse_stream(
    text: str, pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name"
) -> Iterator[Analysis]:
    """`analyse`, sentence by sentence: each item has at most one; positions are those in the whole `text`."""
    return analyse_document(plain(text), pauses, emoji)


def analyse(text: str, pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name") -> Analysis:
    """Any text, without markup -> sentences of phonemes, with what could not be spoken.

    `pauses` overrides entries of PAUSES_MS (mark -> milliseconds); an unknown one is a ValueError.
    `emoji`: "name" says the commonest in Chinese, "skip" none; what is not said is reported.
    No text raises; time is linear in its length.
    """
    parts = list(analyse_stream(text, pauses, emoji))
    return Analysis(
        tuple(sentence for part in parts for sentence in part.sentences),
        tuple(unspoken for part in parts for unspoken in part.unspoken),
        tuple(note for part in parts for note in part.notes),
    )


def analyse_document(
    document: Document,
    pauses: Mapping[str, float] | None = None,
    emoji: EmojiMode = "name",
    goes_on: bool = False,
) -> Iterator[Analysis]:
    """Like `analyse_stream`, for a text with markup or a lexicon's readings; positions are those in its source.

    goes_on: more text follows, so that an end without a mark is none.
    """
    table = pause_table(pauses)
    if emoji not in EMOJI_MODES:
        raise ValueError(f"unknown way with emoji {emoji!r}; known: {' '.join(EMOJI_MODES)}")
    if document.notes:
        yield Analysis((), (), tuple(Note(*entry) for entry in document.notes))
    lead_ms, lead_place = 0.0, -1
    for span in document_spans(document, goes_on):
        normalised = normalise(span.canonical, span.positions, document.text, has_reading, emoji, document.given)
        phrasing = phrases(normalised.items, table)
        sentence = make_sentence(document, span, phrasing, lead_ms, table) if phrasing.phrases else None
        if sentence is None:
            lead_ms += phrasing.lead_ms
            lead_place = next(
                (item.position for item in normalised.items if isinstance(item, Mark) and item.milliseconds), lead_place
            )
        else:
            lead_ms = 0.0
        if sentence or normalised.unspoken or normalised.notes:
            yield Analysis(
                (sentence,) if sentence else (),
                tuple(Unspoken(text, _place(document, at), reason) for text, at, reason in normalised.unspoken),
                tuple(Note(text, _place(document, at), message) for text, at, message in normalised.notes),
            )
    if lead_ms:
        start, end = document.span(lead_place, lead_place + 1)
        yield Analysis((), (), (Note(document.source[start:end], start, "no pause: no sentence follows on it"),))


def split_sentences(text: str) -> Iterator[tuple[str, int]]:
    """Lazily, (text, start) of each sentence or piece of a long one; joined, the texts give `text` back."""
    for span in spans(text, segment):
        yield text[span.start : span.end], span.start


def _place(document: Document, index: int) -> int:
    return document.span(index, index + 1)[0]


def document_spans(document: Document, goes_on: bool) -> Iterator[Span]:
    """Spans of the document's text; a new voice or emotion begins a new one. goes_on: see `analyse_document`."""
    for start, end in document.sections():
        section = document.text if end - start == len(document.text) else document.text[start:end]
        goes_on_after = goes_on or end < len(document.text)
        for span in spans(section, segment):
            if goes_on_after and span.complete and span.end == len(section):
                ended = section[-1] == "\n" or span.canonical.rstrip(_AFTER_END)[-1:] in _ENDS
                span = replace(span, complete=ended)
            yield _moved(span, start)


def _moved(span: Span, by: int) -> Span:
    if not by:
        return span
    return Span(span.canonical, [place + by for place in span.positions], span.start + by, span.end + by, span.complete)
