"""Recordings with their features: the real speech that vocoders are calibrated on and judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from export.features import HOP, FloatArray, mel_and_energy, pitch, resample
from export.training.data import load

SOUND_FILES = (".wav", ".flac", ".ogg")


@dataclass(frozen=True)
class Recording:
    """A recording at 22 050 Hz in the common feature space."""

    samples: FloatArray  # [T * 256]
    mel: FloatArray  # [T, 80] ln amplitude
    f0_hz: FloatArray  # [T], continuous
    voicing: FloatArray  # [T] 0 or 1


def read_recording(path: str | Path) -> Recording:
    """A sound file, mixed down and resampled. OSError, soundfile.SoundFileError: it cannot be read."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = resample(samples.mean(1), rate)
    mono = mono[: len(mono) // HOP * HOP]
    f0, voiced = pitch(mono)
    return Recording(mono, mel_and_energy(mono)[0], f0.astype(np.float32), voiced.astype(np.float32))


def of_corpora(names: Sequence[str], count: int, *, held_out: bool) -> list[Recording]:
    """About `count` clips of prepared corpora, taken at equal steps and as many of each: the part that no training
    has seen, or the other. FileNotFoundError: a corpus is not prepared.
    """
    recordings = []
    for name in names:
        clips = load([name], held_out=held_out)
        wanted = max(1, count // len(names))
        for clip in clips[:: max(1, len(clips) // wanted)][:wanted]:
            recordings.append(Recording(clip.samples, clip.mel, clip.f0.astype(np.float32), clip.voiced))
    return recordings


def of_files(paths: Sequence[Path]) -> list[Recording]:
    """Sound files, and those in folders. OSError: nothing is there, or it cannot be read."""
    recordings = []
    for path in paths:
        files = [f for f in sorted(path.rglob("*")) if f.suffix.lower() in SOUND_FILES] if path.is_dir() else [path]
        if not files:
            raise FileNotFoundError(f"{path} holds no {', '.join(SOUND_FILES)} file")
        recordings += [read_recording(file) for file in files]
    return recordings
