"""What the READMEs tell a newcomer to type must exist: commands, options, files and the Python example."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tiny_models import build_models

ROOT = Path(__file__).resolve().parent.parent
READMES = ("README.md", "README.zh.md")
HAS_MODELS = (ROOT / "onnx_models" / "manifest.json").is_file()


def blocks(readme: str, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


def commands(readme: str) -> list[list[str]]:
    """Every line of the bash blocks, as words, without comments; of a pipe the last part."""
    lines = [line for block in blocks(readme, "bash") for line in block.splitlines()]
    split = [shlex.split(line, comments=True) for line in lines]
    return [words[words.index("|") + 1 :] if "|" in words else words for words in split if words]


def python(*arguments: str, cwd: Path = ROOT, models: Path = ROOT / "onnx_models") -> str:
    """What Python prints when it is run with these arguments; a failure of it is a failure of the test."""
    path = os.pathsep.join((str(ROOT / "runtime"), str(ROOT)))
    environment = os.environ | {"PYTHONPATH": path, "QINGYIN_MODELS": str(models)}
    command = [sys.executable, *arguments]
    answer = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@cache
def help_of(*arguments: str) -> str:
    """What `python ARGUMENTS --help` prints."""
    return python(*arguments, "--help")


def qingyin_help(command: str) -> str:
    return help_of("-c", "import sys; from qingyin.cli.main import main; sys.exit(main())", command)


@pytest.mark.parametrize("readme", READMES)
def test_commands_of_the_program_and_their_options_exist(readme: str) -> None:
    calls = [words[1:] for words in commands(readme) if words[0] == "qingyin"]
    # without arguments the script serves
    calls += [words[2:] or ["serve"] for words in commands(readme) if words[:2] == ["bash", "start_app.sh"]]
    assert len(calls) >= 5
    for command, *arguments in calls:
        text = qingyin_help(command)
        for option in (word for word in arguments if re.fullmatch(r"--?[a-z][a-z-]*", word)):
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", text), f"`qingyin {command}` has no {option}"


@pytest.mark.parametrize("readme", READMES)
def test_commands_of_the_workshop_exist(readme: str) -> None:
    calls = [words for words in commands(readme) if words[0] == "python"]
    assert len(calls) >= 6
    for _, *words in calls:
        if words[0] == "-m":
            assert words[2] in help_of("-m", words[1]), f"`python -m {words[1]}` has no {words[2]}"
        else:
            assert help_of(words[0])


@pytest.mark.parametrize("readme", READMES)
def test_files_and_folders_that_are_named_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    folders = re.findall(r"^\| `([\w/]+/)` \|", text, flags=re.MULTILINE)
    scripts = [words[1] for words in commands(readme) if words[0] == "bash"]
    assert links and folders and scripts
    assert [path for path in (*links, *folders, *scripts) if not (ROOT / path).exists()] == []


def test_both_readmes_show_the_same_commands_and_code() -> None:
    assert commands("README.md") == commands("README.zh.md")
    assert blocks("README.md", "python") == blocks("README.zh.md", "python")


def test_python_example_runs(tmp_path: Path) -> None:
    (example,) = blocks("README.md", "python")
    models = ROOT / "onnx_models" if HAS_MODELS else build_models(tmp_path / "models")
    assert "ready to play" in python("-c", example, cwd=tmp_path, models=models)
    assert (tmp_path / "hello.wav").stat().st_size > 1_000


def test_voices_that_are_named_exist() -> None:
    if not HAS_MODELS:
        pytest.skip("onnx_models/ has no exported models yet")
    manifest = json.loads((ROOT / "onnx_models" / "manifest.json").read_text(encoding="utf-8"))
    for readme in READMES:
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert [name for name in manifest["voices"] if f"`{name}`" not in text] == []


def test_nothing_is_left_to_fill_in_once_models_ship() -> None:
    papers = (*READMES, "onnx_models/MODEL_CARD.md")
    unfilled = [name for name in papers if "TODO" in (ROOT / name).read_text(encoding="utf-8")]
    if unfilled and not HAS_MODELS:
        pytest.skip(f"figures are not measured yet: {', '.join(unfilled)}")
    assert unfilled == []
