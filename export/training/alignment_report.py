"""Shows and checks the alignment: ten clips drawn with their boundaries, durations by class, what must hold of them."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from export.corpora import CorpusError
from export.features import HOP, SAMPLE_RATE
from export.training.aligned import CLEAR_CORPORA, read_alignments
from export.training.data import Utterance, load
from export.training.pictures import draw_frames
from qingyin.text.symbols import FINALS, INITIALS, PAUSE, PHONEMES

FRAME_MS = 1000 * HOP / SAMPLE_RATE
CLASSES = {
    "plosives": "b p d t g k",
    "affricates": "z c zh ch j q",
    "fricatives": "f h x sh r s",
    "nasals, lateral": "m n l",
    "simple finals": "a o e i u v ii iii er",
    "diphthongs": "ai ei ao ou ia ie ua uo ve iao iou uai uei",
    "nasal finals": "an en ang eng ong ian in iang ing iong uan uen uang van vn",
    "pauses": PAUSE,
}
# Bounds that a sound alignment keeps, in ms; from segment durations published for Mandarin (Wu & Cao 1979, Feng 1985),
# widened for careful speech.
LIMITS = {"plosives": (15, 200), "fricatives": (50, 260), "affricates": (40, 260), "simple finals": (60, 400)}
MIN_FINAL_MS = 30.0


def durations(alignments: dict[str, dict[str, list[int]]]) -> dict[str, list[float]]:
    """Durations in ms by phoneme symbol."""
    found: dict[str, list[float]] = defaultdict(list)
    for item in alignments.values():
        for phoneme, frames in zip(item["phonemes"], item["durations"], strict=True):
            found[PHONEMES[phoneme]].append(frames * FRAME_MS)
    return found


def problems(by_symbol: dict[str, list[float]]) -> list[str]:
    """What is wrong with the statistics, a line each."""
    found = []
    for final in FINALS:
        short = sum(ms < MIN_FINAL_MS for ms in by_symbol.get(final, []))
        if short:
            found.append(f"{short} times {final} lasts under {MIN_FINAL_MS:.0f} ms")
    for name, (low, high) in LIMITS.items():
        median = float(np.median([ms for s in CLASSES[name].split() for ms in by_symbol.get(s, [])] or [0]))
        if not low <= median <= high:
            found.append(f"{name}: median {median:.0f} ms is outside {low}-{high} ms")
    return found


def _draw(axis: Axes, clip: Utterance, found: dict[str, list[int]]) -> None:
    draw_frames(axis, clip.key, clip.mel, clip.f0, clip.voiced)
    at = 0.0
    for phoneme, tone, frames in zip(found["phonemes"], found["tones"], found["durations"], strict=True):
        length = frames * FRAME_MS / 1000
        axis.axvline(at, color="white", lw=0.7)
        label = PHONEMES[phoneme] + (str(tone) if tone else "")
        axis.text(at + length / 2, 74, label, color="white", fontsize=7, ha="center")
        at += length


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training alignment_report`."""
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("docs"), help="folder for alignment.png and alignment.md"
    )


def main(options: argparse.Namespace) -> None:
    """Run the command; exits with 1 if the statistics are not those of speech."""
    alignments = read_alignments()
    clips = {c.key: c for corpus in CLEAR_CORPORA for held_out in (False, True) for c in load([corpus], held_out)}
    usable = [key for key in alignments if len(alignments[key]["phonemes"]) >= 4 and key in clips]
    rng = np.random.default_rng(5)
    sentences = [key for key in usable if key.startswith("aishell")]
    words = [key for key in usable if key.startswith("hsk")]
    syllables = [key for key in usable if key.startswith("pinyin")]
    parts = ((sentences, 5), (words, 4), (syllables, 1))
    if any(len(part) < count for part, count in parts):
        raise CorpusError("too few clips are aligned to draw five sentences, four words and a syllable")
    chosen = [str(key) for part, count in parts for key in rng.choice(part, count, replace=False)]
    figure, axes = plt.subplots(len(chosen), 1, figsize=(13, 2.1 * len(chosen)), constrained_layout=True)
    for axis, key in zip(axes, chosen, strict=True):
        _draw(axis, clips[key], alignments[key])
    axes[-1].set_xlabel("s")
    options.output.mkdir(parents=True, exist_ok=True)
    figure.savefig(options.output / "alignment.png", dpi=70)
    by_symbol = durations(alignments)
    rows = ["| class | count | 5 % | median ms | 95 % |", "|---|---:|---:|---:|---:|"]
    for name, symbols in CLASSES.items():
        values = np.array([ms for s in symbols.split() for ms in by_symbol.get(s, [])])
        if len(values):
            low, middle, high = np.percentile(values, [5, 50, 95])
            rows.append(f"| {name} | {len(values)} | {low:.0f} | {middle:.0f} | {high:.0f} |")
    medians = [f"{s} {np.median(by_symbol[s]):.0f}" for s in (*INITIALS, *FINALS) if by_symbol.get(s)]
    rows += ["", "By phoneme (median ms): " + ", ".join(medians)]
    inside = [key for key in sentences if "sp" in [PHONEMES[p] for p in alignments[key]["phonemes"]]]
    rows += ["", f"Sentences with a pause inside: {len(inside)} of {len(sentences)}."]
    found = problems(by_symbol)
    sound = f"no final under {MIN_FINAL_MS:.0f} ms, all medians within their limits."
    rows += ["", "Checks: " + ("; ".join(found) or sound)]
    head = "# Alignment\n\nMade by `python -m export.training alignment_report`."
    text = "\n\n".join([head, "\n".join(rows), "![ten clips](alignment.png)"]) + "\n"
    (options.output / "alignment.md").write_text(text, encoding="utf-8")
    print("\n".join(rows))
    if found:
        raise SystemExit(1)
