"""Puts onnx_models/ into the wheel as qingyin/_models/, which setup.cfg cannot: it lies outside the package.

Everything static is in setup.cfg. An editable install copies nothing; the runtime then reads onnx_models/.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.errors import SetupError

MODELS = Path(__file__).resolve().parent / "onnx_models"


def model_files() -> list[str]:
    """Paths under onnx_models/ that the wheel carries: the manifest, what it names, and the model card.

    Only what the manifest names is taken, so that a left-over graph never fattens a wheel.

    Raises:
        SetupError: no manifest, or a file that it names is missing or has another sha256.
    """
    manifest_path = MODELS / "manifest.json"
    if not manifest_path.is_file():
        raise SetupError("onnx_models/manifest.json is missing: run `python -m export onnx` first")
    manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
    files = ["manifest.json", "MODEL_CARD.md"]
    for entry in (*manifest["graphs"].values(), *manifest["voices"].values()):
        path = MODELS / entry["file"]
        if not path.is_file():
            raise SetupError(f"onnx_models/{entry['file']} is missing, but manifest.json names it")
        if hashlib.sha256(path.read_bytes()).hexdigest() != entry["sha256"]:
            raise SetupError(f"onnx_models/{entry['file']} has another sha256 than in manifest.json")
        files.append(entry["file"])
    return files


class BuildWithModels(build_py):
    """The usual build_py, then the model set beside the package's modules."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib) / "qingyin" / "_models"
        # An earlier build in the same tree may have left files that the manifest no longer names.
        shutil.rmtree(target, ignore_errors=True)
        for name in model_files():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(MODELS / name, target / name)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        outputs = list(super().get_outputs(include_bytecode))
        if not self.editable_mode:
            target = Path(self.build_lib) / "qingyin" / "_models"
            outputs += [str(target / name) for name in model_files()]
        return outputs


setup(cmdclass={"build_py": BuildWithModels})
