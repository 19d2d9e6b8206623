"""Inputs to try a graph on: real ones from a .npz, else seeded values in the ranges that speech has."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Contract = Mapping[str, tuple[str, tuple[str | int, ...]]]  # name -> (dtype, shape); a named axis is dynamic

BATCH = "B"
SYMBOLS, TONES, BOUNDARIES = 60, 9, 4


def _smooth(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """N(0, 1) that changes slowly along axis 1, as mels and pitch do."""
    steps = rng.standard_normal(shape)
    for index in range(1, shape[1] if len(shape) > 1 else 0):
        steps[:, index] = 0.9 * steps[:, index - 1] + 0.436 * steps[:, index]
    return steps


def _values(name: str, dtype: str, shape: tuple[int, ...], rng: np.random.Generator, symbols: int) -> Array:
    if dtype == "int64":
        highest = {"tones": TONES, "boundaries": BOUNDARIES}.get(name, symbols)
        return rng.integers(0, highest, shape)
    if name == "mel":
        return 2.0 * _smooth(rng, shape) - 5.0
    if name == "f0":
        return 180.0 * np.exp(0.25 * _smooth(rng, shape))
    if name == "voicing":
        return (_smooth(rng, shape) > -0.3).astype(np.float32)
    if name == "position":
        return np.tile((np.arange(shape[1]) % 10 + 0.5) / 10, (shape[0], 1))
    constant = {"pitch_mean": float(np.log(180.0)), "pitch_range": 1.0}
    if name in constant:
        return np.full(shape, constant[name])
    if name == "pitch_offset":
        return np.zeros(shape)
    return _smooth(rng, shape) if len(shape) == 3 else rng.standard_normal(shape)


def steps_of(axis: str | int, length: int) -> int:
    """Size of an axis for an input of `length` steps: "B" is 1, "T" is length, "4T" four times that."""
    if isinstance(axis, int):
        return axis
    factor = re.match(r"\d+", axis)
    return 1 if axis == BATCH else length * (int(factor[0]) if factor else 1)


def is_length(axis: str | int) -> bool:
    """Whether an axis grows with the input."""
    return isinstance(axis, str) and axis != BATCH


def seeded_inputs(
    contract: Contract, length: int, *, seed: int = 0, symbols: int = SYMBOLS
) -> dict[str, Array]:
    """Values for every input: axis "B" becomes 1, any other named axis `length`.

    The same seed gives the same values, whatever other inputs there are.

    symbols: size of the phoneme table; ids stay below it.
    """
    result = {}
    for name, (dtype, axes) in contract.items():
        shape = tuple(steps_of(axis, length) for axis in axes)
        rng = np.random.default_rng(
            [seed, zlib.crc32(name.encode())]
        )  # does not depend on the order of inputs
        result[name] = _values(name, dtype, shape, rng, symbols).astype(dtype)
    return result


def cut(contract: Contract, values: Mapping[str, Array], length: int) -> dict[str, Array]:
    """The first `length` steps of every dynamic axis but the batch, which must be 1.

    ValueError: names differ from the contract, or an array has another dtype, shape, or too few steps.
    """
    if set(values) != set(contract):
        raise ValueError(f"inputs {sorted(values)} are not those of the graph, {sorted(contract)}")
    result = {}
    for name, (dtype, axes) in contract.items():
        array = values[name]
        if array.dtype != dtype or array.ndim != len(axes):
            raise ValueError(
                f"{name}: {array.dtype} of {array.ndim} axes, the graph takes {dtype} {list(axes)}"
            )
        for index, axis in enumerate(axes):
            wanted = steps_of(axis, length)
            if array.shape[index] < wanted or (not is_length(axis) and array.shape[index] != wanted):
                raise ValueError(f"{name}: shape {list(array.shape)} does not give {wanted} on axis {index}")
        keep = tuple(slice(steps_of(a, length)) if is_length(a) else slice(None) for a in axes)
        result[name] = np.ascontiguousarray(array[keep])
    return result


def longest(contract: Contract, values: Mapping[str, Array]) -> int:
    """Steps that all arrays have on their dynamic axes; 0 if the contract has none."""
    lengths = [
        values[name].shape[index] // steps_of(axis, 1)
        for name, (_, axes) in contract.items()
        for index, axis in enumerate(axes)
        if is_length(axis)
    ]
    return min(lengths, default=0)


def load_runs(folder: str | Path | None, graph: str) -> list[dict[str, Array]]:
    """The runs in FOLDER/GRAPH.npz, B = 1: arrays NAME of a single run, or K/NAME of run K; none without that file."""
    if folder is None or not (path := Path(folder) / f"{graph}.npz").exists():
        return []
    runs: dict[int, dict[str, Array]] = {}
    with np.load(path, allow_pickle=False) as arrays:
        for key in arrays.files:
            number, _, name = key.rpartition("/")
            runs.setdefault(int(number or 0), {})[name] = arrays[key]
    return [runs[number] for number in sorted(runs)]


def load_inputs(folder: str | Path | None, graph: str) -> dict[str, Array] | None:
    """The longest run in FOLDER/GRAPH.npz; None if there is no such file."""
    return max(load_runs(folder, graph), key=lambda run: sum(array.size for array in run.values()), default=None)
