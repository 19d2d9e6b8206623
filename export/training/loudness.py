"""One meaning of loudness for recordings and for what is made of them."""

from __future__ import annotations

import warnings

import numpy as np
import pyloudnorm

LOUDNESS_LUFS = -20.0


def loudness(samples: np.ndarray, sample_rate: int) -> float:
    """Integrated loudness in LUFS (ITU-R BS.1770) of samples [n], 0.4 s at least; minus infinity for silence."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(pyloudnorm.Meter(sample_rate).integrated_loudness(samples))
