"""The graph of polyphones in small: int8 reads as float does, and a second layer adds nothing at first."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import torch

from export.models.polyphone import PolyphoneModel
from export.to_onnx import export_graph
from export.training.polyphone import Pupil, load_former
from tools.export_polyphones import example, spec
from tools.graph_precision import to_int8_recurrent
from tools.graph_tables import to_int8_tables

CHARACTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
READINGS = {char: ["a1", "a2", "a4"][: 2 + index % 2] for index, char in enumerate(CHARACTERS[:100])}


def model(upper_width: int) -> PolyphoneModel:
    torch.manual_seed(0)
    return PolyphoneModel(CHARACTERS, READINGS, 32, 32, 32, upper_width=upper_width).eval().requires_grad_(False)


def scores(content: bytes, length: int) -> np.ndarray:
    session = ort.InferenceSession(content, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, dict(example(model(0), length)))[0])


def test_int8_tables_and_layers_score_nearly_as_float() -> None:
    graph = export_graph(spec(model(32), 1e-3))
    small = to_int8_tables(to_int8_recurrent(graph))
    assert len(small) < 0.5 * len(graph)
    types = {tensor.name: tensor.data_type for tensor in onnx.load_model_from_string(small).graph.initializer}
    assert onnx.TensorProto.INT8 in types.values()
    for length in (9, 40):
        wanted, found = scores(graph, length), scores(small, length)
        assert wanted.std() > 0.1
        np.testing.assert_allclose(found, wanted, atol=0.03)


def test_a_second_layer_changes_nothing_until_it_has_learned() -> None:
    lower, both = Pupil(model(0)), Pupil(model(32))
    load_former(both, lower.state_dict())
    feeds = [torch.from_numpy(np.asarray(array)) for array in example(model(0), 30).values()]
    torch.testing.assert_close(both.model(*feeds), lower.model(*feeds))
