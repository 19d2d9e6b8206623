"""Loads prepared clips for training and measuring; held-out clips come only to those who ask for nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from export.features import FloatArray
from export.training.paths import data_folder

Item = TypeVar("Item")


@dataclass
class Utterance:
    """One prepared clip; features are read from disk when first asked for and then kept."""

    corpus: str
    name: str
    speaker: str
    language: str
    text: str
    bandwidth_hz: float
    path: Path

    @cached_property
    def _arrays(self) -> dict[str, NDArray]:
        with np.load(self.path) as arrays:
            return dict(arrays)

    def features(self) -> dict[str, NDArray]:
        """Mel, energy, f0 and voiced as stored, read anew: without the samples, and not kept."""
        with np.load(self.path) as arrays:
            return {key: arrays[key] for key in ("mel", "energy", "f0", "voiced")}

    @property
    def key(self) -> str:
        """Name that is unique over all corpora."""
        return f"{self.corpus}/{self.name}"

    @property
    def samples(self) -> FloatArray:
        """[T * 256] float32 PCM."""
        return self._arrays["pcm"].astype(np.float32) / np.float32(32767)

    @property
    def pcm(self) -> NDArray[np.int16]:
        """[T * 256] int16 PCM."""
        return self._arrays["pcm"]

    @property
    def mel(self) -> FloatArray:
        """[T, 80] ln amplitude."""
        return self._arrays["mel"].astype(np.float32)

    @property
    def f0(self) -> FloatArray:
        """[T] Hz, continuous."""
        return self._arrays["f0"]

    @property
    def voiced(self) -> FloatArray:
        """[T] 0 or 1."""
        return self._arrays["voiced"].astype(np.float32)

    @property
    def energy(self) -> FloatArray:
        """[T] ln of the spectrum's norm."""
        return self._arrays["energy"].astype(np.float32)

    @property
    def frames(self) -> int:
        """T."""
        return len(self._arrays["f0"])


def load(corpora: Sequence[str], held_out: bool = False) -> list[Utterance]:
    """Utterances of the prepared corpora: the training part, or the held-out part.

    Raises:
        FileNotFoundError: a corpus has not been prepared yet.
    """
    utterances = []
    for corpus in corpora:
        folder = data_folder() / corpus
        if not (folder / "index.json").is_file():
            raise FileNotFoundError(
                f"{corpus} is not prepared; run: python -m export.training prepare FOLDER --only {corpus}"
            )
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        utterances += [
            Utterance(
                corpus,
                c["name"],
                c["speaker"],
                c["language"],
                c["text"],
                index["bandwidth_hz"],
                folder / f"{c['name']}.npz",
            )
            for c in index["clips"]
            if c["held_out"] == held_out
        ]
    return utterances


def frame_groups(items: Sequence[Item], frames: Callable[[Item], int], max_frames: int) -> list[list[Item]]:
    """Items, sorted by length, cut into batches of about `max_frames` frames, padding to the longest counted."""
    groups: list[list[Item]] = [[]]
    for item in items:
        if groups[-1] and frames(item) * (len(groups[-1]) + 1) > max_frames:
            groups.append([])
        groups[-1].append(item)
    return groups
