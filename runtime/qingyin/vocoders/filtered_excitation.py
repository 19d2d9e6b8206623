"""Exists because our spectral vocoders are one idea at two frame rates: a network filters pulses and noise.

F0, voicing - pulse train - STFT - E -----------+
              noise ------- STFT - Z ----------+|
mel, F0, voicing (for some kinds E) - network - Y = E exp(hlm + i hp) + Z exp(nlm) - overlap-add - samples
"""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from qingyin.contracts import Contract
from qingyin.errors import ModelError
from qingyin.manifest import GraphSpec, Manifest, Spectrum
from qingyin.sessions import Session
from qingyin.vocoders.base import Arrays, ContextRunner, FrameQueue, Vocoder, VocoderStream
from qingyin.vocoders.excitation import PulseStream
from qingyin.vocoders.noise import NoiseStream
from qingyin.vocoders.spectral import BLOCK_FRAMES, OverlapAddStream, StftStream

FILTERS = ("harmonic_log_magnitude", "harmonic_phase", "noise_log_magnitude")


class FilteredExcitationVocoder(Vocoder):
    """The common part of the spectral kinds; a kind says its contract, and whether it hears pulses."""

    # the network has an input `source`: E, real parts then imaginary parts, [B, rate * T, 2 bins]
    takes_source: bool

    def __init__(self, session: Session, manifest: Manifest) -> None:
        super().__init__(session, manifest)
        self.spectrum = self.geometry(session.spec, manifest)
        self.rate = manifest.hop_length // self.spectrum.hop_length  # STFT frames per mel frame

    @classmethod
    @abstractmethod
    def geometry(cls, spec: GraphSpec, manifest: Manifest) -> Spectrum:
        """The STFT that this kind works in. Errors: ModelError."""

    @classmethod
    def sizes(cls, spec: GraphSpec, manifest: Manifest) -> dict[str, int]:
        spectrum = cls.geometry(spec, manifest)
        n_fft, hop = spectrum.n_fft, spectrum.hop_length
        if manifest.hop_length % hop or n_fft % hop or (n_fft - hop) % 2:
            raise ModelError(
                f"graph {spec.name!r}: n_fft {n_fft} and hop {hop} do not fit a hop of {manifest.hop_length}"
            )
        bins = n_fft // 2 + 1
        return {"n_bins": bins, "2 n_bins": 2 * bins}

    @property
    def lookahead_frames(self) -> int:
        hop = self.manifest.hop_length
        reach = (
            self.spectrum.n_fft - self.spectrum.hop_length
        ) // 2  # samples of an STFT frame beyond its own hop
        source = -(-(reach + hop // 2) // hop)  # F0 is interpolated over half a hop more
        context = self.session.spec.context_frames
        network = context + source if self.takes_source else max(context, source)
        return network + -(-reach // hop)

    def open(self, rng: np.random.Generator) -> VocoderStream:
        return _FilteredExcitationStream(self, rng)


class _FilteredExcitationStream(VocoderStream):
    def __init__(self, vocoder: FilteredExcitationVocoder, rng: np.random.Generator) -> None:
        geometry = (vocoder.spectrum.n_fft, vocoder.spectrum.hop_length)
        self._session, self._takes_source = vocoder.session, vocoder.takes_source
        self._pulses = PulseStream(vocoder.manifest.sample_rate, vocoder.manifest.hop_length, rng)
        self._noise = NoiseStream(*geometry, rng)
        self._stft = StftStream(*geometry)
        self._overlap_add = OverlapAddStream(*geometry)
        rates = {"mel": 1, "f0": 1, "voicing": 1} | ({"source": vocoder.rate} if vocoder.takes_source else {})
        context = vocoder.session.spec.context_frames
        self._network = ContextRunner(self._run, context, rates, output_rate=vocoder.rate)
        self._pulse = FrameQueue()
        self._filters = {name: FrameQueue() for name in FILTERS}

    def push(self, mel: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        pulse = self._stft.push(self._pulses.push(f0_hz, voicing, last), last)
        self._pulse.push(pulse)
        inputs = {"mel": mel, "f0": f0_hz, "voicing": voicing}
        if self._takes_source:
            inputs["source"] = np.concatenate([pulse.real, pulse.imag], axis=1)
        for name, rows in (self._network.push(inputs, last) or {}).items():
            self._filters[name].push(rows)
        ready = min(len(self._pulse), *(len(queue) for queue in self._filters.values()))
        if ready == 0:
            return self._overlap_add.push(np.zeros((0, pulse.shape[1]), np.complex64), last)
        filters = [self._filters[name].take(ready) for name in FILTERS]
        taken = [self._pulse.take(ready), self._noise.take(ready), *filters]
        parts = []
        for start in range(0, ready, BLOCK_FRAMES):
            spectra = apply_filters(*(part[start : start + BLOCK_FRAMES] for part in taken))
            parts.append(self._overlap_add.push(spectra, last and start + BLOCK_FRAMES >= ready))
        return np.concatenate(parts)

    def _run(self, inputs: dict[str, np.ndarray]) -> Arrays:
        outputs = self._session.run({name: rows[None] for name, rows in inputs.items()})
        return {name: rows[0] for name, rows in outputs.items()}


def apply_filters(
    pulse: np.ndarray,
    noise: np.ndarray,
    harmonic_log_magnitude: np.ndarray,
    harmonic_phase: np.ndarray,
    noise_log_magnitude: np.ndarray,
) -> np.ndarray:
    """Filters two source spectra and adds them, complex64 [T, bins].

    pulse, noise: complex64 [T, bins]; the filters: float32 [T, bins], ln of amplitude, and radians.
    """
    result: np.ndarray = noise * np.exp(noise_log_magnitude)
    # between voiced sounds there are no pulses, and nothing to filter; integers are searched faster than floats
    voiced = np.flatnonzero(np.ascontiguousarray(pulse).view(np.uint64).max(axis=1, initial=0))
    if len(voiced) < len(pulse):
        pulse, harmonic_log_magnitude, harmonic_phase = (
            part[voiced] for part in (pulse, harmonic_log_magnitude, harmonic_phase)
        )
    magnitude = np.exp(harmonic_log_magnitude)
    response = np.empty(magnitude.shape, np.complex64)
    # real sine and cosine are vectorised, the complex exponential is not
    np.multiply(magnitude, np.cos(harmonic_phase), out=response.real)
    np.multiply(magnitude, np.sin(harmonic_phase), out=response.imag)
    response *= pulse
    if len(voiced) < len(result):
        result[voiced] += response
    else:
        result += response
    return result


def contract(frames: str, *, takes_source: bool) -> Contract:
    """Inputs and outputs of a spectral kind; `frames` is the label of the outputs' time axis."""
    inputs = {
        "mel": ("float32", ("B", "T", "n_mels")),
        "f0": ("float32", ("B", "T")),
        "voicing": ("float32", ("B", "T")),
    }
    if takes_source:
        inputs["source"] = ("float32", ("B", frames, "2 n_bins"))
    return Contract(inputs, {name: ("float32", ("B", frames, "n_bins")) for name in FILTERS})
