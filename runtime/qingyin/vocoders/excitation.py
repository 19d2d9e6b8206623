"""Exists to make the sound source that spectral vocoders filter: a band-limited pulse train at F0, and white
noise.

The pulse is the closed form of a sum of K equal cosines,

    2 (cos(2 pi phi) + ... + cos(2 pi K phi)) = sin((2K + 1) pi phi) / sin(pi phi) - 1

with K = floor(nyquist / F0), over sqrt(2K), so that its power is 1. The training code makes the same
signal. What must stay identical: linear interpolation of F0 and voicing between frame centres, the
inclusive running sum of F0 / sample_rate in float64 from a random start, K per sample, and noise of one
normal number per sample, in time order.
"""

from __future__ import annotations

import numpy as np

# Limits that no speech reaches; they keep K >= 1 and the phase finite if a model predicts nonsense.
LOWEST_F0_HZ, HIGHEST_F0_HZ = 10.0, 4000.0
_SINGULAR = 1e-4  # |sin(pi phi)| under which the quotient is replaced by its limit 2K + 1


def pulse_train(
    f0_hz: np.ndarray, voicing: np.ndarray, phase: float, sample_rate: int
) -> tuple[np.ndarray, float]:
    """Pulse train of unit power, and the phase to go on from.

    f0_hz, voicing: float32 [n], per sample; phase: cycles in [0, 1) before the first sample. Returns float32
    [n] and the phase after the last sample.
    """
    if len(f0_hz) == 0:
        return np.zeros(0, np.float32), phase
    cycles = np.cumsum(f0_hz, dtype=np.float64)
    cycles /= sample_rate
    cycles += phase
    next_phase = float(cycles[-1] % 1.0)
    # phi in [-0.5, 0.5] instead of [0, 1): both sines change sign, the quotient does not, and float32 keeps
    # its relative precision around the pulse, where the sines are small
    cycles -= np.rint(cycles)
    odd = 2.0 * np.floor(np.float32(sample_rate / 2) / f0_hz) + np.float32(1.0)  # 2K + 1, float32, exact
    turns = odd * cycles
    turns -= 2.0 * np.rint(turns * 0.5)  # modulo 2: float32 sine of a small argument
    numerator = np.sin(np.float32(np.pi) * turns.astype(np.float32))
    denominator = np.sin(np.float32(np.pi) * cycles.astype(np.float32))
    singular = np.abs(denominator) < _SINGULAR
    denominator[singular] = 1.0
    pulse = numerator / denominator
    pulse[singular] = odd[singular]
    pulse -= 1.0
    pulse /= np.sqrt(odd - np.float32(1.0))
    pulse *= voicing
    return pulse, next_phase


class LinearUpsampler:
    """Frames in, samples out, by linear interpolation between frame centres.

    Sample n lies at frame position (n + 0.5) / hop - 0.5, held at the sentence's ends. Half a hop after the
    newest frame's centre is not known until the next frame or the end.
    """

    def __init__(self, hop: int) -> None:
        if hop % 2:
            raise ValueError(f"hop {hop} must be even")
        self.hop = hop
        self._weight = ((np.arange(hop, dtype=np.float32) + np.float32(0.5)) / np.float32(hop))[None, :]
        self._newest: np.ndarray | None = None

    def push(self, frames: np.ndarray, last: bool) -> np.ndarray:
        """float32 [k] -> float32 [samples that became final]; after `last` all T*hop are out."""
        half = self.hop // 2
        parts: list[np.ndarray] = []
        known = frames.astype(np.float32, copy=False)
        if len(known):
            if self._newest is None:
                parts.append(np.full(half, known[0], np.float32))
            else:
                known = np.concatenate([self._newest, known])
            # between the centres of two neighbours lie exactly `hop` samples
            left, right = known[:-1, None], known[1:, None]
            parts.append((left + (right - left) * self._weight).reshape(-1))
            self._newest = known[-1:].copy()
        if last and self._newest is not None:
            parts.append(np.full(half, self._newest[0], np.float32))
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)


class ExcitationStream:
    """F0 and voicing frames in, pulse train and noise out; phase and generator are carried from chunk to
    chunk.

    The generator gives the starting phase first and then the noise, sample by sample, so that cutting a
    sentence otherwise changes nothing.
    """

    def __init__(self, sample_rate: int, hop: int, rng: np.random.Generator) -> None:
        self._sample_rate = sample_rate
        self._rng = rng
        self._phase = float(rng.random())
        self._f0 = LinearUpsampler(hop)
        self._voicing = LinearUpsampler(hop)

    def push(self, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> tuple[np.ndarray, np.ndarray]:
        """f0_hz float32 [k] Hz, voicing float32 [k] 0 or 1 -> pulse and noise, float32 [samples that
        became final].
        """
        f0 = self._f0.push(np.clip(f0_hz, LOWEST_F0_HZ, HIGHEST_F0_HZ), last)
        pulse, self._phase = pulse_train(
            f0, self._voicing.push(voicing, last), self._phase, self._sample_rate
        )
        noise = self._rng.standard_normal(len(pulse), dtype=np.float32)
        return pulse, noise
