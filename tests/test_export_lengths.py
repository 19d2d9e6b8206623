"""A graph that says how long its tensors are computes the same, from fewer nodes."""

from __future__ import annotations

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from export.cpu_session import session
from export.graph_spec import GraphSpec, Shape, float32
from export.to_onnx import export_graph


class Folding(nn.Module):
    """Two samples of a channel as two channels, then a dilated convolution, then two samples again."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, (1, 3), padding=(0, 3), dilation=(1, 3))

    def forward(self, x: Tensor) -> Tensor:
        pairs = x.reshape(x.shape[0], 1, -1, 8).permute(0, 3, 1, 2)
        y: Tensor = self.conv(pairs) + pairs
        return y.permute(0, 2, 3, 1).reshape(x.shape[0], 1, -1, 4)


class Swapping(nn.Module):
    """Two open lengths at once, for which no constant shape can be given."""

    def forward(self, x: Tensor) -> Tensor:
        return 2.0 * x.reshape(x.shape[0], x.shape[2], x.shape[1], 4)


def exported(module: nn.Module, given: Shape, made: Shape, named: bool) -> bytes:
    spec = GraphSpec("folding", module.eval(), {"x": float32(*given)}, {"y": float32(*made)}, named_lengths=named)
    return export_graph(spec)


def operators(content: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_model_from_string(content).graph.node]


def assert_same(plain: bytes, named: bytes, *shapes: tuple[int, ...]) -> None:
    for shape in shapes:
        x = np.random.default_rng(shape[0]).standard_normal(shape).astype(np.float32)
        wanted, found = (session(content).run(None, {"x": x})[0] for content in (plain, named))
        assert found.shape == wanted.shape and np.array_equal(found, wanted)


def test_lengths_are_named_and_reshapes_are_constant() -> None:
    torch.manual_seed(3)
    module, given, made = Folding(), ("B", 1, "T", 4), ("B", 1, "T", 4)
    plain, named = (exported(module, given, made, named) for named in (False, True))
    assert "Shape" in operators(plain) and "Shape" not in operators(named)
    shapes = [
        [axis.dim_param or axis.dim_value for axis in value.type.tensor_type.shape.dim]
        for value in onnx.load_model_from_string(named).graph.value_info
    ]
    assert ["B", 8, 1, "floor(T/2)"] in shapes
    assert_same(plain, named, (1, 1, 6, 4), (3, 1, 20, 4))


def test_a_reshape_of_two_open_lengths_stays() -> None:
    plain, named = (exported(Swapping(), ("B", "S", "T", 4), ("B", "T", "S", 4), named) for named in (False, True))
    assert "Shape" in operators(named)
    assert_same(plain, named, (1, 2, 3, 4), (2, 5, 1, 4))
