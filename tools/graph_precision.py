"""Rewrites a fp32 graph in another precision: int8 products, fewer bits on disk alone, or fp16 throughout."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from fnmatch import fnmatchcase
from io import StringIO
from pathlib import Path
from typing import Any

import onnx

from export.example_inputs import Array, cut, longest
from export.manifest import contract
from tools.graph_storage import to_fp16_storage, to_int8_storage

STORAGE = "+fp16-storage"
PRECISIONS = (
    "fp32", "fp16-storage", "int8-storage", "int8", "int8+fp16-storage", "int8-static", "int8-static+fp16-storage",
    "int8-conv",
)  # fmt: skip
# How the range of an activation is taken from what it was on real inputs.
SCALES = ("minmax", "percentile", "entropy")
HISTOGRAM_RUNS = 16
# Log-amplitudes go through these; 1e-5, the floor of the feature space, is below fp16's normal numbers.
KEPT_FP32_OPS = ("Exp", "Log", "Clip", "Max", "Min", "Pow", "Range", "CumSum")


class NothingToQuantise(ValueError):
    """An int8 form was asked for, but no matrix product of the graph may become int8."""


def constant_matmuls(model: onnx.ModelProto) -> dict[str, tuple[int, ...]]:
    """Name and weight shape of every MatMul whose second input is an initializer."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    return {
        node.name: shapes[node.input[1]]
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1] in shapes
    }


def convolutions(model: onnx.ModelProto) -> set[str]:
    """Names of the convolutions that mix channels; depthwise ones have no int8 kernel that pays."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    return {
        node.name
        for node in model.graph.node
        if node.op_type == "Conv" and shapes.get(node.input[1], (1, 1))[1] > 1
    }


def _refuse_points(model: onnx.ModelProto) -> None:
    """NothingToQuantise: it computes convolutions at points (export/models/toom_cook.py), where sums need float32."""
    weights = {tensor.name for tensor in model.graph.initializer if len(tensor.dims) == 3}
    if any(node.op_type == "MatMul" and node.input[0] in weights for node in model.graph.node):
        raise NothingToQuantise(
            "its convolutions multiply less, as only float32 bears; convert it with --convolutions direct instead"
        )


def linear_amplitude_matmuls(model: onnx.ModelProto) -> set[str]:
    """MatMuls fed by an Exp: their input spans the whole dynamic range of speech, which 8 bits cannot."""
    makers = {output: node.op_type for node in model.graph.node for output in node.output}
    return {n.name for n in model.graph.node if n.op_type == "MatMul" and makers.get(n.input[0]) == "Exp"}


def excluded_nodes(model: onnx.ModelProto, graph: str, patterns: Collection[str]) -> set[str]:
    """MatMuls to leave in fp32: by pattern (GRAPH:NODE, with * and ?), and those on linear amplitudes.

    ValueError: a pattern for this graph that fits none of its MatMuls.
    """
    names = set(constant_matmuls(model))
    chosen = linear_amplitude_matmuls(model)
    for pattern in patterns:
        if not fnmatchcase(graph, pattern.partition(":")[0]):
            continue
        fitting = {name for name in names if fnmatchcase(f"{graph}:{name}", pattern)}
        if not fitting:
            raise ValueError(f"--exclude {pattern}: {graph} has no such MatMul; --list shows them")
        chosen |= fitting
    return chosen


@contextmanager
def _quiet() -> Iterator[Path]:
    """A path to quantise into, without the quantiser's advice to preprocess, which MatMul does not need."""
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)
    try:
        with tempfile.TemporaryDirectory() as folder, redirect_stdout(StringIO()):  # histograms are announced
            yield Path(folder) / "int8.onnx"
    finally:
        root.setLevel(level)


def _quantisable(content: bytes, excluded: Collection[str]) -> onnx.ModelProto:
    model = onnx.load_model_from_string(content)
    _refuse_points(model)
    if not constant_matmuls(model).keys() - set(excluded):
        raise NothingToQuantise("it has no matrix product with constant weights to quantise")
    return model


def _plain(path: Path) -> bytes:
    model = onnx.load(path)
    del model.metadata_props[:]
    return model.SerializeToString(deterministic=True)


def to_int8(content: bytes, excluded: Collection[str] = (), *, full_range: bool = False) -> bytes:
    """Dynamic int8 of MatMuls with constant weights; one scale per output channel, activations per call.

    Convolutions stay fp32: dynamic int8 makes them slower on every CPU. full_range: weights of 8 bits, not 7;
    right on ARM and on x86 with VNNI, but the 16-bit sums of older x86 overflow with it. The scale of an
    activation is taken from the whole call, so a chunk differs from its part of a whole: no exact streaming.
    NothingToQuantise: every such MatMul is excluded, or there is none.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = _quantisable(content, excluded)
    with _quiet() as path:
        quantize_dynamic(
            model,
            path,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=not full_range,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=sorted(excluded),
            extra_options={"MatMulConstBOnly": True},
        )
        return _plain(path)


def to_int8_recurrent(content: bytes) -> bytes:
    """Dynamic int8 of LSTM layers, one scale per output channel: twice as fast, as every step is a thin product."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet() as path:
        quantize_dynamic(
            onnx.load_model_from_string(content),
            path,
            op_types_to_quantize=["LSTM"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        return _plain(path)


def _reader(calibration: Sequence[Mapping[str, Array]]) -> Any:
    """The inputs one after the other, as the quantiser asks for them."""
    from onnxruntime.quantization import CalibrationDataReader

    class Reader(CalibrationDataReader):
        def __init__(self) -> None:
            self.left = iter(calibration)

        def get_next(self) -> dict[str, Array] | None:
            feeds = next(self.left, None)
            return None if feeds is None else dict(feeds)

    return Reader()


def _equally_long(
    model: onnx.ModelProto, runs: Sequence[Mapping[str, Array]]
) -> list[Mapping[str, Array]]:
    """The longest runs, cut to the shortest of them: a histogram is made of arrays of one shape, and it keeps every
    activation of every run until the end.
    """
    inputs = {t["name"]: (t["dtype"], tuple(t["shape"])) for t in contract(model)[0]}
    longest_first = sorted(runs, key=lambda run: -longest(inputs, run))[:HISTOGRAM_RUNS]
    length = min(longest(inputs, run) for run in longest_first)
    return [cut(inputs, run, length) for run in longest_first]


def _static(
    model: onnx.ModelProto, calibration: Sequence[Mapping[str, Array]], operator: str, excluded: Collection[str],
    full_range: bool, method: str, ranges: Path | None,
) -> bytes:  # fmt: skip
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    if method not in SCALES:
        raise ValueError(f"method {method!r} is none of {', '.join(SCALES)}")
    runs = calibration if method == "minmax" else _equally_long(model, calibration)
    # A product's results are never rounded to 8 bits again, for nothing; there is no convolution without that.
    kept = {"OpTypesToExcludeOutputQuantization": [operator]} if operator == "MatMul" else {}
    with _quiet() as path:
        quantize_static(
            model,
            path,
            _reader(runs),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=[operator],
            per_channel=True,
            reduce_range=not full_range,
            activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=sorted(excluded),
            calibrate_method=CalibrationMethod[{"minmax": "MinMax"}.get(method, method.capitalize())],
            extra_options={"MatMulConstBOnly": True, **kept},
            **({} if ranges is None else {"calibration_cache_path": ranges}),
        )
        return _plain(path)


def to_int8_static(
    content: bytes,
    calibration: Sequence[Mapping[str, Array]],
    excluded: Collection[str] = (),
    *,
    full_range: bool = False,
    method: str = "minmax",
    ranges: Path | None = None,
) -> bytes:
    """int8 of the same MatMuls (S8S8), activation scales fixed from `calibration`, so that streaming stays exact.

    calibration: inputs by name, real speech; what is louder than all of it is clipped. method: one of SCALES, how the
    range of an activation is taken from what it was. ranges: a file that keeps them for the next call with the same
    graph, inputs and method. The rest as `to_int8`.
    """
    if not calibration:
        raise NothingToQuantise("int8-static needs inputs to take its scales from")
    return _static(_quantisable(content, excluded), calibration, "MatMul", excluded, full_range, method, ranges)


def to_int8_conv(
    content: bytes,
    calibration: Sequence[Mapping[str, Array]],
    excluded: Collection[str] = (),
    *,
    full_range: bool = True,
    method: str = "minmax",
    ranges: Path | None = None,
) -> bytes:
    """int8 of convolutions (S8S8), scales of weights by output channel, those of activations fixed from `calibration`.

    For networks that are nearly all convolution, as HiFi-GAN is; first measure what it costs in sound. Weights have 8
    bits: right on ARM and on x86 with VNNI. Transposed convolutions stay fp32, there is no int8 kernel for them.
    NothingToQuantise: there is no convolution left, or no input to take scales from.
    """
    model = onnx.load_model_from_string(content)
    _refuse_points(model)
    chosen = convolutions(model) - set(excluded)
    if not calibration or not chosen:
        raise NothingToQuantise("it has no convolution" if calibration else "int8-conv needs inputs for its scales")
    others = {node.name for node in model.graph.node if node.op_type == "Conv"} - chosen
    return _static(model, calibration, "Conv", others, full_range, method, ranges)


def _sort_nodes(graph: onnx.GraphProto) -> None:
    """Puts every node behind those that make its inputs, otherwise in the order it has."""
    known = {"", *(tensor.name for tensor in graph.initializer), *(value.name for value in graph.input)}
    waiting = list(graph.node)
    del graph.node[:]
    while waiting:
        later = []
        for node in waiting:
            if known.issuperset(node.input):
                graph.node.append(node)
                known.update(node.output)
            else:
                later.append(node)
        if len(later) == len(waiting):
            raise ValueError(f"node {later[0].name!r} has an input that nothing makes")
        waiting = later


def to_fp16(content: bytes, kept_nodes: Collection[str] = ()) -> bytes:
    """fp16 throughout, for CUDA: inputs and outputs stay fp32, and so do the operators of KEPT_FP32_OPS.

    On a CPU this is slower than fp32. kept_nodes: nodes that stay fp32. NothingToQuantise: only float32 will do.
    """
    from onnxruntime.transformers.float16 import DEFAULT_OP_BLOCK_LIST, convert_float_to_float16

    fp32 = onnx.load_model_from_string(content)
    _refuse_points(fp32)
    model = convert_float_to_float16(
        fp32,
        keep_io_types=True,
        op_block_list=sorted({*DEFAULT_OP_BLOCK_LIST, *KEPT_FP32_OPS}),
        node_block_list=sorted(kept_nodes),
    )
    _sort_nodes(model.graph)  # the converter appends its casts at the end, which the ONNX standard forbids
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def convert(
    content: bytes,
    precision: str,
    excluded: Collection[str] = (),
    *,
    full_range: bool = False,
    calibration: Sequence[Mapping[str, Array]] = (),
) -> bytes:
    """The graph in one of PRECISIONS, or "fp16".

    calibration: inputs for int8-static and int8-conv. ValueError: another precision. NothingToQuantise: see the forms.
    """
    steps: dict[str, Callable[[], bytes]] = {
        "fp32": lambda: content,
        "fp16-storage": lambda: to_fp16_storage(content),
        "int8-storage": lambda: to_int8_storage(content),
        "int8": lambda: to_int8(content, excluded, full_range=full_range),
        "int8-conv": lambda: to_int8_conv(content, calibration, full_range=True),
        "int8-static": lambda: to_int8_static(content, calibration, excluded, full_range=full_range),
        "fp16": lambda: to_fp16(content, excluded),
    }
    base = precision.removesuffix(STORAGE)
    if precision not in (*PRECISIONS, "fp16"):
        raise ValueError(f"precision {precision!r} is none of {', '.join((*PRECISIONS, 'fp16'))}")
    converted = steps[base]()
    if base == precision:
        return converted
    own = {tensor.name for tensor in onnx.load_model_from_string(content).graph.initializer}
    initializers = onnx.load_model_from_string(converted).graph.initializer
    return to_fp16_storage(converted, {tensor.name for tensor in initializers} - own)
