"""Exists so that a model set whose symbol table is shorter than the text front end's (one without English, say) speaks
what it can and reports the rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Sequence

from qingyin.acoustic.symbol_map import SymbolMap
from qingyin.text import Phoneme, Sentence, Unspoken
from qingyin.text.symbols import INSIDE_WORD, PAUSE

_REASON = "the model set does not know the sounds"


def speakable(
    sentence: Sentence, symbols: Container[str], tones: int, symbol_map: SymbolMap | None = None
) -> tuple[Sentence | None, list[Unspoken]]:
    """The sentence without the words that need an unknown symbol or tone (None if no word is left), and those words.

    symbols, tones: those of the model set; symbol_map: its own, which then decides instead.
    """
    if symbol_map is not None:
        missing = symbol_map.unknown(sentence.phonemes)
    else:
        missing = {p.syllable for p in sentence.phonemes if p.symbol not in symbols or p.tone >= tones} - {-1}
    if not missing:
        return sentence, []
    words = _words(sentence.phonemes)
    dropped = [index for index, word in enumerate(words) if missing & set(word)]
    unspoken = [Unspoken(*_place(sentence, index, len(words)), _REASON) for index in dropped]
    kept = [syllable for index, word in enumerate(words) if index not in dropped for syllable in word]
    if not kept:
        return None, unspoken
    number = {syllable: index for index, syllable in enumerate(kept)}
    ends = _ends(sentence.phonemes, words, set(dropped))
    phonemes = [
        dataclasses.replace(p, syllable=number[p.syllable], boundary=ends.get(p.syllable, p.boundary))
        if p.syllable >= 0
        else p
        for p in sentence.phonemes
        if p.syllable < 0 or p.syllable in number
    ]
    said = dataclasses.replace(
        sentence,
        phonemes=tuple(_joined_pauses(phonemes)),
        syllables=tuple(sentence.syllables[index] for index in kept),
        words=tuple(word for index, word in enumerate(sentence.words) if index not in dropped),
        details=tuple(sentence.details[index] for index in kept),
    )
    return said, unspoken


def _words(phonemes: Sequence[Phoneme]) -> list[list[int]]:
    """Syllables of each word: the last syllable of one carries a boundary mark."""
    words: list[list[int]] = []
    ended, last = True, -1
    for phoneme in phonemes:
        if phoneme.syllable < 0 or phoneme.syllable == last:
            continue
        if ended:
            words.append([])
        words[-1].append(phoneme.syllable)
        ended, last = phoneme.boundary != INSIDE_WORD, phoneme.syllable
    return words


def _ends(phonemes: Sequence[Phoneme], words: list[list[int]], dropped: set[int]) -> dict[int, int]:
    """The boundary of each kept word's last syllable: a word that is gone leaves its own to the one before it."""
    boundary = {p.syllable: p.boundary for p in phonemes}
    ends: dict[int, int] = {}
    last = -1
    for index, word in enumerate(words):
        if index not in dropped:
            last = word[-1]
        if last >= 0:
            ends[last] = max(ends.get(last, INSIDE_WORD), boundary[word[-1]])
    return ends


def _joined_pauses(phonemes: list[Phoneme]) -> list[Phoneme]:
    """Of pauses that came to stand side by side the longest; none beside the silences at the ends."""
    result: list[Phoneme] = []
    for phoneme in phonemes:
        before = result[-1] if result else None
        if before is None or phoneme.syllable >= 0 or before.syllable >= 0:
            result.append(phoneme)
        elif before.symbol == PAUSE and (phoneme.symbol != PAUSE or phoneme.pause_ms > before.pause_ms):
            result[-1] = phoneme
    return result


def _place(sentence: Sentence, index: int, words: int) -> tuple[str, int]:
    """Text and position of a word, or of the whole sentence where it is not known which word it is."""
    if len(sentence.words) == words:
        word = sentence.words[index]
        return word.text, word.position
    return sentence.text, sentence.words[0].position if sentence.words else 0
