"""Sound that has what references are judged by (syllables, formants, moving F0, hiss, pauses) and is nobody's voice."""

from __future__ import annotations

import numpy as np

RATE = 22050
_VOWELS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))


def speechlike(
    seconds: float, f0_hz: float = 180.0, seed: int = 0, size: float = 1.0, snr_db: float = 55.0
) -> np.ndarray:
    """Samples [n] float32 at 22 050 Hz with 0.3 s of pause at each end; `size` scales the formants."""
    rng = np.random.default_rng(seed)
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    sound = np.zeros(count)
    start = 0.3
    while start < seconds - 0.55:
        length = rng.uniform(0.16, 0.28)
        hiss = rng.uniform(0.03, 0.07)
        _add_hiss(sound, start, hiss, rng)
        _add_vowel(sound, time, start + hiss, length, f0_hz * 2 ** rng.uniform(-0.25, 0.25), size, rng)
        start += hiss + length + (0.3 if rng.random() < 0.15 else 0.02)
    sound *= 0.1 / max(1e-9, float(np.sqrt(np.mean(sound[sound != 0] ** 2))))
    sound += rng.standard_normal(count) * 0.1 * 10 ** (-snr_db / 20)
    return sound.astype(np.float32)


def _add_hiss(sound: np.ndarray, start: float, length: float, rng: np.random.Generator) -> None:
    first, last = int(start * RATE), int((start + length) * RATE)
    sound[first:last] += np.diff(rng.standard_normal(last - first + 1)) * 0.04 * np.hanning(last - first)


def _add_vowel(
    sound: np.ndarray,
    time: np.ndarray,
    start: float,
    length: float,
    f0_hz: float,
    size: float,
    rng: np.random.Generator,
) -> None:
    first, last = int(start * RATE), int((start + length) * RATE)
    part = time[first:last] - start
    glide = rng.uniform(-0.3, 0.3)
    f0 = f0_hz * 2 ** (glide * part / length + 0.01 * np.sin(2 * np.pi * 5.5 * part))
    phase = 2 * np.pi * np.cumsum(f0) / RATE
    formants = np.array(_VOWELS_HZ[rng.integers(len(_VOWELS_HZ))]) * size
    voice = np.zeros(len(part))
    for harmonic in range(1, int(9000 / f0_hz)):
        hz = harmonic * f0_hz
        gain = sum(1 / (1 + ((hz - formant) / (60 + 0.04 * formant)) ** 2) for formant in formants)
        voice += (gain + 0.02) / harmonic**0.7 * np.cos(harmonic * phase)
    sound[first:last] += voice * np.minimum(1, 12 * np.minimum(part, length - part) / length)
