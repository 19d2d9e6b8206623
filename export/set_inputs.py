"""Lets a finished fp32 set speak and listen, and keeps what its graphs were given: the runs that fix int8 scales."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from export.example_inputs import Array
from export.real_speech import Recording
from qingyin.graph_spec import OPTIONAL_GRAPHS
from qingyin.sessions import Session
from qingyin.synthesizer import Synthesizer
from qingyin.vocoders import load_vocoder

Runs = dict[str, list[dict[str, Array]]]  # graph -> inputs by name of each run, B = 1

# Statements, questions, exclamations, numbers, English, one word and long ones; tools/graph_audio.py judges by others.
SENTENCES = (
    "今天天气真好，我们去公园走走吧。",
    "你昨天晚上为什么没有来？",
    "老师让学生把窗户打开，教室里一下子凉快了许多，大家都觉得舒服极了。",
    "这本书我看了三遍，还是不太懂。",
    "Python 是一门很流行的编程语言，许多 engineers 都在用。",
    "快点儿，火车要开了！",
    "他从小就喜欢音乐，后来成了一名钢琴家。",
    "一共是一百二十三万四千五百六十七元八角。",
    "好。",
)
WHOLE = 1_000_000  # frames in a chunk: a run is a whole sentence
SHORTEST = 16  # frames: less of a recording tells nothing


@contextmanager
def captured() -> Iterator[Runs]:
    """What every graph is given while the block runs."""
    runs: Runs = {}
    original = Session.run

    def run(self: Session, feeds: Mapping[str, Array]) -> dict[str, Array]:
        runs.setdefault(self.spec.name, []).append({name: np.array(value) for name, value in feeds.items()})
        return original(self, feeds)

    Session.run = run  # type: ignore[method-assign]
    try:
        yield runs
    finally:
        Session.run = original  # type: ignore[method-assign]


def collect_runs(models: Path, recordings: Sequence[Recording] = (), sentences: Sequence[str] = SENTENCES) -> Runs:
    """Runs of every graph of a set: each voice says each sentence, in an emotion that changes from one to the next, and
    every vocoder and encoder gets each recording.

    Errors: those of qingyin for a set that does not speak.
    """
    synthesizer = Synthesizer.load(models, device="cpu")
    manifest = synthesizer.manifest
    emotions: list[str | None] = [*manifest.emotions] or [None]
    with captured() as runs:
        for index, voice in enumerate(synthesizer.voices):
            for number, text in enumerate(sentences):
                emotion = emotions[(index + number) % len(emotions)]
                synthesizer.synthesize(
                    text, voice=voice, emotion=emotion, seed=number, first_chunk_frames=WHOLE, chunk_frames=WHOLE
                )
    spoken = runs[f"vocoder_{synthesizer.vocoder_name}"]
    made = [
        Recording(np.zeros(0, np.float32), feeds["mel"][0], feeds["f0"][0], feeds["voicing"][0])
        for feeds in spoken
        if "f0" in feeds
    ]
    usable = [recording for recording in recordings if len(recording.mel) >= SHORTEST]
    for name in manifest.vocoders:
        vocoder = load_vocoder(manifest, name, device="cpu")
        heard = [*([] if name == synthesizer.vocoder_name else made), *usable]
        with captured() as own:
            for recording in heard:
                stream = vocoder.open(np.random.default_rng(0))
                stream.push(recording.mel, recording.f0_hz, recording.voicing, last=True)
        for graph, feeds in own.items():
            runs.setdefault(graph, []).extend(feeds)
    for name in OPTIONAL_GRAPHS:
        spec = manifest.graphs.get(name)
        features = {field.name for field in dataclasses.fields(Recording)} | {"f0"}
        if spec is None or not {tensor.name for tensor in spec.inputs} <= features:  # it hears samples: not ours
            continue
        for recording in usable or made:
            own_inputs = {"mel": recording.mel, "f0": recording.f0_hz, "voicing": recording.voicing}
            runs.setdefault(name, []).append({t.name: own_inputs[t.name][None] for t in spec.inputs})
    return {name: feeds for name, feeds in runs.items() if name in manifest.graphs}  # the text front end has its own


def write_runs(folder: Path, runs: Mapping[str, Sequence[Mapping[str, Array]]]) -> None:
    """FOLDER/GRAPH.npz: array NAME of the run with number K is called K/NAME. OSError: it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    for graph, feeds in runs.items():
        arrays = {f"{k}/{name}": value for k, run in enumerate(feeds) for name, value in run.items()}
        np.savez(folder / f"{graph}.npz", **arrays)  # type: ignore[arg-type]
