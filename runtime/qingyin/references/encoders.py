"""Exists to ask the two graphs that listen: who speaks in a reference, and with what emotion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from qingyin import features
from qingyin.contracts import (
    EMOTION_ENCODER,
    EMOTION_ENCODER_OF_SAMPLES,
    EMOTION_LABELS,
    SPEAKER_ENCODER,
    SPEAKER_ENCODER_OF_SAMPLES,
    Contract,
    check_contract,
    sizes,
)
from qingyin.errors import ModelError
from qingyin.features import HOP, SAMPLE_RATE, FloatArray
from qingyin.graph_spec import OPTIONAL_GRAPHS
from qingyin.manifest import Manifest
from qingyin.references.recording_faults import Finding
from qingyin.references.reference import Reference
from qingyin.references.speaker_changes import speaker_findings
from qingyin.resampling import resample
from qingyin.sessions import Session

_LONGEST_FRAMES = round(6.0 * SAMPLE_RATE / HOP)  # a window of more is cut in two, so that none is under 3 s


class Encoders:
    """The speaker and the emotion encoder of a model set, each opened when it is first asked.

    `threads` is the size of each one's pool. Errors: ModelError if the set has no speaker encoder, or hears other
    features than `qingyin.features` computes.
    """

    def __init__(self, manifest: Manifest, threads: int = 1, device: str | None = None) -> None:
        if "speaker_encoder" not in manifest.graphs:
            raise ModelError(
                f"the model set in {manifest.folder} cannot clone: it has no speaker encoder; use the set that "
                "comes with qingyin, or one whose manifest names a speaker_encoder"
            )
        hears_mels = any(not _of_samples(manifest, name) for name in OPTIONAL_GRAPHS if name in manifest.graphs)
        ours = (features.SAMPLE_RATE, features.HOP, features.N_FFT, features.N_MELS)
        mel = manifest.mel
        wanted = (*ours, features.N_FFT, 0.0, features.MEL_FMAX_HZ)
        found = (manifest.sample_rate, manifest.hop_length, manifest.n_fft, manifest.n_mels,
                 mel.win_length, mel.fmin, mel.fmax)  # fmt: skip
        if hears_mels and found != wanted:
            raise ModelError(
                f"the model set's features (rate, hop, n_fft, mels, window, fmin, fmax) are {found}, this qingyin "
                f"computes {wanted}; use models and qingyin of the same version"
            )
        self._manifest, self._threads, self._device = manifest, threads, device

    @property
    def hears_emotion(self) -> bool:
        """Whether the set has an emotion encoder."""
        return "emotion_encoder" in self._manifest.graphs

    def speaker(self, reference: Reference) -> FloatArray:
        """Unit vector [speaker_size] of who speaks, averaged over windows of 3 to 6 s."""
        windows = _windows(len(reference.mel))
        vectors = [self._speaker_of_window(reference, window) for window in windows]
        mean = np.average(vectors, axis=0, weights=[window.stop - window.start for window in windows])
        return _unit(mean)

    def findings(self, references: Sequence[Reference]) -> tuple[Finding, ...]:
        """What the speaker encoder has against them: more than one speaker. Nothing, if it hears samples: how alike the
        vectors of one speaker are is only known of encoders that hear mels.
        """
        if _of_samples(self._manifest, "speaker_encoder"):
            return ()
        return speaker_findings(references, self.speaker_of_mel)

    def _speaker_of_window(self, reference: Reference, window: slice) -> FloatArray:
        if not _of_samples(self._manifest, "speaker_encoder"):
            return self.speaker_of_mel(reference.mel[window])
        return _unit(self._speaker_session.run(self._samples("speaker_encoder", reference, window))["speaker"][0])

    def _samples(self, name: str, reference: Reference, window: slice) -> dict[str, np.ndarray]:
        """The window's samples at the rate of an encoder that hears them. Errors: DependencyError without soxr."""
        part = reference.samples[window.start * HOP : window.stop * HOP]
        rate = self._manifest.graphs[name].sample_rate
        assert rate is not None  # _of_samples looked
        return {"samples": np.ascontiguousarray(resample(part, SAMPLE_RATE, rate)[None], np.float32)}

    def speaker_of_mel(self, mel: FloatArray) -> FloatArray:
        """Unit vector [speaker_size] of mel [T, 80], as one window; T at least 20."""
        feeds = {"mel": np.ascontiguousarray(mel[None], np.float32)}
        return _unit(self._speaker_session.run(feeds)["speaker"][0])

    def emotion(self, reference: Reference) -> tuple[FloatArray, dict[str, float]]:
        """Emotion vector [emotion_size] and probability by label, averaged over windows of 3 to 6 s.

        Errors: ModelError if the set has no emotion encoder.
        """
        vectors, posteriors = [], []
        windows = _windows(len(reference.mel))
        for window in windows:
            if self.hears_emotion and _of_samples(self._manifest, "emotion_encoder"):
                feeds = self._samples("emotion_encoder", reference, window)
            else:
                feeds = {
                    "mel": np.ascontiguousarray(reference.mel[None, window]),
                    "f0": np.ascontiguousarray(reference.f0[None, window]),
                    "voicing": np.ascontiguousarray(reference.voicing[None, window]),
                }
            found = self._emotion_session.run(feeds)
            vectors.append(_checked(found["emotion"][0]))
            posteriors.append(_checked(found["posteriors"][0]))
        weights = [window.stop - window.start for window in windows]
        vector = np.average(vectors, axis=0, weights=weights).astype(np.float32)
        mean = np.average(posteriors, axis=0, weights=weights)
        return vector, {label: float(value) for label, value in zip(EMOTION_LABELS, mean, strict=True)}

    @cached_property
    def _speaker_session(self) -> Session:
        return self._open("speaker_encoder", SPEAKER_ENCODER, SPEAKER_ENCODER_OF_SAMPLES)

    @cached_property
    def _emotion_session(self) -> Session:
        if not self.hears_emotion:
            raise ModelError(
                f"the model set in {self._manifest.folder} has no emotion encoder; name the emotion instead, "
                "for example --emotion happy"
            )
        return self._open("emotion_encoder", EMOTION_ENCODER, EMOTION_ENCODER_OF_SAMPLES)

    def _open(self, name: str, of_features: Contract, of_samples: Contract) -> Session:
        spec = self._manifest.graphs[name]
        contract = of_samples if _of_samples(self._manifest, name) else of_features
        check_contract(spec, contract, sizes(self._manifest))
        return Session(spec, self._manifest.read_graph(spec), self._threads, self._device)


def _of_samples(manifest: Manifest, name: str) -> bool:
    """Whether an encoder hears samples, not features: then its entry states their rate."""
    return manifest.graphs[name].sample_rate is not None


def _windows(frames: int) -> list[slice]:
    """Equal parts of up to 6 s; of more than 6 s none is shorter than 3 s."""
    edges = np.linspace(0, frames, -(-frames // _LONGEST_FRAMES) + 1).round().astype(int)
    return [slice(int(start), int(end)) for start, end in pairwise(edges)]


def _unit(vector: np.ndarray) -> FloatArray:
    result: FloatArray = (_checked(vector) / max(float(np.linalg.norm(vector)), 1e-6)).astype(np.float32)
    return result


def _checked(values: np.ndarray) -> np.ndarray:
    if not np.isfinite(values).all():
        raise ModelError("an encoder computed values that are no numbers; use another model set, or export again")
    return values
