"""Exists to measure speed and memory honestly: many runs in turns, medians, and everything that a user waits for.

The wall clock is what a listener meets; CPU time, which is given beside it, hardly depends on what else runs.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingyin import __version__, errors
from qingyin.errors import QingyinError

# A hundred characters, punctuation counted, in two sentences: the text of "first audio".
MIDDLE = (
    "清晨的阳光透过窗帘照进房间，小鸟在树枝上欢快地歌唱，街上的人们开始了忙碌的一天。"
    "他推开门走进院子，闻到泥土和青草的香味，想起昨天晚上朋友说过的那句话，心里觉得十分温暖，于是决定去看望住在山脚下的老人。"
)
SHORT = "今天天气真好，我们去公园走走吧。"
RUNS = 5
_START_SECONDS = 120.0


@dataclass(frozen=True)
class Plan:
    """What to measure. threads: each count for us; rivals get the first. long_characters: of the very long text."""

    models: str | None
    vocoder: str | None
    threads: tuple[int, ...]
    runs: int
    long_characters: int
    rivals: tuple[str, ...] = ()
    rival_model: str | None = None

    @property
    def texts(self) -> dict[str, str]:
        return {"short": SHORT, "middle": MIDDLE, "long": long_text(self.long_characters)}


def long_text(characters: int) -> str:
    """Sentences of different lengths, over and over, at least so many characters."""
    sentences = [SHORT, *(sentence + "。" for sentence in MIDDLE.split("。") if sentence), "真的吗？", "当然是真的！"]
    parts: list[str] = []
    length = 0
    while length < characters:
        parts.append(sentences[len(parts) % len(sentences)])
        length += len(parts[-1])
    return "".join(parts)


def run(plan: Plan, progress: Callable[[str], None]) -> dict[str, Any]:
    """All figures as JSON has them. progress: is told what is being measured. Errors: QingyinError."""
    result: dict[str, Any] = {
        "format": 1,
        "qingyin": __version__,
        "machine": machine(),
        "texts": {name: len(text) for name, text in plan.texts.items()},
        "runs": plan.runs,
    }
    result["engines"] = measure_engines(plan, progress)
    result["processes"] = measure_processes(plan, progress)
    return result


def machine() -> dict[str, Any]:
    """What the figures hold for."""
    model = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), model)
    except OSError:
        pass
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "cpu": model, "cores": os.cpu_count(), "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(), "load_average": load,
    }  # fmt: skip


class Worker:
    """An engine in its own process. Errors: what it reports, as the package's own; QingyinError if it dies."""

    def __init__(self, engine: str, model: str | None, threads: int, vocoder: str | None = None) -> None:
        self.engine, self.threads = engine, threads
        command = [sys.executable, "-m", "qingyin.bench.engines", engine, "--threads", str(threads)]
        for name, value in (("--model", model), ("--vocoder", vocoder)):
            if value is not None:
                command += [name, value]
        self._process = subprocess.Popen(
            command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding="utf-8",
        )  # fmt: skip
        self.load = float(self._read()["load"])

    def ask(self, text: str) -> dict[str, Any]:
        """One run; see engines.Answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"text": text}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            _, told = self._process.communicate()
            last = told.strip().splitlines()[-1] if told.strip() else "it said nothing"
            raise QingyinError(f"the measured engine {self.engine} ended: {last}")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise getattr(errors, answer["error"])(f"{self.engine}: {answer['message']}")
        return answer


def environment() -> dict[str, str]:
    """For processes that are measured: as an installed package has it, compiled code kept, no other pools."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    root = str(Path(__file__).resolve().parents[2])
    others = [os.path.abspath(part) for part in kept.get("PYTHONPATH", "").split(os.pathsep) if part]
    return kept | {"PYTHONPATH": os.pathsep.join([root, *others]), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def measure_engines(plan: Plan, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """A row per engine, threads and text, after load; runs of all in turns, the long text once."""
    asked = [("qingyin", plan.models, threads, plan.vocoder) for threads in plan.threads]
    asked += [(rival, plan.rival_model, plan.threads[0], plan.vocoder) for rival in plan.rivals]
    with ExitStack() as stack:
        workers = []
        for engine, model, threads, vocoder in asked:
            progress(f"loading {engine}, {threads} threads")
            workers.append(Worker(engine, model, threads, vocoder))
            stack.callback(workers[-1].close)
        rows = []
        for name, text in plan.texts.items():
            runs = 1 if name == "long" else plan.runs
            if runs > 1:
                for worker in workers:  # the first run of a length is not like the others
                    worker.ask(text)
            answers: list[list[dict[str, Any]]] = [[] for _ in workers]
            for turn in range(runs):
                for index, worker in enumerate(workers):
                    progress(f"{name} text, run {turn + 1} of {runs}, {worker.engine}, {worker.threads} threads")
                    answers[index].append(worker.ask(text))
            for worker, found in zip(workers, answers, strict=True):
                rows.append(_row(worker, name, found))
    return rows


def _row(worker: Worker, text: str, answers: list[dict[str, Any]]) -> dict[str, Any]:
    def median(of: Callable[[dict[str, Any]], float]) -> float:
        return statistics.median(of(answer) for answer in answers)

    return {
        "engine": worker.engine, "threads": worker.threads, "text": text, "load_s": worker.load,
        "real_time_factor": median(lambda answer: answer["seconds"] / answer["audio"]),
        "cpu_factor": median(lambda answer: answer["cpu"] / answer["audio"]),
        "first_audio_ms": 1000 * median(lambda answer: answer["first_audio"]),
        "audio_s": median(lambda answer: answer["audio"]),
        "stages": {name: median(lambda answer, name=name: answer["stages"][name] / answer["audio"])  # type: ignore[misc]
                   for name in answers[0]["stages"]},
        "slowdown": answers[0]["slowdown"],
        "all": [[answer["seconds"], answer["cpu"]] for answer in answers],
    }  # fmt: skip


# A process inherits the peak memory of the one it was forked from, so this small one stands between.
_LAUNCHER = """
import json, os, resource, subprocess, sys, time
began = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE)
first, count = None, 0
while data := os.read(process.stdout.fileno(), 1 << 16):
    first = time.perf_counter() - began if first is None else first
    count += len(data)
code = process.wait()
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, first, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss, count]))
"""


def measure_processes(plan: Plan, progress: Callable[[str], None]) -> list[dict[str, Any]]:
    """`qingyin say --output-raw` as a process, for each text; the middle one also through a daemon."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="qingyin-") as folder:
        private = environment() | {"XDG_RUNTIME_DIR": folder}
        for name, text in plan.texts.items():
            runs = 1 if name == "long" else plan.runs
            rows.append(_process_row(plan, name, text, private, "process", progress, runs))
        with _daemon(plan, private):
            for name in ("short", "middle"):
                rows.append(_process_row(plan, name, plan.texts[name], private, "daemon", progress, 2 * plan.runs))
            rows[-1]["request_ms"] = 1000 * _request_seconds(plan, private, 2 * plan.runs)
    return rows


def _process_row(
    plan: Plan, name: str, text: str, private: dict[str, str], how: str, progress: Callable[[str], None], runs: int
) -> dict[str, Any]:
    say = [sys.executable, "-m", "qingyin", "say", "-", "--output-raw", "--seed", "0", *_options(plan)]
    if name != "long":  # a book is no argument
        say[4] = text
    found = []
    for turn in range(runs):
        progress(f"{name} text as a process{' with the daemon' if how == 'daemon' else ''}, run {turn + 1} of {runs}")
        done = subprocess.run(
            [sys.executable, "-c", _LAUNCHER, *say], env=private, capture_output=True, text=True, check=False,
            input=text if name == "long" else None,
        )  # fmt: skip
        code, *figures = json.loads(done.stdout)
        if code != 0:
            raise QingyinError(f"qingyin say ended with {code}: {done.stderr.strip()}")
        found.append(figures)
    first, seconds, cpu, kilobytes, _ = (statistics.median(column) for column in zip(*found, strict=True))
    unit = 1e6 if sys.platform == "darwin" else 1e3 / 1.024  # bytes, or KiB, to MB
    return {"how": how, "text": name, "first_audio_ms": 1000 * first, "seconds": seconds, "cpu_s": cpu,
            "peak_mb": kilobytes / unit}  # fmt: skip


def _options(plan: Plan) -> list[str]:
    options = ["--threads", str(plan.threads[0])]
    for name, value in (("--models", plan.models), ("--vocoder", plan.vocoder)):
        if value is not None:
            options += [name, value]
    return options


@contextmanager
def _daemon(plan: Plan, private: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "qingyin", "daemon", "start", *_options(plan)]
    with subprocess.Popen(command, env=private, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        if not line.startswith("listening on "):
            raise QingyinError(f"the daemon does not start: {line.strip()}")
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=_START_SECONDS)


_REQUEST = """
import sys, time
from qingyin.cli.main import build_parser
from qingyin.daemon.client import RemoteSpeech
arguments = build_parser().parse_args(sys.argv[2:])
times = []
for _ in range(int(sys.argv[1])):
    began = time.perf_counter()
    for chunk in RemoteSpeech(arguments, arguments.text, pcm16=True):
        break
    times.append(time.perf_counter() - began)
print(sorted(times)[len(times) // 2])
"""


def _request_seconds(plan: Plan, private: dict[str, str], runs: int) -> float:
    """From the request to the first sound, in a client that runs already."""
    command = [sys.executable, "-c", _REQUEST, str(runs), "say", MIDDLE, "--seed", "0", *_options(plan)]
    done = subprocess.run(command, env=private, capture_output=True, text=True, check=False)
    if done.returncode:
        raise QingyinError(f"the daemon was not reached: {done.stderr.strip()[-300:]}")
    return float(done.stdout)


def now() -> str:
    """For the head of a report."""
    return time.strftime("%Y-%m-%d %H:%M")
