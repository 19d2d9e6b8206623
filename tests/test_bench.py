"""`qingyin bench` measures what it says it measures; how fast that is, no test knows."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from patience import LONGEST_SECONDS
from qingyin.bench import engines as bench_engines
from qingyin.bench import runs as bench
from qingyin.bench.report import markdown, rival_ratios
from qingyin.cli import main as cli

pytestmark = pytest.mark.usefixtures("chosen_models")


def piper_like(path: Path) -> Path:
    """A graph with piper's inputs: 256 zeros per id."""
    inputs = [helper.make_tensor_value_info("input", TensorProto.INT64, [1, "n"]),
              helper.make_tensor_value_info("input_lengths", TensorProto.INT64, [1]),
              helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3])]  # fmt: skip
    output = [helper.make_tensor_value_info("output", TensorProto.FLOAT, [1, "s"])]
    nodes = [
        helper.make_node("Cast", ["input"], ["f"], to=TensorProto.FLOAT),
        helper.make_node("ReduceSum", ["scales"], ["zero"], keepdims=0),
        helper.make_node("Cast", ["input_lengths"], ["n"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["f", "zero"], ["g"]),
        helper.make_node("Mul", ["g", "n"], ["h"]),
        helper.make_node("Tile", ["h", "times"], ["output"]),
    ]
    times = helper.make_tensor("times", TensorProto.INT64, [2], [1, 256])
    model = helper.make_model(helper.make_graph(nodes, "g", inputs, output, [times]),
                              opset_imports=[helper.make_opsetid("", 17)], ir_version=8)  # fmt: skip
    onnx.save(model, path)
    return path


def test_everything_is_measured_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(  # what is measured through the daemon must not go round it
        "from qingyin.daemon import client\n"
        f"client.ANSWER_SECONDS = client.NO_LATER_THAN = {LONGEST_SECONDS}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    rival = piper_like(tmp_path / "rival.onnx")
    arguments = ["bench", "--runs", "1", "--long", "300", "--threads", "1,2", "--compare", "vits-topology",
                 "--compare-model", str(rival), "--json", "-o", "bench.md", "--picture", "bench.png"]  # fmt: skip
    assert cli.main(arguments) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["texts"] == {"short": 16, "middle": 100, "long": len(bench.long_text(300))}
    engines = {(row["engine"], row["threads"], row["text"]): row for row in found["engines"]}
    assert len(engines) == len(found["engines"]) == 3 * 3
    for (engine, _, text), row in engines.items():
        assert row["audio_s"] > 0 and row["cpu_factor"] > 0 and row["load_s"] > 0, row
        assert 0 < row["first_audio_ms"] <= 1000 * max(seconds for seconds, _ in row["all"])
        if engine == "qingyin":
            assert set(row["stages"]) == {"text", "encoder", "decoder", "vocoder"}
            assert sum(row["stages"].values()) <= 1.01 * row["real_time_factor"]
            assert (row["slowdown"] is not None) == (text == "long")
    ways = [(row["how"], row["text"]) for row in found["processes"]]
    assert ways == [("process", "short"), ("process", "middle"), ("process", "long"), ("daemon", "short"),
                    ("daemon", "middle")]  # fmt: skip
    loaded, through = (next(row for row in found["processes"] if row["how"] == how) for how in ("process", "daemon"))
    assert through["peak_mb"] < 0.7 * loaded["peak_mb"]  # the client holds no models, nor what they need
    assert found["processes"][-1]["request_ms"] > 0
    table = Path("bench.md").read_text(encoding="utf-8")
    assert "| vits-topology | 1 | middle |" in table and "| through the daemon, from the request | middle |" in table
    assert Path("bench.png").read_bytes().startswith(b"\x89PNG")


def result(**cpu_factors: float) -> dict:
    """A result of rows with nothing but what a table shows."""
    rows = [{"engine": engine, "threads": 1, "text": "short", "load_s": 0.1, "real_time_factor": 0.02,
             "cpu_factor": factor, "first_audio_ms": 20.0, "audio_s": 1.0, "slowdown": None,
             "stages": dict.fromkeys(("text", "encoder", "decoder", "vocoder"), 0.005)}
            for engine, factor in cpu_factors.items()]  # fmt: skip
    return {"qingyin": "1", "machine": bench.machine(), "runs": 1, "texts": {"short": 16}, "engines": rows,
            "processes": []}  # fmt: skip


def test_rivals_are_compared_by_text() -> None:
    found = result(qingyin=0.02, piper=0.1)
    assert rival_ratios(found) == [("piper", "short", pytest.approx(5.0))]
    assert "| piper | short | 5.0 |" in markdown(found, "today")
    assert "Against others" not in markdown(result(qingyin=0.02), "today")


def test_slowdown_compares_the_ends() -> None:
    steady = [(float(second), 0.1 * second) for second in range(1, 101)]
    assert bench_engines._slowdown(steady) == pytest.approx(1.0)
    slower = [(float(second), 0.1 * second + (0.1 * (second - 50) if second > 50 else 0)) for second in range(1, 101)]
    assert bench_engines._slowdown(slower) == pytest.approx(2.0)
    assert bench_engines._slowdown(steady[:5]) is None


def test_texts_are_what_they_are_called() -> None:
    assert len(bench.MIDDLE) == 100
    assert 5000 <= len(bench.long_text(5000)) < 5100


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--threads", "0"], "--threads must be"),
        (["--threads", "1,x"], "--threads must be"),
        (["--runs", "0"], "--runs must be"),
        (["--long", "1"], "--long must be"),
        (["--compare", "piper", "--compare", "torch", "--compare-model", "x"], "one engine at a time"),
        (["--compare", "vits-topology"], "--compare-model must be a graph"),
        (["--compare", "vits-topology", "--compare-model", "nothing.onnx"], "--compare-model must be a graph"),
        (["--models", "nowhere"], "no model set in"),
    ],
)
def test_bad_arguments_are_one_line(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bench", "--runs", "1", *arguments]) == 2
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("qingyin: error: ") and told in line


@pytest.mark.parametrize("engine", ["piper", "sherpa-onnx"])
def test_a_missing_package_is_named(engine: str, capsys: pytest.CaptureFixture[str],
                                    monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for module in ("piper", "sherpa_onnx"):
        monkeypatch.setitem(sys.modules, module, None)
    assert bench_engines.main([engine, "--model", "x"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "DependencyError" and f"pip install {engine.replace('piper', 'piper-tts')}" in answer[
        "message"
    ]


def test_measured_processes_are_as_installed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    found = bench.environment()
    assert "PYTHONDONTWRITEBYTECODE" not in found
    assert all(os.path.isabs(part) for part in found["PYTHONPATH"].split(os.pathsep))


def test_peak_memory_grows_with_what_is_held() -> None:
    before = bench_engines.peak_memory_mb()
    held = np.ones(40_000_000, np.float32)
    assert bench_engines.peak_memory_mb() - before > 50 and held[0] == 1.0
