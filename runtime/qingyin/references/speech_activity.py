"""Exists to tell where in a recording somebody speaks, and how far the speech stands out of the noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingyin.features import HOP, SAMPLE_RATE, FloatArray

_HIGH_PASS_SAMPLES = 221  # a running mean of 10 ms is taken off: hum and rumble are not speech
_NOTHING_DB = -149.0  # zeros
_CLEAN_RANGE_DB = 45.0  # what lies further below the loudest speech is silence, as in the training data
_LEAST_RANGE_DB = 6.0  # with less between loud and soft nothing can be told apart
_THRESHOLD = 0.3  # of the way from the noise to the speech, in dB
_BRIDGED_FRAMES = round(0.25 * SAMPLE_RATE / HOP)  # closures of stops and other gaps inside words
_SHORTEST_FRAMES = 4  # 46 ms; a click is shorter
_LOWEST_SNR_DB, _SNR_LIMIT_DB = -10.0, 60.0
_ENOUGH_NOISE_FRAMES = 15


@dataclass(frozen=True, eq=False)
class Activity:
    """`active` [T] marks frames of 256 samples in which somebody speaks; level_db [T] is re full scale."""

    active: NDArray[np.bool_]
    level_db: FloatArray
    snr_db: float

    @property
    def speech_seconds(self) -> float:
        return float(self.active.sum()) * HOP / SAMPLE_RATE


def find_speech(samples: FloatArray) -> Activity:
    """Speech in samples [n] at 22 050 Hz; T = n // 256. The SNR is limited to -10 to 60 dB."""
    level = frame_levels_db(samples)
    loudest = float(np.quantile(level, 0.98, method="higher")) if len(level) else _NOTHING_DB
    # an empty recording, a noise gate or a coder leaves what is no noise of the room, and is not counted as such
    heard = level > max(loudest - _SNR_LIMIT_DB - 5, _NOTHING_DB)
    if not heard.any():
        return Activity(np.zeros(len(level), bool), level, _LOWEST_SNR_DB)
    noise, speech = np.quantile(level[heard], [0.1, 0.95])
    if speech - noise >= _LEAST_RANGE_DB:
        active = level > max(noise + _THRESHOLD * (speech - noise), speech - _CLEAN_RANGE_DB)
    else:
        active = heard & (heard.mean() < 0.9)
    active = _without_short_runs(active, True, _SHORTEST_FRAMES)
    return Activity(_without_short_runs(active, False, _BRIDGED_FRAMES), level, _snr_db(level, active, heard))


def frame_levels_db(samples: FloatArray) -> FloatArray:
    """Level [n // 256] in dB re full scale of two hops around each frame, without what lies below some 60 Hz."""
    frames = len(samples) // HOP
    half = _HIGH_PASS_SAMPLES // 2
    total = np.cumsum(np.pad(samples.astype(np.float64), (half + 1, half)))
    steady = samples - (total[_HIGH_PASS_SAMPLES:] - total[:-_HIGH_PASS_SAMPLES]) / _HIGH_PASS_SAMPLES
    power = np.cumsum(np.pad(np.square(steady), (HOP // 2 + 1, HOP)))
    ends = np.arange(frames) * HOP + 2 * HOP
    means = np.maximum(power[ends] - power[ends - 2 * HOP], 0.0) / (2 * HOP)
    result: FloatArray = (10 * np.log10(np.maximum(means, 1e-15))).astype(np.float32)
    return result


def _snr_db(level: FloatArray, active: NDArray[np.bool_], heard: NDArray[np.bool_]) -> float:
    """Power of speech alone over power of noise; both are there while somebody speaks."""
    if not active.any():
        return _LOWEST_SNR_DB
    power = 10 ** (level.astype(np.float64) / 10)
    if (heard & ~active).sum() >= _ENOUGH_NOISE_FRAMES:
        noise = float(np.median(power[heard & ~active]))
    elif (~active).sum() >= _ENOUGH_NOISE_FRAMES:
        return _SNR_LIMIT_DB
    else:  # hardly a pause: the softest moments of the speech bound the noise from above
        noise = float(np.quantile(power, 0.03))
    ratio = max(float(power[active].mean()) / max(noise, 1e-16) - 1, 0.1)
    return float(min(10 * np.log10(ratio), _SNR_LIMIT_DB))


def runs(marks: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, end) of each stretch of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _without_short_runs(marks: NDArray[np.bool_], value: bool, shortest: int) -> NDArray[np.bool_]:
    """Turns runs of `value` that are shorter than `shortest`; silence at either end stays silence."""
    result = marks.copy()
    for start, end in runs(marks == value):
        if end - start < shortest and (value or (start > 0 and end < len(marks))):
            result[start:end] = not value
    return result
