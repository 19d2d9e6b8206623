"""Qingyin in the real Speech Dispatcher, installed by its script, heard through a null sink of PulseAudio."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import qingyin
from patience import LONGEST_SECONDS, until
from tools.null_sink import listens

ROOT = Path(__file__).resolve().parent.parent
INSTALL = ROOT / "contrib" / "speech-dispatcher" / "install.sh"
PROGRAMS = ("speech-dispatcher", "spd-say", "pulseaudio", "pactl", "parec")
MISSING = [program for program in PROGRAMS if shutil.which(program) is None]
RATE = 8000
TEXT = "今天天气真好，我们去公园走走吧。"

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"not installed: {', '.join(MISSING)} (Debian: speech-dispatcher, pulseaudio)"
)


class Desktop:
    """A user's session: sound server, Speech Dispatcher, and a recording of all that is played."""

    def __init__(self, folder: Path, models: Path) -> None:
        self.folder, self._stack = folder, contextlib.ExitStack()
        programs = folder / "bin"
        programs.mkdir()
        module = programs / "sd_qingyin"
        module.write_text(f'#!/bin/sh\nexec {sys.executable} -m qingyin.speech_dispatcher.module "$@"\n')
        module.chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "PULSE_", "SPEECHD"))}
        self.environment = {
            **kept, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "QINGYIN_MODELS": str(models),
            "PATH": f"{programs}:{os.environ['PATH']}", "PYTHONPATH": str(Path(qingyin.__file__).parent.parent),
            "SPEECHD_ADDRESS": f"unix_socket:{folder}/spd.sock", "LC_ALL": "C.UTF-8",
        }  # fmt: skip

    def run(self, *command: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(word) for word in command], env=self.environment, capture_output=True, text=True,
            check=False, timeout=LONGEST_SECONDS,
        )  # fmt: skip

    def start(self, *command: object, output: object = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [str(word) for word in command], env=self.environment, stdout=output, stderr=subprocess.DEVNULL,  # type: ignore[arg-type]
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        self._stack.callback(self._end, process)
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LONGEST_SECONDS)
        process.kill()
        process.wait()

    def close(self) -> None:
        self.run(sys.executable, "-m", "qingyin", "daemon", "stop")
        self._stack.close()

    @property
    def recording(self) -> Path:
        return self.folder / "heard.raw"

    def loud(self, since: int = 0) -> np.ndarray:
        """Of each sample that was played from this one on until now, whether it is more than silence."""
        played: np.ndarray = np.abs(np.fromfile(self.recording, "<i2")[since:].astype(int)) > 8
        return played

    def loud_seconds(self) -> float:
        """How much of what was played until now is not silence."""
        return float(np.count_nonzero(self.loud())) / RATE

    def wait_for_silence(self) -> None:
        """Until some has been played from now on; the recording has a delay."""
        now, length = len(self.loud()), round(0.4 * RATE)
        until(lambda: len(played := self.loud(now)) >= length and not played[-length:].any(), "it speaks on")

    def say(self, *arguments: str) -> float:
        """Seconds that were not silent while a message was spoken to its end."""
        before = self.loud_seconds()
        answer = self.run("spd-say", "-w", *arguments)
        assert answer.returncode == 0, answer.stderr
        self.wait_for_silence()
        return self.loud_seconds() - before


@pytest.fixture(scope="module")
def desktop(models: Path) -> Iterator[Desktop]:
    with tempfile.TemporaryDirectory() as name:  # short: an address of a socket has no room for pytest's
        desktop = Desktop(Path(name), models)
        with contextlib.closing(desktop):
            installed = desktop.run("bash", INSTALL)
            assert installed.returncode == 0, installed.stderr
            config = Path(name) / ".config" / "speech-dispatcher" / "speechd.conf"
            config.write_text(config.read_text() + 'AudioOutputMethod "pulse"\n')
            desktop.start("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "-L",
                          "module-null-sink sink_name=nothing", "-L", "module-native-protocol-unix")  # fmt: skip
            until(lambda: desktop.run("pactl", "info").returncode == 0, "PulseAudio does not start")
            with desktop.recording.open("wb") as file:
                desktop.start("parec", "-d", "nothing.monitor", f"--rate={RATE}", "--channels=1", "--format=s16le",
                              "--latency-msec=20", output=file)  # fmt: skip
            until(lambda: len(desktop.loud()), "nothing is recorded")
            server = desktop.start("speech-dispatcher", "-s", "-S", f"{name}/spd.sock", "-t", "0", "-P", f"{name}/pid",
                          "-L", name)  # fmt: skip
            assert listens(Path(name) / "spd.sock", server), "Speech Dispatcher does not start"
            yield desktop


def test_its_voices_are_listed(desktop: Desktop) -> None:
    answer = desktop.run("spd-say", "-o", "qingyin", "-L")
    assert "yuetan" in answer.stdout and "chenwang" in answer.stdout, answer.stderr


def test_it_is_heard_through_the_daemon(desktop: Desktop) -> None:
    for _ in range(20):  # what is said while the daemon still loads, the module says itself
        assert desktop.say("-o", "qingyin", "-y", "yuetan", TEXT) > 1.0
        status = desktop.run(sys.executable, "-m", "qingyin", "daemon", "status").stdout
        if re.search(r"\b[1-9]\d* served", status):
            break
    else:
        pytest.fail(f"the daemon has served nobody: {status}")


def test_chinese_goes_to_it_without_being_asked(desktop: Desktop) -> None:
    slow = desktop.say("-l", "zh", "-r", "-60", "你好，朋友。")
    fast = desktop.say("-l", "zh", "-r", "100", "你好，朋友。")
    assert slow > 1.5 * fast > 0.3


def test_it_stops_when_it_is_told_and_speaks_again(desktop: Desktop) -> None:
    before = desktop.loud_seconds()
    speaking = desktop.start("spd-say", "-w", "-o", "qingyin", TEXT * 30)
    until(lambda: desktop.loud_seconds() > before + 0.5, "nothing is heard")
    assert desktop.run("spd-say", "-C").returncode == 0
    speaking.wait(LONGEST_SECONDS)
    desktop.wait_for_silence()
    stopped = desktop.loud_seconds()
    assert stopped < before + 30  # of a minute and more
    time.sleep(0.5)
    assert desktop.loud_seconds() - stopped < 0.01
    assert desktop.say("-o", "qingyin", "你好。") > 0.1


def test_the_script_takes_back_what_it_did(desktop: Desktop) -> None:
    again = desktop.run("bash", INSTALL)
    assert again.returncode == 0
    home = desktop.folder
    assert desktop.run("bash", INSTALL, "--remove").returncode == 0
    assert not (home / ".local" / "libexec" / "speech-dispatcher-modules" / "sd_qingyin").exists()
    assert "qingyin" not in (home / ".config" / "speech-dispatcher" / "speechd.conf").read_text()
