"""Measures how a model set speaks emotions, through the runtime that users have, and writes the table and a picture.

What is said is measured (correlates.py), heard by a classifier that the synthesiser never met, and compared with the
voice's neutral speech by a speaker verification model that was trained apart from the encoder that ships.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from export.emotions import LABELS
from export.features import SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames
from export.models.emotion_encoder import EmotionJudge, emotion_statistics
from export.training.correlates import NAMES, TITLES, UNITS, Measured, changes, expected_sign, measure_correlates
from export.training.emotion import load_emotion_encoder
from export.training.emotion_judge import load_judge
from export.training.emotion_pictures import draw_emotions
from export.training.emotion_resynthesis import analysed, levelled
from export.training.evaluate import test_sentences
from export.training.evaluate_clones import people
from export.training.speaker import load_encoder
from qingyin.synthesizer import Synthesizer
from qingyin.voices import Voice

BUNDLED = 4
EMOTIONAL = LABELS[1:]


@dataclass(frozen=True)
class Spoken:
    """One utterance: its correlates, what the set's own encoder takes it for, and what the two judges go by."""

    voice: str
    sentence: int
    label: str
    correlates: Measured
    taken_for: str  # by the emotion encoder that ships, to which every voice is a stranger
    statistics: Tensor  # [S], see EmotionJudge
    speaker: FloatArray  # unit vector of the verification model


def chosen_voices(synthesizer: Synthesizer) -> list[Voice]:
    """The model set's first voices, and the clone of a held-out speaker if the set can clone."""
    voices = [synthesizer.voice(name) for name in synthesizer.voices[:BUNDLED]]
    if "speaker_encoder" in synthesizer.manifest.graphs:
        person = people()[0]
        voices.append(synthesizer.clone((person.reference, SAMPLE_RATE), name="clone"))
    return voices


def speak(
    synthesizer: Synthesizer,
    voices: Sequence[Voice],
    sentences: Sequence[str],
    encoder: nn.Module,
    verifier: nn.Module,
    strength: float = 1.0,
) -> list[Spoken]:
    """Every sentence with every label in every voice; a sentence's draws are the same for all labels."""
    spoken = []
    for voice in voices:
        for number, text in enumerate(tqdm(sentences, desc=f"voice {voice.name}", mininterval=5)):
            for label in LABELS:
                samples = synthesizer.synthesize(
                    text, voice=voice, seed=number, emotion=label, emotion_strength=strength
                ).samples
                speech = analysed(levelled(pad_to_frames(samples)))
                mel, f0 = torch.from_numpy(speech.mel)[None], torch.from_numpy(speech.f0)[None]
                voicing = torch.from_numpy(speech.voiced.astype(np.float32))[None]
                with torch.inference_mode():
                    taken_for = LABELS[int(encoder(mel, f0, voicing)[1].argmax())]
                    statistics, vector = emotion_statistics(mel, f0, voicing)[0], verifier(mel)[0].numpy()
                correlates = measure_correlates(samples)
                spoken.append(Spoken(voice.name, number, label, correlates, taken_for, statistics, vector))
    return spoken


def all_changes(spoken: Sequence[Spoken]) -> dict[str, list[dict[str, float]]]:
    """By emotion, each utterance's changes from the neutral one of the same sentence and voice."""
    neutral = {(s.voice, s.sentence): s.correlates for s in spoken if s.label == "neutral"}
    return {
        label: [changes(s.correlates, neutral[s.voice, s.sentence]) for s in spoken if s.label == label]
        for label in EMOTIONAL
    }


def right_signs(moved: dict[str, list[dict[str, float]]], label: str, name: str) -> float:
    """Share of the utterances of an emotion whose correlate moved as the literature says."""
    return float(np.mean([change[name] * expected_sign(label, name) > 0 for change in moved[label]]))


def confusion(spoken: Sequence[Spoken], heard: Sequence[str]) -> FloatArray:
    """Shares [4 asked for, 4 heard]."""
    counts = np.zeros((len(LABELS), len(LABELS)), np.float32)
    for s, label in zip(spoken, heard, strict=True):
        counts[LABELS.index(s.label), LABELS.index(label)] += 1
    return counts / counts.sum(1, keepdims=True).clip(1)


def judged(spoken: Sequence[Spoken], judge: EmotionJudge) -> list[str]:
    """What the judge hears in each utterance; it knows the voice's neutral speech of OTHER sentences."""
    heard = []
    for s in spoken:
        own = [o.statistics for o in spoken if o.voice == s.voice and o.label == "neutral" and o.sentence != s.sentence]
        with torch.inference_mode():
            logits = judge((s.statistics - torch.stack(own).mean(0))[None])
        heard.append(LABELS[int(logits.argmax())])
    return heard


@dataclass(frozen=True)
class SpeakerKept:
    """How far an emotion leaves the speaker alone."""

    cosine: dict[str, float]  # by label, with the voice's neutral speech of other sentences
    right_neutral: float  # share of neutral utterances whose speaker is found among all candidates
    kept: float  # share of the emotional ones found, where the neutral one of the same sentence was


def speaker_kept(spoken: Sequence[Spoken], strangers: FloatArray) -> SpeakerKept:
    """The verification model picks who speaks: the voices, by their neutral speech, or one of `strangers` [N, D]."""
    voices = list(dict.fromkeys(s.voice for s in spoken))
    cosines: dict[str, list[float]] = {label: [] for label in LABELS}
    right: dict[tuple[str, int, str], bool] = {}
    for s in spoken:
        centres = []
        for voice in voices:  # never the sentence itself, whose sounds all its versions share
            own = [o.speaker for o in spoken if o.voice == voice and o.label == "neutral" and o.sentence != s.sentence]
            mean = np.mean(own, axis=0)
            centres.append(mean / np.linalg.norm(mean))
        scores = np.concatenate([np.stack(centres), strangers.reshape(-1, len(s.speaker))]) @ s.speaker
        cosines[s.label].append(float(scores[voices.index(s.voice)]))
        right[s.voice, s.sentence, s.label] = int(np.argmax(scores)) == voices.index(s.voice)
    after = [found for (voice, n, label), found in right.items() if label != "neutral" and right[voice, n, "neutral"]]
    return SpeakerKept(
        {label: float(np.mean(values)) for label, values in cosines.items()},
        float(np.mean([found for (_, _, label), found in right.items() if label == "neutral"])),
        float(np.mean(after)) if after else 0.0,
    )


def strangers_of(verifier: nn.Module, count: int) -> FloatArray:
    """Vectors [count, D] of held-out speakers' recordings, none of whom is cloned here."""
    vectors = []
    for person in people()[1 : count + 1]:
        mel, _ = mel_and_energy(pad_to_frames(person.reference))
        with torch.inference_mode():
            vectors.append(verifier(torch.from_numpy(mel)[None])[0].numpy())
    return np.stack(vectors)


def _right(spoken: Sequence[Spoken], heard: Sequence[str]) -> str:
    return f"{100 * np.mean([s.label == label for s, label in zip(spoken, heard, strict=True)]):.1f} %"


def tables(spoken: Sequence[Spoken], heard: Sequence[str], kept: SpeakerKept) -> list[str]:
    """The parts of the document between its head and its picture."""
    moved = all_changes(spoken)
    rows = ["| correlate | unit |" + "".join(f" {label} | right sign |" for label in EMOTIONAL)]
    rows.append("|---|---|" + "---:|---:|" * len(EMOTIONAL))
    for name in NAMES:
        cells = []
        for label in EMOTIONAL:
            values = [change[name] for change in moved[label]]
            share = 100 * right_signs(moved, label, name)
            cells.append(f" {np.median(values):+.2f} | {share:.0f} % |")
        rows.append(f"| {TITLES[name]} | {UNITS[name]} |" + "".join(cells))
    signs = [right_signs(moved, label, name) for label in EMOTIONAL for name in NAMES]
    matrix = ["| asked for |" + "".join(f" heard {label} |" for label in LABELS), "|---|" + "---:|" * len(LABELS)]
    for label, row in zip(LABELS, confusion(spoken, heard), strict=True):
        matrix.append(f"| {label} |" + "".join(f" {100 * share:.0f} % |" for share in row))
    by_voice = []
    for voice in dict.fromkeys(s.voice for s in spoken):
        own = [n for n, s in enumerate(spoken) if s.voice == voice]
        by_voice.append(f"{voice} {_right([spoken[n] for n in own], [heard[n] for n in own])}")
    cosines = ", ".join(f"{label} {value:.2f}" for label, value in kept.cosine.items())
    figures = {
        "correlates with the expected sign, of all pairs": f"{100 * np.mean(signs):.1f} %",
        "emotion as intended, by the separate classifier (chance 25 %)": _right(spoken, heard),
        "the same by voice": ", ".join(by_voice),
        "by the emotion encoder that ships, to which every voice is a stranger": (
            _right(spoken, [s.taken_for for s in spoken])
        ),
        "cosine with the voice's neutral speech of other sentences": cosines,
        "speaker found among all candidates, neutral": f"{100 * kept.right_neutral:.1f} %",
        "speaker still found with an emotion, where found with neutral": f"{100 * kept.kept:.1f} %",
    }
    return [
        "\n".join(["| what | figure |", "|---|---:|", *(f"| {what} | {figure} |" for what, figure in figures.items())]),
        "## Correlates: medians of the changes from neutral, same sentence and voice",
        "\n".join(rows),
        "## What the separate classifier hears",
        "\n".join(matrix),
    ]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training evaluate_emotion`."""
    parser.add_argument("models", type=Path, nargs="?", default=Path("onnx_models"))
    parser.add_argument("--text", type=Path, required=True, help="zh_sentences_cc0.txt")
    parser.add_argument("--sentences", type=int, default=30)
    parser.add_argument("--strength", type=float, default=1.0, help="of the emotions (default: %(default)s)")
    parser.add_argument("--candidates", type=int, default=20, help="speakers that the verification model chooses from")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/emotions.md"))


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(1)
    synthesizer = Synthesizer.load(options.models)
    verifier = load_encoder(judge=True)
    voices = chosen_voices(synthesizer)
    sentences = test_sentences(options.text, options.sentences, seed=2)
    spoken = speak(synthesizer, voices, sentences, load_emotion_encoder(), verifier, options.strength)
    strangers = strangers_of(verifier, options.candidates - len(voices))
    kept = speaker_kept(spoken, strangers)
    heard = judged(spoken, load_judge())
    picture = options.output.with_suffix(".png")
    draw_emotions(all_changes(spoken), confusion(spoken, heard), picture)
    names, others = ", ".join(voice.name for voice in voices), len(strangers)
    head = f"""Made by `python -m export.training evaluate_emotion`: {len(sentences)} sentences, {len(LABELS)} labels,
the voices {names}, strength {options.strength:g}. Every change is against the same sentence
in the same voice with `neutral` and the same seed. The classifier (`EmotionJudge`) is another kind of model than the
emotion encoder and was trained on other people, on re-synthesised recordings (export/training/emotion_data.py) and
never on synthesis; it hears how an utterance differs from the voice's neutral speech of other sentences, as a listener
does who knows the voice, and it knows what the literature says of emotions, not how people act them. The speaker is
looked for among {len(voices) + others}: the voices' neutral speech of other sentences, and recordings of {others}
held-out people."""
    title = f"# Emotions, {datetime.date.today().isoformat()}"
    parts = [title, head, *tables(spoken, heard, kept), f"![emotions]({picture.name})"]
    text = "\n\n".join(parts) + "\n"
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")
    print(text)
