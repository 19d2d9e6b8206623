"""Exists so that a reader can see how a text will be read, character by character, and choose another reading: what is
chosen is written into the text as inline markup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby

from qingyin.errors import TextError
from qingyin.text import Syllable, analyse_document
from qingyin.text.characters import is_han
from qingyin.text.english.phones import is_english
from qingyin.text.given_readings import pinyin
from qingyin.text.markup_modes import read_document
from qingyin.text.pinyin import pinyin_to_phonemes
from qingyin.text.reading_table import reading_table

_BRACKET = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True)
class Reading:
    """What source[start:end] sounds like.

    text: as it is shown; said: pinyin after sandhi or English phones, blanks between syllables; choices: other readings
    that the dictionary has, the one before sandhi among them; chosen: whether markup has decided it.
    """

    text: str
    said: str
    start: int
    end: int
    choices: tuple[str, ...] = ()
    chosen: bool = False


@dataclass(frozen=True)
class Readings:
    """Readings in order; (text, position, reason) of what is not spoken, and of what is read in a makeshift way."""

    items: tuple[Reading, ...]
    unspoken: tuple[tuple[str, int, str], ...]
    notes: tuple[tuple[str, int, str], ...]


def readings(source: str) -> Readings:
    """The readings of a text with inline markup. Errors: MarkupError."""
    items: list[Reading] = []
    unspoken: list[tuple[str, int, str]] = []
    notes: list[tuple[str, int, str]] = []
    for analysis in analyse_document(read_document(source, "inline", None)):
        unspoken += [(item.text, item.position, item.reason) for item in analysis.unspoken]
        notes += [(note.text, note.position, note.message) for note in analysis.notes]
        for sentence in analysis.sentences:
            # syllables of one number or word in letters share their place
            for _, group in groupby(sentence.details, key=lambda syllable: (syllable.start, syllable.end)):
                items.append(_reading(list(group), source))
    return Readings(tuple(items), tuple(unspoken), tuple(notes))


def _reading(group: list[Syllable], source: str) -> Reading:
    first = group[0]
    shown = _BRACKET.sub("", source[first.start : first.end]) or first.text
    said = " ".join(syllable.pinyin for syllable in group)
    chosen = first.origin == "markup"
    if len(group) > 1 or is_english(first.pinyin):
        return Reading(shown, said, first.start, first.end, (), chosen)
    known = reading_table().readings(shown) if len(shown) == 1 and is_han(shown) else ()
    choices = dict.fromkeys([first.citation, *(reading for reading in known if _exists(reading))])
    return Reading(shown, said, first.start, first.end, tuple(choices), chosen)


def _exists(reading: str) -> bool:
    try:
        pinyin_to_phonemes(reading)
    except ValueError:
        return False
    return True


def with_reading(source: str, start: int, end: int, reading: str) -> str:
    """The text with markup that has source[start:end], which is one item of `readings`, read so; "" removes the markup
    again. reading: pinyin, or English phones between slashes for letters and figures.

    Errors: TextError (MarkupError) that says what is wrong with the reading.
    """
    reading = " ".join(reading.split())
    if re.search(r"[\[\]\\]", reading):
        raise TextError("a reading cannot hold brackets; write pinyin with tones, such as hang2")
    before = {(item.start, item.end) for item in readings(source).items}
    if (start, end) not in before:
        raise TextError("the text has changed meanwhile; click the character again")
    bracket = _bracket(source, start, end)
    if bracket is None:
        return source if not reading else _checked(source[:end] + f"[{reading}]" + source[end:], start, end, reading)
    opening, closing, place, spoken = bracket
    if not reading:
        changed = source[:opening] + source[closing:]
    else:
        spoken[place : place + 1] = [reading]
        changed = f"{source[:opening]}[{' '.join(spoken)}]{source[closing:]}"
    return _checked(changed, start, end, reading)


def _bracket(source: str, start: int, end: int) -> tuple[int, int, int, list[str]] | None:
    """The bracket that decides source[start:end]: where it begins and ends, which of its readings it is, and all."""
    inside = _BRACKET.search(source, start, end)
    if inside is not None:  # of a word in letters or figures, whole
        return inside.start(), inside.end(), 0, [""]
    item = next(item for item in readings(source).items if (item.start, item.end) == (start, end))
    if not item.chosen:
        return None
    found = _BRACKET.search(source, end)
    assert found is not None  # markup has decided it
    covered = [other for other in readings(source).items if start <= other.start < found.start()]
    spoken = found[0][1:-1].split()
    return found.start(), found.end(), max(0, len(spoken) - len(covered)), spoken


def _checked(changed: str, start: int, end: int, reading: str) -> str:
    """The changed text, if it is read as was wished there, and only there. Errors: TextError."""
    if not reading:
        readings(changed)
        return changed
    found = [item for item in readings(changed).items if start <= item.start < end]
    said = " ".join(item.said for item in found)
    decided = bool(found) and all(item.chosen for item in found)
    if not decided or not (reading.startswith("/") or said == " ".join(pinyin(reading))):
        raise TextError(f"{reading!r} does not fit here; write pinyin with tones for each character, such as hang2")
    return changed
