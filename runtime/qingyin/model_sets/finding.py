"""Exists to find the model set that is meant: by folder, by name, by environment, or the one that ships."""

from __future__ import annotations

import os
from pathlib import Path

from qingyin.errors import ModelError
from qingyin.manifest import MANIFEST_FILE, RESTORE, Manifest, read_manifest

ENVIRONMENT_VARIABLE = "QINGYIN_MODELS"


def load_manifest(models: str | os.PathLike[str] | None = None) -> Manifest:
    """Finds a model set and parses its manifest.json. Errors: ModelError."""
    return read_manifest(find_models(models))


def find_models(models: str | os.PathLike[str] | None = None) -> Path:
    """The model folder: the argument, else $QINGYIN_MODELS (each a folder, or the name of an added set), else the
    packaged one, else the source checkout's onnx_models/.

    A folder that was asked for is never replaced by another. Errors: ModelError if it holds no manifest.json.
    """
    package = Path(__file__).resolve().parents[1]
    asked = models or os.environ.get(ENVIRONMENT_VARIABLE)
    if asked:
        folder = Path(asked).expanduser()
        if (folder / MANIFEST_FILE).is_file():
            return folder
        from qingyin.model_sets.store import find_set

        if (stored := find_set(str(asked))) is not None:
            return stored
        source = "--models" if models else ENVIRONMENT_VARIABLE
        raise ModelError(
            f"no model set in {folder} (from {source}): it has no {MANIFEST_FILE}, and `qingyin models list` "
            f"knows no set of that name; give a folder made by `python -m export onnx`"
        )
    # the wheel carries the models as package data; in a checkout they lie beside runtime/
    for folder in (package / "_models", package.parent.parent / "onnx_models"):
        if (folder / MANIFEST_FILE).is_file():
            return folder
    raise ModelError(f"no model set found beside the package ({package / '_models'}); {RESTORE}")
