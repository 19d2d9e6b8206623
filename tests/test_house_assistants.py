"""docs/assistants.md and contrib/ name commands, files and options that exist."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from qingyin.cli.main import build_parser

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = (ROOT / "docs" / "assistants.md").read_text(encoding="utf-8")
ENGLISH, CHINESE = DOCUMENT.split("\n# 语音助手", 1)
UNITS = sorted((ROOT / "contrib" / "systemd").glob("*.service"))


def commands(text: str) -> list[list[str]]:
    lines = "\n".join(re.findall(r"^```bash\n(.*?)^```$", text, re.M | re.S)).splitlines()
    return [shlex.split(line, comments=True) for line in lines if line]


def test_commands_are_understood() -> None:
    calls = [words[1:] for words in commands(DOCUMENT) if words[0] == "qingyin"]
    for unit in UNITS:
        found = re.findall(r"^Exec\w+=%h/\.local/bin/qingyin (.*)$", unit.read_text(encoding="utf-8"), re.M)
        assert found
        calls += [shlex.split(line) for line in found]
    assert len(calls) >= 6
    for words in calls:
        assert build_parser().parse_args(words).command == words[0]


def test_both_languages_show_the_same_commands() -> None:
    assert commands(ENGLISH) == commands(CHINESE) and len(commands(ENGLISH)) >= 10


def test_files_that_are_named_exist() -> None:
    named = re.findall(r"(?:contrib|tests)/[\w./*-]+\w", DOCUMENT)
    named += [f"docs/{link}" for link in re.findall(r"\]\((\w+\.md)\)", DOCUMENT)]
    assert len(named) >= 6 and all(list(ROOT.glob(path)) for path in named)
    for unit in UNITS:
        assert f"enable --now {unit.stem}" in ENGLISH and f"enable --now {unit.stem}" in CHINESE


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_the_units(tmp_path: Path) -> None:
    program = tmp_path / ".local" / "bin" / "qingyin"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", *UNITS], capture_output=True, text=True, check=False,
        env={**os.environ, "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )  # fmt: skip
    about_ours = [line for line in checked.stderr.splitlines() if "qingyin" in line]
    assert checked.returncode == 0 and about_ours == []
