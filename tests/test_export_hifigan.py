"""The published HiFi-GAN must load foreign checkpoints and stream exactly; seeded weights show both."""

from __future__ import annotations

import dataclasses
import json
import pickle
from pathlib import Path

import pytest
import torch

from export.models import hifigan
from export.models.height_one import HeightOne
from export.models.hifigan import HifiganConfig, HifiganGenerator

torch.set_num_threads(1)
SMALL = HifiganConfig.from_dict(
    {
        "resblock": "1",
        "upsample_rates": [5, 4],
        "upsample_kernel_sizes": [9, 8],
        "upsample_initial_channel": 16,
        "resblock_kernel_sizes": [3, 7],
        "resblock_dilation_sizes": [[1, 3, 5], [1, 3, 5]],
        "hop_size": 20,
        "sampling_rate": 16000,
    }
)
SMALL_2 = dataclasses.replace(SMALL, resblock="2", resblock_dilation_sizes=((1, 2), (3, 12)))


def seeded(config: HifiganConfig, scale: float = 1.0) -> HifiganGenerator:
    torch.manual_seed(7)
    generator = HifiganGenerator(config).eval()
    # Training starts at 0.01, whose output is nearly silence; louder weights show differences.
    with torch.no_grad():
        for name, value in generator.state_dict().items():
            if name.endswith("original0"):
                value.mul_(scale)
    return generator


def mel(frames: int, config: HifiganConfig = SMALL) -> torch.Tensor:
    return torch.randn(1, config.num_mels, frames, generator=torch.Generator().manual_seed(frames)) - 4.0


def published_names(config: HifiganConfig) -> set[str]:
    """The names that the published implementation writes, spelt out here apart from the code under test."""
    parts = ("bias", "weight_g", "weight_v")
    blocks = len(config.upsample_rates) * len(config.resblock_kernel_sizes)
    lists = {"1": ("convs1", "convs2"), "2": ("convs",)}[config.resblock]
    layers = ["conv_pre", "conv_post", *(f"ups.{i}" for i in range(len(config.upsample_rates)))]
    depth = len(config.resblock_dilation_sizes[0])
    layers += [f"resblocks.{n}.{part}.{m}" for n in range(blocks) for part in lists for m in range(depth)]
    return {f"{layer}.{part}" for layer in layers for part in parts}


@pytest.mark.parametrize(
    ("config", "millions"),
    [(hifigan.V1, 13.92), (hifigan.V2, 0.92), (hifigan.V3, 1.46)],
    ids=["V1", "V2", "V3"],
)
def test_the_sizes_are_those_of_the_paper(config: HifiganConfig, millions: float) -> None:
    with torch.device("meta"):
        generator = HifiganGenerator(config)
    plain = sum(p.numel() for n, p in generator.named_parameters() if not n.endswith("original0"))
    assert plain / 1e6 == pytest.approx(millions, abs=0.02)  # table 1 of the paper
    assert set(hifigan.published_state(generator.state_dict())) == published_names(config)


@pytest.mark.parametrize(
    ("config", "frames"), [(hifigan.V1, 3), (hifigan.V2, 12), (hifigan.V3, 12)], ids=["V1", "V2", "V3"]
)
def test_full_size_round_trip(config: HifiganConfig, frames: int, tmp_path: Path) -> None:
    generator = seeded(config, 3.0)
    path = tmp_path / "g_00000001"
    hifigan.save_checkpoint(generator, path)
    stored = torch.load(path, weights_only=True)["generator"]
    assert set(stored) == published_names(config)
    again = hifigan.load_checkpoint(path)
    assert again.config == config
    with torch.inference_mode():
        expected = generator(mel(frames))
        assert expected.shape == (1, 1, frames * 256)
        assert torch.equal(again(mel(frames)), expected)
        folded = again.remove_weight_norm()(mel(frames))
    assert not any("parametrizations" in name for name in again.state_dict())
    assert torch.allclose(folded, expected, atol=1e-5)


@pytest.mark.parametrize("naming", ["old", "new", "plain"])
@pytest.mark.parametrize("config", [SMALL, SMALL_2], ids=["resblock1", "resblock2"])
def test_three_namings_load(config: HifiganConfig, naming: str, tmp_path: Path) -> None:
    generator = seeded(config, 5.0)
    with torch.inference_mode():
        expected = generator(mel(6))
    if naming == "plain":
        generator.remove_weight_norm()
    state = generator.state_dict()
    stored = hifigan.published_state(state) if naming == "old" else dict(state)
    torch.save({"generator": stored}, tmp_path / "g")
    loaded = hifigan.load_checkpoint(tmp_path / "g", config)
    with torch.inference_mode():
        assert torch.allclose(loaded(mel(6)), expected, atol=1e-6)


def test_old_weight_norm_of_torch_agrees() -> None:
    """weight_g and weight_v mean here what torch's own old weight norm means by them."""
    generator = seeded(SMALL, 5.0)
    state = hifigan.published_state(generator.state_dict())
    weight = torch._weight_norm(state["ups.0.weight_v"], state["ups.0.weight_g"], 0)
    assert torch.allclose(weight, getattr(generator.ups[0], "weight"))  # noqa: B009 (computed, unknown to mypy)


@pytest.mark.parametrize("config", [SMALL, SMALL_2], ids=["resblock1", "resblock2"])
def test_receptive_field_is_exact_and_not_larger(config: HifiganConfig) -> None:
    """The gradient of one frame's samples reaches receptive_field_frames and no frame more."""
    context = config.receptive_field_frames
    middle = context + 2
    frames = mel(2 * middle + 1).requires_grad_()
    audio = seeded(config, 5.0).double()(frames.double())
    audio[..., middle * config.hop_size : (middle + 1) * config.hop_size].abs().sum().backward()
    reached = torch.nonzero(frames.grad[0].abs().sum(0)).flatten() - middle  # type: ignore[index]
    assert max(-int(reached.min()), int(reached.max())) == context


def test_a_chunk_with_context_equals_the_whole() -> None:
    generator, context, hop = seeded(SMALL, 5.0), SMALL.receptive_field_frames, SMALL.hop_size
    whole_mel = mel(40)
    with torch.inference_mode():
        whole = generator(whole_mel)
        first, last = 15, 25
        chunk = generator(whole_mel[..., first - context : last + context])
    kept = chunk[..., context * hop : -context * hop]
    assert torch.allclose(kept, whole[..., first * hop : last * hop], atol=1e-6)


def test_published_receptive_fields() -> None:
    assert [config.receptive_field_frames for config in (hifigan.V1, hifigan.V2, hifigan.V3)] == [13, 13, 11]


def test_differences_are_listed_and_nothing_is_assigned(tmp_path: Path) -> None:
    state = hifigan.published_state(seeded(SMALL).state_dict())
    del state["conv_pre.bias"]
    state["ups.0.bias"] = torch.zeros(3)
    state["alpha"] = torch.zeros(1)
    torch.save({"generator": state}, tmp_path / "g")
    listed = r"(?s)alpha: unknown.*conv_pre.bias: missing.*ups.0.bias: shape \[3\]"
    with pytest.raises(ValueError, match=listed):
        hifigan.load_checkpoint(tmp_path / "g", SMALL)
    generator = seeded(SMALL)
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    with pytest.raises(ValueError):
        hifigan.load_state(generator, state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in generator.state_dict().items())


def test_another_config_does_not_fit(tmp_path: Path) -> None:
    hifigan.save_checkpoint(seeded(SMALL), tmp_path / "g")
    with pytest.raises(ValueError, match=r"and \d+ more"):
        hifigan.load_checkpoint(tmp_path / "g", hifigan.V3)
    torch.save({"model": {}}, tmp_path / "other")
    with pytest.raises(ValueError, match="no 'generator'"):
        hifigan.load_checkpoint(tmp_path / "other", SMALL)


def test_code_in_a_checkpoint_is_not_run(tmp_path: Path) -> None:
    torch.save({"generator": torch.nn.Linear(1, 1)}, tmp_path / "g")
    with pytest.raises(pickle.UnpicklingError):
        hifigan.load_checkpoint(tmp_path / "g", SMALL)


def test_config_keeps_what_it_does_not_use(tmp_path: Path) -> None:
    values = {**SMALL.to_dict(), "learning_rate": 0.0002, "fmax_for_loss": None}
    (tmp_path / "config.json").write_text(json.dumps(values))
    assert HifiganConfig.from_file(tmp_path / "config.json").to_dict() == values


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hop_size": 256}, "multiply to 20"),
        ({"upsample_kernel_sizes": [10, 8]}, "kernel 10"),
        ({"upsample_rates": [20]}, "differ in length"),
        ({"resblock": "3"}, "resblock"),
        ({"resblock_kernel_sizes": [3, 4]}, "odd"),
        ({"resblock_dilation_sizes": [[1]]}, "differ in length"),
        ({"upsample_initial_channel": 18}, "halved"),
    ],
)
def test_impossible_configs(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        HifiganConfig.from_dict({**SMALL.to_dict(), **change})
    with pytest.raises(ValueError, match="without resblock, upsample_rates"):
        HifiganConfig.from_dict({})


@pytest.mark.parametrize("config", [SMALL, SMALL_2], ids=["resblock1", "resblock2"])
def test_height_one_is_the_same_function(config: HifiganConfig) -> None:
    generator = seeded(config, 5.0).remove_weight_norm()
    flat = HeightOne(generator)
    assert not any(
        isinstance(module, (torch.nn.Conv1d, torch.nn.ConvTranspose1d)) for module in flat.modules()
    )
    with torch.inference_mode():
        assert torch.allclose(flat(mel(9)), generator(mel(9)), atol=1e-6)
