"""Text to phonemes: the only door to the front end; everything behind it is a row of small steps.

canonicalise -> split into sentences -> normalise -> words and readings -> sandhi -> phonemes and pauses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qingyin.text import g2p, sandhi
from qingyin.text.citation import has_reading
from qingyin.text.english_phones import is_english, to_phonemes
from qingyin.text.items import SILENT, Normalised
from qingyin.text.normalize import EMOJI_MODES, EmojiMode, normalise
from qingyin.text.pauses import PAUSES_MS, pause_table
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.segmentation import word_end
from qingyin.text.split import Span, spans
from qingyin.text.symbols import (
    INSIDE_WORD,
    NO_TONE,
    PAUSE,
    PHONEMES,
    PHRASE_END,
    SENTENCE_END,
    SENTENCE_SILENCE,
    TONES,
    WORD_END,
)

__all__ = [
    "EMOJI_MODES", "PAUSES_MS", "PHONEMES", "TONES", "Analysis", "EmojiMode", "Note", "Phoneme", "Sentence",
    "Unspoken", "Word", "analyse", "analyse_stream", "pinyin_to_phonemes", "split_sentences",
]  # fmt: skip


@dataclass(frozen=True)
class Phoneme:
    """One phoneme or pause."""

    symbol: str  # entry of symbols.PHONEMES
    tone: int  # 0 none (consonants, sil, sp), 1..5 on finals (5 = neutral), 6..8 on English vowels
    boundary: int  # 0 inside a word, 1 last syllable of a word, 2 last before a pause, 3 last of the sentence
    syllable: int  # index within the sentence; -1 for sil and sp
    pause_ms: float = 0.0  # sil and sp only


@dataclass(frozen=True)
class Word:
    """A word as it is said, for showing what will be heard."""

    text: str  # numbers and signs in Han characters, letters as themselves
    pinyin: tuple[str, ...]  # after sandhi
    position: int  # index in the original text of what it stands for
    pause_ms: float = 0.0  # silence after it; 0 inside a phrase and at the sentence's end


@dataclass(frozen=True)
class Sentence:
    """A sentence, or a piece of one that was too long to be said in one go."""

    text: str  # the source span, as normalised
    phonemes: tuple[Phoneme, ...]  # first and last are "sil"
    kind: str  # "statement" | "question" | "exclamation"
    syllables: tuple[str, ...]  # pinyin after sandhi; erhua as in "huar1"; English as in "HH-AH0"
    words: tuple[Word, ...] = ()  # the same syllables, grouped, with the pauses after them


@dataclass(frozen=True)
class Unspoken:
    """Text that is not said, and why."""

    text: str
    position: int  # index in the original text
    reason: str


@dataclass(frozen=True)
class Note:
    """Text that is said in a makeshift way, for example a Latin word spelled letter by letter."""

    text: str
    position: int  # index in the original text
    message: str


@dataclass(frozen=True)
class Analysis:
    """What will be said, and what will not."""

    sentences: tuple[Sentence, ...]
    unspoken: tuple[Unspoken, ...]
    notes: tuple[Note, ...] = ()


def analyse_stream(
    text: str, pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name"
) -> Iterator[Analysis]:
    """`analyse`, sentence by sentence: each item has at most one; positions are those in the whole `text`."""
    table = pause_table(pauses)
    if emoji not in EMOJI_MODES:
        raise ValueError(f"unknown way with emoji {emoji!r}; known: {' '.join(EMOJI_MODES)}")
    for span in spans(text, word_end):
        normalised = normalise(span.canonical, span.positions, text, has_reading, emoji)
        sentence = _sentence(normalised, span, table)
        if sentence is None and not normalised.unspoken:
            continue
        yield Analysis(
            (sentence,) if sentence else (),
            tuple(Unspoken(*entry) for entry in normalised.unspoken),
            tuple(Note(*entry) for entry in normalised.notes),
        )


def analyse(text: str, pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name") -> Analysis:
    """Any text -> sentences of phonemes, with what could not be spoken.

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


def split_sentences(text: str) -> Iterator[tuple[str, int]]:
    """Lazily, (text, start) of each sentence or piece of a long one; joined, the texts give `text` back."""
    for span in spans(text, word_end):
        yield text[span.start : span.end], span.start


def _phrases(normalised: Normalised, table: Mapping[str, float]) -> list[tuple[list[g2p.Word], str, float]]:
    """Items -> [(words after sandhi, mark that ends them or "", its pause in ms)]."""
    phrases: list[tuple[list[g2p.Word], str, float]] = []
    words: list[g2p.Word] = []
    for read_words, item in g2p.read(normalised.items):
        words.extend(read_words)
        milliseconds = table[item.mark] if item is not None and item.mark != SILENT else 0.0
        if milliseconds <= 0.0:
            continue
        if words:
            phrases.append((sandhi.apply(words), item.mark, milliseconds))
            words = []
        elif phrases and milliseconds > phrases[-1][2]:
            phrases[-1] = (
                phrases[-1][0],
                item.mark,
                milliseconds,
            )  # several marks in a row: the longest counts
    if words:
        phrases.append((sandhi.apply(words), "", 0.0))
    return phrases


def _kind(normalised: Normalised, complete: bool) -> str:
    ending = normalised.text
    last_marks = ending[len(ending.rstrip("。！？；…—\"'”’」』)]》 ")) :]
    if not complete:
        return "statement"
    if "？" in last_marks:
        return "question"
    if "！" in last_marks:
        return "exclamation"
    if not last_marks and (ending.endswith(("吗", "呢")) or ending.endswith(("什么", "怎么"))):
        return "question"
    return "statement"


def _said(word: g2p.Word, pause_ms: float) -> Word:
    text = "".join((syllable.char or syllable.written) + ("儿" if syllable.erhua else "") for syllable in word)
    return Word(text, tuple(syllable.pinyin for syllable in word), word[0].position, pause_ms)


def _phonemes(reading: str) -> Sequence[tuple[str, int]]:
    return to_phonemes(reading) if is_english(reading) else pinyin_to_phonemes(reading)


def _final_pause(mark: str, milliseconds: float, complete: bool, table: Mapping[str, float]) -> float:
    if not mark:
        return table["end" if complete else "cut"]
    if complete and mark not in "。！？；…":
        return max(milliseconds, table["end"])  # the text ends at a comma or bracket
    return milliseconds


def _sentence(normalised: Normalised, span: Span, table: Mapping[str, float]) -> Sentence | None:
    phrases = _phrases(normalised, table)
    if not phrases:
        return None
    phonemes = [Phoneme(SENTENCE_SILENCE, NO_TONE, SENTENCE_END, -1, table["start"])]
    syllables: list[str] = []
    said: list[Word] = []
    for index, (words, _, milliseconds) in enumerate(phrases):
        last_phrase = index == len(phrases) - 1
        for word_index, word in enumerate(words):
            for syllable in word:
                boundary = INSIDE_WORD
                if syllable is word[-1]:
                    boundary = WORD_END
                    if word_index == len(words) - 1:
                        boundary = SENTENCE_END if last_phrase and span.complete else PHRASE_END
                for symbol, tone in _phonemes(syllable.pinyin):
                    phonemes.append(Phoneme(symbol, tone, boundary, len(syllables)))
                syllables.append(syllable.pinyin)
            after_ms = milliseconds if word_index == len(words) - 1 and not last_phrase else 0.0
            said.append(_said(word, after_ms))
        if not last_phrase:
            phonemes.append(Phoneme(PAUSE, NO_TONE, PHRASE_END, -1, milliseconds))
    final_pause = _final_pause(phrases[-1][1], phrases[-1][2], span.complete, table)
    phonemes.append(Phoneme(SENTENCE_SILENCE, NO_TONE, SENTENCE_END, -1, final_pause))
    return Sentence(normalised.text, tuple(phonemes), _kind(normalised, span.complete), tuple(syllables), tuple(said))
