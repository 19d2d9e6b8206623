"""Writes into a graph how long its tensors are, in terms of its inputs, as ONNX Runtime cannot tell by itself.

It joins a sum with the convolution before it only if both sides are known to be of one shape, and its own inference
gives up at a dilated convolution of an open length. Its symbolic one does not, but must be run beforehand. That tells
as well which sizes of a reshape are fixed, so that those need not be worked out by a dozen small nodes at each call.
"""

from __future__ import annotations

import logging

import numpy as np
import onnx
from onnx import numpy_helper

Size = int | str | None  # of an axis; such as "64*T" where it depends on the inputs, None if nothing is known

RANK = 4  # of what convolutions of height 1 take and give


def name_lengths(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model, changed: activations have shapes such as [B, 16, 1, 64*T], reshapes a constant one if that can be."""
    # Not at the top: it loads sympy, for half a second.
    from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

    logging.getLogger("onnxruntime.tools.symbolic_shape_infer").setLevel(logging.ERROR)
    graph, named = model.graph, SymbolicShapeInference.infer_shapes(model, auto_merge=True).graph
    sizes = {
        value.name: [axis.dim_param or axis.dim_value or None for axis in value.type.tensor_type.shape.dim]
        for value in (*named.value_info, *named.input, *named.output)
    }
    for node in graph.node:
        if node.op_type == "Reshape":
            _fix_reshape(graph, node, sizes)
    _remove_unused(graph)
    made = {name for node in graph.node for name in node.output}
    del graph.value_info[:]
    graph.value_info.extend(
        value
        for value in named.value_info
        if value.name in made
        and value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT
        and len(value.type.tensor_type.shape.dim) == RANK
    )
    return model


def _fix_reshape(graph: onnx.GraphProto, node: onnx.NodeProto, sizes: dict[str, list[Size]]) -> None:
    """Gives a reshape a constant shape, if at most one size is neither a number nor that of the same axis before."""
    before, after = sizes.get(node.input[0]), sizes.get(node.output[0])
    if not before or not after:
        return
    same = [size is not None and before[axis : axis + 1] == [size] for axis, size in enumerate(after)]
    shape = [size if isinstance(size, int) else 0 if kept else -1 for size, kept in zip(after, same, strict=True)]
    if shape.count(-1) > 1:
        return
    name = f"{node.output[0]}_shape"
    graph.initializer.append(numpy_helper.from_array(np.array(shape, dtype=np.int64), name))
    node.input[1] = name


def _remove_unused(graph: onnx.GraphProto) -> None:
    """Removes nodes that nothing takes from."""
    wanted = {value.name for value in graph.output}
    kept = []
    for node in reversed(graph.node):  # they are in an order in which they can be run
        if wanted & set(node.output):
            wanted |= set(node.input)
            kept.append(node)
    del graph.node[:]
    graph.node.extend(reversed(kept))
