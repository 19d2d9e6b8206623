"""Clips spoken in a style they were not recorded in: what makes the acoustic model follow an emotion vector.

Every axis of the vector is drawn by itself, so the model learns each alone and every mixture of them. F0 and durations
change as targets of their predictors; the decoder keeps the recorded F0, because mels show its harmonics. Tilt and
energy change the mel. Behind the axes of emotion the decoder is told of the recording (its noise floor, its corpus):
zero there means a quiet studio, which is what is asked for at synthesis, whatever a voice was learnt from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from export.emotions import AXES, Correlates
from export.features import FloatArray
from export.models.acoustic import PITCH_SCALE
from export.training.aligned import Aligned
from export.training.mel_augment import band_centres_hz

DB = math.log(10) / 20  # ln amplitude of a decibel
SEMITONE = math.log(2) / 12
# Octaves above 500 Hz of each band, by which the tilt counts.
OCTAVES = np.log2(np.maximum(band_centres_hz(), 500.0) / 500.0).astype(np.float32)
NOISE_AXIS, CORPUS_AXES = (
    len(AXES),
    {"aishell_sample": len(AXES) + 1, "dspspeech20": len(AXES) + 2, "speechocean762": len(AXES) + 3},
)
NOISE_UNIT_DB, QUIET_DB = 15.0, -50.0  # the floor of the studio words lies 50 dB under their loud frames
SENTENCE_PHONEMES = 12  # shorter clips have no level or rate of their own: their tones and sounds decide
USUAL_LOG_DURATION = 2.2


@dataclass(frozen=True)
class Styled:
    """What a clip becomes: targets [N] and [T], and the two vectors [16]."""

    vector: FloatArray
    recording: FloatArray
    log_durations: FloatArray
    mel: FloatArray
    pitch: FloatArray
    energy: FloatArray


@dataclass(frozen=True)
class Style:
    """A departure from how a clip was spoken."""

    change: Correlates = field(default_factory=Correlates)

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Style:
        """Half of the time none; else every axis by itself, out to beyond the strongest emotion."""
        if rng.random() < 0.5:
            return cls()
        return cls(
            Correlates(
                f0_level=rng.uniform(-4, 6),
                f0_range=rng.uniform(-0.6, 0.5),
                rate=rng.uniform(-0.3, 0.25),
                energy=rng.uniform(-7, 8),
                tilt=rng.uniform(-4, 4.5),
            )
        )

    def apply(self, item: Aligned) -> Styled:
        """Targets and vectors of a clip in this style; its own departures from its speaker's mean are added."""
        c = self.change
        mel = item.mel.astype(np.float32)
        pitch = (np.log(item.f0) - item.pitch_mean) / PITCH_SCALE
        log_durations = np.log(np.maximum(item.durations, 1)).astype(np.float32)
        vector = np.array(c.vector(), np.float32)
        if len(item.phonemes) >= SENTENCE_PHONEMES and item.natural:
            level = float(np.median(pitch[item.voiced > 0])) * PITCH_SCALE / SEMITONE if item.voiced.any() else 0.0
            vector[0] += np.clip(level, -4, 4) / AXES["f0_level"][0]
        pitch = pitch * math.exp(c.f0_range) + c.f0_level * SEMITONE / PITCH_SCALE
        recording = vector.copy()
        loud = mel.mean(1)
        floor_db = float(np.quantile(mel, 0.03) - np.quantile(mel[loud >= np.median(loud)], 0.9)) / DB
        recording[NOISE_AXIS] = np.clip((floor_db - QUIET_DB) / NOISE_UNIT_DB, 0, 2)
        if item.speaker[0] in CORPUS_AXES:
            recording[CORPUS_AXES[item.speaker[0]]] = 1.0
        coloured = np.maximum(mel + (c.tilt * DB) * OCTAVES + c.energy * DB, np.log(1e-5)).astype(np.float32)
        energy = item.energy + 0.5 * np.log(np.exp(2 * coloured).sum(1) / np.exp(2 * mel).sum(1))
        return Styled(
            vector,
            recording,
            log_durations - np.float32(c.rate),
            coloured,
            pitch.astype(np.float32),
            energy.astype(np.float32),
        )
