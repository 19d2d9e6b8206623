"""start_app.sh and run_tests.sh are a newcomer's first meeting with the project: they must speak plainly."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ("start_app.sh", "run_tests.sh", ".ci/run", "tools/venv.sh", "tools/run_on_arm.sh",
           "contrib/speech-dispatcher/install.sh")  # fmt: skip
SHELLCHECK = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The scripts and the files that their stamp is made of, in a folder whose name has a space in it."""
    clone = tmp_path / "a clone"
    (clone / "tools").mkdir(parents=True)
    for name in ("start_app.sh", "run_tests.sh", "tools/venv.sh", "pyproject.toml", "setup.cfg", "setup.py"):
        shutil.copy(ROOT / name, clone / name)
    return clone


def write_program(path: Path, *lines: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(("#!/bin/bash", *lines, "")), encoding="utf-8")
    path.chmod(0o755)


def start(clone: Path, *arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", str(clone / "start_app.sh"), *arguments],
        cwd=cwd, env=os.environ | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


# Stands for a Python new enough. `-m venv` makes an environment with a qingyin that says how it was called.
STUB_PYTHON = (
    'echo "$@" >> "$STUB_LOG"',
    'if [ "$1 $2" = "-m venv" ]; then',
    '    mkdir -p "$4/bin"; cp "$0" "$4/bin/python"',
    "    printf '#!/bin/bash\\necho in:$PWD; printf \"[%%s]\" \"$@\"' > \"$4/bin/qingyin\"",
    '    chmod +x "$4/bin/qingyin"',
    "fi",
    'if [ "$1 $2" = "-m pip" ]; then exit "${STUB_PIP_EXIT:-0}"; fi',
)


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_stop_at_the_first_error(script: str) -> None:
    text = (ROOT / script).read_text(encoding="utf-8")
    if script != "tools/venv.sh":  # sourced: its callers set the options
        assert "set -euo pipefail" in text
        assert os.access(ROOT / script, os.X_OK)


@pytest.mark.skipif(SHELLCHECK is None, reason="no shellcheck for this system")
def test_scripts_pass_shellcheck() -> None:
    command = [str(SHELLCHECK), "--external-sources", *SCRIPTS]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("asked", ["help", "-h", "--help"])
def test_help_shows_examples_and_installs_nothing(clone: Path, tmp_path: Path, asked: str) -> None:
    answer = start(clone, asked, cwd=tmp_path)
    assert answer.returncode == 0
    assert "bash start_app.sh say" in answer.stdout
    assert not (clone / ".venv").exists()


def test_without_arguments_start_app_serves_and_adds_what_the_page_needs(clone: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    write_program(tmp_path / "python-stub", *STUB_PYTHON)
    environment = {"QINGYIN_PYTHON": str(tmp_path / "python-stub"), "STUB_LOG": str(log)}
    assert start(clone, "voices", cwd=tmp_path, **environment).returncode == 0
    log.unlink()
    assert start(clone, cwd=tmp_path, **environment).stdout == f"in:{tmp_path}\n[serve]"
    installed = log.read_text(encoding="utf-8")
    assert ".[cpu,play,web]" in installed and "-m venv --clear" not in installed
    log.unlink()
    for arguments, said in (((), "[serve]"), (("--restart",), "[serve][--restart]"), (("voices",), "[voices]")):
        assert start(clone, *arguments, cwd=tmp_path, **environment).stdout == f"in:{tmp_path}\n{said}"
    assert not log.exists(), "commands that need more and less must not install in turns"


def test_first_start_installs_and_the_second_does_not(clone: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    log = tmp_path / "log"
    write_program(tmp_path / "python-stub", *STUB_PYTHON)
    environment = {"QINGYIN_PYTHON": str(tmp_path / "python-stub"), "STUB_LOG": str(log)}

    first = start(clone, "say", "你好 世界", "-o", "hello.wav", cwd=elsewhere, **environment)
    assert first.returncode == 0, first.stderr
    # stdout belongs to the program, which runs in the caller's folder and gets its arguments untouched
    assert first.stdout == f"in:{elsewhere}\n[say][你好 世界][-o][hello.wav]"
    assert "--editable .[cpu,play]" in log.read_text(encoding="utf-8")

    log.unlink()
    assert start(clone, "voices", cwd=elsewhere, **environment).stdout == f"in:{elsewhere}\n[voices]"
    assert not log.exists(), "the second start must not ask Python or pip anything"

    with (clone / "setup.cfg").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert start(clone, "voices", cwd=elsewhere, **environment).returncode == 0
    assert "-m pip install" in log.read_text(encoding="utf-8"), "a changed setup.cfg must be installed anew"


def test_an_installation_that_failed_is_explained_and_tried_again(clone: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    write_program(tmp_path / "python-stub", *STUB_PYTHON)
    environment = {"QINGYIN_PYTHON": str(tmp_path / "python-stub"), "STUB_LOG": str(log)}

    failed = start(clone, "voices", cwd=tmp_path, STUB_PIP_EXIT="1", **environment)
    assert failed.returncode == 2
    assert "no network" in failed.stderr
    assert start(clone, "voices", cwd=tmp_path, **environment).returncode == 0


def test_a_python_that_is_too_old_is_named_with_what_to_install(clone: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    for name in ("bash", "dirname", "cat", "cksum", "head"):
        found = shutil.which(name)
        assert found
        programs.mkdir(exist_ok=True)
        (programs / name).symlink_to(found)
    write_program(programs / "python3", 'if [ "$1" = --version ]; then echo "Python 3.8.10"; else exit 1; fi')

    answer = start(clone, "voices", cwd=tmp_path, PATH=str(programs), QINGYIN_PYTHON="")
    assert answer.returncode == 2
    assert "Python 3.10 or newer is needed" in answer.stderr
    assert "python3=Python 3.8.10" in answer.stderr
    assert "apt install python3 python3-venv" in answer.stderr


def test_a_python_without_venv_is_told_apart(clone: Path, tmp_path: Path) -> None:
    write_program(
        tmp_path / "python-stub",
        'case "$2" in *ensurepip*) exit 1 ;; *python%d*) echo python3.11-venv ;; esac',
    )
    answer = start(clone, "voices", cwd=tmp_path, QINGYIN_PYTHON=str(tmp_path / "python-stub"))
    assert answer.returncode == 2
    assert "apt install python3.11-venv" in answer.stderr
