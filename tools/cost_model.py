"""Counts what each graph of a model set computes per second of sound, and how near the machine's peak it runs.

    python tools/cost_model.py --models onnx_models

Operations are counted from the shapes that ONNX Runtime really sees: the outputs of all MatMul, Gemm, Conv and
ConvTranspose nodes of one run. The peak is the best of a large MatMul in the same runtime, measured in turns with the
graphs; times are CPU time of one thread, the least of many runs, because other programs only ever add to it.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

from export.cpu_session import session
from export.example_inputs import Array, seeded_inputs
from qingyin.model_sets.finding import load_manifest
from tools.graph_measure import contract_of

FRAMES = 256
PHONEMES_PER_SECOND = 13.0  # 4.2 syllables a second, most of two phonemes, and the pauses
PEAK_SIZE = 512
_WEIGHTED = ("MatMul", "MatMulIntegerToFloat", "Gemm", "Conv", "ConvTranspose")


@dataclass(frozen=True)
class Cost:
    """Of one graph. macs: multiply-adds per second of sound, by operator; seconds: CPU time per second of sound."""

    graph: str
    parameters: int
    macs: dict[str, float]
    seconds: float

    @property
    def flops(self) -> float:
        """Floating-point operations per second of computing; a multiply-add is two."""
        return 2.0 * sum(self.macs.values()) / self.seconds


def count(model: onnx.ModelProto, feeds: dict[str, Array]) -> dict[str, float]:
    """Multiply-adds of one run, by operator."""
    shown = onnx.ModelProto()
    shown.CopyFrom(model)
    nodes = [node for node in shown.graph.node if node.op_type in _WEIGHTED]
    have = {value.name for value in shown.graph.output}
    inner = [name for node in nodes for name in (node.output[0], *node.input[:2])]
    fixed = {tensor.name: list(tensor.dims) for tensor in shown.graph.initializer}
    wanted = [name for name in dict.fromkeys(inner) if name not in fixed and name not in feeds]
    shown.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in wanted if name not in have)
    plain = ort.SessionOptions()
    plain.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL  # every tensor must exist
    plain.log_severity_level = 3
    values = ort.InferenceSession(shown.SerializeToString(), plain, providers=["CPUExecutionProvider"])
    shapes = {name: list(value.shape) for name, value in zip(wanted, values.run(wanted, feeds), strict=True)}
    shapes |= fixed | {name: list(value.shape) for name, value in feeds.items()}
    totals = dict.fromkeys(_WEIGHTED, 0.0)
    for node in nodes:
        weight, out = shapes[node.input[1]], math.prod(shapes[node.output[0]])
        if node.op_type == "Conv":
            totals["Conv"] += out * math.prod(weight[1:])
        elif node.op_type == "ConvTranspose":
            totals["ConvTranspose"] += math.prod(shapes[node.input[0]]) * math.prod(weight[1:])
        else:
            totals[node.op_type] += out * shapes[node.input[0]][-1]
    return {kind: total for kind, total in totals.items() if total}


def peak_model() -> bytes:
    """A MatMul as large as the caches like."""
    weight = np.ones((PEAK_SIZE, PEAK_SIZE), np.float32)
    axes = [PEAK_SIZE, PEAK_SIZE]
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])], "peak",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, axes)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, axes)], [numpy_helper.from_array(weight, "w")],
    )  # fmt: skip
    model: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    ).SerializeToString()
    return model


def least_times(sessions: list[tuple[ort.InferenceSession, dict[str, Array]]], rounds: int) -> list[float]:
    """CPU seconds of each, the least of `rounds` runs in turns."""
    least = [math.inf] * len(sessions)
    for _ in range(rounds):
        for index, (graph, feeds) in enumerate(sessions):
            began = time.process_time()
            graph.run(None, feeds)
            least[index] = min(least[index], time.process_time() - began)
    return least


def measure(folder: Path, rounds: int) -> tuple[list[Cost], float]:
    """Cost of every graph that speaks, and the peak in operations per second."""
    manifest = load_manifest(folder)
    entries = json.loads((manifest.folder / "manifest.json").read_text(encoding="utf-8"))["graphs"]
    frames_per_second = manifest.sample_rate / manifest.hop_length
    models, feeds, seconds = [], [], []
    names = [name for name in entries if name.startswith(("acoustic_", "vocoder_"))]
    for name in names:
        per_phoneme = name == "acoustic_encoder"
        length = round(PHONEMES_PER_SECOND * FRAMES / frames_per_second) if per_phoneme else FRAMES
        seconds.append(length / PHONEMES_PER_SECOND if per_phoneme else FRAMES / frames_per_second)
        models.append(onnx.load(manifest.folder / entries[name]["file"]))
        feeds.append(seeded_inputs(contract_of(entries[name]), length, seed=0))
    peak = {"x": np.ones((PEAK_SIZE, PEAK_SIZE), np.float32)}
    opened = [(session(model.SerializeToString()), feed) for model, feed in zip(models, feeds, strict=True)]
    *times, peak_time = least_times([*opened, (session(peak_model()), peak)], rounds)
    costs = [
        Cost(
            name, sum(math.prod(tensor.dims) for tensor in model.graph.initializer),
            {kind: total / length for kind, total in count(model, feed).items()}, spent / length,
        )
        for name, model, feed, length, spent in zip(names, models, feeds, seconds, times, strict=True)
    ]  # fmt: skip
    return costs, 2.0 * PEAK_SIZE**3 / peak_time


def table(costs: list[Cost], peak: float) -> str:
    """Markdown."""
    lines = ["| graph | parameters, M | MatMul, GMAC/s of sound | Conv, GMAC/s of sound | ms per s of sound | GFLOP/s "
             "| of the peak |", "|---|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
    for cost in costs:
        matrix = sum(cost.macs.get(kind, 0.0) for kind in ("MatMul", "MatMulIntegerToFloat", "Gemm"))
        convolution = cost.macs.get("Conv", 0.0) + cost.macs.get("ConvTranspose", 0.0)
        lines.append(
            f"| {cost.graph} | {cost.parameters / 1e6:.2f} | {matrix / 1e9:.3f} | {convolution / 1e9:.3f} "
            f"| {1000 * cost.seconds:.2f} | {cost.flops / 1e9:.0f} | {cost.flops / peak:.0%} |"
        )
    return "\n".join([*lines, "", f"Peak, a MatMul of {PEAK_SIZE} × {PEAK_SIZE} × {PEAK_SIZE}: "
                      f"{peak / 1e9:.0f} GFLOP/s."]) + "\n"  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, default=None, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=30, metavar="N")
    arguments = parser.parse_args()
    print(table(*measure(arguments.models, arguments.rounds)), end="")


if __name__ == "__main__":
    main()
