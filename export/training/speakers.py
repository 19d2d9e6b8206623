"""Clips by speaker, as the training and the measuring of speaker encoders draw them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from export.features import FloatArray
from export.training.data import load
from export.training.mel_augment import disturbed, warp

SPEAKER_CORPORA = (
    "speechocean762", "dspspeech20", "librispeech_clips", "hsk_words", "aishell_sample", "pinyin_syllables",
)  # fmt: skip
# Corpora of one or two speakers: their held-out clips are not of held-out speakers.
FEW_SPEAKERS = ("hsk_words", "aishell_sample", "pinyin_syllables")
MAX_CLIPS = 250  # a speaker: the word speaker has thousands, which say nothing more about who speaks
GAP_FRAMES = 4


@dataclass
class SpeakerClips:
    """All clips that are used of one speaker; mel [T, 80] float16 each."""

    corpus: str
    speaker: str
    mels: list[np.ndarray]
    mean_log_f0: float  # median ln Hz of voiced frames
    held_out: bool = False

    def excerpt(self, frames: int, rng: np.random.Generator) -> FloatArray:
        """Mel [frames, 80]: a random piece, of several clips if one is too short."""
        pieces: list[np.ndarray] = []
        have = 0
        while have < frames:
            mel = self.mels[rng.integers(len(self.mels))]
            pieces.append(mel)
            have += len(mel)
        joined = np.concatenate(pieces) if len(pieces) > 1 else pieces[0]
        start = int(rng.integers(len(joined) - frames + 1))
        return joined[start : start + frames].astype(np.float32)


def _mel_and_f0(path: Path) -> tuple[np.ndarray, FloatArray]:
    with np.load(path) as arrays:
        mel, f0, voiced = arrays["mel"], arrays["f0"], arrays["voiced"]
    return mel, np.log(f0[voiced])


def load_speakers(held_out: bool, seed: int = 0) -> list[SpeakerClips]:
    """Speakers of all prepared corpora: those that are trained on, or those that training never hears."""
    rng = np.random.default_rng(seed)
    corpora = [c for c in SPEAKER_CORPORA if not (held_out and c in FEW_SPEAKERS)]
    by_speaker = defaultdict(list)
    for clip in load(corpora, held_out):
        by_speaker[clip.corpus, clip.speaker].append(clip)
    speakers = []
    for (corpus, speaker), clips in tqdm(by_speaker.items(), desc="speakers", mininterval=5):
        if len(clips) > MAX_CLIPS:
            clips = [clips[n] for n in sorted(rng.choice(len(clips), MAX_CLIPS, replace=False))]
        found = [_mel_and_f0(clip.path) for clip in clips]
        voiced = np.concatenate([f0 for _, f0 in found])
        median = float(np.median(voiced)) if len(voiced) else float(np.log(200))
        speakers.append(SpeakerClips(corpus, speaker, [mel for mel, _ in found], median, held_out))
    return speakers


def crop(
    clips: SpeakerClips, frames: int, rng: np.random.Generator, factor: float = 1.0, behind: SpeakerClips | None = None
) -> FloatArray:
    """A disturbed excerpt [frames, 80] of a speaker whose vocal tract is warped by `factor`."""
    mel = warp(clips.excerpt(frames, rng), factor)
    return disturbed(mel, rng, behind.excerpt(frames, rng) if behind is not None else None)
