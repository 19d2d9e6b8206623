"""Collects trained weights, halved in size, and makes voices of the speakers: what `python -m export onnx` takes."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from export.models.acoustic import EMOTION_SIZE
from export.training import vocoder
from export.training.aligned import CORPORA, MANNERS
from export.training.emotion_data import CLIPS_A_SPEAKER
from export.training.paths import work_folder
from export.training.references import References
from export.training.speakers import SPEAKER_CORPORA
from export.training.trained import shipped
from export.voices import write_voice

RUNS = {
    "acoustic": CORPORA,
    "source_filter": tuple(vocoder.SHARES),
    "hifigan": tuple(vocoder.SHARES),
    "speaker_encoder": SPEAKER_CORPORA,
    "emotion_encoder": tuple(CLIPS_A_SPEAKER),
}


@dataclass(frozen=True)
class VoiceRecipe:
    """How a voice is put together: whose vector, and whose manners of reading."""

    corpus: str
    speaker: str
    prosody: dict[str, float]  # weights of manners; only aishell_sample's two ever read Mandarin sentences
    description: str
    source: str


# Isolated words teach her tones best, sentences how they run together: the weights are what a recogniser heard fewest
# errors with at a sentence's tempo (docs/training.md).
VOICES = {
    "yuetan": VoiceRecipe(
        "hsk_words",
        "yuetan",
        {"yuetan": 0.8, "S0150": 0.1, "S0252": 0.1},
        "clear adult female; timbre from isolated words, some of the sentence prosody from the two sentence readers",
        "hsk_words: recordings by Yue Tan (Shtooka), hugolpz/audio-cmn, CC BY-SA",
    ),
    "s0150": VoiceRecipe(
        "aishell_sample",
        "S0150",
        {"S0150": 1.0},
        "adult, middle, sentences",
        "aishell_sample: AISHELL-1, speaker S0150, Apache-2.0",
    ),
    "s0252": VoiceRecipe(
        "aishell_sample",
        "S0252",
        {"S0252": 1.0},
        "adult, low, sentences",
        "aishell_sample: AISHELL-1, speaker S0252, Apache-2.0",
    ),
    "chenwang": VoiceRecipe(
        "pinyin_syllables",
        "chenwang",
        {"chenwang": 0.5, "yuetan": 0.4, "S0150": 0.05, "S0252": 0.05},
        "timbre from single syllables, prosody borrowed from the other voices",
        "pinyin_syllables: recordings by Chen Wang, hugolpz/audio-cmn, CC BY-SA",
    ),
}


def slim(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Weight matrices as fp16, everything small as it is."""

    def smaller(value: torch.Tensor) -> torch.Tensor:
        return value.half() if value.is_floating_point() and value.ndim > 1 else value

    return {key: smaller(value) for key, value in state.items()}


def write_voices(checkpoint: dict[str, Any], folder: Path, references: References) -> None:
    """One file a voice, uncalibrated: rate 1, gain 0 (see `calibrate`)."""
    table = checkpoint["model"]["table.weight"].float()
    for name, recipe in VOICES.items():
        prosody = torch.stack([table[MANNERS.index(m)] * weight for m, weight in recipe.prosody.items()]).sum(0)
        write_voice(
            folder,
            name,
            speaker=references.mean_vector(recipe.corpus, recipe.speaker).tolist(),
            prosody=prosody.tolist(),
            emotion=[0.0] * EMOTION_SIZE,
            pitch_mean_ln_hz=references.speakers[recipe.corpus, recipe.speaker].mean_log_f0,
            description=recipe.description,
            source=recipe.source,
        )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training release`."""
    parser.add_argument("-o", "--output", type=Path, default=Path("checkpoints"), metavar="DIR")


def main(options: argparse.Namespace) -> None:
    """Run the command; runs that do not exist yet are named and left out."""
    options.output.mkdir(parents=True, exist_ok=True)
    for name, corpora in RUNS.items():
        source = work_folder() / "runs" / name / "last.pt"
        if not source.is_file():
            print(f"{name}: no run yet")
            continue
        run = torch.load(source, map_location="cpu", weights_only=True)
        checkpoint = {
            "config": run["config"],
            "model": slim(shipped(run["model"])),
            "training_data": list(corpora),
            "step": run["step"],
            "seconds": run["seconds"],
        }
        torch.save(checkpoint, options.output / f"{name}.pt")
        print(f"{name}: step {run['step']}, {run['seconds'] / 60:.0f} minutes of training")
        if name == "acoustic":
            write_voices(run, options.output / "voices", References())
