"""`qingyin` as its users meet it: what it writes, what it says, its exit codes, and that it leaves nothing
half-done.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

import qingyin
import tiny_models
from patience import LONGEST_SECONDS, until
from qingyin import audio
from qingyin.cli import main as cli

TEXT = "今天天气真好，我们去公园走走吧。"
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}


pytestmark = pytest.mark.usefixtures("chosen_models")


def program(*arguments: str, models: Path, **more) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "qingyin", *arguments]
    environment = ENVIRONMENT | {"QINGYIN_MODELS": str(models)}
    return subprocess.run(command, env=environment, capture_output=True, check=False, **more)


def one_line_error(capsys: pytest.CaptureFixture[str]) -> str:
    captured = capsys.readouterr()
    assert captured.out == ""
    lines = captured.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("qingyin: error: "), captured.err
    return lines[0]


def test_say_writes_a_file_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", TEXT, "-o", "hello.wav", "--seed", "1"]) == 0
    samples, rate = soundfile.read("hello.wav")
    assert rate == 22050 and len(samples) > rate / 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["hello.wav"]
    assert capsys.readouterr() == ("", "")
    first = Path("hello.wav").read_bytes()
    assert cli.main(["say", TEXT, "-o", "hello.wav", "--seed", "1"]) == 0
    assert Path("hello.wav").read_bytes() == first


@pytest.mark.parametrize("extension", ["flac", "ogg", "mp3", "WAV"])
def test_the_extension_chooses_the_format(extension: str) -> None:
    assert cli.main(["say", TEXT, "-o", f"hello.{extension}"]) == 0
    assert soundfile.info(f"hello.{extension}").samplerate == 22050


def test_options_reach_the_synthesiser() -> None:
    lengths = []
    for options in (
        [],
        ["--speed", "2"],
        ["--voice", "chenwang"],
        ["--vocoder", "hifigan"],
        ["--pitch", "-3"],
    ):
        assert cli.main(["say", TEXT, "-o", "x.wav", "--seed", "1", *options]) == 0
        lengths.append(soundfile.info("x.wav").frames)
    plain, fast, other, vocoder, lower = lengths
    assert fast < 0.65 * plain and other != plain and vocoder == lower == plain


def test_text_from_files_and_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("utf8.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    Path("old.txt").write_bytes(TEXT.encode("gb18030"))
    results = []
    for arguments in (
        [TEXT],
        ["-f", "utf8.txt"],
        ["-f", "old.txt", "--encoding", "gb18030"],
        ["-"],
        ["-f", "-"],
    ):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
        assert cli.main(["say", *arguments, "-o", "x.wav", "--seed", "1"]) == 0
        results.append(Path("x.wav").read_bytes())
    assert len(set(results)) == 1


def test_unspoken_text_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", "你好★世界。", "-o", "x.wav"]) == 0
    error = capsys.readouterr().err
    assert error.startswith("qingyin: warning: not spoken: '★' at 2 (") and error.count("\n") == 1


def test_verbose_prints_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["say", TEXT, "-o", "x.wav", "-v", "--seed", "5"]) == 0
    error = capsys.readouterr().err
    for word in (
        "text",
        "encoder",
        "decoder",
        "vocoder",
        "total",
        "first audio",
        "real-time factor",
        "seed 5",
    ):
        assert word in error


def test_wav_and_raw_through_pipes(models: Path) -> None:
    wav = program("say", TEXT, "-o", "-", "--seed", "1", models=models)
    raw = program("say", TEXT, "--output-raw", "--seed", "1", models=models)
    assert wav.returncode == raw.returncode == 0 and wav.stderr == raw.stderr == b""
    assert wav.stdout[:4] == b"RIFF" and wav.stdout[44:] == raw.stdout and len(raw.stdout) > 20_000
    samples, _ = soundfile.read(io.BytesIO(wav.stdout), dtype="int16")
    np.testing.assert_array_equal(samples, np.frombuffer(raw.stdout, "<i2"))


@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_wav_into_a_redirected_file_is_whole(models: Path, mode: str) -> None:
    with open("x.wav", mode) as file:
        command = [sys.executable, "-m", "qingyin", "say", TEXT, "-o", "-", "--seed", "1"]
        subprocess.run(command, env=ENVIRONMENT | {"QINGYIN_MODELS": str(models)}, stdout=file, check=True)
    data = Path("x.wav").read_bytes()
    lengths = {int.from_bytes(data[40:44], "little")}
    assert lengths == {len(data) - 44 if mode == "wb" else 0xFFFFFFFF}  # appending cannot go back
    assert data[:4] == b"RIFF" and data.count(b"RIFF") == 1


ERRORS = [
    ([""], "empty"), (["  \n"], "empty"), (["★"], "nothing that can be spoken"),
    ([TEXT, "--voice", "yuetam"], "did you mean 'yuetan'? known voices: yuetan, chenwang"),
    ([TEXT, "--vocoder", "wavenet"], "this model set has source_filter, hifigan"),
    ([TEXT, "--models", "nowhere"], "no model set in nowhere"),
    ([TEXT, "--speed", "3"], "speed must be a number from 0.5 to 2"), ([TEXT, "--speed", "nan"], "speed"),
    ([TEXT, "--speed", "fast"], "--speed"), ([TEXT, "--pitch", "99"], "pitch_semitones"),
    ([TEXT, "--volume", "99"], "volume_db"), ([TEXT, "--temperature", "-1"], "temperature"),
    ([TEXT, "--seed", "-1"], "seed"), ([TEXT, "--threads", "0"], "threads"),
    ([TEXT, "--unknown"], "--unknown"),
    (["-f", "missing.txt"], "cannot read missing.txt"), (["-f", "."], "cannot read"),
    (["-f", "latin.txt"], "name its encoding"),
    (["-f", "latin.txt", "--encoding", "klingon"], "unknown encoding"),
    ([TEXT, "-f", "latin.txt"], "either TEXT, or -f FILE"), ([], "either TEXT, or -f FILE"),
    (["\udcff\udcfe"], "terminal's encoding"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors_are_one_line_with_code_2_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 \xff")
    try:
        code = cli.main(["say", *arguments, "-o", "x.wav"])
    except SystemExit as leaving:  # argparse
        code = leaving.code
    assert code == 2
    assert message in one_line_error(capsys)
    assert [entry.name for entry in tmp_path.iterdir()] == ["latin.txt"]


@pytest.mark.parametrize(
    ("output", "message"),
    [("nowhere/x.wav", "cannot write"), ("folder.wav", "it is a folder"),
     ("x.doc", ".wav, .flac, .ogg, .opus, .mp3"),
     ("x", "cannot tell the format")],
)  # fmt: skip
def test_output_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str, message: str
) -> None:
    (tmp_path / "folder.wav").mkdir()
    assert cli.main(["say", TEXT, "-o", output]) == 2
    assert message in one_line_error(capsys)
    assert [entry.name for entry in tmp_path.rglob("*")] == ["folder.wav"]


def test_an_output_is_asked_for_where_nothing_can_play(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    assert cli.main(["say", TEXT]) == 2
    assert "-o FILE.wav" in one_line_error(capsys)


def test_a_damaged_model_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tiny_models.build_models(tmp_path / "models")
    (folder / "acoustic_decoder.onnx").write_bytes(b"")
    assert cli.main(["say", TEXT, "-o", "x.wav", "--models", str(folder)]) == 2
    assert "damaged" in one_line_error(capsys)
    assert not Path("x.wav").exists()


def test_an_old_file_survives_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("x.wav").write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audio.WavSink, "write", full)
    assert cli.main(["say", TEXT, "-o", "x.wav"]) == 2
    assert "No space left on device" in one_line_error(capsys)
    assert Path("x.wav").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.wav"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    Path("target.wav").write_bytes(b"old")
    Path("link.wav").symlink_to("target.wav")
    assert cli.main(["say", TEXT, "-o", "link.wav"]) == 0
    assert Path("link.wav").is_symlink() and soundfile.info("target.wav").frames > 1000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_standard_output(models: Path) -> None:
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "qingyin", "say", TEXT, "--output-raw"]
        answer = subprocess.run(command, env=ENVIRONMENT | {"QINGYIN_MODELS": str(models)}, stdout=full,
                                stderr=subprocess.PIPE, text=True, check=False)  # fmt: skip
    assert answer.returncode == 2
    assert "No space left on device" in answer.stderr and "Traceback" not in answer.stderr


def test_a_player_that_goes_away_is_no_error(models: Path) -> None:
    say = f"'{sys.executable}' -m qingyin say {TEXT * 30} --output-raw"
    command = f"{say} | head -c 100 >/dev/null; exit ${{PIPESTATUS[0]}}"
    answer = subprocess.run(["bash", "-c", command], env=ENVIRONMENT | {"QINGYIN_MODELS": str(models)},
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="signals as on POSIX")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupting_is_quiet_and_leaves_nothing(models: Path, tmp_path: Path, number: int, code: int) -> None:
    Path("long.txt").write_text(TEXT * 20_000, encoding="utf-8")
    command = [sys.executable, "-m", "qingyin", "say", "-f", "long.txt", "-o", "x.wav"]
    environment = ENVIRONMENT | {"QINGYIN_MODELS": str(models)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            until(lambda: len(list(tmp_path.iterdir())) > 1)  # it writes
            process.send_signal(number)
            _, error = process.communicate(timeout=LONGEST_SECONDS)
        finally:
            process.kill()
    # As a shell sees it: `python -m` dies of the signal itself if that came while it ran text, as `dataclass` writes.
    seen = process.returncode if process.returncode >= 0 else 128 - process.returncode
    assert (seen, error) == (code, "")
    assert [entry.name for entry in tmp_path.iterdir()] == ["long.txt"]


def test_a_program_told_to_end_ends_though_the_telling_came_where_exceptions_are_lost() -> None:
    program = f"""
import os, signal, time
from qingyin.cli.main import _exit_on_sigterm
class Lost:
    def __del__(self):  # what is raised in here is printed and forgotten
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.1)
_exit_on_sigterm()
Lost()
time.sleep({2 * LONGEST_SECONDS})
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LONGEST_SECONDS)
    assert done.returncode == 143


def test_the_quick_parser_reads_what_the_whole_one_reads() -> None:
    for words in (["say", "你好"], ["say", "-f", "x.txt", "-o", "-", "--seed", "7", "--emotion", "happy", "-v"]):
        assert vars(cli.build_parser("say").parse_args(words)) == vars(cli.build_parser().parse_args(words))


def test_voices_and_info(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["voices"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert listed[0].startswith("* yuetan") and listed[1].startswith("  chenwang")
    assert cli.main(["info"]) == 0
    shown = capsys.readouterr().out
    for word in (
        qingyin.__version__,
        "onnxruntime",
        "CPUExecutionProvider",
        "vocoder_hifigan",
        "float32",
        "CC-BY-SA-4.0",
    ):
        assert word in shown


@pytest.mark.parametrize("command", [[], ["say"], ["voices"], ["info"]])
def test_every_help_has_examples(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.main([*command, "--help"])
    assert leaving.value.code == 0
    assert "examples:\n  qingyin " in capsys.readouterr().out


def test_without_arguments_and_with_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        cli.main([])
    assert leaving.value.code == 2
    assert "--help" in one_line_error(capsys)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out.strip() == f"qingyin {qingyin.__version__}"
