"""Exists to keep what a caller may ask for at one call apart from the facts of a model (those are in
manifest.py).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from qingyin.emotions import Emotion, check_mix, parse_mix
from qingyin.errors import OptionError

# name: (lowest, highest, unit for messages); documented in SynthesisOptions
RANGES: dict[str, tuple[float, float, str]] = {
    "speed": (0.5, 2.0, ""),
    "pitch_semitones": (-12.0, 12.0, " semitones"),
    "pitch_range": (0.0, 2.0, ""),
    "volume_db": (-60.0, 20.0, " dB"),
    "temperature": (0.0, 1.0, ""),
    "emotion_strength": (0.0, 1.5, ""),
    "question_rise_semitones": (0.0, 12.0, " semitones"),
    "final_lowering_semitones": (0.0, 12.0, " semitones"),
}
MAX_SEED = 2**63 - 1


@dataclass(frozen=True)
class SynthesisOptions:
    """What one call asks of the voice; every field is checked when the object is made.

    speed: 0.5 (half as fast) to 2 (twice as fast), on top of the voice's own rate; pauses follow.
    pitch_semitones: -12 to 12, moves the whole voice.
    pitch_range: 0 (monotone) to 2, multiplies the voice's own range.
    volume_db: -60 to 20 dB on top of the voice's own gain; loud peaks are bent softly, never wrapped or cut
    square.
    temperature: 0 to 1, how far durations and pitch stray from their most likely values; 0 is the same every
    time.
    seed: 0 to 2**63 - 1; the same seed gives the same samples. None draws a fresh one, which the report
    names.
    emotion: None for the voice's own (a clone's is that of its reference); a label such as "sad", or "neutral"; a mix
    as text ("happy=0.6,angry=0.3") or as a mapping, weights 0 to 1.5; as many floats as the model's vector has; or what
    `Synthesizer.emotion_of(recording)` returned.
    emotion_strength: 0 (neutral) to 1.5, multiplies the emotion, wherever it comes from.
    question_rise_semitones: register raise on the last syllable of a question (see prosody.question_rise).
    final_lowering_semitones: extra fall on the last syllable of a statement; 0 leaves it to the model.

    Errors: OptionError that names the field, the value and the range.
    """

    speed: float = 1.0
    pitch_semitones: float = 0.0
    pitch_range: float = 1.0
    volume_db: float = 0.0
    temperature: float = 0.3
    seed: int | None = None
    emotion: str | Mapping[str, float] | Sequence[float] | Emotion | None = None
    emotion_strength: float = 1.0
    question_rise_semitones: float = 3.0
    final_lowering_semitones: float = 0.0

    def __post_init__(self) -> None:
        for name, (low, high, unit) in RANGES.items():
            value = getattr(self, name)
            number = isinstance(value, Real) and not isinstance(value, bool)
            if not number or not low <= float(value) <= high:  # NaN fails the comparison too
                raise OptionError(f"{name} must be a number from {low:g} to {high:g}{unit} (got {value!r})")
            object.__setattr__(self, name, float(value))
        if self.seed is not None:
            whole = isinstance(self.seed, Integral) and not isinstance(self.seed, bool)
            if not whole or not 0 <= int(self.seed) <= MAX_SEED:
                raise OptionError(f"seed must be a whole number from 0 to 2**63 - 1 (got {self.seed!r})")
            object.__setattr__(self, "seed", int(self.seed))
        if isinstance(self.emotion, str):
            parse_mix(self.emotion)  # which labels there are, only a model set knows
        elif isinstance(self.emotion, Mapping):
            object.__setattr__(self, "emotion", check_mix(self.emotion))
        elif self.emotion is not None and not isinstance(self.emotion, Emotion):
            object.__setattr__(self, "emotion", _floats("emotion", self.emotion))

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> SynthesisOptions:
        """Options from a mapping, such as a parsed JSON object; an unknown key is an OptionError that
        names it.
        """
        known = [field.name for field in dataclasses.fields(cls)]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise OptionError(f"unknown option {unknown[0]!r}; known are {', '.join(known)}")
        return cls(**values)


def _floats(name: str, values: object) -> tuple[float, ...]:
    if isinstance(values, bytes):
        raise OptionError(f"{name} must be text or a list of numbers (got bytes)")
    try:
        numbers = tuple(float(value) for value in values)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        raise OptionError(f"{name} must be a list of numbers (got {values!r})") from None
    if not all(math.isfinite(value) for value in numbers):
        raise OptionError(f"{name} must hold finite numbers only")
    return numbers
