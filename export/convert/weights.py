"""Reads other people's weights without running anything of theirs, and compares every tensor before one is assigned."""

from __future__ import annotations

import pickle
import re
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from export.convert.errors import ConvertError, listed
from export.models.weight_norm import plain_names

SAFETENSORS = ".safetensors"
_LFS = b"version https://git-lfs"
# Counts batches of training; not used at inference, and older checkpoints lack it.
_NOT_WEIGHTS = ("num_batches_tracked",)


def read_checkpoint(path: str | Path) -> Any:
    """What a .safetensors or a PyTorch file holds; of the latter only tensors and plain values are unpickled.

    ConvertError: it is missing, damaged, a pointer instead of the file, or holds code.
    """
    path = Path(path)
    try:
        with open(path, "rb") as file:
            head = file.read(64)
    except OSError as error:
        raise ConvertError(f"{path} cannot be read ({error.strerror}); check the path") from None
    if not head:
        raise ConvertError(f"{path} is empty; download it again")
    if head.startswith(_LFS):
        raise ConvertError(f"{path} is a Git LFS pointer, not the weights; run git lfs pull")
    if head.lstrip()[:1] in (b"<", b"{"):
        raise ConvertError(f"{path} is a text file (a web page or JSON), not a checkpoint; download it again")
    return _read_safetensors(path) if path.suffix == SAFETENSORS else _read_torch(path)


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load_file
    except ImportError as error:
        raise ConvertError(f"{path} needs the package safetensors ({error}); pip install safetensors") from None
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise ConvertError(f"{path} is damaged or truncated ({_short(error)}); download it again") from None


def _read_torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        reason = str(error)
        if named := re.search(r"GLOBAL (\S+)", reason):
            raise ConvertError(
                f"{path} holds more than tensors (it wants to call {named[1]}); nothing of it was run. Ask for the "
                "weights as .safetensors, or as a state_dict"
            ) from None
        found = re.search(r"WeightsUnpickler error:\s*(.*)", reason)
        raise ConvertError(
            f"{path} is damaged, or no PyTorch checkpoint ({found[1] if found else _short(error)}); nothing of it was "
            "run"
        ) from None
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError,
            AssertionError, struct.error) as error:  # fmt: skip
        raise ConvertError(f"{path} is damaged or truncated ({_short(error)}); download it again") from None


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__


def state_at(checkpoint: Any, keys: Sequence[str], where: str) -> dict[str, Tensor]:
    """The state_dict in a checkpoint: under the first of `keys` that is there, else the checkpoint itself.

    A "module." that parallel training put before every name is taken off. ConvertError: no state_dict is there.
    """
    found = checkpoint
    if isinstance(checkpoint, dict):
        found = next((checkpoint[key] for key in keys if isinstance(checkpoint.get(key), dict)), checkpoint)
    if not isinstance(found, dict) or not found:
        raise ConvertError(f"{where} holds a {type(found).__name__}, not a state_dict")
    if not all(isinstance(name, str) and isinstance(value, Tensor) for name, value in found.items()):
        shown = ", ".join(sorted(map(str, found))[:8])
        raise ConvertError(f"{where} holds no state_dict under {', '.join(keys) or 'its root'} but {shown}")
    if all(name.startswith("module.") for name in found):
        found = {name.removeprefix("module."): value for name, value in found.items()}
    return dict(found)


def comparable(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A state_dict under the older names of weight norm, without what training counts."""
    return {name: tensor for name, tensor in plain_names(state).items() if not name.endswith(_NOT_WEIGHTS)}


def differences(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> list[str]:
    """One line for each tensor that is missing, unknown, of another shape or another kind of number."""
    lines = []
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            lines.append(f"{name}: missing")
        elif name not in expected:
            lines.append(f"{name}: unknown to this config")
        elif expected[name].shape != found[name].shape:
            wanted = list(expected[name].shape)
            lines.append(f"{name}: shape {list(found[name].shape)}, the config asks for {wanted}")
        elif expected[name].is_floating_point() != found[name].is_floating_point() or found[name].is_quantized:
            lines.append(f"{name}: {found[name].dtype}, the config asks for {expected[name].dtype}")
    return lines


def check_finite(state: Mapping[str, Tensor], where: str) -> None:
    """ConvertError: a weight is NaN or infinite; lists the tensors."""
    bad = [name for name, tensor in state.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
    if bad:
        lines = [f"{name}: {int((~state[name].isfinite()).sum())} of {state[name].numel()}" for name in sorted(bad)]
        raise ConvertError(listed(f"{where} holds weights that are no finite numbers:", lines))


def assign(network: nn.Module, state: Mapping[str, Tensor], where: str) -> None:
    """Loads a state_dict after every key, shape and value was looked at; half precision becomes float32.

    ConvertError: lists the first differences, and nothing was assigned.
    """
    own = {name: tensor for name, tensor in network.state_dict().items() if not name.endswith(_NOT_WEIGHTS)}
    published, expected = comparable(state), plain_names(own)
    if lines := differences(expected, published):
        raise ConvertError(listed(f"{where} does not fit its config:", lines))
    check_finite(published, where)
    with torch.no_grad():
        for name, published_name in zip(own, expected, strict=True):
            own[name].copy_(published[published_name])
