"""Exists so that a clone is spoken at its owner's pitch: F0 and voicing of a waveform, as Praat finds them.

Boersma's autocorrelation method (1993, IFA Proceedings 17) with Praat's standard settings, which made the training
data: windowed autocorrelation divided by the window's own, up to fifteen candidates a frame, and the cheapest path
through them. Must stay identical: window, thresholds and costs. Differs: all frames at once, and peaks are refined
by a tabled windowed sinc instead of Brent's search.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from qingyin.features import HOP, SAMPLE_RATE, FloatArray

F0_FLOOR_HZ, F0_CEILING_HZ = 75.0, 600.0
UNVOICED_HZ = 150.0  # what stands in for F0 where nothing is voiced
_MAX_CANDIDATES = 14  # and the unvoiced one
_SILENCE, _VOICING, _OCTAVE_COST, _JUMP_COST, _VOICING_COST = 0.03, 0.45, 0.01, 0.35, 0.14
_COST_SCALE = 0.01 * SAMPLE_RATE / HOP  # Praat states costs for frames 10 ms apart

_PERIOD = int(SAMPLE_RATE / F0_FLOOR_HZ)  # 294 samples, the longest period
_HALF = int(3 * SAMPLE_RATE / F0_FLOOR_HZ) // 2 - 1  # 440: the window holds three of the longest periods
_WINDOW = 2 * _HALF
_PEAK_HALF = _PERIOD // 2 + 1
_N_FFT = 2048  # at least 1.5 windows, so that no lag of interest wraps round
_LAGS = _WINDOW // 2  # beyond half a window its autocorrelation is too small to divide by
_MAX_LAG = _WINDOW // 3 + 2

_TAPS = 30  # each side, Praat's SINC70 rounded down to what changes strengths by less than 0.001
_STEPS = 16  # fractions of a sample that the kernels are tabled for


def _sinc_table() -> FloatArray:
    """Kernels [2 * _STEPS + 3, 2 * _TAPS] of offsets from -1 to 1 sample, and one step beyond either end."""
    offset = np.arange(-_STEPS - 1, _STEPS + 2)[:, None] / _STEPS
    distance = np.arange(-_TAPS, _TAPS)[None] - offset
    taper = 0.5 + 0.5 * np.cos(np.pi * distance / (_TAPS + 1))
    return (np.sinc(distance) * taper).astype(np.float32)


_HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, _WINDOW + 1) / (_WINDOW + 1))).astype(np.float32)
_WINDOW_POWER = np.fft.irfft(np.abs(np.fft.rfft(_HANN.astype(np.float64), _N_FFT)) ** 2)[:_LAGS]
_WINDOW_AUTOCORRELATION = (_WINDOW_POWER / _WINDOW_POWER[0]).astype(np.float32)
_KERNELS = _sinc_table()


def pitch(samples: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """F0 [T] in Hz, interpolated through unvoiced frames, and voicing [T] of samples [T * 256] at 22 050 Hz.

    75-600 Hz; frame t is centred at sample t * 256 + 128. Without any voiced frame F0 is 150 Hz throughout.
    """
    frames = len(samples) // HOP
    if frames == 0:
        return np.zeros(0, np.float32), np.zeros(0, bool)
    correlation, loudness = _autocorrelation(samples, frames)
    f0, strength = _candidates(correlation)
    f0 = _cheapest_path(f0, strength, loudness)
    voiced = f0 > 0
    return interpolate_f0(f0, voiced), voiced


def interpolate_f0(f0: NDArray[np.floating], voiced: NDArray[np.bool_]) -> FloatArray:
    """Continuous F0 [T] in Hz: linear in ln Hz across unvoiced frames, held at the ends.

    150 Hz throughout if nothing is voiced.
    """
    if not voiced.any():
        return np.full(len(f0), UNVOICED_HZ, np.float32)
    at = np.arange(len(f0))
    result: FloatArray = np.exp(np.interp(at, at[voiced], np.log(f0[voiced]))).astype(np.float32)
    return result


def _autocorrelation(samples: FloatArray, frames: int) -> tuple[FloatArray, FloatArray]:
    """Normalised autocorrelation [T, _LAGS] of each frame, and its peak [T] against that of the whole signal."""
    side = 2 * _PERIOD
    padded = np.pad(samples.astype(np.float32), (side, side))
    whole_peak = float(np.abs(samples - samples.mean()).max())
    total = np.concatenate([[0.0], np.cumsum(padded, dtype=np.float64)])
    centre = np.arange(frames) * HOP + HOP // 2 + side  # the first sample behind the middle of each frame
    # the mean of two longest periods; taken off, so that an offset or a rumble is no periodicity
    mean = ((total[centre + _PERIOD] - total[centre - _PERIOD]) / (2 * _PERIOD)).astype(np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[centre - _HALF]
    windows = (windows - mean[:, None]) * _HANN
    peak = np.abs(windows[:, _HALF - _PEAK_HALF : _HALF + _PEAK_HALF]).max(1)
    spectrum = np.fft.rfft(windows, _N_FFT, axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    correlation = np.fft.irfft(power, axis=1)[:, :_LAGS].astype(np.float32)
    correlation /= np.maximum(correlation[:, :1], np.float32(1e-30)) * _WINDOW_AUTOCORRELATION
    return correlation, np.minimum(peak / max(whole_peak, 1e-30), 1.0).astype(np.float32)


def _candidates(correlation: FloatArray) -> tuple[FloatArray, FloatArray]:
    """F0 [T, C] in Hz and strength [T, C] of the best peaks of each frame; unused places have 0 Hz."""
    middle = correlation[:, 2:_MAX_LAG]
    before, behind = correlation[:, 1 : _MAX_LAG - 1], correlation[:, 3 : _MAX_LAG + 1]
    frame, lag = np.nonzero((middle > 0.5 * _VOICING) & (middle > before) & (middle >= behind))
    lag += 2
    y0, y1, y2 = correlation[frame, lag - 1], correlation[frame, lag], correlation[frame, lag + 1]
    guess = 0.5 * (y2 - y0) / np.maximum(2 * y1 - y0 - y2, 1e-12)  # of a parabola, within half a sample
    position, height = _refine(correlation, frame, lag, guess)
    hz = SAMPLE_RATE / position
    height = np.where(height > 1, 1 / height, height)  # short windows overshoot
    score = height - _OCTAVE_COST * np.log2(F0_FLOOR_HZ / hz)
    keep = hz <= F0_CEILING_HZ
    frame, hz, height, score = frame[keep], hz[keep], height[keep], score[keep]
    order = np.lexsort((-score, frame))
    frame, hz, height = frame[order], hz[order], height[order]
    count = np.bincount(frame, minlength=len(correlation))
    rank = np.arange(len(frame)) - np.repeat(np.cumsum(count) - count, count)
    places = min(_MAX_CANDIDATES, int(count.max(initial=0)))
    kept = rank < places
    all_hz = np.zeros((len(correlation), places), np.float32)
    strength = np.zeros_like(all_hz)
    all_hz[frame[kept], rank[kept]] = hz[kept]
    strength[frame[kept], rank[kept]] = height[kept]
    return all_hz, strength


def _refine(
    correlation: FloatArray, frame: NDArray[np.intp], lag: NDArray[np.intp], guess: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Lag [P] in samples and height [P] of peaks near `lag`, through a sinc instead of a parabola."""
    # lags below zero mirror those above: an autocorrelation is even
    mirrored = np.concatenate([correlation[:, _TAPS:0:-1], correlation], axis=1)
    around = np.lib.stride_tricks.sliding_window_view(mirrored, 2 * _TAPS, axis=1)[frame, lag]
    step = np.rint(guess * _STEPS).astype(np.intp) + _STEPS + 1
    left, mid, right = (np.einsum("pt,pt->p", around, _KERNELS[step + d]) for d in (-1, 0, 1))
    bend = 2 * mid - left - right
    shift = np.clip(0.5 * (right - left) / np.where(bend > 1e-9, bend, np.inf), -1, 1)
    position = lag + (step - _STEPS - 1 + shift) / _STEPS
    return position.astype(np.float32), mid + 0.25 * (right - left) * shift


def _cheapest_path(hz: FloatArray, strength: FloatArray, loudness: FloatArray) -> FloatArray:
    """F0 [T], 0 where unvoiced: the path through the candidates [T, C] that gains most (Viterbi)."""
    unvoiced = _VOICING + np.maximum(0.0, 2.0 - loudness / (_SILENCE / (1 + _VOICING)))
    log_hz = np.log2(np.maximum(hz, 1.0))
    gain = np.where(hz > 0, strength - _OCTAVE_COST * (np.log2(F0_CEILING_HZ) - log_hz), -np.inf)
    gain = np.concatenate([unvoiced[:, None], gain], axis=1)  # place 0 is unvoiced
    jump = np.full((len(gain) - 1, gain.shape[1], gain.shape[1]), _VOICING_COST * _COST_SCALE, np.float32)
    jump[:, 0, 0] = 0.0
    jump[:, 1:, 1:] = _JUMP_COST * _COST_SCALE * np.abs(log_hz[:-1, :, None] - log_hz[1:, None, :])
    best = gain[0]
    came_from = np.zeros((len(gain), gain.shape[1]), np.intp)
    for t in range(1, len(gain)):
        reached = best[:, None] - jump[t - 1]
        came_from[t] = reached.argmax(0)
        best = reached.max(0) + gain[t]
    place = int(best.argmax())
    f0 = np.zeros(len(gain), np.float32)
    for t in range(len(gain) - 1, -1, -1):
        if place:
            f0[t] = hz[t, place - 1]
        place = came_from[t, place]
    return f0
