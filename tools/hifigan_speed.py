"""Measures the published HiFi-GAN generators in our runtime against PyTorch eager: in turns, best of each, one thread.

Run from anywhere: `python tools/hifigan_speed.py`. Weights are seeded: they do not change the time. With one thread it
is CPU time, so that other programs disturb it less. Each size has a process of its own, as it has where it is used: the
memory that a larger one has left behind makes PyTorch faster (V2 by up to a sixth, for 3 s at once).
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from onnxruntime import InferenceSession

if __package__ in (None, ""):  # run as a script, imports start in tools/ instead of the repository's root
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from export.cpu_session import session
from export.graphs import hifigan_spec
from export.models import hifigan
from export.models.hifigan import HifiganGenerator
from export.to_onnx import export_graph
from tools.graph_precision import convert

SIZES = {"V1": hifigan.V1, "V2": hifigan.V2, "V3": hifigan.V3}


def _mel(seed: int, frames: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((1, 80, frames)).astype(np.float32) - 4.0


def prepared(size: str, precision: str, fast: bool, threads: int) -> tuple[HifiganGenerator, InferenceSession]:
    """A seeded generator without weight norm, as its authors run it, and our graph of it."""
    torch.manual_seed(0)
    generator = HifiganGenerator(SIZES[size]).eval()
    content = export_graph(hifigan_spec(generator, fast=fast))  # folds the weight norm of the generator, too
    return generator, session(convert(content, precision, calibration=[{"mel": _mel(1, 24)}]), threads)


def compare(
    generator: HifiganGenerator, graph: InferenceSession, frames: int, rounds: int, threads: int
) -> tuple[float, float]:
    """Least seconds of PyTorch eager and of our graph, in turns."""
    clock = time.process_time if threads == 1 else time.perf_counter

    def seconds(run: Callable[[], object]) -> float:
        start = clock()
        run()
        return clock() - start

    mel = _mel(0, frames)
    tensor = torch.from_numpy(mel)

    def eager() -> object:
        with torch.inference_mode():
            return generator(tensor)

    def ours() -> object:
        return graph.run(None, {"mel": mel})

    both = (eager, ours)
    for run in both:
        run()
    times: list[list[float]] = [[], []]
    for turn in range(rounds):
        for index in (0, 1) if turn % 2 == 0 else (1, 0):
            times[index].append(seconds(both[index]))
    return min(times[0]), min(times[1])


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a table; exit code 0, or that of a size that failed."""
    parser = argparse.ArgumentParser(prog="python tools/hifigan_speed.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", action="append", choices=sorted(SIZES), help="may be repeated; default all")
    parser.add_argument("--precision", choices=("fp32", "int8-conv"), default="fp32")
    parser.add_argument(
        "--convolutions", choices=("fast", "direct"), help="as of export convert (default: fast, direct for int8-conv)"
    )
    parser.add_argument(
        "--frames", type=int, action="append", help="of a run, may be repeated; default 258, 3 s of sound"
    )
    parser.add_argument("--rounds", type=int, default=9, help="of each, in turns (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args(argv)
    print("| generator | frames | PyTorch eager, s per s of sound | ours | times as fast |")
    print("| --- | ---: | ---: | ---: | ---: |", flush=True)
    codes = []
    for size in arguments.size or SIZES:
        process = multiprocessing.get_context("spawn").Process(target=report, args=(size, arguments))
        process.start()
        process.join()
        codes.append(process.exitcode or 0)
    return max(map(abs, codes))


def report(size: str, arguments: argparse.Namespace) -> None:
    """Prints the rows of one size."""
    torch.set_num_threads(arguments.threads)
    fast = (arguments.convolutions or ("fast" if arguments.precision == "fp32" else "direct")) == "fast"
    generator, graph = prepared(size, arguments.precision, fast, arguments.threads)
    for frames in arguments.frames or (258,):
        sound = frames * 256 / 22050
        eager, ours = compare(generator, graph, frames, arguments.rounds, arguments.threads)
        print(f"| {size} | {frames} | {eager / sound:.3f} | {ours / sound:.3f} | {eager / ours:.2f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
