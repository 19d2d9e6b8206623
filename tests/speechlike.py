"""Sound that passes for speech with everything that measures or hears it, so that no test needs a recording."""

from __future__ import annotations

import numpy as np


def speechlike(seconds: float = 2.0, hz: float = 140.0, formants_hz: tuple[float, float] = (600.0, 1500.0)) -> np.ndarray:
    """Syllables of a gliding pulse train with two formants, with pauses between; float32 [n] at 22 050 Hz."""
    rate, hop = 22050, 256
    size = int(seconds * rate) // hop * hop
    at = np.arange(size) / rate
    phase = np.cumsum(hz * (1 + 0.2 * np.sin(2 * np.pi * 1.5 * at))) / rate
    harmonics = np.arange(1, int(3400 / hz) + 1)[:, None]
    first, second = formants_hz
    formants = np.exp(-(((hz * harmonics - first) / 300) ** 2)) + 0.4 * np.exp(-(((hz * harmonics - second) / 400) ** 2))
    sound = (formants * np.cos(2 * np.pi * harmonics * phase)).sum(0)
    return (0.15 * sound * np.clip(np.sin(2 * np.pi * 2 * at) * 3, 0, 1)).astype(np.float32)
