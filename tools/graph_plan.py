"""Says what becomes of each graph for a target, and does it: the one place where precision is decided.

A plan names a form for some nodes of a graph and how all other weights are stored. Which nodes may be int8 is not
guessed: `quantize.py --search` measured each group alone, and what it kept stands in int8_nodes.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType

import onnx

from export.example_inputs import Array
from tools.graph_activations import activated
from tools.graph_cropping import cropped
from tools.graph_joining import arranged, joined
from tools.graph_precision import (
    SCALES,
    NothingToQuantise,
    constant_matmuls,
    convolutions,
    linear_amplitude_matmuls,
    to_fp16,
    to_int8,
    to_int8_conv,
    to_int8_static,
)
from tools.graph_smoothing import smoothed
from tools.graph_storage import to_fp16_storage, to_int8_storage

FOUND = Path(__file__).with_name("int8_nodes.json")
STATIC = tuple(f"int8-static-{method}" for method in SCALES)
CONV = tuple(f"int8-conv-{method}" for method in SCALES)
FORMS = ("int8", *STATIC, *CONV)  # of single nodes
STORAGES = ("fp32", "fp16-storage", "int8-storage", "fp16")
Found = Mapping[str, Mapping[str, str]]  # graph -> pattern of node names -> form


@dataclass(frozen=True)
class Target:
    """A policy. storage: of the weights that no int8 node has; forms: those of the found ones that are taken;
    full_range: 8-bit weights instead of 7; signed: activations stay signed.
    """

    purpose: str
    storage: str
    forms: tuple[str, ...] = ()
    full_range: bool = False
    signed: bool = False


TARGETS: Mapping[str, Target] = MappingProxyType({
    "bundled": Target(
        "every CPU: int8 where it was found to pay, with 7-bit weights, since x86 without VNNI sums pairs of products "
        "in 16 bits; int8-storage for the rest; streams exactly",
        "int8-storage", STATIC,
    ),
    "x86-vnni": Target("x86 with VNNI: as bundled, with 8-bit weights and int8 convolutions",
                       "int8-storage", (*STATIC, *CONV), full_range=True),
    # without the dot product MLAS adds pairs of signed products in 16 bits: 2 * 128 * 127 fits, and no weight is -128
    "arm": Target("64-bit ARM: as x86-vnni; activations are signed, which its dot product takes as they are, and "
                  "nothing overflows", "int8-storage", (*STATIC, *CONV), full_range=True, signed=True),
    "cuda": Target("NVIDIA cards: fp16 throughout but for what needs fp32's range", "fp16"),
    "size": Target("the smallest files: int8-storage, fp32 arithmetic", "int8-storage"),
})  # fmt: skip


@dataclass(frozen=True)
class GraphPlan:
    """What becomes of one graph. forms: pattern of node names (with * and ?) -> one of FORMS."""

    storage: str
    forms: Mapping[str, str] = field(default_factory=dict)
    full_range: bool = False
    signed: bool = False

    @property
    def precision(self) -> str:
        """What the manifest says: "int8-static+int8-storage"."""
        kinds = sorted({"-".join(form.split("-")[:2]) for form in self.forms.values()})
        return "+".join([*kinds, *([] if kinds and self.storage == "fp32" else [self.storage])])

    @property
    def needs_inputs(self) -> bool:
        """Whether scales are taken from real inputs."""
        return any(form != "int8" for form in self.forms.values())


def read_found(path: Path = FOUND) -> dict[str, dict[str, str]]:
    """A file of --keep. OSError; ValueError: it is not one."""
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict) or not all(isinstance(part, dict) for part in value.values()):
        raise ValueError(f"{path} must be an object of graphs, each an object of node patterns")
    for graph, forms in value.items():
        for pattern, form in forms.items():
            if form not in FORMS:
                raise ValueError(f"{path}: {graph}: {pattern}: form {form!r} is none of {', '.join(FORMS)}")
    return value


def plans(target: str, graphs: Iterable[str], found: Found) -> dict[str, GraphPlan]:
    """A plan for every graph of a set; one that `found` does not know keeps fp32 arithmetic, or fp16 for cuda."""
    policy = TARGETS[target]
    return {
        graph: GraphPlan(
            policy.storage,
            {pattern: form for pattern, form in found.get(graph, {}).items() if form in policy.forms},
            policy.full_range,
            policy.signed,
        )
        for graph in graphs
    }


def quantisable(content: bytes) -> dict[str, tuple[tuple[str, ...], int]]:
    """Name of every node that may become int8 -> its forms, and how many weights it has."""
    model = onnx.load_model_from_string(content)
    sizes = {tensor.name: math.prod(tensor.dims) for tensor in model.graph.initializer}
    weights = {node.name: sizes.get(node.input[1], 0) for node in model.graph.node if len(node.input) > 1}
    products = [name for name in constant_matmuls(model) if name not in linear_amplitude_matmuls(model)]
    return {
        **{name: (("int8", *STATIC), weights[name]) for name in products},
        **{name: (CONV, weights[name]) for name in sorted(convolutions(model))},
    }


def nodes_by_form(content: bytes, plan: GraphPlan, graph: str) -> dict[str, list[str]]:
    """Form -> names of the nodes that become it. ValueError: a pattern that fits nothing, or nodes of two forms."""
    possible = quantisable(content)
    chosen: dict[str, str] = {}
    for pattern, form in plan.forms.items():
        fitting = [name for name, (forms, _) in possible.items() if form in forms and fnmatchcase(name, pattern)]
        if not fitting:
            raise ValueError(f"{graph}: no node fits {pattern} that can be {form}; search this set anew (--search)")
        for name in fitting:
            if chosen.setdefault(name, form) != form:
                raise ValueError(f"{graph}: {name} fits patterns of two forms, {chosen[name]} and {form}")
    return {form: [name for name, own in chosen.items() if own == form] for form in dict.fromkeys(chosen.values())}


def _quantised(
    content: bytes, form: str, nodes: Collection[str], runs: Sequence[Mapping[str, Array]], full_range: bool,
    ranges: Path | None,
) -> bytes:  # fmt: skip
    kind, _, method = form.rpartition("-")
    # not only those with initializers: the quantiser also takes products with what Constant nodes hold
    others = {node.name for node in onnx.load_model_from_string(content).graph.node} - set(nodes)
    if form == "int8":
        return to_int8(content, others, full_range=full_range)
    rewrite = to_int8_static if kind == "int8-static" else to_int8_conv
    kept = None if ranges is None else ranges / f"{form}.json"
    return rewrite(content, runs, others, full_range=full_range, method=method, ranges=kept)


def _prepared(content: bytes, graph: str, runs: Sequence[Mapping[str, Array]], ranges: Path | None) -> bytes:
    """An arranged fp32 graph as int8 loses least on it: all that could be int8, not only what a plan has, so that it
    and `ranges`, where it is kept, hold for every plan.
    """
    kept = None if ranges is None else ranges / "prepared.onnx"
    if kept is not None and kept.exists():
        return kept.read_bytes()
    products = constant_matmuls(onnx.load_model_from_string(content))
    content = smoothed(activated(content, graph, products, runs), products, runs)
    if kept is not None:
        kept.write_bytes(content)
    return content


def apply(
    content: bytes, plan: GraphPlan, runs: Sequence[Mapping[str, Array]], graph: str, ranges: Path | None = None
) -> bytes:
    """A fp32 graph as the plan has it. runs: real inputs, for static scales. ranges: a folder that keeps what was found
    in them, for further plans of the same graph and runs. ValueError: see `nodes_by_form`.
    """
    if plan.storage == "fp16":
        return to_fp16(content)
    if plan.needs_inputs and not runs:
        raise NothingToQuantise(
            f"{graph} takes its scales from real speech: give --inputs DIR, made by python -m export inputs --models"
        )
    content = arranged(content)
    if any(form in STATIC for form in plan.forms.values()):
        content = _prepared(content, graph, runs, ranges)
    result = content
    own = {tensor.name for tensor in onnx.load_model_from_string(content).graph.initializer}
    for form, nodes in nodes_by_form(content, plan, graph).items():
        result = _quantised(result, form, nodes, runs, plan.full_range, ranges)
    if plan.forms:
        result = joined(result, plan.signed)
    result = cropped(result, graph)
    if plan.storage == "fp32":
        return result
    made = {tensor.name for tensor in onnx.load_model_from_string(result).graph.initializer} - own
    return (to_int8_storage if plan.storage == "int8-storage" else to_fp16_storage)(result, made)
