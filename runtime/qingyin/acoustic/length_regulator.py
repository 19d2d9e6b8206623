"""Exists to turn predicted durations into frames: how long each phoneme lasts, and which phoneme each
frame belongs to.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

MIN_PHONEME_FRAMES = 2  # shorter is inaudible at 11.6 ms a frame
MIN_PAUSE_FRAMES = 1
MAX_PHONEME_FRAMES = 400  # 4.6 s: no phoneme is that long; bounds memory if a model predicts nonsense


def phoneme_frames(
    log_duration: np.ndarray,
    log_duration_std: np.ndarray,
    pause_ms: Sequence[float | None],
    *,
    frame_ms: float,
    speed: float | np.ndarray,
    temperature: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Length of each phoneme, int64 [N] frames.

    log_duration, log_duration_std: float32 [N], ln frames. pause_ms: per phoneme None, or the length of a
    pause, which comes from the text and not from the model. frame_ms: length of a frame. speed: factor of all, or
    float [N] one for each. One normal number
    per phoneme is drawn, pauses included and at temperature 0 too, so that neither shifts the draws that
    follow.
    """
    sampled = log_duration + temperature * log_duration_std * rng.standard_normal(len(log_duration))
    limit = np.log(MAX_PHONEME_FRAMES)
    frames = np.rint(np.exp(np.minimum(sampled, limit)) / speed)
    frames = np.maximum(frames, MIN_PHONEME_FRAMES).astype(np.int64)
    speeds = np.broadcast_to(speed, frames.shape).tolist()
    for index, pause in enumerate(pause_ms):
        if pause is not None:
            frames[index] = max(MIN_PAUSE_FRAMES, round(pause / frame_ms / speeds[index]))
    return frames


def expand(frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int64 [N] lengths -> the phoneme of each frame, int64 [T], and the place inside it, (i + 0.5) / n,
    float32 [T].
    """
    phoneme = np.repeat(np.arange(len(frames)), frames)
    starts = np.cumsum(frames) - frames
    position = (np.arange(len(phoneme)) - starts[phoneme] + 0.5) / frames[phoneme]
    return phoneme, position.astype(np.float32)
