"""Labelled sentences for the polyphone model: gold ones of CPP, and CC0 ones that an open tagger (g2pM) has labelled.

A tenth of the gold sentences is held out for good, by the hash of the sentence without its mark.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn

TEST_LINES = 1000  # at the end of the CC0 text; only tests may look at them
MARK = "▁"  # stands before and after the labelled character in CPP
LABEL_BATCH = 256


@dataclass(frozen=True)
class Labelled:
    """A sentence with one character's reading, pinyin with tone digit, ü as v."""

    text: str
    index: int
    reading: str

    @property
    def fold(self) -> int:
        """0 to 9, by the sentence alone; fold 0 is held out."""
        return int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 10


def plain(reading: str) -> str:
    """CPP's and g2pM's spelling to ours: u: is v, the suffix r5 is er5."""
    return "er5" if reading == "r5" else reading.replace("u:", "v")


def load_cpp(folder: Path) -> list[Labelled]:
    """All of CPP's development set.

    Raises:
        ValueError: sentences and labels do not belong together.
    """
    sentences = (folder / "cpp_dev.sent").read_text(encoding="utf-8").splitlines()
    readings = (folder / "cpp_dev.lb").read_text(encoding="utf-8").splitlines()
    if len(sentences) != len(readings):
        raise ValueError(f"{folder}: {len(sentences)} sentences but {len(readings)} labels")
    found = []
    for number, (sentence, reading) in enumerate(zip(sentences, readings, strict=True), start=1):
        parts = sentence.split(MARK)
        if len(parts) != 3 or len(parts[1]) != 1:
            raise ValueError(f"{folder / 'cpp_dev.sent'}:{number}: not exactly one character between {MARK}")
        found.append(Labelled("".join(parts), len(parts[0]), plain(reading)))
    return found


def load_sentences(path: Path) -> list[str]:
    """The sentences of a text that may be trained on."""
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines()[:-TEST_LINES] if line.strip()]


class Tagger:
    """g2pM (Park and Lee 2020, Apache-2.0; a bidirectional LSTM trained on CPP), run in batches by torch."""

    def __init__(self) -> None:
        spec = find_spec("g2pM")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(
                "no module named g2pM, whose model labels sentences; pip install g2pM", name="g2pM"
            )
        folder = Path(spec.origin).parent
        parts = {}
        for name in ("char2idx", "class2idx", "digest_cedict", "np_ckpt"):
            with (folder / f"{name}.pkl").open("rb") as file:
                parts[name] = pickle.load(file)
        self._ids: dict[str, int] = parts["char2idx"]
        self._classes: dict[str, int] = parts["class2idx"]
        self._spelled = {plain(reading): index for reading, index in self._classes.items()}
        self._candidates: dict[str, list[str]] = parts["digest_cedict"]
        weights = {name: torch.from_numpy(array) for name, array in parts["np_ckpt"].items()}
        self._lstm = nn.LSTM(64, 32, batch_first=True, bidirectional=True)
        self._lstm.load_state_dict({k.removeprefix("lstm."): v for k, v in weights.items() if k.startswith("lstm.")})
        self._weights = weights

    @property
    def padding(self) -> int:
        """Id of no character; its embedding is zero."""
        return self._ids["<PAD>"]

    @property
    def unknown(self) -> int:
        """Id of a character that the tagger does not know."""
        return self._ids["<UNK>"]

    @property
    def start(self) -> int:
        """Id of what stands before a sentence."""
        return self._ids["시"]

    @property
    def end(self) -> int:
        """Id of what stands after a sentence."""
        return self._ids["끝"]

    def id_of(self, char: str) -> int:
        """The tagger's id of a character."""
        return self._ids.get(char, self.unknown)

    def readings(self, char: str) -> list[str]:
        """The readings of a character that the tagger tells apart, spelled as we do."""
        return [plain(reading) for reading in self._candidates.get(char, []) if reading in self._classes]

    def class_of(self, reading: str) -> int:
        """Index of one of our readings among the tagger's classes."""
        return self._spelled[reading]

    @torch.no_grad()
    def hidden(self, sentences: Sequence[str]) -> Tensor:
        """State [B, T, 64] of the tagger at every character of the sentences, which may differ in length."""
        rows = [torch.tensor([self.start, *map(self.id_of, text), self.end]) for text in sentences]
        packed = nn.utils.rnn.pack_sequence(
            [self._weights["embedding.weight"][row] for row in rows], enforce_sorted=False
        )
        return nn.utils.rnn.pad_packed_sequence(self._lstm(packed)[0], batch_first=True)[0][:, 1:-1]

    @torch.no_grad()
    def run(self, ids: Tensor) -> Tensor:
        """State [B, T, 64] for the tagger's own ids [B, T]."""
        return self._lstm(self._weights["embedding.weight"][ids])[0]

    @torch.no_grad()
    def score(self, hidden: Tensor) -> Tensor:
        """Logits [..., 876] of every class from states [..., 64]."""
        for layer in ("logit_layer.0", "logit_layer.2"):
            hidden = hidden @ self._weights[f"{layer}.weight"].T + self._weights[f"{layer}.bias"]
            hidden = hidden.relu() if layer.endswith("0") else hidden
        return hidden

    def label(self, sentences: Sequence[str], characters: frozenset[str]) -> Iterator[dict[int, dict[str, float]]]:
        """Of each sentence, the probability of each reading of each of `characters` in it that g2pM can tell."""
        readable = {c: [r for r in self._candidates.get(c, []) if r in self._classes] for c in characters}
        for start in range(0, len(sentences), LABEL_BATCH):
            batch = sentences[start : start + LABEL_BATCH]
            for text, scores in zip(batch, self.score(self.hidden(batch)), strict=True):
                found: dict[int, dict[str, float]] = {}
                for index, char in enumerate(text):
                    readings = readable.get(char, [])
                    if len(readings) > 1:
                        chances = scores[index][[self._classes[r] for r in readings]].softmax(0).tolist()
                        found[index] = {plain(r): p for r, p in zip(readings, chances, strict=True)}
                yield found
