"""Plays for minutes through a real sound server while the other cores are busy, and counts the gaps that are heard.

    python tools/playback_gaps.py --minutes 10

The null sink's monitor is recorded and laid beside the samples that `qingyin say --output-raw` gives for the same text
and seed. A gap is where the recording leaves them. What the player itself counted is printed too.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from qingyin.bench.runs import long_text
from tools.null_sink import RATE, Recording, missing, null_sink

CHARACTERS_PER_MINUTE = 250
TOLERANCE = 4.0 / 32768  # the sink holds 16 bits
STEP = RATE // 100  # samples that are compared at a time
RETRIES = (0.0, 0.05, 0.2, 0.5, 1.0, 2.0)  # seconds behind a gap where the recording is looked for again
_BURN = "while True: pass"


@contextlib.contextmanager
def busy(processes: int) -> Iterator[None]:
    """Loads so many cores."""
    running = [subprocess.Popen([sys.executable, "-c", _BURN]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def gaps(heard: np.ndarray, expected: np.ndarray) -> list[tuple[float, float]]:
    """(second in the sound, seconds of silence or of something else) of each place where float32 [n] leaves [m].

    Both at RATE. After a gap the recording is found again by its samples.
    """
    loud = np.flatnonzero(np.abs(expected) > 0.02)
    if not len(loud) or not len(heard):
        return [(0.0, len(expected) / RATE)]
    place = int(loud[0])
    offset = _find(heard, expected, place, 0, len(heard))
    if offset is None:
        return [(0.0, len(expected) / RATE)]
    found: list[tuple[float, float]] = []
    while place + STEP <= len(expected):
        piece = heard[place + offset : place + offset + STEP]
        if len(piece) == STEP and np.abs(piece - expected[place : place + STEP]).max() <= TOLERANCE:
            place += STEP
            continue
        later, again = None, None
        for ahead in RETRIES:  # a fade, or samples that were lost, may lie where it is looked for first
            after = np.searchsorted(loud, place + STEP + round(ahead * RATE))
            if after == len(loud):
                break
            later = loud[after]
            again = _find(heard, expected, int(later), int(later) + offset - RATE, int(later) + offset + 5 * RATE)
            if again is not None:
                break
        if later is None or again is None:
            if later is not None:
                found.append((place / RATE, (len(expected) - place) / RATE))
            break
        found.append((place / RATE, max(again - offset, STEP) / RATE))
        place, offset = int(later), again
    return found


def _find(heard: np.ndarray, expected: np.ndarray, place: int, start: int, stop: int) -> int | None:
    """What to add to an index of `expected` for the same sample in `heard`, looked for between start and stop."""
    pattern = expected[place : place + STEP]
    start = max(0, start)
    near = np.flatnonzero(np.abs(heard[start : max(start, min(stop, len(heard) - STEP))] - pattern[0]) <= TOLERANCE)
    for index in near + start:
        if np.abs(heard[index : index + STEP] - pattern).max() <= TOLERANCE:
            return int(index) - place
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N", help="of sound, about; default 10")
    parser.add_argument("--busy", type=int, default=max(1, (os.cpu_count() or 2) - 1), metavar="N",
                        help="cores to load; default all but one")  # fmt: skip
    parser.add_argument("say", nargs="*", metavar="OPTION", help="more for `qingyin say`, after --")
    arguments = parser.parse_args()
    lacking = missing()
    if lacking:
        parser.error(lacking)
    with tempfile.TemporaryDirectory() as folder, null_sink() as environment:
        text = Path(folder, "text.txt")
        text.write_text(long_text(round(CHARACTERS_PER_MINUTE * arguments.minutes)), encoding="utf-8")
        say = [sys.executable, "-m", "qingyin", "say", "-f", str(text), "--seed", "0", "--rate", str(RATE),
               *arguments.say]  # fmt: skip
        raw = subprocess.run([*say, "--output-raw"], env=environment, stdout=subprocess.PIPE, check=True).stdout
        expected = np.frombuffer(raw, "<i2").astype(np.float32) / 32767
        recording = Recording(environment, latency_ms=200)
        with busy(arguments.busy):
            played = subprocess.run(
                [*say, "--play", "-v"], env=environment, stderr=subprocess.PIPE, text=True, check=False
            )
        heard = recording.stop()
        if played.returncode:
            sys.stderr.write(played.stderr)
            return 2
    told = next((line for line in played.stderr.splitlines() if line.startswith("played on")), "")
    found = gaps(heard, expected)
    print(f"{len(expected) / RATE / 60:.1f} min with {arguments.busy} cores busy: {len(found)} gaps; {told}")
    for second, seconds in found[:20]:
        print(f"  at {second:.2f} s: {1000 * seconds:.0f} ms")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
