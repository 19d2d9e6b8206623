"""A search must keep what pays, stay within its limits, and go on where it was stopped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from export import to_onnx
from export.graph_spec import GraphSpec, float32
from tools import search_int8
from tools.graph_audio import Damage
from tools.graph_report import Whole
from tools.graph_search import Limits, Results, Search, Step, groups

torch.set_num_threads(1)
NAME = "acoustic_decoder"
# What each group costs (PESQ) and saves (ms per second of speech) in this test's world.
COSTS = {"/blocks.*/expand/MatMul": 0.02, "/blocks.*/contract/MatMul": 0.05, "/small/MatMul": 0.5, "/head/MatMul": 0.06}
SAVES = {"/blocks.*/expand/MatMul": 3.0, "/blocks.*/contract/MatMul": 4.0, "/small/MatMul": 2.0, "/head/MatMul": 1.0}


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.expand, self.contract = nn.Linear(32, 64), nn.Linear(64, 32)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = x + self.contract(torch.tanh(self.expand(x)))
        return y


class Network(nn.Module):
    """Two blocks of a stack, a small product before them and a head behind."""

    def __init__(self) -> None:
        super().__init__()
        self.small, self.head = nn.Linear(32, 32), nn.Linear(32, 48)
        self.blocks = nn.ModuleList(Block() for _ in range(2))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        x = self.small(mel)
        for block in self.blocks:
            x = block(x)
        y: torch.Tensor = self.head(x)
        return y


@pytest.fixture(scope="module")
def content() -> bytes:
    torch.manual_seed(4)
    inputs, outputs = {"mel": float32("B", "T", 32)}, {"out": float32("B", "T", 48)}
    return to_onnx.export_graph(GraphSpec(name=NAME, module=Network(), inputs=inputs, outputs=outputs))


def quantised(content: bytes) -> set[str]:
    """Groups of which a graph has int8 products."""
    model = onnx.load_model_from_string(content)
    restored = {node.output[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    names = {
        node.name.removesuffix("_quant")
        for node in model.graph.node
        if node.op_type.startswith("MatMulInteger") or (node.op_type == "MatMul" and node.input[1] in restored)
    }
    return {group for group in COSTS if names & {group, group.replace("*", "0"), group.replace("*", "1")}}


class World:
    """Listens to the graphs that it is given; counts how often."""

    def __init__(self) -> None:
        graph = SimpleNamespace(context_frames=3)
        self.manifest = SimpleNamespace(graphs={NAME: graph}, default_vocoder="none", hop_length=256, sample_rate=22050)
        self.asked = 0

    def damage(self, contents: Mapping[str, bytes]) -> Damage:
        self.asked += 1
        return Damage(pesq_loss=sum(COSTS[group] for group in quantised(contents[NAME])))


class Timed(Search):
    """With the times of this test's world in place of a clock's."""

    def times(self, graph: str, content: bytes) -> tuple[float, float]:
        return 20.0, 20.0 - sum(SAVES[group] for group in quantised(content))


def search(world: World, content: bytes, folder: Path, **changed: Any) -> Timed:
    rng = np.random.default_rng(0)
    runs = {NAME: [{"mel": rng.standard_normal((1, 40 + k, 32)).astype(np.float32)} for k in range(3)]}
    options: dict[str, Any] = {
        "limits": Limits(), "full_range": False, "storage": "int8-storage", "exact_only": True, "per_node": False,
        "rounds": 3, "threads": 1, "report": [].append, **changed,
    }  # fmt: skip
    results = Results(folder / "steps.jsonl", "one")
    return Timed(world, {NAME: content}, runs, results, folder / "ranges", **options)  # type: ignore[arg-type]


def test_blocks_of_a_stack_are_one_group(content: bytes) -> None:
    assert {group.pattern: group.weights for group in groups(content)} == {
        "/small/MatMul": 1024, "/blocks.*/expand/MatMul": 4096, "/blocks.*/contract/MatMul": 4096, "/head/MatMul": 1536,
    }  # fmt: skip
    assert len(groups(content, per_node=True)) == 6


def test_what_pays_is_kept_within_the_limits(content: bytes, tmp_path: Path) -> None:
    world = World()
    lines: list[str] = []
    running = search(world, content, tmp_path, report=lines.append)
    alone = running.alone()
    assert len(alone) == 4 * 4 == len(lines)
    assert {step.form for step in alone} == {
        "int8", "int8-static-minmax", "int8-static-percentile", "int8-static-entropy"
    }  # fmt: skip
    found, together = running.together(alone)
    # the cheapest for its time first; the head would bring the whole to 0.13, and the small one alone is too much
    assert [(step.pattern, step.kept) for step in together] == [
        ("/blocks.*/expand/MatMul", True), ("/blocks.*/contract/MatMul", True), ("/head/MatMul", False),
    ]  # fmt: skip
    assert set(found[NAME]) == {"/blocks.*/expand/MatMul", "/blocks.*/contract/MatMul"}
    assert all(form.startswith("int8-static") for form in found[NAME].values())  # int8 would not stream exactly
    assert together[1].damage.pesq_loss == pytest.approx(0.07) and together[1].saved_ms == pytest.approx(7.0)
    assert "kept" in lines[-2] and "left" in lines[-1]
    wider, _ = search(World(), content, tmp_path / "..", limits=Limits(pesq_loss=1.0)).together(alone)
    assert set(wider[NAME]) == set(COSTS)


def test_a_search_goes_on_where_it_was(content: bytes, tmp_path: Path) -> None:
    world = World()
    first = search(world, content, tmp_path).alone()
    asked = world.asked
    again = search(world, content, tmp_path)
    assert again.alone() == first and world.asked == asked
    again.together(first)
    assert world.asked == asked + 3
    assert len((tmp_path / "steps.jsonl").read_text().splitlines()) == 1 + len(first) + 3
    assert search(World(), content, tmp_path).alone(minutes=0.0) == first  # what is known needs no time
    with pytest.raises(ValueError, match="another set, other inputs or limits"):
        Results(tmp_path / "steps.jsonl", "two")


def test_what_saves_no_time_is_not_tried_further(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SAVES, "/head/MatMul", 0.1)
    alone = search(World(), content, tmp_path).alone()
    assert [step.form for step in alone if step.pattern == "/head/MatMul"] == ["int8-static-minmax"]
    assert len(alone) == 3 * 4 + 1


def test_the_report_shows_every_step(tmp_path: Path) -> None:
    steps = [
        Step(NAME, "/a/MatMul", "int8", Damage(pesq_loss=0.01), 20.0, 3.0),
        Step(NAME, "/b/MatMul", "int8-static-minmax", Damage(pesq_loss=0.2, durations_percent=2.0), 20.0, 5.0),
    ]
    kept = [Step(NAME, "/a/MatMul", "int8", Damage(pesq_loss=0.012), 20.0, 2.9, kept=True)]
    sets = [Whole("fp32", {NAME: 4_000_000}, 20.0, Damage()), Whole("size", {NAME: 1_000_000}, 19.0, Damage(0.03))]
    search_int8.report(tmp_path, Limits(), sets, steps, kept)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| size | 1.00 | 4.00 | 19.0 | 0.030 |" in text
    assert text.count("`/a/MatMul`") == 2 and text.count("`/b/MatMul`") == 1 and "| kept |" in text
    assert (tmp_path / "report.png").read_bytes()[1:4] == b"PNG"


def test_bad_input_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--inputs", str(tmp_path), "-o", str(tmp_path / "found")]
    assert search_int8.main([str(tmp_path), *command]) == 2
    assert "manifest.json" in capsys.readouterr().err
    shipped = Path(__file__).resolve().parent.parent / "onnx_models"
    assert search_int8.main([str(shipped), *command]) == 2
    assert "not fp32 any more" in capsys.readouterr().err
    assert search_int8.main([str(shipped), *command, "--graph", "speaker_encoder"]) == 2
    assert "sound judges acoustic_decoder" in capsys.readouterr().err
