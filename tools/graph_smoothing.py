"""Evens out the channels of int8 activations, so that one step fits all of them: what is large for a channel becomes
smaller, and the weights that take it larger.

After Xiao et al. 2023 (SmoothQuant). Between a LayerNorm and the products that take it nothing stands in the way:
LN(x; g / s, b / s) (s W) = LN(x; g, b) W, with s for each channel from its peak on real runs and the peak of its
weights. In fp32 the results are the same. Behind GELU this cannot be done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import onnx
import onnxruntime as ort
from onnx import NodeProto, helper

from export.example_inputs import Array
from tools.graph_joining import Graph

SHARE = 0.5  # of the unevenness that goes over to the weights
LEAST = 1e-5  # of a peak: a channel that is always zero


def smoothed(content: bytes, nodes: Collection[str], runs: Sequence[Mapping[str, Array]]) -> bytes:
    """A fp32 graph with equal results whose LayerNorms before `nodes`, names of products, have even channels.

    runs: real inputs. A LayerNorm that anything else takes too, or whose gain is made in another way than
    graph_joining.arranged leaves it, stays as it is.
    """
    graph = Graph(content)
    found = {norm.output[0]: norm for norm in graph.of("LayerNormalization") if _even(graph, norm, nodes)}
    for name, peak in _peaks(content, list(found), runs).items():
        norm, products = found[name], graph.takers[name]
        weights = [graph.constant(product.input[1]) for product in products]
        largest = np.max([np.abs(weight).max(axis=1) for weight in weights if weight is not None], axis=0)
        scale = np.maximum(peak, LEAST) ** SHARE / np.maximum(largest, LEAST) ** (1 - SHARE)
        scale = (scale / np.exp(np.mean(np.log(scale)))).astype(np.float32)
        for product, weight in zip(products, weights, strict=True):
            if weight is not None:
                product.input[1] = graph.add_constant(f"{product.name}_even", weight * scale[:, None])
        _divide(graph, norm, scale)
    return graph.written()


def _even(graph: Graph, norm: NodeProto, nodes: Collection[str]) -> bool:
    """Whether a LayerNorm feeds only products of `nodes`, and its gain and shift can be divided."""
    products = graph.takers[norm.output[0]]
    if not products or norm.output[0] in graph.results or len(norm.input) < 3:
        return False
    if any(product.name not in nodes or graph.constant(product.input[1]) is None for product in products):
        return False
    return graph.constant(norm.input[1]) is not None or _condition(graph, norm) is not None


def _condition(graph: Graph, norm: NodeProto) -> tuple[NodeProto, NodeProto] | None:
    """The product and the sum whose halves are the gain and the shift of a LayerNorm that a condition moves."""
    split = graph.makers.get(norm.input[1])
    if split is None or split.op_type != "Split" or list(split.output) != list(norm.input[1:3]):
        return None
    add = graph.makers.get(split.input[0])
    product = None if add is None else next((n for n in map(graph.makers.get, add.input) if n is not None), None)
    if add is None or add.op_type != "Add" or product is None or product.op_type != "MatMul":
        return None
    known = graph.constant(product.input[1]) is not None and graph.vector(add) is not None
    return (product, add) if known else None


def _divide(graph: Graph, norm: NodeProto, scale: Array) -> None:
    """Divides gain and shift by `scale`, [channels]."""
    condition = _condition(graph, norm)
    if condition is None:
        for index, part in ((1, "gain"), (2, "shift")):
            value = graph.constant(norm.input[index])
            norm.input[index] = graph.add_constant(f"{norm.name}_{part}_even", value / scale)
        return
    product, add = condition
    both = np.concatenate([scale, scale])
    product.input[1] = graph.add_constant(f"{product.name}_even", graph.constant(product.input[1]) / both)
    index = next(index for index, name in enumerate(add.input) if graph.constant(name) is not None)
    add.input[index] = graph.add_constant(f"{add.name}_even", graph.constant(add.input[index]) / both)


def _peaks(content: bytes, names: Sequence[str], runs: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    """The largest absolute value of every channel of inner tensors [..., channels] over all runs."""
    peaks: dict[str, Array] = {}
    for values in _inner(content, names, runs):
        for name, value in values.items():
            peak = np.abs(value).max(axis=tuple(range(value.ndim - 1)))
            peaks[name] = np.maximum(peaks.get(name, peak), peak)
    return peaks


def inner_values(
    content: bytes, names: Sequence[str], runs: Sequence[Mapping[str, Array]], count: int
) -> dict[str, Array]:
    """About `count` rows [count, channels] of inner tensors [1, frames, channels], spread evenly over all runs."""
    found: dict[str, list[Array]] = {name: [] for name in names}
    for values in _inner(content, names, runs):
        for name, value in values.items():
            share = min(value.shape[1], -(-count // len(runs)))
            found[name].append(value[0, np.linspace(0, value.shape[1] - 1, share).astype(np.int64)])
    return {name: np.concatenate(rows) for name, rows in found.items()}


def _inner(content: bytes, names: Sequence[str], runs: Sequence[Mapping[str, Array]]) -> Iterator[dict[str, Array]]:
    """Inner tensors by name, run after run; nothing if none are wanted."""
    if not names:
        return
    model = onnx.load_model_from_string(content)
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in names)
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    for run in runs:
        yield dict(zip(names, session.run(list(names), dict(run)), strict=True))
