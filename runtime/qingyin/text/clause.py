"""A word of a clause with its neighbours: what rules of readings look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qingyin.text.verbs import VERBS


@dataclass(frozen=True)
class Context:
    """A word of a clause with its neighbours, "" at the ends."""

    words: Sequence[str]
    index: int

    def at(self, offset: int) -> str:
        """The word that many places further on."""
        place = self.index + offset
        return self.words[place] if 0 <= place < len(self.words) else ""

    @property
    def before(self) -> str:
        """The word before."""
        return self.at(-1)

    @property
    def after(self) -> str:
        """The word after."""
        return self.at(1)


def is_verb(word: str) -> bool:
    """Whether a word is a monosyllabic verb of everyday speech."""
    return len(word) == 1 and word in VERBS
