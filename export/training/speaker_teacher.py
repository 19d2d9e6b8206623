"""Fits the net that lets the published speaker encoder hear our mel; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from export.features import HOP, SAMPLE_RATE, FloatArray, mel_filters, resample
from export.models.speaker_teacher import BANDS, FLOOR, FRAMES, STEP_S, SpeakerTeacher
from export.training.data import Utterance, load
from export.training.loop import Run
from export.training.speakers import SPEAKER_CORPORA
from export.training.trained import read_run

NAME = "speaker_teacher"
RATE, WINDOW, STEP = 16000, 400, 160
OUR_FRAMES = int(np.ceil((FRAMES + 1) * STEP_S * SAMPLE_RATE / HOP))
CLIPS_A_SPEAKER = 24
HEARD_EVERY, HEARD_CLIPS = 2, 12  # recurrent layers are slow to learn through: not at every step, not every clip


def published_mel(samples: FloatArray) -> FloatArray:
    """Power mel [T, 40] of samples at 22 050 Hz, 10 ms a frame: what the published encoder was trained on."""
    sound = np.pad(resample(samples, SAMPLE_RATE, RATE), WINDOW // 2)
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::STEP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    power = np.abs(np.fft.rfft(windows * hann.astype(np.float32), axis=1)) ** 2
    mel: FloatArray = (power @ mel_filters(RATE, WINDOW, BANDS, fmax=RATE / 2).T).astype(np.float32)
    return mel


def load_teacher() -> SpeakerTeacher:
    """The published encoder behind its fitted net, frozen.

    Raises:
        FileNotFoundError: the net has not been fitted yet.
        ModuleNotFoundError: the published encoder is not installed.
    """
    model = SpeakerTeacher()
    model.load_state_dict(read_run(NAME, NAME)["model"])
    return model.eval().requires_grad_(False)


class _Pairs:
    """Our mel and the published one of the same clips; clips shorter than a window are left out."""

    def __init__(self, clips: Sequence[Utterance]) -> None:
        self.pairs = []
        for clip in clips:
            if clip.frames >= OUR_FRAMES + 1:
                self.pairs.append((clip.mel.astype(np.float16), published_mel(clip.samples).astype(np.float32)))

    def batch(self, size: int, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
        """Mel [B, T, 80] and ln power [B, 160, 40] from the first frame of each (random clips)."""
        ours, theirs = [], []
        for n in rng.choice(len(self.pairs), size):
            mel, published = self.pairs[n]
            # The two grids meet rarely: a start is taken where frames of both lie within a millisecond.
            starts = np.arange(len(mel) - OUR_FRAMES) * (HOP / SAMPLE_RATE / STEP_S)
            first = int(rng.choice(np.flatnonzero(np.abs(starts - starts.round()) < 0.1)))
            begin = round(first * HOP / SAMPLE_RATE / STEP_S)
            if begin + FRAMES > len(published):
                first = begin = 0
            ours.append(mel[first : first + OUR_FRAMES].astype(np.float32))
            theirs.append(np.log(published[begin : begin + FRAMES] + FLOOR))
        return torch.from_numpy(np.stack(ours)), torch.from_numpy(np.stack(theirs))


def _a_few_a_speaker(clips: Sequence[Utterance]) -> list[Utterance]:
    counts: dict[tuple[str, str], int] = {}
    chosen = []
    for clip in clips:
        key = (clip.corpus, clip.speaker)
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= CLIPS_A_SPEAKER:
            chosen.append(clip)
    return chosen


def agreement(model: SpeakerTeacher, pairs: _Pairs, seed: int = 0) -> dict[str, float]:
    """Mean distance of the mels and cosine of the vectors of 96 pairs."""
    ours, theirs = pairs.batch(96, np.random.default_rng(seed))
    with torch.inference_mode():
        made = model.bridge(ours)[:, :FRAMES]
        cosine = (model.published(made.exp()) * model.published(theirs.exp())).sum(1)
        return {"mel": float((made - theirs).abs().mean()), "cosine": float(cosine.mean())}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training speaker_teacher`."""
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    model = SpeakerTeacher()
    pairs, held_out = (_Pairs(_a_few_a_speaker(load(SPEAKER_CORPORA, held))) for held in (False, True))
    print(f"{len(pairs.pairs)} clips, {len(held_out.pairs)} held out", flush=True)
    rng = np.random.default_rng(options.seed)
    model.bridge.begin(*pairs.batch(200, rng))
    run = Run(NAME, model, {}, options.steps, options.lr)
    while run.running:
        ours, theirs = pairs.batch(options.batch, rng)
        made = model.bridge(ours)[:, :FRAMES]
        # The fourth root: loud bands are what the encoder hears, and the logarithm of noise is mostly chance.
        loss = 4 * F.l1_loss((made / 4).exp(), (theirs / 4).exp())
        log = {"mel": loss.item()}
        if run.step % HEARD_EVERY == 0:
            few = slice(HEARD_CLIPS)
            cosine = (model.published(made[few].exp()) * model.published(theirs[few].exp())).sum(1).mean()
            loss = loss + 2 * (1 - cosine)
            log["cosine"] = cosine.item()
        run.update(loss, log)
        if run.step % 200 == 0:
            run.log(agreement(run.averaged, held_out), "held_out")
    run.save()
