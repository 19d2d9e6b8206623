"""A span of a document to the sentence that is said: phonemes with pauses and boundaries, each with its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from qingyin.text import g2p
from qingyin.text.analysis import Phoneme, Sentence, Syllable, Word
from qingyin.text.document import Document
from qingyin.text.english.phones import is_english, to_phonemes
from qingyin.text.items import PAUSE_PLACEHOLDER, PLACEHOLDER
from qingyin.text.phrases import Phrase, Phrasing
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.split import Span
from qingyin.text.symbols import (
    INSIDE_WORD,
    NO_TONE,
    PAUSE,
    PHRASE_END,
    SENTENCE_END,
    SENTENCE_SILENCE,
    WORD_END,
)

_CITATIONS = {"一": "yi1", "不": "bu4"}  # the dictionary has them after sandhi in some words


def make_sentence(
    document: Document, span: Span, phrasing: Phrasing, lead_ms: float, table: Mapping[str, float]
) -> Sentence:
    """The sentence of a span whose phrasing has words. lead_ms: pause that the author wrote before the span."""
    row = _Row(document, span.complete, [], [], [])
    lead_ms += phrasing.lead_ms
    last = phrasing.phrases[-1]
    first_place = phrasing.phrases[0].words[0][0].position
    row.silence(SENTENCE_SILENCE, SENTENCE_END, lead_ms or table["start"], lead_ms > 0.0, first_place)
    for phrase in phrasing.phrases:
        row.phrase(phrase, phrase is last)
    final_ms = last.milliseconds if last.exact else _final_pause(last.mark, last.milliseconds, span.complete, table)
    place = last.position if last.position >= 0 else last.words[-1][-1].position
    row.silence(SENTENCE_SILENCE, SENTENCE_END, final_ms, last.exact, place)
    text = _shown(document, span)
    whole = document.text[span.start : span.end]
    start, end = document.span(span.start + len(whole) - len(whole.lstrip()), span.start + len(whole.rstrip()))
    first = row.phonemes[1].style
    return Sentence(
        text, tuple(row.phonemes), _kind(text, span.complete), tuple(entry.pinyin for entry in row.details),
        tuple(row.words), tuple(row.details), start, end, first.voice, first.emotion,
    )  # fmt: skip


@dataclass
class _Row:
    document: Document
    complete: bool
    phonemes: list[Phoneme]
    words: list[Word]
    details: list[Syllable]

    def silence(self, symbol: str, boundary: int, milliseconds: float, exact: bool, place: int) -> None:
        self.phonemes.append(Phoneme(symbol, NO_TONE, boundary, -1, milliseconds, exact, self.document.style(place)))

    def phrase(self, phrase: Phrase, last: bool) -> None:
        phonemes, details = self.phonemes, self.details
        for word_index, word in enumerate(phrase.words):
            ends_phrase = word_index == len(phrase.words) - 1
            place = len(details)
            for syllable in word:
                boundary = INSIDE_WORD
                if syllable is word[-1]:
                    boundary = WORD_END
                    if ends_phrase:
                        boundary = SENTENCE_END if last and self.complete else PHRASE_END
                style, index = self.document.style(syllable.position), len(details)
                reading, sounds = _said(syllable.spelling, syllable.tone, syllable.erhua)
                for symbol, tone in sounds:
                    phonemes.append(Phoneme(symbol, tone, boundary, index, style=style))
                details.append(self._detail(syllable, reading))
            said = details[place:]
            after_ms = phrase.milliseconds if ends_phrase and not last else 0.0
            text, pinyin = "".join([entry.text for entry in said]), tuple([entry.pinyin for entry in said])
            self.words.append(Word(text, pinyin, said[0].start, after_ms))
        if not last:
            self.silence(PAUSE, PHRASE_END, phrase.milliseconds, phrase.exact, phrase.position)

    def _detail(self, syllable: g2p.Syllable, pinyin: str) -> Syllable:
        start, end = syllable.position, syllable.end if syllable.end > syllable.position else syllable.position + 1
        given, citation = self.document.given.get(start), syllable.citation
        if syllable.char in _CITATIONS and not given and citation[:-1] == _CITATIONS[syllable.char][:-1]:
            citation = _CITATIONS[syllable.char]
        if syllable.erhua:
            citation = f"{citation[:-1]}r{citation[-1]}"
        text = (syllable.char or syllable.written) + "儿" * syllable.erhua
        return Syllable(text, pinyin, citation, *self.document.span(start, end), given.origin if given else "")


@lru_cache(maxsize=4096)
def _said(spelling: str, tone: int, erhua: bool) -> tuple[str, Sequence[tuple[str, int]]]:
    """How a syllable of g2p is written, and its phonemes."""
    if is_english(spelling):
        return spelling, to_phonemes(spelling)
    pinyin = f"{spelling}{'r' if erhua else ''}{tone}"
    return pinyin, pinyin_to_phonemes(pinyin)


def _shown(document: Document, span: Span) -> str:
    """The text as normalised, with what placeholders stand for."""
    if PLACEHOLDER not in span.canonical and PAUSE_PLACEHOLDER not in span.canonical:
        return span.canonical.strip()
    given = document.given
    shown = [
        given[place].written if char in (PLACEHOLDER, PAUSE_PLACEHOLDER) and place in given else char
        for char, place in zip(span.canonical, span.positions, strict=True)
    ]
    return "".join(shown).strip()


def _kind(text: str, complete: bool) -> str:
    last_marks = text[len(text.rstrip("。！？；…—\"'”’」』)]》 ")) :]
    if not complete:
        return "statement"
    if "？" in last_marks:
        return "question"
    if "！" in last_marks:
        return "exclamation"
    if not last_marks and (text.endswith(("吗", "呢")) or text.endswith(("什么", "怎么"))):
        return "question"
    return "statement"


def _final_pause(mark: str, milliseconds: float, complete: bool, table: Mapping[str, float]) -> float:
    if not mark:
        return table["end" if complete else "cut"]
    if complete and mark not in "。！？；…":
        return max(milliseconds, table["end"])  # the text ends at a comma or bracket
    return milliseconds


def moved(sentence: Sentence, by: int) -> Sentence:
    """The same sentence `by` characters further on in the original text."""
    return replace(
        sentence,
        words=tuple(replace(word, position=word.position + by) for word in sentence.words),
        details=tuple(replace(entry, start=entry.start + by, end=entry.end + by) for entry in sentence.details),
        start=sentence.start + by,
        end=sentence.end + by,
    )
