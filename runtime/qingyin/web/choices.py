"""Exists to turn what was chosen on the page (voice, emotion, sliders) into what the synthesizer takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qingyin.emotions import NEUTRAL, Emotion
from qingyin.errors import OptionError, QingyinError
from qingyin.options import SynthesisOptions
from qingyin.server.engine import Engine
from qingyin.voice_names import key
from qingyin.voice_store import stored_voices
from qingyin.voices import Voice
from qingyin.web.speaking import Wanted
from qingyin.web.words import Words

CLONE = "\u25c9"  # stands for the voice of the recording; no voice can have that name
OWN, MIX, REFERENCE = "own", "mix", "reference"  # the emotion's choices besides its labels


@dataclass(frozen=True)
class Heard:
    """What a page has heard of recordings and not kept."""

    voice: Voice | None = None
    emotion: Emotion | None = None


class Missing(QingyinError):
    """Something must be given first; the message is already in the page's language."""


def voices(engine: Engine, words: Words, clone: bool) -> list[tuple[str, str]]:
    """(shown, value) of all voices: bundled, of the user's own, and that of the recording."""
    manifest = engine.synthesizer.manifest
    found = []
    for name in engine.synthesizer.voices:
        default = f" ({words('voice_default')})" if name == manifest.default_voice else ""
        found.append((f"{name}{default}", name))
    bundled = {key(name) for name in engine.synthesizer.voices}
    found += [(f"{name} ({words('voice_own')})", name) for name in stored_voices() if key(name) not in bundled]
    return [*found, (words("voice_clone"), CLONE)] if clone else found


def labels(engine: Engine) -> list[str]:
    """Emotions that the models know, without neutral."""
    return [label for label in engine.synthesizer.manifest.emotions if label != NEUTRAL]


def wanted(
    engine: Engine, words: Words, heard: Heard, voice: str | None, emotion: str, mix: Mapping[str, float],
    strength: float, speed: float, pitch: float, volume: float, seed: str,
) -> Wanted:  # fmt: skip
    """Errors: OptionError, Missing."""
    chosen: str | Voice | None = voice or None
    if voice == CLONE:
        if heard.voice is None:
            raise Missing(words("voice_gone"))
        chosen = heard.voice
    feeling: str | Mapping[str, float] | Emotion | None = None if emotion == OWN else emotion
    if emotion == MIX:
        feeling = {label: weight for label, weight in mix.items() if weight > 0} or NEUTRAL
    elif emotion == REFERENCE:
        if heard.emotion is None:
            raise Missing(words("need_emotion_recording"))
        feeling = heard.emotion
    options = SynthesisOptions(
        speed=speed, pitch_semitones=pitch, volume_db=volume, emotion=feeling, emotion_strength=strength,
        seed=_seed(seed),
    )  # fmt: skip
    return Wanted(chosen, options)


def _seed(written: str) -> int | None:
    text = str(written or "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise OptionError(f"seed must be a whole number of 0 or more (got {text[:40]!r})")
    return int(text[:30])
