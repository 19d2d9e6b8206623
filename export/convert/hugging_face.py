"""Builds a network of the transformers library from a folder, once its weights were seen to fit it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from export.convert.errors import ConvertError, listed
from export.convert.sources import read_json, weights_file
from export.convert.weights import assign, comparable, differences, read_checkpoint, state_at

_LARGEST, _MOST = 1_000_000, 1000  # of any size; of layers, flows, heads, speakers
_FAULTS = (TypeError, ValueError, KeyError, RuntimeError, AttributeError, AssertionError, ZeroDivisionError, IndexError,
           MemoryError, OverflowError)  # fmt: skip


def load_network(
    source: Path, classes: tuple[str, ...],
    prepared: Callable[[Mapping[str, Tensor]], Mapping[str, Tensor]] | None = None,
) -> tuple[Any, Path]:  # fmt: skip
    """The network of a folder that config.json says is of one of `classes`, in eval mode, and the file of its weights.

    prepared: makes other spellings of the weights the class's own. ConvertError: says what does not fit.
    """
    folder = source if source.is_dir() else source.parent
    values = read_json(folder / "config.json")
    named = values.get("architectures") or ["none"]
    if not isinstance(named, list) or named[0] not in classes:
        shown = named[0] if isinstance(named, list) else named
        raise ConvertError(f"{folder}/config.json is of {shown}; this slot takes {' or '.join(classes)}")
    _check_sizes(values, folder)
    try:
        import transformers
    except ImportError as error:
        raise ConvertError(f"{named[0]} needs the package transformers ({error}); pip install transformers") from None
    kind = getattr(transformers, named[0])
    path = source if source.is_file() else weights_file(folder)
    state: Mapping[str, Tensor] = state_at(read_checkpoint(path), ("state_dict",), str(path))
    if prepared is not None:
        state = prepared(state)
    try:
        config = kind.config_class.from_dict({**values, "attn_implementation": "eager"})
        with torch.device("meta"):  # a size costs a configuration nothing: memory is taken when the weights are there
            wanted = kind(config).state_dict()
        if lines := differences(comparable(wanted), comparable(state)):
            raise ConvertError(listed(f"{path} does not fit its config:", lines))
        network = kind(config).eval()
    except ConvertError:
        raise
    except _FAULTS as error:
        raise ConvertError(f"{folder}/config.json makes no {named[0]}: {' '.join(str(error).split())[:160]}") from None
    except Exception as error:
        # newer versions of the library check configurations with exceptions of another package
        if "Validation" not in type(error).__name__:
            raise
        raise ConvertError(f"{folder}/config.json makes no {named[0]}: {' '.join(str(error).split())[:160]}") from None
    assign(network, state, str(path))
    return network, path


def _check_sizes(values: Mapping[str, Any], folder: Path) -> None:
    """ConvertError: a configuration that no machine could hold, or whose layers nobody would live to see."""
    for key, value in values.items():
        numbers = value if isinstance(value, list) else [value]
        whole = [number for number in numbers if isinstance(number, int) and not isinstance(number, bool)]
        limit = _MOST if key.startswith("num_") or key.endswith(("_layers", "_flows")) else _LARGEST
        if isinstance(value, list) and len(value) > _MOST:
            raise ConvertError(f"{folder}/config.json: {key} has {len(value)} entries, which is no model's")
        if whole and (max(whole) > limit or min(whole) < -limit):
            raise ConvertError(f"{folder}/config.json: {key} is {max(whole, key=abs)}, which is no model's")
