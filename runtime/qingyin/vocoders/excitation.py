"""Exists to make the sound source that spectral vocoders filter: a band-limited pulse train at F0.

The pulse is the closed form of a sum of K equal cosines,

    2 (cos(2 pi phi) + ... + cos(2 pi K phi)) = sin((2K + 1) pi phi) / sin(pi phi) - 1

with K = floor(nyquist / F0), over sqrt(2K), so that its power is 1. The training code makes the same
signal. What must stay identical: linear interpolation of F0 and voicing between frame centres, the
inclusive running sum of F0 / sample_rate from a random start, and K per sample.
"""

from __future__ import annotations

import numpy as np

# Limits that no speech reaches; they keep K >= 1 and the phase finite if a model predicts nonsense.
LOWEST_F0_HZ, HIGHEST_F0_HZ = 10.0, 4000.0
_BLOCK = 128  # segments computed at a time: their arrays stay in the processor's cache


class PulseStream:
    """F0 and voicing frames in, pulse train out; the phase is carried from chunk to chunk.

    A segment is what lies between two frame centres, `hop` samples in which F0 is a straight line: there the running
    sum is a parabola, and only the sum over whole segments needs float64. Before the first centre and behind the last
    lies half a segment each, at that frame's values. Where neither end of a segment is voiced there is nothing to
    compute.
    """

    def __init__(self, sample_rate: int, hop: int, rng: np.random.Generator) -> None:
        if hop % 2:
            raise ValueError(f"hop {hop} must be even")
        self._sample_rate, self._hop = sample_rate, hop
        self._phase = float(rng.random())  # cycles before the next segment
        self._newest: np.ndarray | None = None  # F0 and voicing of the last frame, [2, 1]
        steps = np.arange(1, hop + 1, dtype=np.float64)
        self._weight = ((steps - 0.5) / hop).astype(np.float32)  # of the segment's right end, by sample
        self._steps, self._weight_sum = steps.astype(np.float32), (steps**2 / (2 * hop)).astype(np.float32)

    def push(self, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        """f0_hz float32 [k] Hz, voicing float32 [k] 0 or 1 -> float32 [samples that became final]; after `last` all
        T * hop are out.
        """
        frames = np.empty((2, len(f0_hz)), np.float32)
        np.minimum(np.maximum(f0_hz, LOWEST_F0_HZ), HIGHEST_F0_HZ, out=frames[0])
        frames[1] = voicing
        half, newest = self._hop // 2, self._newest
        begins = newest is None
        if newest is None:
            if not frames.shape[1]:
                return np.zeros(0, np.float32)
            newest = frames[:, :1]
            self._phase -= half * float(newest[0, 0]) / self._sample_rate  # for the half that is cut off below
        frames = np.concatenate([newest, frames], axis=1)
        if last:
            frames = np.concatenate([frames, frames[:, -1:]], axis=1)
        self._newest = frames[:, -1:].copy()
        pulses = self._segments(frames[:, :-1], frames[:, 1:]).reshape(-1)
        return pulses[half if begins else 0 : len(pulses) - half if last else None]

    def _segments(self, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        """float32 [segments, hop] of F0 and voicing at both ends, float32 [2, segments]."""
        cycles = (left[0].astype(np.float64) + right[0]) * (self._hop / 2 / self._sample_rate)
        ends = self._phase + np.cumsum(cycles)
        if len(ends):
            self._phase = float(ends[-1] % 1.0)
        starts = ends - cycles
        starts -= np.rint(starts)
        pulses = np.zeros((left.shape[1], self._hop), np.float32)
        sounds = np.maximum(left[1], right[1])
        for first in range(0, len(pulses), _BLOCK):
            voiced = first + np.flatnonzero(sounds[first : first + _BLOCK])
            if len(voiced):
                pulses[voiced] = self._voiced(left[:, voiced, None], right[:, voiced, None], starts[voiced, None])
        return pulses

    def _voiced(self, left: np.ndarray, right: np.ndarray, starts: np.ndarray) -> np.ndarray:
        """As `_segments`, of [2, segments, 1], with the cycles passed at the beginning of each segment, float64
        [segments, 1].
        """
        f0, voicing = left
        f0_rise, voicing_rise = right - left
        # phi in [-0.5, 0.5] instead of [0, 1): both sines change sign, the quotient does not, and float32 keeps
        # its relative precision around the pulse, where the sines are small
        cycles = (f0 / np.float32(self._sample_rate)) * self._steps
        spare = (f0_rise / np.float32(self._sample_rate)) * self._weight_sum
        cycles += spare
        cycles += starts.astype(np.float32)
        cycles -= np.rint(cycles, out=spare)
        cycles *= np.float32(np.pi)
        twice = np.multiply(f0_rise, self._weight, out=spare)  # 2K
        twice += f0
        np.divide(np.float32(self._sample_rate / 2), twice, out=twice)
        np.floor(twice, out=twice)
        twice *= np.float32(2.0)
        odd = twice + np.float32(1.0)
        pulses: np.ndarray = odd * cycles
        np.sin(pulses, out=pulses)
        np.sin(cycles, out=cycles)
        singular = cycles == 0
        if singular.any():
            pulses[singular] = odd[singular]
            cycles[singular] = 1.0
        pulses /= cycles
        pulses -= np.float32(1.0)
        pulses /= np.sqrt(twice, out=twice)
        loudness = voicing
        if voicing_rise.any():
            loudness = np.multiply(voicing_rise, self._weight, out=odd)
            loudness += voicing
        pulses *= loudness
        return pulses
