"""Reads what finished training runs left, in one way for all who go on with it."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from export.training.paths import run_folder

ENCODER_PREFIX = "encoder."  # before the names of what ships; the rest of such a run served its training only


def read_run(name: str, command: str) -> dict[str, Any]:
    """The last checkpoint of a run, whose "model" is the averaged weights.

    Raises:
        FileNotFoundError: there is none; the message says which `python -m export.training` command makes it.
    """
    path = run_folder(name) / "last.pt"
    if not path.is_file():
        raise FileNotFoundError(f"no {name}; run: python -m export.training {command}")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def shipped(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Weights of the encoder alone, where a run trained one together with heads that only training needs."""
    own = {k.removeprefix(ENCODER_PREFIX): v for k, v in state.items() if k.startswith(ENCODER_PREFIX)}
    return own or state
