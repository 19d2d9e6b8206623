"""Loads recordings and what `emotion_data` made of them, and draws batches in which only the emotion tells clips apart.

Recordings are also restyled as they are drawn, differently every time: re-synthesis alone would give few examples.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from export.emotions import AXES, LABELS
from export.features import HOP, SAMPLE_RATE, FloatArray
from export.training.emotion_data import NO_LABEL, SECONDS, choose_sources, draw_treatment, emotion_folder
from export.training.emotion_restyle import Features, restyled
from export.training.mel_augment import disturbed, warp

SLOPE = list(AXES).index("f0_slope")
WARPS = (0.85, 1.18)
MIN_FRAMES = 90
SORTED_BATCHES = 12  # drawn together and sorted by length, so that batches are cut little
RESYNTHESISED = 0.7  # of the clips drawn: what is learnt from restyled ones alone does not carry over to sound;
AS_THEY_ARE = 0.4  # of the others, which are recordings, this share stays neutral and untouched
SOURCES_SEED = 0


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
            mel, f0, voiced = (a[key][start:end] for key in ("mel", "f0", "voiced"))
            natural = bool(a["methods"][n] < 0)
            clips.append(EmotionClip(speaker, mel, f0, voiced, int(a["labels"][n]), a["targets"][n], natural))
    if missing:
        print(f"{missing} recordings are not re-synthesised yet: emotion_data has not come to its end", flush=True)
    return [clip for clip in clips if clip.frames >= MIN_FRAMES]


def load_recordings(half: int) -> list[EmotionClip]:
    """Recordings of one half of the training speakers as they are, which counts as neutral; stretches of 3 to 5 s."""
    rng = np.random.default_rng(SOURCES_SEED)
    recordings = []
    for source in choose_sources(held_out=False, seed=SOURCES_SEED):
        speaker = f"{source.corpus}/{source.speaker}"
        if half_of(speaker) != half:
            continue
        parts = [clip.features() for clip in source.clips]
        joined = {key: np.concatenate([part[key] for part in parts]) for key in ("mel", "f0", "voiced")}
        wanted = int(rng.uniform(*SECONDS) * SAMPLE_RATE / HOP)
        start = int(rng.integers(max(1, len(joined["f0"]) - wanted)))
        mel, f0, voiced = (joined[key][start : start + wanted] for key in ("mel", "f0", "voiced"))
        if len(f0) >= MIN_FRAMES and voiced.any():
            recordings.append(EmotionClip(speaker, mel, f0, voiced, 0, np.zeros(len(AXES), np.float32), True))
    return recordings


def _restyled(clip: EmotionClip, number: int, rng: np.random.Generator) -> EmotionClip:
    """A recording with the emotion of that number, or with any mixture (-1)."""
    treatment = draw_treatment(LABELS[number] if number != NO_LABEL else None, rng)
    made = restyled(Features(clip.mel.astype(np.float32), clip.f0, clip.voiced), treatment, rng)
    target = np.array(treatment.correlates.vector()[: len(AXES)], np.float32)
    return EmotionClip(clip.speaker, made.mel, made.f0, made.voiced, number, target, False)


def _as_another(clip: EmotionClip, behind: EmotionClip, rng: np.random.Generator) -> EmotionClip:
    """A clip in another voice, through another microphone, in another room."""
    mel, f0 = clip.mel.astype(np.float32), clip.f0
    if rng.random() < 0.7:
        factor = rng.uniform(*WARPS)
        mel, f0 = warp(mel, factor), f0 * np.float32(factor)
    if rng.random() < 0.75:
        mel = disturbed(mel, rng, np.resize(behind.mel, mel.shape).astype(np.float32))
    return replace(clip, mel=mel, f0=f0)


def collate(clips: Sequence[EmotionClip], index: np.ndarray, rng: np.random.Generator | None = None) -> EmotionBatch:
    """A batch cut to its shortest clip, in the middle; with `rng` anywhere, and sometimes shorter.

    The slope that is left in a part of a clip is that part of the slope. index: [B], kept in the batch.
    """
    frames = min(clip.frames for clip in clips)
    if rng is not None and rng.random() < 0.3:
        frames = max(MIN_FRAMES, int(frames * rng.uniform(0.6, 1.0)))
    mels, f0s, voicings, targets = [], [], [], []
    for clip in clips:
        start = int(rng.integers(clip.frames - frames + 1)) if rng is not None else (clip.frames - frames) // 2
        mels.append(clip.mel[start : start + frames].astype(np.float32))
        f0s.append(clip.f0[start : start + frames].astype(np.float32))
        voicings.append(clip.voiced[start : start + frames].astype(np.float32))
        target = clip.target.copy()
        target[SLOPE] *= frames / clip.frames
        targets.append(target)
    return EmotionBatch(
        torch.from_numpy(np.stack(mels)),
        torch.from_numpy(np.stack(f0s)),
        torch.from_numpy(np.stack(voicings)),
        torch.tensor([clip.label for clip in clips]),
        torch.from_numpy(np.stack(targets)),
        index,
    )


def _chances(clips: Sequence[EmotionClip]) -> np.ndarray:
    """Chances [N] of clips of a kind that sum to 1: a speaker counts by the square root of their clips."""
    counts = Counter(clip.speaker for clip in clips)
    chances = np.array([counts[clip.speaker] ** -0.5 for clip in clips])
    return chances / max(chances.sum(), 1e-9)


def draw_batches(clips: Sequence[EmotionClip], size: int, rng: np.random.Generator) -> Iterator[EmotionBatch]:
    """Disturbed batches without end, of recordings and of what was made of them; `index` says of which clips."""
    natural = np.array([clip.natural for clip in clips])
    kinds = [np.flatnonzero(natural), np.flatnonzero(~natural)]
    made = RESYNTHESISED if len(kinds[1]) else 0.0
    chances = np.zeros(len(clips))
    for which, share in zip(kinds, (1 - made, made), strict=True):
        chances[which] = share * _chances([clips[n] for n in which.tolist()])
    while True:
        drawn = rng.choice(len(clips), size * SORTED_BATCHES, p=chances / chances.sum())
        styled = [
            _restyled(clips[n], int(rng.integers(NO_LABEL, len(LABELS))), rng)
            if natural[n] and rng.random() >= AS_THEY_ARE
            else clips[n]
            for n in drawn.tolist()
        ]
        long = [n for n, clip in enumerate(styled) if clip.frames >= MIN_FRAMES]  # fast speech may be too short now
        order = np.array(sorted(long, key=lambda n: styled[n].frames))
        for piece in rng.permutation(len(order) // size):
            own = order[piece * size : (piece + 1) * size]
            others = rng.integers(len(clips), size=size).tolist()
            heard = [_as_another(styled[n], clips[o], rng) for n, o in zip(own.tolist(), others, strict=True)]
            yield collate(heard, drawn[own], rng)


def whole_batches(clips: Sequence[EmotionClip], size: int = 16) -> Iterator[EmotionBatch]:
    """All clips once, undisturbed, in batches of about one length."""
    order = np.argsort([clip.frames for clip in clips], kind="stable")
    for start in range(0, len(order), size):
        own = order[start : start + size]
        yield collate([clips[n] for n in own], own)
