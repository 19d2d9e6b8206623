"""Makes what emotion models learn from: clips of many speakers as they are, and re-synthesised with known emotions."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import zlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from export.emotions import AXES, LABELS, PAUSES, RECIPES, Correlates
from export.features import SAMPLE_RATE, FloatArray, pad_to_frames
from export.training.data import Utterance, load
from export.training.emotion_resynthesis import METHODS, Recording, Treatment, analysed, resynthesise
from export.training.paths import work_folder
from export.training.speakers import FEW_SPEAKERS

# Clips a speaker, by corpus: speakers weigh alike, but for the few who alone read sentences or words in numbers.
CLIPS_A_SPEAKER = {
    "speechocean762": 2, "librispeech_clips": 1, "dspspeech20": 6, "aishell_sample": 60, "hsk_words": 60,
}  # fmt: skip
SECONDS = (3.0, 5.0)
STRENGTHS = (0.5, 1.4)
MIX_STRENGTHS = (0.0, 1.5)
# Standard deviations by which a sentence departs from its recipe: people are no recipes.
SPREAD = Correlates(f0_level=0.8, f0_range=0.1, f0_slope=0.8, rate=0.05, energy=1.0, tilt=0.5)
NO_LABEL = -1


def emotion_folder() -> Path:
    """Where the clips are kept."""
    return work_folder() / "emotion"


def _sum(parts: list[tuple[float, Correlates]]) -> Correlates:
    return Correlates(**{name: sum(weight * getattr(c, name) for weight, c in parts) for name in AXES})


def draw_treatment(label: str | None, rng: np.random.Generator) -> Treatment:
    """A random treatment that makes an emotion, or with None any mixture of them all."""
    if label is None:
        weights = rng.dirichlet(np.ones(len(LABELS) - 1)) * rng.uniform(*MIX_STRENGTHS)
    else:
        weights = (np.array(LABELS[1:]) == label) * rng.uniform(*STRENGTHS)
    own = dict(zip(LABELS[1:], weights.tolist(), strict=True))
    spread = 2.0 if label is None else 1.0
    noise = Correlates(**{name: spread * getattr(SPREAD, name) * rng.standard_normal() for name in AXES})
    pauses = np.exp(sum(weight * np.log(PAUSES[name]) for name, weight in own.items()) + 0.1 * rng.standard_normal())
    rough, breathy = rng.random(2) < 0.5  # cues that not every voice has, and that the synthesiser has none of
    return Treatment(
        _sum([*((weight, RECIPES[name]) for name, weight in own.items()), (1.0, noise)]),
        float(pauses),
        jitter=float(rng.uniform(0, 0.003) + rough * own["angry"] * rng.uniform(0, 0.015)),
        breath=float(breathy * own["sad"] * rng.uniform(0.1, 0.5)),
        unvoiced_share=float(rng.uniform(0.3, 1.0)),
    )


@dataclasses.dataclass
class Source:
    """A recording to be treated: one clip or several joined."""

    name: str
    corpus: str
    speaker: str
    held_out: bool
    clips: list[Utterance]
    seed: int

    def samples(self) -> FloatArray:
        """[T * 256], a random stretch of 3 to 5 s (all, if there is less)."""
        rng = np.random.default_rng([self.seed, zlib.crc32(self.name.encode())])
        joined = np.concatenate([clip.samples for clip in self.clips])
        wanted = int(rng.uniform(*SECONDS) * SAMPLE_RATE)
        if len(self.clips) > 1 or len(joined) <= wanted * 1.2:  # clips are not cut where they need not be
            return pad_to_frames(joined)
        start = int(rng.integers(len(joined) - wanted))
        return pad_to_frames(joined[start : start + wanted])


def choose_sources(held_out: bool, seed: int, share: float = 1.0) -> list[Source]:
    """Recordings of the training speakers, or of the speakers that training never hears."""
    rng = np.random.default_rng(seed)
    corpora = [c for c in CLIPS_A_SPEAKER if not (held_out and c in FEW_SPEAKERS)]
    by_speaker: dict[tuple[str, str], list[Utterance]] = defaultdict(list)
    for clip in load(corpora, held_out):
        by_speaker[clip.corpus, clip.speaker].append(clip)
    sources = []
    for (corpus, speaker), clips in sorted(by_speaker.items()):
        if rng.random() >= share:
            continue
        order = [clips[n] for n in rng.permutation(len(clips))]
        for n in range(CLIPS_A_SPEAKER[corpus]):
            wanted = rng.uniform(*SECONDS) * 0.9
            chosen: list[Utterance] = []
            while order and sum(c.frames for c in chosen) * 256 / SAMPLE_RATE < wanted:
                chosen.append(order.pop())
            if sum(c.frames for c in chosen) * 256 / SAMPLE_RATE >= SECONDS[0] * 0.6:
                sources.append(Source(f"{corpus}-{speaker}-{n}", corpus, speaker, held_out, chosen, seed))
    return [sources[n] for n in rng.permutation(len(sources))]


def make(source: Source) -> dict[str, Any]:
    """Every version of one recording, one behind the other.

    mel [T, 80] float16, f0 [T], voiced [T]; by version: lengths, labels (-1: a mixture), targets [V, 6] in units of
    `AXES`, and method (-1: the recording itself, which counts as neutral).
    """
    rng = np.random.default_rng([source.seed, 1, zlib.crc32(source.name.encode())])
    recording = Recording(source.samples())
    method = int(rng.integers(len(METHODS)))  # one a recording: the sound of a method is then no cue
    versions = [(analysed(recording.samples.astype(np.float32)), 0, Correlates(), -1)]
    for number, label in enumerate((*LABELS, None)):
        treatment = draw_treatment(label, rng)
        speech = resynthesise(recording, treatment, rng, METHODS[method])
        versions.append((speech, number if label is not None else NO_LABEL, treatment.correlates, method))
    return {
        "mel": np.concatenate([v[0].mel for v in versions]).astype(np.float16),
        "f0": np.concatenate([v[0].f0 for v in versions]),
        "voiced": np.concatenate([v[0].voiced for v in versions]),
        "lengths": np.array([len(v[0].f0) for v in versions], np.int32),
        "labels": np.array([v[1] for v in versions], np.int8),
        "targets": np.array([v[2].vector()[: len(AXES)] for v in versions], np.float32),
        "methods": np.array([v[3] for v in versions], np.int8),
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training emotion_data`."""
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1.0, help="of the speakers, for a trial")


def main(options: argparse.Namespace) -> None:
    """Run the command; what is there already is kept."""
    folder = emotion_folder()
    folder.mkdir(parents=True, exist_ok=True)
    sources = [s for held_out in (True, False) for s in choose_sources(held_out, options.seed, options.share)]
    facts = [{"name": s.name, "corpus": s.corpus, "speaker": s.speaker, "held_out": s.held_out} for s in sources]
    (folder / "index.json").write_text(json.dumps(facts, indent=0), encoding="utf-8")
    for source in tqdm(sources, desc="emotion", mininterval=10):
        path = folder / f"{source.name}.npz"
        if path.is_file():
            continue
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, **make(source))
        os.replace(temporary, path)
        for clip in source.clips:
            clip.__dict__.pop("_arrays", None)  # read features need not stay in memory
    held_out = sum(s.held_out for s in sources)
    speakers = len({(s.corpus, s.speaker) for s in sources})
    print(f"{len(sources)} recordings of {speakers} speakers, {held_out} of them held out, in {folder}")
