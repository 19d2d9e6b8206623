"""Objective measures of a resynthesis against its recording: PESQ, F0, voicing and mel distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from export.features import SAMPLE_RATE, FloatArray, mel_and_energy, pitch

GROSS_CENTS = 300.0


@dataclass(frozen=True)
class Resynthesis:
    """Measures of one clip, or means over clips."""

    pesq_wb: float
    f0_rmse_cents: float  # over frames voiced in both and within 300 cents
    f0_gross_percent: float  # of frames voiced in both, those beyond 300 cents
    voicing_error_percent: float  # of all frames
    mel_distance: float  # mean absolute difference of ln mel


def pesq_wb(reference: FloatArray, degraded: FloatArray) -> float:
    """Wide-band PESQ (ITU-T P.862.2) at 16 kHz of samples at 22 050 Hz."""
    import pesq  # compiled from source where it is installed, and needed by this measure alone

    pair = [soxr.resample(x, SAMPLE_RATE, 16000, quality="VHQ") for x in (reference, degraded)]
    return float(pesq.pesq(16000, pair[0], pair[1], "wb"))


def measure(pairs: Sequence[tuple[FloatArray, FloatArray]]) -> Resynthesis:
    """Measures over (recording, resynthesis) pairs of samples [T * 256].

    F0 and voicing are pooled over all frames, PESQ and mel distance averaged over clips.
    """
    scores, cents, wrong, distances = [], [], [], []
    for reference, degraded in pairs:
        scores.append(pesq_wb(reference, degraded))
        (f0_a, voiced_a), (f0_b, voiced_b) = pitch(reference), pitch(degraded)
        both = voiced_a & voiced_b
        cents.append(1200 * np.log2(f0_b[both] / f0_a[both]))
        wrong.append(voiced_a != voiced_b)
        distances.append(np.abs(mel_and_energy(reference)[0] - mel_and_energy(degraded)[0]).mean())
    deviation = np.concatenate(cents)
    fine = deviation[np.abs(deviation) <= GROSS_CENTS]
    return Resynthesis(
        pesq_wb=float(np.mean(scores)),
        f0_rmse_cents=float(np.sqrt(np.mean(fine**2))),
        f0_gross_percent=float(100 * np.mean(np.abs(deviation) > GROSS_CENTS)),
        voicing_error_percent=float(100 * np.mean(np.concatenate(wrong))),
        mel_distance=float(np.mean(distances)),
    )
