"""Measures the acoustic correlates of emotion on finished speech: what was asked for is not taken at its word."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from export.emotions import RECIPES
from export.features import SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames, pitch
from export.training.loudness import loudness
from export.training.mel_augment import band_centres_hz

SPEECH_DB = -35.0  # against the loudest tenth of the frames: quieter is pause
TILT_FROM_HZ = 500.0


@dataclass(frozen=True)
class Measured:
    """Correlates of one utterance; only differences from another of the same text by the same voice mean anything."""

    f0_level: float  # mean over voiced frames, semitones against 1 Hz
    f0_range: float  # ln of the 10 to 90 % range of F0 in semitones
    rate: float  # minus ln of the seconds spoken, pauses left out
    energy: float  # dB (LUFS)
    tilt: float  # dB per octave above 500 Hz, over voiced frames


NAMES = tuple(Measured.__dataclass_fields__)
UNITS = {"f0_level": "semitones", "f0_range": "ln ratio", "rate": "ln ratio", "energy": "dB", "tilt": "dB per octave"}
TITLES = {"f0_level": "F0 mean", "f0_range": "F0 range", "rate": "rate", "energy": "energy", "tilt": "tilt"}


def expected_sign(label: str, name: str) -> int:
    """-1 or 1: which way the literature says that an emotion moves a correlate (export/emotions.py)."""
    return int(np.sign(getattr(RECIPES[label], name)))


def measure_correlates(samples: FloatArray) -> Measured:
    """Correlates of samples [n] at 22 050 Hz, half a second at least.

    Raises:
        ValueError: nothing in it is voiced.
    """
    framed = pad_to_frames(samples)
    mel, _ = mel_and_energy(framed)
    f0, voiced = pitch(framed)
    if not voiced.any():
        raise ValueError("the utterance has no voiced frame, so it has no F0 to measure")
    semitones = 12 * np.log2(f0[voiced])
    low, high = np.quantile(semitones, [0.1, 0.9])
    power = np.exp(2 * mel.astype(np.float64))
    level = 10 * np.log10(power.sum(1))
    spoken = level > np.quantile(level, 0.9) + SPEECH_DB
    centres = band_centres_hz()
    above = centres >= TILT_FROM_HZ
    spectrum_db = 10 * np.log10(power[voiced].mean(0))
    return Measured(
        f0_level=float(semitones.mean()),
        f0_range=float(np.log(max(high - low, 0.1))),
        rate=-float(np.log(spoken.sum())),
        energy=loudness(framed, SAMPLE_RATE),
        tilt=float(np.polyfit(np.log2(centres[above]), spectrum_db[above], 1)[0]),
    )


def changes(utterance: Measured, neutral: Measured) -> dict[str, float]:
    """Correlates of an utterance against the neutral one of the same text and voice, by name."""
    return {name: getattr(utterance, name) - getattr(neutral, name) for name in NAMES}
