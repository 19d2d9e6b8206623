"""What is released must be what was trained: weights to fp16's precision, voices that the runtime accepts."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from export.training import release
from export.training.aligned import CORPORA, MANNERS
from export.voices import read_voices


class References:
    """What `release` asks of the real ones: a unit vector and a pitch of each speaker."""

    class Clips:
        mean_log_f0 = 5.25

    def __init__(self) -> None:
        self.speakers = {(r.corpus, r.speaker): self.Clips() for r in release.VOICES.values()}

    def mean_vector(self, corpus: str, speaker: str) -> torch.Tensor:
        torch.manual_seed(len(corpus + speaker))
        return torch.nn.functional.normalize(torch.randn(128), dim=0)


@pytest.fixture
def checkpoint() -> dict[str, Any]:
    torch.manual_seed(0)
    state = {
        "table.weight": torch.randn(len(MANNERS), 64),
        "acoustic.outlet.weight": torch.randn(80, 8),
        "acoustic.outlet.bias": torch.randn(80),
        "steps": torch.tensor([[3]]),
    }
    return {"model": state, "config": {"manners": list(MANNERS)}, "step": 7500, "seconds": 3600.0}


def test_slim_halves_matrices_and_leaves_the_rest(checkpoint: dict[str, Any]) -> None:
    state = checkpoint["model"]
    slim = release.slim(state)
    assert slim.keys() == state.keys()
    for key, value in state.items():
        assert slim[key].dtype == (torch.float16 if key.endswith(".weight") else value.dtype)
        assert torch.allclose(slim[key].to(value.dtype), value, rtol=1e-3)


def test_voices_are_a_speakers_vector_and_mixtures_of_manners(checkpoint: dict[str, Any], tmp_path: Path) -> None:
    release.write_voices(checkpoint, tmp_path, References())
    files, entries = read_voices(tmp_path)
    assert sorted(entries) == sorted(release.VOICES)
    assert len(files) == len(entries)
    table = checkpoint["model"]["table.weight"].numpy()
    yuetan = json.loads((tmp_path / "yuetan.json").read_text(encoding="utf-8"))
    assert np.allclose(yuetan["speaker"], References().mean_vector("hsk_words", "yuetan"), atol=1e-5)
    assert np.allclose(yuetan["prosody"], 0.8 * table[0] + 0.1 * table[1] + 0.1 * table[2], atol=1e-5)
    assert yuetan["emotion"] == [0.0] * 16
    assert yuetan["pitch_mean_ln_hz"] == 5.25
    assert (yuetan["rate"], yuetan["gain_db"]) == (1.0, 0.0)
    s0252 = json.loads((tmp_path / "s0252.json").read_text(encoding="utf-8"))
    assert np.allclose(s0252["prosody"], table[2], atol=1e-5)


def test_only_the_encoder_of_a_run_with_heads_is_shipped() -> None:
    state = {"encoder.outlet.weight": torch.ones(2, 2), "prototypes": torch.ones(9, 2)}
    assert list(release.shipped(state)) == ["outlet.weight"]
    assert release.shipped({"acoustic.encoder.x": torch.ones(1)}).keys() == {"acoustic.encoder.x"}


def test_release_takes_the_runs_there_are_and_names_the_others(
    checkpoint: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path / "work"))
    run = tmp_path / "work" / "runs" / "acoustic"
    run.mkdir(parents=True)
    torch.save(checkpoint, run / "last.pt")
    output = tmp_path / "checkpoints"
    monkeypatch.setattr(release, "References", References)
    release.main(argparse.Namespace(output=output))
    said = capsys.readouterr().out
    assert "acoustic: step 7500, 60 minutes of training" in said
    assert "source_filter: no run yet" in said
    released = torch.load(output / "acoustic.pt", weights_only=True)
    assert released["training_data"] == list(CORPORA)
    assert released["config"] == checkpoint["config"]
    assert sorted(path.name for path in output.rglob("*")) == [
        "acoustic.pt", "chenwang.json", "s0150.json", "s0252.json", "voices", "yuetan.json",
    ]  # fmt: skip
