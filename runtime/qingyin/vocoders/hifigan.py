"""Exists so that the published HiFi-GAN generator (Kong et al. 2020), and any checkpoint of its kind,
speaks here too.
"""

from __future__ import annotations

import numpy as np

from qingyin.contracts import Contract
from qingyin.graph_spec import GraphSpec
from qingyin.vocoders.base import Arrays, ContextRunner, Vocoder, VocoderStream


class HifiganVocoder(Vocoder):
    """Mel in, samples out; it takes no F0 and draws nothing."""

    kind = "hifigan"

    @classmethod
    def contract_of(cls, spec: GraphSpec) -> Contract:
        return Contract(
            inputs={"mel": ("float32", ("B", "n_mels", "T"))},
            outputs={"audio": ("float32", ("B", "1", "S"))},  # S = T * hop, dynamic
        )

    @property
    def lookahead_frames(self) -> int:
        return self.session.spec.context_frames

    def open(self, rng: np.random.Generator) -> VocoderStream:
        return _HifiganStream(self)


class _HifiganStream(VocoderStream):
    def __init__(self, vocoder: HifiganVocoder) -> None:
        self._session = vocoder.session
        self._network = ContextRunner(
            self._run, self._session.spec.context_frames, {"mel": 1}, output_rate=vocoder.manifest.hop_length
        )

    def push(self, mel: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        outputs = self._network.push({"mel": mel}, last)
        return np.zeros(0, np.float32) if outputs is None else outputs["audio"]

    def _run(self, inputs: dict[str, np.ndarray]) -> Arrays:
        mel = np.ascontiguousarray(inputs["mel"].T[None])
        return {"audio": self._session.run({"mel": mel})["audio"][0, 0]}
