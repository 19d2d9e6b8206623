"""Exists so that every way to name an emotion (a label, a mix, a vector, a recording) becomes one thing: a vector and
a factor of pause lengths.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

from qingyin.errors import OptionError
from qingyin.manifest import EmotionPrototype, Manifest

MAX_WEIGHT = 1.5  # beyond it the acoustic model has learned nothing
NEUTRAL = "neutral"
Mix = Mapping[str, float]
_PART = re.compile(r"\s*(?P<label>[^\s=,，]*)\s*(?:=\s*(?P<weight>[^,，]*))?(?P<rest>[^,，]*)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, eq=False)
class Emotion:
    """What the acoustic model is told.

    vector: float32 [emotion_size], zeros are neutral; pauses: factor of pause lengths; notes: what a user should know
    about the recording that it was taken from, one line each.
    """

    vector: np.ndarray
    pauses: float = 1.0
    notes: tuple[str, ...] = ()

    def scaled(self, strength: float) -> Emotion:
        """The same, weaker or stronger: 0 is neutral, 1 as it is."""
        return Emotion((self.vector * np.float32(strength)).astype(np.float32), self.pauses**strength, self.notes)


def parse_mix(text: str, labels: Iterable[str] | None = None) -> dict[str, float]:
    """Weights by label of "sad" or "happy=0.6, angry=0.3"; a label alone weighs 1.

    labels: those that are known; None leaves that question open. Errors: OptionError that names place and remedy.
    """
    mix: dict[str, float] = {}
    start = 0
    for piece in re.split("[,，]", text):
        found = _PART.fullmatch(piece)
        assert found is not None  # every group may be empty
        label, weight = found["label"], found["weight"]
        at = start + found.start("label")
        if not label:
            raise _error(text, at, "there is no label; write for example happy or happy=0.6,angry=0.3")
        if found["rest"].strip():
            place = start + found.start("rest") + len(found["rest"]) - len(found["rest"].lstrip())
            raise _error(text, place, f"{found['rest'].strip()!r} is too much; put a comma between two labels")
        if labels is not None:
            _check_label(label, list(labels), f"emotion {text!r}, character {at}: ")
        if label in mix:
            raise _error(text, at, f"{label!r} is there twice; give each label once")
        mix[label] = 1.0 if weight is None else _weight(weight, text, start + found.start("weight"))
        start += len(piece) + 1
    return mix


def check_mix(mix: Mapping[Any, Any]) -> dict[str, float]:
    """A mapping as a mix. Errors: OptionError that names what is wrong in it."""
    if not mix:
        raise OptionError("emotion holds no label; leave it out for the voice's own, or give 'neutral'")
    for label, weight in mix.items():
        if not isinstance(label, str):
            raise OptionError(f"emotion must map labels to weights (got a label {label!r})")
        if isinstance(weight, bool) or not isinstance(weight, Real) or not 0.0 <= float(weight) <= MAX_WEIGHT:
            raise OptionError(f"the weight of {label!r} must be a number from 0 to {MAX_WEIGHT:g} (got {weight!r})")
    return {str(label): float(weight) for label, weight in mix.items()}


def resolve(wanted: str | Mix | Sequence[float] | Emotion, manifest: Manifest) -> Emotion:
    """The emotion of a label, a mix, a vector or a recording, as `SynthesisOptions.emotion` holds it.

    Errors: OptionError for a label that the model set does not know, or a vector of another length.
    """
    if isinstance(wanted, str):
        return mixed(parse_mix(wanted, _labels(manifest)), manifest)
    if isinstance(wanted, Mapping):
        for label in wanted:
            _check_label(label, _labels(manifest), "")
        return mixed(wanted, manifest)
    emotion = wanted if isinstance(wanted, Emotion) else Emotion(np.array(wanted, np.float32))
    if emotion.vector.shape != (manifest.emotion_size,):
        raise OptionError(f"emotion must hold {manifest.emotion_size} numbers (got {len(emotion.vector)})")
    return emotion


def mixed(mix: Mix, manifest: Manifest) -> Emotion:
    """The weighted sum of the labels' vectors, and the product of their pauses to the power of the weights."""
    vector, log_pauses = np.zeros(manifest.emotion_size, np.float32), 0.0
    still = EmotionPrototype((0.0,) * manifest.emotion_size, 1.0)
    for label, weight in mix.items():
        prototype = manifest.emotions.get(label, still)
        vector += np.float32(weight) * np.array(prototype.vector, np.float32)
        log_pauses += weight * math.log(prototype.pauses)
    return Emotion(vector, math.exp(log_pauses))


def _labels(manifest: Manifest) -> list[str]:
    return list(dict.fromkeys([NEUTRAL, *manifest.emotions]))  # neutral needs no prototype


def _check_label(label: str, known: list[str], where: str) -> None:
    if label not in known:
        near = difflib.get_close_matches(label.lower(), known, n=1, cutoff=0.5)
        hint = f" did you mean {near[0]!r}?" if near else ""
        raise OptionError(f"{where}unknown emotion {label!r};{hint} known emotions: {', '.join(known)}")


def _weight(written: str, text: str, at: int) -> float:
    at += len(written) - len(written.lstrip())
    value = float(written) if _NUMBER.fullmatch(written.strip()) else math.nan
    if math.isnan(value):
        raise _error(text, at, f"{written.strip()!r} is no number; write for example happy=0.6")
    if not 0.0 <= value <= MAX_WEIGHT:
        raise _error(text, at, f"a weight must be from 0 to {MAX_WEIGHT:g} (got {written.strip()})")
    return value


def _error(text: str, at: int, problem: str) -> OptionError:
    return OptionError(f"emotion {text!r}, character {at}: {problem}")
