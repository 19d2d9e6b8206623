"""Other sample rates: no seams, the right length and pitch, for files, pipes and Opus."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import qingyin
from qingyin import Synthesizer
from qingyin.audio import write_audio
from qingyin.cli import main as cli

soxr = pytest.importorskip("soxr")
TEXT = "今天天气真好。"


pytestmark = pytest.mark.usefixtures("chosen_models")


@pytest.mark.parametrize("rate", [8000, 16000, 24000, 44100, 48000])
def test_chunks_have_no_seams(rate: int) -> None:
    from qingyin.resampling import Resampler

    sound = np.random.default_rng(2).standard_normal(22050).astype(np.float32)
    resampler = Resampler(22050, rate)
    pieces = [resampler.push(sound[start : start + 997]) for start in range(0, len(sound), 997)]
    pieces.append(resampler.push(np.zeros(0, np.float32), last=True))
    joined = np.concatenate(pieces)
    assert len(joined) == rate
    np.testing.assert_allclose(joined, soxr.resample(sound, 22050, rate), atol=1e-5)


@pytest.mark.parametrize("rate", ["8000", "16000", "24000", "44100", "48000"])
@pytest.mark.parametrize("extension", ["wav", "flac", "mp3"])
def test_files_have_the_rate_asked_for(rate: str, extension: str, models: Path) -> None:
    assert cli.main(["say", TEXT, "-o", f"x.{extension}", "--rate", rate, "--seed", "1"]) == 0
    info = soundfile.info(f"x.{extension}")
    expected = Synthesizer.load(models).synthesize(TEXT, seed=1).seconds
    assert info.samplerate == int(rate)
    assert abs(info.duration - expected) < (0.1 if extension == "mp3" else 0.001)


@pytest.mark.parametrize(("options", "rate"), [([], 24000), (["--rate", "48000"], 48000), (["--rate", "8000"], 8000)])
def test_opus(options: list[str], rate: int, models: Path) -> None:
    assert cli.main(["say", TEXT, "-o", "x.opus", "--seed", "1", *options]) == 0
    info = soundfile.info("x.opus")
    assert (info.format, info.subtype, info.samplerate) == ("OGG", "OPUS", rate)
    assert abs(info.duration - Synthesizer.load(models).synthesize(TEXT, seed=1).seconds) < 0.05


def test_opus_sounds_as_it_should() -> None:
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(22050) / 22050)).astype(np.float32)
    write_audio(Path("tone.opus"), tone, 22050)
    heard, rate = soundfile.read("tone.opus")
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert abs(np.argmax(spectrum) * rate / len(heard) - 440) < 2 and abs(heard.std() / tone.std() - 1) < 0.05


def test_opus_has_no_cd_rate(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", TEXT, "-o", "x.opus", "--rate", "44100"]) == 2
    assert "Opus has no 44100 Hz; use --rate 24000 or 48000" in capsys.readouterr().err
    assert not Path("x.opus").exists()


def test_pipes_have_the_rate_asked_for(models: Path) -> None:
    def output(*options: str) -> bytes:
        environment = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}
        command = [sys.executable, "-m", "qingyin", "say", TEXT, "--seed", "1", "--rate", "16000", *options]
        return subprocess.run(command, env=environment, capture_output=True, check=True).stdout

    raw, wav = output("--output-raw"), output("-o", "-")
    assert wav[44:] == raw and int.from_bytes(wav[24:28], "little") == 16000
    sound = Synthesizer.load(models).synthesize(TEXT, seed=1)
    expected = soxr.resample(sound.samples, 22050, 16000)
    np.testing.assert_allclose(np.frombuffer(raw, "<i2") / 32767, expected, atol=1e-4)


@pytest.mark.parametrize("options", [["-o", "x.opus"], ["-o", "x.wav", "--rate", "8000"]])
def test_without_soxr(options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    assert cli.main(["say", TEXT, *options]) == 2
    assert "needs the package soxr: pip install soxr" in capsys.readouterr().err
    assert list(Path().iterdir()) == []
    assert cli.main(["say", TEXT, "-o", "x.wav", "--rate", "22050"]) == 0


def test_audio_is_saved_at_another_rate(models: Path) -> None:
    Synthesizer.load(models).synthesize(TEXT).save("x.wav", rate=48000)
    assert soundfile.info("x.wav").samplerate == 48000
