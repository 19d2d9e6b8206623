"""Exists so that noise costs nothing while speaking: the spectra of a loop of white noise, made once.

The loop closes on itself, so its short-time spectra go on without a seam, and each sentence enters it at a place of
its own. It is longer than most sentences; speech comes back to the same stretch with other filters, which no ear
notices.
"""

from __future__ import annotations

import functools

import numpy as np

from qingyin.vocoders.spectral import StftStream

LOOP_SAMPLES = 2**17  # 5.9 s; 2 MB of spectra


@functools.lru_cache(maxsize=2)
def noise_spectra(n_fft: int, hop: int) -> np.ndarray:
    """STFT of the loop, complex64 [LOOP_SAMPLES / hop, n_fft // 2 + 1], of noise with variance 1; read-only."""
    samples = np.random.Generator(np.random.PCG64(0)).standard_normal(LOOP_SAMPLES, dtype=np.float32)
    around = StftStream(n_fft, hop).push(np.concatenate([samples[-n_fft:], samples, samples[:n_fft]]), True)
    spectra = around[n_fft // hop : -(n_fft // hop)].copy()
    spectra.setflags(write=False)
    return spectra


class NoiseStream:
    """The loop from a random place on, as many frames at a time as are asked for."""

    def __init__(self, n_fft: int, hop: int, rng: np.random.Generator) -> None:
        self._spectra = noise_spectra(n_fft, hop)
        self._next = int(rng.integers(len(self._spectra)))

    @property
    def unbroken(self) -> int:
        """How many frames can be taken without a copy, up to where the loop closes; at least one."""
        return len(self._spectra) - self._next

    def take(self, count: int) -> np.ndarray:
        """The next frames, complex64 [count, n_fft // 2 + 1]; not to be written to."""
        stop = self._next + count
        if stop <= len(self._spectra):
            frames = self._spectra[self._next : stop]
        else:
            frames = self._spectra[np.arange(self._next, stop) % len(self._spectra)]
        self._next = stop % len(self._spectra)
        return frames
