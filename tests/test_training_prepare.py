"""Preparing takes hours on real corpora: it must survive bad clips, say which and why, and go on where it stopped."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
import soundfile

from export.corpora import Clip
from export.features import HOP, SAMPLE_RATE
from export.training import data, prepare

HEADER = "audio\tspeaker\tlanguage\tseconds\ttext\n"


def vowel(seconds: float, rate: int, hz: float = 180.0) -> np.ndarray:
    at = np.arange(int(seconds * rate)) / rate
    return 0.2 * sum(np.sin(2 * np.pi * hz * k * at) / k for k in range(1, 12))


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus of four clips, one of them good; what is prepared goes to a folder of its own."""
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path / "work"))
    folder = tmp_path / "small"
    folder.mkdir()
    quiet = np.zeros(8000)
    soundfile.write(folder / "good.flac", np.concatenate([quiet, vowel(0.8, 16000), quiet]), 16000)
    soundfile.write(folder / "silent.wav", np.zeros(16000), 16000)
    soundfile.write(folder / "short.ogg", np.concatenate([quiet, vowel(0.1, 16000), quiet]), 16000)
    (folder / "broken.wav").write_bytes(b"RIFF of nothing")
    names = ("good.flac", "silent.wav", "short.ogg", "broken.wav")
    rows = "".join(f"{name}\tli\tzh\t1.0\t啊\n" for name in names)
    (folder / "manifest.tsv").write_text(HEADER + rows, encoding="utf-8")
    return folder


def run(corpus: Path) -> Path:
    target = data.data_folder() / corpus.name
    prepare.prepare_corpus(corpus, target, workers=1)
    return target


def test_bad_clips_are_left_out_with_a_reason_and_good_ones_are_ready(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = run(corpus)
    assert json.loads((target / "skipped.json").read_text()) == {
        "silent": "silent",
        "short": "shorter than 0.3 s",
        "broken": "cannot be decoded",
    }
    assert "small: 1 clips ready" in capsys.readouterr().out
    [clip] = data.load(["small"])
    assert (clip.key, clip.speaker, clip.language, clip.text) == ("small/good", "li", "zh", "啊")
    assert clip.bandwidth_hz == 7800
    assert len(clip.samples) == clip.frames * HOP
    assert clip.mel.shape == (clip.frames, 80)
    assert len(clip.f0) == len(clip.voiced) == len(clip.energy) == clip.frames
    seconds = len(clip.samples) / SAMPLE_RATE
    assert 0.8 + 2 * prepare.KEPT_SILENCE_S - 0.03 < seconds < 0.8 + 2 * prepare.KEPT_SILENCE_S + 0.05
    assert np.median(clip.f0[clip.voiced > 0]) == pytest.approx(180, rel=0.01)
    assert np.abs(clip.samples - clip.pcm / 32767).max() < 1e-6


def test_what_is_done_is_not_done_again(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = run(corpus)
    before = (target / "good.npz").stat().st_mtime_ns
    soundfile.write(corpus / "late.wav", vowel(0.6, SAMPLE_RATE), SAMPLE_RATE)
    with (corpus / "manifest.tsv").open("a", encoding="utf-8") as file:
        file.write("late.wav\twang\tzh\t0.6\t哦\n")
    (target / "late.tmp.npz").write_bytes(b"half a file, from a run that was stopped")
    run(corpus)
    assert (target / "good.npz").stat().st_mtime_ns == before
    assert [clip.name for clip in data.load(["small"])] == ["good", "late"]
    assert len(json.loads((target / "skipped.json").read_text())) == 3


def test_loudness_is_the_same_whatever_the_recording_had(tmp_path: Path) -> None:
    for gain in (0.02, 1.0):
        path = tmp_path / f"{gain}.wav"
        soundfile.write(path, gain * vowel(1.5, SAMPLE_RATE), SAMPLE_RATE, subtype="FLOAT")
        samples = prepare.load_clip(Clip("c", path, "li", "zh", 1.5, ""))
        assert pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(samples) == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize(("seconds", "reason"), [(0.001, "too short"), (17.0, r"longer than 16\.0 s")])
def test_length_has_limits(tmp_path: Path, seconds: float, reason: str) -> None:
    soundfile.write(tmp_path / "a.wav", vowel(seconds, 16000), 16000)
    with pytest.raises(prepare.Unusable, match=reason):
        prepare.load_clip(Clip("c", tmp_path / "a.wav", "li", "zh", seconds, ""))


def test_held_out_clips_come_only_to_those_who_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    folder = data.data_folder() / "small"
    folder.mkdir(parents=True)
    row = {"speaker": "li", "language": "zh", "text": ""}
    clips = [{"name": "a", "held_out": False} | row, {"name": "b", "held_out": True} | row]
    (folder / "index.json").write_text(json.dumps({"bandwidth_hz": 7800, "clips": clips}))
    assert [c.name for c in data.load(["small"])] == ["a"]
    assert [c.name for c in data.load(["small"], held_out=True)] == ["b"]
    with pytest.raises(FileNotFoundError, match=r"other is not prepared; run: python -m export\.training prepare"):
        data.load(["small", "other"])
