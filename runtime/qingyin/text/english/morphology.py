"""Reads English words that the dictionary lacks by their parts: a known word with an ending, a prefix, or two joined.

Every rule here was kept because it reads the dictionary's own words, each taken out in turn, more often right than the
letter-to-sound model does (tools/learn_english.py report).
"""

from __future__ import annotations

import re
from collections.abc import Callable

Phones = tuple[str, ...]
LookUp = Callable[[str], Phones]

_VOICELESS = frozenset({"P", "T", "K", "F", "TH"})
_SIBILANTS = frozenset({"S", "Z", "SH", "ZH", "CH", "JH"})
_SHORTEST_STEM = 3  # letters
_SHORTEST_AFTER_PREFIX = 4


def plural(phones: Phones) -> Phones:
    """Phones of a noun with s, of a verb with s, of either with 's."""
    if phones[-1] in _SIBILANTS:
        return (*phones, "IH0", "Z")
    return (*phones, "S" if phones[-1] in _VOICELESS else "Z")


def past(phones: Phones) -> Phones:
    """Phones of a verb with ed."""
    if phones[-1] in ("T", "D"):
        return (*phones, "IH0", "D")
    return (*phones, "T" if phones[-1] in _VOICELESS | {"S", "SH", "CH"} else "D")


def _adding(*phones: str) -> Callable[[Phones], Phones]:
    return lambda stem: (*stem, *phones)


def _as_it_is(stem: Phones) -> Phones:
    return stem


def _adverb(stem: Phones) -> Phones:
    """happily from happy, simply from simple: the stem's last vowel gives way, and one L is enough."""
    if stem[-1] == "IY0":
        return (*stem[:-1], "AH0", "L", "IY0")
    return (*stem, "IY0") if stem[-1] == "L" else (*stem, "L", "IY0")


def _weakened(stem: Phones) -> Phones:
    """The stem's primary stress made secondary, before an ending that takes it."""
    return tuple(phone.replace("1", "2") for phone in stem)


def _strengthened(prefix: Phones) -> Phones:
    """A prefix with the main stress on its first vowel."""
    place = next(index for index, phone in enumerate(prefix) if phone[-1].isdigit())
    return (*prefix[:place], prefix[place][:-1] + "1", *prefix[place + 1 :])


def _ability(stem: Phones) -> Phones:
    """scalability from scalable."""
    return (*_weakened(stem[:-2]), "IH1", "L", "AH0", "T", "IY0") if stem[-3:] == ("B", "AH0", "L") else ()


def _ization(stem: Phones) -> Phones:
    """tokenization from tokenize."""
    return (*_weakened(stem[:-2]), "AH0", "Z", "EY1", "SH", "AH0", "N") if stem[-1] == "Z" else ()


# ending, what stood in its place in the stem, what it makes of the stem
_PLAIN: tuple[tuple[str, str, Callable[[Phones], Phones]], ...] = (
    ("'s", "", plural), ("s'", "s", _as_it_is), ("ies", "y", plural), ("ied", "y", past), ("ier", "y", _adding("ER0")),
    ("iers", "y", _adding("ER0", "Z")), ("iest", "y", _adding("AH0", "S", "T")), ("ily", "y", _adverb),
    ("iness", "y", _adding("N", "AH0", "S")), ("ically", "ic", _adverb), ("ly", "", _adverb), ("bly", "ble", _adverb),
    ("ply", "ple", _adverb),
    ("ness", "", _adding("N", "AH0", "S")), ("less", "", _adding("L", "AH0", "S")),
    ("ful", "", _adding("F", "AH0", "L")), ("fully", "", _adding("F", "AH0", "L", "IY0")),
    ("ment", "", _adding("M", "AH0", "N", "T")), ("ments", "", _adding("M", "AH0", "N", "T", "S")),
    ("ship", "", _adding("SH", "IH2", "P")), ("like", "", _adding("L", "AY2", "K")),
    ("hood", "", _adding("HH", "UH2", "D")), ("wise", "", _adding("W", "AY2", "Z")),
    ("ability", "able", _ability), ("ization", "ize", _ization),
)  # fmt: skip
# Endings before which the stem loses its e or doubles its consonant.
_JOINED: tuple[tuple[str, Callable[[Phones], Phones]], ...] = (
    ("es", plural), ("ed", past), ("ing", _adding("IH0", "NG")), ("ings", _adding("IH0", "NG", "Z")),
    ("in'", _adding("IH0", "N")), ("er", _adding("ER0")), ("ers", _adding("ER0", "Z")),
    ("est", _adding("AH0", "S", "T")), ("able", _adding("AH0", "B", "AH0", "L")), ("ish", _adding("IH0", "SH")),
    ("ist", _adding("IH0", "S", "T")), ("ists", _adding("IH0", "S", "T", "S")),
    ("ism", _adding("IH2", "Z", "AH0", "M")), ("ize", _adding("AY2", "Z")), ("ized", _adding("AY2", "Z", "D")),
    ("izing", _adding("AY2", "Z", "IH0", "NG")), ("izer", _adding("AY2", "Z", "ER0")),
)  # fmt: skip

_PREFIXES: dict[str, Phones] = {
    "un": ("AH0", "N"), "re": ("R", "IY0"), "pre": ("P", "R", "IY0"), "non": ("N", "AA0", "N"),
    "over": ("OW2", "V", "ER0"), "under": ("AH2", "N", "D", "ER0"), "multi": ("M", "AH2", "L", "T", "IY0"),
    "micro": ("M", "AY2", "K", "R", "OW0"), "macro": ("M", "AE2", "K", "R", "OW0"), "auto": ("AO2", "T", "OW0"),
    "anti": ("AE2", "N", "T", "IY0"), "sub": ("S", "AH0", "B"), "super": ("S", "UW2", "P", "ER0"),
    "inter": ("IH2", "N", "T", "ER0"), "hyper": ("HH", "AY2", "P", "ER0"), "cyber": ("S", "AY2", "B", "ER0"),
    "meta": ("M", "EH2", "T", "AH0"), "mini": ("M", "IH2", "N", "IY0"), "semi": ("S", "EH2", "M", "IY0"),
    "dis": ("D", "IH0", "S"), "mis": ("M", "IH0", "S"), "out": ("AW0", "T"), "nano": ("N", "AE2", "N", "OW0"),
    "tele": ("T", "EH2", "L", "AH0"), "photo": ("F", "OW2", "T", "OW0"), "neuro": ("N", "UH2", "R", "OW0"),
    "bio": ("B", "AY2", "OW0"),
    "exo": ("EH2", "K", "S", "OW0"), "pseudo": ("S", "UW2", "D", "OW0"), "ultra": ("AH2", "L", "T", "R", "AH0"),
    "infra": ("IH2", "N", "F", "R", "AH0"), "fore": ("F", "AO0", "R"), "mega": ("M", "EH2", "G", "AH0"),
    "giga": ("G", "IH2", "G", "AH0"), "hydro": ("HH", "AY2", "D", "R", "OW0"),
    "electro": ("IH0", "L", "EH2", "K", "T", "R", "OW0"), "thermo": ("TH", "ER2", "M", "OW0"),
    "eco": ("IY2", "K", "OW0"), "crypto": ("K", "R", "IH2", "P", "T", "OW0"), "audio": ("AO2", "D", "IY0", "OW0"),
    "counter": ("K", "AW2", "N", "T", "ER0"), "video": ("V", "IH2", "D", "IY0", "OW0"),
}  # fmt: skip
# They take the main stress in most of the dictionary's words: these always, others before one syllable (hyperlink).
_FIRST_ALWAYS = frozenset(["over", "under", "out", "counter"])
_FIRST_IF_SHORT = frozenset(_PREFIXES) - frozenset(["un", "re", "pre", "dis", "mis", "sub", "inter", "anti", "infra"])
# Short words that join longer ones, where most of their length only seem to.
_SHORT_FIRST_TEXT = "air bit eye hot key low net sea sky sub sun top web"
_SHORT_FIRST = frozenset(_SHORT_FIRST_TEXT.split())
_SHORT_SECOND_TEXT = "app bar bot box end job log map pad pod set tag tip top way"
_SHORT_SECOND = frozenset(_SHORT_SECOND_TEXT.split())
# hop, chang, involv: a consonant would have doubled, or none stands there at the end of a word, so that an e is missing
_LACKS_E = re.compile(r"(?:^|[^aeiou])[aeiouy][^aeiouwxy]$|[^s]c$|[dlnr]g$|[^f]v$|[lnprw]s$|[^aeiou]l$")


def read(word: str, look_up: LookUp, depth: int = 2) -> Phones:
    """Phones of a word in small letters and apostrophes by its parts; () where it has none that the dictionary knows.

    depth: how many endings and prefixes may be taken off, one after the other.
    """
    if not depth or len(word) < _SHORTEST_STEM + 1:
        return ()
    return _inflected(word, look_up, depth) or _prefixed(word, look_up, depth) or _compound(word, look_up)


def _stem(word: str, look_up: LookUp, depth: int) -> Phones:
    return (look_up(word) or read(word, look_up, depth - 1)) if len(word) >= _SHORTEST_STEM else ()


def _inflected(word: str, look_up: LookUp, depth: int) -> Phones:
    """A known word with an ending: googling, blogged, tokenizers."""
    plain_plural = word[-1] == "s" and word[-2:] not in ("ss", "us", "'s")
    if plain_plural and len(word) > _SHORTEST_STEM and (found := look_up(word[:-1])):
        return plural(found)
    for ending, instead, make in _PLAIN:
        root = word.removesuffix(ending)
        if root != word and (found := _stem(root + instead, look_up, depth)) and (whole := make(found)):
            return whole
    for ending, make in _JOINED:
        root = word.removesuffix(ending)
        if root == word or len(root) < 2:
            continue
        stems = [stem for stem in _stems(root) if len(stem) >= _SHORTEST_STEM]
        known = [look_up(stem) for stem in stems if look_up(stem)]
        for found in known or [_stem(stem, look_up, depth) for stem in stems]:
            if found:
                return make(found)
    if plain_plural and word[-2] != "i" and (found := _stem(word[:-1], look_up, depth)):
        return plural(found)
    return ()


def _stems(root: str) -> tuple[str, ...]:
    """What a word may have been before an ending that begins with a vowel, likeliest first."""
    if root[-1] == root[-2]:
        return (root, root[:-1]) if root[-1] in "lsfz" else (root[:-1], root)
    return (root + "e", root) if _LACKS_E.search(root) else (root, root + "e")


def _prefixed(word: str, look_up: LookUp, depth: int) -> Phones:
    """A prefix before a known word: refactoring, unfriended, hyperparameters."""
    for cut in range(min(len(word) - _SHORTEST_AFTER_PREFIX, 7), 1, -1):
        prefix = _PREFIXES.get(word[:cut])
        if prefix and (found := _stem(word[cut:], look_up, depth)):
            short = sum(phone[-1].isdigit() for phone in found) == 1
            if word[:cut] in _FIRST_ALWAYS or (short and word[:cut] in _FIRST_IF_SHORT):
                return (*_strengthened(prefix), *_weakened(found))
            return (*prefix, *found)
    return ()


def _liveliness(word: str, look_up: LookUp) -> int:
    """How many forms of a word the dictionary has; half of its entries are surnames, which have none."""
    endings = ("s", "ed", "ing", "es", "er", "d", word[-1] + "ed", word[-1] + "ing")
    return sum(bool(look_up(word + ending)) for ending in endings)


def _compound(word: str, look_up: LookUp) -> Phones:
    """Two living words written as one: livestream, timestamp; the second is stressed less."""
    best: tuple[int, int] | None = None
    for cut in range(3, len(word) - 2):
        first, second = word[:cut], word[cut:]
        if not (look_up(first) and look_up(second) and _joins(first, second, look_up)):
            continue
        if first[-1] == "s" and look_up(first[:-1]) and look_up("s" + second):
            continue  # it is time-stamp and not times-tamp
        cost = abs(len(word) - 2 * cut)
        if best is None or cost < best[0]:
            best = (cost, cut)
    return (*look_up(word[: best[1]]), *_weakened(look_up(word[best[1] :]))) if best else ()


def _joins(first: str, second: str, look_up: LookUp) -> bool:
    if len(first) == 3 and not (first in _SHORT_FIRST or (len(second) > 4 and _liveliness(first, look_up) > 1)):
        return False
    if len(second) == 3:
        return second in _SHORT_SECOND and len(first) > 3 and _liveliness(first, look_up) > 1
    return _liveliness(first, look_up) > 0 and _liveliness(second, look_up) > 1
