"""Trains the model of polyphones that the text front end ships; resumes from its last checkpoint."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.polyphone import FIRST_CHARACTER, PolyphoneModel
from export.training.loop import Run
from export.training.paths import run_folder
from export.training.polyphone_data import Tagger, load_cpp
from export.training.polyphone_disturb import Disturber
from export.training.polyphone_examples import WRITTEN, load_decided, load_examples, load_patterns
from export.training.polyphone_rows import Row, character_table, natural_shares, temper, told_only
from export.training.polyphone_sentences import HELD_OUT, load, load_words, own_rows, told_rows
from export.training.polyphone_sequences import Batch, Sequences
from export.training.polyphone_teacher import STATE_VARIANCE, Teacher, lower_tagged_weights, trust_by_character

NAME = "polyphone"
SHARES = {"examples": 0.05, "patterns": 0.1}  # of a batch, beside --gold; the rest are disturbed
PATTERN_DRAWS = 60
FORGET_DICTIONARY = 0.2  # chance that a sentence is read without the dictionary
STATE_WEIGHT = 4.0  # of the loss of the tagger's state; as much again as all that is asked of readings
EVERY_WORD = 40  # is measured on, if anything is
LEAST_SEEN = 4  # of a character that gets an id
MEASURED_AT_ONCE = 128


def scores_of(model: PolyphoneModel, rows: Sequence[Row], ids: dict[str, int]) -> list[np.ndarray]:
    """The model's scores at every label of some sentences."""
    most = model.pairs.shape[1]
    sequences = Sequences(rows, ids, most)
    found: list[np.ndarray] = []
    for start in range(0, len(rows), MEASURED_AT_ONCE):
        part = rows[start : start + MEASURED_AT_ONCE]
        length = max(len(row.features.characters) for row in part)
        batch = sequences.batch(range(start, start + len(part)), length)
        with torch.inference_mode():
            scores = model(*tensors(batch)).numpy()
        found += [scores[index, place] for index, row in enumerate(part) for place in row.places]
    return found


def accuracy(model: PolyphoneModel, rows: Sequence[Row], ids: dict[str, int]) -> float:
    """Share of labels read right, percent, where the dictionary decides inside its words as in the front end."""
    right = []
    labels = [(row, index) for row in rows for index in range(len(row.places))]
    for scores, (row, index) in zip(scores_of(model, rows, ids), labels, strict=True):
        said = row.features.dictionary[row.places[index]]
        best = said - 1 if said else int(scores.argmax())
        right.append(best == int(np.argmax(row.targets[index])))
    return 100 * float(np.mean(right))


def tensors(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """The model's inputs."""
    return torch.from_numpy(batch.characters), torch.from_numpy(batch.places), torch.from_numpy(batch.dictionary)


def joined(batches: Sequence[Batch]) -> Batch:
    """Several batches of one length as one."""
    return Batch(*(np.concatenate([getattr(batch, name) for batch in batches]) for name in Batch.__annotations__))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training polyphone`."""
    parser.add_argument("folder", type=Path, help="with cpp_dev.sent, cpp_dev.lb and zh_sentences_cc0.txt")
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=64, help="sentences")
    parser.add_argument("--length", type=int, default=32, help="of a sentence, in characters")
    parser.add_argument("--lr", type=float, default=6e-3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--evaluate-every", type=int, default=1000, metavar="STEPS")
    parser.add_argument(
        "--validate", default="", metavar="FOLDS", help="keep more of the gold out and measure on that: 1,2,3"
    )
    parser.add_argument("--gold", type=float, default=0.08, metavar="SHARE", help="of a batch")
    parser.add_argument("--written", type=float, default=0.2, metavar="SHARE", help="of a batch: our own sentences")
    parser.add_argument("--tagged", type=float, default=0.15, metavar="SHARE", help="of a batch: others' sentences")
    parser.add_argument("--decided", type=float, default=0.06, metavar="SHARE", help="of a batch: uncertain places")
    parser.add_argument("--words", type=float, default=0.15, metavar="SHARE", help="of a batch: words of dictionaries")
    parser.add_argument(
        "--doubt", type=float, default=0.0,
        help="how much less the tagger's word weighs for each share of a character's gold that it reads wrong",
    )  # fmt: skip
    parser.add_argument("--start-from", metavar="RUN", help="begin with what another run has learned")
    parser.add_argument("--embedding", type=int, default=96, metavar="NUMBERS", help="of a character")
    parser.add_argument("--width", type=int, default=128, metavar="UNITS", help="of the recurrent layer, a direction")
    parser.add_argument("--upper-width", type=int, default=96, metavar="UNITS", help="of the second one; 0: none")
    parser.add_argument("--name", default=NAME, help="of the run")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    data = load(options.folder)
    kept_out = {int(fold) for fold in options.validate.split(",") if fold}
    measured = [told_only(row) for fold in sorted(kept_out) for row in data.gold[fold]]
    gold = [row for fold, rows in sorted(data.gold.items()) if fold not in kept_out for row in rows]
    tagger = Tagger()
    examples, written = load_examples(), load_examples(WRITTEN)
    every = 10 if kept_out else len(examples) + len(written) + 1  # of our own, the tenth that is measured on
    words = load_words(options.folder, data.readings, tagger)
    every_word = EVERY_WORD if kept_out else len(words) + 1
    parts = {
        "gold": gold,
        "examples": own_rows([example for index, example in enumerate(examples, 1) if index % every], data.readings),
        "written": told_rows([item for index, item in enumerate(written, 1) if index % every], data.readings, tagger),
        "decided": told_rows(load_decided(options.folder), data.readings, tagger),
        "words": [row for index, row in enumerate(words, 1) if index % every_word],
        "patterns": own_rows(load_patterns(PATTERN_DRAWS, options.seed), data.readings),
        "tagged": data.tagged + data.phrases,
    }
    temper(parts["written"], natural_shares(data.tagged, data.readings))
    measured_own = {
        "examples": own_rows(examples[every - 1 :: every], data.readings),
        "written": list(map(told_only, told_rows(written[every - 1 :: every], data.readings, tagger))),
    }
    measured_own["words"] = list(map(told_only, words[every_word - 1 :: every_word]))
    former = former_run(options.start_from, data.readings) if options.start_from else None
    characters = (
        former["config"]["characters"]
        if former
        else character_table(itertools.chain(*parts.values()), LEAST_SEEN, data.readings)
    )
    ids = {char: index for index, char in enumerate(characters, start=FIRST_CHARACTER)}
    most = max(len(row) for row in data.readings.values())
    seen = [label for label in load_cpp(options.folder) if label.fold not in {HELD_OUT, *kept_out}]
    trust = trust_by_character(seen, data.readings, tagger, options.doubt)
    for row in itertools.chain(gold, parts["written"], parts["decided"], words, data.phrases):
        lower_tagged_weights(row, trust)
    teacher = Teacher(tagger, characters, data.readings, trust)
    sequences = {name: Sequences(rows, ids, most) for name, rows in parts.items()}
    model = PolyphoneModel(characters, data.readings, options.embedding, options.width, upper_width=options.upper_width)
    disturber = Disturber(teacher.polyphones)
    pupil = Pupil(model)
    if former:
        load_former(pupil, former["model"])
    run = Run(options.name, pupil, model.config, options.steps, options.lr, betas=(0.9, 0.98), decay=0.998)
    rng = np.random.default_rng(options.seed + run.step)
    shares = SHARES | {name: getattr(options, name) for name in ("gold", "written", "decided", "words", "tagged")}
    counts = {name: round(shares[name] * options.batch) for name in parts}
    strange = options.batch - sum(counts.values())
    size = sum(p.numel() for p in model.parameters())
    print(f"{size / 1e6:.2f} M parameters, {len(characters)} characters", flush=True)
    print(", ".join(f"{len(rows)} {name}" for name, rows in parts.items()), flush=True)
    while run.running:
        batches = [sequences[name].drawn(count, options.length, rng) for name, count in counts.items()]
        batches.append(sequences["tagged"].drawn(strange, options.length, rng))
        disturber.disturb(batches[-1], rng)
        losses = loss_parts(pupil, teacher, batches, rng)
        names = [*counts, "strange", "state"]
        total = sum(losses[:-1]) + STATE_WEIGHT * losses[-1]
        run.update(total, dict(zip(names, (loss.item() for loss in losses), strict=True)))
        if kept_out and (run.step % options.evaluate_every == 0 or not run.running):
            averaged = run.averaged.model
            figures = {"accuracy": accuracy(averaged, measured, ids)}
            figures |= {name: accuracy(averaged, rows, ids) for name, rows in measured_own.items()}
            run.log(figures, "validation")
    run.save()


def former_run(name: str, readings: dict[str, list[str]]) -> dict[str, Any]:
    """The checkpoint of a run to go on from, with another mixture.

    Raises:
        FileNotFoundError: there is none.
        ValueError: it tells other readings apart.
    """
    path = run_folder(name) / "last.pt"
    if not path.is_file():
        raise FileNotFoundError(f"no {path}; run first: python -m export.training polyphone FOLDER --name {name}")
    state: dict[str, Any] = torch.load(path, weights_only=True)
    if state["config"]["readings"] != readings:
        raise ValueError(f"{path} tells other readings apart than the gold of today; train it again")
    return state


def load_former(pupil: Pupil, weights: dict[str, Tensor]) -> None:
    """Begin with another run's weights; a layer that it does not have keeps its first ones, which add nothing."""
    own = pupil.state_dict()
    new = {key for key in own if key not in weights and key.startswith(("model.upper.", "model.added."))}
    pupil.load_state_dict({**weights, **{key: own[key] for key in new}})


class Pupil(nn.Module):
    """The model, with a layer that training alone needs: it tells the tagger's state from the model's own."""

    def __init__(self, model: PolyphoneModel, state_size: int = 64) -> None:
        super().__init__()
        self.model = model
        self.state = nn.Linear(2 * model.recurrent.hidden_size, state_size)


def loss_parts(pupil: Pupil, teacher: Teacher, batches: Sequence[Batch], rng: np.random.Generator) -> list[Tensor]:
    """Loss of the labels of each batch, of the tagger's answers on the last one, and of its state on all."""
    whole = joined(batches)
    characters, places, dictionary = tensors(whole)
    dictionary = dictionary.masked_fill(torch.from_numpy(rng.random((len(dictionary), 1)) < FORGET_DICTIONARY), 0)
    kinds = pupil.model.kinds(places, dictionary)
    first_states, states = pupil.model.states(characters, kinds)
    wanted = teacher.states(whole.characters)
    first = len(characters) - len(batches[-1].characters)  # of the disturbed sentences
    asked = torch.from_numpy(whole.weights > 0)
    asked[first:] = torch.from_numpy(teacher.polyphones)[characters[first:]]
    log_shares = F.log_softmax(pupil.model.score(states[asked], characters[asked], kinds[asked], dictionary[asked]), -1)
    targets, weights = torch.from_numpy(whole.targets), torch.from_numpy(whole.weights)
    strange = asked.clone()
    strange[:first] = False
    targets[strange] = teacher.answers(wanted[strange], characters[strange])
    weights[strange] = teacher.trust[characters[strange]]
    missed = -(targets[asked] * log_shares).sum(-1) * weights[asked]
    sizes = torch.tensor([len(batch.characters) for batch in batches])
    owner = torch.arange(len(batches)).repeat_interleave(sizes).unsqueeze(1).expand_as(asked)[asked]
    sums = torch.zeros(len(batches)).index_add(0, owner, missed)
    shares = torch.zeros(len(batches)).index_add(0, owner, weights[asked])
    real = characters > 0
    state = F.mse_loss(pupil.state(first_states)[real], wanted[real]) / STATE_VARIANCE
    return [*(sums / shares), state]
