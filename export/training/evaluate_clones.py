"""Measures how well voices are cloned that no training has heard, through the runtime that users have.

Each held-out speaker gives a reference of some seconds; everything a clone is compared with comes from other clips.
Who it sounds like is told by a second verification model, which was trained apart from the encoder that ships.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn
from tqdm import tqdm

from export.features import SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames, pitch
from export.models.recogniser import Recogniser
from export.training.data import Utterance, load
from export.training.evaluate import heard, real_errors, test_sentences, truth
from export.training.recogniser import error_rates, load_recogniser
from export.training.speaker import load_encoder, verification
from export.training.speakers import FEW_SPEAKERS, SPEAKER_CORPORA, load_speakers
from qingyin.synthesizer import Synthesizer
from qingyin.text import analyse

SPEAKERS_A_CORPUS = {"speechocean762": 11, "librispeech_clips": 4, "dspspeech20": 5}
REFERENCE_S, OTHER_S = 6.0, 3.0
OTHERS = 4  # clips of the real speaker that a clone is compared with


@dataclass
class Person:
    """A held-out speaker: samples [n] at 22 050 Hz of the reference and of other recordings."""

    corpus: str
    speaker: str
    reference: FloatArray
    others: list[FloatArray]


def _joined(clips: Sequence[Utterance], seconds: float) -> FloatArray:
    wanted, parts = int(seconds * SAMPLE_RATE), [np.zeros(0, np.float32)]
    for clip in clips:
        if sum(map(len, parts)) >= wanted:
            break
        parts.append(clip.samples)
    return np.concatenate(parts)[:wanted]


def people() -> list[Person]:
    """Held-out speakers with enough to say, the same ones every time."""
    chosen = []
    for corpus, count in SPEAKERS_A_CORPUS.items():
        by_speaker: dict[str, list[Utterance]] = {}
        for clip in load([corpus], held_out=True):
            by_speaker.setdefault(clip.speaker, []).append(clip)
        for speaker, clips in sorted(by_speaker.items()):
            half = max(1, len(clips) // 3)
            reference = _joined(clips[:half], REFERENCE_S)
            rest = _joined(clips[half:], OTHERS * OTHER_S)
            if len(clips) == 1:  # one long recording: its end is compared with what its beginning gave
                whole = clips[0].samples
                reference, rest = whole[: len(whole) // 2], whole[len(whole) // 2 :]
            size = int(OTHER_S * SAMPLE_RATE)
            others = [rest[a : a + size] for a in range(0, len(rest) - size + 1, size)]
            if others and len(reference) >= 2 * SAMPLE_RATE:
                chosen.append(Person(corpus, speaker, reference, others))
            if sum(p.corpus == corpus for p in chosen) == count:
                break
    return chosen


def _vector(model: nn.Module, samples: FloatArray) -> np.ndarray:
    mel, _ = mel_and_energy(pad_to_frames(samples))
    with torch.inference_mode():
        return model(torch.from_numpy(mel)[None])[0].numpy()


def _median_semitones(samples: FloatArray) -> float:
    f0, voiced = pitch(pad_to_frames(samples))
    return float(12 * np.log2(np.median(f0[voiced]))) if voiced.any() else float("nan")


@dataclass
class Clones:
    """What was measured of the clones of `people`."""

    right: list[bool]
    own: list[float]  # cosine of a clone's speech with the speaker's other clips
    pitch: list[float]  # semitones of the clone's median F0 over the reference's
    phone_percent: float
    tone_percent: float
    same: float  # cosines of real clips of one speaker, and of different speakers
    different: float
    by_corpus: dict[str, float]


def clones(
    synthesizer: Synthesizer, sentences: Sequence[str], a_voice: int, judge: nn.Module, ear: Recogniser
) -> Clones:
    """Clone everybody, say `a_voice` sentences each, and measure."""
    persons = people()
    references = np.stack([_vector(judge, p.reference) for p in persons])
    others = [np.stack([_vector(judge, o) for o in p.others]) for p in persons]
    own, right, heard_clips, level = [], [], [], []
    for n, person in enumerate(tqdm(persons, desc="clones", mininterval=5)):
        voice = synthesizer.clone((person.reference, SAMPLE_RATE))
        said = []
        for k in range(a_voice):
            text = sentences[(n * a_voice + k) % len(sentences)]
            samples = synthesizer.synthesize(text, voice=voice, seed=k).samples
            said.append(samples)
            heard_clips.append((heard(samples), *truth(analyse(text).sentences)))
            vector = _vector(judge, samples)
            right.append(int(np.argmax(references @ vector)) == n)
            own.append(float((others[n] @ vector).mean()))
        level.append(_median_semitones(np.concatenate(said)) - _median_semitones(person.reference))
    errors = error_rates(ear, heard_clips)
    same = [float((o @ r).mean()) for o, r in zip(others, references, strict=True)]
    away = [
        float((others[i] @ references[j]).mean()) for i in range(len(persons)) for j in range(len(persons)) if i != j
    ]
    corpora = np.repeat([p.corpus for p in persons], a_voice)
    return Clones(
        right, own, level, errors.phone_percent, errors.tone_percent, float(np.mean(same)), float(np.mean(away)),
        {c: 100 * float(np.mean(np.array(right)[corpora == c])) for c in SPEAKERS_A_CORPUS},
    )  # fmt: skip


def _encoding_seconds(synthesizer: Synthesizer) -> float:
    samples = people()[0].reference[: 5 * SAMPLE_RATE]
    mel, _ = mel_and_energy(pad_to_frames(samples))
    times = []
    for _ in range(9):
        began = time.perf_counter()
        synthesizer.encoders.speaker_of_mel(mel)
        times.append(time.perf_counter() - began)
    return float(np.median(times))


def rows(synthesizer: Synthesizer, text: Path, a_voice: int) -> list[str]:
    """Table rows: verification, then clones."""
    held_out = [s for s in load_speakers(held_out=True) if s.corpus not in FEW_SPEAKERS]
    encoder, judge, ear = load_encoder(), load_encoder(judge=True), load_recogniser()
    own, second = verification(encoder, held_out), verification(judge, held_out)
    sentences = test_sentences(text, 100, seed=1)
    c = clones(synthesizer, sentences, a_voice, judge, ear)
    base = real_errors(ear)["aishell_sample"]
    near = 100 * float(np.mean(np.abs(c.pitch) <= 1.5))
    by_corpus = ", ".join(f"{corpus} {share:.0f} %" for corpus, share in c.by_corpus.items())
    phones, tones = c.phone_percent / base.phone_percent, c.tone_percent / base.tone_percent
    cosines = f"{np.mean(c.own):.2f}, {c.same:.2f}, {c.different:.2f}"
    figures = {
        f"equal error rate of the encoder, 3 s against 3 s, {len(held_out)} unheard speakers": f"{own['eer']:.1f} %",
        "the same, only pairs of one corpus (no room or microphone helps)": f"{own['eer_in_corpus']:.1f} %",
        "the judge's own: all pairs, pairs of one corpus": f"{second['eer']:.1f} %, {second['eer_in_corpus']:.1f} %",
        f"right speaker of {len(c.pitch)} unheard ones, first choice of the judge, {len(c.right)} sentences": (
            f"{100 * np.mean(c.right):.0f} %"
        ),
        "the same by corpus": by_corpus,
        "cosine with the speaker's other clips: clone, real clip, another speaker's real clip": cosines,
        "clones whose median F0 is within 1.5 semitones of the reference's": f"{near:.0f} %",
        "median difference of median F0, semitones": f"{np.median(np.abs(c.pitch)):.2f}",
        "phone errors of the clones, against real sentences": f"{c.phone_percent:.1f} %, {phones:.2f} ×",
        "tone errors of the clones, against real sentences": f"{c.tone_percent:.1f} %, {tones:.2f} ×",
        "speaker encoder, 5 s of mel, one thread": f"{1000 * _encoding_seconds(synthesizer):.0f} ms",
    }
    return ["| what | figure |", "|---|---:|", *(f"| {what} | {figure} |" for what, figure in figures.items())]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training evaluate_clones`."""
    parser.add_argument("models", type=Path, nargs="?", default=Path("onnx_models"))
    parser.add_argument("--text", type=Path, required=True, help="zh_sentences_cc0.txt")
    parser.add_argument("--sentences", type=int, default=5, help="a voice")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/cloning.md"))


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(1)
    table = rows(Synthesizer.load(options.models), options.text, options.sentences)
    corpora = ", ".join(c for c in SPEAKER_CORPORA if c not in FEW_SPEAKERS)
    text = f"""# Cloning: voices that no training has heard

Made by `python -m export.training evaluate_clones`. The speakers are those that the hash holds out of
{corpora}; references are up to {REFERENCE_S:.0f} s long, and the clips
that clones are compared with are others of the same speaker. The judge is another network than the encoder that ships
(export/models/speaker_encoder.py), trained apart and by another loss.

{chr(10).join(table)}
"""
    options.output.write_text(text, encoding="utf-8")
    print(text)
