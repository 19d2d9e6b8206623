"""Exists to make a voice, or an emotion, of reference recordings: what the encoders hear joined with what a voice needs
besides.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from qingyin.emotions import NEUTRAL, Emotion, mixed
from qingyin.errors import VoiceError
from qingyin.loudness import apply_gain
from qingyin.manifest import Manifest
from qingyin.references.encoders import Encoders
from qingyin.references.loudness_meter import TARGET_LUFS, integrated_loudness
from qingyin.references.recordings import Source
from qingyin.references.reference import Reference, load_reference, pitch_mean_ln_hz
from qingyin.results import Audio
from qingyin.voices import Provenance, Voice, parse_voice, vector_sizes, voice_bytes

ReferenceLike = Source | Reference
CALIBRATION_TEXT = "今天天气真好，我们去公园走走吧。"
MAX_RISE = math.log(1.5)  # seven semitones; no emotion moves a voice further
MAX_GAIN_DB = 20.0  # a clone that would need more says hardly anything; noise must not be pulled up


class Speaks(Protocol):
    """What making a voice asks of a synthesizer: its encoders, a voice to begin with, and to hear the new one."""

    manifest: Manifest

    @property
    def encoders(self) -> Encoders: ...

    def voice(self, name: str | None = None) -> Voice: ...

    def melody(self, text: str, *, voice: Voice, **options: Any) -> np.ndarray: ...

    def synthesize(self, text: str, *, voice: Voice, **options: Any) -> Audio: ...


def clone(
    synthesizer: Speaks, reference: ReferenceLike | Sequence[ReferenceLike], *, name: str = "clone"
) -> Voice:
    """A voice from one reference or several of one speaker: their timbre, pitch and emotion with the manner of speaking
    of the model set's default voice. It speaks at -20 LUFS.

    Errors: AudioError, ModelError, VoiceError (no reference).
    """
    references = [_loaded(item) for item in _several(reference)]
    if not references:
        raise VoiceError("there is no reference; give at least one recording of the voice")
    encoders = synthesizer.encoders
    base = synthesizer.voice()
    voice = dataclasses.replace(
        base,
        name=name,
        description=f"cloned from {sum(item.speech_seconds for item in references):.1f} s of speech",
        speaker=_unit(np.mean([encoders.speaker(item) for item in references], axis=0)),
        emotion=np.stack([_emotion_vector(encoders, item, base) for item in references]).mean(0, dtype=np.float32),
        pitch_mean_ln_hz=pitch_mean_ln_hz(references),
        gain_db=0.0,
        licence="the rights are the speaker's",
        source="a recording, see reference",
        provenance=Provenance(
            sha256=tuple(item.sha256 for item in references),
            seconds=round(sum(item.speech_seconds for item in references), 1),
            added=datetime.date.today().isoformat(),
            consent=False,
            consent_text="",
            encoder=synthesizer.manifest.graphs["speaker_encoder"].sha256,
        ),
        notes=(
            *dict.fromkeys(note for item in references for note in _notes(item)),
            *(finding.message for finding in encoders.findings(references)),
        ),
    )
    neutral = voice.pitch_mean_ln_hz - _emotional_rise(synthesizer, voice)
    voice = dataclasses.replace(voice, pitch_mean_ln_hz=neutral)
    voice = dataclasses.replace(voice, gain_db=_gain_db(synthesizer, voice))
    # with the file's decimals, so that a voice that is kept speaks as it did at first
    kept = parse_voice(json.loads(voice_bytes(voice)), vector_sizes(synthesizer.manifest), name)
    return dataclasses.replace(kept, notes=voice.notes)


def emotion_of(synthesizer: Speaks, reference: ReferenceLike) -> Emotion:
    """The emotion of a recording; pauses follow the labels by how probable they are. Errors: AudioError, ModelError."""
    loaded = _loaded(reference)
    vector, posteriors = synthesizer.encoders.emotion(loaded)
    return Emotion(vector, mixed(posteriors, synthesizer.manifest).pauses, tuple(_notes(loaded)))


def _several(reference: Any) -> list[Any]:
    """A list of references; a pair of samples and rate is one of them."""
    pair = isinstance(reference, tuple) and len(reference) == 2 and isinstance(reference[1], (int, np.integer))
    return list(reference) if isinstance(reference, (list, tuple)) and not pair else [reference]


def _loaded(reference: ReferenceLike) -> Reference:
    return reference if isinstance(reference, Reference) else load_reference(reference)


def _notes(reference: Reference) -> list[str]:
    return [f"{reference.name}: {finding.message}" for finding in reference.warnings]


def _unit(vector: np.ndarray) -> np.ndarray:
    result: np.ndarray = (vector / max(float(np.linalg.norm(vector)), 1e-6)).astype(np.float32)
    return result


def _emotion_vector(encoders: Encoders, reference: Reference, base: Voice) -> np.ndarray:
    """Zeros, which are neutral, if the set only has a speaker encoder."""
    return encoders.emotion(reference)[0] if encoders.hears_emotion else np.zeros_like(base.emotion)


def _emotional_rise(synthesizer: Speaks, voice: Voice) -> float:
    """By how much the voice's own emotion raises its pitch, in ln Hz.

    The reference's pitch holds that rise already, so the voice's mean is the reference's less the rise: spoken with
    its own emotion the clone is as high as the reference, and not higher by the emotion once more.
    """
    if not np.any(voice.emotion):
        return 0.0
    own, neutral = (
        synthesizer.melody(CALIBRATION_TEXT, voice=voice, seed=0, temperature=0.0, emotion=emotion)
        for emotion in (None, NEUTRAL)
    )
    if not len(own) or not len(neutral):
        return 0.0
    return float(np.clip(np.median(np.log(own)) - np.median(np.log(neutral)), -MAX_RISE, MAX_RISE))


def _gain_db(synthesizer: Speaks, voice: Voice) -> float:
    """The gain that brings a sentence to -20 LUFS, found in steps because loud peaks are bent on the way."""
    room = 20.0  # the sentence is made so much softer, so that nothing is bent before the gain is known
    audio = synthesizer.synthesize(CALIBRATION_TEXT, voice=voice, seed=0, temperature=0.0, volume_db=-room)
    gain = 0.0
    for _ in range(4):
        missing = TARGET_LUFS - integrated_loudness(apply_gain(audio.samples, room + gain), audio.sample_rate)
        if not np.isfinite(missing):
            return 0.0
        gain = float(np.clip(gain + missing, -MAX_GAIN_DB, MAX_GAIN_DB))
    return gain
