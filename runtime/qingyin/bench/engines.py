"""Exists so that `qingyin bench` asks every engine the same thing: this text, these threads, how long?

Each engine runs in a process of its own (`python -m qingyin.bench.engines NAME ...`), so that memory, thread pools and
settings are its own, and answers lines of JSON: {"text": ...} with an `Answer`. Runs of several engines can so take
turns, and a busy machine slows all alike.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qingyin.bench.own_engine import SEED, Qingyin
from qingyin.errors import DependencyError, OptionError, QingyinError

RIVALS = ("piper", "sherpa-onnx", "torch", "vits-topology")
_PARTS = 10  # of a long text, whose first and last are compared
# piper's own, blanks between, for the texts of bench/runs.py
_IDS_PER_CHARACTER = 11.5


@dataclass
class Answer:
    """One run. Times in seconds of wall clock, `cpu` of this process; `audio` in seconds of sound."""

    seconds: float
    cpu: float
    first_audio: float
    audio: float
    peak_mb: float
    stages: dict[str, float] = field(default_factory=dict)
    slowdown: float | None = None  # CPU time per second of sound, last tenth over first tenth


class Engine(Protocol):
    """speak: yields seconds of sound as they become final. stages: seconds of the last run, by name."""

    def speak(self, text: str) -> Iterator[float]: ...

    def stages(self) -> dict[str, float]: ...


class Piper:
    """The package piper-tts with a voice FILE.onnx (FILE.onnx.json beside it)."""

    def __init__(self, model: str | None, threads: int, vocoder: str | None) -> None:
        piper = _package("piper", "piper-tts")
        path = _file(model, "the voice's .onnx file")
        _file(f"{path}.json", "the voice's .onnx.json file")
        self._voice = piper.PiperVoice.load(path)
        self._voice.session = _onnx_session(path, threads)  # its own has all threads of the machine

    def speak(self, text: str) -> Iterator[float]:
        for chunk in self._voice.synthesize(text):
            yield len(chunk.audio_float_array) / chunk.sample_rate

    def stages(self) -> dict[str, float]:
        return {}


class Sherpa:
    """The package sherpa-onnx with a VITS voice, a folder: one .onnx, tokens.txt, lexicon.txt."""

    def __init__(self, model: str | None, threads: int, vocoder: str | None) -> None:
        sherpa = _package("sherpa_onnx", "sherpa-onnx")
        if model is None or not Path(model).is_dir():
            raise OptionError(f"--compare-model must be the voice's folder (got {model})")
        folder = Path(model)
        graphs = sorted(folder.glob("*.onnx"))
        tokens, lexicon = folder / "tokens.txt", folder / "lexicon.txt"
        if len(graphs) != 1 or not tokens.is_file() or not lexicon.is_file():
            raise OptionError(f"{folder} must hold one .onnx file, tokens.txt and lexicon.txt")
        vits = sherpa.OfflineTtsVitsModelConfig(
            model=str(graphs[0]), tokens=str(tokens), lexicon=str(lexicon)
        )
        config = sherpa.OfflineTtsConfig(model=sherpa.OfflineTtsModelConfig(vits=vits, num_threads=threads))
        if not config.validate():
            raise OptionError(f"sherpa-onnx does not take the voice in {folder}")
        self._tts = sherpa.OfflineTts(config)

    def speak(self, text: str) -> Iterator[float]:
        sound = self._tts.generate(text)
        if not len(sound.samples):
            raise OptionError("sherpa-onnx makes no sound of the text with this voice; is its lexicon Chinese?")
        yield len(sound.samples) / sound.sample_rate

    def stages(self) -> dict[str, float]:
        return {}


class VitsTopology:
    """A graph with piper's inputs (input, input_lengths, scales), sentence by sentence, without a front end."""

    def __init__(self, model: str | None, threads: int, vocoder: str | None) -> None:
        self._session = _onnx_session(_file(model, "a graph of `python -m export.models.piper_topology`"), threads)
        self._rng = np.random.default_rng(SEED)

    def speak(self, text: str) -> Iterator[float]:
        from qingyin.text import split_sentences

        for sentence, _ in split_sentences(text):
            count = round(_IDS_PER_CHARACTER * len(sentence.strip()))
            if not count:
                continue
            ids = self._rng.integers(3, 150, (1, count))
            feeds = {"input": ids, "input_lengths": np.array([count]), "scales": np.array([0.667, 1, 0.8], np.float32)}
            yield self._session.run(None, feeds)[0].size / 22050

    def stages(self) -> dict[str, float]:
        return {}


def _torch(model: str | None, threads: int, vocoder: str | None) -> Engine:
    """The same models in PyTorch, from checkpoints; that side is no part of the package, only of a checkout."""
    try:
        module = importlib.import_module("export.eager")
    except ImportError as error:
        raise DependencyError(
            f"--compare torch needs a checkout with PyTorch ({error}); run it from the checkout's root"
        ) from None
    engine: Engine = module.Eager(model, threads, vocoder)
    return engine


ENGINES: dict[str, Any] = {
    "qingyin": Qingyin, "piper": Piper, "sherpa-onnx": Sherpa, "torch": _torch, "vits-topology": VitsTopology,
}  # fmt: skip


def measure(engine: Engine, text: str) -> Answer:
    """One run of a text."""
    began, cpu = time.perf_counter(), time.process_time()
    first: float | None = None
    marks: list[tuple[float, float]] = []  # (seconds of sound so far, CPU time so far)
    audio = 0.0
    for seconds in engine.speak(text):
        first = time.perf_counter() - began if first is None else first
        audio += seconds
        marks.append((audio, time.process_time() - cpu))
    return Answer(
        seconds=time.perf_counter() - began, cpu=time.process_time() - cpu, first_audio=first or 0.0, audio=audio,
        peak_mb=peak_memory_mb(), stages=engine.stages(), slowdown=_slowdown(marks),
    )  # fmt: skip


def _slowdown(marks: list[tuple[float, float]]) -> float | None:
    """The last tenth against the first, per second of sound; None where there are too few chunks to tell."""
    size = len(marks) // _PARTS
    if size < 2:
        return None
    (audio0, cpu0), (audio1, cpu1) = marks[0], marks[size]
    (audio2, cpu2), (audio3, cpu3) = marks[-size - 1], marks[-1]
    return ((cpu3 - cpu2) / (audio3 - audio2)) / ((cpu1 - cpu0) / (audio1 - audio0))


def peak_memory_mb() -> float:
    """The most resident memory of this process so far, in MB (10^6 bytes); without what a parent had."""
    try:
        with open("/proc/self/status", encoding="ascii") as file:
            line = next(line for line in file if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024 / 1e6
    except OSError:  # no Linux
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6  # bytes on macOS


def _onnx_session(path: str, threads: int) -> Any:
    from qingyin.sessions import import_onnxruntime

    onnxruntime = import_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _file(path: str | None, what: str) -> str:
    if path is None or not Path(path).is_file():
        raise OptionError(f"--compare-model must be {what} (got {path})")
    return path


def _package(module: str, name: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise DependencyError(f"--compare needs the package {name} ({error}): pip install {name}") from None


def main(argv: list[str] | None = None) -> int:
    """Serves one engine on standard input and output."""
    parser = argparse.ArgumentParser(prog="python -m qingyin.bench.engines")
    parser.add_argument("engine", choices=tuple(ENGINES))
    parser.add_argument("--model")
    parser.add_argument("--vocoder")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args(argv)
    began = time.perf_counter()
    answers = sys.stdout
    sys.stdout = sys.stderr  # what a rival's package prints must not come between
    try:
        engine: Engine = ENGINES[arguments.engine](arguments.model, arguments.threads, arguments.vocoder)
        print(json.dumps({"load": time.perf_counter() - began}), file=answers, flush=True)
        for line in sys.stdin:
            answer = asdict(measure(engine, json.loads(line)["text"]))
            print(json.dumps(answer), file=answers, flush=True)
    except QingyinError as error:
        print(json.dumps({"error": type(error).__name__, "message": str(error)}), file=answers, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
