"""What is released must be what was trained: weights to fp16's precision, voices that the runtime accepts."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from export.training import release
from export.voices import read_voices

SPEAKERS = ["yuetan", "S0150", "S0252", "chenwang"]


@pytest.fixture
def checkpoint() -> dict[str, Any]:
    torch.manual_seed(0)
    state = {
        "table.weight": torch.randn(4, 64),
        "pitch_mean": torch.tensor([5.5, 5.2, 4.7, 4.9]),
        "acoustic.outlet.weight": torch.randn(80, 8),
        "acoustic.outlet.bias": torch.randn(80),
        "steps": torch.tensor([[3]]),
    }
    return {"model": state, "config": {"speakers": SPEAKERS}, "step": 7500, "seconds": 3600.0}


def test_slim_halves_matrices_and_leaves_the_rest(checkpoint: dict[str, Any]) -> None:
    state = checkpoint["model"]
    slim = release.slim(state)
    assert slim.keys() == state.keys()
    for key, value in state.items():
        assert slim[key].dtype == (torch.float16 if key.endswith(".weight") else value.dtype)
        assert torch.allclose(slim[key].to(value.dtype), value, rtol=1e-3)


def test_voices_are_rows_of_the_table_and_mixtures_of_them(checkpoint: dict[str, Any], tmp_path: Path) -> None:
    release.write_voices(checkpoint, tmp_path)
    files, entries = read_voices(tmp_path)
    assert sorted(entries) == sorted(release.VOICES)
    assert len(files) == len(entries)
    table = checkpoint["model"]["table.weight"].numpy()
    yuetan = json.loads((tmp_path / "yuetan.json").read_text(encoding="utf-8"))
    assert np.allclose(yuetan["speaker"], table[0], atol=1e-5)
    assert np.allclose(yuetan["prosody"], 0.8 * table[0] + 0.1 * table[1] + 0.1 * table[2], atol=1e-5)
    assert yuetan["emotion"] == [0.0] * 16
    shift = release.VOICES["yuetan"].pitch_shift
    assert yuetan["pitch_mean_ln_hz"] == pytest.approx(5.5 + shift * math.log(2) / 12, abs=1e-4)
    assert (yuetan["rate"], yuetan["gain_db"]) == (1.0, 0.0)
    s0252 = json.loads((tmp_path / "s0252.json").read_text(encoding="utf-8"))
    assert s0252["speaker"] == s0252["prosody"]


def test_release_takes_the_runs_there_are_and_names_the_others(
    checkpoint: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path / "work"))
    run = tmp_path / "work" / "runs" / "acoustic"
    run.mkdir(parents=True)
    torch.save(checkpoint, run / "last.pt")
    output = tmp_path / "checkpoints"
    release.main(argparse.Namespace(output=output))
    said = capsys.readouterr().out
    assert "acoustic: step 7500, 60 minutes of training" in said
    assert "source_filter: no run yet" in said
    released = torch.load(output / "acoustic.pt", weights_only=True)
    assert released["training_data"] == ["hsk_words", "aishell_sample", "pinyin_syllables"]
    assert released["config"] == checkpoint["config"]
    assert sorted(path.name for path in output.rglob("*")) == [
        "acoustic.pt", "chenwang.json", "s0150.json", "s0252.json", "voices", "yuetan.json",
    ]  # fmt: skip
