"""Stores weights in fewer bits than are computed with: the file is a half or a quarter as large, the arithmetic fp32.

The nodes that restore the weights have constant inputs only, so ONNX Runtime folds them when it loads the graph; a
session then holds the same nodes as one of the fp32 graph, and a chunk gives exactly what the whole gives.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from export.example_inputs import Array

STORAGE_MIN_ELEMENTS = 1024  # biases and scales weigh nothing and may need their digits
GROUP = 32  # weights that share a scale: an eighth of a byte more each, and half the error of one per channel
SHORTEST_GROUP = 16  # below, the scales would weigh more than int8 saves over fp16
LARGEST = 127  # symmetric: -128 is not used


@dataclass(frozen=True)
class Grouped:
    """A weight as int8: `values` [a, groups, b] or [groups, b, a], `scales` with 1 in the place of b, fp32."""

    values: Array
    scales: Array

    def restored(self) -> Array:
        """float32, in the shape of `values`."""
        return self.values.astype(np.float32) * self.scales


def group_length(summed: int, group: int = GROUP) -> int:
    """The largest divisor of `summed` up to `group`, so that no group is shorter than another."""
    return next(length for length in range(min(group, summed), 0, -1) if summed % length == 0)


def quantise_groups(weight: Array, summed_first: bool, group: int = GROUP) -> Grouped:
    """Symmetric int8 of a weight, a scale for each output and each `group` of the inputs that are summed into it.

    weight: summed_first: [inputs, ...] as of MatMul and ConvTranspose; else [outputs, inputs, taps...] as of Conv.
    """
    if summed_first:
        length = group_length(weight.shape[0], group)
        grouped, axis = weight.reshape(weight.shape[0] // length, length, -1), 1
    else:
        rows = weight.reshape(weight.shape[0], -1)
        length = group_length(rows.shape[1], group)
        grouped, axis = rows.reshape(rows.shape[0], -1, length), 2
    largest = np.abs(grouped).max(axis, keepdims=True)
    scales = np.where(largest > 0, largest / LARGEST, 1.0).astype(np.float32)
    return Grouped(np.clip(np.rint(grouped / scales), -LARGEST, LARGEST).astype(np.int8), scales)


def _summed_first(node: NodeProto, index: int) -> bool | None:
    """Where input `index` of a node has the axis that is summed: first, or behind the outputs; None: not a weight."""
    if node.op_type == "Gemm" and index == 1:
        return not any(attribute.name == "transB" and attribute.i for attribute in node.attribute)
    # On the left of a product stand the weights of a convolution that is computed at points, in Conv's own layout.
    places = {("MatMul", 0): False, ("MatMul", 1): True, ("ConvTranspose", 1): True, ("Conv", 1): False}
    return places.get((node.op_type, index))


def layouts(model: onnx.ModelProto) -> dict[str, bool]:
    """Name of every initializer that is only a weight of products -> whether the summed axis is first."""
    found: dict[str, set[bool | None]] = {tensor.name: set() for tensor in model.graph.initializer}
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            if name in found:
                found[name].add(_summed_first(node, index))
    return {name: bool(uses.pop()) for name, uses in found.items() if len(uses) == 1 and None not in uses}


def _half(tensor: TensorProto, weight: Array) -> list[NodeProto]:
    """Makes the initializer fp16 under another name, in place; the node that restores it."""
    name = tensor.name
    tensor.CopyFrom(numpy_helper.from_array(weight.astype(np.float16), f"{name}_fp16"))
    return [helper.make_node("Cast", [tensor.name], [name], name=f"{name}_cast", to=TensorProto.FLOAT)]


def _bytes(tensor: TensorProto, grouped: Grouped, shape: Collection[int]) -> tuple[list[TensorProto], list[NodeProto]]:
    """Makes the initializer int8 under another name, in place; further initializers, and the nodes that restore it."""
    name = tensor.name
    tensor.CopyFrom(numpy_helper.from_array(grouped.values, f"{name}_int8"))
    further = [
        numpy_helper.from_array(grouped.scales, f"{name}_scale"),
        numpy_helper.from_array(np.array(list(shape), np.int64), f"{name}_shape"),
    ]
    return further, [
        helper.make_node("Cast", [tensor.name], [f"{name}_whole"], name=f"{name}_cast", to=TensorProto.FLOAT),
        helper.make_node("Mul", [f"{name}_whole", further[0].name], [f"{name}_grouped"], name=f"{name}_rescale"),
        helper.make_node("Reshape", [f"{name}_grouped", further[1].name], [name], name=f"{name}_ungroup"),
    ]


def _stored(content: bytes, keep: Collection[str], group: int | None) -> bytes:
    model = onnx.load_model_from_string(content)
    summed_first = {} if group is None else layouts(model)
    restoring: list[NodeProto] = []
    added: list[TensorProto] = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or tensor.name in keep:
            continue
        weight = numpy_helper.to_array(tensor)
        if weight.size < STORAGE_MIN_ELEMENTS or not np.isfinite(weight).all():
            continue
        if group is not None and tensor.name in summed_first:
            grouped = quantise_groups(weight, summed_first[tensor.name], group)
            if grouped.values.size // grouped.scales.size >= SHORTEST_GROUP:
                further, nodes = _bytes(tensor, grouped, weight.shape)
                added += further
                restoring += nodes
                continue
        if np.abs(weight).max() <= np.finfo(np.float16).max:
            restoring += _half(tensor, weight)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*restoring, *nodes])
    model.graph.initializer.extend(added)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def to_fp16_storage(content: bytes, keep: Collection[str] = ()) -> bytes:
    """Stores large fp32 weights as fp16, each with a Cast. keep: names of initializers left as they are."""
    return _stored(content, keep, None)


def to_int8_storage(content: bytes, keep: Collection[str] = (), *, group: int = GROUP) -> bytes:
    """Stores the weights of products as int8 with a fp32 scale for each `group` of inputs; other large weights as fp16:
    tables, whose rows no sum averages (they would make most of the error and are a hundredth of the file), and weights
    with too few inputs to share a scale (depthwise convolutions).

    Nothing is calibrated and activations stay fp32. keep: names of initializers left as they are.
    """
    return _stored(content, keep, group)
