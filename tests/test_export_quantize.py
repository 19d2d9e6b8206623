"""Every form of a graph must load, be smaller, stay close to fp32, and be written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from export import manifest as manifests
from export import to_onnx
from export.cpu_session import session
from export.graph_spec import GraphSpec, float32, int64
from export.graphs import hifigan_spec
from export.models import hifigan
from export.voices import read_voices, write_voice
from tools import graph_measure, graph_precision, graph_storage, quantize

torch.set_num_threads(1)
NAME = "acoustic_decoder"


class Toy(nn.Module):
    """Two wide products with a convolution between, and the pinv(mel) envelope of our spectral vocoder."""

    def __init__(self) -> None:
        super().__init__()
        self.expand, self.contract = nn.Linear(80, 160), nn.Linear(160, 80)
        self.conv = nn.Conv1d(160, 160, 3, padding=1, groups=160)
        self.envelope = nn.Parameter(torch.rand(80, 80))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        hidden = nn.functional.gelu(self.expand(mel))
        hidden = self.conv(hidden.transpose(1, 2)).transpose(1, 2)
        envelope = torch.log(torch.clamp(torch.exp(mel) @ self.envelope, min=1e-5))
        refined: torch.Tensor = self.contract(hidden)
        return envelope + refined


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model set of one fp32 graph and one voice."""
    folder = tmp_path_factory.mktemp("set")
    torch.manual_seed(2)
    spec = GraphSpec(
        name=NAME,
        module=Toy(),
        inputs={"mel": float32("B", "T", 80)},
        outputs={"out": float32("B", "T", 80)},
        extras={"context_frames": 1},
    )
    voices = folder / "made"
    write_voice(
        voices, "someone", speaker=[0.5] * 128, prosody=np.zeros(64).tolist(), emotion=[0.0] * 16,
        pitch_mean_ln_hz=5.2, description="a test", source="none",
    )  # fmt: skip
    graphs, differences = to_onnx.export_all([spec])
    assert all(difference.passed for difference in differences)
    to_onnx.write_set(folder / "models", [spec], graphs, symbols=("_", "sil"), voices=voices)
    return folder / "models"


@pytest.fixture(scope="module")
def content(source: Path) -> bytes:
    return (source / f"{NAME}.onnx").read_bytes()


def outputs(model: bytes, frames: int = 50) -> Any:
    mel = np.random.default_rng(1).standard_normal((1, frames, 80)).astype(np.float32) - 5.0
    return session(model).run(None, {"mel": mel})[0]


CALIBRATION = [{"mel": np.random.default_rng(9).standard_normal((1, 300, 80)).astype(np.float32) - 5.0}]


@pytest.mark.parametrize(
    ("precision", "size", "error"),
    [
        ("fp16-storage", 0.6, 5e-3),
        ("int8-storage", 0.5, 2e-2),
        ("int8", 0.6, 0.1),
        ("int8+fp16-storage", 0.5, 0.1),
        ("int8-static", 0.6, 0.1),
        ("int8-static+fp16-storage", 0.5, 0.1),
        ("fp16", 0.7, 0.1),
    ],
)
def test_forms_are_smaller_and_close(content: bytes, precision: str, size: float, error: float) -> None:
    excluded = graph_precision.excluded_nodes(onnx.load_model_from_string(content), NAME, [])
    assert excluded == {"/MatMul"}  # the product of linear amplitudes
    rewritten = graph_precision.convert(content, precision, excluded, calibration=CALIBRATION)
    assert rewritten == graph_precision.convert(content, precision, excluded, calibration=CALIBRATION)
    onnx.checker.check_model(onnx.load_model_from_string(rewritten))
    assert manifests.contract(onnx.load_model_from_string(rewritten)) == manifests.contract(
        onnx.load_model_from_string(content)
    )
    assert len(rewritten) < size * len(content)
    assert 0 < np.abs(outputs(rewritten) - outputs(content)).max() < error


def opened(model: bytes, folder: Path) -> onnx.ModelProto:
    """What ONNX Runtime holds after it has optimised a graph."""
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimised.onnx")
    options.log_severity_level = 3
    ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return onnx.load(folder / "optimised.onnx")


@pytest.mark.parametrize("precision", ["fp16-storage", "int8-storage"])
def test_what_restores_weights_is_folded_at_load(content: bytes, precision: str, tmp_path: Path) -> None:
    stored = graph_precision.convert(content, precision)
    assert sum(node.op_type == "Cast" for node in onnx.load_model_from_string(stored).graph.node) == 3
    held, plain = opened(stored, tmp_path), opened(content, tmp_path)
    assert [node.op_type for node in held.graph.node] == [node.op_type for node in plain.graph.node]
    # fp32 weights and nothing beside them: neither does memory double nor is anything restored at each run
    assert sorted((tensor.data_type, *tensor.dims) for tensor in held.graph.initializer) == sorted(
        (tensor.data_type, *tensor.dims) for tensor in plain.graph.initializer
    )


SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 70), st.integers(1, 3))


@given(SHAPES, st.integers(0, 2**32 - 1), st.booleans(), st.integers(1, 64))
def test_int8_weights_are_off_by_half_a_step_of_their_group(
    shape: tuple[int, int, int], seed: int, summed_first: bool, group: int
) -> None:
    rng = np.random.default_rng(seed)
    weight = (rng.standard_normal(shape) * 10.0 ** rng.integers(-30, 30)).astype(np.float32)
    weight[rng.random(shape) < 0.3] = 0.0
    grouped = graph_storage.quantise_groups(weight, summed_first, group)
    error = np.abs(grouped.restored() - weight.reshape(grouped.values.shape))
    assert np.all(error <= 0.5001 * grouped.scales)
    assert grouped.values.min() >= -127 and grouped.values.size <= group * grouped.scales.size


class EveryWeight(nn.Module):
    """A table, a product and both convolutions, all with outputs of very different size."""

    SIZES = 10.0 ** torch.linspace(-3, 3, 64)

    def __init__(self) -> None:
        super().__init__()
        self.table, self.line = nn.Embedding(64, 64), nn.Linear(64, 64)
        self.conv, self.up = nn.Conv1d(64, 64, 3), nn.ConvTranspose1d(64, 64, 4)
        for weight, axis in ((self.table, 0), (self.line, 0), (self.conv, 0), (self.up, 1)):
            values = weight.weight.data
            values.mul_(self.SIZES.reshape([-1 if i == axis else 1 for i in range(values.ndim)]))

    def forward(self, ids: torch.Tensor, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return self.table(ids), self.line(x), self.conv(x.transpose(1, 2)), self.up(x.transpose(1, 2))


def test_int8_storage_gives_every_output_scales_of_its_own() -> None:
    torch.manual_seed(0)
    inputs = {"ids": int64("B", "T"), "x": float32("B", "T", 64)}
    outputs = {"table": float32("B", "T", 64), "line": float32("B", "T", 64),
               "conv": float32("B", 64, "S"), "up": float32("B", 64, "U")}  # fmt: skip
    content = to_onnx.export_graph(
        GraphSpec(name=NAME, module=EveryWeight().eval(), inputs=inputs, outputs=outputs)
    )
    x = np.random.default_rng(0).standard_normal((1, 64, 64)).astype(np.float32)
    feeds = {"ids": np.arange(64)[None], "x": x}
    stored = graph_storage.to_int8_storage(content)
    assert len(stored) < 0.4 * len(content)
    pairs = zip(session(content).run(None, feeds), session(stored).run(None, feeds), (1, 2, 1, 1), strict=True)
    for wanted, found, channels in pairs:
        others = tuple(axis for axis in range(3) if axis != channels)
        error = np.abs(found - wanted).max(others)
        assert error.max() > 0 and np.all(error < 0.02 * np.abs(wanted).max(others))


def test_weights_beyond_fp16_stay_fp32(content: bytes) -> None:
    model = onnx.load_model_from_string(content)
    for tensor in model.graph.initializer:
        if len(tensor.dims) == 2:
            tensor.CopyFrom(
                onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor) * 1e6, tensor.name)
            )
    assert len(graph_storage.to_fp16_storage(model.SerializeToString())) > 0.9 * len(content)


def test_int8_touches_products_only(content: bytes) -> None:
    rewritten = graph_precision.to_int8(content, {"/MatMul", "/contract/MatMul"})
    kinds = [node.op_type for node in onnx.load_model_from_string(rewritten).graph.node]
    assert (kinds.count("MatMulInteger"), kinds.count("MatMul"), kinds.count("Conv")) == (1, 2, 1)
    with pytest.raises(graph_precision.NothingToQuantise):
        graph_precision.to_int8(
            content, graph_precision.constant_matmuls(onnx.load_model_from_string(content))
        )
    with pytest.raises(ValueError, match="int4"):
        graph_precision.convert(content, "int4")


def test_exclusions_must_fit(content: bytes) -> None:
    model = onnx.load_model_from_string(content)
    assert graph_precision.excluded_nodes(model, NAME, [f"{NAME}:/expand/*", "other:*"]) == {
        "/MatMul",
        "/expand/MatMul",
    }
    with pytest.raises(ValueError, match="no such MatMul"):
        graph_precision.excluded_nodes(model, NAME, [f"{NAME}:/nothing"])


def test_chunks_of_fp32_are_exact_and_of_dynamic_int8_are_not(source: Path, content: bytes) -> None:
    entry = manifests.read_manifest(source)["graphs"][NAME]
    mel = 2 * np.random.default_rng(1).standard_normal((1, 60, 80)).astype(np.float32) - 5
    figures = {}
    for precision in ("fp32", "fp16-storage", "int8", "int8-static"):
        rewritten = graph_precision.convert(content, precision, {"/MatMul"}, calibration=[{"mel": mel}])
        m = graph_measure.measure(NAME, precision, content, rewritten, entry, {"mel": mel}, 60, rounds=3)
        assert m.speed > 0 and m.milliseconds > 0 and m.size_bytes == len(rewritten)
        figures[precision] = m.errors[0]
    assert figures["fp32"].snr_db == np.inf and figures["fp32"].max_abs == 0
    assert figures["fp16-storage"].snr_db > figures["int8"].snr_db > 10
    chunks = {precision: error.chunk_max_abs or 0.0 for precision, error in figures.items()}
    assert max(chunks["fp32"], chunks["fp16-storage"], chunks["int8-static"]) < 1e-4 < chunks["int8"]


def test_snr() -> None:
    assert graph_measure.snr_db(np.array([1.0, 1.0]), np.array([1.1, 0.9])) == pytest.approx(20.0)
    assert graph_measure.snr_db(np.zeros(2), np.ones(2)) == -np.inf


def test_measuring_writes_a_table_and_leaves_the_set(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path.name: path.read_bytes() for path in source.iterdir() if path.is_file()}
    np.savez(tmp_path / f"{NAME}.npz", mel=np.zeros((1, 40, 80), np.float32))
    report = tmp_path / "report.md"
    command = [str(source), "--inputs", str(tmp_path), "--rounds", "3", "--report", str(report)]
    assert quantize.main(command) == 0
    printed = capsys.readouterr().out
    assert "(40 frames, real inputs)" in printed and report.read_text() in printed
    # no int8-conv: its one convolution is depthwise
    assert report.read_text().count("\n") == 2 + len(graph_precision.PRECISIONS) - 1
    assert {path.name: path.read_bytes() for path in source.iterdir() if path.is_file()} == before
    assert quantize.main([str(source), "--list"]) == 0
    assert f"{NAME}:/expand/MatMul [80, 160]" in capsys.readouterr().out


def test_writing_keeps_the_set_whole(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "shipped"
    command = [str(source), "-o", str(target), "--write", "--choose", f"{NAME}=int8"]
    assert quantize.main(command) == 0
    manifest = manifests.read_manifest(target)
    entry = manifest["graphs"][NAME]
    assert entry["precision"] == "int8" and entry["context_frames"] == 1
    manifests.check_hash(entry, (target / entry["file"]).read_bytes(), "it")
    assert (target / "voices" / "someone.json").exists() and manifest["default_voice"] == "someone"
    assert manifests.read_manifest(source)["graphs"][NAME]["precision"] == "fp32"
    assert quantize.main([str(target), "--write", "--choose", f"{NAME}=fp16-storage"]) == 2
    assert "is int8 already" in capsys.readouterr().err

    assert quantize.main([str(source), "--target", "cuda", "-o", str(tmp_path / "cuda")]) == 0
    assert manifests.read_manifest(tmp_path / "cuda")["graphs"][NAME]["precision"] == "fp16"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--choose", f"{NAME}=int8"], "belong together"),
        (["--write"], "belong together"),
        (["--write", "--choose", "nothing=int8"], "graph is none of"),
        (["--write", "--choose", f"{NAME}=int4"], "precision is none of"),
        (["--write", "--choose", f"{NAME}=int8,{NAME}=fp32"], "twice"),
        (["--write", "--choose", f"{NAME}=int8-static"], "give --inputs"),
        (["--graph", "nothing"], "there is acoustic_decoder"),
    ],
)
def test_bad_options(
    source: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quantize.main([str(source), *options]) == 2
    assert message in capsys.readouterr().err


def test_a_damaged_graph_is_refused(source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in source.iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / f"{NAME}.onnx").write_bytes(b"no graph")
    assert quantize.main([str(tmp_path)]) == 2
    assert "is damaged" in capsys.readouterr().err
    assert quantize.main([str(tmp_path / "absent")]) == 2


def test_voices_are_checked(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "speaker": np.ones(128, np.float32),
        "prosody": np.ones(64),
        "emotion": np.zeros(16),
        "pitch_mean_ln_hz": np.float32(5.3),
        "description": "a voice",
        "source": "a corpus",
    }
    path = write_voice(tmp_path, "yuetan", **values)
    first = path.read_bytes()
    assert (
        json.loads(first)["pitch_mean_ln_hz"] == 5.3
        and write_voice(tmp_path, "yuetan", **values).read_bytes() == first
    )
    for change in (
        {"speaker": np.ones(127)},
        {"emotion": np.full(16, np.nan)},
        {"rate": 0.0},
        {"source": " "},
    ):
        with pytest.raises(ValueError, match=next(iter(change))):
            write_voice(tmp_path, "yuetan", **{**values, **change})
    with pytest.raises(ValueError, match="small letters"):
        write_voice(tmp_path, "../away", **values)
    path.rename(tmp_path / "other.json")
    with pytest.raises(ValueError, match="is called 'yuetan'"):
        read_voices(tmp_path)


def test_int8_convolutions_of_a_generator_stay_near() -> None:
    torch.manual_seed(0)
    config = hifigan.HifiganConfig.from_dict({**hifigan.V2.to_dict(), "upsample_initial_channel": 64})
    generator = hifigan.HifiganGenerator(config).eval()
    with torch.no_grad():
        for weight_name, value in generator.state_dict().items():
            if weight_name.endswith("original0"):
                value.mul_(5.0)
    content = to_onnx.export_graph(hifigan_spec(generator))
    mel = np.random.default_rng(0).standard_normal((1, 80, 24)).astype(np.float32) - 4.0
    rewritten = graph_precision.convert(content, "int8-conv", calibration=[{"mel": mel}])
    kinds = [node.op_type for node in onnx.load_model_from_string(rewritten).graph.node]
    assert kinds.count("QuantizeLinear") > 10
    wanted, found = (session(graph).run(None, {"mel": mel})[0] for graph in (content, rewritten))
    assert 20.0 < graph_measure.snr_db(wanted, found) < 80.0
    with pytest.raises(graph_precision.NothingToQuantise, match="needs inputs"):
        graph_precision.convert(content, "int8-conv")
