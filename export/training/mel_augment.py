"""What laptops, phones and rooms do to a voice, done to its mel: cheap enough for every crop of every batch.

Powers add (noise, other talkers), reverberation smears power over time, microphones and codecs shape bands. Warping
the frequency axis moves formants and pitch together, as a longer or shorter vocal tract with its larynx would
(vocal tract length perturbation, Jaitly & Hinton 2013); a warped speaker counts as another one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from export.features import LOG_FLOOR, MEL_FMAX_HZ, N_MELS, FloatArray

FRAME_S = 256 / 22050
_LINEAR_HZ, _LOG_STEP = 1000.0, np.log(6.4) / 27.0


def _to_mel(hz: NDArray[np.floating]) -> NDArray[np.floating]:
    high = 15.0 + np.log(np.maximum(hz, 1.0) / _LINEAR_HZ) / _LOG_STEP
    return np.where(hz < _LINEAR_HZ, hz * 3 / 200, high)


def _to_hz(mel: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.where(mel < 15.0, mel * 200 / 3, _LINEAR_HZ * np.exp(_LOG_STEP * (mel - 15.0)))


_TOP_MEL = float(_to_mel(np.array(MEL_FMAX_HZ)))
_CENTRES_HZ = _to_hz(np.linspace(0, _TOP_MEL, N_MELS + 2)[1:-1])


def band_centres_hz() -> FloatArray:
    """Centre frequencies [80] of the mel bands."""
    return _CENTRES_HZ.astype(np.float32)


def warp(mel: FloatArray, factor: float) -> FloatArray:
    """Mel [T, 80] whose frequencies are multiplied by `factor`: above 1 a shorter vocal tract and a higher voice."""
    if factor == 1.0:
        return mel
    at = _to_mel(_CENTRES_HZ / factor) / _TOP_MEL * (N_MELS + 1) - 1  # where each band finds its content
    at = at.clip(0, N_MELS - 1)
    low = np.minimum(at.astype(np.int64), N_MELS - 2)
    part = (at - low).astype(np.float32)
    return mel[:, low] * (1 - part) + mel[:, low + 1] * part


def _smooth_curve(rng: np.random.Generator, points: int, size_db: float) -> FloatArray:
    """A random curve [80] over the bands in ln amplitude."""
    knots = rng.normal(0, size_db * np.log(10) / 20, points)
    return np.interp(np.linspace(0, points - 1, N_MELS), np.arange(points), knots).astype(np.float32)


def disturbed(mel: FloatArray, rng: np.random.Generator, others: FloatArray | None = None) -> FloatArray:
    """Mel [T, 80] as another microphone in another room would have recorded it; `others` [T, 80] talks behind."""
    frames = len(mel)
    power = np.exp(2 * mel)
    if rng.random() < 0.4:  # reverberation: exponential decay, RT60 of 0.15 to 0.8 s, and some of the direct sound
        decay = np.float32(10 ** (-6 * FRAME_S / rng.uniform(0.15, 0.8)))
        tail = np.empty_like(power)
        state = np.zeros(N_MELS, np.float32)
        for t in range(frames):
            state = state * decay + power[t]
            tail[t] = state
        wet = np.float32(rng.uniform(0.05, 0.4))
        power = power * (1 - wet) + wet * (1 - decay) * 4 * tail
    level = np.float32(np.quantile(power.mean(1), 0.9))
    if rng.random() < 0.6:  # noise of some colour, with the unrest of a periodogram
        noise = np.exp(2 * _smooth_curve(rng, 6, 8.0)) * rng.gamma(3.0, 1 / 3.0, (frames, N_MELS)).astype(np.float32)
        power = power + noise * level / noise.mean() * np.float32(10 ** (-rng.uniform(5, 35) / 10))
    if others is not None and rng.random() < 0.25:
        babble = np.exp(2 * others)
        power = power + babble * level / max(babble.mean(), 1e-12) * np.float32(10 ** (-rng.uniform(12, 30) / 10))
    mel = (0.5 * np.log(np.maximum(power, LOG_FLOOR**2))).astype(np.float32)
    if rng.random() < 0.7:
        mel = mel + _smooth_curve(rng, int(rng.integers(3, 9)), rng.uniform(0, 5))
    if rng.random() < 0.2:  # telephone or old codec: nothing above (and little below)
        edge = rng.uniform(3400, 7600)
        mel = np.where(edge < _CENTRES_HZ, mel.min() - 1, mel)
        if rng.random() < 0.5:
            mel = np.where(rng.uniform(100, 320) > _CENTRES_HZ, mel - 3, mel)
    floor = np.log(LOG_FLOOR) if rng.random() < 0.7 else float(np.quantile(mel, 0.02)) + rng.uniform(0, 1.5)
    return np.maximum(mel + np.float32(rng.normal(0, 0.5)), max(floor, np.log(LOG_FLOOR))).astype(np.float32)
