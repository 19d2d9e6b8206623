"""Training starts at a command line: help costs nothing, and a mistake is told in one line."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from export.training import prepare
from export.training.__main__ import COMMANDS, main, parse

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    return tmp_path


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as stopped:
        main([*arguments, "--help"])
    assert stopped.value.code == 0
    return " ".join(capsys.readouterr().out.split())


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    text = help_of(capsys)
    for name, command in COMMANDS.items():
        assert name in text
        assert command.summary in text


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_has_its_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"example: python -m export.training {name} {COMMANDS[name].example}" in help_of(capsys, name)


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_can_be_parsed(name: str) -> None:
    assert parse([name, *COMMANDS[name].example.split()]).command == name


def test_help_imports_none_of_the_heavy_packages() -> None:
    code = (
        "import sys\n"
        "from export.training.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('torch', 'numpy', 'onnxruntime', 'pesq', 'parselmouth') if m in sys.modules])\n"
    )
    path = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'runtime')!r}]\n"
    done = subprocess.run([sys.executable, "-c", path + code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prepare", "{tmp}/nowhere"], "no folder with a manifest.tsv in it"),
        (["prepare", "{tmp}/corpora", "--only", "smal"], "no corpus smal with a manifest.tsv"),
        (["align", "--corpora", "small"], "small is not prepared; run: python -m export.training prepare"),
        (["acoustic"], "no alignments; run: python -m export.training align"),
        (["alignment_report"], "no alignments; run: python -m export.training align"),
        (["vocoder", "source_filter", "--corpora", "hsk_words"], "hsk_words is not prepared"),
        (["evaluate", "{tmp}/nowhere", "--text", "{tmp}/text"], "no model set in"),
        (["calibrate", "{tmp}/nowhere"], "no model set in"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str], message: str, work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (work / "corpora" / "small").mkdir(parents=True)
    (work / "corpora" / "small" / "manifest.tsv").write_text("audio\tspeaker\tlanguage\tseconds\ttext\n")
    assert main([argument.replace("{tmp}", str(work)) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert message in said
    assert len(said.splitlines()) == 1


def test_clips_that_are_too_short_are_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = work / "data" / "hsk_words"
    folder.mkdir(parents=True)
    (folder / "index.json").write_text(json.dumps({"bandwidth_hz": 11025, "clips": []}))
    assert main(["vocoder", "source_filter", "--corpora", "hsk_words"]) == 2
    assert "hsk_words: no clip is longer than 64 frames" in capsys.readouterr().err
    assert main(["align", "--corpora", "hsk_words"]) == 2
    assert "none of the clips can be aligned" in capsys.readouterr().err


def test_missing_package_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def needs_pesq(options: argparse.Namespace) -> None:
        importlib.import_module("pesq")

    monkeypatch.setitem(sys.modules, "pesq", None)
    monkeypatch.setattr(prepare, "main", needs_pesq)
    assert main(["prepare", "x"]) == 2
    assert 'pip install -e ".[cpu,export,evaluate]"' in capsys.readouterr().err


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def bug(options: argparse.Namespace) -> None:
        import numpy as np

        np.concatenate([])

    monkeypatch.setattr(prepare, "main", bug)
    with pytest.raises(ValueError, match="at least one array"):
        main(["prepare", "x"])
