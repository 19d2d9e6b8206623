"""The published HiFi-GAN generator, so that weights trained anywhere with it can speak here.

Source: J. Kong, J. Kim, J. Bae, "HiFi-GAN: Generative Adversarial Networks for Efficient and High Fidelity
Speech Synthesis", NeurIPS 2020, and its public implementation. What must stay identical to it, or foreign
weights sound wrong without any error: parameter names, the slope 0.1 of every LeakyReLU but the last (0.01),
the mean over the residual blocks of a stage, the padding (kernel - rate) // 2 of transposed convolutions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm

from export.models.hifigan_config import EDGE_KERNEL, V1, V2, V3, HifiganConfig
from export.models.weight_norm import RENAMED, plain_names

__all__ = [
    "V1",
    "V2",
    "V3",
    "HifiganConfig",
    "HifiganGenerator",
    "fold_weight_norm",
    "load_checkpoint",
    "load_state",
    "published_state",
    "save_checkpoint",
]

SLOPE = 0.1
LAST_SLOPE = 0.01
DIFFERENCES_SHOWN = 8


def _same_conv(channels: int, kernel: int, dilation: int) -> nn.Module:
    conv = nn.Conv1d(channels, channels, kernel, dilation=dilation, padding=(kernel - 1) * dilation // 2)
    return weight_norm(conv)


def fold_weight_norm(network: nn.Module) -> None:
    """Replaces every weight norm in a network by the plain weight that it stands for, in place."""
    for module in network.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)


class ResBlock1(nn.Module):
    """Pairs of a dilated and a plain convolution, each pair added to its input: [B,C,T] -> [B,C,T]."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_same_conv(channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_same_conv(channels, kernel, 1) for _ in dilations)

    def forward(self, x: Tensor) -> Tensor:
        for dilated, plain in zip(self.convs1, self.convs2, strict=True):
            x = x + plain(functional.leaky_relu(dilated(functional.leaky_relu(x, SLOPE)), SLOPE))
        return x


class ResBlock2(nn.Module):
    """Dilated convolutions, each added to its input: [B,C,T] -> [B,C,T]."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs = nn.ModuleList(_same_conv(channels, kernel, dilation) for dilation in dilations)

    def forward(self, x: Tensor) -> Tensor:
        for conv in self.convs:
            x = x + conv(functional.leaky_relu(x, SLOPE))
        return x


class HifiganGenerator(nn.Module):
    """mel [B, num_mels, T] float32, ln amplitude -> audio [B, 1, T * hop_size] float32 within -1..1."""

    def __init__(self, config: HifiganConfig) -> None:
        super().__init__()
        self.config = config
        width = config.upsample_initial_channel
        block = ResBlock1 if config.resblock == "1" else ResBlock2
        self.conv_pre = weight_norm(nn.Conv1d(config.num_mels, width, EDGE_KERNEL, padding=EDGE_KERNEL // 2))
        self.ups = nn.ModuleList()
        self.resblocks = nn.ModuleList()
        resblocks = list(zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True))
        for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
            padding = (kernel - rate) // 2
            self.ups.append(weight_norm(nn.ConvTranspose1d(width, width // 2, kernel, rate, padding=padding)))
            width //= 2
            for size, dilations in resblocks:
                self.resblocks.append(block(width, size, dilations))
        self.conv_post = weight_norm(nn.Conv1d(width, 1, EDGE_KERNEL, padding=EDGE_KERNEL // 2))
        self._initialise()

    def _initialise(self) -> None:
        """Normal(0, 0.01) for every convolution but conv_pre, as the published training starts."""
        for module in (*self.ups.modules(), *self.resblocks.modules(), self.conv_post):
            if isinstance(module, (nn.Conv1d, nn.ConvTranspose1d)):
                with torch.no_grad():
                    module.weight = torch.randn_like(module.weight) * 0.01

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, num_mels, T] -> audio [B, 1, T * hop_size]."""
        x = self.conv_pre(mel)
        kernels = len(self.config.resblock_kernel_sizes)
        for stage, up in enumerate(self.ups):
            x = up(functional.leaky_relu(x, SLOPE))
            blocks = self.resblocks[stage * kernels : (stage + 1) * kernels]
            total = blocks[0](x)
            for block in blocks[1:]:
                total = total + block(x)
            x = total / kernels
        return torch.tanh(self.conv_post(functional.leaky_relu(x, LAST_SLOPE)))

    def remove_weight_norm(self) -> HifiganGenerator:
        """Folds the norms into plain weights, in place: faster, and the same output. Returns itself."""
        fold_weight_norm(self)
        return self


def published_state(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Brings a state_dict to the published names, whichever of the three ways it stores weights in.

    weight_g and weight_v stay; torch 2's parametrizations.weight.original0/1 are renamed; a plain weight
    (norm removed) becomes v = weight, g = its norm over all axes but the first, which is the same function.
    """
    result: dict[str, Tensor] = {}
    for name, tensor in plain_names(state).items():
        if name.endswith(".weight") and tensor.dim() == 3:
            result[f"{name}_g"] = torch.linalg.vector_norm(tensor, dim=(1, 2), keepdim=True)
            result[f"{name}_v"] = tensor
        else:
            result[name] = tensor
    return result


def _differences(expected: Mapping[str, Tensor], found: Mapping[str, Any]) -> list[str]:
    """One line for each key that is missing, unknown, no tensor, or of another shape."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            lines.append(f"{name}: missing")
        elif name not in expected:
            lines.append(f"{name}: unknown to this config")
        elif expected[name].shape != found[name].shape:
            wanted = list(expected[name].shape)
            lines.append(f"{name}: shape {list(found[name].shape)}, the config asks for {wanted}")
    return lines


def load_state(generator: HifiganGenerator, state: Mapping[str, Tensor], source: str = "state_dict") -> None:
    """Assigns a state_dict in any of the three namings, after comparing every key and shape.

    generator must still have its weight norm. ValueError: lists the first differences; nothing is assigned.
    """
    published = published_state(state)
    expected = published_state(generator.state_dict())
    differences = _differences(expected, published)
    if differences:
        shown = differences[:DIFFERENCES_SHOWN]
        if len(differences) > len(shown):
            shown.append(f"and {len(differences) - len(shown)} more")
        raise ValueError("\n  ".join([f"{source} does not fit this HiFi-GAN config:", *shown]))
    back = {old: new for new, old in RENAMED.items()}
    own = {}
    for name, tensor in published.items():
        stem, _, last = name.rpartition(".")
        own[f"{stem}.{back.get(last, last)}"] = tensor
    generator.load_state_dict(own, strict=True)


def load_checkpoint(path: str | Path, config: HifiganConfig | str | Path | None = None) -> HifiganGenerator:
    """Reads {'generator': state_dict} as published.

    config: a HifiganConfig, the path of a config.json, or None for the config.json beside the checkpoint.
    Returns the generator on the CPU, in eval mode, with its weight norm. Only tensors are unpickled.
    OSError: a file cannot be read. ValueError: no generator inside, or its keys and shapes differ from the
    config's. pickle.UnpicklingError: the file holds more than tensors, and nothing of it was run.
    """
    path = Path(path)
    if not isinstance(config, HifiganConfig):
        config = HifiganConfig.from_file(path.with_name("config.json") if config is None else config)
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(checkpoint, dict) or not isinstance(checkpoint.get("generator"), dict):
        found = sorted(map(str, checkpoint)) if isinstance(checkpoint, dict) else [type(checkpoint).__name__]
        raise ValueError(f"{path} holds no 'generator' state_dict but {found[:DIFFERENCES_SHOWN]}")
    generator = HifiganGenerator(config)
    load_state(generator, checkpoint["generator"], str(path))
    return generator.eval()


def save_checkpoint(generator: HifiganGenerator, path: str | Path, *, write_config: bool = True) -> None:
    """Writes {'generator': state_dict} with weight_g and weight_v, and config.json beside it.

    The published implementation and everything compatible with it can read both. OSError: cannot be written.
    """
    path = Path(path)
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in generator.state_dict().items()}
    torch.save({"generator": published_state(state)}, path)
    if write_config:
        text = json.dumps(generator.config.to_dict(), indent=4) + "\n"
        path.with_name("config.json").write_text(text, encoding="utf-8")
