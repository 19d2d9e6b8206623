"""Trains the emotion encoder that ships, or the classifier that judges synthesis; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.emotions import AXES, LABELS
from export.models.emotion_encoder import EmotionEncoder
from export.models.speaker_encoder import VECTOR_SIZE
from export.training.emotion_clips import EmotionClip, draw_batches, load_emotion_clips, load_recordings, whole_batches
from export.training.emotion_judge import HALF, train_judge
from export.training.loop import Run
from export.training.speaker import load_encoder
from export.training.trained import read_run, shipped

NAME = "emotion_encoder"
SPEAKER_FRAMES = 250
NEUTRAL_SHARE = 0.9  # of the recordings as they are, of people it did not train on, that must come out as neutral
REVERSAL = 0.3


class _Reversed(torch.autograd.Function):
    """Hands values on and gradients back, turned round (Ganin & Lempitsky 2015)."""

    @staticmethod
    def forward(context: Any, x: Tensor, weight: float) -> Tensor:
        context.weight = weight
        return x.view_as(x)

    @staticmethod
    def backward(context: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return -context.weight * gradients[0], None


class WithSpeakerHead(nn.Module):
    """An encoder with what only training needs: a head that tries to tell from its pooled vector who speaks.

    What the head learns, the encoder unlearns. It is to find the speaker's vector, not the clip's, which emotion moves.
    """

    def __init__(self, encoder: EmotionEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.speaker = nn.Sequential(nn.Linear(encoder.pooled_size, 256), nn.ReLU(), nn.Linear(256, VECTOR_SIZE))

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor, reversal: float) -> tuple[Tensor, Tensor, Tensor]:
        """Axes [B, 6], logits [B, 4], and the speaker's unit vector as far as it can be told [B, 128]."""
        pooled = self.encoder.pooled(mel, f0, voicing)
        guess = self.speaker(_Reversed.apply(pooled, reversal)).float()
        return *self.encoder.heads(pooled), F.normalize(guess, dim=1)


def speaker_vectors(clips: Sequence[EmotionClip]) -> Tensor:
    """The frozen speaker encoder's vector of each clip's speaker [N, 128], from recordings as they are."""
    encoder = load_encoder()
    sums: dict[str, Tensor] = defaultdict(lambda: torch.zeros(VECTOR_SIZE))
    with torch.inference_mode():
        for clip in clips:
            if clip.natural:
                mel = torch.from_numpy(clip.mel[:SPEAKER_FRAMES].astype(np.float32))
                sums[clip.speaker] += encoder(mel[None])[0]
    return F.normalize(torch.stack([sums[clip.speaker] for clip in clips]), dim=1).clone()


def losses(model: WithSpeakerHead, batch: Any, vectors: Tensor, reversal: float) -> dict[str, Tensor]:
    """Losses of a batch by name: classes, axes, and the adversary's."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        axes, logits, guess = model(*batch.inputs, reversal)
    return {
        "classes": F.cross_entropy(logits.float(), batch.labels, ignore_index=-1, label_smoothing=0.03),
        "axes": F.smooth_l1_loss(axes.float(), batch.targets, beta=0.5),
        "speaker": (1 - (guess * vectors).sum(1)).mean(),
    }


def measures(encoder: EmotionEncoder, clips: Sequence[EmotionClip]) -> dict[str, float]:
    """Accuracy by class of re-synthesised clips, false alarms on recordings, error and correlation by axis."""
    labels, natural, targets, found, posteriors = [], [], [], [], []
    with torch.inference_mode():
        for batch in whole_batches(clips):
            emotion, posterior = encoder(*batch.inputs)
            labels += batch.labels.tolist()
            natural += [clips[n].natural for n in batch.index]
            targets.append(batch.targets)
            found.append(emotion[:, : len(AXES)])
            posteriors.append(posterior)
    label, is_natural = np.array(labels), np.array(natural)
    target, axes = torch.cat(targets).numpy(), torch.cat(found).numpy()
    best = torch.cat(posteriors).argmax(1).numpy()
    made = (label >= 0) & ~is_natural
    figures = {"accuracy": float((best == label)[made].mean())}
    for number, name in enumerate(LABELS):
        figures[name] = float((best == number)[made & (label == number)].mean())
    figures["false_alarms"] = float((best != 0)[is_natural].mean())
    figures["natural_length"] = float(np.linalg.norm(axes[is_natural], axis=1).mean())
    for number, name in enumerate(AXES):
        pair = axes[~is_natural, number], target[~is_natural, number]
        figures[f"{name}_error"] = float(np.abs(pair[0] - pair[1]).mean())
        figures[f"{name}_r"] = float(np.corrcoef(*pair)[0, 1])
    return figures


def settle_neutral(encoder: EmotionEncoder, recordings: Sequence[EmotionClip], share: float = NEUTRAL_SHARE) -> float:
    """Shift the neutral logit so that about `share` of neutral recordings come out as neutral; how far it was shifted.

    A false alarm tints a voice for good, a missed emotion only leaves it plain; training weighs both alike. Corpora
    count alike, whatever their size.
    """
    needed: dict[str, list[float]] = defaultdict(list)
    with torch.inference_mode():
        for batch in whole_batches(recordings):
            logs = torch.log(encoder(*batch.inputs)[1].clamp_min(1e-9))
            for n, margin in zip(batch.index.tolist(), (logs[:, 1:].amax(1) - logs[:, 0]).tolist(), strict=True):
                needed[recordings[n].speaker.split("/")[0]].append(margin)
    shift = float(np.mean([np.quantile(margins, share) for margins in needed.values()]))
    with torch.no_grad():
        encoder.heads.labels.bias[0] += shift
    return shift


def load_emotion_encoder() -> EmotionEncoder:
    """The trained encoder.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    state = read_run(NAME, "emotion")
    model = EmotionEncoder(**state["config"])
    model.load_state_dict(shipped(state["model"]))
    return model.eval().requires_grad_(False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training emotion`."""
    parser.add_argument("--judge", action="store_true", help="train the classifier, on the other half of the speakers")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=250, metavar="STEPS")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    if options.judge:
        train_judge(options.steps, options.batch, options.lr, options.seed, options.evaluate_every)
        return
    made = [clip for clip in load_emotion_clips(False, 1 - HALF) if not clip.natural]
    clips, held_out = load_recordings(1 - HALF) + made, load_emotion_clips(True)
    vectors = speaker_vectors(clips)
    encoder = EmotionEncoder()
    run = Run(NAME, WithSpeakerHead(encoder), encoder.config, options.steps, options.lr, warmup=100, betas=(0.9, 0.98))
    rng = np.random.default_rng(options.seed + run.step)
    parameters = sum(p.numel() for p in encoder.parameters()) / 1e6
    own = f"{len(clips) - len(made)} recordings of {len({c.speaker for c in clips})} speakers"
    heard = f"{own}, {len(made)} clips made of them, {len(held_out)} held out"
    print(f"{parameters:.2f} M parameters, {heard}", flush=True)
    batches = draw_batches(clips, options.batch, rng)
    while run.running:
        batch = next(batches)
        reversal = REVERSAL * min(1.0, 3 * run.step / options.steps)
        parts = losses(run.model, batch, vectors[batch.index], reversal)
        run.update(torch.stack(list(parts.values())).sum(), {k: v.item() for k, v in parts.items()}, clip=2.0)
        if run.step % options.evaluate_every == 0:
            run.log(measures(run.averaged.encoder, held_out), "held_out")
    settle_neutral(run.averaged.encoder, load_recordings(HALF))  # the judge's people are strangers to it
    run.log(measures(run.averaged.encoder, held_out), "settled")
    run.save()
