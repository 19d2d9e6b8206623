"""The symbol table of the widespread FastSpeech 2 implementation: letters, ARPAbet and pinyin in one list of 360."""

from __future__ import annotations

from pathlib import Path

from export.convert.errors import ConvertError

_VOWELS = ("AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW")
_CONSONANTS = (
    "B", "CH", "D", "DH", "F", "G", "HH", "JH", "K", "L", "M", "N", "NG", "P", "R", "S", "SH", "T", "TH", "V", "W", "Y",
    "Z", "ZH",
)  # fmt: skip
_INITIALS = (
    "b", "c", "ch", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "q", "r", "s", "sh", "t", "w", "x", "y", "z",
    "zh",
)  # fmt: skip
_FINALS = (
    "a", "ai", "an", "ang", "ao", "e", "ei", "en", "eng", "er", "i", "ia", "ian", "iang", "iao", "ie", "ii", "iii",
    "in", "ing", "iong", "iou", "o", "ong", "ou", "u", "ua", "uai", "uan", "uang", "uei", "uen", "uo", "v", "van",
    "ve", "vn",
)  # fmt: skip


def table() -> list[str]:
    """Its symbols in the order of their ids; phonemes carry an @, finals and vowels a digit."""
    letters = [chr(code) for start in ("A", "a") for code in range(ord(start), ord(start) + 26)]
    arpabet = sorted([*_CONSONANTS, *(f"{vowel}{stress}" for vowel in _VOWELS for stress in ("", "0", "1", "2"))])
    pinyin = [*_INITIALS, *(f"{final}{tone}" for final in _FINALS for tone in range(1, 6)), "rr"]
    phonemes = [f"@{name}" for name in (*arpabet, *pinyin, "sp", "spn", "sil")]
    return ["_", "-", *"!'(),.:;? ", *letters, *phonemes]


def read(path: Path | None, rows: int) -> list[str]:
    """The symbols of a model whose embedding has `rows` rows: one a line of a file, else the implementation's own.

    ConvertError: there are more symbols than rows, or fewer by more than the one row that it leaves over.
    """
    if path is None:
        symbols, where = table(), "the implementation's own table"
    else:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConvertError(f"{path} cannot be read: {error}") from None
        symbols, where = lines, str(path)
    if rows - len(symbols) not in (0, 1):
        raise ConvertError(
            f"the model has {rows} symbols, {where} {len(symbols)}; give --symbols FILE, one a line in the order of "
            "their ids"
        )
    if twice := sorted({name for name in symbols if symbols.count(name) > 1}):
        raise ConvertError(f"{where} has {', '.join(twice[:8])} twice")
    return symbols
