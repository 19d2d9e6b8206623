"""Raw text to a row of things to say and marks to pause at, with their places, so that nothing gets lost.

Every character is spoken, or a mark, or silent by nature (spaces, quotes), or reported as unspoken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal

from qingyin.text import rules
from qingyin.text.characters import is_ascii_alnum, is_han
from qingyin.text.emoji import EMOJI_MODIFIERS, is_emoji
from qingyin.text.items import SILENT, Given, Mark, Normalised, Spoken
from qingyin.text.letters import LETTER_NAMES
from qingyin.text.numbers import digits_one_by_one
from qingyin.text.rules.english import is_english_sentence
from qingyin.text.rules.formulas import remainder
from qingyin.text.rules.parts import English, Leave, Pause, Reading, Say, Spell
from qingyin.text.traditional import MERGED_READINGS

EmojiMode = Literal["name", "skip"]
EMOJI_MODES: tuple[EmojiMode, ...] = ("name", "skip")

_BRACKETS = frozenset("()[]{}【】〔〕〖〗〘〙")
_SILENT_MARKS = frozenset("\"'“”‘’「」『』《》〈〉«»‹›〝〞〟„‚`´′″·•・‧")
_PAUSE_MARKS = frozenset("，。！？；：、…—")
_DIGITS = re.compile(r"[0-9]+")


class _Writer:
    """Collects items, reports and notes, turning canonical indexes into places in the original text."""

    def __init__(self, canonical: str, positions: list[int], original: str) -> None:
        self.canonical, self.positions, self.original = canonical, positions, original
        self.result = Normalised(text=canonical.strip())
        self._left: list[tuple[int, int, str]] = []  # (start, end, reason) in the original text

    def say(self, text: str, position: int, literal: bool = False, end: int = -1) -> None:
        for offset, char in enumerate(text):
            self.result.items.append(Spoken(char, position, literal=literal, starts_word=offset == 0, end=end))

    def mark(self, mark: str, position: int) -> None:
        self.result.items.append(Mark(mark, position))

    def spell(self, start: int, end: int) -> None:
        for index in range(start, end):
            letter = self.canonical[index]
            for part, reading in enumerate(LETTER_NAMES[letter.lower()].split()):
                self.result.items.append(
                    Spoken("", self.positions[index], reading, starts_word=part == 0, written="" if part else letter)
                )

    def say_english(self, word: English, end_position: int) -> None:
        """`end_position`: of the whole reading, for words that are not spelled so in the text."""
        position, last = self.positions[word.start], word.start + len(word.written) - 1
        end = self.positions[last] + 1 if self.canonical.startswith(word.written, word.start) else end_position
        for part, reading in enumerate(word.syllables):
            self.result.items.append(
                Spoken("", position, reading, starts_word=part == 0, written="" if part else word.written, end=end)
            )

    def leave(self, index: int, reason: str) -> None:
        """Report the original behind one canonical character, joined to a neighbour of the same reason."""
        start = self.positions[index]
        if self._left and self._left[-1][2] == reason and self._left[-1][1] >= start:
            self._left[-1] = (self._left[-1][0], start + 1, reason)
        else:
            self._left.append((start, start + 1, reason))

    def leave_with_neighbour(self, index: int) -> None:
        """Joiners and selectors belong to the emoji before them, if that was left."""
        if self._left and self._left[-1][1] == self.positions[index]:
            self.leave(index, self._left[-1][2])

    def write(self, reading: Reading, start: int) -> None:
        position, end_position = self.positions[start], self.positions[reading.end - 1] + 1
        for part in reading.parts:
            if isinstance(part, Say):
                self.say(part.text, position, part.literal, end_position)
            elif isinstance(part, Spell):
                self.spell(part.start, part.end)
            elif isinstance(part, English):
                self.say_english(part, end_position)
            elif isinstance(part, Pause):
                self.mark(part.mark, position)
            else:
                assert isinstance(part, Leave)
                for index in range(part.start, part.end):
                    self.leave(index, part.reason)
        if reading.note:
            self.result.notes.append((self.original[position:end_position], position, reading.note))

    def finish(self) -> Normalised:
        self.result.unspoken.extend((self.original[start:end], start, reason) for start, end, reason in self._left)
        return self.result


def normalise(
    canonical: str,
    positions: list[int],
    original: str,
    has_reading: Callable[[str], bool],
    emoji: EmojiMode = "name",
    given: Mapping[int, Given] | None = None,
) -> Normalised:
    """Canonical text -> items to say. `canonical[i]` comes from `original[positions[i]]`. Linear time.

    `given`: by index in `original`, what the author says about that character.
    """
    writer = _Writer(canonical, positions, original)
    items, in_english = writer.result.items, is_english_sentence(canonical)
    index = 0
    while index < len(canonical):
        char = canonical[index]
        if given and positions[index] in given:
            _given(writer, index, given[positions[index]])
        elif is_han(char):
            position = positions[index]
            if has_reading(char):
                items.append(Spoken(char, position, alone=MERGED_READINGS.get(original[position], "")))
            else:
                writer.leave(index, "no known reading")
        elif char == "…" and (reading := remainder(canonical, index)):
            writer.write(reading, index)
            index = reading.end
            continue
        elif char in _PAUSE_MARKS and char != "—":
            writer.mark(char, positions[index])
        elif char in _BRACKETS:
            writer.mark("(", positions[index])
        elif char.isspace():
            writer.mark(SILENT, positions[index])
        elif "0" <= char <= "9" and not in_english and (cut := _cut_digits(writer, index)):
            index = cut
            continue
        elif emoji == "skip" and (is_emoji(char) or char in EMOJI_MODIFIERS):
            writer.leave(index, "emoji skipped")
        else:
            reading = rules.read(canonical, index, in_english)
            if reading is not None:
                writer.write(reading, index)
                index = reading.end
                continue
            _unruled(writer, index)
        index += 1
    return writer.finish()


def _given(writer: _Writer, index: int, told: Given) -> None:
    char, position, items = writer.canonical[index], writer.positions[index], writer.result.items
    exact = told.origin == "markup"
    if told.milliseconds is not None:
        items.append(Mark("pause", position, told.milliseconds))
    elif told.reading and is_han(char):
        items.append(Spoken(char, position, given=told.reading, exact=exact))
    elif told.reading:
        items.append(
            Spoken("", position, told.reading, starts_word=told.starts_word, written=told.written, exact=exact)
        )
    elif items and isinstance(items[-1], Spoken):
        items[-1] = replace(items[-1], end=position + 1)


def _cut_digits(writer: _Writer, index: int) -> int:
    """A row of figures so long that sentences were cut through it is said figure by figure -> its end, else 0."""
    match = _DIGITS.match(writer.canonical, index)
    assert match is not None
    position, last, original = writer.positions[index], writer.positions[match.end() - 1], writer.original
    begins_inside = index == 0 and position > 0 and original[position - 1].isdecimal()
    ends_inside = match.end() == len(writer.canonical) and original[last + 1 : last + 2].isdecimal()
    if not (begins_inside or ends_inside):
        return 0
    writer.say(digits_one_by_one(match.group()), position, literal=True, end=last + 1)
    return match.end()


def _unruled(writer: _Writer, index: int) -> None:
    """A character that no rule knows: a mark, silent, or reported."""
    canonical, char, position = writer.canonical, writer.canonical[index], writer.positions[index]
    if char == "—":
        writer.mark(char, position)
    elif char == ":":
        writer.mark("：", position)
    elif char == ",":
        writer.mark("、", position)
    elif char == ".":
        if not _is_abbreviation_dot(canonical, index):
            writer.say("点", position)
    elif char in _SILENT_MARKS:
        writer.mark(SILENT, position)
    elif unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me", "Zl", "Zp") or char in EMOJI_MODIFIERS:
        writer.leave_with_neighbour(index)
    else:
        writer.leave(index, _reason(char))


def _is_abbreviation_dot(canonical: str, index: int) -> bool:
    """Whether the dot stands between single letters, as in U.S.A, or at the edge of a cut."""
    if index == 0 or index + 1 == len(canonical):
        return True
    single_before = canonical[index - 1].isalpha() and (index < 2 or not is_ascii_alnum(canonical[index - 2]))
    after = canonical[index + 2] if index + 2 < len(canonical) else ""
    return single_before and canonical[index + 1].isalpha() and not is_ascii_alnum(after)


def _reason(char: str) -> str:
    """Why a character cannot be spoken, in a word or two for the report."""
    category = unicodedata.category(char)
    if category.startswith("L") or category == "Mc":
        name = unicodedata.name(char, "unknown")
        return f"script not supported: {name.split()[0].lower()}"
    if category.startswith("N"):
        return "number form not supported"
    if category in ("Co", "Cn", "Cs"):
        return "unassigned or private character"
    return "symbol"
