"""Exists so that a louder voice bends at the top of the range, where clipping would crackle and wrapping
would bang.
"""

from __future__ import annotations

import numpy as np

from qingyin.errors import ModelError

_KNEE = 0.8  # of full scale (-1.9 dB); below it samples are left alone


def apply_gain(samples: np.ndarray, gain_db: float | np.ndarray) -> np.ndarray:
    """float32 [n] times a gain in dB (one, or float [n]), softly limited to [-1, 1].

    The limiter looks at one sample at a time (above the knee a tanh), so that it does the same however a
    stream is cut. Errors: ModelError if a sample is no number, which only a broken graph makes.
    """
    result = samples * np.asarray(10.0 ** (gain_db / 20.0), np.float32)
    if not np.isfinite(result).all():
        raise ModelError(
            "the models computed values that are no numbers; use another vocoder, or export again"
        )
    loud = np.abs(result) > _KNEE
    if loud.any():
        room = np.float32(1.0 - _KNEE)
        over = np.abs(result[loud]) - np.float32(_KNEE)
        result[loud] = np.copysign(np.float32(_KNEE) + room * np.tanh(over / room), result[loud])
    return result


def sample_gain(gain_db: np.ndarray, start: int, count: int, hop: int) -> np.ndarray | float:
    """Gain in dB of the samples [start, start + count) from that of frames of `hop` samples, straight lines between
    their centres; one number where it does not change.
    """
    if not len(gain_db) or np.all(gain_db == gain_db[0]):
        return float(gain_db[0]) if len(gain_db) else 0.0
    centres = (np.arange(len(gain_db)) + 0.5) * hop
    gains: np.ndarray = np.interp(np.arange(start, start + count) + 0.5, centres, gain_db)
    return gains
