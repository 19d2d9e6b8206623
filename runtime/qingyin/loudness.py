"""Exists so that a louder voice bends at the top of the range, where clipping would crackle and wrapping
would bang.
"""

from __future__ import annotations

import numpy as np

_KNEE = 0.8  # of full scale (-1.9 dB); below it samples are left alone


def apply_gain(samples: np.ndarray, gain_db: float) -> np.ndarray:
    """float32 [n] times a gain in dB, softly limited to [-1, 1].

    The limiter looks at one sample at a time (above the knee a tanh), so that it does the same however a
    stream is cut. Values that are no numbers become silence.
    """
    result = samples * np.float32(10.0 ** (gain_db / 20.0))
    magnitude = np.abs(result)
    if not magnitude.max(initial=0.0) <= _KNEE:  # NaN comes here too
        np.nan_to_num(result, copy=False, nan=0.0, posinf=1.0, neginf=-1.0)
        loud = np.abs(result) > _KNEE
        over = np.abs(result[loud]) - np.float32(_KNEE)
        room = np.float32(1.0 - _KNEE)
        result[loud] = np.copysign(np.float32(_KNEE) + room * np.tanh(over / room), result[loud])
    return result
