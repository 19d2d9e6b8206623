"""Reads English words inside Chinese text and between: which are words, which are spelled, and how both sound.

In this order: names and the CMU dictionary, but for its Chinese names; a word's parts (morphology.py); pinyin
without tones (pinyin.py); and at last a guess from the letters. What cannot be a word (no vowel, clusters that
English does not have) and most acronyms are spelled with the English names of the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qingyin.text.english import morphology, pinyin
from qingyin.text.english.dictionary import look_up
from qingyin.text.english.names import NAMES
from qingyin.text.english.phones import syllables
from qingyin.text.english.tables import (
    CODA,
    LETTER_PHONES,
    ONSETS,
    SPECIAL,
    SPELLED_ACRONYMS,
    SPELLED_SMALL,
    WORD_ACRONYMS,
)
from qingyin.text.patterns import lazily

GUESSED = "not in the dictionary: pronounced by its spelling"
SPELLED = "spelled"
TONELESS = "read as pinyin without tones"

_PARTS = lazily(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z'])|[A-Z]?[a-z']+|[A-Z]")
_SMALL_THEN_WORD = lazily(r"([a-z])([A-Z][a-z]+)")
_LONGEST_WORD = 24  # letters; longer rows are no words

_DOUBLED = lazily("aa|ii|uu")  # no word has them: AIIB, BUAA
_CONSONANTS = lazily(r"[^aeiouy]{5}")
_VERSIONED = lazily("([A-Z]{3,})v")  # YOLOv8
_DRAWN = lazily(r"([a-z])\1{2,}")
_VOWEL = lazily("[aeiouy]")
_NUCLEI = lazily(r"[aeiouy]+")


@dataclass(frozen=True)
class EnglishWord:
    """One word to say, with where it stands in the run of letters that it was read from."""

    start: int
    end: int
    syllables: tuple[str, ...]  # as english_phones writes them; with TONELESS pinyin
    note: str = ""


@lru_cache(maxsize=4096)
def read(token: str, shouting: bool = False) -> tuple[EnglishWord, ...]:
    """A run of Latin letters and apostrophes -> its words: ``"getHTTPServer"`` is three, ``"USB"`` one.

    shouting: capitals mean nothing, because the whole sentence is in capitals.
    """
    if not token.strip("'"):
        return ()  # nothing to say
    if token in SPECIAL:
        return (_word(0, len(token), tuple(SPECIAL[token].split())),)
    if named := NAMES.get(token.lower()):
        return (_word(0, len(token), named),)
    if token.lower().replace("'", "") in pinyin.KNOWN or pinyin.unlike_english(token.lower()):
        return (_pinyin(token.lower(), 0),)
    if cut := _lettered(token):
        return (_spelled(token[:cut], 0), _word(cut, len(token), look_up(token[cut:].lower())))
    if shouting or token[1:] == token[1:].lower():
        return (_one(token.lower(), 0, named=token[0].isupper()),)
    if not token.isupper() and (known := look_up(token.lower())) and not re.fullmatch(r"[A-Z]{2,}s", token):
        return (_word(0, len(token), known),)  # YouTube, McDonald
    if token in ("I", "A", "O"):
        return (_one(token.lower(), 0),)
    if version := _VERSIONED.fullmatch(token):
        return (*read(version[1]), _spelled("v", len(token) - 1))
    words: list[EnglishWord] = []
    for part in _PARTS.finditer(token):
        text = part.group()
        if text == "'":
            continue
        if text in SPECIAL:
            words.append(_word(part.start(), part.end(), tuple(SPECIAL[text].split())))
        elif len(text) > 3 and (phones := NAMES.get(text.lower())):
            words.append(_word(part.start(), part.end(), phones))
        elif len(text) > 1 and text[:-1].isupper() and not _small_word(part):
            words += _capitals(text, part.start())
        elif len(text) == 1:
            words.append(_spelled(text, part.start()))
        else:
            words.append(_one(text.lower(), part.start()))
    return tuple(words)


def _small_word(part: re.Match[str]) -> bool:
    """Whether two letters beside a longer word are one too: AlphaGo, MyBatis; not NaCl, MeV, PCIe."""
    beside = part.string[: part.start()], part.string[part.end() :]
    small = len(part.group()) == 2 and part.group()[1].islower() and look_up(part.group().lower())
    return bool(small) and (
        bool(re.search("[A-Z][a-z]{2,}$", beside[0])) or bool(re.match("[A-Z][a-z]{2,}", beside[1]))
    )


def _lettered(token: str) -> int:
    """1 where a letter stands before a word and the two are no word together: Xcode, Dgraph; else 0."""
    small = token.lower()
    if len(token) < 5 or token[0] == "'" or not token[1:].islower() or _known(small) or _pronounceable(small):
        return 0
    return 1 if look_up(small[1:]) else 0


def letter_names(letters: str) -> tuple[str, ...]:
    """Phones of letters said one by one as one word: the last has the primary stress, as in the dictionary's USA."""
    names = [LETTER_PHONES[letter] for letter in letters.lower() if letter in LETTER_PHONES]
    phones = [phone.replace("1", "2") for name in names[:-1] for phone in name]
    return (*phones, *names[-1])


def _word(start: int, end: int, phones: tuple[str, ...], note: str = "") -> EnglishWord:
    return EnglishWord(start, end, tuple(syllables(phones)), note)


def _spelled(letters: str, start: int) -> EnglishWord:
    phones, known = letter_names(letters), look_up(letters.lower())
    if [phone.rstrip("012") for phone in known] == [phone.rstrip("012") for phone in phones]:
        phones = known  # with the stress of the dictionary
    return _word(start, start + len(letters), phones, SPELLED)


def _capitals(text: str, start: int) -> list[EnglishWord]:
    """NASA is a word, USB is spelled, GPUs is spelled with an ending, TFBOYS is both."""
    if text.endswith("s"):
        phones = letter_names(text[:-1])
        return [_word(start, start + len(text), (*phones, morphology.plural(phones)[-1]), SPELLED)]
    small = text.lower()
    known = look_up(small)
    said = (len(text) > 4 and not _is_spelling(known, small)) or (len(text) == 4 and _pronounceable(small))
    if known and (said or text in WORD_ACRONYMS):
        return [_word(start, start + len(text), known)]
    if text in SPELLED_ACRONYMS or _DOUBLED.search(small) or not 4 <= len(text) <= _LONGEST_WORD:
        return [_spelled(text, start)]
    return [_one(small, start)] if _pronounceable(small) else _letters_and_word(text, start)


def _letters_and_word(text: str, start: int) -> list[EnglishWord]:
    """TFBOYS, CHATGPT: a word of four letters and more with letters before or after it; else all of it is spelled."""
    end = start + len(text)
    for cut in range(1, len(text)):
        first, last = text[:cut].lower(), text[cut:].lower()
        if len(last) >= 4 and not _VOWEL.search(first) and _pronounceable(last) and look_up(last):
            return [_spelled(first, start), _word(start + cut, end, look_up(last))]
        if len(first) >= 4 and not _VOWEL.search(last) and _pronounceable(first) and look_up(first):
            return [_word(start, start + cut, look_up(first)), _spelled(last, start + cut)]
    return [_spelled(text, start)]


def _is_spelling(phones: tuple[str, ...], letters: str) -> bool:
    """Whether the dictionary spells an entry: HTTP, ESPN."""
    return [phone.rstrip("012") for phone in phones] == [phone.rstrip("012") for phone in letter_names(letters)]


def _listed(word: str) -> tuple[str, ...]:
    return NAMES.get(word) or look_up(word)


def _known(word: str) -> tuple[str, ...]:
    """Phones of a word in small letters by the tables or by its parts; () where they tell nothing."""
    return _listed(word) or morphology.read(word, _listed)


def _one(word: str, start: int, named: bool = False) -> EnglishWord:
    """A word in small letters; named: it was written with a capital, so that its writer means a word."""
    end, bare = start + len(word), word.strip("'")
    if not bare:
        return EnglishWord(start, end, ())
    if len(bare) == 1:
        if word in ("a", "i", "o"):
            return _word(start, end, look_up(word))
        return _spelled(bare, start)
    if bare in SPELLED_SMALL and not named:
        return _spelled(bare, start)
    if pinyin.unlike_english(bare):
        return _pinyin(bare, start)
    phones = _listed(word) or _known(bare)
    if phones:
        return _word(start, end, phones)
    drawn = _DRAWN.sub(r"\1", bare)  # ohhh, sooooo: drawn out, and the word is the plain one
    if len(drawn) > 1 and drawn != bare and (phones := _listed(drawn) or _listed(_DRAWN.sub(r"\1\1", bare))):
        return _word(start, end, phones)
    if pinyin.like_pinyin(bare):
        return _pinyin(bare, start)
    bare = bare.replace("'", "")
    short = len(bare) < 4 and not named  # ux, koc: three unknown letters are no word
    if len(bare) > _LONGEST_WORD or short or not (_pronounceable(bare) or (named and _has_vowels(bare))):
        return _spelled(bare, start)
    from qingyin.text.english.letters import LetterModel  # needs numpy, which few texts would have to wait for

    return _word(start, end, LetterModel.load().phones(bare), GUESSED)


def _pinyin(word: str, start: int) -> EnglishWord:
    known = word.replace("'", "") in pinyin.KNOWN
    return EnglishWord(start, start + len(word), pinyin.toned(word), "" if known else TONELESS)


def _has_vowels(word: str) -> bool:
    """Whether a name in another language's spelling can be said as a word: Djokovic, Schwarzenegger; not Xlsx."""
    vowels = sum(letter in "aeiouy" for letter in word)
    return len(word) >= 5 and 3 * vowels >= len(word) - 1 and not _CONSONANTS.search(word)


@lru_cache(maxsize=4096)
def _pronounceable(word: str) -> bool:
    """Whether a row of small letters could be an English word by its clusters of consonants."""
    nuclei = list(_NUCLEI.finditer(word))
    if not nuclei or any(len(nucleus.group()) > 3 or "yy" in nucleus.group() for nucleus in nuclei):
        return False
    head, tail = word[: nuclei[0].start()], word[nuclei[-1].end() :]
    if (head and head not in ONSETS) or not CODA.fullmatch(tail):
        return False
    for left, right in pairwise(nuclei):
        middle = word[left.end() : right.start()]
        if not any(CODA.fullmatch(middle[:cut]) and (middle[cut:] in ONSETS or cut == len(middle))
                   for cut in range(len(middle) + 1)):  # fmt: skip
            return False
    return True


def in_dictionary(words: Iterable[str]) -> list[tuple[str, ...]] | None:
    """Syllables of words in small letters, None when one is unknown: for recordings, where a guess would do harm."""
    found = [look_up(word) or look_up(word.strip("'")) for word in words]
    return [tuple(syllables(phones)) for phones in found] if all(found) else None
