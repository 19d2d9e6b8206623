"""Exists to say of a recording what a clone of it would rest on: its measures, its speaker and its emotion together."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from qingyin.manifest import Manifest
from qingyin.references.encoders import Encoders
from qingyin.references.recording_faults import Finding
from qingyin.references.recordings import Source
from qingyin.references.reference import Reference, load_reference
from qingyin.voices import load_voice

_RANGE_PERCENTILES = (5, 50, 95)


@dataclass(frozen=True, eq=False)
class Analysis:
    """What was found in a recording.

    neighbours: bundled voices with their cosine, nearest first; emotion: probability by label. Either is None if the
    model set cannot tell, and `unknown` says why.
    """

    reference: Reference
    warnings: tuple[Finding, ...]
    neighbours: tuple[tuple[str, float], ...] | None
    emotion: dict[str, float] | None
    unknown: str | None

    @property
    def speaking_share(self) -> float:
        """Share of the used part in which somebody speaks."""
        return self.reference.speech_seconds / self.reference.seconds

    @property
    def voiced_share(self) -> float:
        """Share of the speech that is voiced."""
        reference = self.reference
        return float(reference.voicing[reference.active].mean())

    @cached_property
    def f0_hz(self) -> tuple[float, float, float]:
        """5th percentile, median and 95th percentile of F0 in Hz, over voiced frames."""
        low, median, high = np.exp(np.percentile(self.reference.voiced_ln_hz, _RANGE_PERCENTILES))
        return float(low), float(median), float(high)

    @property
    def f0_range_semitones(self) -> float:
        """From the 5th to the 95th percentile."""
        low, _, high = self.f0_hz
        return float(12 * np.log2(high / low))

    def as_json(self) -> dict[str, Any]:
        """The figures, as `qingyin analyze --json` prints them."""
        reference = self.reference
        low, median, high = self.f0_hz
        neighbours = None if self.neighbours is None else [
            {"voice": name, "cosine": round(cosine, 4)} for name, cosine in self.neighbours
        ]  # fmt: skip
        emotion = None if self.emotion is None else {label: round(value, 4) for label, value in self.emotion.items()}
        return {
            "file": reference.name,
            "sha256": reference.sha256,
            "seconds": round(reference.recorded_seconds, 3),
            "sample_rate": reference.source_rate,
            "channels": reference.channels,
            "loudness_lufs": round(reference.loudness_lufs, 2),
            "used_from_s": round(reference.part[0], 3),
            "used_to_s": round(reference.part[1], 3),
            "used_seconds": round(reference.seconds, 3),
            "speech_seconds": round(reference.speech_seconds, 3),
            "speaking_share": round(self.speaking_share, 4),
            "snr_db": round(reference.snr_db, 1),
            "clipped_share": round(reference.clipped_share, 6),
            "bandwidth_hz": round(reference.bandwidth_hz),
            "voiced_share": round(self.voiced_share, 4),
            "f0_median_hz": round(median, 1),
            "f0_low_hz": round(low, 1),
            "f0_high_hz": round(high, 1),
            "f0_range_semitones": round(self.f0_range_semitones, 2),
            "neighbours": neighbours,
            "emotion": emotion,
            "unknown": self.unknown,
            "warnings": [dataclasses.asdict(finding) for finding in self.warnings],
        }


def analyse_recording(source: Source, manifest: Manifest | None, threads: int = 1) -> Analysis:
    """Everything that can be told of a recording with a model set; without one, what needs none.

    Errors: AudioError, DependencyError; ModelError for a damaged set.
    """
    reference = load_reference(source)
    if manifest is None or "speaker_encoder" not in manifest.graphs:
        unknown = "no model set" if manifest is None else f"the model set in {manifest.folder} has no speaker encoder"
        return Analysis(reference, reference.warnings, None, None, unknown)
    encoders = Encoders(manifest, threads)
    vector = encoders.speaker(reference)
    found = ((name, _cosine(vector, load_voice(manifest, name).speaker)) for name in manifest.voices)
    warnings = reference.warnings + encoders.findings([reference])
    return Analysis(
        reference=reference,
        warnings=warnings,
        neighbours=tuple(sorted(found, key=lambda pair: -pair[1])),
        emotion=encoders.emotion(reference)[1] if encoders.hears_emotion else None,
        unknown=None if encoders.hears_emotion else f"the model set in {manifest.folder} has no emotion encoder",
    )


def _cosine(first: np.ndarray, second: np.ndarray) -> float:
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9))
