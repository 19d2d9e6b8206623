"""Finds where each phoneme of each clip begins and ends.

A flat-start hybrid aligner: frames are first labelled by loudness (silence) and equal division, a small classifier
learns those labels, a Viterbi search through the transcript corrects them, and so on for some rounds (the classic
recipe of hybrid speech recognition, Bourlard & Morgan 1994). Scores are divided by state priors to the power 0.7,
else silence swallows what is quiet. Pauses between words are optional and found where they are.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from export.corpora import CorpusError
from export.models.aligner import STATES, FrameClassifier, classifier_features
from export.training.aligned import CORPORA
from export.training.data import Utterance, frame_groups, load
from export.training.paths import work_folder
from export.training.transcripts import Transcript, Untranscribable, transcribe
from export.training.viterbi import best_path
from qingyin.text.symbols import PAUSE, PHONEME_IDS, PHONEMES, PHRASE_END, SENTENCE_END, SENTENCE_SILENCE

PRIOR_POWER = 0.7
MAX_FRAMES_A_BATCH = 6000
SILENCE, PAUSE_ID = PHONEME_IDS[SENTENCE_SILENCE], PHONEME_IDS[PAUSE]
MIN_PAUSE_FRAMES = 9  # 104 ms; anything shorter is the closure of a plosive and goes to it
FIRST_RESUMED_ROUND = 6  # early rounds have a high learning rate and look at little
VOICED_SILENCE_PENALTY = 3.0  # nats a frame: a voiced frame is hardly silence, though the tail of a word is as quiet


@dataclass
class Item:
    """One clip being aligned."""

    clip: Utterance
    transcript: Transcript
    sequence: NDArray[np.int64] = field(init=False)  # [N] phoneme ids with silences and optional pauses
    optional: NDArray[np.bool_] = field(init=False)  # [N]
    source: list[int] = field(init=False)  # [N] index into the transcript, -1 for silences
    labels: NDArray[np.int32] = field(init=False)  # [T] position in the sequence * 3 + state

    def __post_init__(self) -> None:
        sequence, source = [SILENCE], [-1]
        syllables = self.transcript.syllables
        for n, phoneme in enumerate(self.transcript.phonemes):
            if n and syllables[n] != syllables[n - 1] and self.transcript.boundaries[n - 1]:
                sequence.append(SILENCE)  # one silence model; what lies between words is renamed to a pause later
                source.append(-1)
            sequence.append(phoneme)
            source.append(n)
        self.sequence = np.array([*sequence, SILENCE])
        self.source = [*source, -1]
        self.optional = self.sequence == SILENCE
        self.labels = self._flat_start()

    def _flat_start(self) -> NDArray[np.int32]:
        """Silence where it is quiet at the ends; the phonemes share the rest equally."""
        loudness = self.clip.mel.mean(1)
        low, high = np.percentile(loudness, [10, 95])
        loud = np.flatnonzero(loudness > low + 0.35 * (high - low))
        frames = len(loudness)
        spoken = np.flatnonzero(np.array(self.source) >= 0)
        states = len(spoken) * STATES
        a, b = (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, frames)
        if b - a < states:
            a, b = max(0, (a + b - states) // 2 - 2), min(frames, (a + b + states) // 2 + 2)
        labels = np.zeros(frames, np.int32)
        labels[:a] = 1
        labels[b:] = (len(self.sequence) - 1) * STATES + 1
        k = np.minimum(np.arange(b - a) * states // (b - a), states - 1)
        labels[a:b] = spoken[k // STATES] * STATES + k % STATES
        return labels

    @property
    def classes(self) -> NDArray[np.int64]:
        """Label classes [T] for the classifier: phoneme id * 3 + state."""
        return self.sequence[self.labels // STATES] * STATES + self.labels % STATES

    def result(self) -> dict[str, list[int]]:
        """Phonemes with durations in frames, pauses named, boundaries as the acoustic model wants them."""
        counts = np.bincount(self.labels // STATES, minlength=len(self.sequence))
        rows: list[list[int]] = []
        last = len(self.sequence) - 1
        for n, (phoneme, source, frames) in enumerate(zip(self.sequence, self.source, counts, strict=True)):
            if source >= 0:
                t = self.transcript
                rows.append([int(phoneme), t.tones[source], t.boundaries[source], int(frames)])
            elif n in (0, last):
                rows.append([SILENCE, 0, SENTENCE_END, int(frames)])
            elif frames >= MIN_PAUSE_FRAMES:
                rows.append([PAUSE_ID, 0, PHRASE_END, int(frames)])
            elif frames:  # too short for a pause: the closure of the initial that follows
                rows.append([-1, 0, 0, int(frames)])
        for n in range(len(rows) - 1, -1, -1):
            if rows[n][0] == -1:
                rows[n + 1][3] += rows[n][3]
                del rows[n]
        syllables = [self.transcript.syllables[s] for s in self.source if s >= 0]
        spoken = [row for row in rows if row[0] not in (SILENCE, PAUSE_ID)]
        before_pause = {id(rows[n - 1]) for n, row in enumerate(rows) if row[0] == PAUSE_ID}
        mark = {}
        for row, syllable in zip(spoken, syllables, strict=True):
            if id(row) in before_pause:
                mark[syllable] = PHRASE_END
        mark[syllables[-1]] = SENTENCE_END
        for row, syllable in zip(spoken, syllables, strict=True):
            row[2] = mark.get(syllable, row[2])
        phonemes, tones, boundaries, durations = (list(column) for column in zip(*rows, strict=True))
        return {"phonemes": phonemes, "tones": tones, "boundaries": boundaries, "durations": durations}


def _batches(items: list[Item], shuffle: bool) -> Iterator[list[Item]]:
    ordered = sorted(items, key=lambda item: item.clip.frames)
    batches = frame_groups(ordered, lambda item: item.clip.frames, MAX_FRAMES_A_BATCH)
    if shuffle:
        random.shuffle(batches)
    yield from batches


def _tensors(batch: list[Item]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    frames = max(item.clip.frames for item in batch)
    features = torch.zeros(len(batch), frames, 160)
    mask = torch.zeros(len(batch), frames, 1)
    targets = torch.full((len(batch), frames), -100)
    for row, item in enumerate(batch):
        t = item.clip.frames
        features[row, :t] = classifier_features(torch.from_numpy(item.clip.mel))
        mask[row, :t] = 1
        targets[row, :t] = torch.from_numpy(item.classes)
    return features, mask, targets


def _train_round(
    net: FrameClassifier, optimizer: torch.optim.Optimizer, items: list[Item], limit: int
) -> tuple[float, float]:
    """Teach the classifier the present labels for at most `limit` batches; mean loss and share of phonemes right."""
    net.train()
    losses, hits = [], []
    for number, batch in enumerate(_batches(items, shuffle=True)):
        if number == limit:
            break
        features, mask, targets = _tensors(batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = net(features, mask)
        logits = logits.float().flatten(0, 1)
        flat = targets.flatten()
        loss = F.cross_entropy(logits, flat, ignore_index=-100, label_smoothing=0.05)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        known = flat >= 0
        losses.append(loss.item())
        hits.append((logits.argmax(1)[known] // STATES == flat[known] // STATES).float().mean().item())
    return float(np.mean(losses)), float(np.mean(hits))


def _realign(net: FrameClassifier, items: list[Item]) -> float:
    """Give every item the best path through the classifier's scores; mean score a frame."""
    net.eval()
    counts = np.ones(len(PHONEMES) * STATES)
    for item in items:
        counts += np.bincount(item.classes, minlength=len(counts))
    priors = (PRIOR_POWER * np.log(counts / counts.sum())).astype(np.float32)
    total, frames = 0.0, 0
    with torch.inference_mode():
        for batch in _batches(items, shuffle=False):
            features, mask, _ = _tensors(batch)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = net(features, mask)
            scores = F.log_softmax(logits.float(), 2).numpy()
            for row, item in enumerate(batch):
                own = np.ascontiguousarray(scores[row, : item.clip.frames] - priors)
                silence = slice(SILENCE * STATES, (SILENCE + 1) * STATES)
                own[:, silence] -= VOICED_SILENCE_PENALTY * item.clip.voiced[:, None]
                item.labels, score = best_path(own, item.sequence, item.optional)
                total, frames = total + score, frames + item.clip.frames
    return total / frames


def _items(clips: list[Utterance]) -> list[Item]:
    items, left_out = [], Counter[str]()
    for clip in clips:
        try:
            transcript = transcribe(clip.text, clip.language)
        except Untranscribable as error:
            left_out[str(error)] += 1
            continue
        if clip.frames < STATES * (len(transcript.phonemes) + 2):
            left_out["shorter than its phonemes' minimum duration"] += 1
            continue
        items.append(Item(clip, transcript))
    for reason, count in left_out.items():
        print(f"left out: {count} clips, {reason}")
    return items


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training align`."""
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--resume", action="store_true", help="go on from the last run's classifier")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--corpora", nargs="+", default=list(CORPORA), metavar="NAME", help="align these together")
    parser.add_argument("--name", default="aligner", help="of the classifier's file; one for each set of corpora")


def main(options: argparse.Namespace) -> None:
    """Run the command; alignments join `alignments.json` in the work folder, the classifier lies beside it."""
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    torch.set_num_threads(options.threads)
    trained = _items(load(options.corpora))
    held_out = _items(load(options.corpora, held_out=True))
    others = f"{len(held_out)} held-out ones that the classifier does not learn from"
    print(f"{len(trained)} clips to align, and {others}", flush=True)
    if not trained:
        raise CorpusError("none of the clips can be aligned")
    net = FrameClassifier(len(PHONEMES))
    optimizer = torch.optim.AdamW(net.parameters(), 2e-3)
    saved = work_folder() / f"{options.name}.pt"
    if options.resume:
        if not saved.is_file():
            raise FileNotFoundError("no classifier to go on from; leave --resume out")
        net.load_state_dict(torch.load(saved, weights_only=True)["model"])
        _realign(net, trained)
    for number in range(FIRST_RESUMED_ROUND if options.resume else 0, options.rounds):
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * 0.75**number
        loss, accuracy = _train_round(net, optimizer, trained, 80 if number < 2 else 150)
        score = _realign(net, trained)
        print(
            f"round {number + 1}/{options.rounds}: loss {loss:.3f} accuracy {accuracy:.3f} path score {score:.3f}",
            flush=True,
        )
    _realign(net, held_out)
    path = work_folder() / "alignments.json"
    before = json.loads(path.read_text()) if path.is_file() else {}
    results = {key: value for key, value in before.items() if key.split("/")[0] not in options.corpora}
    results |= {item.clip.key: item.result() for item in trained + held_out}
    path.write_text(json.dumps(results))
    torch.save({"model": net.state_dict()}, saved)
    print(f"{len(trained) + len(held_out)} alignments written to {path}")
