"""Exists to say what a model set is that goes from text to sound as a whole: the part of a manifest that only such sets
have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyin.strict import StrictObject

KINDS = ("vits",)


@dataclass(frozen=True)
class Spelling:
    """How a model's text became symbols when it was trained.

    language: a code, "und" if it is not known. lower_case: letters that are no symbols are tried as small ones.
    uroman: other scripts than Latin are romanised first. replace: characters put in the place of others after that.
    blank: symbol 0 stands before, between and behind all others.
    """

    language: str
    blank: bool
    lower_case: bool
    uroman: bool
    replace: Mapping[str, str]


@dataclass(frozen=True)
class SynthesiserSpec:
    """What a model set is that goes from text to sound as a whole, with symbols, prior and vocoder of its own."""

    kind: str
    noise: float  # standard deviations of the latents' noise, and of the durations', as published
    duration_noise: float
    text: Spelling


def parse_synthesiser(value: Any, where: str) -> SynthesiserSpec:
    """What the key `synthesiser` of a manifest says. Errors: ModelError that names key and file."""
    part = StrictObject(value, f"{where}: synthesiser", ("kind", "noise", "duration_noise", "text"))
    if part.text("kind") not in KINDS:
        known = ", ".join(KINDS)
        part.fail(f"is of kind {part.text('kind')!r}, this qingyin knows {known}; update qingyin")
    for key in ("noise", "duration_noise"):
        if not 0.0 <= part.number(key) <= 10.0:
            part.fail(f"key {key!r} must be from 0 to 10 (it is {part.number(key):g})")
    keys = ("language", "blank", "lower_case", "uroman", "replace")
    text = StrictObject(part.value["text"], f"{where}: synthesiser: text", keys)
    replace = text.mapping("replace")
    if not all(len(old) == 1 and isinstance(new, str) and len(new) == 1 for old, new in replace.items()):
        text.fail("key 'replace' must give single characters for single characters")
    spelling = Spelling(
        text.text("language"), text.flag("blank"), text.flag("lower_case"), text.flag("uroman"), replace
    )
    return SynthesiserSpec(part.text("kind"), part.number("noise"), part.number("duration_noise"), spelling)
