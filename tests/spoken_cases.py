"""How tables of readings are written: a sentence of real text with the judged part in brackets, and its pinyin."""

from __future__ import annotations

from qingyin.text import Word, analyse

OPEN, CLOSE = "⟦", "⟧"


def spoken(text: str) -> str:
    """Pinyin of the part of `text` in ⟦brackets⟧, read in its sentence (all of it without brackets)."""
    before, opened, rest = text.partition(OPEN)
    part, _, after = rest.partition(CLOSE)
    plain = before + part + after if opened else text
    start, end = (len(before), len(before) + len(part)) if opened else (0, len(text))
    found = []
    for sentence in analyse(plain).sentences:
        for word in sentence.words:
            found += [pinyin for place, pinyin in _places(word) if start <= place < end]
    return " ".join(found)


def _places(word: Word) -> list[tuple[int, str]]:
    """Each syllable of a word of Han characters with its place in the text; an erhua one covers two characters."""
    place, found = word.position, []
    for pinyin in word.pinyin:
        found.append((place, pinyin))
        place += 2 if pinyin[:-1].endswith("r") and pinyin[:-1] != "er" else 1
    return found
