"""Whether a sign stands in an equation, where - is 减 and / is 除以."""

from __future__ import annotations

from qingyin.text.characters import SUPERSCRIPTS
from qingyin.text.letters import GREEK_NAMES

_EQUATION_SIGNS = frozenset("=≈≠≤≥<>√^")
_EQUATION_CHARACTERS = frozenset("×÷√≈≠≤≥±") | SUPERSCRIPTS.keys() | GREEK_NAMES.keys()


def in_equation(text: str, index: int) -> bool:
    """Whether the run of signs, figures and letters around text[index] has an =, <, root or power in it."""
    for step in (-1, 1):
        place = index
        for _ in range(30):
            place += step
            if not 0 <= place < len(text) or not (text[place].isascii() or text[place] in _EQUATION_CHARACTERS):
                break
            if text[place] in _EQUATION_SIGNS:
                return True
            if text[place] in ",;\n":
                break
    return False
