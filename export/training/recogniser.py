"""Trains the recogniser that measures intelligibility; it never hears synthesised speech."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from export.models.recogniser import Recogniser, greedy, recogniser_features
from export.training.aligned import CLEAR_CORPORA, Aligned, load_aligned, repeated
from export.training.data import frame_groups
from export.training.loop import Run
from export.training.trained import read_run
from qingyin.text.symbols import FINALS, PAUSE, PHONEME_IDS, PHONEMES, SENTENCE_SILENCE

CORPORA = (*CLEAR_CORPORA, "dspspeech20")  # Mandarin of four in the clear, and words of many in a room
REPEATS = {"aishell_sample": 4.0, "dspspeech20": 0.3}
_SILENT = {PHONEME_IDS[SENTENCE_SILENCE], PHONEME_IDS[PAUSE]}
_FINALS = {PHONEME_IDS[final] for final in FINALS if final != "rr"}


@dataclass(frozen=True)
class Errors:
    """Edit distance over reference length, in per cent."""

    phone_percent: float
    tone_percent: float


def targets(phonemes: Iterable[int], tones: Iterable[int]) -> tuple[list[int], list[int]]:
    """Phones without silences, and one tone a syllable, of phoneme ids and tones [N]."""
    pairs = [(p, t) for p, t in zip(phonemes, tones, strict=True) if p not in _SILENT]
    return [int(p) for p, _ in pairs], [int(t) for p, t in pairs if p in _FINALS]


def edit_distance(reference: Sequence[int], found: Sequence[int]) -> int:
    """Levenshtein distance."""
    row = list(range(len(found) + 1))
    for i, a in enumerate(reference, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(found, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


def error_rates(model: Recogniser, clips: Sequence[tuple[Tensor, list[int], list[int]]]) -> Errors:
    """Errors over (features [T, 83], phones, tones) of clips."""
    wrong, length = np.zeros(2), np.zeros(2)
    with torch.inference_mode():
        for features, *truths in clips:
            outputs = model(features[None])
            for n, (output, truth) in enumerate(zip(outputs, truths, strict=True)):
                wrong[n] += edit_distance(truth, greedy(output[0]))
                length[n] += len(truth)
    phone, tone = 100 * wrong / length
    return Errors(float(phone), float(tone))


def features_of(item: Aligned) -> Tensor:
    """Recogniser features [T, 83] of an aligned clip."""
    return recogniser_features(*(torch.from_numpy(x.astype(np.float32)) for x in (item.mel, item.f0, item.voiced)))


def load_recogniser() -> Recogniser:
    """The trained recogniser.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    state = read_run("recogniser", "recogniser")["model"]
    model = Recogniser(len(state["phones.bias"])).eval()
    model.load_state_dict(state)
    return model


def _augmented(item: Aligned, rng: np.random.Generator) -> Tensor:
    """Features of another voice at another tempo, bands and times masked, tilt and level moved.

    After SpecAugment (Park et al. 2019). Warped voices, because clones of anyone are to be judged.
    """
    slow = item.clip is not None and item.clip.corpus != "aishell_sample"
    if rng.random() < 0.6:
        item = item.at_tempo(float(rng.uniform(1.0, 2.0) if slow else rng.uniform(0.9, 1.25)))
    if rng.random() < 0.6:
        item = item.warped(float(np.exp(rng.uniform(math.log(0.8), math.log(1.35)))))
    features = features_of(item)
    tilt = np.linspace(-1, 1, 80, dtype=np.float32) * rng.uniform(-0.5, 0.5)
    features[:, :80] += torch.from_numpy(tilt.astype(np.float32)) + float(rng.uniform(-0.2, 0.2))
    features[:, :80] = features[:, :80].clamp_min(float(rng.uniform(-3.0, -1.8)))  # rooms differ in their noise floor
    band, width = int(rng.integers(0, 72)), int(rng.integers(0, 9))
    features[:, band : band + width] = 0
    at, length = int(rng.integers(0, len(features))), int(rng.integers(0, 6))
    features[at : at + length, :80] = 0
    return features


def _batch(
    items: Sequence[Aligned], rng: np.random.Generator
) -> tuple[Tensor, Tensor, Tensor, list[tuple[list[int], list[int]]]]:
    """Features [B, T, 83], mask [B, T // 2, 1], steps [B] of the recogniser's output, and the targets of each clip."""
    rows = [_augmented(item, rng) for item in items]
    lengths = torch.tensor([len(row) for row in rows])
    features = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    steps = (lengths + 1) // 2
    mask = (torch.arange((features.shape[1] + 1) // 2)[None] < steps[:, None]).float()[..., None]
    return features, mask, steps, [targets(item.phonemes, item.tones) for item in items]


def _ctc(output: Tensor, steps: Tensor, truths: list[list[int]]) -> Tensor:
    flat = torch.tensor([label for truth in truths for label in truth])
    lengths = torch.tensor([len(truth) for truth in truths])
    return F.ctc_loss(output.transpose(0, 1), flat, steps, lengths, zero_infinity=True)


def _mandarin(items: Sequence[Aligned]) -> list[Aligned]:
    return [item for item in items if item.clip and item.clip.language != "en"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training recogniser`."""
    parser.add_argument("--name", default="recogniser")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--max-frames", type=int, default=5000, help="frames a batch")
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    items, held_out = _mandarin(load_aligned(CORPORA)), _mandarin(load_aligned(CORPORA, held_out=True))
    model = Recogniser(len(PHONEMES))
    run = Run(options.name, model, {}, options.steps, options.lr, betas=(0.9, 0.98))
    rng = np.random.default_rng(options.seed + run.step)
    while run.running:
        drawn = repeated(items, REPEATS, rng)
        drawn.sort(key=lambda item: len(item.f0) + rng.uniform(0, 30))
        groups = frame_groups(drawn, lambda item: len(item.f0), options.max_frames)
        for n in rng.permutation(len(groups)):
            features, mask, steps, truths = _batch(groups[n], rng)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                phones, tones = model(features, mask)
            phone_loss = _ctc(phones, steps, [truth[0] for truth in truths])
            tone_loss = _ctc(tones, steps, [truth[1] for truth in truths])
            run.update(phone_loss + tone_loss, {"phone": phone_loss.item(), "tone": tone_loss.item()}, clip=2.0)
            if run.step % 500 == 0:
                for corpus in CORPORA:
                    own = [item for item in held_out if item.speaker[0] == corpus][:300]
                    found = error_rates(run.averaged, [(features_of(i), *targets(i.phonemes, i.tones)) for i in own])
                    run.log({f"{corpus}_phone": found.phone_percent, f"{corpus}_tone": found.tone_percent}, "held_out")
            if not run.running:
                break
    run.save()
