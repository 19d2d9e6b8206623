"""Reads English words inside Chinese text and between: which are words, which are spelled, and how both sound.

In this order: the CMU dictionary, its words with an ending or joined together (morphology), pinyin without tones
(Taobao), and at last a guess from the letters; what cannot be a word (no vowel, clusters that English does not have)
and most acronyms are spelled with the English names of the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qingyin.text.english_dictionary import look_up
from qingyin.text.english_names import CHINESE_NAMES, NAMES
from qingyin.text.english_phones import syllables
from qingyin.text.english_tables import CODA, LETTER_PHONES, ONSETS, SPECIAL, WORD_ACRONYMS
from qingyin.text.pinyin import SYLLABLES

GUESSED = "not in the dictionary: pronounced by its spelling"
SPELLED = "spelled"
TONELESS = "read as pinyin without tones"

_VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
_SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_PARTS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z'])|[A-Z]?[a-z']+|[A-Z]")
_SMALL_THEN_WORD = re.compile(r"([a-z])([A-Z][a-z]+)")
_LONGEST_WORD = 24  # letters; longer rows are no words
_SHORTEST_PART = 3  # letters of each half of a compound

_NUCLEI = re.compile(r"[aeiouy]+")


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
    if token in SPECIAL:
        return (_word(0, len(token), tuple(SPECIAL[token].split())),)
    if named := NAMES.get(token.lower()):
        return (_word(0, len(token), named),)
    if pinyin := CHINESE_NAMES.get(token.lower()):
        return (EnglishWord(0, len(token), pinyin),)
    if cut := _lettered(token):
        return (_spelled(token[:cut], 0), _word(cut, len(token), look_up(token[cut:].lower())))
    if shouting or token[1:] == token[1:].lower():
        return (_one(token.lower(), 0),)
    if not token.isupper() and (known := look_up(token.lower())) and not re.fullmatch(r"[A-Z]{2,}s", token):
        return (_word(0, len(token), known),)  # YouTube, McDonald
    if token in ("I", "A", "O"):
        return (_one(token.lower(), 0),)
    words: list[EnglishWord] = []
    for part in _PARTS.finditer(token):
        text = part.group()
        if text == "'":
            continue
        if text in SPECIAL:
            words.append(_word(part.start(), part.end(), tuple(SPECIAL[text].split())))
        elif len(text) > 1 and text[:-1].isupper():
            words.append(_capitals(text, part.start()))
        elif len(text) == 1:
            words.append(_spelled(text, part.start()))
        else:
            words.append(_one(text.lower(), part.start()))
    return tuple(words)


def _lettered(token: str) -> int:
    """1 where a letter stands before a word and the two are no word together: Xcode, Dgraph; else 0."""
    small = token.lower()
    if len(token) < 5 or not token[1:].islower() or look_up(small) or _inflected(small) or _pronounceable(small):
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


def _capitals(text: str, start: int) -> EnglishWord:
    """NASA is a word, USB is spelled, GPUs is spelled with an ending."""
    if text.endswith("s"):
        phones = letter_names(text[:-1])
        return _word(start, start + len(text), (*phones, _plural(phones)[-1]), SPELLED)
    known = look_up(text.lower())
    if text in WORD_ACRONYMS and known:
        return _word(start, start + len(text), known)
    if len(text) >= 4 and known and _pronounceable(text.lower()):
        return _word(start, start + len(text), known)
    if 4 <= len(text) <= _LONGEST_WORD and _pronounceable(text.lower()):
        return _one(text.lower(), start)
    return _spelled(text, start)


def _one(word: str, start: int) -> EnglishWord:
    """A word in small letters."""
    end, bare = start + len(word), word.strip("'")
    if not bare:
        return EnglishWord(start, end, ())
    if len(bare) == 1:
        if word in ("a", "i", "o"):
            return _word(start, end, look_up(word))
        return _spelled(bare, start)
    phones = look_up(word) or look_up(bare) or _inflected(bare) or _compound(bare)
    if phones:
        return _word(start, end, phones)
    if pinyin := _as_pinyin(bare):
        return EnglishWord(start, end, pinyin, TONELESS)
    bare = bare.replace("'", "")
    if len(bare) > _LONGEST_WORD or not _pronounceable(bare):
        return _spelled(bare, start)
    from qingyin.text.english_letters import LetterModel  # needs numpy, which few texts would have to wait for

    return _word(start, end, LetterModel.load().phones(bare), GUESSED)


def _plural(phones: tuple[str, ...]) -> tuple[str, ...]:
    last = phones[-1]
    if last in _SIBILANTS:
        return (*phones, "IH0", "Z")
    return (*phones, "S" if last in _VOICELESS else "Z")


def _past(phones: tuple[str, ...]) -> tuple[str, ...]:
    if phones[-1] in ("T", "D"):
        return (*phones, "IH0", "D")
    return (*phones, "T" if phones[-1] in _VOICELESS | {"S", "SH", "CH"} else "D")


_ENDINGS: tuple[tuple[str, tuple[str, ...], tuple[str, ...] | None], ...] = (
    # ending, what may have stood in its place in the stem, phones (None: by the stem's last phone)
    ("'s", ("",), None), ("ies", ("y",), None), ("es", ("", "e"), None), ("s", ("",), None),
    ("ied", ("y",), None), ("ed", ("", "e"), None), ("ing", ("", "e"), ("IH0", "NG")), ("er", ("", "e"), ("ER0",)),
    ("est", ("", "e"), ("IH0", "S", "T")), ("ily", ("y",), ("AH0", "L", "IY0")), ("ly", ("",), ("L", "IY0")),
    ("ness", ("",), ("N", "AH0", "S")), ("less", ("",), ("L", "AH0", "S")), ("ful", ("",), ("F", "AH0", "L")),
    ("able", ("", "e"), ("AH0", "B", "AH0", "L")), ("ment", ("",), ("M", "AH0", "N", "T")),
)  # fmt: skip


def _inflected(word: str) -> tuple[str, ...]:
    """A word of the dictionary with an ending: googling, blogged, iphones."""
    for ending, stems, phones in _ENDINGS:
        root = word[: -len(ending)]
        if not word.endswith(ending) or len(root) < 2:
            continue
        doubled = (root[:-1],) if len(root) > 3 and root[-1] == root[-2] and phones != ("L", "IY0") else ()
        for stem in (*(root + letters for letters in stems), *doubled):
            found = look_up(stem)
            if found and len(stem) > 2:
                if phones is not None:
                    return (*found, *phones)
                return _past(found) if ending.endswith("ed") else _plural(found)
    return ()


def _compound(word: str) -> tuple[str, ...]:
    """Two words of the dictionary written as one: livestream, hotpot; the second is stressed less."""
    best: tuple[int, int] | None = None
    for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        if look_up(word[:cut]) and (look_up(word[cut:]) or _inflected(word[cut:])):
            balance = abs(len(word) - 2 * cut)
            if best is None or balance < best[0]:
                best = (balance, cut)
    if best is None:
        return ()
    first, second = look_up(word[: best[1]]), look_up(word[best[1] :]) or _inflected(word[best[1] :])
    return (*first, *(phone.replace("1", "2") for phone in second))


def _as_pinyin(word: str) -> tuple[str, ...]:
    """Two or more whole pinyin syllables (taobao) -> each in the first tone, else ()."""
    if len(word) > _LONGEST_WORD or not word.isalpha():
        return ()
    ways: list[tuple[str, ...] | None] = [None] * len(word) + [()]
    for start in range(len(word) - 1, -1, -1):
        for end in range(min(len(word), start + 6), start, -1):
            rest = ways[end]
            piece = word[start:end]
            if rest is not None and piece in SYLLABLES and len(piece) > 1:
                ways[start] = (piece + "1", *rest)
                break
    found = ways[0] or ()
    return found if len(found) > 1 else ()


@lru_cache(maxsize=4096)
def _pronounceable(word: str) -> bool:
    """Whether a row of small letters could be an English word by its clusters of consonants."""
    nuclei = list(_NUCLEI.finditer(word))
    if not nuclei or any(len(nucleus.group()) > 3 for nucleus in nuclei):
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
