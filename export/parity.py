"""Shows that an exported graph says what its PyTorch module says, at lengths it was not traced with too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from export.cpu_session import session
from export.example_inputs import cut, seeded_inputs
from export.graph_spec import Array, GraphSpec


class ParityError(Exception):
    """A graph differs from its module: in shape, in values, or by values that are not finite."""


@dataclass(frozen=True)
class Difference:
    """How far one output of one run is from PyTorch's."""

    graph: str
    output: str
    length: int
    batch: int
    max_abs: float
    largest: float  # absolute value in PyTorch's output, to judge the difference by
    limit: float

    @property
    def passed(self) -> bool:
        """Within the limit; a difference that is not a number never is."""
        return self.max_abs <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.passed else "FAILED"
        return (
            f"{self.graph}.{self.output}: length {self.length}, batch {self.batch}: max |difference| "
            f"{self.max_abs:.2e} of {self.largest:.3g}, limit {self.limit:.0e}: {verdict}"
        )


def run_torch(spec: GraphSpec, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """Outputs of the module by name. ParityError: it returns another number of tensors than declared."""
    with torch.inference_mode():
        module = spec.module if spec.reference is None else spec.reference
        result = module(*(torch.from_numpy(np.asarray(inputs[name])) for name in spec.taken))
    tensors = (result,) if isinstance(result, torch.Tensor) else tuple(result)
    if len(tensors) != len(spec.outputs):
        raise ParityError(f"{spec.name}: the module returns {len(tensors)} tensors, not {len(spec.outputs)}")
    return {name: tensor.numpy() for name, tensor in zip(spec.outputs, tensors, strict=True)}


def inputs_for(spec: GraphSpec, length: int, real: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """B = 1: from `real` arrays if given, else from the spec's example, else seeded.

    ValueError: they do not fit.
    """
    contract = {name: (tensor.dtype, tensor.shape) for name, tensor in spec.inputs.items()}
    if real is None and spec.example is None:
        return seeded_inputs(contract, length)
    return cut(contract, real if real is not None else spec.example(length), length)  # type: ignore[misc]


def compare(
    spec: GraphSpec, run: ort.InferenceSession, inputs: Mapping[str, Array], length: int
) -> list[Difference]:
    """One Difference per output. ParityError: names or shapes differ."""
    batch = next(iter(inputs.values())).shape[0]
    expected = run_torch(spec, inputs)
    found = dict(zip(spec.outputs, run.run(list(spec.outputs), dict(inputs)), strict=True))
    result = []
    for name, reference in expected.items():
        if found[name].shape != reference.shape:
            raise ParityError(
                f"{spec.name}.{name}: shape {list(found[name].shape)} at length {length}, batch {batch}; "
                f"PyTorch gives {list(reference.shape)} (a size was fixed in the tracing?)"
            )
        distance = np.abs(found[name].astype(np.float64) - reference)
        largest = float(np.abs(reference).max(initial=0.0))
        max_abs = float(distance.max(initial=0.0))  # NaN stays NaN, and fails
        result.append(Difference(spec.name, name, length, batch, max_abs, largest, spec.limit(name)))
    return result


def check(
    spec: GraphSpec, model: str | Path | bytes, real: Mapping[str, Array] | None = None
) -> list[Difference]:
    """Both lengths of the spec with batch 1, and batch 2 at the first where the batch is dynamic.

    real: arrays with B = 1 and at least the longer length. ParityError: the graph does not run or shapes
    differ. Differences over the limit are returned, not raised: the caller prints them all.
    """
    run = session(model)
    batched = all(tensor.shape[:1] == ("B",) for tensor in spec.inputs.values())
    differences = []
    for length, batch in [(length, 1) for length in spec.lengths] + [(spec.lengths[0], 2)] * batched:
        inputs = {
            name: np.repeat(array, batch, axis=0) for name, array in inputs_for(spec, length, real).items()
        }
        try:
            differences += compare(spec, run, inputs, length)
        except (RuntimeError, ort.capi.onnxruntime_pybind11_state.Fail) as error:
            reason = str(error).splitlines()[0]
            raise ParityError(
                f"{spec.name}: does not run at length {length}, batch {batch}: {reason}"
            ) from error
    return differences
