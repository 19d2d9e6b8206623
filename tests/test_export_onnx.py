"""Export must prove itself: contract, parity at untraced lengths, and nothing written when it fails."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from export import manifest as manifests
from export import to_onnx
from export.__main__ import main as export_main
from export.example_inputs import cut, seeded_inputs
from export.graph_spec import GraphSpec, TensorSpec, float32, int64
from export.graphs import hifigan_spec
from export.models import hifigan
from export.parity import ParityError, check

torch.set_num_threads(1)
SYMBOLS = ("_", "sil", "sp", "a")


class ToyBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(channels, channels, (1, 7), padding=(0, 3), groups=channels)
        self.norm = nn.LayerNorm(channels)
        self.expand, self.contract = nn.Linear(channels, 2 * channels), nn.Linear(2 * channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.depthwise(x.transpose(1, 2).unsqueeze(2)).squeeze(2).transpose(1, 2)
        z: torch.Tensor = self.contract(nn.functional.gelu(self.expand(self.norm(y))))
        return x + z


class Toy(nn.Module):
    """Stands for the acoustic encoder: ids and a speaker in, a sequence and one value per phoneme out."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding, self.speaker = nn.Embedding(4, 32), nn.Linear(64, 32)
        self.blocks = nn.Sequential(ToyBlock(32), ToyBlock(32))
        self.head = nn.Linear(32, 1)

    def forward(self, phonemes: torch.Tensor, speaker: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        hidden = self.blocks(self.embedding(phonemes) + self.speaker(speaker)[:, None])
        return hidden, self.head(hidden)[..., 0]


def example(length: int) -> dict[str, Any]:
    rng = np.random.default_rng(length)
    return {
        "phonemes": rng.integers(0, 4, (1, length)),
        "speaker": rng.standard_normal((1, 64)).astype("float32"),
    }


def toy_spec(module: nn.Module | None = None, **changes: Any) -> GraphSpec:
    torch.manual_seed(3)
    spec = GraphSpec(
        name="acoustic_encoder",
        module=module or Toy(),
        inputs={"phonemes": int64("B", "N"), "speaker": float32("B", 64)},
        outputs={"hidden": float32("B", "N", 32), "log_duration": float32("B", "N")},
        example=example,
        lengths=(9, 23),
        training_data=("corpus b", "corpus a"),
    )
    return dataclasses.replace(spec, **changes)


def test_toy_graph_keeps_contract_and_values() -> None:
    content = to_onnx.export_graph(toy_spec())
    model = onnx.load_model_from_string(content)
    inputs, outputs = manifests.contract(model)
    assert inputs == [
        {"name": "phonemes", "dtype": "int64", "shape": ["B", "N"]},
        {"name": "speaker", "dtype": "float32", "shape": ["B", 64]},
    ]
    assert [(o["name"], o["shape"]) for o in outputs] == [
        ("hidden", ["B", "N", 32]),
        ("log_duration", ["B", "N"]),
    ]
    assert sum(node.op_type == "LayerNormalization" for node in model.graph.node) == 2
    differences = check(toy_spec(), content)
    assert [(d.length, d.batch) for d in differences] == [(9, 1)] * 2 + [(23, 1)] * 2 + [(9, 2)] * 2
    assert all(d.passed and d.largest > 0 for d in differences)
    assert "max |difference|" in str(differences[0]) and str(differences[0]).endswith("ok")


def test_export_is_deterministic_and_names_no_path() -> None:
    content = to_onnx.export_graph(toy_spec())
    assert content == to_onnx.export_graph(toy_spec())
    assert b".py" not in content and str(Path(__file__).parent.parent).encode() not in content


@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
def test_a_size_fixed_by_tracing_is_found() -> None:
    class Fixed(Toy):
        def forward(self, phonemes: torch.Tensor, speaker: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            hidden, duration = super().forward(phonemes, speaker)
            return hidden + int(phonemes.shape[1]), duration

    spec = toy_spec(Fixed())
    assert not all(d.passed for d in check(spec, to_onnx.export_graph(spec)))


def test_wrong_declarations_are_errors() -> None:
    outputs = {"hidden": float32("B", "N", 31), "log_duration": float32("B", "N")}
    with pytest.raises(ParityError, match=r"acoustic_encoder.hidden: shape .*32.*declared .*31"):
        to_onnx.export_graph(toy_spec(outputs=outputs))
    with pytest.raises(ParityError, match="log_duration: dtype float32, declared int64"):
        to_onnx.export_graph(toy_spec(outputs={**toy_spec().outputs, "log_duration": int64("B", "N")}))
    with pytest.raises(ValueError, match="two different lengths"):
        toy_spec(lengths=(9, 9))
    with pytest.raises(ValueError, match="every output"):
        toy_spec(tolerance={"hidden": 1e-3})
    with pytest.raises(ValueError, match="float16"):
        TensorSpec("float16", (1,))


def test_an_unused_input_is_an_error() -> None:
    class Deaf(Toy):
        def forward(self, phonemes: torch.Tensor, speaker: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return super().forward(phonemes, torch.zeros(1, 64))

    with pytest.raises(ParityError, match="not used is lost"):
        to_onnx.export_graph(toy_spec(Deaf()))


def small_hifigan() -> hifigan.HifiganGenerator:
    torch.manual_seed(5)
    config = dataclasses.replace(hifigan.V3, upsample_initial_channel=16)
    generator = hifigan.HifiganGenerator(config)
    with torch.no_grad():
        for name, value in generator.state_dict().items():
            if name.endswith("original0"):
                value.mul_(5.0)
    return generator


def test_hifigan_becomes_a_vocoder() -> None:
    spec = hifigan_spec(small_hifigan())
    content = to_onnx.export_graph(spec)
    differences = check(spec, content)
    assert all(d.passed for d in differences) and differences[0].largest > 1e-3
    entry = manifests.graph_entry(content, "vocoder_hifigan.onnx", "fp32", spec.extras)
    assert entry["kind"] == "hifigan" and entry["context_frames"] == 11 and entry["opset"] == 17
    assert entry["outputs"] == [{"name": "audio", "dtype": "float32", "shape": ["B", 1, "samples"]}]


@pytest.mark.parametrize("key", ["fmax", "sampling_rate", "hop_size"])
def test_a_hifigan_of_another_feature_space_is_refused(key: str) -> None:
    config = hifigan.V3
    if key == "fmax":
        config = dataclasses.replace(config, other={"fmax": 11025})
    elif key == "sampling_rate":
        config = dataclasses.replace(config, sampling_rate=16000)
    else:
        config = dataclasses.replace(
            config, hop_size=128, upsample_rates=(8, 8, 2), upsample_kernel_sizes=(16, 16, 4)
        )
    with torch.device("meta"), pytest.raises(ValueError, match=f"has {key} "):
        hifigan_spec(hifigan.HifiganGenerator(config))


def test_a_set_grows_and_keeps_what_it_had(tmp_path: Path) -> None:
    specs = [toy_spec()]
    graphs, _ = to_onnx.export_all(specs)
    to_onnx.write_set(tmp_path, specs, graphs, symbols=SYMBOLS)
    first = (tmp_path / "manifest.json").read_bytes()
    to_onnx.write_set(tmp_path, specs, graphs, symbols=SYMBOLS)
    assert (tmp_path / "manifest.json").read_bytes() == first

    vocoder = [hifigan_spec(small_hifigan(), ("corpus c",))]
    graphs, _ = to_onnx.export_all(vocoder)
    manifest = to_onnx.write_set(tmp_path, vocoder, graphs, symbols=SYMBOLS, default_vocoder="hifigan")
    assert (
        json.loads((tmp_path / "manifest.json").read_text()) == manifest == manifests.read_manifest(tmp_path)
    )
    assert list(manifest["graphs"]) == ["acoustic_encoder", "vocoder_hifigan"]
    assert manifest["training_data"] == ["corpus a", "corpus b", "corpus c"]
    assert manifest["vocoders"] == ["hifigan"] and manifest["default_vocoder"] == "hifigan"
    assert manifests.missing_parts(manifest) == ["graph acoustic_decoder", "a voice"]
    for entry in manifest["graphs"].values():
        content = (tmp_path / entry["file"]).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (entry["sha256"], entry["bytes"])
    with pytest.raises(ValueError, match="another phoneme table"):
        to_onnx.write_set(tmp_path, [], {}, symbols=("_",))
    with pytest.raises(ValueError, match="default_vocoder 'none' is none of hifigan"):
        to_onnx.write_set(tmp_path, [], {}, symbols=SYMBOLS, default_vocoder="none")
    assert not list(tmp_path.glob(".*"))


def test_a_failed_installation_leaves_the_old_set(tmp_path: Path) -> None:
    manifests.install(tmp_path, {"a.onnx": b"old"}, {"n": 1})
    (tmp_path / "b.onnx").write_bytes(b"")
    with pytest.raises(OSError):  # a file stands where a folder is needed
        manifests.install(tmp_path, {"a.onnx": b"new", "b.onnx/c.onnx": b""}, {"n": 2})
    assert (tmp_path / "a.onnx").read_bytes() == b"old" and not list(tmp_path.glob(".*"))


def test_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hifigan.save_checkpoint(small_hifigan(), tmp_path / "g")
    output = tmp_path / "set"
    command = ["onnx", "--hifigan", str(tmp_path / "g"), "-o", str(output)]
    assert export_main(command) == 0
    printed = capsys.readouterr().out
    assert printed.count(": ok") == 3 and "vocoder_hifigan: 0.0" in printed and "cannot speak yet" in printed
    before = (output / "manifest.json").read_bytes()

    monkeypatch.setattr(GraphSpec, "limit", lambda self, output: 0.0)
    torch.manual_seed(1)
    hifigan.save_checkpoint(hifigan.HifiganGenerator(small_hifigan().config), tmp_path / "g")
    assert export_main(command) == 1
    captured = capsys.readouterr()
    assert "FAILED" in captured.out and "nothing written" in captured.err
    assert (output / "manifest.json").read_bytes() == before

    for bad in (
        ["--only", "nothing"],
        ["--hifigan", str(tmp_path / "absent")],
        ["--checkpoints", str(tmp_path)],
    ):
        assert export_main([*command, *bad]) == 2
        assert capsys.readouterr().err.startswith("error: ")
    assert export_main(["unknown"]) == 2 and export_main(["--help"]) == 0
    with pytest.raises(SystemExit, match="0"):
        export_main(["onnx", "--help"])
    assert "examples:" in capsys.readouterr().out


def test_seeded_inputs_stay_in_the_ranges_of_speech() -> None:
    contract: dict[str, tuple[str, tuple[str | int, ...]]] = {
        "tones": ("int64", ("B", "N")),
        "phonemes": ("int64", ("B", "N")),
        "f0": ("float32", ("B", "T")),
        "position": ("float32", ("B", "T")),
    }
    values = seeded_inputs(contract, 200, symbols=4)
    assert all(
        np.array_equal(values[name], seeded_inputs(contract, 200, symbols=4)[name]) for name in contract
    )
    assert values["tones"].max() == 8 and values["phonemes"].max() == 3
    assert values["f0"].min() > 50 and values["f0"].max() < 600 and values["f0"].dtype == np.float32
    assert values["position"].min() > 0 and values["position"].max() < 1


def test_real_inputs_are_cut_and_checked() -> None:
    contract: dict[str, tuple[str, tuple[str | int, ...]]] = {
        "phonemes": ("int64", ("B", "N")),
        "speaker": ("float32", ("B", 64)),
    }
    assert cut(contract, example(30), 12)["phonemes"].shape == (1, 12)
    with pytest.raises(ValueError, match="does not give 31"):
        cut(contract, example(30), 31)
    with pytest.raises(ValueError, match="float64"):
        cut(contract, {**example(30), "speaker": np.zeros((1, 64))}, 4)
    with pytest.raises(ValueError, match="not those of the graph"):
        cut(contract, {"speaker": np.zeros((1, 64))}, 4)
