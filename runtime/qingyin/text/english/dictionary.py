"""Looks words up in the CMU Pronouncing Dictionary without building it in memory: most texts need a dozen of its words.

words.txt holds one word a line, sorted by bytes: letters, a space, one character per phone. It is made by
tools/learn_english.py from the first entry of each word, because those are what the acoustic model was trained on.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from qingyin.text.english.phones import PHONES

FIRST_CODE = ord("0")  # of PHONES[0]; the last is "t"


@cache
def _table() -> bytes:
    return files("qingyin.text.english").joinpath("words.txt").read_bytes()


@lru_cache(maxsize=8192)
def look_up(word: str) -> tuple[str, ...]:
    """Phones of a word in small letters and apostrophes (``"don't"``); () when it is not in the dictionary."""
    if not word.isascii() or not word:
        return ()
    key, table = word.encode() + b" ", _table()
    low, high = 0, len(table)  # of line starts
    while low < high:
        middle = table.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = table.index(b"\n", middle)
        if table.startswith(key, middle):
            return tuple(PHONES[code - FIRST_CODE] for code in table[middle + len(key) : end])
        if table[middle:end] < key:
            low = end + 1
        else:
            high = middle
    return ()
