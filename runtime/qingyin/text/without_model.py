"""Likely readings of one-character words for the front end without its model of polyphones."""

from __future__ import annotations

from collections.abc import Sequence

from qingyin.text.clause import Context
from qingyin.text.neighbours import BENEFICIARIES

_ADVERB_ENDINGS = frozenset("然速极真细心力快慢静兴断度烈渐悄默轻重松")


def likely(words: Sequence[str], index: int) -> str | None:
    """A likely reading of the one-character word words[index] where there is no model to ask, or None."""
    context = Context(words, index)
    before, after = context.before, context.after
    if words[index] == "为":
        return "wei4" if after and (not before or after[0] in BENEFICIARIES) else "wei2"
    if words[index] == "地":
        two = "".join(words[max(0, index - 2) : index])[-2:]  # 冷静地, also where 冷 静 is no word of the list
        adverb = len(two) == 2 and (two[0] == two[1] or two[1] in _ADVERB_ENDINGS)
        return "de5" if adverb and after else None
    if words[index] == "得" and not before:
        return "dei3" if after and after[0] not in "到了奖分出" else "de2"
    return None
