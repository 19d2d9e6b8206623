"""Published HiFi-GAN checkpoints, read back as their authors save them, speak through the unchanged runtime."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import tiny_models
from export.convert.command import main
from export.convert.errors import ConvertError
from export.convert.sources import cached_snapshot, hub_caches, locate
from export.cpu_session import session
from export.models import hifigan
from export.models.hifigan import HifiganConfig, HifiganGenerator
from qingyin.synthesizer import Synthesizer

torch.set_num_threads(1)
TINY = dataclasses.replace(hifigan.V1, upsample_initial_channel=16)
STATED = {"n_fft": 1024, "win_size": 1024, "fmin": 0, "fmax": 8000, "learning_rate": 0.0002}


def seeded(config: HifiganConfig) -> HifiganGenerator:
    torch.manual_seed(3)
    generator = HifiganGenerator(config).eval()
    # training starts at 0.01, whose output is nearly silence; a wide one that is made too loud clips and goes wild
    louder = 3.0 if config.upsample_initial_channel > 256 else 5.0
    with torch.no_grad():
        for name, value in generator.state_dict().items():
            if name.endswith("original0"):
                value.mul_(louder)
    return generator


def published(folder: Path, config: HifiganConfig, stated: dict[str, Any] | None = None) -> HifiganGenerator:
    """A checkpoint as the public implementation writes it: {'generator': ...} with weight_g and weight_v."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = seeded(dataclasses.replace(config, other=STATED if stated is None else stated))
    hifigan.save_checkpoint(generator, folder / "g_02500000")
    return generator


def assert_same(generator: Any, graph: Path, mels: int, unit: float = 1.0) -> None:
    """The graph on disk against the generator that was saved, at two lengths and two batch sizes."""
    run = session(graph)
    for batch, frames in ((1, 9), (1, 23), (2, 9)):
        mel = torch.randn(batch, mels, frames, generator=torch.Generator().manual_seed(frames)) - 4.0
        with torch.inference_mode():
            expected = generator(mel).reshape(batch, 1, -1).numpy()
        found = run.run(["audio"], {"mel": mel.numpy() * np.float32(unit)})[0]
        assert found.shape == expected.shape
        assert np.abs(expected).max() > 1e-3
        assert np.abs(found - expected).max() <= 1e-4


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(dataclasses.replace(hifigan.V1, upsample_initial_channel=64), id="V1, an eighth as wide"),
        pytest.param(hifigan.V2, id="V2"),
        pytest.param(hifigan.V3, id="V3"),
    ],
)
def test_a_published_checkpoint_becomes_a_vocoder(config: HifiganConfig, tmp_path: Path, models: Path) -> None:
    generator = published(tmp_path / "source", config)
    assert main([str(tmp_path / "source"), "--as", "vocoder", "--name", "theirs", "--base", str(models),
                 "-o", str(tmp_path / "set"), "--default"]) == 0  # fmt: skip
    assert_same(generator, tmp_path / "set" / "vocoder_theirs.onnx", 80)
    synthesizer = Synthesizer.load(tmp_path / "set")
    assert synthesizer.vocoder_name == "theirs"
    audio = synthesizer.synthesize("你好。", seed=1)
    assert len(audio.samples) % 256 == 0
    assert np.isfinite(audio.samples).all()


def test_the_full_v1_agrees_with_pytorch(tmp_path: Path) -> None:
    """Its own size, its own names, in an empty set; the parity check of the command is at two lengths and batches."""
    published(tmp_path / "source", hifigan.V1)
    assert main([str(tmp_path / "source" / "g_02500000"), "--as", "vocoder", "-o", str(tmp_path / "set")]) == 0
    entry = tiny_models.read_manifest(tmp_path / "set")["graphs"]["vocoder_hifigan"]
    assert entry["kind"] == "hifigan"
    assert entry["context_frames"] == 13
    assert entry["bytes"] > 50e6


@pytest.mark.parametrize(
    ("rate", "rates", "kernels"), [(24000, (5, 5, 4, 3), (11, 11, 8, 7)), (16000, (8, 5, 5), (16, 11, 11))]
)
def test_other_rates_and_hops_make_a_set_of_their_own(
    rate: int, rates: tuple[int, ...], kernels: tuple[int, ...], tmp_path: Path, models: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    hop = int(np.prod(rates))
    config = dataclasses.replace(
        TINY, upsample_rates=rates, upsample_kernel_sizes=kernels, hop_size=hop, sampling_rate=rate, num_mels=100
    )
    fmax = 7600 if rate == 16000 else rate // 2
    stated = {**STATED, "fmax": None if fmax * 2 == rate else fmax, "fmin": 20}
    generator = published(tmp_path / "source", config, stated)
    refused = main([str(tmp_path / "source"), "--as", "vocoder", "--base", str(models), "-o", str(tmp_path / "no")])
    assert refused == 2
    said = capsys.readouterr().err
    for line in (f"sample_rate: the source has {rate}", f"hop_length: the source has {hop}",
                 "n_mels: the source has 100", "fmin: the source has 20", f"fmax: the source has {fmax}"):  # fmt: skip
        assert line in said
    assert not (tmp_path / "no").exists()
    assert main([str(tmp_path / "source"), "--as", "vocoder", "-o", str(tmp_path / "own")]) == 0
    manifest = tiny_models.read_manifest(tmp_path / "own")
    assert (manifest["sample_rate"], manifest["hop_length"], manifest["n_mels"]) == (rate, hop, 100)
    assert manifest["mel"] == {"win_length": 1024, "fmin": 20.0, "fmax": float(fmax)}
    assert_same(generator, tmp_path / "own" / "vocoder_hifigan.onnx", 100)


def test_folded_weights_safetensors_and_parallel_training_are_read_too(tmp_path: Path) -> None:
    generator = published(tmp_path / "a", TINY)
    folded = seeded(TINY).remove_weight_norm().state_dict()
    for name in ("b", "c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.json").write_text((tmp_path / "a" / "config.json").read_text())
    save_file({key: value.contiguous() for key, value in folded.items()}, tmp_path / "b" / "generator.safetensors")
    torch.save({"generator": {f"module.{key}": value.half() for key, value in folded.items()}}, tmp_path / "c" / "g_1")
    for name in "ab":
        assert main([str(tmp_path / name), "--as", "vocoder", "-o", str(tmp_path / f"set_{name}")]) == 0
        assert_same(generator, tmp_path / f"set_{name}" / "vocoder_hifigan.onnx", 80)
    assert main([str(tmp_path / "c"), "--as", "vocoder", "-o", str(tmp_path / "set_c")]) == 0


def transformers_vocoder(conformer: bool, **changes: Any) -> Any:
    transformers = pytest.importorskip("transformers")
    kind = transformers.FastSpeech2ConformerHifiGan if conformer else transformers.SpeechT5HifiGan
    values: dict[str, Any] = {
        "sampling_rate": 22050, "upsample_initial_channel": 32, "upsample_rates": [8, 8, 2, 2],
        "upsample_kernel_sizes": [16, 16, 4, 4], **changes,
    }  # fmt: skip
    torch.manual_seed(5)
    network = kind(kind.config_class(**values)).eval()
    with torch.no_grad():
        for name, value in network.state_dict().items():
            if name.endswith("weight"):
                value.copy_(torch.randn_like(value) * 0.2 / value[0].numel() ** 0.25)
        network.mean.copy_(torch.linspace(-3, -1, 80))
        network.scale.copy_(torch.linspace(0.5, 2, 80))
    return network


class Called(torch.nn.Module):
    """A vocoder of transformers, which takes [B, T, mels] of decimal logarithms, called as ours is."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        return self.network(mel.transpose(1, 2))


@pytest.mark.parametrize("normalised", [True, False])
def test_speecht5_hifigan(normalised: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    network = transformers_vocoder(False, normalize_before=normalised)
    network.save_pretrained(tmp_path / "source")
    assert main([str(tmp_path / "source"), "--as", "vocoder", "-o", str(tmp_path / "set")]) == 0
    assert "fmax 7600 was taken" in capsys.readouterr().out
    assert_same(Called(network), tmp_path / "set" / "vocoder_hifigan.onnx", 80, unit=float(np.log(10)))


def test_its_own_feature_extractor_is_heard(tmp_path: Path, models: Path) -> None:
    network = transformers_vocoder(False)
    network.save_pretrained(tmp_path / "source")
    said = {"sampling_rate": 22050, "win_length": 1024 / 22.05, "fmin": 0, "fmax": 8000, "hop_length": 11.6}
    (tmp_path / "source" / "preprocessor_config.json").write_text(json.dumps(said))
    arguments = [str(tmp_path / "source"), "--as", "vocoder", "--base", str(models), "-o", str(tmp_path / "set")]
    assert main([*arguments, "--feature", "log=ln"]) == 0
    assert_same(Called(network), tmp_path / "set" / "vocoder_hifigan.onnx", 80)
    assert len(Synthesizer.load(tmp_path / "set", "hifigan").synthesize("好。", seed=1).samples)


def test_the_vocoder_of_a_conformer_with_its_hifigan(tmp_path: Path) -> None:
    network = transformers_vocoder(True)
    config = {
        "model_type": "fastspeech2_conformer_with_hifigan", "architectures": ["FastSpeech2ConformerWithHifiGan"],
        "model_config": {}, "vocoder_config": json.loads(network.config.to_json_string(use_diff=False)),
    }  # fmt: skip
    source = tmp_path / "source"
    source.mkdir()
    (source / "config.json").write_text(json.dumps(config))
    weights = {f"vocoder.{name}": value.contiguous() for name, value in network.state_dict().items()}
    save_file({**weights, "model.encoder.weight": torch.zeros(1)}, source / "model.safetensors")
    assert main([str(source), "--as", "vocoder", "-o", str(tmp_path / "set")]) == 0
    assert_same(Called(network), tmp_path / "set" / "vocoder_hifigan.onnx", 80, unit=float(np.log(10)))


def test_hub_ids_are_found_in_the_caches_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConvertError, match="HF_HUB_OFFLINE forbids"):
        locate("owner/model")

    def store(cache: Path, commit: str) -> Path:
        folder = cache / "models--owner--model"
        (folder / "refs").mkdir(parents=True)
        (folder / "refs" / "main").write_text(commit)
        (folder / "snapshots" / commit).mkdir(parents=True)
        return folder / "snapshots" / commit

    at_home = store(tmp_path / "home" / "hub", "a" * 40)
    assert locate("owner/model") == at_home
    beside = store(tmp_path / "cache_hub", "b" * 40)
    assert hub_caches()[0] == tmp_path / "cache_hub"
    assert locate("owner/model") == beside
    assert locate(f"owner/model@{'a' * 40}") == at_home
    assert cached_snapshot("owner", "model", "../../../../home") is None
    with pytest.raises(ConvertError, match="neither a file"):
        locate("no/such/place")
