"""Gives features the correlates of an emotion without making sound of them: cheap enough for every clip of every batch.

What `emotion_resynthesis` does to sound, done to mel, F0 and voicing. Formants stay and harmonics move: a mel's ripples
along frequency are taken for its harmonics, and moved with F0 over its smoothed envelope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from export.features import FloatArray
from export.training.emotion_resynthesis import PAUSE_DB, PAUSE_S, TILT_FROM_HZ, Treatment, moved_f0
from export.training.mel_augment import FRAME_S, band_centres_hz

DB = np.log(10) / 20  # ln amplitude
RIPPLE_BANDS = 2.0  # standard deviation of the smoothing that leaves an envelope
_CENTRES = band_centres_hz().astype(np.float64)
_OCTAVES = np.log2(np.maximum(_CENTRES, TILT_FROM_HZ) / TILT_FROM_HZ).astype(np.float32)
_apart = np.arange(len(_CENTRES))[:, None] - np.arange(len(_CENTRES))[None]
_SMOOTHING = np.exp(-0.5 * (_apart / RIPPLE_BANDS) ** 2)
_SMOOTHING = (_SMOOTHING / _SMOOTHING.sum(0)).astype(np.float32)


@dataclass(frozen=True)
class Features:
    """mel [T, 80] float32 ln amplitude, f0 [T] Hz through unvoiced frames, voiced [T] bool."""

    mel: FloatArray
    f0: FloatArray
    voiced: NDArray[np.bool_]


def _with_harmonics_at(mel: FloatArray, ratio: FloatArray) -> FloatArray:
    """Mel [T, 80] whose ripples lie at `ratio` [T] times their frequency."""
    envelope = mel @ _SMOOTHING
    ripples = mel - envelope
    source = np.interp(_CENTRES[None] / ratio[:, None], _CENTRES, np.arange(len(_CENTRES)))
    low = np.minimum(source.astype(np.int64), len(_CENTRES) - 2)
    part = (source - low).astype(np.float32)
    rows = np.arange(len(mel))[:, None]
    return envelope + ripples[rows, low] * (1 - part) + ripples[rows, low + 1] * part


def pauses_of_mel(mel: FloatArray, voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which frames [T] lie in a pause inside the speech."""
    level = mel.max(1)
    quiet = (level < np.quantile(level, 0.95) + PAUSE_DB * DB) & ~voiced
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    inside = np.zeros(len(mel), bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start > 0 and end < len(mel) and (end - start) * FRAME_S >= PAUSE_S:
            inside[start:end] = True
    return inside


def restyled(features: Features, treatment: Treatment, rng: np.random.Generator) -> Features:
    """Features of the same words spoken otherwise; breath is left as it was."""
    change, mel, voiced = treatment.correlates, features.mel, features.voiced
    f0 = moved_f0(features.f0.astype(np.float64), voiced, change)
    f0 = f0 * np.exp(treatment.jitter * rng.standard_normal(len(mel)))
    moved = _with_harmonics_at(mel, np.where(voiced, f0 / features.f0, 1.0).astype(np.float32))
    share = np.where(voiced, 1.0, treatment.unvoiced_share)
    weight = np.convolve(np.pad(share, 1, mode="edge"), np.ones(3) / 3, "valid").astype(np.float32)
    moved = moved + np.float32(DB) * (change.energy + change.tilt * _OCTAVES) * weight[:, None]
    lengths = np.where(pauses_of_mel(mel, voiced), treatment.pauses, np.exp(-change.rate))
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    source = np.interp(np.arange(int(ends[-1])), ends, np.arange(len(ends))).clip(0, len(mel) - 1)
    low = np.minimum(source.astype(np.int64), len(mel) - 2)
    part = (source - low).astype(np.float32)
    return Features(
        (moved[low] * (1 - part[:, None]) + moved[low + 1] * part[:, None]).astype(np.float32),
        np.interp(source, np.arange(len(f0)), f0).astype(np.float32),
        voiced[np.round(source).astype(np.int64)],
    )
