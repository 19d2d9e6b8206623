"""Writes runtime/qingyin/text/reading_table.bin, the readings of words and characters, from pypinyin's tables.

    python tools/build_reading_table.py

pypinyin's tables (MIT) are themselves phrase-pinyin-data and pinyin-data of mozillazg (MIT). The file says what
`lazy_pinyin([word], style=TONE3, neutral_tone_with_five=True)` says; tests/test_text_reading_table.py compares all.
"""

from __future__ import annotations

import argparse
import struct
from pathlib import Path

from pypinyin import Style, lazy_pinyin, pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from qingyin.text.reading_table import KEY_CHARACTERS, MAGIC, PATH, key_of


def entries() -> dict[str, list[str]]:
    """Word -> a reading per character; single character -> all its readings, the commonest first."""
    found = {
        word: lazy_pinyin([word], style=Style.TONE3, neutral_tone_with_five=True)
        for word in PHRASES_DICT
        if len(word) > 1
    }
    for code in PINYIN_DICT:
        options = pinyin(chr(code), style=Style.TONE3, heteronym=True, neutral_tone_with_five=True)[0]
        found[chr(code)] = list(dict.fromkeys(options))
    return found


def encode(table: dict[str, list[str]]) -> bytes:
    """The file's bytes (see qingyin.text.reading_table)."""
    words = sorted(table, key=lambda word: (key_of(word), word[KEY_CHARACTERS:]))
    texts = [" ".join([word[KEY_CHARACTERS:], *table[word]]).encode() for word in words]
    offsets = [0]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    return b"".join(
        [
            MAGIC,
            struct.pack("<I", len(words)),
            struct.pack(f"<{len(words)}Q", *map(key_of, words)),
            struct.pack(f"<{len(offsets)}I", *offsets),
            *texts,
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("-o", "--output", type=Path, default=PATH)
    output = parser.parse_args().output
    output.write_bytes(encode(entries()))
    print(f"{output}: {output.stat().st_size} bytes")


if __name__ == "__main__":
    main()
