"""The table of readings, mapped into memory: as Python objects it took 55 MB and a quarter of a second.

reading_table.bin is made by tools/build_reading_table.py from pypinyin's tables. Little-endian: magic, count n, n
keys of 64 bits in rising order, n + 1 offsets of 32 bits, and the text of all entries in UTF-8. A key is an entry's
first three characters, 21 bits each; its text is the other characters, a blank, and the readings parted by blanks: of
a word one per character, of a single character all it has, the commonest first.
"""

from __future__ import annotations

import mmap
import sys
from bisect import bisect_left
from functools import cache, lru_cache
from pathlib import Path

MAGIC = b"QYR1"
KEY_CHARACTERS = 3
_HEADER_BYTES = 8  # magic, count
PATH = Path(__file__).with_name("reading_table.bin")


def key_of(word: str) -> int:
    """The sorting key of a word: its first three characters, 0 where it has fewer."""
    key = 0
    for character in word[:KEY_CHARACTERS].ljust(KEY_CHARACTERS, "\0"):
        key = key << 21 | ord(character)
    return key


class ReadingTable:
    """An opened file of the format above. Errors: ValueError if it is another, OSError."""

    def __init__(self, path: Path = PATH) -> None:
        with open(path, "rb") as file:
            data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if data[: len(MAGIC)] != MAGIC:
            raise ValueError(f"{path} is no table of readings; install qingyin again")
        if sys.byteorder != "little":
            raise ValueError("the table of readings needs a little-endian machine")
        count = int.from_bytes(data[4:_HEADER_BYTES], "little")
        view = memoryview(data)
        after_keys = _HEADER_BYTES + 8 * count
        after_offsets = after_keys + 4 * (count + 1)
        self._keys = view[_HEADER_BYTES:after_keys].cast("Q")
        self._offsets = view[after_keys:after_offsets].cast("I")
        self._texts = view[after_offsets:]
        self._of_first = lru_cache(maxsize=2048)(self._range)

    def readings(self, word: str) -> tuple[str, ...]:
        """Pinyin with tone digit (5 = neutral, ü as v): of a word one per character, of a single character all it
        has, the commonest first; empty if the table does not have it.
        """
        if "\0" in word:  # what shorter keys are filled up with, and no character of any entry
            return ()
        key = key_of(word)
        keys = self._keys
        place = bisect_left(keys, key)
        rest = word[KEY_CHARACTERS:]
        while place < len(keys) and keys[place] == key:
            found, *spelt = str(self._texts[self._offsets[place] : self._offsets[place + 1]], "utf-8").split(" ")
            if found == rest:
                return tuple(spelt)
            place += 1
        return ()

    def lengths(self, text: str, start: int) -> list[int]:
        """Characters of each entry of two or more that text[start:] begins with, in rising order: two searches at
        most, one where no entry begins with text[start : start + 2], as at most places of a text.
        """
        if start + 2 > len(text):
            return []
        first, past = self._of_first(text[start])
        if first == past:
            return []
        pair = ord(text[start]) << 21 | ord(text[start + 1])
        keys, key = self._keys, pair << 21
        place = bisect_left(keys, key, first, past)
        if place == past or keys[place] >> 21 != pair or text[start + 1] == "\0":
            return []
        found = [2] if keys[place] == key else []
        third = ord(text[start + 2]) if start + 2 < len(text) else 0
        if third:
            key |= third
            place = bisect_left(keys, key, place, past)
            while place < past and keys[place] == key:
                rest = str(self._texts[self._offsets[place] : self._offsets[place + 1]], "utf-8").partition(" ")[0]
                if text.startswith(rest, start + KEY_CHARACTERS):
                    found.append(KEY_CHARACTERS + len(rest))
                place += 1
        return sorted(found)

    def _range(self, character: str) -> tuple[int, int]:
        """First and past-last place of the entries that begin with this character and go on."""
        key = ord(character) << 42
        return bisect_left(self._keys, key + 1), bisect_left(self._keys, key + (1 << 42))

    def __contains__(self, word: str) -> bool:
        if len(word) > KEY_CHARACTERS or "\0" in word:
            return bool(self.readings(word))
        key = key_of(word)
        place = bisect_left(self._keys, key)
        # of the words that share a key, the shortest comes first: its text begins with the blank
        found = place < len(self._keys) and self._keys[place] == key
        return found and self._texts[self._offsets[place]] == ord(" ")


@cache
def reading_table() -> ReadingTable:
    """The one that comes with the package; opened once."""
    return ReadingTable()
