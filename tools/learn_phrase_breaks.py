"""Fits the weights of runtime/qingyin/text/phrase_breaks.py to where readers paused, and tells how well they do.

    python tools/learn_phrase_breaks.py manifest.tsv alignments.json

The first is that of the AISHELL sample (docs/data.md), the second what `python -m export.training align` wrote of it.
Prints the weights as Python, then precision and recall of the pauses that are chosen, on folds that were left out.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qingyin.text import phrase_breaks
from qingyin.text.segmentation import segment
from qingyin.text.symbols import ERHUA, PAUSE, PHONEMES

FRAME_MS = 256 / 22050 * 1000
REAL_MS = 200.0  # shorter ones may be the closure of a stop
SHORTEST = 13  # syllables of a sentence to learn from
FOLDS, RIDGE = 5, 2.0

Clip = tuple[list[str], set[int]]  # words, and after how many syllables the reader paused


def clips(manifest: Path, alignments: Path) -> list[Clip]:
    """Sentences with the places where their reader paused."""
    texts = {}
    with manifest.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            texts[Path(row["audio"]).stem] = row["text"].replace(" ", "")
    found = []
    for name, clip in json.loads(alignments.read_text()).items():
        text = texts.get(name.rpartition("/")[2], "") if name.startswith("aishell_sample/") else ""
        pauses, count = set(), 0
        for phoneme, tone, frames in zip(clip["phonemes"], clip["tones"], clip["durations"], strict=True):
            if PHONEMES[phoneme] == PAUSE and frames * FRAME_MS >= REAL_MS:
                pauses.add(count)
            count += tone > 0 and PHONEMES[phoneme] != ERHUA
        if text and count == len(text):
            found.append((segment(text), pauses))
    return found


def fit(inputs: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression with a ridge, by Newton's method."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(30):
        share = 1 / (1 + np.exp(-inputs @ weights))
        slope = inputs.T @ (share - targets) + RIDGE * weights
        curve = (inputs * (share * (1 - share))[:, None]).T @ inputs + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights


def learn(chosen: list[Clip]) -> dict[str, float]:
    """Weight of each feature."""
    rows: list[set[str]] = []
    targets: list[float] = []
    for words, pauses in chosen:
        done, size = 0, sum(map(len, words))
        for index in range(1, len(words)):
            done += len(words[index - 1])
            rows.append(set(phrase_breaks.features(words, index, done, size - done)))
            targets.append(float(done in pauses))
    names = sorted(set().union(*rows))
    inputs = np.array([[float(name in row) for name in names] + [1.0] for row in rows])
    return dict(zip(names, fit(inputs, np.array(targets)).round(2).tolist(), strict=False))


def main() -> None:
    """Command line."""
    sentences = [clip for clip in clips(Path(sys.argv[1]), Path(sys.argv[2])) if sum(map(len, clip[0])) >= SHORTEST]
    print("WEIGHTS: dict[str, float] =", json.dumps(learn(sentences), ensure_ascii=False, indent=4))
    for longest in (14, 18, 22):
        phrase_breaks.LONGEST_STRETCH = longest
        hits = chosen = real = boundaries = 0
        for fold in range(FOLDS):
            phrase_breaks.WEIGHTS = learn([clip for n, clip in enumerate(sentences) if n % FOLDS != fold])
            for words, pauses in sentences[fold::FOLDS]:
                lengths = list(map(len, words))
                if sum(lengths) > longest:
                    places = {sum(lengths[:index]) for index in phrase_breaks.breaks(words, lengths)}
                    hits, chosen, real = hits + len(places & pauses), chosen + len(places), real + len(pauses)
                    boundaries += len(words) - 1
        print(
            f"stretches longer than {longest} syllables: {real} pauses at {boundaries} boundaries, {chosen} chosen, "
            f"precision {hits / chosen:.2f}, recall {hits / real:.2f}, by chance {real / boundaries:.2f}"
        )


if __name__ == "__main__":
    main()
