"""Mels that the acoustic model makes of recordings' own durations and pitch: what a vocoder will be given for real.

A vocoder that only heard recorded mels turns the smoothness of predicted ones into buzz and blur; tuned on these, with
the recording as its target, it learns to put back what is missing (as HiFi-GAN was fine-tuned, Kong et al. 2020).
"""

from __future__ import annotations

import argparse
import os

import numpy as np
import torch
from tqdm import tqdm

from export.training.aligned import CORPORA, MANNERS, Aligned, load_aligned
from export.training.batches import collate
from export.training.data import frame_groups
from export.training.paths import predicted_folder
from export.training.references import References
from export.training.speaker_acoustic import SpeakerAcoustic
from export.training.trained import read_run

MAX_FRAMES = 4000
CLIPS_A_CORPUS = {"hsk_words": 2500, "aishell_sample": 1000, "pinyin_syllables": 300, "dspspeech20": 400}
DEFAULT_CLIPS = 900


def load_acoustic(name: str = "acoustic") -> SpeakerAcoustic:
    """The averaged weights of a run.

    Raises:
        FileNotFoundError: there is no such run.
    """
    state = read_run(name, f"acoustic --name {name}")
    model = SpeakerAcoustic(len(MANNERS), **state["config"]["acoustic"])
    model.load_state_dict(state["model"])
    return model.eval().requires_grad_(False)


def predict(
    model: SpeakerAcoustic, items: list[Aligned], references: References, rng: np.random.Generator
) -> list[np.ndarray]:
    """Mel [T, 80] float16 of each clip, from its phonemes, durations, pitch, and the model's own energy."""
    batch = collate(items)
    acoustic = model.acoustic
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        content = acoustic.encode(batch.phonemes, batch.tones, batch.boundaries, batch.phoneme_mask)
        hidden = torch.gather(content, 1, batch.index[..., None].expand(-1, -1, content.shape[2]))
        placed = acoustic.place(hidden, batch.position)
        said = acoustic.predict_prosody(placed, model.table(batch.manner), batch.style, batch.frame_mask)
        speaker = references.vectors(items, rng)
        mel = acoustic.decode(
            placed, batch.log_f0, batch.voiced, said.energy, speaker, batch.recording, batch.frame_mask
        )
        made = acoustic.to_mel(mel.float()).numpy()
    return [made[n, : len(item.f0)].astype(np.float16) for n, item in enumerate(items)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training predicted_mels`."""
    parser.add_argument("--run", default="acoustic", help="name of the acoustic model's run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)


def main(options: argparse.Namespace) -> None:
    """Run the command: writes mels by clip, and where in the clip they begin."""
    torch.set_num_threads(options.threads)
    rng = np.random.default_rng(options.seed)
    model, references = load_acoustic(options.run), References()
    predicted_folder().mkdir(parents=True, exist_ok=True)
    for corpus in CORPORA:
        items = load_aligned([corpus])
        wanted = min(len(items), CLIPS_A_CORPUS.get(corpus, DEFAULT_CLIPS))
        chosen = [items[n] for n in rng.choice(len(items), wanted, replace=False)]
        chosen.sort(key=lambda item: len(item.f0))
        found: dict[str, np.ndarray] = {}
        for group in tqdm(frame_groups(chosen, lambda item: len(item.f0), MAX_FRAMES), desc=corpus, mininterval=5):
            for item, mel in zip(group, predict(model, group, references, rng), strict=True):
                if item.clip is not None:
                    found[item.clip.name] = mel
                    found[f"{item.clip.name}/start"] = np.array(item.start)
        target = predicted_folder() / f"{corpus}.npz"
        temporary = target.with_suffix(".tmp.npz")
        np.savez(temporary, **found)  # type: ignore[arg-type]  # its stub takes every keyword for an option
        os.replace(temporary, target)
        print(f"{corpus}: {len(chosen)} clips")
