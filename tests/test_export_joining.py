"""Joined graphs compute what they computed before, in fewer operators or quicker ones."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import onnxruntime
import pytest

torch = pytest.importorskip("torch")

from export import to_onnx  # noqa: E402
from export.graph_spec import GraphSpec, float32  # noqa: E402
from export.models.convnext import ConvNeXtStack  # noqa: E402
from tools.graph_activations import activated  # noqa: E402
from tools.graph_joining import arranged, joined  # noqa: E402
from tools.graph_precision import to_int8_static  # noqa: E402
from tools.graph_smoothing import smoothed  # noqa: E402

BLOCKS, CHANNELS = 2, 32


class Stack(torch.nn.Module):
    """Two modulated blocks, as the decoder has them, with nothing left at its initial value."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ConvNeXtStack(CHANNELS, BLOCKS, condition=16)
        for parameter in self.parameters():
            torch.nn.init.normal_(parameter, std=0.3)

    def forward(self, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = self.stack(x, None, condition[:, None])
        return y


@pytest.fixture(scope="module")
def content() -> bytes:
    torch.manual_seed(3)
    inputs = {"x": float32("B", "T", CHANNELS), "condition": float32("B", 16)}
    outputs = {"y": float32("B", "T", CHANNELS)}
    return to_onnx.export_graph(GraphSpec(name="stack", module=Stack(), inputs=inputs, outputs=outputs))


def given(frames: int, seed: int, batch: int = 1) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    shapes = {"x": (batch, frames, CHANNELS), "condition": (batch, 16)}
    return {name: rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}


def run(content: bytes, inputs: dict[str, np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    result: np.ndarray = session.run(None, inputs)[0]
    return result


def operators(content: bytes) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load_model_from_string(content).graph.node)


@pytest.mark.parametrize("frames", [1, 16, 45])
def test_arranging_changes_no_result(content: bytes, frames: int) -> None:
    inputs = given(frames, seed=frames)
    wanted = run(content, inputs)
    np.testing.assert_allclose(run(arranged(content), inputs), wanted, atol=1e-4 * np.abs(wanted).max())


def test_scales_and_modulation_are_gone(content: bytes) -> None:
    before, after = operators(content), operators(arranged(content))
    assert before["LayerNormalization"] == after["LayerNormalization"] == BLOCKS
    assert before["MatMul"] == after["MatMul"] == 3 * BLOCKS
    # a block lost the scale behind its second product, and the multiplication and two additions of its modulation
    assert before["Mul"] - after["Mul"] == 2 * BLOCKS and before["Add"] - after["Add"] == 2 * BLOCKS
    transposes = [n for n in onnx.load_model_from_string(arranged(content)).graph.node if n.op_type == "Transpose"]
    assert len(transposes) == 2 * BLOCKS and all(len(node.attribute[0].ints) == 4 for node in transposes)
    assert arranged(arranged(content)) == arranged(content)


def test_joined_int8_is_the_int8_of_before(content: bytes) -> None:
    plain = to_int8_static(arranged(content), [given(48, seed) for seed in range(4)])
    fused = joined(plain)
    kinds = operators(fused)
    assert kinds["MatMulIntegerToFloat"] == 3 * BLOCKS and kinds["FastGelu"] == BLOCKS
    assert not {"MatMul", "DequantizeLinear", "Erf"} & kinds.keys()
    inputs = given(48, seed=9)
    exact, before, after = (run(graph, inputs) for graph in (content, plain, fused))
    # GELU by tanh is nearer to what it was than int8 is to fp32
    assert np.std(after - before) < 0.5 * np.std(before - exact)
    assert np.std(after - exact) < 1.2 * np.std(before - exact)


class Parts(torch.nn.Module):
    """A product whose columns go to three outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.head = torch.nn.Linear(CHANNELS, 1539)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.head(x).split(513, dim=2)


def test_a_split_product_becomes_one_for_each_part() -> None:
    torch.manual_seed(4)
    outputs = {name: float32("B", "T", 513) for name in ("a", "b", "c")}
    spec = GraphSpec(name="parts", module=Parts(), inputs={"x": float32("B", "T", CHANNELS)}, outputs=outputs)
    runs = [{"x": given(32, seed)["x"]} for seed in range(3)]
    plain = to_int8_static(to_onnx.export_graph(spec), runs)
    parted = joined(plain)
    assert operators(parted)["MatMulIntegerToFloat"] == 3 and not operators(parted)["Split"]
    sessions = [onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"]) for graph in (plain, parted)]
    for before, after in zip(*(session.run(["a", "b", "c"], runs[0]) for session in sessions), strict=True):
        np.testing.assert_allclose(after, before, atol=1e-5)


@pytest.fixture(scope="module")
def uneven(content: bytes) -> bytes:
    """The stack, arranged, with two channels of each modulated LayerNorm a hundred times as large as the others."""
    model = onnx.load_model_from_string(arranged(content))
    takers = {name: node for node in model.graph.node for name in node.input}
    for index, tensor in enumerate(model.graph.initializer):
        user = takers[tensor.name]
        if "modulation" in user.name and user.op_type == "MatMul":
            weight = onnx.numpy_helper.to_array(tensor).copy()
            weight[:, [3, 20]] *= 100
            model.graph.initializer[index].CopyFrom(onnx.numpy_helper.from_array(weight, tensor.name))
    return model.SerializeToString()


def test_even_channels_change_no_result_and_lose_less_in_int8(uneven: bytes) -> None:
    runs = [given(48, seed) for seed in range(4)]
    products = {node.name for node in onnx.load_model_from_string(uneven).graph.node if node.op_type == "MatMul"}
    even = smoothed(uneven, products, runs)
    assert operators(even) == operators(uneven)
    inputs = given(48, seed=9)
    exact = run(uneven, inputs)
    np.testing.assert_allclose(run(even, inputs), exact, atol=1e-4 * np.abs(exact).max())
    expanding = {name for name in products if "expand" in name}
    lost = [np.std(run(to_int8_static(g, runs, products - expanding), inputs) - exact) for g in (uneven, even)]
    assert lost[1] < 0.6 * lost[0]


def test_what_others_take_too_stays_as_it_is(uneven: bytes) -> None:
    kept = smoothed(uneven, {"no such product"}, [given(16, 0)])
    np.testing.assert_array_equal(run(kept, given(16, 1)), run(uneven, given(16, 1)))


def contracting(content: bytes) -> set[str]:
    nodes = onnx.load_model_from_string(content).graph.node
    return {node.name for node in nodes if node.op_type == "MatMul" and "contract" in node.name}


def test_silu_in_the_place_of_gelu_is_nearer_to_fp32_than_int8_behind_gelu(content: bytes) -> None:
    plain, runs = arranged(content), [given(48, seed) for seed in range(4)]
    quick = activated(plain, "stack", contracting(plain), runs)
    assert operators(quick)["Sigmoid"] == BLOCKS and not operators(quick)["Erf"]
    # ONNX Runtime makes them one operator when it loads the graph, even behind int8
    others = {node.name for node in onnx.load_model_from_string(plain).graph.node} - contracting(plain)
    rounded = [joined(to_int8_static(graph, runs, others)) for graph in (plain, quick)]
    inputs = given(48, seed=9)
    exact = run(content, inputs)
    wrong = [np.std(run(graph, inputs) - exact) for graph in (quick, *rounded)]
    assert wrong[0] < wrong[1] and wrong[2] < 1.1 * wrong[1]


def test_silu_holds_for_values_that_no_run_had(content: bytes) -> None:
    plain = arranged(content)
    quick = activated(plain, "stack", contracting(plain), [given(48, seed) for seed in range(4)])
    inputs = {name: 2 * values for name, values in given(48, seed=9).items()}
    exact = run(content, inputs)
    assert np.std(run(quick, inputs) - exact) < 0.05 * np.std(exact)


def test_gelu_before_other_products_stays(content: bytes) -> None:
    plain = arranged(content)
    first = next(name for name in sorted(contracting(plain)))
    assert operators(activated(plain, "stack", {first}, [given(16, 0)]))["Erf"] == BLOCKS - 1
    assert activated(plain, "stack", set(), [given(16, 0)]) == plain
    assert activated(plain, "acoustic_encoder", contracting(plain), [given(16, 0)]) == plain
