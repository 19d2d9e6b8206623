"""Aligned clips as the acoustic model's training batches, some in another voice, tempo or style than was recorded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from export.training.aligned import SLOW_CORPORA, Aligned
from export.training.data import frame_groups
from export.training.style import Style

# Chance that a clip is spoken by a warped voice: Mandarin sentences have two readers only.
WARPED = {
    "hsk_words": 0.35,
    "aishell_sample": 0.4,
    "pinyin_syllables": 0.35,
    "dspspeech20": 0.15,
    "speechocean762": 0.1,
}


@dataclass
class Batch:
    """Padded tensors of some clips; `index` [B, T] tells which phoneme each frame belongs to."""

    items: Sequence[Aligned]
    manner: Tensor  # [B]
    pitch_mean: Tensor  # [B, 1]
    style: Tensor  # [B, 16] emotion vector of what the predictors shall say
    recording: Tensor  # [B, 16] the same for the decoder, with the recording's own axes
    phonemes: Tensor  # [B, N]
    tones: Tensor
    boundaries: Tensor
    log_durations: Tensor  # with the style in it
    phoneme_mask: Tensor  # [B, N, 1]
    mel: Tensor  # [B, T, 80] with the style in it
    log_f0: Tensor  # [B, T] as recorded
    pitch: Tensor  # [B, T] normalised, with the style in it
    voiced: Tensor
    energy: Tensor
    frame_mask: Tensor  # [B, T, 1]
    index: Tensor  # [B, T]
    position: Tensor  # [B, T]
    natural: Tensor  # [B, 1]


def collate(items: Sequence[Aligned], styles: Sequence[Style] | None = None) -> Batch:
    """Stack clips into a batch; without styles, each as it was spoken."""
    size, count, frames = len(items), max(len(i.phonemes) for i in items), max(len(i.f0) for i in items)
    styles = styles or [Style() for _ in items]
    styled = [style.apply(item) for item, style in zip(items, styles, strict=True)]

    def stacked(rows: list[NDArray], length: int) -> Tensor:
        out = np.zeros((size, length, *rows[0].shape[1:]), rows[0].dtype)
        for n, row in enumerate(rows):
            out[n, : len(row)] = row
        return torch.from_numpy(out)

    index = [np.repeat(np.arange(len(i.durations)), i.durations) for i in items]
    position = []
    for item in items:
        n = item.durations
        position.append(np.concatenate([(np.arange(k) + 0.5) / k for k in n if k]).astype(np.float32))
    return Batch(
        items=items,
        manner=torch.tensor([i.manner for i in items]),
        pitch_mean=torch.tensor([[i.pitch_mean] for i in items], dtype=torch.float32),
        style=torch.from_numpy(np.stack([s.vector for s in styled])),
        recording=torch.from_numpy(np.stack([s.recording for s in styled])),
        phonemes=stacked([i.phonemes for i in items], count),
        tones=stacked([i.tones for i in items], count),
        boundaries=stacked([i.boundaries for i in items], count),
        log_durations=stacked([s.log_durations for s in styled], count),
        phoneme_mask=stacked([np.ones((len(i.phonemes), 1), np.float32) for i in items], count),
        mel=stacked([s.mel for s in styled], frames),
        log_f0=stacked([np.log(i.f0) for i in items], frames),
        pitch=stacked([s.pitch for s in styled], frames),
        voiced=stacked([i.voiced for i in items], frames),
        energy=stacked([s.energy for s in styled], frames),
        frame_mask=stacked([np.ones((len(i.f0), 1), np.float32) for i in items], frames),
        index=stacked(index, frames),
        position=stacked(position, frames),
        natural=torch.tensor([[float(i.natural)] for i in items]),
    )


def batches(items: Sequence[Aligned], max_frames: int, rng: np.random.Generator) -> Iterator[Batch]:
    """One epoch: clips of like length together, slow corpora half of the time at a sentence's tempo, some voices
    warped into others, half of the clips in another style than they were spoken in."""
    drawn = []
    for item in items:
        slow = item.clip is not None and item.clip.corpus in SLOW_CORPORA
        chosen = item.at_tempo(float(rng.uniform(1.2, 2.2))) if slow and rng.random() < 0.5 else item
        if rng.random() < WARPED.get(item.speaker[0], 0.0):
            chosen = chosen.warped(float(np.exp(rng.uniform(math.log(0.82), math.log(1.22)))))
        drawn.append(chosen)
    drawn.sort(key=lambda item: len(item.f0) + rng.uniform(0, 20))
    groups = frame_groups(drawn, lambda item: len(item.f0), max_frames)
    for n in rng.permutation(len(groups)):
        yield collate(groups[n], [Style.drawn(rng) for _ in groups[n]])
