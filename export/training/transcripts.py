"""Turns a corpus's text into the phonemes that were spoken, by the runtime's own front end, so that both agree."""

from __future__ import annotations

import re
from dataclasses import dataclass

from qingyin.text import analyse, pinyin_to_phonemes
from qingyin.text.english.phones import is_english, to_phonemes
from qingyin.text.english.reading import in_dictionary
from qingyin.text.symbols import INSIDE_WORD, PHONEME_IDS, WORD_END


class Untranscribable(ValueError):
    """A text whose sounds cannot be told for sure (Latin letters, noises); the clip is left out, with this reason."""


@dataclass(frozen=True)
class Transcript:
    """Phonemes of a clip without pauses, each [N]."""

    phonemes: list[int]
    tones: list[int]
    boundaries: list[int]  # INSIDE_WORD or WORD_END; pauses are found later, in the sound
    syllables: list[int]  # index of the syllable each phoneme belongs to


def _english(text: str) -> list[tuple[str, int, int, int]]:
    """Symbol, stress, boundary and syllable of every phone."""
    if strange := re.search(r"[^\W_]", re.sub(r"[a-z]", "", text.lower())):
        raise Untranscribable(f"English text with {'a digit' if strange[0].isdigit() else 'other letters'}")
    words = in_dictionary(re.findall(r"[a-z']+", text.lower()))
    if words is None:
        raise Untranscribable("a word that is in no dictionary")
    spoken: list[tuple[str, int, int, int]] = []
    count = 0
    for word in words:
        for reading in word:
            boundary = WORD_END if reading is word[-1] else INSIDE_WORD
            spoken += [(symbol, stress, boundary, count) for symbol, stress in to_phonemes(reading)]
            count += 1
    return spoken


def transcribe(text: str, language: str) -> Transcript:
    """Transcript of a text in Chinese ("zh"), in pinyin with tone digits ("zh-pinyin"), or in English ("en").

    Raises:
        Untranscribable: with the reason.
    """
    if language == "zh-pinyin":
        try:
            pairs = [pinyin_to_phonemes(syllable) for syllable in text.split()]
        except ValueError as error:
            raise Untranscribable("not a Mandarin syllable") from error
        spoken = [(symbol, tone, WORD_END, i) for i, pair in enumerate(pairs) for symbol, tone in pair]
    elif language == "en":
        spoken = _english(text)
    elif language == "zh":
        analysis = analyse(text.replace("_", "…").replace(" ", ""))
        english = any(is_english(reading) for sentence in analysis.sentences for reading in sentence.syllables)
        if analysis.unspoken or analysis.notes or english:
            raise Untranscribable("text with letters, digits or characters that cannot be read for sure")
        spoken, offset = [], 0
        for sentence in analysis.sentences:
            for p in sentence.phonemes:
                if p.syllable >= 0:
                    spoken.append((p.symbol, p.tone, min(p.boundary, WORD_END), p.syllable + offset))
            offset += len(sentence.syllables)
    else:
        raise Untranscribable(f"language {language}")
    if not spoken:
        raise Untranscribable("empty")
    symbols, tones, boundaries, syllables = zip(*spoken, strict=True)
    return Transcript([PHONEME_IDS[s] for s in symbols], list(tones), list(boundaries), list(syllables))
