"""Writes the symbol maps of FastSpeech 2 for Mandarin and for English, from the rules that its lexica follow.

Run from anywhere: `python tools/build_symbol_maps.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __package__ in (None, ""):  # run as a script, imports start in tools/ instead of the repository's root
    sys.path[:0] = [str(ROOT), str(ROOT / "runtime")]

from qingyin.text.symbols import (  # noqa: E402
    ENGLISH_CONSONANTS,
    ENGLISH_VOWELS,
    ERHUA,
    FINALS,
    INITIALS,
    PAUSE,
    SENTENCE_SILENCE,
    UNSTRESSED,
)

FOLDER = ROOT / "export" / "convert" / "symbol_maps"
_HEAD = "# our phoneme, its tone, * anywhere or ^ first of its syllable, the model's symbols; TAB between columns\n"
# Sounds that its lexicon has no symbol for, and what it writes for them.
_NEAREST = {"ê": "e", "io": "iou", "ueng": "uen"}


def _rows(entries: list[tuple[str, int, str, str]]) -> str:
    return _HEAD + "".join("\t".join(map(str, entry)) + "\n" for entry in entries)


def _pauses() -> list[tuple[str, int, str, str]]:
    return [(SENTENCE_SILENCE, 0, "*", "@sp"), (PAUSE, 0, "*", "@sp")]


def mandarin() -> str:
    """A syllable without an initial is written with y or w before i, u and ü; er is e and the suffix rr."""
    entries = [*_pauses(), *((initial, 0, "*", f"@{initial}") for initial in INITIALS)]
    for final in FINALS:
        for tone in range(1, 6):
            if final in (ERHUA, "er"):
                entries.append((final, tone, "*", "@rr" if final == ERHUA else f"@e{tone} @rr"))
                continue
            symbol = f"@{_NEAREST.get(final, final)}{tone}"
            entries.append((final, tone, "*", symbol))
            glide = {"i": "@y ", "v": "@y ", "u": "@w "}.get(final[0], "")
            if glide and final not in ("ii", "iii"):
                entries.append((final, tone, "^", f"{glide}{symbol}"))
    return _rows(entries)


def english() -> str:
    """ARPAbet with stress digits, as it stands in the CMU dictionary."""
    entries = [*_pauses(), *((consonant, 0, "*", f"@{consonant}") for consonant in ENGLISH_CONSONANTS)]
    entries += [(vowel, UNSTRESSED + s, "*", f"@{vowel}{s}") for vowel in ENGLISH_VOWELS for s in range(3)]
    return _rows(entries)


def main() -> int:
    """Writes both files."""
    FOLDER.mkdir(exist_ok=True)
    for language, text in (("zh", mandarin()), ("en", english())):
        (FOLDER / f"fastspeech2_{language}.tsv").write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
