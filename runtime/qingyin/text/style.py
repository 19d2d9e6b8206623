"""How a stretch of text is to be spoken, apart from what it says: what markup of every kind comes down to."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from qingyin.text.patterns import lazily

SPEED, PITCH_SEMITONES, VOLUME_DB = (0.5, 2.0), (-12.0, 12.0), (-60.0, 20.0)  # ranges, those of SynthesisOptions
MAX_PAUSE_MS = 60_000.0
MAX_EMOTION_WEIGHT = 1.5
_NUMBER = r"[+-]?(?:[0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})"
_SPEED = lazily(rf"({_NUMBER})(%?)")
_PITCH = lazily(rf"({_NUMBER})(?: ?st)?")
_VOLUME = lazily(rf"({_NUMBER})(?: ?d[Bb])?")
_LENGTH = lazily(rf"\+?({_NUMBER})(ms|s)")
_WEIGHT = lazily(_NUMBER)
_NAME = lazily(r"[^\W0-9][\w-]*")
_VOICE = lazily(r"[^\s/\\]+")


@dataclass(frozen=True)
class Style:
    """Wishes about a stretch of text, on top of the options of the whole.

    speed: factor, 0.5 to 2. pitch_semitones: -12 to 12. volume_db: -60 to 20. voice: a name, or None.
    emotion: (name, weight) pairs, weights 0 to 1.5, or None.
    """

    speed: float = 1.0
    pitch_semitones: float = 0.0
    volume_db: float = 0.0
    voice: str | None = None
    emotion: tuple[tuple[str, float], ...] | None = None

    def within(self, outer: Style) -> Style:
        """The style of a span inside another: speeds multiply, pitch and volume add (kept in their ranges), the
        inner voice and emotion win."""
        return Style(
            _kept(self.speed * outer.speed, SPEED),
            _kept(self.pitch_semitones + outer.pitch_semitones, PITCH_SEMITONES),
            _kept(self.volume_db + outer.volume_db, VOLUME_DB),
            outer.voice if self.voice is None else self.voice,
            outer.emotion if self.emotion is None else self.emotion,
        )


PLAIN = Style()
# Focus in Mandarin lengthens a word, raises its pitch and makes it louder (Xu 1999, "Effects of tone and focus on the
# formation and alignment of F0 contours").
EMPHASIS: dict[str, Style] = {
    "strong": Style(speed=1 / 1.3, pitch_semitones=3.0, volume_db=4.0),
    "moderate": Style(speed=1 / 1.15, pitch_semitones=1.5, volume_db=2.0),
    "none": PLAIN,
    "reduced": Style(speed=1.1, pitch_semitones=-1.5, volume_db=-3.0),
}


def _kept(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


def _ranged(match: re.Match[str] | None, factor: float, limits: tuple[float, float], expected: str) -> float:
    value = float(match.group(1)) * factor if match else math.nan
    if not limits[0] <= value <= limits[1]:
        raise ValueError(f"expected {expected}")
    return value


# Each of these takes what an author wrote and raises a ValueError that says what was expected.


def speed(value: str) -> Style:
    """``"0.8"`` or ``"80%"``."""
    match = _SPEED.fullmatch(value.strip())
    factor = 0.01 if match and match.group(2) else 1.0
    return Style(speed=_ranged(match, factor, SPEED, "a factor from 0.5 to 2, such as 0.8 or 80%"))


def pitch(value: str) -> Style:
    """``"+2"`` or ``"2st"``."""
    match = _PITCH.fullmatch(value.strip())
    return Style(pitch_semitones=_ranged(match, 1.0, PITCH_SEMITONES, "semitones from -12 to 12, such as +2"))


def volume(value: str) -> Style:
    """``"-6"`` or ``"-6dB"``."""
    return Style(volume_db=_ranged(_VOLUME.fullmatch(value.strip()), 1.0, VOLUME_DB, "dB from -60 to 20, such as -6"))


def voice(value: str) -> Style:
    """The name of a voice."""
    name = value.strip()
    if not _VOICE.fullmatch(name) or name.endswith(".json"):  # a text opens no files
        raise ValueError("expected the name of one voice, such as s0150")
    return Style(voice=name)


def emotion(value: str) -> Style:
    """``"sad"``, ``"sad 0.7"``, ``"happy 0.6 angry 0.4"``; also as in --emotion, ``"happy=0.6,angry=0.4"``."""
    expected = "expected an emotion, perhaps with a weight from 0 to 1.5, such as sad 0.7 or happy 0.6 angry 0.4"
    pairs: list[tuple[str, float]] = []
    weighted = True  # the last name has its weight, or there is none yet
    for word in re.split(r"[\s=,，]+", value.strip()):
        if _NAME.fullmatch(word):
            pairs.append((word, 1.0))
            weighted = False
        elif not weighted and _WEIGHT.fullmatch(word) and 0.0 <= float(word) <= MAX_EMOTION_WEIGHT:
            pairs[-1] = (pairs[-1][0], float(word))
            weighted = True
        else:
            raise ValueError(expected)
    if not pairs or len({name for name, _ in pairs}) < len(pairs):
        raise ValueError(expected)
    return Style(emotion=tuple(pairs))


def emphasis(value: str) -> Style:
    """``"strong"``, ``"moderate"`` (the same as nothing), ``"none"`` or ``"reduced"``."""
    style = EMPHASIS.get(value.strip() or "moderate")
    if style is None:
        raise ValueError(f"expected {', '.join(EMPHASIS)} or nothing")
    return style


def length_ms(value: str) -> float:
    """``"300ms"`` or ``"1.2s"`` -> milliseconds."""
    match = _LENGTH.fullmatch(value.strip())
    factor = 1000.0 if match and match.group(2) == "s" else 1.0
    return _ranged(match, factor, (0.0, MAX_PAUSE_MS), "a length up to 60s with its unit, such as 300ms or 1.2s")
