"""Exists because a reference in which two people talk makes a voice of neither: finds it by the speaker encoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qingyin.features import HOP, SAMPLE_RATE, FloatArray
from qingyin.references.recording_faults import Finding
from qingyin.references.reference import Reference

SAME_SPEAKER_COSINE = 0.55  # of 70 recordings of one speaker 0 to 7 % lie below, of two 77 to 91 % (5 to 30 s)
_WINDOW = round(2.0 * SAMPLE_RATE / HOP)
_STEP = _WINDOW // 2
_LEAST_SHARE = 0.15  # of the windows; fewer that differ are a laugh or a cough
_LEAST_WINDOWS = 3

Encode = Callable[[FloatArray], FloatArray]  # mel [T, 80] -> unit vector


def speaker_findings(references: Sequence[Reference], encode: Encode) -> tuple[Finding, ...]:
    """A finding if the references do not all seem to hold one and the same speaker."""
    cosine = lowest_cosine([reference.mel for reference in references], encode)
    if cosine is None or cosine >= SAME_SPEAKER_COSINE:
        return ()
    message = (
        f"more than one speaker? Parts of it are alike by {cosine:.2f} only, one speaker's by "
        f"{SAME_SPEAKER_COSINE:.2f} or more; cut out the one you want"
    )
    return (Finding("speakers", cosine, message),)


def lowest_cosine(mels: Sequence[FloatArray], encode: Encode) -> float | None:
    """Cosine between the two groups into which windows of 2 s fall most easily; None if there is too little speech."""
    windows = [mel[start : start + _WINDOW] for mel in mels for start in range(0, len(mel) - _WINDOW + 1, _STEP)]
    if len(windows) < _LEAST_WINDOWS:
        return None
    vectors = np.stack([encode(window) for window in windows])
    cosines = vectors @ vectors.T
    first, second = np.unravel_index(int(cosines.argmin()), cosines.shape)
    centres = vectors[[first, second]]
    for _ in range(10):  # two means on the sphere, from the two windows that are least alike
        nearer = (vectors @ centres.T).argmax(1)
        if min(np.bincount(nearer, minlength=2)) < max(1, _LEAST_SHARE * len(vectors)):
            return 1.0
        centres = np.stack([vectors[nearer == group].mean(0) for group in (0, 1)])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return float(centres[0] @ centres[1])
