"""Exists because DFT operators are hundreds of times slower inside ONNX Runtime: STFT and overlap-add for
streams, in numpy.

Frames lie as HiFi-GAN's: with pad = (n_fft - hop) / 2, frame t covers samples t*hop - pad up to but not
including t*hop - pad + n_fft, so that T frames belong to exactly T*hop samples. Outside the sentence all is
zero.

    samples   |0      |hop    |2 hop  |3 hop  |4 hop
    frame 0 [--pad|-----------------]
    frame 1         [-----------------------]          (n_fft = 4 hop, pad = 1.5 hop)

Both classes must keep these figures: the vocoders were trained with them.
"""

from __future__ import annotations

import functools

import numpy as np

BLOCK_FRAMES = 128  # transformed at a time: their spectra stay in the processor's cache, and memory stays small


@functools.lru_cache(maxsize=8)
def hann_periodic(n_fft: int) -> np.ndarray:
    """The periodic Hann window, float32 [n_fft], as torch.hann_window gives it; read-only."""
    window = (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(n_fft) / n_fft)).astype(np.float32)
    window.setflags(write=False)
    return window


def _padding(n_fft: int, hop: int) -> int:
    if hop <= 0 or n_fft % hop or n_fft < hop or (n_fft - hop) % 2:
        raise ValueError(f"n_fft {n_fft} must be a multiple of hop {hop}, and their difference even")
    return (n_fft - hop) // 2


class StftStream:
    """Samples in, spectra out, each as soon as its last sample is known."""

    def __init__(self, n_fft: int, hop: int) -> None:
        self.n_fft, self.hop, self.padding = n_fft, hop, _padding(n_fft, hop)
        self.bins = n_fft // 2 + 1
        # times n_fft, which norm="forward" below takes away again: numpy transforms float32 forwards in float64, which
        # takes several times as long, unless it has such a factor to apply
        self._window = (hann_periodic(n_fft) * np.float32(n_fft)).reshape(-1, hop)
        self._buffer = np.zeros(self.padding, np.float32)

    def push(self, samples: np.ndarray, last: bool) -> np.ndarray:
        """float32 [n] -> complex64 [frames that became final, n_fft // 2 + 1]; after `last` all T =
        samples / hop are out.
        """
        parts = [self._buffer, samples.astype(np.float32, copy=False)]
        if last:
            parts.append(np.zeros(self.padding, np.float32))
        signal = np.concatenate(parts)
        count = max(0, (len(signal) - self.n_fft) // self.hop + 1)
        self._buffer = signal[count * self.hop :].copy()
        if count == 0:
            return np.zeros((0, self.bins), np.complex64)
        overlap = self.n_fft // self.hop
        hops = signal[: (count + overlap - 1) * self.hop].reshape(-1, self.hop)
        spectra = np.zeros((count, self.bins), np.complex64)
        heard = np.flatnonzero(hops.view(np.uint32).max(axis=1))  # not everywhere are pulses; integers are faster
        if not len(heard):
            return spectra
        first, stop = max(0, int(heard[0]) - overlap + 1), min(count, int(heard[-1]) + 1)
        for start in range(first, stop, BLOCK_FRAMES):
            end = min(start + BLOCK_FRAMES, stop)
            frames = np.empty((end - start, overlap, self.hop), np.float32)
            for part in range(overlap):
                np.multiply(hops[start + part : end + part], self._window[part], out=frames[:, part])
            made = np.fft.rfft(frames.reshape(end - start, self.n_fft), axis=1, norm="forward")
            if end - start == count:
                return made.astype(np.complex64, copy=False)
            spectra[start:end] = made
        return spectra


class OverlapAddStream:
    """Spectra in, samples out, each as soon as no later frame reaches it.

    The sum of squared windows is taken as the constant n_fft * 3 / (8 * hop) (1.5 for 1024 and 256), also at
    the sentence's ends, where it is smaller in truth: a fade of n_fft / 2 samples at most, inside the
    silence.
    """

    def __init__(self, n_fft: int, hop: int) -> None:
        self.n_fft, self.hop, self.padding = n_fft, hop, _padding(n_fft, hop)
        self._overlap = n_fft // hop
        self._window = hann_periodic(n_fft) / np.float32(n_fft * 3.0 / (8.0 * hop))
        self._tail = np.zeros((self._overlap - 1, hop), np.float32)
        self._skip = self.padding  # samples before the sentence's first

    def push(self, spectra: np.ndarray, last: bool) -> np.ndarray:
        """complex64 [frames, n_fft // 2 + 1] -> float32 [samples that became final]; after `last` all
        T*hop are out.
        """
        count = len(spectra)
        rows = np.zeros((count + self._overlap - 1, self.hop), np.float32)
        rows[: self._overlap - 1] = self._tail
        if count:
            frames = np.fft.irfft(spectra, n=self.n_fft, axis=1).astype(np.float32, copy=False)
            frames *= self._window
            blocks = frames.reshape(count, self._overlap, self.hop)
            for shift in reversed(range(self._overlap)):  # the oldest first, as in the tail: sums do not depend on cuts
                rows[shift : shift + count] += blocks[:, shift]
        self._tail = rows[count:].copy()
        samples = (rows if last else rows[:count]).reshape(-1)
        if last:
            samples = samples[: len(samples) - self.padding]
        dropped = min(self._skip, len(samples))
        self._skip -= dropped
        return samples[dropped:]
