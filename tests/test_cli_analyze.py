"""`qingyin analyze` tells what a recording holds, in lines, JSON and a picture, with or without models."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from qingyin.cli import main as cli
from speechlike import RATE, speechlike


@pytest.fixture
def recording(tmp_path: Path, chosen_models: None) -> Path:
    """Two channels of 5 s at 12 dB above the noise."""
    path = tmp_path / "朋友.flac"
    samples = speechlike(5.0, 180.0, snr_db=12.0)
    soundfile.write(path, np.stack([samples, samples], 1), RATE)
    return path


def test_lines(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["analyze", str(recording)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "朋友.flac"
    found = {line[2:16].strip(): line[16:].strip() for line in lines[1:]}
    assert found["recording"] == "5.00 s, 22050 Hz, stereo"
    assert found["noise"].endswith("dB below the speech")
    assert "yuetan" in found["voices like it"] and "chenwang" in found["voices like it"]
    assert set(found["emotion"].split()) >= {"neutral", "happy", "sad", "angry"}
    assert "above the noise; record closer" in found["warning"]


def test_json(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["analyze", str(recording), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["file"] == "朋友.flac"
    assert (found["sample_rate"], found["channels"], found["seconds"]) == (RATE, 2, 5.0)
    assert found["snr_db"] == pytest.approx(12, abs=3)
    assert found["f0_low_hz"] < found["f0_median_hz"] < found["f0_high_hz"]
    assert found["f0_median_hz"] == pytest.approx(180, rel=0.1)
    assert found["f0_range_semitones"] == pytest.approx(12 * np.log2(found["f0_high_hz"] / found["f0_low_hz"]), abs=0.1)
    assert 0 < found["speech_seconds"] <= found["used_seconds"] <= 5.0
    cosines = [neighbour["cosine"] for neighbour in found["neighbours"]]
    assert cosines == sorted(cosines, reverse=True)
    assert sum(found["emotion"].values()) == pytest.approx(1, abs=1e-3)
    assert [warning["kind"] for warning in found["warnings"]] == ["noise"]
    assert len(found["sha256"]) == 64


def test_standard_input(recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["analyze", str(recording), "--json"]) == 0
    from_file = json.loads(capsys.readouterr().out)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(recording.read_bytes())))
    assert cli.main(["analyze", "-", "--json"]) == 0
    piped = json.loads(capsys.readouterr().out)
    assert piped | {"file": ""} == from_file | {"file": ""}


@pytest.mark.parametrize(("ending", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_picture(recording: Path, ending: str, start: bytes) -> None:
    pytest.importorskip("matplotlib")
    assert cli.main(["analyze", str(recording), "--picture", f"found.{ending}"]) == 0
    assert Path(f"found.{ending}").read_bytes().startswith(start)


def test_picture_without_models(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("QINGYIN_MODELS", "nowhere")
    assert cli.main(["analyze", str(recording), "--picture", "found.svg"]) == 0
    assert "speaker and emotion: no model set in nowhere" in capsys.readouterr().out
    assert "not judged" in Path("found.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody.wav"], "there is no recording nobody.wav"),
        (["."], "is a folder"),
        (["朋友.flac", "--picture", "found.bmp"], "end its name in one of .png, .svg, .pdf"),
        (["朋友.flac", "--picture", "no/such/folder/found.png"], "cannot write"),
        (["朋友.flac", "--models", "nowhere"], "no model set in nowhere"),
    ],
)
def test_errors(recording: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    if "found.png" in arguments[-1]:
        pytest.importorskip("matplotlib")
    assert cli.main(["analyze", *arguments]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert message in errors[0]


def test_without_matplotlib(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert cli.main(["analyze", str(recording), "--picture", "found.png"]) == 2
    assert "pip install 'qingyin[picture]'" in capsys.readouterr().err
    assert cli.main(["analyze", str(recording)]) == 0


def test_a_set_that_cannot_clone_still_tells_the_rest(
    recording: Path, models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import tiny_models

    folder = tiny_models.build_models(tmp_path / "deaf")
    manifest = tiny_models.read_manifest(folder)
    del manifest["graphs"]["speaker_encoder"], manifest["graphs"]["emotion_encoder"]
    tiny_models.write_manifest(folder, manifest)
    assert cli.main(["analyze", str(recording), "--models", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["neighbours"] is None and found["emotion"] is None
    assert "no speaker encoder" in found["unknown"]
    assert found["f0_median_hz"] > 0
