"""Measures `qingyin say` as a process: how long until the file is there, and how much memory it took at most."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SHORT = "今天天气真好，我们去公园走走吧。"


# A process inherits the peak memory of the one it was forked from, so a small one stands between.
_LAUNCHER = """
import resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:]).returncode
print(code, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def run_say(models: Path, text: str, output: Path) -> tuple[float, float]:
    """Seconds from process start to the file written, and peak memory in MB.

    Raises:
        RuntimeError: the command failed.
    """
    say = [sys.executable, "-m", "qingyin", "say", text, "-o", str(output), "--models", str(models), "--seed", "0"]
    launched = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *say],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    code, seconds, kilobytes = launched.stdout.split()
    if code != "0":
        raise RuntimeError(f"qingyin say exited with {code}: {launched.stderr.strip()}")
    return float(seconds), float(kilobytes) / 1024


def footprint_rows(models: Path, long_text: str) -> list[str]:
    """Table rows for a short sentence and a long text, medians of five processes."""
    rows = ["| text | process start to file, s | peak memory, MB |", "|---|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("one short sentence", SHORT), (f"{len(long_text)} characters", long_text)):
            found = [run_say(models, text, Path(folder) / "out.wav") for _ in range(5)]
            seconds, memory = (statistics.median(column) for column in zip(*found, strict=True))
            rows.append(f"| {name} | {seconds:.2f} | {memory:.0f} |")
    size = sum(path.stat().st_size for path in models.rglob("*") if path.is_file()) / 1e6
    rows.append("")
    rows.append(f"Models in the wheel: {size:.1f} MB.")
    return rows
