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
from qingyin.text.english_letters import LetterModel
from qingyin.text.english_phones import syllables
from qingyin.text.pinyin import SYLLABLES

GUESSED = "not in the dictionary: pronounced by its spelling"
SPELLED = "spelled"
TONELESS = "read as pinyin without tones"

_LETTERS_TEXT = """
    a EY1 b B IY1 c S IY1 d D IY1 e IY1 f EH1 F g JH IY1 h EY1 CH i AY1 j JH EY1 k K EY1 l EH1 L m EH1 M n EH1 N
    o OW1 p P IY1 q K Y UW1 r AA1 R s EH1 S t T IY1 u Y UW1 v V IY1 w D AH1 B AH0 L Y UW0 x EH1 K S y W AY1 z Z IY1
"""
_LETTERS: dict[str, list[str]] = {}
for _token in _LETTERS_TEXT.split():
    if _token.islower():
        _LETTERS[_token] = []
    else:
        _LETTERS[next(reversed(_LETTERS))].append(_token)

# Capitals said as a word although they are short or odd, and said in a way of their own.
_WORD_ACRONYMS = frozenset("GIF SIM LAN WAN RAM ROM PIN CAD NFT SARS AIDS VAR MOOC TED SUV GAP NIKE ZARA".split()) - {
    "NFT", "VAR", "SUV"}  # fmt: skip
_SPECIAL: dict[str, str] = {
    "APP": "AE1 P", "App": "AE1 P", "app": "AE1 P", "PPT": "P IY2 P IY2 T IY1", "COVID": "K OW1 V IH0 D",
    "Covid": "K OW1 V IH0 D", "LoL": "EH2 L OW2 EH1 L", "PhD": "P IY2 EY2 CH D IY1", "IEEE": "AY1 T R IH1 P AH0 L IY1",
    "CMOS": "S IY1 M AO0 S", "SQL": "S IY1 K W AH0 L", "MySQL": "M AY1 S IY1 K W AH0 L", "JPEG": "JH EY1 P EH2 G",
    "MPEG": "EH1 M P EH2 G", "JSON": "JH EY1 S AH0 N", "IKEA": "AY0 K IY1 AH0", "UEFA": "Y UW0 EY1 F AH0",
    "LaTeX": "L AA1 T EH2 K", "OLED": "OW1 L EH2 D", "AMOLED": "AE1 M OW0 L EH2 D", "Nike": "N AY1 K IY0",
    "emoji": "IH0 M OW1 JH IY0", "Emoji": "IH0 M OW1 JH IY0", "Wi": "W AY1", "Fi": "F AY1", "wifi": "W AY1 F AY2",
    "Gmail": "JH IY1 M EY2 L", "vlog": "V L AA1 G", "Vlog": "V L AA1 G", "Nginx": "EH1 N JH IH0 N EH2 K S",
    "Zhihu": "ZH IH1 HH UW1", "Java": "JH AA1 V AH0", "Linux": "L IH1 N AH0 K S", "GitHub": "G IH1 T HH AH2 B",
    "Redmi": "R EH1 D M IY0", "HUAWEI": "W AA1 W EY2", "Huawei": "W AA1 W EY2", "Dr": "D AA1 K T ER0",
    "Mr": "M IH1 S T ER0", "Mrs": "M IH1 S AH0 Z", "Ms": "M IH1 Z", "St": "S EY1 N T", "Prof": "P R AH0 F EH1 S ER0",
    "etc": "EH2 T S EH1 T ER0 AH0", "vs": "V ER1 S AH0 S", "Wechat": "W IY1 CH AE2 T", "WeChat": "W IY1 CH AE2 T",
    "TikTok": "T IH1 K T AA2 K", "iOS": "AY2 OW2 EH1 S", "Tesla": "T EH1 S L AH0", "SaaS": "S AE1 S",
    "UNIX": "Y UW1 N IH0 K S", "Excel": "IH0 K S EH1 L", "Mac": "M AE1 K", "tokens": "T OW1 K AH0 N Z",
}  # fmt: skip
_VOICELESS = frozenset("P T K F TH".split())
_SIBILANTS = frozenset("S Z SH ZH CH JH".split())
_PARTS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z'])|[A-Z]?[a-z']+|[A-Z]")
_SMALL_THEN_WORD = re.compile(r"([a-z])([A-Z][a-z]+)")
_LONGEST_WORD = 24  # letters; longer rows are no words
_SHORTEST_PART = 3  # letters of each half of a compound

# What English words may begin and end with; a row of letters without these is spelled (gpt, xlsx).
_ONSETS = frozenset(
    "b c d f g h j k l m n p q r s t v w x y z bl br ch chr cl cr dr dw fl fr gh gl gn gr kh kl kn kr ll mc ph phr pl "
    "pr ps qu rh sc sch scr sh shr sk sl sm sn sp spl spr squ st str sw th thr ts tr tw wh wr vl zh".split()
)
_CODA = re.compile(
    r"(?:[bcdfgklmnpqrstvwxz]|bb|bs|ch|ck|cks|cs|ct|cts|ds|dd|ff|ffs|fs|ft|fts|gs|gg|gh|ght|ghts|ks|lb|ld|lds|lf|lk|lks|"
    r"ll|lls|lm|lms|lp|lps|ls|lt|lts|lth|lve|mb|mbs|mm|mp|mps|mpt|ms|nc|nch|nd|nds|ng|ngs|ngth|nk|nks|nn|ns|nst|nt|nth|"
    r"nts|nx|ph|phs|ps|pt|pts|rb|rbs|rc|rch|rd|rds|rf|rg|rk|rks|rl|rld|rls|rm|rms|rn|rns|rp|rps|rs|rsh|rst|rt|rth|rts|"
    r"sc|sh|sk|sks|sm|sms|sp|ss|st|sts|tch|th|ths|ts|tt|tz|wd|wk|wl|wls|wn|wns|xt|zz|h|cl|pl|sl|tl)?"
)
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
    if token in _SPECIAL:
        return (_word(0, len(token), tuple(_SPECIAL[token].split())),)
    if shouting or token[1:] == token[1:].lower():
        return (_one(token.lower(), 0),)
    if not token.isupper() and (known := look_up(token.lower())) and not re.fullmatch(r"[A-Z]{2,}s", token):
        return (_word(0, len(token), known),)  # YouTube, McDonald
    words: list[EnglishWord] = []
    for part in _PARTS.finditer(token):
        text = part.group()
        if text in _SPECIAL:
            words.append(_word(part.start(), part.end(), tuple(_SPECIAL[text].split())))
        elif len(text) > 1 and text[:-1].isupper():
            words.append(_capitals(text, part.start()))
        elif len(text) == 1:
            words.append(_spelled(text, part.start()))
        else:
            words.append(_one(text.lower(), part.start()))
    return tuple(words)


def letter_names(letters: str) -> tuple[str, ...]:
    """Phones of letters said one by one as one word: the last carries the primary stress, as in the dictionary's FBI."""
    names = [_LETTERS[letter] for letter in letters.lower() if letter in _LETTERS or letter.lower() in _LETTERS]
    phones = [phone.replace("1", "2") for name in names[:-1] for phone in name]
    return (*phones, *names[-1])


def _word(start: int, end: int, phones: tuple[str, ...], note: str = "") -> EnglishWord:
    return EnglishWord(start, end, tuple(syllables(phones)), note)


def _spelled(letters: str, start: int) -> EnglishWord:
    return _word(start, start + len(letters), letter_names(letters), SPELLED)


def _capitals(text: str, start: int) -> EnglishWord:
    """NASA is a word, USB is spelled, GPUs is spelled with an ending."""
    if text.endswith("s"):
        phones = letter_names(text[:-1])
        return _word(start, start + len(text), (*phones, _plural(phones)[-1]), SPELLED)
    known = look_up(text.lower())
    if text in _WORD_ACRONYMS and known:
        return _word(start, start + len(text), known)
    if len(text) >= 4 and known and _pronounceable(text.lower()):
        return _word(start, start + len(text), known)
    if 4 <= len(text) <= _LONGEST_WORD and _pronounceable(text.lower()):
        return _one(text.lower(), start)
    return _spelled(text, start)


def _one(word: str, start: int) -> EnglishWord:
    """A word in small letters."""
    end, bare = start + len(word), word.strip("'")
    if len(bare) == 1:
        return _word(start, end, look_up(bare) if bare in "a" and word == bare else letter_names(bare), SPELLED)
    phones = look_up(word) or look_up(bare) or _inflected(bare) or _compound(bare)
    if phones:
        return _word(start, end, phones)
    if pinyin := _as_pinyin(bare):
        return EnglishWord(start, end, pinyin, TONELESS)
    bare = bare.replace("'", "")
    if len(bare) > _LONGEST_WORD or not _pronounceable(bare):
        return _spelled(bare, start) if bare else EnglishWord(start, end, ())
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
            if rest is not None and piece in SYLLABLES and (start == 0 or piece[0] not in "aeio" or len(piece) > 1):
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
    if (head and head not in _ONSETS) or not _CODA.fullmatch(tail):
        return False
    for left, right in pairwise(nuclei):
        middle = word[left.end() : right.start()]
        if not any(_CODA.fullmatch(middle[:cut]) and (middle[cut:] in _ONSETS or cut == len(middle))
                   for cut in range(len(middle) + 1)):  # fmt: skip
            return False
    return True


def in_dictionary(words: Iterable[str]) -> list[tuple[str, ...]] | None:
    """Syllables of words in small letters, None when one is unknown: for recordings, where a guess would do harm."""
    found = [look_up(word) or look_up(word.strip("'")) for word in words]
    return [tuple(syllables(phones)) for phones in found] if all(found) else None
