"""Clips with their alignments, as the acoustic model's training batches."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from export.corpora import CorpusError
from export.features import FloatArray
from export.training.data import Utterance, frame_groups, load
from export.training.paths import work_folder
from export.training.transcripts import transcribe
from qingyin.text.symbols import FINALS, PAUSE, PHONEME_IDS, PHRASE_END

# The Mandarin recordings with a text, and who speaks in them, in the order of the speaker table.
CORPORA = ("hsk_words", "aishell_sample", "pinyin_syllables")
SPEAKERS = ("yuetan", "S0150", "S0252", "chenwang")

_IS_FINAL = np.zeros(len(PHONEME_IDS), bool)
_IS_FINAL[[PHONEME_IDS[final] for final in FINALS]] = True
# Corpora of words and syllables read slowly; copies at the tempo of sentences teach the decoder how they would sound
# there.
SLOW_CORPORA = ("hsk_words", "pinyin_syllables")

EDGE_FRAMES = 12  # of silence kept at each end; more would teach nothing and cost time


@dataclass
class Aligned:
    """One clip: features per frame [T] and phonemes [N]."""

    clip: Utterance | None
    speaker: int
    phonemes: NDArray[np.int64]
    tones: NDArray[np.int64]
    boundaries: NDArray[np.int64]
    durations: NDArray[np.int64]
    mel: FloatArray
    f0: FloatArray
    voiced: FloatArray
    energy: FloatArray
    natural: bool = True  # False for copies at another tempo: their prosody is nobody's

    def at_tempo(self, factor: float) -> Aligned:
        """A copy `factor` times as fast, finals giving way more than initials, as in fast speech (Gay 1981)."""
        rates = np.where(_IS_FINAL[self.phonemes], factor, factor**0.6)
        durations = np.maximum(3, np.round(self.durations / rates)).astype(np.int64)
        durations = np.minimum(durations, self.durations)
        starts = np.cumsum(self.durations) - self.durations
        phonemes = zip(starts, self.durations, durations, strict=True)
        at = np.concatenate([start + (np.arange(new) + 0.5) * old / new - 0.5 for start, old, new in phonemes])
        at = at.clip(0, len(self.f0) - 1)
        low = at.astype(np.int64)
        high, part = np.minimum(low + 1, len(self.f0) - 1), (at - low).astype(np.float32)
        nearest = np.round(at).astype(np.int64)

        def blend(x: FloatArray) -> FloatArray:
            weight = part[:, None] if x.ndim == 2 else part
            return x[low] * (1 - weight) + x[high] * weight

        return Aligned(
            None,
            self.speaker,
            self.phonemes,
            self.tones,
            self.boundaries,
            durations,
            blend(self.mel),
            np.exp(blend(np.log(self.f0))),
            self.voiced[nearest],
            blend(self.energy),
            natural=False,
        )


def repeated(items: Sequence[Aligned], times: dict[str, int]) -> list[Aligned]:
    """Each clip as often as its corpus counts in an epoch: once, if `times` does not name it."""
    return [item for item in items for _ in range(times.get(item.clip.corpus if item.clip else "", 1))]


def read_alignments() -> dict[str, dict[str, list[int]]]:
    """What `align` found: phonemes, tones, boundaries and durations in frames, each [N], by the clips' keys.

    Raises:
        FileNotFoundError: nothing has been aligned yet.
    """
    path = work_folder() / "alignments.json"
    if not path.is_file():
        raise FileNotFoundError("no alignments; run: python -m export.training align")
    alignments: dict[str, dict[str, list[int]]] = json.loads(path.read_text())
    return alignments


def load_aligned(corpora: Sequence[str], speakers: Sequence[str], held_out: bool = False) -> list[Aligned]:
    """Clips of the corpora that have an alignment, with `speakers` giving the table's order.

    Raises:
        FileNotFoundError: nothing has been prepared or aligned yet.
        CorpusError: a speaker is not in the table, or nothing is left to train on.
    """
    alignments = read_alignments()
    items, changed = [], 0
    for clip in load(corpora, held_out):
        found = alignments.get(clip.key)
        if found is None:
            continue
        if clip.speaker not in speakers:
            raise CorpusError(f"{clip.key}: speaker {clip.speaker} is none of {', '.join(speakers)}")
        phonemes, boundaries, durations = (
            np.array(found[key], np.int64) for key in ("phonemes", "boundaries", "durations")
        )
        try:
            tones, boundaries = _transcribed_again(clip, phonemes, boundaries)
        except ValueError:
            changed += 1
            continue
        kept = slice(max(0, int(durations[0]) - EDGE_FRAMES), clip.frames - max(0, int(durations[-1]) - EDGE_FRAMES))
        durations[[0, -1]] = np.minimum(durations[[0, -1]], EDGE_FRAMES)
        features = (clip.mel[kept], clip.f0[kept], clip.voiced[kept], clip.energy[kept])
        items.append(Aligned(clip, speakers.index(clip.speaker), phonemes, tones, boundaries, durations, *features))
    if changed:
        print(f"{changed} clips left out: the front end reads them otherwise than when they were aligned; align again")
    if not items and not held_out:
        raise CorpusError(f"no clip of {', '.join(corpora)} has an alignment; run: python -m export.training align")
    return items


def _transcribed_again(
    clip: Utterance, phonemes: NDArray[np.int64], boundaries: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tones, and boundaries of words, as the front end has them today.

    Pauses and ends stay where the alignment found them.

    Raises:
        ValueError: the front end no longer gives these phonemes.
    """
    transcript = transcribe(clip.text, clip.language)
    spoken = phonemes > PHONEME_IDS[PAUSE]
    if transcript.phonemes != phonemes[spoken].tolist():
        raise ValueError(clip.key)
    tones, words = np.zeros_like(boundaries), np.zeros_like(boundaries)
    tones[spoken], words[spoken] = transcript.tones, transcript.boundaries
    return tones, np.where(boundaries >= PHRASE_END, boundaries, words)


@dataclass
class Batch:
    """Padded tensors of some clips; `index` [B, T] tells which phoneme each frame belongs to."""

    speaker: Tensor  # [B]
    phonemes: Tensor  # [B, N]
    tones: Tensor
    boundaries: Tensor
    durations: Tensor
    phoneme_mask: Tensor  # [B, N, 1]
    mel: Tensor  # [B, T, 80]
    log_f0: Tensor  # [B, T]
    voiced: Tensor
    energy: Tensor
    frame_mask: Tensor  # [B, T, 1]
    index: Tensor  # [B, T]
    position: Tensor  # [B, T]
    natural: Tensor  # [B, 1]


def collate(items: Sequence[Aligned]) -> Batch:
    """Stack clips into a batch."""
    size, count, frames = len(items), max(len(i.phonemes) for i in items), max(len(i.f0) for i in items)

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
        speaker=torch.tensor([i.speaker for i in items]),
        phonemes=stacked([i.phonemes for i in items], count),
        tones=stacked([i.tones for i in items], count),
        boundaries=stacked([i.boundaries for i in items], count),
        durations=stacked([i.durations for i in items], count),
        phoneme_mask=stacked([np.ones((len(i.phonemes), 1), np.float32) for i in items], count),
        mel=stacked([i.mel for i in items], frames),
        log_f0=stacked([np.log(i.f0) for i in items], frames),
        voiced=stacked([i.voiced for i in items], frames),
        energy=stacked([i.energy for i in items], frames),
        frame_mask=stacked([np.ones((len(i.f0), 1), np.float32) for i in items], frames),
        index=stacked(index, frames),
        position=stacked(position, frames),
        natural=torch.tensor([[float(i.natural)] for i in items]),
    )


def batches(items: Sequence[Aligned], max_frames: int, rng: np.random.Generator) -> Iterator[Batch]:
    """One epoch: clips of like length together, slow corpora half of the time at a sentence's tempo."""
    drawn = []
    for item in items:
        slow = item.clip is not None and item.clip.corpus in SLOW_CORPORA
        drawn.append(item.at_tempo(float(rng.uniform(1.2, 2.2))) if slow and rng.random() < 0.5 else item)
    drawn.sort(key=lambda item: len(item.f0) + rng.uniform(0, 20))
    groups = frame_groups(drawn, lambda item: len(item.f0), max_frames)
    for n in rng.permutation(len(groups)):
        yield collate(groups[n])
