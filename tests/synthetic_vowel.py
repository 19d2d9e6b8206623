"""A vowel with everything known about it, for tests of what changes or measures speech."""

from __future__ import annotations

import numpy as np

from export.features import SAMPLE_RATE, FloatArray


def vowel(seconds: float = 1.0, f0_hz: float = 160.0, fall: float = 2.0, seed: int = 0) -> FloatArray:
    """A melody that waves by 2 semitones and falls by `fall`, brightest at 600 and 1500 Hz, with a little breath."""
    rng = np.random.default_rng(seed)
    at = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    semitones = 2 * np.sin(2 * np.pi * 3 * at) - fall * at / seconds
    phase = 2 * np.pi * np.cumsum(f0_hz * 2 ** (semitones / 12)) / SAMPLE_RATE
    sound = 0.002 * rng.standard_normal(len(at))
    for k in range(1, 40):
        formants = sum(size * np.exp(-(((k * f0_hz - hz) / 150) ** 2)) for hz, size in ((600, 0.3), (1500, 0.2)))
        sound += np.cos(k * phase) * (1 / k + formants)
    edge = np.minimum(1, np.minimum(at, at[::-1]) / 0.03)
    return (0.05 * sound * edge).astype(np.float32)
