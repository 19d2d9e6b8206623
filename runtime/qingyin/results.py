"""Exists to be what a synthesis gives back: sound, and what is to be said about how it came about."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from qingyin.text import Note, Sentence, Unspoken


@dataclass
class Timings:
    """Seconds of wall-clock time; the stages grow while a stream runs."""

    text: float = 0.0
    encoder: float = 0.0
    decoder: float = 0.0
    vocoder: float = 0.0
    first_audio: float | None = None  # from the call to the first chunk, without waiting
    total: float = 0.0  # time spent inside the generator, without what the caller does between chunks
    waiting: float = 0.0  # for text that had not arrived yet; in none of the others
    audio: float = 0.0  # seconds of sound made

    @property
    def real_time_factor(self) -> float:
        """Computing time per second of sound; NaN before any."""
        return self.total / self.audio if self.audio else float("nan")


@dataclass
class Report:
    """What happened in one call; a stream's chunks share one that grows until the last chunk."""

    voice: str
    vocoder: str
    seed: int
    unspoken: list[Unspoken] = field(default_factory=list)  # text that was not said, and why
    notes: list[Note] = field(default_factory=list)  # text that was said in a makeshift way
    warnings: list[str] = field(default_factory=list)  # about voice and references, one line each
    sentences: int = 0
    timings: Timings = field(default_factory=Timings)


@dataclass(frozen=True, eq=False)
class AudioChunk:
    """A stretch of final sound. samples: float32 [n] in [-1, 1]."""

    samples: np.ndarray
    sample_rate: int
    sentence: Sentence
    sentence_index: int
    last_of_sentence: bool
    report: Report

    def __len__(self) -> int:
        return len(self.samples)


@dataclass(frozen=True, eq=False)
class Audio:
    """A whole text's sound. samples: float32 [n] in [-1, 1]."""

    samples: np.ndarray
    sample_rate: int
    report: Report

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    def save(self, path: str | os.PathLike[str], rate: int | None = None) -> None:
        """Writes .wav, .flac, .ogg, .opus or .mp3, wholly or not at all. rate: Hz of the file; None for the
        sound's own (Opus: 24000). Errors: AudioError, DependencyError.
        """
        from qingyin.audio import write_audio

        write_audio(Path(path), self.samples, self.sample_rate, rate)
