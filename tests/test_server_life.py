"""`qingyin serve` runs once a port, says so, can be asked, replaced and stopped, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import qingyin
from patience import LONGEST_SECONDS, PATIENT, until
from qingyin.cli import main as cli
from qingyin.daemon import client as daemon_client
from serving import TEXT, free_port

pytestmark = pytest.mark.usefixtures("chosen_models")


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(qingyin.__file__).parent.parent))
    for name in ("ANSWER_SECONDS", "NO_LATER_THAN"):  # or a busy server would count as none
        monkeypatch.setattr(daemon_client, name, LONGEST_SECONDS)
    with tempfile.TemporaryDirectory() as folder:  # short: an address of a socket has no room for pytest's
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield tmp_path


def start(port: int, *more: str, page: bool = False) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PATIENT, "serve", "--port", str(port), "--grace", str(LONGEST_SECONDS), *more]
    command += [] if page else ["--no-page"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    line = process.stderr.readline()
    while line.startswith("stopped"):
        line = process.stderr.readline()
    assert line == f"Qingyin: http://127.0.0.1:{port}\n", line + process.stderr.read()
    return process


def stop(port: int) -> int:
    return cli.main(["serve", "stop", "--port", str(port), "--grace", str(LONGEST_SECONDS)])


def can_be_reached(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_one_a_port_from_start_to_stop(places: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    first = start(port)
    assert cli.main(["serve", "--port", str(port)]) == 0
    assert f"running already: http://127.0.0.1:{port} (process {first.pid})" in capfd.readouterr().out
    assert cli.main(["serve", "status"]) == 0 and str(first.pid) in capfd.readouterr().out
    second = start(port, "--restart")
    assert first.wait(LONGEST_SECONDS) == 0
    assert httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=LONGEST_SECONDS).status_code == 200
    assert stop(port) == 0 and second.wait(LONGEST_SECONDS) == 0
    assert stop(port) == 3 and cli.main(["serve", "status"]) == 3
    assert not list(places.glob("qingyin-serve-*"))
    for process in (first, second):
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_what_runs_finish(how: signal.Signals, places: Path) -> None:
    port = free_port()
    process = start(port)
    with httpx.stream("POST", f"http://127.0.0.1:{port}/v1/audio/speech", timeout=LONGEST_SECONDS,
                      json={"input": TEXT, "response_format": "wav"}) as answer:  # fmt: skip
        pieces = answer.iter_raw()
        next(pieces)
        process.send_signal(how)
        assert sum(len(piece) for piece in pieces) > 10_000  # to its proper end, or httpx complains
    assert process.wait(LONGEST_SECONDS) == 0
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past connections may rest; a listener would not
        probe.bind(("127.0.0.1", port))
    assert not list(places.glob("qingyin-serve-*"))
    assert process.stderr is not None
    process.stderr.close()


def test_a_second_ctrl_c_does_not_wait_for_what_runs(places: Path) -> None:
    port = free_port()
    process = start(port)
    assert process.stderr is not None
    with httpx.stream("POST", f"http://127.0.0.1:{port}/v1/audio/speech", timeout=LONGEST_SECONDS,
                      json={"input": TEXT * 600, "response_format": "wav"}) as answer:  # fmt: skip
        pieces = answer.iter_raw()  # dropping it would hang up
        next(pieces)  # and no more is taken, so that it cannot end
        process.send_signal(signal.SIGINT)
        until(lambda: not can_be_reached(port))
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(LONGEST_SECONDS) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert not list(places.glob("qingyin-serve-*"))


def test_an_open_page_does_not_hold_it_up(places: Path) -> None:
    pytest.importorskip("gradio")
    port = free_port()
    process = start(port, page=True)
    with httpx.stream("GET", f"http://127.0.0.1:{port}/zh/gradio_api/heartbeat/me", timeout=LONGEST_SECONDS) as answer:
        pieces = answer.iter_raw()  # which a browser reads as long as the page is open
        assert b"ALIVE" in next(pieces)
        process.send_signal(signal.SIGINT)
        assert not [piece for piece in pieces if b"ALIVE" not in piece]
    assert process.wait(LONGEST_SECONDS) == 0
    assert process.stderr is not None
    assert '"level": "error"' not in process.stderr.read()
    process.stderr.close()


def test_after_kill_9_it_starts_again(places: Path) -> None:
    port = free_port()
    first = start(port)
    (left,) = places.glob("qingyin-serve-*")
    first.kill()
    first.wait()
    assert cli.main(["serve", "status"]) == 3
    second = start(port)
    assert not left.exists() and len(list(places.glob("qingyin-serve-*"))) == 1
    assert stop(port) == 0 and second.wait(LONGEST_SECONDS) == 0
    for process in (first, second):
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "--auth"),
        (["--host", "0.0.0.0", "--auth", "short"], "at least 8"),
        (["--auth", "a-long-token", "--token-file", "x"], "leave out either"),
        (["--token-file", "missing"], "cannot read missing"),
        (["--host", "no.such.host.invalid", "--insecure"], "no address"),
        (["--port", "70000"], "1 to 65535"),
        (["--models", "missing"], "no model set"),
    ],
)
def test_mistakes_are_told_before_anything_starts(
    arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["serve", "--port", str(free_port()), *arguments]) == 2
    assert words in capfd.readouterr().err


def test_a_port_of_another_program_is_said_to_be(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert cli.main(["serve", "--port", str(other.getsockname()[1])]) == 2
    assert "another program has it" in capfd.readouterr().err


def test_a_secret_from_a_file_or_the_environment(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "token").write_text("from-the-file\n", encoding="utf-8")
    monkeypatch.setenv("QINGYIN_AUTH", "from-the-environment")
    port = free_port()
    process = start(port, "--token-file", str(places / "token"))
    url = f"http://127.0.0.1:{port}/v1/models"
    with httpx.Client(timeout=LONGEST_SECONDS) as http:
        codes = [http.get(url, headers={"Authorization": f"Bearer {token}"}).status_code
                 for token in ("from-the-file", "from-the-environment")]  # fmt: skip
    assert codes == [200, 401]
    process.send_signal(signal.SIGTERM)
    assert process.wait(LONGEST_SECONDS) == 0 and os.path.exists(places / "home" / "serve" / str(port) / "jobs.sqlite")
    assert process.stderr is not None
    process.stderr.close()
