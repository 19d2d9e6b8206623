"""Shows what a search found: a table that can be read and a picture of damage against time and of sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib

from tools.graph_audio import Damage
from tools.graph_search import Limits, Step

matplotlib.use("Agg")
import matplotlib.pyplot as plt


@dataclass(frozen=True)
class Whole:
    """A whole set for one target: bytes of its graphs by name, milliseconds of them for a second of speech (those that
    speak with the default vocoder), and what is lost.
    """

    target: str
    sizes: Mapping[str, int]
    milliseconds: float
    damage: Damage


def _row(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |\n"


def _figures(damage: Damage) -> list[str]:
    return [
        f"{damage.pesq_loss:.3f}",
        f"{damage.recordings_pesq_loss:.3f}",
        f"{damage.mel_distance:.3f}",
        f"{damage.f0_predicted_cents:.2f}",
        f"{damage.f0_rmse_cents:.1f}",
        f"{damage.voicing_predicted_percent:.2f}",
        f"{damage.durations_percent:.1f}",
        f"{damage.duration_frames:.3f}",
    ]


FIGURES = [
    "PESQ loss", "on recordings", "mel", "F0 predicted, cents", "F0 heard, cents", "voicing, %",
    "phonemes > 1 frame, %", "frames",
]  # fmt: skip


def wholes_table(wholes: Sequence[Whole]) -> str:
    """A line for each target's set; the first is fp32."""
    base = sum(wholes[0].sizes.values())
    rows = [_row(["set", "MB", "smaller", "ms per s", *FIGURES]), _row(["---"] * (4 + len(FIGURES)))]
    for whole in wholes:
        size = sum(whole.sizes.values())
        own = [whole.target, f"{size / 1e6:.2f}", f"{base / size:.2f}", f"{whole.milliseconds:.1f}"]
        rows.append(_row([*own, *_figures(whole.damage)]))
    return "".join(rows)


def steps_table(steps: Sequence[Step]) -> str:
    """A line for each step, in order."""
    rows = [_row(["graph", "nodes", "form", "saves ms per s", "of", *FIGURES, ""]), _row(["---"] * (6 + len(FIGURES)))]
    for step in steps:
        verdict = {None: "", True: "kept", False: "left"}[step.kept]
        times = [f"{step.saved_ms:.2f}", f"{step.fp32_ms:.2f}"]
        rows.append(_row([step.graph, f"`{step.pattern}`", step.form, *times, *_figures(step.damage), verdict]))
    return "".join(rows)


def draw(alone: Sequence[Step], together: Sequence[Step], wholes: Sequence[Whole], limits: Limits, path: Path) -> None:
    """Left each group alone, share of what may be lost against time saved, the kept ones ringed; right the sizes."""
    figure, (scatter, bars) = plt.subplots(1, 2, figsize=(13, 5), constrained_layout=True, width_ratios=(3, 2))
    kept = {(step.graph, step.pattern, step.form) for step in together if step.kept}
    graphs = sorted({step.graph for step in alone})
    for index, graph in enumerate(graphs):
        own = [step for step in alone if step.graph == graph]
        shares = [max(100 * limits.share(step.damage), 0.1) for step in own]
        scatter.scatter([step.saved_ms for step in own], shares, s=18, color=f"C{index}", label=graph)
        ringed = [i for i, step in enumerate(own) if (step.graph, step.pattern, step.form) in kept]
        places = [own[i].saved_ms for i in ringed], [shares[i] for i in ringed]
        scatter.scatter(*places, s=90, facecolors="none", edgecolors="black")
    scatter.axhline(100, color="grey", lw=1, ls="--")
    scatter.set_yscale("log")
    scatter.set_xlabel("time saved, ms per second of speech, one thread")
    scatter.set_ylabel("damage, % of what may be lost")
    scatter.set_title("node groups alone in each int8 form; ringed: kept", fontsize=9, loc="left")
    scatter.legend(fontsize=7)
    bottom = [0.0] * len(wholes)
    for index, graph in enumerate(sorted(wholes[0].sizes)):
        heights = [whole.sizes[graph] / 1e6 for whole in wholes]
        bars.bar([whole.target for whole in wholes], heights, bottom=bottom, label=graph, color=f"C{index}")
        bottom = [a + b for a, b in zip(bottom, heights, strict=True)]
    for index, height in enumerate(bottom):
        bars.text(index, height, f"{height:.1f}", ha="center", va="bottom", fontsize=8)
    bars.set_ylabel("MB of graphs")
    bars.legend(fontsize=7)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)
    plt.close(figure)
