"""The models trained here must leave as the graphs that the runtime's slots ask for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch
from torch import nn

from export import graphs, manifest, real_inputs, to_onnx
from export.__main__ import main as export_main
from export.cpu_session import session
from export.example_inputs import seeded_inputs
from export.models.acoustic import AcousticModel
from export.models.emotion_encoder import EmotionEncoder
from export.models.speaker_encoder import SpeakerEncoder
from export.models.vocoders import build
from export.parity import check
from export.voices import write_voice
from qingyin.contracts import EMOTION_ENCODER, SPEAKER_ENCODER, check_contract, sizes
from qingyin.manifest import parse_manifest
from qingyin.text.symbols import PHONEMES
from tools import quantize
from tools.graph_measure import chunk_differences, contract_of

torch.set_num_threads(1)
SMALL = {"channels": 32, "encoder_blocks": 1, "decoder_blocks": 2, "pitch_blocks": 1, "pitch_channels": 16}
VOCODERS: dict[str, dict[str, Any]] = {
    "source_filter": {"kind": "source_filter", "channels": 16, "blocks": 2},
    "hifigan": {"kind": "hifigan", "channels": 16},
}


def loud(network: nn.Module) -> dict[str, torch.Tensor]:
    """A state_dict of seeded weights large enough that every input changes every output."""
    generator = torch.Generator().manual_seed(11)
    state = network.state_dict()
    for tensor in state.values():
        if tensor.is_floating_point() and tensor.dim() > 1:
            tensor.add_(0.1 * torch.randn(tensor.shape, generator=generator))
    return state


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    holder = nn.Module()
    holder.acoustic = AcousticModel(len(PHONEMES), **SMALL)
    config: dict[str, Any] = {"speakers": ["a"], "acoustic": SMALL}
    torch.save({"config": config, "model": loud(holder), "training_data": ["one"]}, folder / "acoustic.pt")
    for name, settings in VOCODERS.items():
        model, config = build(**settings)
        torch.save({"config": config, "model": loud(model), "training_data": ["two"]}, folder / f"{name}.pt")
    for name, encoder in (
        ("speaker_encoder", SpeakerEncoder(channels=16, blocks=1)),
        ("emotion_encoder", EmotionEncoder(channels=16, blocks=1, statistics=16)),
    ):
        trained = nn.Module()  # as training leaves it: the encoder beside heads that do not ship
        trained.encoder, trained.head = encoder, nn.Linear(4, 4)
        state = {"config": encoder.config, "model": loud(trained), "training_data": ["one"]}
        torch.save(state, folder / f"{name}.pt")
    speaker, prosody = np.random.default_rng(3).standard_normal((2, 128))
    write_voice(
        folder / "voices", "someone", speaker=speaker, prosody=prosody[:64], emotion=[0.0] * 16,
        pitch_mean_ln_hz=5.2, description="a test", source="none",
    )  # fmt: skip
    return folder


def test_every_graph_agrees_and_streams_exactly(checkpoints: Path) -> None:
    specs = graphs.specs_from_checkpoints(checkpoints)
    assert sorted(spec.name for spec in specs) == [
        "acoustic_decoder",
        "acoustic_encoder",
        "emotion_encoder",
        "speaker_encoder",
        "vocoder_hifigan",
        "vocoder_source_filter",
    ]
    for spec in specs:
        content = to_onnx.export_graph(spec)
        assert [str(d) for d in check(spec, content) if not d.passed] == []
        if "context_frames" not in spec.extras:
            continue
        contract = contract_of(manifest.graph_entry(content, "file", "fp32", spec.extras))
        inputs = seeded_inputs(contract, 120)
        context = spec.extras["context_frames"]
        chunks = chunk_differences(session(content), contract, inputs, 120, context)
        assert set(chunks) == set(spec.outputs) and max(chunks.values()) < 1e-3, (spec.name, chunks)


def test_the_runtime_reads_the_manifest(checkpoints: Path, tmp_path: Path) -> None:
    specs = graphs.specs_from_checkpoints(checkpoints)
    contents, _ = to_onnx.export_all(specs)
    written = to_onnx.write_set(tmp_path / "set", specs, contents, symbols=PHONEMES, voices=checkpoints / "voices")
    assert manifest.missing_parts(written) == []
    read = parse_manifest(written, tmp_path / "set")
    assert read.graphs["vocoder_hifigan"].kind == "hifigan_source_istft"
    assert read.graphs["acoustic_decoder"].context_frames == 3 + 2 * 3
    assert list(read.emotions) == ["neutral", "happy", "sad", "angry"] and not any(read.emotions["neutral"].vector)
    for name, contract in (("speaker_encoder", SPEAKER_ENCODER), ("emotion_encoder", EMOTION_ENCODER)):
        check_contract(read.graphs[name], contract, sizes(read))
    assert read.training_data == ("one", "two") and read.default_voice == "someone"


def test_real_inputs_serve_export_and_quantising(
    checkpoints: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["inputs", "--checkpoints", str(checkpoints), "-o", str(tmp_path / "inputs")]
    assert export_main(command) == 0
    frames = re.search(r"acoustic_decoder: hidden \[1, (\d+), 48\]", capsys.readouterr().out)
    assert frames is not None and int(frames[1]) > 131
    target = tmp_path / "set"
    command = [
        "onnx",
        "--checkpoints",
        str(checkpoints),
        "-o",
        str(target),
        "--inputs",
        str(tmp_path / "inputs"),
    ]
    assert export_main(command) == 0
    assert "FAILED" not in capsys.readouterr().out
    assert quantize.main([str(target), "--inputs", str(tmp_path / "inputs"), "--rounds", "3"]) == 0
    printed = capsys.readouterr().out
    assert "real inputs" in printed and "seeded" not in printed
    recording = tmp_path / "tone.wav"
    soundfile.write(recording, 0.1 * np.sin(np.arange(22050) * 2 * np.pi * 200 / 22050), 22050)
    features = real_inputs.recording_features(recording)
    assert features["mel"].shape == (1, 86, 80) and abs(float(np.median(features["f0"])) - 200) < 2
    assert export_main([*command[:-1], str(tmp_path), "--only", "nothing"]) == 2
    assert export_main(["inputs", "--checkpoints", str(tmp_path), "-o", str(tmp_path)]) == 2


def test_bad_checkpoints_are_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds none of acoustic\.pt"):
        graphs.specs_from_checkpoints(tmp_path)
    torch.save({"config": {"kind": "none"}, "model": {}}, tmp_path / "hifigan.pt")
    with pytest.raises(ValueError, match=r"hifigan\.pt: .*kind 'none'"):
        graphs.specs_from_checkpoints(tmp_path)
    torch.save({"config": VOCODERS["source_filter"], "model": {}}, tmp_path / "hifigan.pt")
    with pytest.raises(ValueError, match="does not fit its config"):
        graphs.specs_from_checkpoints(tmp_path)
    torch.save({"weights": {}}, tmp_path / "hifigan.pt")
    with pytest.raises(ValueError, match="must hold 'config' and 'model'"):
        graphs.specs_from_checkpoints(tmp_path)
    (tmp_path / "other.pt").write_bytes(b"")
    with pytest.raises(ValueError, match=r"unknown checkpoints other\.pt"):
        graphs.specs_from_checkpoints(tmp_path)
