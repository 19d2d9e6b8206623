"""What a graph promises before it exists: names, dtypes, axes and limits, stated once, checked at export."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

Array = np.ndarray[Any, np.dtype[Any]]
Axis = str | int  # a name for a dynamic axis, a number for a fixed one
Shape = tuple[Axis, ...]

DTYPES = ("float32", "int64")


@dataclass(frozen=True)
class TensorSpec:
    """One input or output. ValueError: a dtype that no graph of ours uses."""

    dtype: str
    shape: Shape

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype {self.dtype!r} is none of {', '.join(DTYPES)}")

    @property
    def dynamic_axes(self) -> dict[int, str]:
        """Index and name of every axis that may change from call to call."""
        return {index: axis for index, axis in enumerate(self.shape) if isinstance(axis, str)}


def float32(*shape: Axis) -> TensorSpec:
    """float32("B", "T", 80): a tensor of that shape."""
    return TensorSpec("float32", shape)


def int64(*shape: Axis) -> TensorSpec:
    """int64("B", "N"): a tensor of that shape."""
    return TensorSpec("int64", shape)


@dataclass(frozen=True)
class GraphSpec:
    """A torch module and the contract of the graph that it becomes.

    Attributes:
        name: of the graph and its file, such as "vocoder_source_filter".
        module: called with the inputs by position; returns one tensor, or a tuple in the order of `outputs`.
        inputs, outputs: contracts by name. The axis "B" is the batch; any other named axis of an input is a
            length, with a factor in front where it is denser: "T" frames, "4T" four steps for each.
        example: length -> real inputs with B = 1, or None to take seeded values in the usual ranges.
        lengths: at which parity is checked. The graph is traced at the first, so the second must differ.
        tolerance: largest absolute difference to PyTorch allowed, for all outputs or by output name.
        extras: further keys of the graph's manifest entry ("kind", "context_frames").
        training_data: the corpora that the weights have seen.
        reference: what the graph is compared with, if `module` is a rewritten form of it.
        named_lengths: whether the graph says how long every tensor is (export/named_lengths.py).
        unused: names of `inputs` that the slot asks for and the module does not take.
    """

    name: str
    module: nn.Module
    inputs: Mapping[str, TensorSpec]
    outputs: Mapping[str, TensorSpec]
    example: Callable[[int], Mapping[str, Array]] | None = None
    lengths: tuple[int, int] = (48, 131)
    tolerance: float | Mapping[str, float] = 1e-4
    extras: Mapping[str, Any] = field(default_factory=dict)
    training_data: tuple[str, ...] = ()
    reference: nn.Module | None = None
    unused: tuple[str, ...] = ()
    named_lengths: bool = False

    def __post_init__(self) -> None:
        if self.lengths[0] == self.lengths[1]:
            raise ValueError(f"{self.name}: parity needs two different lengths")
        if isinstance(self.tolerance, Mapping) and set(self.tolerance) != set(self.outputs):
            raise ValueError(f"{self.name}: tolerance must name every output")

    @property
    def taken(self) -> tuple[str, ...]:
        """Names of the inputs that the module is called with, in order."""
        return tuple(name for name in self.inputs if name not in self.unused)

    def limit(self, output: str) -> float:
        """The tolerance of one output."""
        return self.tolerance[output] if isinstance(self.tolerance, Mapping) else self.tolerance

    @property
    def dynamic_axes(self) -> dict[str, dict[int, str]]:
        """Of all inputs and outputs, as torch.onnx.export takes them."""
        return {name: spec.dynamic_axes for name, spec in {**self.inputs, **self.outputs}.items()}
