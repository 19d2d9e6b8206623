"""Finds which nodes of a fp32 set may be int8: each group alone, its damage in sound against the time it saves."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from export.cpu_session import session
from export.example_inputs import Array
from tools.graph_audio import Damage, Listener
from tools.graph_measure import paired_times
from tools.graph_plan import GraphPlan, apply, quantisable

Key = tuple[str, str, str, str | None]  # graph, pattern, form, and what was kept before (None: alone)
Runs = Mapping[str, Sequence[Mapping[str, Array]]]  # graph -> inputs of each run
LEAST_SHARE = 0.02  # of a graph's time; what saves less cannot be told from noise
STAGES = ("minmax", "percentile", "entropy", "int8")
SEARCHED = ("acoustic_encoder", "acoustic_decoder", "vocoder_")  # what sound can judge; the listeners run once a voice


@dataclass(frozen=True)
class Limits:
    """What may be lost against fp32; the defaults of the first two are issue 5's bars."""

    pesq_loss: float = 0.1
    durations_percent: float = 1.0
    f0_cents: float = 5.0  # what practised listeners tell apart
    voicing_percent: float = 0.5  # of frames, as the decoder decides it

    def share(self, damage: Damage) -> float:
        """How much of what may be lost is: of the limit that is nearest, 1 is all of it."""
        return max(
            damage.pesq / self.pesq_loss,
            damage.durations_percent / self.durations_percent,
            damage.f0_predicted_cents / self.f0_cents,
            damage.voicing_predicted_percent / self.voicing_percent,
        )


@dataclass(frozen=True)
class Step:
    """One thing tried. saved_ms: per second of speech, of fp32's `fp32_ms`; kept: None for a group alone, else whether
    it stayed when it was added to those before it (`behind` names them), and then damage and times are of all of them.
    """

    graph: str
    pattern: str
    form: str
    damage: Damage
    fp32_ms: float
    saved_ms: float
    kept: bool | None = None
    behind: str = ""

    @property
    def key(self) -> Key:
        return self.graph, self.pattern, self.form, None if self.kept is None else self.behind


class Results:
    """Steps in a file of JSON lines, so that a search which was stopped goes on where it was.

    ValueError: the file is of another search. OSError.
    """

    def __init__(self, path: Path, signature: str) -> None:
        self._path, self.steps = path, dict[Key, Step]()
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        if lines and json.loads(lines[0]) != {"search": signature}:
            raise ValueError(f"{path} is of another set, other inputs or limits; give another file, or delete it")
        if not lines:
            path.write_text(json.dumps({"search": signature}) + "\n", encoding="utf-8")
        for line in lines[1:]:
            value = json.loads(line)
            step = Step(**{**value, "damage": Damage(**value["damage"])})
            self.steps[step.key] = step

    def add(self, step: Step) -> None:
        """Written at once."""
        self.steps[step.key] = step
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dataclasses.asdict(step)) + "\n")


@dataclass(frozen=True)
class Group:
    """Nodes that fit a pattern, the forms that they can take, and how many weights they have."""

    pattern: str
    forms: tuple[str, ...]
    weights: int


def groups(content: bytes, per_node: bool = False) -> list[Group]:
    """Nodes at the same place of the blocks of a stack are one group (numbers become *), or each is one of its own."""
    found: dict[str, Group] = {}
    for name, (forms, weights) in quantisable(content).items():
        pattern = name if per_node else re.sub(r"\.\d+(?=[./])", ".*", name)
        before = found.get(pattern, Group(pattern, forms, 0))
        found[pattern] = dataclasses.replace(before, weights=before.weights + weights)
    return list(found.values())


class Search:
    """A search over the graphs of one set; `report` gets a line after every step.

    contents: the graphs that sound can judge; searched: those of them that are quantised (None: all).
    """

    def __init__(
        self, listener: Listener, contents: Mapping[str, bytes], runs: Runs, results: Results, ranges: Path, *,
        limits: Limits, full_range: bool, storage: str, exact_only: bool, per_node: bool, rounds: int, threads: int,
        report: Callable[[str], None], searched: Collection[str] | None = None,
    ) -> None:  # fmt: skip
        self._listener, self.contents, self._runs, self._results = listener, contents, runs, results
        self._searched = list(contents) if searched is None else list(searched)
        self._ranges = ranges  # a folder for what every activation's range was
        self._limits, self._full_range, self._storage, self._exact_only = limits, full_range, storage, exact_only
        self._per_node, self._rounds, self._threads, self._report = per_node, rounds, threads, report

    def _made(self, graph: str, forms: Mapping[str, str], storage: str = "fp32") -> bytes:
        plan = GraphPlan(storage, forms, self._full_range)
        ranges = self._ranges / graph
        ranges.mkdir(parents=True, exist_ok=True)
        return apply(self.contents[graph], plan, self._runs[graph], graph, ranges)

    def times(self, graph: str, content: bytes) -> tuple[float, float]:
        """Milliseconds of fp32 and of `content` for a second of speech, on a run of median length, in turns."""
        sizes = [sum(array.size for array in run.values()) for run in self._runs[graph]]
        run = self._runs[graph][int(np.argsort(sizes)[len(sizes) // 2])]
        pairs = paired_times(
            session(self.contents[graph], self._threads), session(content, self._threads), run, self._rounds,
            self._threads,
        )  # fmt: skip
        before = 1e3 * min(a for a, _ in pairs) / self._seconds(graph, run)
        return before, before / median(a / b for a, b in pairs)

    def _seconds(self, graph: str, run: Mapping[str, Array]) -> float:
        """Of speech that a run stands for; the encoder's by what its phonemes came to on average."""
        per_frame = self._listener.manifest.hop_length / self._listener.manifest.sample_rate
        if graph != "acoustic_encoder":
            return per_frame * (run["position"] if "position" in run else run["mel"]).shape[1]
        frames = sum(decoded["position"].shape[1] for decoded in self._runs["acoustic_decoder"])
        return per_frame * frames * run["phonemes"].size / sum(r["phonemes"].size for r in self._runs[graph])

    def _line(self, step: Step, done: str) -> None:
        d = step.damage
        verdict = "" if step.kept is None else ": kept" if step.kept else ": left"
        self._report(
            f"[{done}] {step.graph}:{step.pattern} {step.form}: saves {step.saved_ms:.2f} of {step.fp32_ms:.2f} ms/s, "
            f"PESQ -{d.pesq:.3f}, durations {d.durations_percent:.1f} %, F0 {d.f0_predicted_cents:.2f} cents{verdict}"
        )

    def alone(self, minutes: float = math.inf) -> list[Step]:
        """Every group in every form, nothing else changed: all with scales by min and max first, the most weights
        before the others, so that what is stopped early has tried what matters. A group that saves no time so is not
        tried further: other scales take as long.
        """
        wanted = [
            (graph, group, form)
            for graph in self._searched
            for group in groups(self.contents[graph], self._per_node)
            for form in group.forms
        ]
        wanted.sort(key=lambda item: (STAGES.index(item[2].split("-")[-1]), -item[1].weights))
        end = time.monotonic() + 60.0 * minutes
        steps: list[Step] = []
        slow: set[tuple[str, str]] = set()
        for number, (graph, group, form) in enumerate(wanted, 1):
            place = graph, group.pattern
            step = self._results.steps.get((*place, form, None))
            if step is None and (place in slow or time.monotonic() > end):
                continue
            if step is None:
                content = self._made(graph, {group.pattern: form})
                before, after = self.times(graph, content)
                damage = self._listener.damage({graph: content})
                step = Step(graph, group.pattern, form, damage, before, before - after)
                self._results.add(step)
            if step.saved_ms <= LEAST_SHARE * step.fp32_ms:
                slow.add(place)
            self._line(step, f"alone {number}/{len(wanted)}")
            steps.append(step)
        return steps

    def candidates(self, steps: Iterable[Step]) -> list[Step]:
        """The best form of each group that saves time within the limits, least damage for the time first."""
        best: dict[tuple[str, str], Step] = {}
        for step in steps:
            chunked = self._listener.manifest.graphs[step.graph].context_frames > 0
            if self._exact_only and chunked and step.form == "int8":
                continue  # scales of each call: a chunk would differ from the whole
            if step.saved_ms <= LEAST_SHARE * step.fp32_ms or self._limits.share(step.damage) > 1:
                continue
            place = step.graph, step.pattern
            if place not in best or self._price(step) < self._price(best[place]):
                best[place] = step
        return sorted(best.values(), key=self._price)

    def _price(self, step: Step) -> float:
        return max(self._limits.share(step.damage), 1e-3) / step.saved_ms

    def together(self, steps: Sequence[Step]) -> tuple[dict[str, dict[str, str]], list[Step]]:
        """What can be kept of the candidates: one after the other is added to those kept before, in the storage that
        will ship, and stays if all of them are within the limits; each vocoder is judged with the acoustic graphs.
        """
        kept: dict[str, dict[str, str]] = {graph: {} for graph in self._searched}
        chosen = self.candidates(steps)
        trials = []
        for number, step in enumerate(chosen, 1):
            behind = json.dumps(kept, sort_keys=True)
            trial = self._results.steps.get((step.graph, step.pattern, step.form, behind))
            if trial is None:
                forms = {**kept, step.graph: {**kept[step.graph], step.pattern: step.form}}
                made = {g: self._made(g, forms.get(g, {}), self._storage) for g in self._heard_with(step.graph)}
                damage = self._listener.damage(made)
                before, after = self.times(step.graph, made[step.graph])
                trial = dataclasses.replace(
                    step, damage=damage, fp32_ms=before, saved_ms=before - after,
                    kept=self._limits.share(damage) <= 1, behind=behind,
                )  # fmt: skip
                self._results.add(trial)
            if trial.kept:
                kept[step.graph][step.pattern] = step.form
            self._line(trial, f"together {number}/{len(chosen)}")
            trials.append(trial)
        return {graph: dict(sorted(forms.items())) for graph, forms in kept.items() if forms}, trials

    def _heard_with(self, graph: str) -> list[str]:
        """The graphs of one way from text to sound: the acoustic ones and the vocoder, the default if it is none."""
        vocoder = graph if graph.startswith("vocoder_") else f"vocoder_{self._listener.manifest.default_vocoder}"
        return [g for g in self.contents if not g.startswith("vocoder_") or g == vocoder]

