"""Exists so that a model set whose symbol table is shorter than the text front end's (one without English, say) speaks
what it can and reports the rest.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container

from qingyin.text import Phoneme, Sentence, Unspoken
from qingyin.text.symbols import INSIDE_WORD

_REASON = "the model set does not know the sounds"


def speakable(sentence: Sentence, symbols: Container[str], tones: int) -> tuple[Sentence | None, list[Unspoken]]:
    """The sentence without the words that need an unknown symbol or tone (None if no word is left), and those words.

    symbols, tones: those of the model set.
    """
    missing = {p.syllable for p in sentence.phonemes if p.symbol not in symbols or p.tone >= tones} - {-1}
    if not missing:
        return sentence, []
    words = _words(sentence.phonemes)
    dropped = [index for index, syllables in enumerate(words) if missing & syllables]
    unspoken = [Unspoken(*_place(sentence, index, len(words)), _REASON) for index in dropped]
    gone: set[int] = set().union(*(words[index] for index in dropped))
    kept = sorted(set().union(*words) - gone)
    if not kept:
        return None, unspoken
    number = {syllable: index for index, syllable in enumerate(kept)}
    phonemes = [
        dataclasses.replace(p, syllable=number.get(p.syllable, -1)) for p in sentence.phonemes if p.syllable not in gone
    ]
    return (
        dataclasses.replace(
            sentence,
            phonemes=tuple(phonemes),
            syllables=tuple(sentence.syllables[index] for index in kept),
            words=tuple(word for index, word in enumerate(sentence.words) if index not in dropped),
        ),
        unspoken,
    )


def _words(phonemes: tuple[Phoneme, ...]) -> list[set[int]]:
    """Syllables of each word: the last syllable of one carries a boundary mark."""
    words: list[set[int]] = []
    open_word = False
    last = -1
    for phoneme in phonemes:
        if phoneme.syllable < 0:
            open_word = False
            continue
        if phoneme.syllable != last and not open_word:
            words.append(set())
        words[-1].add(phoneme.syllable)
        open_word, last = phoneme.boundary == INSIDE_WORD, phoneme.syllable
    return words


def _place(sentence: Sentence, index: int, words: int) -> tuple[str, int]:
    """Text and position of a word, or of the whole sentence where it is not known which word it is."""
    if len(sentence.words) == words:
        word = sentence.words[index]
        return word.text, word.position
    return sentence.text, sentence.words[0].position if sentence.words else 0
