"""Best path of a phoneme sequence through frame scores, with minimum durations and optional silences."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

STATES = 3


@numba.njit(cache=True)
def best_path(
    scores: NDArray[np.float32], phonemes: NDArray[np.int64], optional: NDArray[np.bool_]
) -> tuple[NDArray[np.int32], float]:
    """State index [T] (phoneme position * 3 + state) of the best path, and its score.

    Every phoneme on the path passes through its three states, so it lasts three frames at least; those marked
    optional may be skipped, but no two of them may stand side by side.

    Args:
        scores: [T, phoneme inventory * 3] log-likelihoods.
        phonemes: [N] ids.
        optional: [N] which of them may be skipped.
    """
    frames, count = scores.shape[0], len(phonemes) * STATES
    best = np.full(count, np.float32(-1e30))
    back = np.zeros((frames, count), np.int8)  # 0 stay, 1 next state, 2 skipped an optional phoneme
    best[0] = scores[0, phonemes[0] * STATES]
    if optional[0]:
        best[STATES] = scores[0, phonemes[1] * STATES]
    for t in range(1, frames):
        for k in range(count - 1, -1, -1):  # downwards: best[k - 1] is still the previous frame's
            n, s = k // STATES, k % STATES
            value, came = best[k], 0
            if k > 0 and best[k - 1] > value:
                value, came = best[k - 1], 1
            if s == 0 and n > 1 and optional[n - 1] and best[k - 1 - STATES] > value:
                value, came = best[k - 1 - STATES], 2
            best[k] = value + scores[t, phonemes[n] * STATES + s]
            back[t, k] = came
    k = count - 1
    if optional[len(phonemes) - 1] and best[k - STATES] > best[k]:
        k -= STATES
    score = best[k]
    path = np.zeros(frames, np.int32)
    for t in range(frames - 1, -1, -1):
        path[t] = k
        came = back[t, k]
        k -= 0 if came == 0 else (1 if came == 1 else 1 + STATES)
    return path, score
