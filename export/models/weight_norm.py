"""Names of weight-normalised tensors: checkpoints have two, by the torch that wrote them, and comparing needs one."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

# torch 2's parametrizations -> the older names, which published checkpoints use
RENAMED = {"parametrizations.weight.original0": "weight_g", "parametrizations.weight.original1": "weight_v"}


def plain_names(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same under the older names of weight norm (weight_g, weight_v), whichever way torch stored it."""
    result = {}
    for name, tensor in state.items():
        for new, old in RENAMED.items():
            name = name.replace(new, old)
        result[name] = tensor
    return result
