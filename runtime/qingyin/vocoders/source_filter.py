"""Exists as the light vocoder: a network predicts, frame by frame, a filter for a pulse train and one for
noise; numpy does the rest.
"""

from __future__ import annotations

import numpy as np

from qingyin.contracts import Contract
from qingyin.manifest import GraphSpec, Manifest
from qingyin.vocoders.base import Arrays, ContextRunner, FrameQueue, Vocoder, VocoderStream
from qingyin.vocoders.excitation import ExcitationStream
from qingyin.vocoders.spectral import OverlapAddStream, StftStream

_FILTERS = ("harmonic_log_magnitude", "harmonic_phase", "noise_log_magnitude")


class SourceFilterVocoder(Vocoder):
    """Y = E exp(harmonic_log_magnitude + i harmonic_phase) + Z exp(noise_log_magnitude), E and Z the STFTs
    of pulse and noise.
    """

    kind = "source_filter"
    contract = Contract(
        inputs={
            "mel": ("float32", ("B", "T", "n_mels")),
            "f0": ("float32", ("B", "T")),
            "voicing": ("float32", ("B", "T")),
        },
        outputs={name: ("float32", ("B", "T", "n_bins")) for name in _FILTERS},
    )

    @classmethod
    def sizes(cls, spec: GraphSpec, manifest: Manifest) -> dict[str, int]:
        return {"n_bins": manifest.n_fft // 2 + 1}

    @property
    def lookahead_frames(self) -> int:
        # the last sample of frame t's hop needs the frames that reach it, those need samples, those F0 (see
        # spectral.py)
        overlap = -(-self.manifest.n_fft // self.manifest.hop_length)
        return max(self.session.spec.context_frames, overlap // 2) + overlap // 2

    def open(self, rng: np.random.Generator) -> VocoderStream:
        return _SourceFilterStream(self, rng)


class _SourceFilterStream(VocoderStream):
    def __init__(self, vocoder: SourceFilterVocoder, rng: np.random.Generator) -> None:
        manifest = vocoder.manifest
        self._session = vocoder.session
        self._excitation = ExcitationStream(manifest.sample_rate, manifest.hop_length, rng)
        self._pulse_stft = StftStream(manifest.n_fft, manifest.hop_length)
        self._noise_stft = StftStream(manifest.n_fft, manifest.hop_length)
        self._overlap_add = OverlapAddStream(manifest.n_fft, manifest.hop_length)
        self._network = ContextRunner(
            self._run, self._session.spec.context_frames, {"mel": 1, "f0": 1, "voicing": 1}
        )
        self._pulse, self._noise = FrameQueue(), FrameQueue()
        self._filters = {name: FrameQueue() for name in _FILTERS}

    def push(self, mel: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        pulse, noise = self._excitation.push(f0_hz, voicing, last)
        self._pulse.push(self._pulse_stft.push(pulse, last))
        self._noise.push(self._noise_stft.push(noise, last))
        filters = self._network.push({"mel": mel, "f0": f0_hz, "voicing": voicing}, last)
        for name, rows in (filters or {}).items():
            self._filters[name].push(rows)
        ready = min(len(self._pulse), *(len(queue) for queue in self._filters.values()))
        if ready == 0:
            empty = np.zeros((0, self._overlap_add.n_fft // 2 + 1), np.complex64)
            return self._overlap_add.push(empty, last)
        spectra = apply_filters(
            self._pulse.take(ready),
            self._noise.take(ready),
            *(self._filters[name].take(ready) for name in _FILTERS),
        )
        return self._overlap_add.push(spectra, last)

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
    """Filters two source spectra. pulse, noise complex64 [T, bins]; the rest float32 [T, bins], ln and
    radians -> complex64.
    """
    magnitude = np.exp(harmonic_log_magnitude)
    response = np.empty(magnitude.shape, np.complex64)
    # real sine and cosine are vectorised, the complex exponential is not
    np.multiply(magnitude, np.cos(harmonic_phase), out=response.real)
    np.multiply(magnitude, np.sin(harmonic_phase), out=response.imag)
    response *= pulse
    response += noise * np.exp(noise_log_magnitude)
    return response
