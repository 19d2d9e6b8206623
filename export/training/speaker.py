"""Trains the speaker encoder that ships, or the other one that judges clones; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.speaker_encoder import SpeakerEncoder, SpeakerJudge
from export.models.speaker_teacher import VECTOR_SIZE as TEACHER_SIZE
from export.training.loop import Run
from export.training.speaker_teacher import load_teacher
from export.training.speakers import SpeakerClips, crop, load_speakers
from export.training.taught import FACTORS, TaughtVectors
from export.training.trained import read_run, shipped

WARPS = (0.88, 1.0, 1.14)  # each makes further speakers of all
SPECTRUM_POINTS = 16
TRIAL_FRAMES = 258  # 3.0 s
TRIALS_A_SPEAKER = 6
TAUGHT_WEIGHT, ANGULAR_BESIDE_TEACHER = 20.0, 0.3


class WithHeads(nn.Module):
    """An encoder with what only training needs: a prototype of every speaker, and the voice's plain facts.

    The facts (mean pitch, long-term spectrum) are regressed from the vector, so that voices that sound alike lie
    side by side; telling speakers apart alone would not ask for that. With a teacher, what it says of the speaker is
    regressed as well (relational knowledge of thousands of voices that our recordings do not hold).
    """

    def __init__(self, encoder: SpeakerEncoder | SpeakerJudge, speakers: int) -> None:
        super().__init__()
        self.encoder = encoder
        size = encoder.config["size"]
        self.prototypes = nn.Parameter(torch.randn(speakers, size) * 0.1)
        self.facts = nn.Linear(size, 1 + SPECTRUM_POINTS)
        self.taught = nn.Linear(size, TEACHER_SIZE)
        self.scale = nn.Parameter(torch.tensor(10.0))
        self.offset = nn.Parameter(torch.tensor(-5.0))


def margin_loss(vectors: Tensor, prototypes: Tensor, labels: Tensor, margin: float, scale: float = 30.0) -> Tensor:
    """Additive angular margin softmax (Deng et al. 2019)."""
    cosine = (vectors @ F.normalize(prototypes, dim=1).T).clamp(-1 + 1e-6, 1 - 1e-6)
    angle = torch.acos(cosine)
    right = F.one_hot(labels, len(prototypes)).bool()
    return F.cross_entropy(torch.where(right, torch.cos(angle + margin), cosine) * scale, labels)


def prototypical_loss(first: Tensor, second: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
    """Angular prototypical loss (Chung et al. 2020): which of the batch's others is by the same speaker."""
    scores = scale.clamp_min(1.0) * (first @ second.T) + offset
    truth = torch.arange(len(first))
    return (F.cross_entropy(scores, truth) + F.cross_entropy(scores.T, truth)) / 2


def facts_of(speaker: SpeakerClips) -> np.ndarray:
    """Target of the regression [17]: mean pitch and the smoothed long-term spectrum, both without their mean."""
    frames = np.concatenate([mel[:: max(1, len(mel) // 40)] for mel in speaker.mels]).astype(np.float32)
    loud = frames[frames.mean(1) > np.quantile(frames.mean(1), 0.5)].mean(0)
    spectrum = loud.reshape(SPECTRUM_POINTS, -1).mean(1)
    return np.array([(speaker.mean_log_f0 - math.log(200)) * 3, *(spectrum - spectrum.mean())], np.float32)


def equal_error_rate(scores: np.ndarray, same: np.ndarray) -> float:
    """Error rate, in per cent, at the threshold where as many impostors pass as owners are refused."""
    order = np.argsort(-scores)
    passed = same[order]
    refused = 1 - np.cumsum(passed) / max(1, passed.sum())
    accepted = np.cumsum(~passed) / max(1, (~passed).sum())
    at = int(np.argmin(np.abs(refused - accepted)))
    return float(50 * (refused[at] + accepted[at]))


def verification(encoder: nn.Module, speakers: Sequence[SpeakerClips], seed: int = 0) -> dict[str, float]:
    """Equal error rates of 3 s against 3 s: all pairs, and only pairs from one corpus (where no room helps)."""
    rng = np.random.default_rng(seed)
    mels, owners = [], []
    for n, speaker in enumerate(speakers):
        halves = [
            np.concatenate(speaker.mels[k::TRIALS_A_SPEAKER])
            for k in range(TRIALS_A_SPEAKER)
            if speaker.mels[k::TRIALS_A_SPEAKER]
        ]
        if len(halves) < TRIALS_A_SPEAKER:  # few clips: pieces of them that do not overlap
            joined = np.concatenate(speaker.mels)
            halves = [joined[a : a + TRIAL_FRAMES] for a in range(0, len(joined) - TRIAL_FRAMES + 1, TRIAL_FRAMES)]
        for half in halves[:TRIALS_A_SPEAKER]:
            if len(half) >= TRIAL_FRAMES:
                start = int(rng.integers(len(half) - TRIAL_FRAMES + 1))
                mels.append(half[start : start + TRIAL_FRAMES].astype(np.float32))
                owners.append(n)
    with torch.inference_mode():
        batches = torch.from_numpy(np.stack(mels)).split(32)
        vectors = torch.cat([encoder(batch) for batch in batches]).numpy()
    owner = np.array(owners)
    corpus = np.array([speakers[n].corpus for n in owners])
    pairs = np.triu(np.ones((len(owner), len(owner)), bool), 1)
    scores, same = vectors @ vectors.T, owner[:, None] == owner[None]
    within = pairs & (corpus[:, None] == corpus[None])
    figures = {
        "eer": equal_error_rate(scores[pairs], same[pairs]),
        "eer_in_corpus": equal_error_rate(scores[within], same[within]),
    }
    return figures | {"same": float(scores[pairs & same].mean()), "different": float(scores[within & ~same].mean())}


def heard_alike(model: WithHeads, teacher: nn.Module, speakers: Sequence[SpeakerClips], seed: int = 0) -> float:
    """Mean cosine of what the head makes of an unheard speaker's excerpt with what the teacher says of the speaker."""
    rng = np.random.default_rng(seed)
    said = TaughtVectors(teacher, speakers, (1.0,)).means[:, 0]
    mels = torch.from_numpy(np.stack([s.excerpt(TRIAL_FRAMES, rng) for s in speakers]))
    with torch.inference_mode():
        return float(F.cosine_similarity(model.taught(model.encoder(mels)), said).mean())


def load_encoder(judge: bool = False) -> SpeakerEncoder | SpeakerJudge:
    """The trained encoder, or the trained judge.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    name = "speaker_judge" if judge else "speaker_encoder"
    state = read_run(name, "speaker --judge" if judge else "speaker")
    model = (SpeakerJudge if judge else SpeakerEncoder)(**state["config"])
    model.load_state_dict(shipped(state["model"]))
    return model.eval().requires_grad_(False)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training speaker`."""
    parser.add_argument("--name", help="of the run, if not the model's own")
    parser.add_argument("--judge", action="store_true", help="train the second model, which only measures")
    parser.add_argument("--taught", action="store_true", help="learn what a published encoder says of the speakers")
    parser.add_argument("--warm-start", type=Path, metavar="FILE", help="begin with the encoder of this checkpoint")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=250, metavar="STEPS")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    speakers, held_out = load_speakers(held_out=False), load_speakers(held_out=True)
    encoder = SpeakerJudge() if options.judge else SpeakerEncoder()
    name = options.name or ("speaker_judge" if options.judge else "speaker_encoder")
    if options.warm_start:
        state = torch.load(options.warm_start, map_location="cpu", weights_only=True)
        encoder.load_state_dict(shipped(state["model"]))
    model = WithHeads(encoder, len(speakers) * len(WARPS))
    run = Run(name, model, encoder.config, options.steps, options.lr, betas=(0.9, 0.98))
    rng = np.random.default_rng(options.seed + run.step)
    facts = np.stack([facts_of(s) for s in speakers])
    teacher = load_teacher() if options.taught else None
    targets = TaughtVectors(teacher, speakers) if teacher is not None else None
    chance = np.array([min(len(s.mels), 8) for s in speakers], np.float64) ** 0.5
    chance /= chance.sum()
    parameters = sum(p.numel() for p in encoder.parameters()) / 1e6
    print(f"{parameters:.2f} M parameters, {len(speakers)} speakers, {len(held_out)} held out", flush=True)
    while run.running:
        frames = int(rng.integers(90, 280))
        count = options.batch // 2
        chosen = rng.choice(len(speakers), count, replace=False, p=chance)
        warps = rng.integers(len(WARPS), size=count)
        factors = np.array(WARPS)[warps] * rng.uniform(0.98, 1.02, count)
        # Any warp makes a voice that the teacher can name, though no prototype stands for it.
        free = rng.random(count) < (0.5 if targets else 0.0)
        factors[free] = rng.uniform(FACTORS[0], FACTORS[-1], count)[free]
        mels = [
            crop(speakers[s], frames, rng, factor, speakers[rng.integers(len(speakers))])
            for _ in range(2)
            for s, factor in zip(chosen, factors, strict=True)
        ]
        labels = torch.from_numpy(np.tile(chosen * len(WARPS) + warps, 2))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = model.encoder(torch.from_numpy(np.stack(mels))).float()
        pair = prototypical_loss(vectors[:count], vectors[count:], model.scale, model.offset)
        if options.judge:
            run.update(pair, {"pair": pair.item()}, clip=2.0)
        else:
            margin = 0.25 * min(1.0, run.step / (0.4 * options.steps))
            named = torch.from_numpy(np.tile(~free, 2))
            angular = margin_loss(vectors[named], model.prototypes, labels[named], margin)
            plain = np.tile((warps == 1) & ~free, 2)
            target = torch.from_numpy(np.tile(facts[chosen], (2, 1)))[plain]
            regression = F.smooth_l1_loss(model.facts(vectors[plain] * 4), target)
            loss = (1.0 if targets is None else ANGULAR_BESIDE_TEACHER) * angular + 0.5 * pair + regression
            log = {"angular": angular.item(), "pair": pair.item(), "facts": regression.item()}
            if targets is not None:
                said = targets.of(chosen, factors).repeat(2, 1)
                taught = 1 - F.cosine_similarity(model.taught(vectors), said).mean()
                loss = loss + TAUGHT_WEIGHT * taught
                log["taught"] = taught.item()
            run.update(loss, log, clip=2.0)
        if run.step % options.evaluate_every == 0:
            figures = verification(run.averaged.encoder, held_out)
            if teacher is not None:
                figures["taught"] = heard_alike(run.averaged, teacher, held_out)
            run.log(figures, "held_out")
    run.save()
