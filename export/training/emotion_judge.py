"""Trains the classifier that judges how emotions are spoken: of other people than the encoder's, and by another way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from tqdm import tqdm

from export.emotions import LABELS
from export.models.emotion_encoder import EmotionJudge, emotion_statistics
from export.training.emotion_clips import EmotionClip, load_emotion_clips
from export.training.loop import Run
from export.training.mel_augment import warp
from export.training.trained import read_run

NAME = "emotion_judge"
HALF = 1  # of the training speakers; the encoder has the other
FACTORS = (0.86, 0.93, 1.0, 1.08, 1.16)  # vocal tracts: each makes another voice of everybody


def statistics_of(clip: EmotionClip, factor: float = 1.0) -> Tensor:
    """`emotion_statistics` [S] of a clip in a voice whose frequencies are `factor` times as high."""
    mel = torch.from_numpy(warp(clip.mel.astype(np.float32), factor))[None]
    f0 = torch.from_numpy(clip.f0.astype(np.float32) * np.float32(factor))[None]
    return emotion_statistics(mel, f0, torch.from_numpy(clip.voiced.astype(np.float32))[None])[0]


def _by_speaker(clips: Sequence[EmotionClip]) -> dict[str, list[int]]:
    result = defaultdict(list)
    for n, clip in enumerate(clips):
        result[clip.speaker].append(n)
    return result


def departures(clips: Sequence[EmotionClip], factors: Sequence[float] = (1.0,)) -> tuple[Tensor, Tensor]:
    """Examples [N, S], labels [N]: re-synthesised clips against their speaker's other recordings as they are.

    factors: the voices in which everything is heard.
    """
    examples, labels = [], []
    recording = np.cumsum([clip.natural for clip in clips])  # versions stand behind the recording they were made of
    for own in tqdm(_by_speaker(clips).values(), desc="departures", mininterval=5):
        for factor in factors:
            plain = {n: statistics_of(clips[n], factor) for n in own if clips[n].natural}
            for n in own:
                others = [plain[o] for o in plain if recording[o] != recording[n]]
                if others and clips[n].label >= 0 and not clips[n].natural:
                    examples.append(statistics_of(clips[n], factor) - torch.stack(others).mean(0))
                    labels.append(clips[n].label)
    return torch.stack(examples), torch.tensor(labels)


def measures(judge: EmotionJudge, examples: Tensor, labels: Tensor) -> dict[str, float]:
    """Accuracy, whole and by class."""
    with torch.inference_mode():
        right = (judge(examples).argmax(1) == labels).float()
    by_class = {name: float(right[labels == n].mean()) for n, name in enumerate(LABELS)}
    return {"accuracy": float(right.mean())} | by_class


def load_judge() -> EmotionJudge:
    """The trained judge.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    state = read_run(NAME, "emotion --judge")
    model = EmotionJudge(**state["config"])
    model.load_state_dict(state["model"])
    return model.eval().requires_grad_(False)


def train_judge(steps: int, batch: int, lr: float, seed: int, evaluate_every: int) -> None:
    """Train or go on training; held-out figures are of re-synthesised sound of people whom nobody trains on."""
    examples, labels = departures(load_emotion_clips(False, HALF), FACTORS)
    held_out = departures(load_emotion_clips(held_out=True))
    judge = EmotionJudge()
    run = Run(NAME, judge, judge.config, steps, lr, warmup=100, betas=(0.9, 0.98))
    torch.manual_seed(seed + run.step)
    print(f"{len(examples)} examples, {len(held_out[0])} held out", flush=True)
    while run.running:
        drawn = torch.randint(len(examples), (batch,))
        loss = F.cross_entropy(run.model(examples[drawn]), labels[drawn], label_smoothing=0.03)
        run.update(loss, {"classes": loss.item()}, clip=2.0)
        if run.step % evaluate_every == 0:
            run.log(measures(run.averaged, *held_out), "held_out")
    run.save()
