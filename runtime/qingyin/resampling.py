"""Exists so that files, pipes and loudspeakers can have another sample rate than the models, by a library's
filter and without seams between chunks.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from qingyin.errors import DependencyError
from qingyin.features import SAMPLE_RATE

if TYPE_CHECKING:
    from qingyin.audio_sink import AudioSink


class Resampler:
    """A stream of float32 samples from one rate to another; the filter's state goes on from chunk to chunk.

    soxr's high quality, linear phase; its delay is taken out, so n samples become round(n * target / source).
    Errors: DependencyError without soxr.
    """

    def __init__(self, source_rate: int, target_rate: int) -> None:
        soxr = _soxr(source_rate, target_rate)
        self._stream = soxr.ResampleStream(source_rate, target_rate, 1, dtype="float32", quality="HQ")

    def push(self, samples: np.ndarray, last: bool = False) -> np.ndarray:
        """float32 [n] -> float32 [m], as much as is final; with `last` all that is left."""
        result: np.ndarray = self._stream.resample_chunk(np.ascontiguousarray(samples, np.float32), last=last)
        return result


def resample(samples: np.ndarray, source_rate: int, target_rate: int = SAMPLE_RATE) -> np.ndarray:
    """A whole recording, float32 [n], at another rate: soxr's very high quality, which training uses as well.

    Errors: DependencyError without soxr, if the rates differ.
    """
    if source_rate == target_rate:
        return samples
    soxr = _soxr(source_rate, target_rate)
    result: np.ndarray = soxr.resample(samples, source_rate, target_rate, quality="VHQ").astype(np.float32)
    return result


def _soxr(source_rate: int, target_rate: int) -> Any:
    try:
        import soxr
    except ImportError:
        raise DependencyError(
            f"turning {source_rate} Hz into {target_rate} Hz needs the package soxr: pip install soxr"
        ) from None
    return soxr


def can_resample() -> bool:
    """Whether soxr is there; importing it takes some 10 ms."""
    try:
        import soxr  # noqa: F401
    except ImportError:
        return False
    return True


class _ResamplingSink:
    def __init__(self, sink: AudioSink, resampler: Resampler) -> None:
        self._sink, self._resampler = sink, resampler

    def write(self, samples: np.ndarray) -> None:
        self._sink.write(self._resampler.push(samples))

    def close(self) -> None:
        """Writes what the filter still holds; the sink behind stays open."""
        self._sink.write(self._resampler.push(np.zeros(0, np.float32), last=True))


@contextlib.contextmanager
def resampled(sink: AudioSink, source_rate: int, target_rate: int) -> Iterator[AudioSink]:
    """A sink that takes `source_rate` and hands on `target_rate`; the rest is flushed when the block ends well.
    Errors: DependencyError.
    """
    if source_rate == target_rate:
        yield sink
        return
    resampling = _ResamplingSink(sink, Resampler(source_rate, target_rate))
    yield resampling
    resampling.close()
