"""Exists because our spectral vocoders are one idea at two frame rates: a network filters pulses and noise.

F0, voicing - pulse train - STFT - E -----------+
              noise ------- STFT - Z ----------+|
mel, F0, voicing (for some kinds E) - network - Y = E hm exp(i hp) + Z nm - overlap-add - samples

A network gives the magnitudes hm and nm themselves, or their logarithms.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np

from qingyin.contracts import Contract
from qingyin.errors import ModelError
from qingyin.graph_spec import GraphSpec, Spectrum
from qingyin.manifest import Manifest
from qingyin.sessions import Session
from qingyin.vocoders.base import Arrays, ContextRunner, FrameQueue, Vocoder, VocoderStream
from qingyin.vocoders.excitation import PulseStream
from qingyin.vocoders.noise import NoiseStream
from qingyin.vocoders.spectral import BLOCK_FRAMES, OverlapAddStream, StftStream

FILTERS = ("harmonic_magnitude", "harmonic_phase", "noise_magnitude")
BEGINNING = 8  # bins; of a spectrum that holds anything at least one of these does
LOG_FILTERS = ("harmonic_log_magnitude", "harmonic_phase", "noise_log_magnitude")  # of networks that end in logarithms


class FilteredExcitationVocoder(Vocoder):
    """The common part of the spectral kinds; a kind says its contract, and whether it hears pulses."""

    # the network has an input `source`: E, real parts then imaginary parts, [B, rate * T, 2 bins]
    takes_source: ClassVar[bool]
    frames: ClassVar[str]  # label of the filters' time axis

    @classmethod
    def contract_of(cls, spec: GraphSpec) -> Contract:
        return contract(cls.frames, filters_of(spec), takes_source=cls.takes_source)

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
    """Pulses, their spectra, filters and overlap-add go through a block of frames at a time, which stays in the
    processor's cache from the first to the last.
    """

    def __init__(self, vocoder: FilteredExcitationVocoder, rng: np.random.Generator) -> None:
        geometry = (vocoder.spectrum.n_fft, vocoder.spectrum.hop_length)
        self._session, self._takes_source = vocoder.session, vocoder.takes_source
        self._pulses = PulseStream(vocoder.manifest.sample_rate, vocoder.manifest.hop_length, rng)
        self._noise = NoiseStream(*geometry, rng)
        self._stft = StftStream(*geometry)
        self._overlap_add = OverlapAddStream(*geometry)
        rates = {"mel": 1, "f0": 1, "voicing": 1} | ({"source": vocoder.rate} if vocoder.takes_source else {})
        context = vocoder.session.spec.context_frames
        takes_margins = vocoder.session.takes_margins
        self._network = ContextRunner(self._run, context, rates, output_rate=vocoder.rate, margins=takes_margins)
        self._melody = FrameQueue()  # F0 and voicing that no pulses were made of yet
        self._source = FrameQueue()  # spectra of pulses, not yet filtered
        self._filters = {name: FrameQueue() for name in FILTERS}
        self._given = filters_of(vocoder.session.spec)
        self._ended = False  # the sentence's last pulses were made

    def push(self, mel: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        self._melody.push(np.stack([f0_hz, voicing], axis=1))
        inputs = {"mel": mel, "f0": f0_hz, "voicing": voicing}
        if self._takes_source:
            pulse = self._excited(len(self._melody), last)
            self._source.push(pulse)
            inputs["source"] = np.concatenate([pulse.real, pulse.imag], axis=1)
        outputs = self._network.push(inputs, last) or {}
        for name, given in zip(FILTERS, self._given, strict=True):
            if given in outputs:
                self._filters[name].push(outputs[given] if given == name else np.exp(outputs[given]))
        parts = []
        while there := min(len(queue) for queue in self._filters.values()):
            if not len(self._source):
                if not len(self._melody) and (self._ended or not last):
                    break
                self._source.push(self._excited(BLOCK_FRAMES, last))
            ready = min(BLOCK_FRAMES, there, len(self._source), self._noise.unbroken)
            if ready:
                filters = (self._filters[name].take(ready) for name in FILTERS)
                spectra = apply_filters(self._source.take(ready), self._noise.take(ready), *filters)
                parts.append(self._overlap_add.push(spectra, False))
        if last:
            parts.append(self._overlap_add.push(np.zeros((0, self._stft.bins), np.complex64), True))
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def _excited(self, count: int, last: bool) -> np.ndarray:
        """Spectra of pulses that became final with the next `count` frames, or as many as there are."""
        count = min(count, len(self._melody))
        self._ended = last and count == len(self._melody)
        f0_hz, voicing = self._melody.take(count).T if count else np.zeros((2, 0), np.float32)
        return self._stft.push(self._pulses.push(f0_hz, voicing, self._ended), self._ended)

    def _run(self, inputs: dict[str, np.ndarray]) -> Arrays:
        feeds = {name: rows if name == "margins" else rows[None] for name, rows in inputs.items()}
        outputs = self._session.run(feeds)
        return {name: rows[0] for name, rows in outputs.items()}


def apply_filters(
    pulse: np.ndarray,
    noise: np.ndarray,
    harmonic_magnitude: np.ndarray,
    harmonic_phase: np.ndarray,
    noise_magnitude: np.ndarray,
) -> np.ndarray:
    """Filters two source spectra and adds them, complex64 [T, bins].

    pulse, noise: complex64 [T, bins]; the filters: float32 [T, bins], amplitudes, and radians.
    """
    result: np.ndarray = noise * noise_magnitude
    # between voiced sounds there are no pulses, and nothing to filter; no pulse has a spectrum that begins with zeros
    voiced = np.flatnonzero(pulse[:, :BEGINNING].any(axis=1))
    if not len(voiced):
        return result
    inside = slice(voiced[0], voiced[-1] + 1)
    magnitude, phase = harmonic_magnitude[inside], harmonic_phase[inside]
    response = np.empty(phase.shape, np.complex64)
    waves = np.cos(phase)  # real sine and cosine are vectorised, the complex exponential is not
    np.multiply(magnitude, waves, out=response.real)
    np.multiply(magnitude, np.sin(phase, out=waves), out=response.imag)
    response *= pulse[inside]
    result[inside] += response
    return result


def filters_of(spec: GraphSpec) -> tuple[str, ...]:
    """Which outputs a graph of a spectral kind has, or should have: FILTERS or LOG_FILTERS."""
    return LOG_FILTERS if LOG_FILTERS[0] in (tensor.name for tensor in spec.outputs) else FILTERS


def contract(frames: str, filters: tuple[str, ...], *, takes_source: bool) -> Contract:
    """Inputs and outputs of a spectral kind; `frames` is the label of the outputs' time axis."""
    inputs = {
        "mel": ("float32", ("B", "T", "n_mels")),
        "f0": ("float32", ("B", "T")),
        "voicing": ("float32", ("B", "T")),
    }
    if takes_source:
        inputs["source"] = ("float32", ("B", frames, "2 n_bins"))
    return Contract(inputs, {name: ("float32", ("B", frames, "n_bins")) for name in filters})
