"""Exists so that a reference reaches the encoders as loud as the recordings they learned from, whatever the
microphone did: integrated loudness after ITU-R BS.1770-4, for mono, in numpy.

The weighting filters are pyloudnorm's (Steinmetz & Reiss 2021), because the training data were levelled with it.
They are applied as frequency responses: numpy has no recursive filter, and what they still ring 1 s later is
below the sixth decimal.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingyin.features import FloatArray

TARGET_LUFS = -20.0
_BLOCK_S, _STEP_S = 0.4, 0.1
_ABSOLUTE_GATE_LUFS, _RELATIVE_GATE_LU = -70.0, -10.0
_PEAK = 0.99  # of full scale; a level that would need more is not reached

Biquad = tuple[NDArray[np.float64], NDArray[np.float64]]  # numerator and denominator, [3] each


def integrated_loudness(samples: FloatArray, sample_rate: int) -> float:
    """LUFS of mono samples [n]; minus infinity for silence. Less than 0.45 s is padded with silence to that."""
    padded = np.pad(samples.astype(np.float64), (0, max(0, int(0.45 * sample_rate) - len(samples))))
    power = np.cumsum(np.square(_k_weighted(padded, sample_rate)))
    blocks = round((len(padded) / sample_rate - _BLOCK_S) / _STEP_S) + 1
    start = (_BLOCK_S * (np.arange(blocks) * 0.25) * sample_rate).astype(np.int64)
    end = np.minimum((_BLOCK_S * (np.arange(blocks) * 0.25 + 1) * sample_rate).astype(np.int64), len(power))
    before = np.where(start > 0, power[np.maximum(start - 1, 0)], 0.0)
    means = np.maximum(power[end - 1] - before, 0.0) / (_BLOCK_S * sample_rate)
    heard = means[_lufs(means) >= _ABSOLUTE_GATE_LUFS]
    if not len(heard):
        return -np.inf
    return float(_lufs(heard[_lufs(heard) > _lufs(heard.mean()) + _RELATIVE_GATE_LU].mean()))


def levelled(samples: FloatArray, sample_rate: int) -> tuple[FloatArray, float]:
    """Samples [n] at -20 LUFS, or as near as fits into full scale, and the loudness that they had, in LUFS.

    Silence stays as it is, with a loudness of minus infinity.
    """
    loudness = integrated_loudness(samples, sample_rate)
    if not np.isfinite(loudness):  # all below the absolute gate: silence, or speech recorded with far too little gain
        peak = float(np.abs(samples).max(initial=0.0))
        if peak == 0.0:
            return samples, loudness
        loudness = integrated_loudness(samples / np.float32(peak), sample_rate) + 20 * float(np.log10(peak))
    result = samples * np.float32(10 ** ((TARGET_LUFS - loudness) / 20))
    return result / np.float32(max(1.0, float(np.abs(result).max()) / _PEAK)), loudness


def _lufs(power: NDArray[np.float64] | np.float64) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        result: NDArray[np.float64] = -0.691 + 10.0 * np.log10(power)
    return result


def _k_weighted(samples: NDArray[np.float64], sample_rate: int) -> NDArray[np.float64]:
    size = 1 << (len(samples) + sample_rate - 1).bit_length()  # the last second takes what rings on
    z = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones(len(z), np.complex128)
    for b, a in (_high_shelf(1500.0, 4.0, sample_rate), _high_pass(38.0, 0.5, sample_rate)):
        response *= (b[0] + z * (b[1] + z * b[2])) / (a[0] + z * (a[1] + z * a[2]))
    return np.fft.irfft(np.fft.rfft(samples, size) * response, size)[: len(samples)]


def _high_shelf(hz: float, gain_db: float, sample_rate: int) -> Biquad:
    """Bristow-Johnson's shelf of the slope Q = 1/sqrt(2): the head's effect."""
    gain, w = 10 ** (gain_db / 40), 2 * np.pi * hz / sample_rate
    root, cos = 2 * np.sqrt(gain) * np.sin(w) / np.sqrt(2), np.cos(w)
    more, less = gain + 1, gain - 1
    b = gain * np.array([more + less * cos + root, -2 * (less + more * cos), more + less * cos - root])
    return b, np.array([more - less * cos + root, 2 * (less - more * cos), more - less * cos - root])


def _high_pass(hz: float, q: float, sample_rate: int) -> Biquad:
    """Bristow-Johnson's high-pass."""
    w = 2 * np.pi * hz / sample_rate
    alpha, cos = np.sin(w) / (2 * q), np.cos(w)
    return np.array([0.5, -1.0, 0.5]) * (1 + cos), np.array([1 + alpha, -2 * cos, 1 - alpha])
