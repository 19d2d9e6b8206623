"""Trains a vocoder on recordings of all usable speakers; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from export.corpora import CorpusError
from export.features import HOP, SAMPLE_RATE, FloatArray
from export.models.gan_losses import adversarial_step
from export.models.vocoders import VOCODERS, Vocoder, build
from export.models.wave_discriminator import WaveDiscriminator
from export.training.data import Utterance, load
from export.training.loop import Run
from export.training.losses import SpectralLoss
from export.training.metrics import measure
from export.training.paths import predicted_folder

# Share of segments from each corpus: the clear studio voice teaches detail, the others teach not to depend on it.
SHARES = {
    "hsk_words": 0.45,
    "aishell_sample": 0.2,
    "pinyin_syllables": 0.08,
    "speechocean762": 0.12,
    "dspspeech20": 0.07,
    "librispeech_clips": 0.08,
}

LOG_MEL_FLOOR = np.float32(np.log(1e-5))


class Segments:
    """Draws random segments of `frames` frames, by corpus share; some, if asked for, with predicted mels.

    Raises:
        FileNotFoundError: a corpus has not been prepared yet.
        CorpusError: a corpus has no clip that is long enough.
    """

    def __init__(self, shares: dict[str, float], frames: int, seed: int, predicted: float = 0.0) -> None:
        self.frames, self.predicted = frames, predicted
        self.made = {c: _predicted(c) for c in shares} if predicted else {}
        self.rng = np.random.default_rng(seed)
        self.pools = {c: [u for u in load([c]) if u.frames > frames] for c in shares}
        if empty := [corpus for corpus, pool in self.pools.items() if not pool]:
            raise CorpusError(f"{', '.join(empty)}: no clip is longer than {frames} frames")
        weights = np.array(list(shares.values()))
        self.names, self.weights = list(shares), weights / weights.sum()

    def batch(self, size: int) -> dict[str, Tensor]:
        """Tensors samples [B, T * 256], mel [B, T, 80], f0 and voicing [B, T], bandwidth_hz [B]."""
        rows: dict[str, list[Any]] = {key: [] for key in ("samples", "mel", "f0", "voicing", "bandwidth_hz")}
        for corpus in self.rng.choice(self.names, size, p=self.weights):
            pool = self.pools[corpus]
            clip = pool[self.rng.integers(len(pool))]
            a, mel = self._cut(clip)
            b = a + self.frames
            gain = np.float32(np.exp(self.rng.uniform(-0.7, 0.4)))  # users' levels differ; the mel moves along
            rows["samples"].append(clip.pcm[a * HOP : b * HOP].astype(np.float32) / 32767 * gain)
            rows["mel"].append(np.maximum(mel + np.log(gain), LOG_MEL_FLOOR))
            rows["f0"].append(clip.f0[a:b])
            rows["voicing"].append(clip.voiced[a:b])
            rows["bandwidth_hz"].append(np.float32(clip.bandwidth_hz))
        return {key: torch.from_numpy(np.stack(values)) for key, values in rows.items()}

    def _cut(self, clip: Utterance) -> tuple[int, FloatArray]:
        """First frame and mel [frames, 80] of a random segment of a clip."""
        own = self.made.get(clip.corpus, {}).get(clip.name)
        if own is not None and self.rng.random() < self.predicted:
            start, mel = own
            if len(mel) > self.frames:
                a = int(self.rng.integers(len(mel) - self.frames))
                return start + a, mel[a : a + self.frames].astype(np.float32)
        a = int(self.rng.integers(clip.frames - self.frames))
        return a, clip.mel[a : a + self.frames]


def _predicted(corpus: str) -> dict[str, tuple[int, NDArray[np.float16]]]:
    """First frame and predicted mel of the clips that have one."""
    path = predicted_folder() / f"{corpus}.npz"
    if not path.is_file():
        return {}
    with np.load(path) as arrays:
        return {name: (int(arrays[f"{name}/start"]), arrays[name]) for name in arrays if not name.endswith("/start")}


def resynthesise(model: Vocoder, clip: Utterance, seed: int = 0) -> FloatArray:
    """Samples [T * 256] of a clip's own mel, F0 and voicing through the vocoder."""
    generator = torch.Generator().manual_seed(seed)
    mel, f0, voicing = (torch.from_numpy(x)[None] for x in (clip.mel, clip.f0, clip.voiced))
    with torch.inference_mode():
        return model.synthesise(mel, f0, voicing, generator)[0].numpy()


def evaluate(model: Vocoder, clips: Sequence[Utterance]) -> dict[str, float]:
    """Measures of the resynthesis of held-out clips."""
    return asdict(measure([(clip.samples, resynthesise(model, clip)) for clip in clips]))


class Adversary:
    """The discriminator and its optimiser."""

    def __init__(self) -> None:
        self.judge = WaveDiscriminator(SAMPLE_RATE)
        self.optimizer = torch.optim.AdamW(self.judge.parameters(), 8e-4, (0.5, 0.9))

    @property
    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"judge": self.judge, "judge_optimizer": self.optimizer}

    def step(self, output: Tensor, target: Tensor, bandwidth_hz: Tensor) -> tuple[Tensor, Tensor, float]:
        """`adversarial_step` on samples [B, n]."""
        return adversarial_step(self.judge, lambda x: self.judge(x, bandwidth_hz), self.optimizer, output, target)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training vocoder`."""
    parser.add_argument("kind", choices=sorted(VOCODERS), help="which family to train")
    parser.add_argument("--name", help="run name (default: the family's)")
    parser.add_argument("--steps", type=int, default=10000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--frames", type=int, default=64, help="frames a segment")
    parser.add_argument("--lr", type=float, default=8e-4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--predicted",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="of segments with predicted mels, where there are any",
    )
    parser.add_argument(
        "--adversarial-from", type=int, metavar="STEP", help="when the discriminator joins in (default: never)"
    )
    parser.add_argument("--adversarial-weight", type=float, default=0.4)
    parser.add_argument("--matching-weight", type=float, default=0.8)
    parser.add_argument(
        "--warm-start", type=Path, metavar="FILE", help="begin with the weights of this checkpoint (a new run only)"
    )
    parser.add_argument("--corpora", nargs="+", default=list(SHARES), choices=list(SHARES), metavar="NAME")
    parser.add_argument("--evaluate-every", type=int, default=1000, metavar="STEPS")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    model, config = build(options.kind)
    if options.warm_start:
        model.load_state_dict(torch.load(options.warm_start, map_location="cpu", weights_only=True)["model"])
    adversary = Adversary()
    run = Run(options.name or options.kind, model, config, options.steps, options.lr, others=adversary.state)
    segments = Segments(
        {c: SHARES[c] for c in options.corpora}, options.frames, options.seed + run.step, options.predicted
    )
    held_out = load(["hsk_words"], held_out=True)[::4]
    loss_of = SpectralLoss()
    parameters = sum(p.numel() for p in model.parameters()) / 1e6
    print(f"{options.kind}: {parameters:.2f} M parameters, {sum(map(len, segments.pools.values()))} clips", flush=True)
    while run.running:
        batch = segments.batch(options.batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = model.synthesise(batch["mel"], batch["f0"], batch["voicing"])
        stft_loss, mel_loss = loss_of(output.float(), batch["samples"], batch["bandwidth_hz"])
        loss, log = stft_loss + 3 * mel_loss, {"stft": stft_loss.item(), "mel": mel_loss.item()}
        if options.adversarial_from is not None and run.step >= options.adversarial_from:
            adversarial, matching, log["judge"] = adversary.step(output, batch["samples"], batch["bandwidth_hz"])
            loss = loss + options.adversarial_weight * adversarial + options.matching_weight * matching
            log |= {"adversarial": adversarial.item(), "matching": matching.item()}
        run.update(loss, log)
        if run.step % options.evaluate_every == 0:
            run.log(evaluate(run.averaged, held_out), "held_out")
    run.save()
