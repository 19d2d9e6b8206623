"""Lets a graph leave out what a chunk's context is not needed for any more: behind every convolution fewer frames
beside the wanted ones have an effect on these, and the others need not be computed further.

The graph gets an input `margins`, int64 [2]: how many of its frames at the left and at the right are not wanted. It
has a default of none, so whoever does not give it is given all frames, as before. The outputs of a `Trunk` then have so
many frames less; other outputs keep all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto, helper

from tools.graph_joining import Graph

MARGINS = "margins"  # as qingyin.sessions gives it
EVERY = 2  # blocks: what is left out more often costs more in copies than it saves


@dataclass(frozen=True)
class Trunk:
    """A stack whose results lead to `outputs` alone. blocks: how its nodes' names begin. beside: inputs of the graph
    that an Exp takes on another way to these outputs.
    """

    blocks: str
    outputs: tuple[str, ...]
    beside: tuple[str, ...] = ()


TRUNKS: Mapping[str, Trunk] = MappingProxyType({
    "acoustic_decoder": Trunk("/decoder/blocks.", ("mel",)),
    "vocoder_source_filter": Trunk(
        "/stack/blocks.", ("harmonic_magnitude", "harmonic_phase", "noise_magnitude"), ("mel",)
    ),
})  # fmt: skip


def cropped(content: bytes, name: str) -> bytes:
    """The graph `name` with `margins`; as it is if that is none of TRUNKS, or has no such stack or outputs."""
    trunk, graph = TRUNKS.get(name), Graph(content)
    if trunk is None or not set(trunk.outputs) <= graph.results:
        return content
    convolutions = [node for node in graph.of("Conv") if node.name.startswith(trunk.blocks)]
    entries = [entry for entry in (_entry(graph, convolution) for convolution in convolutions) if entry is not None]
    if not entries or len(entries) < len(convolutions):
        return content
    reaches = [_reach(convolution) for convolution in convolutions]
    places = [(entries[index], sum(reaches[index:])) for index in range(0, len(entries), EVERY)]
    places.append((_sum(graph, entries[-1]).output[0], 0))
    graph.add_constant(MARGINS, np.zeros(2, np.int64))
    before = None
    for tensor, context in places:
        before = _crop(graph, tensor, graph.takers[tensor], context, before)
    for tensor in trunk.beside:
        _crop(graph, tensor, [node for node in graph.takers[tensor] if node.op_type == "Exp"], 0, None)
    graph.model.graph.input.append(helper.make_tensor_value_info(MARGINS, TensorProto.INT64, [2]))
    if graph.results > set(trunk.outputs):
        for output in graph.model.graph.output:
            if output.name in trunk.outputs:
                output.type.tensor_type.shape.dim[1].dim_param = "wanted"
    return graph.written()


def _entry(graph: Graph, convolution: NodeProto) -> str | None:
    """What a block takes: the tensor that goes, turned, into its convolution, and past it into the block's sum."""
    node = graph.makers.get(convolution.input[0])
    while node is not None and node.op_type in ("Transpose", "Unsqueeze"):
        tensor = node.input[0]
        if len(graph.takers[tensor]) == 2 and tensor not in graph.results:
            return tensor if any(taker.op_type == "Add" for taker in graph.takers[tensor]) else None
        node = graph.makers.get(tensor)
    return None


def _sum(graph: Graph, entry: str) -> NodeProto:
    return next(taker for taker in graph.takers[entry] if taker.op_type == "Add")


def _reach(convolution: NodeProto) -> int:
    """Frames to each side that a convolution along the last axis sees."""
    return next(attribute.ints[-1] for attribute in convolution.attribute if attribute.name == "kernel_shape") // 2


def _crop(graph: Graph, tensor: str, takers: Sequence[NodeProto], context: int, before: str | None) -> str:
    """Gives `takers` the frames of a tensor [B, T, C] that are wanted and `context` more to each side, where `before`
    names what was left out already (None: nothing); the name of what is left out now, int64 [2].
    """
    name = f"{tensor}_{context}"

    def number(label: str, *values: int) -> str:
        return graph.add_constant(f"{name}_{label}", np.array(values, np.int64))

    def node(kind: str, label: str, *inputs: str, **attributes: Any) -> NodeProto:
        return helper.make_node(kind, list(inputs), [f"{name}_{label}"], name=f"{name}_{label}", **attributes)

    zero, one, two = number("zero", 0), number("one", 1), number("two", 2)
    left_out, more = f"{name}_left_out", f"{name}_more"
    counts = [
        node("Sub", "beyond", MARGINS, number("context", context)),
        node("Max", "left_out", f"{name}_beyond", zero),
        node("Sub", "more", left_out, before) if before is not None else node("Identity", "more", left_out),
        node("Slice", "begin", more, zero, one),
        node("Slice", "behind", more, one, two),
        node("Shape", "frames", tensor, start=1, end=2),
        node("Sub", "end", f"{name}_frames", f"{name}_behind"),
        node("Slice", "cropped", tensor, f"{name}_begin", f"{name}_end", one),
    ]
    for taker in takers:
        for index, taken in enumerate(taker.input):
            if taken == tensor:
                taker.input[index] = f"{name}_cropped"
    graph.insert_behind(tensor, *counts)
    return left_out
