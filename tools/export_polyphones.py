"""Writes the trained model of polyphones into the text front end: runtime/qingyin/text/polyphones.onnx and .json.

    python -m export.training polyphone ../shared/corpora/text
    python -m tools.export_polyphones

The weights that ship come from a second run that goes on from the first (docs/readings.md): --run polyphone_second.
The recurrent layers compute in int8, tables of characters and readings are stored in it, other weights in half
precision (ONNX Runtime makes those float32 when it loads them); the graph is compared with PyTorch before and after,
and nothing is written if it differs by more than that explains.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch

from export.graph_spec import Array, GraphSpec, float32, int64
from export.models.polyphone import FIRST_CHARACTER, PolyphoneModel
from export.parity import check
from export.to_onnx import export_graph
from export.training.paths import run_folder
from tools.graph_precision import to_int8_recurrent
from tools.graph_storage import to_fp16_storage
from tools.graph_tables import to_int8_tables

OUTPUT = Path(__file__).resolve().parent.parent / "runtime" / "qingyin" / "text"
MOST_BYTES = 1_500_000
ROUNDED = 0.1  # of a score; scores of different readings lie some units apart


def load_model(run: str) -> PolyphoneModel:
    """The averaged weights of a training run.

    Raises:
        FileNotFoundError: it has not been trained yet.
    """
    path = run_folder(run) / "last.pt"
    if not path.is_file():
        raise FileNotFoundError(f"no {path}; run: python -m export.training polyphone FOLDER")
    state = torch.load(path, weights_only=True)
    model = PolyphoneModel(**state["config"])
    prefix = "model."  # beside it stands what only training needs
    model.load_state_dict({key.removeprefix(prefix): v for key, v in state["model"].items() if key.startswith(prefix)})
    return model.eval().requires_grad_(False)


def example(model: PolyphoneModel, length: int) -> Mapping[str, Array]:
    """Seeded characters, with dictionary readings here and there."""
    rng = np.random.default_rng(length)
    characters = rng.integers(FIRST_CHARACTER, model.pairs.shape[0], (1, length))
    dictionary = (rng.random((1, length)) < 0.3).astype(np.int64)
    return {"characters": characters, "places": rng.integers(0, 4, (1, length)), "dictionary": dictionary}


def spec(model: PolyphoneModel, tolerance: float) -> GraphSpec:
    """What the graph promises."""
    return GraphSpec(
        "polyphones",
        model,
        inputs={name: int64("B", "T") for name in ("characters", "places", "dictionary")},
        outputs={"scores": float32("B", "T", model.pairs.shape[1])},
        example=lambda length: example(model, length),
        lengths=(24, 61),
        tolerance=tolerance,
    )


def main() -> int:
    """Run the command; exit code 1 when the graph is not what was trained, or too large."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.export_polyphones", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--run", default="polyphone", help="name of the training run")
    parser.add_argument("-o", "--output", type=Path, default=OUTPUT, metavar="FOLDER")
    options = parser.parse_args()
    try:
        model = load_model(options.run)
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    graph = export_graph(spec(model, 1e-3))
    small = to_fp16_storage(to_int8_tables(to_int8_recurrent(graph)))
    for content, tolerance in ((graph, 1e-3), (small, ROUNDED)):
        for difference in check(spec(model, tolerance), content):
            print(difference)
            if not difference.passed:
                return 1
    if len(small) > MOST_BYTES:
        print(f"error: {len(small)} bytes, more than {MOST_BYTES}", file=sys.stderr)
        return 1
    options.output.mkdir(parents=True, exist_ok=True)
    table = {
        "characters": model.config["characters"],
        "readings": {char: " ".join(row) for char, row in model.config["readings"].items()},
    }
    (options.output / "polyphones.onnx").write_bytes(small)
    text = json.dumps(table, ensure_ascii=False, indent=0) + "\n"
    (options.output / "polyphones.json").write_text(text, encoding="utf-8")
    print(f"{options.output}: {len(small)} bytes, {len(model.config['characters'])} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
