"""A word of a clause with its neighbours: what rules of readings look at."""

from __future__ import annotations

from collections.abc import Sequence

from qingyin.text.verbs import VERBS


class Context:
    """A word of a clause with its neighbours, "" at the ends."""

    __slots__ = ("after", "before", "index", "words")

    def __init__(self, words: Sequence[str], index: int) -> None:
        self.words, self.index = words, index
        self.before = words[index - 1] if index > 0 else ""  # the word before
        self.after = words[index + 1] if index + 1 < len(words) else ""  # the word after

    def at(self, offset: int) -> str:
        """The word that many places further on."""
        place = self.index + offset
        return self.words[place] if 0 <= place < len(self.words) else ""


def is_verb(word: str) -> bool:
    """Whether a word is a monosyllabic verb of everyday speech."""
    return len(word) == 1 and word in VERBS
