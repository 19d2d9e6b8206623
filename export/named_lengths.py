"""Writes into a graph how long its tensors are, in terms of its inputs, as ONNX Runtime joins sums only if it knows.

A sum becomes part of the convolution before it if both sides are known to be of one shape; ONNX Runtime's own inference
gives up at a dilated convolution of a length that is open. Its symbolic one does not, but must be run beforehand.
"""

from __future__ import annotations

import logging

import onnx
from onnxruntime.tools.symbolic_shape_infer import SymbolicShapeInference

RANK = 4  # of what convolutions of height 1 take and give


def name_lengths(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with the shapes of its activations, such as [B, 16, 1, 64*T]. Its nodes and weights stay."""
    logging.getLogger("onnxruntime.tools.symbolic_shape_infer").setLevel(logging.ERROR)
    named = SymbolicShapeInference.infer_shapes(model, auto_merge=True)
    del model.graph.value_info[:]
    model.graph.value_info.extend(
        value
        for value in named.graph.value_info
        if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT and len(value.type.tensor_type.shape.dim) == RANK
    )
    return model
