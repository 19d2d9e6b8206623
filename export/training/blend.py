"""Blends two checkpoints of one run: what fine-tuning gave is mostly kept, what it cost elsewhere mostly taken back
(robust fine-tuning by averaging weights, Wortsman et al. 2022)."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import Tensor

from export.training.paths import run_folder


def blended(first: dict[str, Tensor], second: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Weights, `share` of the second and the rest of the first; what is not a float is the second's.

    Raises:
        ValueError: they are of models with other parts or sizes.
    """
    if {k: v.shape for k, v in first.items()} != {k: v.shape for k, v in second.items()}:
        raise ValueError("the two checkpoints are of models with other parts or sizes")
    return {
        key: torch.lerp(first[key], value, share) if value.is_floating_point() else value
        for key, value in second.items()
    }


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training blend`."""
    parser.add_argument("first", type=Path, metavar="FILE", help="the earlier checkpoint")
    parser.add_argument("second", type=Path, metavar="FILE", help="the later one")
    parser.add_argument("--share", type=float, default=0.5, help="of the second, 0 to 1")
    parser.add_argument("--name", required=True, help="of the run that the blend becomes the checkpoint of")


def main(options: argparse.Namespace) -> None:
    """Run the command: the run can be released, and trained on."""
    first, second = (
        torch.load(path, map_location="cpu", weights_only=True) for path in (options.first, options.second)
    )
    for part in ("model", "training_model"):
        second[part] = blended(first[part], second[part], options.share)
    path = run_folder(options.name) / "last.pt"
    torch.save(second, path)
    print(f"{path}: {options.share:.0%} of {options.second}, {1 - options.share:.0%} of {options.first}")
