"""Measures the published HiFi-GAN generators in our runtime against PyTorch eager: in turns, best of each, one thread.

Run from anywhere: `python tools/hifigan_speed.py`. Weights are seeded: they do not change the time.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

if __package__ in (None, ""):  # run as a script, imports start in tools/ instead of the repository's root
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from export.cpu_session import session
from export.graphs import hifigan_spec
from export.models import hifigan
from export.to_onnx import export_graph

SIZES = {"V1": hifigan.V1, "V2": hifigan.V2, "V3": hifigan.V3}


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def compare(size: str, frames: int, rounds: int, threads: int) -> tuple[float, float]:
    """Least seconds of PyTorch eager (weight norm folded, as its authors run it) and of our graph."""
    torch.manual_seed(0)
    generator = hifigan.HifiganGenerator(SIZES[size]).eval()
    graph = session(export_graph(hifigan_spec(generator)), threads)  # folds the weight norm of the generator, too
    mel = np.random.default_rng(0).standard_normal((1, 80, frames)).astype(np.float32) - 4.0
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
            times[index].append(_seconds(both[index]))
    return min(times[0]), min(times[1])


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a table; exit code 0."""
    parser = argparse.ArgumentParser(prog="python tools/hifigan_speed.py", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", action="append", choices=sorted(SIZES), help="may be repeated; default all")
    parser.add_argument("--frames", type=int, default=172, help="of a run (default: %(default)s, 2 s of sound)")
    parser.add_argument("--rounds", type=int, default=9, help="of each, in turns (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args(argv)
    torch.set_num_threads(arguments.threads)
    sound = arguments.frames * 256 / 22050
    print("| generator | PyTorch eager, s per s of sound | ours | times as fast |\n| --- | --- | --- | --- |")
    for size in arguments.size or SIZES:
        eager, ours = compare(size, arguments.frames, arguments.rounds, arguments.threads)
        print(f"| {size} | {eager / sound:.3f} | {ours / sound:.3f} | {eager / ours:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
