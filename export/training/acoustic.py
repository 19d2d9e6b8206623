"""Trains the acoustic model on aligned clips of many speakers; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.gan_losses import adversarial_step
from export.models.mel_discriminator import MelDiscriminator
from export.training.aligned import CORPORA, MANNERS, Aligned, load_aligned, repeated
from export.training.batches import Batch, batches, collate
from export.training.casting import Cast, Casting
from export.training.loop import Run
from export.training.references import References
from export.training.speaker_acoustic import SpeakerAcoustic
from export.training.speaker_teacher import load_teacher
from export.training.warm_start import warm_start

# Sentences are what is synthesised, and there are few in Mandarin: each counts this many times an epoch.
REPEATS = {"aishell_sample": 3.0, "dspspeech20": 0.33, "speechocean762": 0.5}
PATCH_FRAMES = 48
PATCHES = 48
LIKENESS_FRAMES, LIKENESS_CLIPS = 110, 8  # the encoder was trained on 1 s and more
TAUGHT_FRAMES = 138  # 1.6 s, what the published encoder was trained on
LOWEST, HIGHEST = math.log(65.0), math.log(600.0)  # ln Hz


def _mean(values: Tensor, mask: Tensor) -> Tensor:
    return (values * mask).sum() / mask.sum().clamp_min(1.0)


def _gaussian(mean: Tensor, std_log: Tensor, target: Tensor) -> Tensor:
    """Huber error plus the likelihood of the spread; the spread does not weigh the mean down (Seitzer et al. 2022).

    Huber, because creaky syllables are tracked an octave low and must not pull the others down.
    """
    error = F.smooth_l1_loss(mean, target, reduction="none")
    spread = error.detach() * torch.exp(-2 * std_log) + std_log
    return 2 * error + 0.2 * spread


def losses(
    model: SpeakerAcoustic, batch: Batch, speaker: Tensor, noise: float = 0.0, predicted_energy: bool = False
) -> tuple[dict[str, Tensor], Tensor]:
    """The losses of a batch by name, and the normalised mel [B, T, 80] that was predicted.

    Args:
        speaker: vectors [B, 128] of other clips of the same speakers.
        noise: disturbance of the true pitch and energy that the decoder is given, so that it forgives predicted ones.
        predicted_energy: give the decoder the predicted energy, as at synthesis.
    """
    acoustic = model.acoustic
    manner = model.table(batch.manner)
    content = acoustic.encode(batch.phonemes, batch.tones, batch.boundaries, batch.phoneme_mask)
    # Durations and pitch learn from what the mel makes the encoder learn, and hardly bend it themselves.
    bent = content.detach() * 0.9 + content * 0.1
    duration_mean, duration_std = acoustic.predict_duration(bent, manner, batch.style, batch.phoneme_mask)
    hidden = torch.gather(content, 1, batch.index[..., None].expand(-1, -1, content.shape[2]))
    placed = acoustic.place(hidden, batch.position)
    prosody = acoustic.predict_prosody(placed.detach() * 0.8 + placed * 0.2, manner, batch.style, batch.frame_mask)
    energy = (batch.energy - model.energy_mean) / model.energy_std
    energy_given = prosody.energy.detach() if predicted_energy else energy
    given = energy_given + noise * torch.randn_like(energy[:, :1]) + 0.5 * noise * torch.randn_like(energy)
    log_f0 = batch.log_f0 + 0.03 * noise * torch.randn_like(energy)
    mel = acoustic.decode(placed, log_f0, batch.voiced, given, speaker, batch.recording, batch.frame_mask).float()
    target = acoustic.normalise(batch.mel)
    frames = batch.frame_mask[..., 0]
    spoken = batch.phoneme_mask[..., 0] * batch.natural
    voiced = frames * batch.voiced * batch.natural
    parts = {
        "mel": _mean((mel - target).abs(), batch.frame_mask.expand_as(mel)),
        "duration": _mean(_gaussian(duration_mean, torch.log(duration_std), batch.log_durations), spoken),
        "pitch": _mean(_gaussian(prosody.pitch, prosody.pitch_log_std, batch.pitch), voiced),
        "voicing": _mean(F.binary_cross_entropy_with_logits(prosody.voicing, batch.voiced, reduction="none"), frames),
        "energy": _mean((prosody.energy - energy) ** 2, frames),
    }
    return parts, mel


def recast(model: SpeakerAcoustic, batch: Batch, cast: Cast) -> Tensor | None:
    """Clips said by the first people of the cast: mel [b, T, 80] ln amplitude, one clip each as far as there are any.

    There is no recording of most people speaking Mandarin: sentences are given to others, in each one's own register
    and in the quiet of a studio, as clones will be. Only the decoder and its condition learn from what is heard in it.

    Returns:
        None if no clip of the batch is long enough for an encoder.
    """
    lengths = batch.frame_mask[..., 0].sum(1)
    rows = torch.nonzero(lengths >= LIKENESS_FRAMES)[:, 0][: len(cast.speaker)]
    if not len(rows):
        return None
    acoustic, frames, count = model.acoustic, int(lengths[rows].min()), len(rows)
    with torch.no_grad():
        content = acoustic.encode(
            batch.phonemes[rows], batch.tones[rows], batch.boundaries[rows], batch.phoneme_mask[rows]
        )
        index = batch.index[rows, :frames, None].expand(-1, -1, content.shape[2])
        placed = acoustic.place(torch.gather(content, 1, index), batch.position[rows, :frames])
    log_f0 = batch.log_f0[rows, :frames] + cast.log_f0[:count] - batch.pitch_mean[rows]
    energy = (batch.energy[rows, :frames] - model.energy_mean) / model.energy_std
    quiet = torch.zeros_like(batch.recording[rows])
    mel = acoustic.decode(
        placed, log_f0.clamp(LOWEST, HIGHEST), batch.voiced[rows, :frames], energy, cast.speaker[:count], quiet
    )
    return acoustic.to_mel(mel)


def unlikeness(mel: Tensor, encoder: nn.Module, vectors: Tensor) -> Tensor:
    """1 - cosine of what a frozen encoder hears in mel [B, T, 80] with whom it should hear [B, size] (the speaker
    consistency loss of Casanova et al. 2021)."""
    return 1 - F.cosine_similarity(encoder(mel).float(), vectors).mean()


def movement(mel: Tensor) -> Tensor:
    """Mel [b, T, 80] without each band's mean over time: how a voice moves, which is mostly what is said."""
    return mel - mel.mean(1, keepdim=True)


# What only the mel is made by: these may go on learning when durations and pitch have learnt enough.
DECODER_PARTS = ("pitch_inlet", "condition", "decoder", "outlet_norm", "outlet")
WEIGHTS = {"mel": 1.0, "duration": 0.3, "pitch": 0.15, "voicing": 0.3, "energy": 0.1}


def _patches(mel: Tensor, target: Tensor, batch: Batch, rng: np.random.Generator) -> tuple[Tensor, Tensor]:
    """The same random patches [B, 48, 80] of prediction and recording, from clips long enough; none if none is."""
    lengths = batch.frame_mask[..., 0].sum(1).long().tolist()
    rows = [n for n, length in enumerate(lengths) if length >= PATCH_FRAMES][:PATCHES]
    starts = [int(rng.integers(lengths[n] - PATCH_FRAMES + 1)) for n in rows]
    if not rows:
        return mel[:0], target[:0]

    def cut(x: Tensor) -> Tensor:
        return torch.stack([x[n, a : a + PATCH_FRAMES] for n, a in zip(rows, starts, strict=True)])

    return cut(mel), cut(target)


def evaluate(model: SpeakerAcoustic, items: Sequence[Aligned], references: References) -> dict[str, float]:
    """Mean losses by corpus and name over held-out clips, in batches of 16."""
    sums: dict[str, list[float]] = {}
    rng = np.random.default_rng(0)
    with torch.inference_mode():
        for corpus in CORPORA:
            own = [item for item in items if item.speaker[0] == corpus][:96]
            for n in range(0, len(own), 16):
                batch = collate(own[n : n + 16])
                parts, _ = losses(model, batch, references.vectors(batch.items, rng))
                for key, value in parts.items():
                    sums.setdefault(f"{corpus[:6]}_{key}", []).append(value.item())
    return {key: float(np.mean(values)) for key, values in sums.items()}


def clones_heard(model: SpeakerAcoustic, items: Sequence[Aligned], strangers: Casting, teacher: nn.Module) -> float:
    """Mean cosine of held-out Mandarin sentences, recast to unheard people, with what the teacher says of those."""
    rng = np.random.default_rng(0)
    sentences = [item for item in items if item.speaker[0] == "aishell_sample" and len(item.mel) >= TAUGHT_FRAMES]
    heard = []
    for n in range(len(strangers.speakers)):
        cast = strangers.of([n], rng)
        with torch.inference_mode():
            said = recast(model, collate([sentences[n % len(sentences)]]), cast)
            assert said is not None  # only sentences that are long enough
            heard.append(float((teacher(said.float()) * cast.taught).sum()))
    return float(np.mean(heard))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training acoustic`."""
    parser.add_argument("--name", default="acoustic")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--max-frames", type=int, default=4000, help="frames a batch")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument(
        "--adversarial-from", type=int, default=4000, metavar="STEP", help="when the discriminator joins in"
    )
    parser.add_argument(
        "--decoder-only", action="store_true", help="leave durations and pitch as they are, which overfit first"
    )
    parser.add_argument("--likeness-weight", type=float, default=0.4)
    parser.add_argument(
        "--taught-weight", type=float, default=0.0, help="of likeness as the published encoder hears it (0: not asked)"
    )
    parser.add_argument(
        "--anchor", type=Path, metavar="FILE", help="an earlier checkpoint, whose movement clones are to keep"
    )
    parser.add_argument("--anchor-weight", type=float, default=1.0)
    parser.add_argument("--adversarial-weight", type=float, default=0.15)
    parser.add_argument("--matching-weight", type=float, default=2.0)
    parser.add_argument(
        "--warm-start", type=Path, metavar="FILE", help="begin with what fits of this checkpoint (a new run only)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=500, metavar="STEPS")


def _freeze_all_but_decoder(model: SpeakerAcoustic) -> None:
    """Stop learning, and dropout, in every part that durations and pitch depend on."""
    model.table.requires_grad_(False)
    for name, part in model.acoustic.named_children():
        if name not in DECODER_PARTS:
            part.requires_grad_(False)
            part.eval()


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    items, held_out = load_aligned(CORPORA), load_aligned(CORPORA, held_out=True)
    references = References()
    model = SpeakerAcoustic(len(MANNERS))
    model.set_statistics(items)
    if options.warm_start:
        warm_start(model, options.warm_start, references)
    judge = MelDiscriminator()
    judge_optimizer = torch.optim.AdamW(judge.parameters(), 2e-4, (0.5, 0.9))
    sizes = {k: v for k, v in model.acoustic.config.items() if k != "symbols"}
    config = {"manners": list(MANNERS), "acoustic": sizes}
    others = {"judge": judge, "judge_optimizer": judge_optimizer}
    run = Run(options.name, model, config, options.steps, options.lr, betas=(0.9, 0.98), others=others)
    rng = np.random.default_rng(options.seed + run.step)
    if options.decoder_only:
        _freeze_all_but_decoder(model)
    teacher = load_teacher() if options.taught_weight else None
    people = list(references.speakers.values())
    anchor = None
    if options.anchor:
        anchor = SpeakerAcoustic(len(MANNERS)).eval().requires_grad_(False)
        anchor.load_state_dict(torch.load(options.anchor, map_location="cpu", weights_only=True)["model"])
    casting = Casting(references, [p for p in people if not p.held_out], teacher)
    strangers = Casting(references, [p for p in people if p.held_out], teacher, warped=False)
    parameters = sum(p.numel() for p in model.parameters()) / 1e6
    print(f"{parameters:.2f} M parameters, {len(items)} clips, {len(held_out)} held out", flush=True)
    while run.running:
        for batch in batches(repeated(items, REPEATS, rng), options.max_frames, rng):
            predicted_energy = options.decoder_only and rng.random() < 0.7
            with torch.autocast("cpu", dtype=torch.bfloat16):
                speaker = references.vectors(batch.items, rng, disturb=True)
                parts, mel = losses(model, batch, speaker, noise=0.15, predicted_energy=predicted_energy)
                cast = casting.draw(LIKENESS_CLIPS, rng)
                said = recast(model, batch, cast)
                unlike = None
                if said is not None:
                    unlike = unlikeness(said, references.encoder, cast.speaker[: len(said)])
            loss = torch.stack([WEIGHTS[key] * value for key, value in parts.items()]).sum()
            log = {key: value.item() for key, value in parts.items()}
            if unlike is not None:
                loss = loss + options.likeness_weight * unlike
                log["unlike"] = unlike.item()
            if said is not None and teacher is not None and said.shape[1] >= TAUGHT_FRAMES:
                first = int(rng.integers(said.shape[1] - TAUGHT_FRAMES + 1))
                heard = said.float()[:, first : first + TAUGHT_FRAMES]
                taught = unlikeness(heard, teacher, cast.taught[: len(said)])
                loss = loss + options.taught_weight * taught
                log["taught"] = taught.item()
            if said is not None and anchor is not None:
                # An encoder of who speaks does not mind how well; what moves in the mel may not pay for likeness.
                with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                    before = recast(anchor, batch, cast)
                    assert before is not None  # the same clips
                moved = F.l1_loss(movement(said.float()), movement(before.float()))
                loss = loss + options.anchor_weight * moved
                log["moved"] = moved.item()
            if run.step >= options.adversarial_from:
                target = model.acoustic.normalise(batch.mel)
                fake, real = _patches(mel, target, batch, rng)
                if len(fake):
                    adversarial, matching, log["judge"] = _adversarial(judge, judge_optimizer, fake, real)
                    loss = loss + options.adversarial_weight * adversarial + options.matching_weight * matching
                    log |= {"adversarial": adversarial.item(), "matching": matching.item()}
            run.update(loss, log, clip=1.0)
            if run.step % options.evaluate_every == 0:
                figures = evaluate(run.averaged, held_out, references)
                if teacher is not None:
                    figures["clones"] = clones_heard(run.averaged, held_out, strangers, teacher)
                run.log(figures, "held_out")
            if not run.running:
                break
    run.save()


def _adversarial(
    judge: MelDiscriminator, optimizer: torch.optim.Optimizer, fake: Tensor, real: Tensor
) -> tuple[Tensor, Tensor, float]:
    """`adversarial_step` on patches."""

    def judged(mel: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            score, features = judge(mel)
        return [score], features

    return adversarial_step(judge, judged, optimizer, fake, real, relative=False)
