"""Clips with their alignments, as the acoustic model's training batches."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from export.corpora import CorpusError
from export.features import F0_CEILING_HZ, F0_FLOOR_HZ, FloatArray
from export.training.data import Utterance, load
from export.training.mel_augment import warp
from export.training.paths import work_folder
from export.training.transcripts import transcribe
from qingyin.text.symbols import FINALS, PAUSE, PHONEME_IDS, PHRASE_END

# The Mandarin recordings with a text that are clear enough to learn a voice by heart from.
CLEAR_CORPORA = ("hsk_words", "aishell_sample", "pinyin_syllables")
# All recordings with a text: Mandarin and English words of many in a room, English sentences of learners.
CORPORA = (*CLEAR_CORPORA, "dspspeech20", "speechocean762")
# Manners of reading: whose melody and rhythm. The many of one corpus share one, or there would be too little of each.
MANNERS = ("yuetan", "S0150", "S0252", "chenwang", "dspspeech20", "speechocean762")

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
    speaker: tuple[str, str]  # corpus and speaker
    pitch_mean: float  # median ln Hz of the speaker
    phonemes: NDArray[np.int64]
    tones: NDArray[np.int64]
    boundaries: NDArray[np.int64]
    durations: NDArray[np.int64]
    mel: FloatArray
    f0: FloatArray
    voiced: FloatArray
    energy: FloatArray
    natural: bool = True  # False for copies at another tempo: their prosody is nobody's
    start: int = 0  # frame of the clip at which the features begin
    warp: float = 1.0  # by which the frequencies were multiplied, see `mel_augment.warp`

    @property
    def manner(self) -> int:
        """Row in the table of `MANNERS`."""
        corpus, speaker = self.speaker
        return MANNERS.index(speaker if speaker in MANNERS else corpus)

    def warped(self, factor: float) -> Aligned:
        """A copy spoken by someone with a vocal tract and a larynx smaller by `factor`: another voice."""
        f0 = np.clip(self.f0 * np.float32(factor), F0_FLOOR_HZ, F0_CEILING_HZ)
        mean = self.pitch_mean + math.log(factor)
        return replace(self, mel=warp(self.mel, factor), f0=f0, pitch_mean=mean, warp=factor)

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
            return (x[low] * (1 - weight) + x[high] * weight).astype(x.dtype)

        return replace(
            self,
            clip=None,
            durations=durations,
            mel=blend(self.mel),
            f0=np.exp(blend(np.log(self.f0))),
            voiced=self.voiced[nearest],
            energy=blend(self.energy),
            natural=False,
        )


def repeated(items: Sequence[Aligned], times: dict[str, float], rng: np.random.Generator) -> list[Aligned]:
    """Each clip as often as its corpus counts in an epoch: once, unless `times` names it; a fraction is a chance."""
    return [item for item in items for _ in range(int(times.get(item.speaker[0], 1.0) + rng.random()))]


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


def load_aligned(corpora: Sequence[str], held_out: bool = False) -> list[Aligned]:
    """Clips of the corpora that have an alignment.

    Raises:
        FileNotFoundError: nothing has been prepared or aligned yet.
        CorpusError: nothing is left to train on.
    """
    alignments = read_alignments()
    items, changed = [], 0
    for clip in load(corpora, held_out):
        found = alignments.get(clip.key)
        if found is None:
            continue
        phonemes, boundaries, durations = (
            np.array(found[key], np.int64) for key in ("phonemes", "boundaries", "durations")
        )
        try:
            tones, boundaries = _transcribed_again(clip, phonemes, boundaries)
        except ValueError:
            changed += 1
            continue
        arrays = clip.features()
        kept = slice(
            max(0, int(durations[0]) - EDGE_FRAMES), len(arrays["f0"]) - max(0, int(durations[-1]) - EDGE_FRAMES)
        )
        durations[[0, -1]] = np.minimum(durations[[0, -1]], EDGE_FRAMES)
        mel = arrays["mel"][kept]  # as float16: halves the memory of half a day of speech
        f0, voiced, energy = (arrays[key][kept].astype(np.float32) for key in ("f0", "voiced", "energy"))
        speaker = (clip.corpus, clip.speaker)
        item = Aligned(clip, speaker, 0.0, phonemes, tones, boundaries, durations, mel, f0, voiced, energy)
        items.append(replace(item, start=kept.start))
    if changed:
        print(f"{changed} clips left out: the front end reads them otherwise than when they were aligned; align again")
    if not items and not held_out:
        raise CorpusError(f"no clip of {', '.join(corpora)} has an alignment; run: python -m export.training align")
    _set_pitch_means(items)
    return items


def _set_pitch_means(items: Sequence[Aligned]) -> None:
    by_speaker: dict[tuple[str, str], list[Aligned]] = defaultdict(list)
    for item in items:
        by_speaker[item.speaker].append(item)
    for own in by_speaker.values():
        voiced = np.concatenate([i.f0[i.voiced > 0] for i in own])
        mean = float(np.median(np.log(voiced))) if len(voiced) else math.log(200.0)
        for item in own:
            item.pitch_mean = mean


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
