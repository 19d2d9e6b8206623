"""The shipped graphs must run on the oldest ONNX Runtime that setup.cfg allows, and name their data."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "onnx_models"
# ONNX Runtime 1.19, the lower bound in setup.cfg, reads IR version 10 and operator set 21 at most.
NEWEST_IR_VERSION = 10
NEWEST_OPSET = 21

pytestmark = pytest.mark.skipif(
    not (MODELS / "manifest.json").is_file(), reason="onnx_models/ has no exported models yet"
)


def graph_files() -> list[str]:
    if not (MODELS / "manifest.json").is_file():
        return []
    manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
    return [entry["file"] for entry in manifest["graphs"].values()]


@pytest.mark.parametrize("file", graph_files())
def test_graphs_run_on_the_oldest_runtime_allowed(file: str) -> None:
    model = onnx.load(MODELS / file, load_external_data=False)
    assert model.ir_version <= NEWEST_IR_VERSION
    assert {o.domain or "ai.onnx": o.version for o in model.opset_import}["ai.onnx"] <= NEWEST_OPSET


def test_every_file_in_the_model_folder_is_in_the_manifest() -> None:
    manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
    named = {entry["file"] for section in ("graphs", "voices") for entry in manifest[section].values()}
    present = {str(path.relative_to(MODELS)) for path in MODELS.rglob("*") if path.is_file()}
    assert present == named | {"manifest.json", "MODEL_CARD.md"}


def test_the_model_card_names_every_graph_voice_and_licence() -> None:
    manifest = json.loads((MODELS / "manifest.json").read_text(encoding="utf-8"))
    card = (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8")
    missing = [name for name in (*manifest["graphs"], *manifest["voices"]) if f"`{name}`" not in card]
    assert missing == []
    for author in ("Yue Tan", "Chen Wang", "Hugo Lopez", "Shtooka", "AISHELL-1", "CC BY-SA 4.0"):
        assert author in card
