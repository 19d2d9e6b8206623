"""Pinyin spelling to phonemes, apart from any dictionary: corpora labelled in pinyin need it too.

The legal syllables are those of 现代汉语词典 and a few that only occur in dialect words and interjections.
"""

from __future__ import annotations

import re
from functools import lru_cache

from qingyin.text.symbols import ERHUA, NO_TONE

# Initial -> finals it combines with, as spelled after that initial ("ü" written v).
_SPELLINGS = {
    "b": "a o ai ei ao ou an en ang eng i ia ie iao ian in iang ing u",
    "p": "a o ai ei ao ou an en ang eng i ia ie iao ian in ing u",
    "m": "a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u",
    "f": "a o e ei ou an en ang eng iao u",
    "d": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian in ing u uo ui uan un",
    "t": "a e ai ei ao ou an en ang eng ong i ie iao iu ian ing u uo ui uan un",
    "n": "a e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve",
    "l": "a o e ai ei ao ou an en ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve van vn",
    "g": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "k": "a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "h": "a o e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "j": "i ia ie iao iu ian in iang ing iong v ve van vn",
    "q": "i ia ie iao iu ian in iang ing iong v ve van vn",
    "x": "i ia ie iao iu ian in iang ing iong v ve van vn",
    "zh": "i a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "ch": "i a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang",
    "sh": "i a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang",
    "r": "i a e ao ou an en ang eng ong u ua uo ui uan un",
    "z": "i a e ai ei ao ou an en ang eng ong u uo ui uan un",
    "c": "i a e ai ei ao ou an en ang eng ong u uo ui uan un",
    "s": "i a e ai ei ao ou an en ang eng ong u uo ui uan un",
}
_CONTRACTED = {"iu": "iou", "ui": "uei", "un": "uen"}  # spelling after an initial -> final
# Syllables that begin with a vowel. "yai" is the old reading of 崖; yo is 哟.
_WITHOUT_INITIAL = {
    "a": "a", "o": "o", "e": "e", "ê": "ê", "ai": "ai", "ei": "ei", "ao": "ao", "ou": "ou", "an": "an",
    "en": "en", "ang": "ang", "eng": "eng", "er": "er",
    "yi": "i", "ya": "ia", "yo": "io", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in",
    "yang": "iang", "ying": "ing", "yong": "iong",
    "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan", "wen": "uen", "wang": "uang",
    "weng": "ueng", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
}  # fmt: skip
# Syllabic nasals have no symbol of their own; the nearest syllable is said instead.
_NEAREST = {
    "m": ("m", "u"),
    "n": ("", "en"),
    "ng": ("", "eng"),
    "hm": ("h", "en"),
    "hng": ("h", "eng"),
    "yai": ("", "ia"),
}


def _build_syllables() -> dict[str, tuple[str, str]]:
    table = {spelling: ("", final) for spelling, final in _WITHOUT_INITIAL.items()}
    for initial, spellings in _SPELLINGS.items():
        for spelling in spellings.split():
            final = _CONTRACTED.get(spelling, spelling)
            if spelling == "i" and initial in ("z", "c", "s"):
                final = "ii"
            elif spelling == "i" and initial in ("zh", "ch", "sh", "r"):
                final = "iii"
            table[initial + spelling] = (initial, final)
            if spelling.startswith("v"):
                if spelling == "vn":
                    table[initial + "vn"] = (initial, "vn")
                if initial in ("j", "q", "x"):
                    table[initial + "u" + spelling[1:]] = (initial, final)  # ju is jü
                elif spelling == "ve":
                    table[initial + "ue"] = (initial, final)  # lue for lüe is a usual keyboard spelling
    table.update(_NEAREST)
    return table


SYLLABLES: dict[str, tuple[str, str]] = _build_syllables()  # spelling without tone -> (initial or "", final)
_TONED = re.compile(r"([a-zê]+)([1-5])")


@lru_cache(maxsize=4096)
def _parse(pinyin: str) -> tuple[tuple[str, int], ...]:
    spelling = (
        pinyin.strip()
        .lower()
        .replace("e\u0302", "ê")
        .replace("u:", "v")
        .replace("ü", "v")
        .replace("u\u0308", "v")
    )
    match = _TONED.fullmatch(spelling)
    if match is None:
        raise ValueError(f"not a pinyin syllable with a tone digit 1-5: {pinyin!r}")
    base, tone = match.group(1), int(match.group(2))
    erhua = base not in SYLLABLES and base.endswith("r")
    entry = SYLLABLES.get(base[:-1] if erhua else base)
    if entry is None:
        raise ValueError(f"not a Mandarin syllable: {pinyin!r}")
    initial, final = entry
    phonemes = [(initial, NO_TONE)] if initial else []
    phonemes.append((final, tone))
    if erhua:
        phonemes.append((ERHUA, tone))
    return tuple(phonemes)


def pinyin_to_phonemes(pinyin: str) -> list[tuple[str, int]]:
    """One syllable with tone digit -> [(symbol, tone), ...]; initials have tone 0.

    ``"zhong1"`` -> ``[("zh", 0), ("ong", 1)]``.

    ü may be written ``ü``, ``v`` or ``u:``; erhua ends in r (``"huar1"``).
    Raises ValueError for anything that is not a Mandarin syllable with a tone digit 1-5.
    """
    return list(_parse(pinyin))
