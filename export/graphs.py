"""Knows which checkpoint becomes which graphs, so that the exporter itself knows no model."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from export.graph_spec import GraphSpec, float32
from export.manifest import FEATURE_SPACE
from export.models import hifigan

BINS = FEATURE_SPACE["n_fft"] // 2 + 1
MELS = FEATURE_SPACE["n_mels"]

# Each module has graph_specs(checkpoint) -> list[GraphSpec], next to the network whose contract it states.
# checkpoint: {'config': dict, 'model': state_dict, ...}.
MODULES = {
    "acoustic.pt": "export.models.acoustic",
    "source_filter.pt": "export.models.source_filter",
    "hifigan.pt": "export.models.hifigan_istft",
}


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """A checkpoint of ours.

    OSError: unreadable; ValueError: without 'config' or 'model', or more than tensors.
    """
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(checkpoint, dict) or not {"config", "model"} <= checkpoint.keys():
        raise ValueError(f"{path} is no checkpoint of ours: it must hold 'config' and 'model'")
    return checkpoint


def specs_from_checkpoints(folder: str | Path) -> list[GraphSpec]:
    """The graphs of every known checkpoint in a folder.

    ValueError: there is a .pt file that nothing is known about, or none at all.
    """
    folder = Path(folder)
    found = sorted(path.name for path in folder.glob("*.pt"))
    if unknown := [name for name in found if name not in MODULES]:
        raise ValueError(
            f"{folder}: unknown checkpoints {', '.join(unknown)}; known are {', '.join(MODULES)}"
        )
    if not found:
        raise ValueError(f"{folder} holds none of {', '.join(MODULES)}")
    specs: list[GraphSpec] = []
    for name in found:
        module = importlib.import_module(MODULES[name])
        specs += module.graph_specs(load_checkpoint(folder / name))
    return specs


def specs_from_hifigan(path: str | Path, config: str | Path | None = None) -> list[GraphSpec]:
    """The graph of a published HiFi-GAN checkpoint.

    ValueError: it does not fit, or lives in another feature space.
    """
    generator = hifigan.load_checkpoint(path, config)
    return [hifigan_spec(generator)]


def hifigan_spec(generator: hifigan.HifiganGenerator, training_data: tuple[str, ...] = ()) -> GraphSpec:
    """The contract of vocoder_hifigan: mel [B,80,T] -> audio [B,1,T*256]. Folds the weight norm in place."""
    check_feature_space(generator.config)
    return GraphSpec(
        name="vocoder_hifigan",
        module=generator.remove_weight_norm().eval(),
        inputs={"mel": float32("B", MELS, "T")},
        outputs={"audio": float32("B", 1, "samples")},
        lengths=(24, 41),
        extras={"kind": "hifigan", "context_frames": generator.config.receptive_field_frames},
        training_data=training_data,
    )


def check_feature_space(config: hifigan.HifiganConfig) -> None:
    """ValueError: the generator was trained on other mels than ours; names the first difference."""
    stated: Mapping[str, Any] = {**config.other, **config.to_dict()}
    wanted = {
        "sampling_rate": FEATURE_SPACE["sample_rate"],
        "hop_size": FEATURE_SPACE["hop_length"],
        "num_mels": MELS,
        "n_fft": FEATURE_SPACE["n_fft"],
        "win_size": FEATURE_SPACE["n_fft"],
        "fmin": 0,
        "fmax": 8000,
    }
    for key, value in wanted.items():
        if key in stated and stated[key] != value:
            raise ValueError(
                f"this HiFi-GAN has {key} {stated[key]}, the model set {value}: it would sound wrong"
            )
