"""`qingyin voices` and the voices of `qingyin say` as their users meet them."""

from __future__ import annotations

import dataclasses
import io
import json
import sys
from pathlib import Path

import pytest
import soundfile

import qingyin
from qingyin import consent
from qingyin.cli import main as cli
from qingyin.model_sets.finding import load_manifest
from qingyin.voices import load_voice, voice_bytes
from speechlike import speechlike

pytestmark = pytest.mark.usefixtures("chosen_models")
RIGHT = "--yes-i-have-the-right"


class Terminal(io.StringIO):
    """Standard input with somebody at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    for name, hz in (("low", 110.0), ("high", 220.0)):
        soundfile.write(tmp_path / f"{name}.wav", speechlike(7.0, f0_hz=hz), 22050)
    return tmp_path / "home" / "voices"


def run(*arguments: str) -> int:
    return cli.main(list(arguments))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "qingyin: error: " in captured.err.splitlines()[-1], captured
    return captured.err


def test_the_list_is_the_default_and_marks_what_is_whose(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("voices") == 0
    bundled = capsys.readouterr().out
    assert [line[:10] for line in bundled.splitlines()] == ["* yuetan  ", "  chenwang"]
    assert run("voices", "add", "小明", "low.wav", RIGHT, "--description", "my  friend") == 0
    capsys.readouterr()
    assert run("voices", "list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == bundled.splitlines() and lines[2].startswith("+ 小明      zh  my friend (your own; added 20")


def test_add_then_say(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert run("voices", "add", "friend", "low.wav", "high.wav", RIGHT) == 0
    assert "--voice friend" in capsys.readouterr().out
    assert run("say", "你好，世界。", "--voice", "friend", "-o", "a.wav", "--seed", "1") == 0
    assert run("say", "你好，世界。", "--ref", "low.wav", "--ref", "high.wav", "-o", "b.wav", "--seed", "1") == 0
    assert Path("a.wav").read_bytes() == Path("b.wav").read_bytes()
    assert run("say", "你好，世界。", "--ref", "low.wav", "-o", "b.wav", "--seed", "1") == 0
    assert Path("a.wav").read_bytes() != Path("b.wav").read_bytes()


def test_emotions_reach_the_synthesiser(capsys: pytest.CaptureFixture[str]) -> None:
    results = []
    for options in (
        ["--emotion", "neutral"],
        ["--emotion", "sad", "--emotion-strength", "0"],
        ["--emotion", "sad"],
        ["--emotion", "sad=0.5,happy=0.5"],
        ["--emotion", "sad", "--emotion-strength", "1.5"],
        ["--emotion-ref", "low.wav"],
        [],
    ):
        assert run("say", "你好，世界。", "-o", "x.wav", "--seed", "1", *options) == 0
        results.append(Path("x.wav").read_bytes())
    assert results[0] == results[1] and len(set(results)) == 6
    assert "did you mean 'happy'?" in refused(capsys, "say", "你好。", "-o", "y.wav", "--emotion", "hapy")
    assert "character 4" in refused(capsys, "say", "你好。", "-o", "y.wav", "--emotion", "sad=2")
    assert "emotion_strength" in refused(capsys, "say", "你好。", "-o", "y.wav", "--emotion-strength", "2")
    assert "--emotion-ref" in refused(
        capsys, "say", "你好。", "-o", "y.wav", "--emotion", "sad", "--emotion-ref", "low.wav"
    )
    assert "--ref" in refused(capsys, "say", "你好。", "-o", "y.wav", "--voice", "yuetan", "--ref", "low.wav")
    assert "there is no recording" in refused(capsys, "say", "你好。", "-o", "y.wav", "--ref", "none.wav")
    assert not Path("y.wav").exists()


def test_a_poor_reference_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    soundfile.write("short.wav", speechlike(3.0), 22050)
    for command in (["say", "你好。", "--ref", "short.wav", "-o", "x.wav"], ["voices", "add", "a", "short.wav", RIGHT]):
        assert run(*command) == 0
        error = capsys.readouterr().err
        assert "qingyin: warning: short.wav: " in error and "s of speech" in error


def test_consent_is_asked_in_the_user_s_language_and_kept(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert run("voices", "add", "a", "low.wav") == 0
    assert consent.STATEMENT in capsys.readouterr().err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    monkeypatch.setattr(sys, "stdin", Terminal("是\n"))
    assert run("voices", "add", "b", "low.wav") == 0
    assert consent.STATEMENT_ZH in capsys.readouterr().err
    monkeypatch.setenv("LC_ALL", "C")
    assert run("voices", "add", "c", "low.wav", RIGHT) == 0
    kept = [json.loads((home / f"{name}.json").read_text(encoding="utf-8"))["reference"]["consent"] for name in "abc"]
    assert [entry["given"] for entry in kept] == [True] * 3
    assert [entry["text"] for entry in kept] == [
        consent.STATEMENT, consent.STATEMENT_ZH, f"{consent.STATEMENT} (--yes-i-have-the-right)",
    ]  # fmt: skip


@pytest.mark.parametrize("answer", ["no\n", "\n", "", "perhaps\n"])
def test_anything_but_a_yes_is_a_no(
    answer: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    assert "nothing was kept" in refused(capsys, "voices", "add", "a", "low.wav")
    assert not home.exists()


def test_without_a_terminal_the_right_must_be_given(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert RIGHT in refused(capsys, "voices", "add", "a", "low.wav")
    assert not home.exists()


def test_add_refuses_names_and_recordings(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    Path("text.wav").write_text("no sound", encoding="utf-8")
    for name, recording, message in (
        ("../away", "low.wav", "cannot hold '.'"),
        ("YueTan", "low.wav", "bundled voice"),
        ("con", "low.wav", "reserved"),
        ("a", "none.wav", "no recording"),
        ("a", "text.wav", "no recording that can be read"),
    ):
        assert message in refused(capsys, "voices", "add", name, recording, RIGHT)
    assert "at most 500" in refused(capsys, "voices", "add", "a", "low.wav", RIGHT, "--description", "x" * 501)
    assert not home.exists()
    assert run("voices", "add", "a", "low.wav", RIGHT) == 0
    first = (home / "a.json").read_bytes()
    assert "--replace" in refused(capsys, "voices", "add", "A", "high.wav", RIGHT)
    assert (home / "a.json").read_bytes() == first
    assert run("voices", "add", "a", "high.wav", RIGHT, "--replace") == 0
    assert (home / "a.json").read_bytes() != first


def test_show_says_where_a_voice_comes_from(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    run("voices", "add", "friend", "low.wav", RIGHT)
    capsys.readouterr()
    assert run("voices", "show", "friend") == 0
    shown = capsys.readouterr().out
    for text in (" Hz", "sha256 ", consent.STATEMENT, str(home / "friend.json"), "gain"):
        assert text in shown
    assert run("voices", "show", "yuetan") == 0
    assert "CC0-1.0" in capsys.readouterr().out
    assert "did you mean 'friend'" in refused(capsys, "voices", "show", "frend")


def test_remove(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    run("voices", "add", "a", "low.wav", RIGHT)
    assert "--yes" in refused(capsys, "voices", "remove", "a")
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    assert "was not removed" in refused(capsys, "voices", "remove", "a")
    assert (home / "a.json").exists()
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert run("voices", "remove", "a") == 0
    assert not list(home.iterdir())
    assert "unknown voice 'a'" in refused(capsys, "voices", "remove", "a", "--yes")
    assert "bundled voice" in refused(capsys, "voices", "remove", "Yuetan", "--yes")


def test_export_and_import_carry_a_voice_to_another_home(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    run("voices", "add", "friend", "low.wav", RIGHT)
    assert run("voices", "export", "friend", "out.json") == 0
    assert Path("out.json").read_bytes() == (home / "friend.json").read_bytes()
    assert "--replace" in refused(capsys, "voices", "export", "friend", "out.json")
    assert run("voices", "export", "yuetan", "out.json", "--replace") == 0
    assert run("voices", "export", "friend", "out.json", "--replace") == 0
    assert "nowhere" in refused(capsys, "voices", "export", "friend", "nowhere/out.json")
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "other"))
    assert run("voices", "import", "out.json") == 0
    assert run("voices", "import", "out.json", "--as", "李娜") == 0
    assert "already" in refused(capsys, "voices", "import", "out.json")
    assert run("voices", "import", "out.json", "--replace") == 0
    there = tmp_path / "other" / "voices"
    assert (there / "friend.json").read_bytes() == (home / "friend.json").read_bytes()
    assert json.loads((there / "李娜.json").read_text(encoding="utf-8"))["name"] == "李娜"
    for voice in ("friend", "李娜", "out.json"):
        assert run("say", "你好。", "--voice", voice, "-o", f"{voice}.wav", "--seed", "1") == 0
    assert Path("friend.wav").read_bytes() == Path("李娜.wav").read_bytes() == Path("out.json.wav").read_bytes()


def test_a_pipe_carries_a_voice_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    run("voices", "add", "friend", "low.wav", RIGHT)
    pipe = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", pipe)
        assert run("voices", "export", "friend", "-") == 0
    content = pipe.buffer.getvalue()  # type: ignore[attr-defined]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert run("voices", "import", "-", "--as", "b") == 0
    assert json.loads((home / "b.json").read_text(encoding="utf-8"))["name"] == "b"


def test_import_refuses_what_is_no_voice_of_this_set(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    run("voices", "add", "friend", "low.wav", RIGHT)
    good = json.loads((home / "friend.json").read_text(encoding="utf-8"))
    Path("bad.json").write_text(json.dumps(good | {"gain_db": 3.5}), encoding="utf-8")
    assert "checksum does not fit" in refused(capsys, "voices", "import", "bad.json", "--as", "b")
    del good["checksum"]
    for change, message in (
        ({"speaker": [0.0] * 12}, "speaker"),
        ({"format_version": 1}, "format_version 1"),
        ({"extra": 1}, "unknown key 'extra'"),
    ):
        Path("bad.json").write_text(json.dumps(good | change), encoding="utf-8")
        assert message in refused(capsys, "voices", "import", "bad.json", "--as", "b")
    Path("bad.json").write_bytes(b"\x80\x04pickle")
    assert "not valid JSON" in refused(capsys, "voices", "import", "bad.json")
    Path("bad.json").write_bytes(b"[" * 100_000)
    assert "not valid JSON" in refused(capsys, "voices", "import", "bad.json")
    run("voices", "export", "yuetan", "yuetan.json")
    assert "--as" in refused(capsys, "voices", "import", "yuetan.json")
    assert "cannot be read" in refused(capsys, "voices", "import", "none.json")
    assert [path.name for path in home.iterdir()] == ["friend.json"]


def test_what_a_stranger_wrote_into_a_file_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    voice = load_voice(load_manifest(), "yuetan")
    Path("v.json").write_bytes(voice_bytes(dataclasses.replace(voice, description="\x1b[2Jgone\n+ fake", name="x")))
    assert run("voices", "import", "v.json", "--as", "x") == 0
    for command in (["voices"], ["voices", "show", "x"]):
        assert run(*command) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown and "\n+ fake" not in shown and "?[2Jgone?+ fake" in shown


def test_a_voice_that_cannot_be_used_is_listed_with_the_reason(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    home.mkdir(parents=True)
    (home / "broken.json").write_text("{", encoding="utf-8")
    (home / "yuetan.json").write_text("{}", encoding="utf-8")
    assert run("voices") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("! broken") and "not valid JSON" in lines[2]
    assert lines[3].startswith("! yuetan") and "hidden by the bundled voice" in lines[3]


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["voices"], ["voices", "add"], ["voices", "export"], ["voices", "import"], ["say"]):
        with pytest.raises(SystemExit) as ended:
            run(*command, "--help")
        assert ended.value.code == 0 and "examples:" in capsys.readouterr().out
    assert qingyin.Synthesizer.clone.__doc__


def test_models_before_or_after_the_action(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_MODELS", "/nowhere")
    assert run("voices", "--models", str(models), "list") == 0
    assert run("voices", "list", "--models", str(models)) == 0
    assert run("voices", "--models", str(models)) == 0
    assert run("voices") == 2
