"""Draws how emotions move the correlates of speech and what a classifier hears, because a table hides the spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np

from export.emotions import LABELS
from export.features import FloatArray
from export.training.correlates import NAMES, TITLES, UNITS, expected_sign

matplotlib.use("Agg")
import matplotlib.pyplot as plt

COLOURS = {"happy": "#e0a020", "sad": "#3a6fb0", "angry": "#c0392b"}


def draw_emotions(moved: Mapping[str, Sequence[Mapping[str, float]]], confusion: FloatArray, path: Path) -> None:
    """Changes from neutral by emotion and correlate, with the expected sign, and shares [4 asked for, 4 heard]."""
    figure, axes = plt.subplots(1, len(NAMES) + 1, figsize=(3 * len(NAMES) + 4, 3.6), constrained_layout=True)
    for axis, name in zip(axes[:-1], NAMES, strict=True):
        labels = list(moved)
        boxes = axis.boxplot([[change[name] for change in moved[label]] for label in labels], patch_artist=True, sym="")
        for box, label in zip(boxes["boxes"], labels, strict=True):
            box.set_facecolor(COLOURS[label])
        expected = [f"{label} {'↑' if expected_sign(label, name) > 0 else '↓'}" for label in labels]
        axis.set_xticks(range(1, len(labels) + 1), expected)
        axis.axhline(0, color="black", lw=0.8)
        axis.set_title(f"{TITLES[name]}, {UNITS[name]}", fontsize=10)
    last = axes[-1]
    last.imshow(confusion, vmin=0, vmax=1, cmap="Blues")
    for (row, column), share in np.ndenumerate(confusion):
        ink = "white" if share > 0.6 else "black"
        last.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=ink)
    last.set_xticks(range(len(LABELS)), LABELS, fontsize=8)
    last.set_yticks(range(len(LABELS)), LABELS, fontsize=8)
    last.set_xlabel("heard")
    last.set_ylabel("asked for")
    last.set_title("separate classifier, %", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)
    plt.close(figure)
