"""Exists to tell a user in figures why a recording makes a poor reference: each measure with the limit beyond which
it earns a warning.

The limits were set on real clips (tools/measure_references.py repeats it): beyond what clean ones showed, before what
clipping, filters and noise made of the same clips. For music there were only synthetic notes and chords.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qingyin.features import N_FFT, SAMPLE_RATE, FloatArray, magnitudes, pad_to_frames

CLIPPED_SHARE = 0.0003  # clean clips reach 0.0001, clipping at two thirds of the peak has a median of 0.0018
LEAST_SNR_DB = 15.0
LEAST_BANDWIDTH_HZ = 5000.0  # telephones end at 3400 to 4000 Hz, the dullest clean clip at 5680 Hz
LEAST_VOICED_SHARE = 0.2
STEADY_PITCH_SHARE = 0.45  # spoken clips reach 0.35, notes of instruments start at 0.66
SHORT_SECONDS = 3.0

_PLATEAU = 0.99  # of the peak
_PLATEAU_SAMPLES = 3
_FULL_SCALE, _OVERSHOOT = 0.9999, 2.0  # lossy coders overshoot what was clipped
_BAND_DEPTH_DB = 50.0
_STEADY_SEMITONES = 0.03  # from one frame to the next


@dataclass(frozen=True)
class Finding:
    """Something about a reference that makes a clone worse: what, how much, and a line that says what to do."""

    kind: str
    figure: float
    message: str


def clipped_share(samples: FloatArray) -> float:
    """Share of samples [n, channels] that lie on a plateau at the peak, or at full scale.

    Clipping that a lossy coder has rounded off since, below full scale, is not seen.
    """
    level = np.abs(samples)
    hit = level >= _PLATEAU * np.maximum(level.max(0), 1e-9)
    plateau = np.ones((max(0, len(hit) - _PLATEAU_SAMPLES + 1), hit.shape[1]), bool)
    for shift in range(_PLATEAU_SAMPLES):
        plateau &= hit[shift : shift + len(plateau)]
    on_plateau = np.zeros_like(hit)
    for shift in range(_PLATEAU_SAMPLES):
        on_plateau[shift : shift + len(plateau)] |= plateau
    if level.max() < _OVERSHOOT:  # a float file beyond that is scaled in its own way
        on_plateau |= level >= _FULL_SCALE
    return float(on_plateau.mean(0).max())


def bandwidth_hz(samples: FloatArray, active: NDArray[np.bool_]) -> float:
    """Highest frequency at which the speech in samples [T * 256] is on average within 50 dB of its strongest band.

    0 if `active` [T] marks no speech.
    """
    if not active.any():
        return 0.0
    power = np.square(magnitudes(pad_to_frames(samples))[: len(active)][active]).mean(0)
    smooth = np.convolve(np.pad(power, 4, mode="edge"), np.full(9, 1 / 9), mode="valid")
    loud = np.flatnonzero(smooth > smooth.max() * 10 ** (-_BAND_DEPTH_DB / 10))
    return float(loud[-1] * SAMPLE_RATE / N_FFT) if len(loud) else 0.0


def steady_pitch_share(f0: FloatArray, voiced: NDArray[np.bool_]) -> float:
    """Share of steps between voiced frames in which F0 [T] stands still; a voice never quite does."""
    both = voiced[1:] & voiced[:-1]
    if not both.any():
        return 0.0
    step = 12 * np.abs(np.diff(np.log2(f0)))[both]
    return float((step < _STEADY_SEMITONES).mean())


def find_faults(
    clipped: float, snr_db: float, bandwidth: float, voiced_share: float, steady_share: float, speech_seconds: float
) -> tuple[Finding, ...]:
    """The findings that these measures give cause for."""
    findings = []
    if clipped > CLIPPED_SHARE:
        findings.append(
            Finding("clipping", clipped, f"{100 * clipped:.2g} % of the samples are clipped; record with less gain")
        )
    if snr_db < LEAST_SNR_DB:
        findings.append(
            Finding(
                "noise",
                snr_db,
                f"the speech is only {snr_db:.0f} dB above the noise; record closer or in a quieter room",
            )
        )
    if bandwidth < LEAST_BANDWIDTH_HZ:
        findings.append(
            Finding(
                "bandwidth",
                bandwidth,
                f"nothing above {bandwidth / 1000:.1f} kHz, as through a telephone; the clone may sound dull",
            )
        )
    if voiced_share < LEAST_VOICED_SHARE:
        findings.append(
            Finding(
                "unvoiced", voiced_share, f"only {100 * voiced_share:.0f} % of it is voiced: whisper, noise or music?"
            )
        )
    if steady_share > STEADY_PITCH_SHARE:
        findings.append(
            Finding(
                "music",
                steady_share,
                f"its pitch stands still {100 * steady_share:.0f} % of the time: music rather than speech?",
            )
        )
    if speech_seconds < SHORT_SECONDS:
        findings.append(
            Finding("short", speech_seconds, f"only {speech_seconds:.1f} s of speech; 5 to 30 s clone better")
        )
    return tuple(findings)
