"""Draws what the synthesiser says, mel with F0 over it, because an eye finds smeared vowels and flat tones at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from export.features import HOP, SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames, pitch

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from numpy.typing import NDArray


def draw_frames(
    axis: Axes,
    title: str,
    mel: FloatArray,
    f0: FloatArray,
    voiced: NDArray[Any],
    limits: tuple[float | None, float | None] = (None, None),
) -> None:
    """Mel [T, 80] as a picture with F0 [T] Hz over its voiced frames; `limits` of the colours, in ln amplitude."""
    seconds = len(mel) * HOP / SAMPLE_RATE
    low, high = limits
    axis.imshow(mel.T, origin="lower", aspect="auto", extent=(0, seconds, 0, 80), cmap="magma", vmin=low, vmax=high)
    track = axis.twinx()
    times = (np.arange(len(f0)) + 0.5) * HOP / SAMPLE_RATE
    track.plot(times, np.where(voiced > 0, f0, np.nan), color="cyan", lw=1.5)
    track.set_ylim(60, 450)
    track.set_ylabel("F0 / Hz", fontsize=7)
    axis.set_title(title, fontsize=8, loc="left")
    axis.set_ylabel("mel band", fontsize=7)


def draw_speech(clips: Sequence[tuple[str, FloatArray]], path: Path) -> None:
    """One row for each (title, samples [n]); written to `path` as a picture."""
    figure, axes = plt.subplots(len(clips), 1, figsize=(12, 2.2 * len(clips)), constrained_layout=True, squeeze=False)
    for axis, (title, samples) in zip(axes[:, 0], clips, strict=True):
        padded = pad_to_frames(samples)
        mel, _ = mel_and_energy(padded)
        draw_frames(axis, title, mel, *pitch(padded), limits=(-10, 1))
    axes[-1, 0].set_xlabel("s")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=70)
    plt.close(figure)
