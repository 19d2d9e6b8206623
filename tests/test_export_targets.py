"""A target's set must speak, be as small as promised, stream exactly where it says so, and sound as fp32 does."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from export import manifest as manifests
from export.__main__ import main as export_main
from export.example_inputs import load_inputs, load_runs
from export.set_inputs import collect_runs, write_runs
from qingyin.synthesizer import Synthesizer
from tools import graph_plan, quantize
from tools.graph_audio import Listener
from tools.graph_precision import NothingToQuantise
from tools.graph_storage import quantise_groups, to_int8_storage

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
SENTENCES = ("今天天气真好。", "你觉得呢？")


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The released weights as a fp32 set."""
    folder = tmp_path_factory.mktemp("exported")
    command = ["onnx", "--checkpoints", str(CHECKPOINTS), "-o", str(folder)]
    assert export_main([*command, "--default-vocoder", "source_filter", "--default-voice", "yuetan"]) == 0
    return folder


@pytest.fixture(scope="module")
def runs(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What its graphs were given when it said two sentences in each voice."""
    folder = tmp_path_factory.mktemp("runs")
    write_runs(folder, collect_runs(exported, sentences=SENTENCES))
    return folder


def test_a_set_leaves_runs_of_every_voice(exported: Path, runs: Path) -> None:
    manifest = manifests.read_manifest(exported)
    spoken = len(manifest["voices"]) * len(SENTENCES)
    for name, entry in manifest["graphs"].items():
        found = load_runs(runs, name)
        assert len(found) == spoken
        assert {tensor["name"] for tensor in entry["inputs"]} == set(found[0])
    assert len({run["speaker"].tobytes() for run in load_runs(runs, "acoustic_decoder")}) == len(manifest["voices"])
    assert len({run["emotion"].tobytes() for run in load_runs(runs, "acoustic_encoder")}) > 1
    longest = load_inputs(runs, "vocoder_source_filter")
    lengths = [run["mel"].shape[1] for run in load_runs(runs, "vocoder_source_filter")]
    assert longest is not None and longest["mel"].shape[1] == max(lengths)


@pytest.mark.parametrize("target", ["bundled", "arm", "size"])
def test_a_target_speaks_and_streams_exactly(exported: Path, runs: Path, tmp_path: Path, target: str) -> None:
    command = [str(exported), "--target", target, "--inputs", str(runs), "-o", str(tmp_path / "set")]
    assert quantize.main(command) == 0
    before, after = (manifests.read_manifest(folder)["graphs"] for folder in (exported, tmp_path / "set"))
    assert sum(g["bytes"] for g in before.values()) > 3 * sum(g["bytes"] for g in after.values())
    precisions = {name: graph["precision"] for name, graph in after.items()}
    static = "int8-storage" if target == "size" else "int8-static+int8-storage"
    assert {precisions[name] for name in ("acoustic_encoder", "acoustic_decoder", "vocoder_source_filter")} == {static}
    assert precisions["speaker_encoder"] == "int8-storage"
    synthesizer = Synthesizer.load(tmp_path / "set", device="cpu")
    whole, chunked = (
        np.concatenate(
            [c.samples for c in synthesizer.stream(SENTENCES[0], seed=1, first_chunk_frames=f, chunk_frames=n)]
        )
        for f, n in ((10_000, 10_000), (17, 31))
    )
    assert np.abs(whole - chunked).max() < 1e-4


def test_seven_bits_where_no_vnni_is_promised(exported: Path, runs: Path) -> None:
    content = (exported / "acoustic_decoder.onnx").read_bytes()
    found = {"acoustic_decoder": {"/decoder/blocks.0/expand/MatMul": "int8-static-minmax"}}
    largest = {}
    for target in ("bundled", "x86-vnni"):
        plan = graph_plan.plans(target, found, found)["acoustic_decoder"]
        made = graph_plan.apply(content, plan, load_runs(runs, "acoustic_decoder"), "acoustic_decoder")
        model = onnx.load_model_from_string(made)
        quantised = [t for t in model.graph.initializer if t.name.endswith("_quantized") and len(t.dims) == 2]
        assert len(quantised) == 1
        assert sum(node.op_type == "QuantizeLinear" for node in model.graph.node) == 1
        largest[target] = int(np.abs(onnx.numpy_helper.to_array(quantised[0]).astype(int)).max())
    assert largest["bundled"] <= 64 < 100 < largest["x86-vnni"] <= 127


@pytest.mark.parametrize(
    ("forms", "message"),
    [
        ({"/nothing/*": "int8-static-minmax"}, "no node fits"),
        ({"/decoder/blocks.*": "int8", "/decoder/*/expand/MatMul": "int8-static-minmax"}, "two forms"),
        ({"/decoder/blocks.0/expand/MatMul": "int8-conv-minmax"}, "no node fits"),
    ],
)
def test_plans_that_do_not_fit_a_graph(exported: Path, forms: dict[str, str], message: str) -> None:
    content = (exported / "acoustic_decoder.onnx").read_bytes()
    with pytest.raises(ValueError, match=message):
        graph_plan.nodes_by_form(content, graph_plan.GraphPlan("fp32", forms), "acoustic_decoder")


def test_bad_targets_are_explained(exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [str(exported), "--target", "bundled"]
    assert quantize.main(command) == 2
    assert "give -o DIR" in capsys.readouterr().err
    assert quantize.main([*command, "-o", str(tmp_path / "set")]) == 2
    assert "python -m export inputs --models" in capsys.readouterr().err and not (tmp_path / "set").exists()
    (tmp_path / "nodes.json").write_text(json.dumps({"acoustic_decoder": {"*": "int4"}}))
    assert quantize.main([*command, "-o", str(tmp_path / "set"), "--nodes", str(tmp_path / "nodes.json")]) == 2
    assert "form 'int4' is none of" in capsys.readouterr().err
    with pytest.raises(NothingToQuantise):
        graph_plan.apply(b"", graph_plan.GraphPlan("fp32", {"*": "int8-static-minmax"}), [], "a")


def test_damage_is_heard(exported: Path) -> None:
    """Weights with 8 bits are heard less than with 4, and a graph that is as it was not at all."""
    pytest.importorskip("pesq", reason="pesq is in the extra `evaluate`")
    listener = Listener(exported, sentences=SENTENCES)
    contents = {
        name: (exported / f"{name}.onnx").read_bytes()
        for name in ("acoustic_encoder", "acoustic_decoder", "vocoder_source_filter")
    }
    none = listener.damage(contents)
    assert abs(none.pesq_loss) < 1e-3 and none.durations_percent == none.f0_predicted_cents == none.mel_distance == 0
    eight = listener.damage({name: to_int8_storage(content) for name, content in contents.items()})
    assert eight.pesq_loss < 0.1 and eight.durations_percent <= 1 and 0 < eight.f0_predicted_cents < 5
    four = listener.damage({name: coarse(content) for name, content in contents.items()})
    assert four.pesq_loss > 0.3 and four.f0_predicted_cents > 5 * eight.f0_predicted_cents
    assert four.duration_frames > eight.duration_frames and four.mel_distance > eight.mel_distance


def coarse(content: bytes) -> bytes:
    """A graph with weights of 4 bits, a scale for each output."""
    model = onnx.load_model_from_string(content)
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 2:
            weight = onnx.numpy_helper.to_array(tensor)
            grouped = quantise_groups(weight, True, len(weight))
            steps = np.rint(grouped.values.astype(np.float32) / 16) * 16 * grouped.scales
            tensor.CopyFrom(onnx.numpy_helper.from_array(steps.reshape(weight.shape), tensor.name))
    return bytes(model.SerializeToString())
