"""Stores tables whose rows are looked up as int8 with a scale a row: a quarter of the bytes, on disk and in memory.

Only the rows that are asked for are ever expanded, so that, unlike with the weights of products (graph_storage.py),
nothing is unpacked when the graph is loaded.
"""

from __future__ import annotations

import math

import onnx
from onnx import NodeProto, helper, numpy_helper

from tools.graph_storage import STORAGE_MIN_ELEMENTS, quantise_groups


def to_int8_tables(content: bytes) -> bytes:
    """Every float table [rows, columns] that is read by Gather alone, along its rows, becomes int8 [rows, columns]."""
    model = onnx.load_model_from_string(content)
    graph = model.graph
    tables = {tensor.name: tensor for tensor in graph.initializer if _is_table(graph, tensor)}
    nodes: list[NodeProto] = []
    for node in graph.node:
        nodes += _lookup(node) if node.op_type == "Gather" and node.input[0] in tables else [node]
    for name, tensor in tables.items():
        rows = numpy_helper.to_array(tensor)
        grouped = quantise_groups(rows, summed_first=False, group=rows.shape[1])  # a row is one group
        tensor.CopyFrom(numpy_helper.from_array(grouped.values.reshape(rows.shape), f"{name}_int8"))
        graph.initializer.append(numpy_helper.from_array(grouped.scales.reshape(-1, 1), f"{name}_scales"))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def _is_table(graph: onnx.GraphProto, tensor: onnx.TensorProto) -> bool:
    users = [node for node in graph.node if tensor.name in node.input]
    return (
        tensor.data_type == onnx.TensorProto.FLOAT
        and len(tensor.dims) == 2
        and math.prod(tensor.dims) >= STORAGE_MIN_ELEMENTS
        and bool(users)
        and all(node.op_type == "Gather" and node.input[0] == tensor.name and _axis(node) == 0 for node in users)
    )


def _axis(node: NodeProto) -> int:
    return next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 0)


def _lookup(node: NodeProto) -> list[NodeProto]:
    (table, rows), (result,) = node.input, node.output
    return [
        helper.make_node("Gather", [f"{table}_int8", rows], [f"{result}_int8"], name=f"{node.name}_values"),
        helper.make_node("Cast", [f"{result}_int8"], [f"{result}_whole"], to=onnx.TensorProto.FLOAT),
        helper.make_node("Gather", [f"{table}_scales", rows], [f"{result}_scale"], name=f"{node.name}_scales"),
        helper.make_node("Mul", [f"{result}_whole", f"{result}_scale"], [result], name=f"{node.name}_rescale"),
    ]
