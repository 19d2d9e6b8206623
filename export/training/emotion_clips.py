"""Loads the clips of `emotion_data` and draws batches of them, disturbed so that only the emotion tells them apart."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from export.emotions import AXES
from export.features import FloatArray
from export.training.emotion_data import emotion_folder
from export.training.mel_augment import disturbed, warp

SLOPE = list(AXES).index("f0_slope")
WARPS = (0.85, 1.18)
MIN_FRAMES = 90
SORTED_BATCHES = 12  # drawn together and sorted by length, so that batches are cut little


@dataclass
class EmotionClip:
    """One version of a recording: mel [T, 80] float16, f0 [T] Hz, voiced [T] bool, target [6] in units of `AXES`."""

    speaker: str
    mel: np.ndarray
    f0: np.ndarray
    voiced: np.ndarray
    label: int  # -1: a mixture
    target: FloatArray
    natural: bool  # not re-synthesised

    @property
    def frames(self) -> int:
        """T."""
        return len(self.f0)


@dataclass
class EmotionBatch:
    """mel [B, T, 80], f0, voicing [B, T], labels [B] (-1: none), targets [B, 6], index [B] of the clips."""

    mel: Tensor
    f0: Tensor
    voicing: Tensor
    labels: Tensor
    targets: Tensor
    index: np.ndarray

    @property
    def inputs(self) -> tuple[Tensor, Tensor, Tensor]:
        """What the encoders take."""
        return self.mel, self.f0, self.voicing


def half_of(speaker: str) -> int:
    """0 or 1: whether the encoder or its judge trains on a speaker."""
    return zlib.crc32(speaker.encode()) & 1


def load_emotion_clips(held_out: bool, half: int | None = None) -> list[EmotionClip]:
    """Every version of the recordings of the training speakers (of one half of them), or of the held-out speakers.

    Raises:
        FileNotFoundError: they have not been made yet.
    """
    index = emotion_folder() / "index.json"
    if not index.is_file():
        raise FileNotFoundError("no emotional clips; run: python -m export.training emotion_data")
    clips, missing = [], 0
    for facts in json.loads(index.read_text(encoding="utf-8")):
        speaker = f"{facts['corpus']}/{facts['speaker']}"
        if facts["held_out"] != held_out or (half is not None and half_of(speaker) != half):
            continue
        path = index.parent / f"{facts['name']}.npz"
        if not path.is_file():
            missing += 1
            continue
        with np.load(path) as arrays:
            a = dict(arrays)
        ends = np.cumsum(a["lengths"])
        for n, (start, end) in enumerate(zip(ends - a["lengths"], ends, strict=True)):
            clips.append(
                EmotionClip(
                    speaker,
                    a["mel"][start:end],
                    a["f0"][start:end],
                    a["voiced"][start:end],
                    int(a["labels"][n]),
                    a["targets"][n],
                    bool(a["methods"][n] < 0),
                )
            )
    if missing:
        print(f"{missing} recordings are not re-synthesised yet: emotion_data has not come to its end", flush=True)
    return [clip for clip in clips if clip.frames >= MIN_FRAMES]


def collate(clips: Sequence[EmotionClip], index: np.ndarray, rng: np.random.Generator | None = None) -> EmotionBatch:
    """A batch cut to its shortest clip; with `rng` of other voices, in other rooms and at random places.

    The slope that is left in a part of a clip is that part of the slope.
    """
    chosen = [clips[n] for n in index]
    frames = min(clip.frames for clip in chosen)
    if rng is not None and rng.random() < 0.3:
        frames = max(MIN_FRAMES, int(frames * rng.uniform(0.6, 1.0)))
    mels, f0s, voicings, targets = [], [], [], []
    for clip in chosen:
        start = int(rng.integers(clip.frames - frames + 1)) if rng is not None else (clip.frames - frames) // 2
        cut = slice(start, start + frames)
        mel, f0 = clip.mel[cut].astype(np.float32), clip.f0[cut].astype(np.float32)
        if rng is not None:
            if rng.random() < 0.7:
                factor = rng.uniform(*WARPS)
                mel, f0 = warp(mel, factor), f0 * np.float32(factor)
            if rng.random() < 0.75:
                other = clips[int(rng.integers(len(clips)))].mel
                behind = np.resize(other, (frames, other.shape[1])).astype(np.float32)
                mel = disturbed(mel, rng, behind)
        mels.append(mel)
        f0s.append(f0)
        voicings.append(clip.voiced[cut].astype(np.float32))
        target = clip.target.copy()
        target[SLOPE] *= frames / clip.frames
        targets.append(target)
    return EmotionBatch(
        torch.from_numpy(np.stack(mels)),
        torch.from_numpy(np.stack(f0s)),
        torch.from_numpy(np.stack(voicings)),
        torch.tensor([clip.label for clip in chosen]),
        torch.from_numpy(np.stack(targets)),
        index,
    )


def draw_batches(clips: Sequence[EmotionClip], size: int, rng: np.random.Generator) -> Iterator[EmotionBatch]:
    """Disturbed batches without end; a speaker counts by the square root of their clips."""
    counts = Counter(clip.speaker for clip in clips)
    chance = np.array([counts[clip.speaker] ** -0.5 for clip in clips])
    chance /= chance.sum()
    lengths = np.array([clip.frames for clip in clips])
    while True:
        drawn = rng.choice(len(clips), size * SORTED_BATCHES, p=chance)
        drawn = drawn[np.argsort(lengths[drawn], kind="stable")].reshape(SORTED_BATCHES, size)
        for n in rng.permutation(SORTED_BATCHES):
            yield collate(clips, drawn[n], rng)


def whole_batches(clips: Sequence[EmotionClip], size: int = 16) -> Iterator[EmotionBatch]:
    """All clips once, undisturbed, in batches of about one length."""
    order = np.argsort([clip.frames for clip in clips], kind="stable")
    for start in range(0, len(order), size):
        yield collate(clips, order[start : start + size])
