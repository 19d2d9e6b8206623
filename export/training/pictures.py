"""Draws what the synthesiser says, mel with F0 over it, because an eye finds smeared vowels and flat tones at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

from export.features import HOP, SAMPLE_RATE, FloatArray, mel_and_energy, pitch

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def draw_speech(clips: Sequence[tuple[str, FloatArray]], path: Path) -> None:
    """One row for each (title, samples [n]); written to `path` as a picture."""
    figure, axes = plt.subplots(len(clips), 1, figsize=(12, 2.2 * len(clips)), constrained_layout=True, squeeze=False)
    for axis, (title, samples) in zip(axes[:, 0], clips, strict=True):
        padded = np.pad(samples, (0, -len(samples) % HOP)).astype(np.float32)
        mel, _ = mel_and_energy(padded)
        f0, voiced = pitch(padded)
        seconds = len(padded) / SAMPLE_RATE
        axis.imshow(mel.T, origin="lower", aspect="auto", extent=(0, seconds, 0, 80), cmap="magma", vmin=-10, vmax=1)
        track = axis.twinx()
        track.plot((np.arange(len(f0)) + 0.5) * HOP / SAMPLE_RATE, np.where(voiced, f0, np.nan), color="cyan", lw=1.5)
        track.set_ylim(60, 450)
        track.set_ylabel("F0 / Hz", fontsize=7)
        axis.set_title(title, fontsize=8, loc="left")
        axis.set_ylabel("mel band", fontsize=7)
    axes[-1, 0].set_xlabel("s")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=70)
    plt.close(figure)
