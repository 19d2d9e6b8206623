"""The training side of the common feature space: its mel is the runtime's own, its F0 is Praat's.

The runtime follows Praat in numpy (qingyin.pitch); training keeps the original, which is the ruler.
"""

from __future__ import annotations

import numpy as np
import parselmouth
from numpy.typing import NDArray

from qingyin.features import (
    HOP,
    LOG_FLOOR,
    MEL_FMAX_HZ,
    N_FFT,
    N_MELS,
    SAMPLE_RATE,
    FloatArray,
    mel_and_energy,
    mel_filters,
    pad_to_frames,
)
from qingyin.pitch import F0_CEILING_HZ, F0_FLOOR_HZ, interpolate_f0
from qingyin.resampling import resample

__all__ = [
    "F0_CEILING_HZ", "F0_FLOOR_HZ", "HOP", "LOG_FLOOR", "MEL_FMAX_HZ", "N_FFT", "N_MELS", "SAMPLE_RATE",
    "FloatArray", "interpolate_f0", "mel_and_energy", "mel_filters", "pad_to_frames", "pitch", "resample",
]  # fmt: skip


def pitch(samples: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """F0 [T] in Hz, interpolated through unvoiced frames, and voicing [T] of samples [T * 256].

    Praat's autocorrelation method (Boersma 1993), 75-600 Hz. Praat centres its frames in the file; padding
    1.5 hops on each side makes it give exactly T frames at our own frame centres. A clip without any voiced
    frame gets a constant 150 Hz.
    """
    padded = np.pad(samples.astype(np.float64), HOP + HOP // 2)
    sound = parselmouth.Sound(padded, SAMPLE_RATE)
    track = sound.to_pitch_ac(time_step=HOP / SAMPLE_RATE, pitch_floor=F0_FLOOR_HZ, pitch_ceiling=F0_CEILING_HZ)
    f0 = np.asarray(track.selected_array["frequency"])
    frames = len(samples) // HOP
    if len(f0) != frames:  # rounding of Praat's own frame count; never more than one frame
        f0 = np.pad(f0, (0, max(0, frames - len(f0))))[:frames]
    voiced = f0 > 0
    return interpolate_f0(f0, voiced), voiced
