"""Exists so that files, pipes, resamplers and loudspeakers are written to in one way."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class AudioSink(Protocol):
    """Something that takes float32 samples [n] in [-1, 1], in order."""

    def write(self, samples: np.ndarray) -> None: ...

    def close(self) -> None: ...
