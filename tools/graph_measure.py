"""Measures a rewritten graph against the fp32 one: speed in the same run, error by output and of chunks."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
import onnxruntime as ort

from export.cpu_session import session
from export.example_inputs import Array, Contract, cut, is_length, steps_of

SECONDS_PER_COMPARISON = 4.0


@dataclass(frozen=True)
class OutputError:
    """How far one output is from fp32's; snr_db is infinite for equal outputs."""

    output: str
    max_abs: float
    relative: float  # max_abs over the largest absolute value of fp32's output
    snr_db: float
    chunk_max_abs: float | None  # a chunk with its context against the whole, both in this precision


@dataclass(frozen=True)
class Measurement:
    """One graph in one precision. speed: fp32's time over this one's, median of pairs; above 1 is faster."""

    graph: str
    precision: str
    size_bytes: int
    speed: float
    milliseconds: float
    errors: tuple[OutputError, ...]


def contract_of(entry: Mapping[str, Any]) -> Contract:
    """Inputs of a manifest's graph entry: name -> (dtype, shape)."""
    return {tensor["name"]: (tensor["dtype"], tuple(tensor["shape"])) for tensor in entry["inputs"]}


def paired_times(
    reference: ort.InferenceSession, other: ort.InferenceSession, inputs: Mapping[str, Array], rounds: int, threads: int
) -> list[tuple[float, float]]:
    """Seconds of both in turns, so that a busy machine slows both alike; at least 3 pairs, few seconds.

    With one thread, of the processor: what else runs on the machine takes none of it. With more, of the clock.
    """
    clock = time.process_time if threads == 1 else time.perf_counter
    feeds = dict(inputs)
    pairs: list[tuple[float, float]] = []
    for run in (reference, other):
        run.run(None, feeds)
    end = time.perf_counter() + SECONDS_PER_COMPARISON
    while len(pairs) < rounds and (len(pairs) < 3 or time.perf_counter() < end):
        marks = []
        order = (reference, other) if len(pairs) % 2 == 0 else (other, reference)
        for run in order:
            start = clock()
            run.run(None, feeds)
            marks.append(clock() - start)
        pairs.append((marks[0], marks[1]) if order[0] is reference else (marks[1], marks[0]))
    return pairs


def snr_db(reference: Array, found: Array) -> float:
    """Power of the reference over that of the difference, in dB; infinite if equal."""
    noise = float(np.sum((found.astype(np.float64) - reference) ** 2))
    signal = float(np.sum(reference.astype(np.float64) ** 2))
    return math.inf if noise == 0 else 10 * math.log10(signal / noise) if signal > 0 else -math.inf


def chunk_differences(
    run: ort.InferenceSession, contract: Contract, inputs: Mapping[str, Array], length: int, context: int
) -> dict[str, float]:
    """Largest difference, by output, of the middle third run as a chunk with `context` frames on each side.

    An exact graph gives float error; dynamic int8 does not, since its scales depend on the whole chunk.
    Empty if the inputs are too short for that.
    """
    first, last = length // 3, 2 * length // 3
    if first < context or length - last < context or last <= first:
        return {}
    start, end = first - context, last + context
    feeds = {}
    for name, (_, axes) in contract.items():
        keep = tuple(
            slice(steps_of(a, start), steps_of(a, end)) if is_length(a) else slice(None) for a in axes
        )
        feeds[name] = np.ascontiguousarray(inputs[name][keep])
    names = [output.name for output in run.get_outputs()]
    result = {}
    for name, whole, chunk in zip(names, run.run(names, dict(inputs)), run.run(names, feeds), strict=True):
        axis = next(i for i in range(1, whole.ndim) if whole.shape[i] != chunk.shape[i])
        scale = whole.shape[axis] // length
        of_whole = np.take(whole, range(first * scale, last * scale), axis)
        of_chunk = np.take(chunk, range(context * scale, (context + last - first) * scale), axis)
        result[name] = float(np.abs(of_whole - of_chunk).max())
    return result


def measure(
    graph: str,
    precision: str,
    reference: bytes,
    content: bytes,
    entry: Mapping[str, Any],
    inputs: Mapping[str, Array],
    length: int,
    *,
    rounds: int = 15,
    threads: int = 1,
) -> Measurement:
    """Runs both graphs on the same inputs, cut to `length` frames.

    entry: the graph's manifest entry. ValueError: the inputs do not fit its contract.
    """
    contract = contract_of(entry)
    feeds = cut(contract, inputs, length)
    first, second = session(reference, threads), session(content, threads)
    pairs = paired_times(first, second, feeds, rounds, threads)
    names = [output.name for output in first.get_outputs()]
    context = entry.get("context_frames")
    chunks = {} if context is None else chunk_differences(second, contract, feeds, length, context)
    errors = []
    for name, wanted, found in zip(names, first.run(names, feeds), second.run(names, feeds), strict=True):
        max_abs = float(np.abs(found.astype(np.float64) - wanted).max())
        largest = float(np.abs(wanted).max()) or 1.0
        errors.append(OutputError(name, max_abs, max_abs / largest, snr_db(wanted, found), chunks.get(name)))
    speed = median(a / b for a, b in pairs)
    return Measurement(
        graph, precision, len(content), speed, 1e3 * median(b for _, b in pairs), tuple(errors)
    )


def markdown_table(measurements: Sequence[Measurement]) -> str:
    """One line per output; size and speed on the first line of each graph and precision."""
    head = (
        "graph",
        "precision",
        "MB",
        "speed, fp32 = 1",
        "ms",
        "output",
        "max abs",
        "relative",
        "SNR dB",
        "chunk",
    )
    sizes = {m.graph: m.size_bytes for m in measurements if m.precision == "fp32"}
    rows = [head, ("---",) * len(head)]
    for m in measurements:
        share = f" ({m.size_bytes / sizes[m.graph]:.0%})" if m.graph in sizes else ""
        own = (
            m.graph,
            m.precision,
            f"{m.size_bytes / 1e6:.2f}{share}",
            f"{m.speed:.2f}",
            f"{m.milliseconds:.2f}",
        )
        for index, error in enumerate(m.errors):
            chunk = "" if error.chunk_max_abs is None else f"{error.chunk_max_abs:.1e}"
            figures = (f"{error.max_abs:.1e}", f"{error.relative:.1e}", f"{error.snr_db:.1f}", chunk)
            rows.append((*(own if index == 0 else ("",) * len(own)), error.output, *figures))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
