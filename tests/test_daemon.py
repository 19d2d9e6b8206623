"""The daemon says what the command says by itself, sample for sample, and whatever is wrong with it, the command
still speaks.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

import qingyin
from patience import LONGEST_SECONDS, PATIENT, until
from qingyin.cli import daemon as cli_daemon
from qingyin.cli import main as cli
from qingyin.daemon import client as daemon_client
from qingyin.daemon import server as daemon_server
from qingyin.daemon.protocol import receive_frame, send_frame, settings, socket_path
from qingyin.daemon.server import MAX_CLIENTS, Daemon, Turns

TEXT = "今天天气真好，我们去公园走走吧。"
BOOK = TEXT * 40

pytestmark = pytest.mark.usefixtures("chosen_models")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A daemon is not taken for dead, nor a client, because the machine is busy."""
    for module, names in ((daemon_client, ("ANSWER_SECONDS", "NO_LATER_THAN", "SILENCE_SECONDS")),
                          (daemon_server, ("REQUEST_SECONDS",)), (cli_daemon, ("_STOP_SECONDS",))):  # fmt: skip
        for name in names:
            monkeypatch.setattr(module, name, LONGEST_SECONDS)


@pytest.fixture(autouse=True)
def runtime_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # short: an address of a socket has no room for pytest's
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        yield Path(folder)


@contextlib.contextmanager
def running(**options) -> Iterator[Daemon]:
    daemon = Daemon(None, options.pop("vocoder", None), options.pop("threads", 1), **options)
    thread = threading.Thread(target=daemon.serve)
    thread.start()
    try:
        yield daemon
    finally:
        daemon.stop()
        thread.join(LONGEST_SECONDS)
        assert not thread.is_alive()


@pytest.fixture
def daemon() -> Iterator[Daemon]:
    with running() as found:
        yield found


def said(*arguments: str) -> bytes:
    assert cli.main(["say", *arguments, "-o", "said.wav", "--seed", "3"]) == 0
    return Path("said.wav").read_bytes()


def status() -> dict:
    found = daemon_client.ask(None, {"op": "status"})["status"]
    assert isinstance(found, dict)
    return found


def served() -> int:
    """Requests served so far; a client hears the end a moment before the daemon has counted it."""
    until(lambda: not status()["active"])
    return int(status()["served"])


@pytest.mark.parametrize(
    "options",
    [[], ["--voice", "chenwang"], ["--speed", "1.5", "--pitch", "2"], ["--emoji", "skip"], ["--rate", "48000"]],
)
def test_it_says_the_same_samples(daemon: Daemon, options: list[str]) -> None:
    assert said(TEXT, *options) == said(TEXT, "--no-daemon", *options)
    assert served() == 1


@pytest.mark.parametrize("extension", ["flac", "ogg"])
def test_other_formats_get_the_same_sound(daemon: Daemon, extension: str) -> None:
    for name, more in (("a", []), ("b", ["--no-daemon"])):
        assert cli.main(["say", TEXT, "-o", f"{name}.{extension}", "--seed", "3", *more]) == 0
    first, second = (soundfile.read(f"{name}.{extension}")[0] for name in "ab")
    assert np.array_equal(first, second) and served() == 1


def test_files_are_found_from_where_the_command_runs(daemon: Daemon, tmp_path: Path,
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "pauses.json").write_text('{"，": 900}', encoding="utf-8")
    monkeypatch.chdir(folder)
    options = ["-f", "text.txt", "--pauses", "pauses.json"]
    slow = said(*options)
    assert served() == 1 and slow == said(*options, "--no-daemon") and len(slow) > len(said(TEXT, "--no-daemon"))


def test_what_could_not_be_said_is_reported_as_without_it(daemon: Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    said("你好\U00012345世界。", "-v")
    remote = capsys.readouterr().err.splitlines()
    said("你好\U00012345世界。", "-v", "--no-daemon")
    local = capsys.readouterr().err.splitlines()
    assert remote[0] == local[0] and "not spoken" in remote[0]
    assert remote[-1] == local[-1] and remote[-1].endswith("seed 3") and "through the daemon" in remote
    assert "through the daemon" not in local


@pytest.mark.parametrize(
    "arguments", [["say", "！"], ["say", TEXT, "--voice", "nobody"], ["say", TEXT, "--speed", "9"]]
)
def test_errors_are_the_same_line(daemon: Daemon, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    lines = []
    for more in ([], ["--no-daemon"]):
        assert cli.main([*arguments, "-o", "said.wav", *more]) == 2
        lines.append(capsys.readouterr().err)
    assert lines[0] == lines[1] and "error" in lines[0]
    assert not Path("said.wav").exists()


def test_arriving_text_is_said_before_its_end(daemon: Daemon) -> None:
    environment = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}
    command = [sys.executable, "-c", PATIENT, "say", "-", "--output-raw", "--seed", "3"]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(TEXT.encode())
        process.stdin.flush()
        first = process.stdout.read(2000)
        assert said("你好。") == said("你好。", "--no-daemon")  # who waits for text holds nobody up
        process.stdin.write("再见。".encode())
        process.stdin.close()
        rest = process.stdout.read()
    expected = qingyin.Synthesizer.load().synthesize([TEXT, "再见。"], seed=3)
    pcm = np.rint(np.clip(expected.samples, -1, 1) * 32767).astype("<i2").tobytes()
    assert process.returncode == 0 and first + rest == pcm and served() == 2


def test_clients_at_once_each_get_their_own(daemon: Daemon) -> None:
    texts = [TEXT, "你好。", "再见，朋友。", "二零二六年。"]
    expected = [qingyin.Synthesizer.load().synthesize(text, seed=4).samples for text in texts]
    heard: dict[int, np.ndarray] = {}

    def listen(index: int) -> None:
        remote = daemon_client.RemoteSpeech(request(), texts[index], pcm16=False)
        heard[index] = np.concatenate([chunk.samples for chunk in remote])

    threads = [threading.Thread(target=listen, args=(index,)) for index in range(len(texts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST_SECONDS)
    assert all(np.array_equal(heard[index], sound) for index, sound in enumerate(expected))


def request(*more: str):
    return cli.build_parser().parse_args(["say", "x", "--seed", "4", *more])


def test_one_word_is_not_held_up_by_a_book_that_is_not_fetched(daemon: Daemon) -> None:
    book = iter(daemon_client.RemoteSpeech(request(), BOOK * 5, pcm16=False))
    next(book)
    assert said(TEXT) == said(TEXT, "--no-daemon")
    until(lambda: status()["active"] == 1)  # the book, when the other is counted
    book.close()  # hangs up: the rest is not made
    assert served() >= 1 and status()["active"] == 0


def test_more_clients_than_it_takes_speak_for_themselves(daemon: Daemon) -> None:
    books = [iter(daemon_client.RemoteSpeech(request(), BOOK * 5, pcm16=False)) for _ in range(MAX_CLIENTS)]
    for book in books:
        next(book)
    assert said(TEXT) == said(TEXT, "--no-daemon") and status()["refused"] == 1
    for book in books:
        book.close()


@pytest.mark.parametrize("options", [["--vocoder", "hifigan"], ["--threads", "2"]])
def test_what_it_does_not_serve_is_done_without_it(daemon: Daemon, options: list[str]) -> None:
    assert said(TEXT, *options) == said(TEXT, *options, "--no-daemon")
    assert served() == 0 and status()["refused"] == 1


def test_another_environment_is_not_served(daemon: Daemon) -> None:
    theirs = settings() | {"QINGYIN_SOMETHING": "1"}
    values = {"op": "say", "protocol": 1, "version": qingyin.__version__, "settings": theirs, "text": TEXT,
              "arguments": vars(request())}  # fmt: skip
    assert "environment" in daemon_client.ask(None, values)["refused"]
    assert "refused" in daemon_client.ask(None, values | {"settings": settings(), "protocol": 0})
    assert "refused" in daemon_client.ask(None, values | {"settings": settings(), "text": 1})


def test_replaced_models_end_it(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(models, copy)
    monkeypatch.setenv("QINGYIN_MODELS", str(copy))
    running_daemon = Daemon(None, None, 1)
    thread = threading.Thread(target=running_daemon.serve)
    thread.start()
    os.utime(copy / "manifest.json", (1, 1))
    assert said(TEXT) == said(TEXT, "--no-daemon")
    thread.join(LONGEST_SECONDS)
    assert not thread.is_alive()


def test_rubbish_and_silence_do_not_disturb_it(daemon: Daemon) -> None:
    for data in (b"GET / HTTP/1.1\r\n\r\n", b"", b"\xff" * 8, b"\2\0\0\0\0\0\0\0[]", b"\2\0\0\0\0\0\0\0{}"):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(socket_path(None))
            raw.sendall(data)
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(socket_path(None))
        assert said(TEXT) == said(TEXT, "--no-daemon")


def test_a_daemon_that_does_not_answer_is_not_waited_for(runtime_folder: Path,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(daemon_client, "ANSWER_SECONDS", 0.1)
    path = Path(socket_path(None))
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(path))
        deaf.listen()
        assert said(TEXT) == said(TEXT, "--no-daemon")


@pytest.mark.parametrize("begun", [False, True])
def test_a_daemon_that_breaks_off(begun: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """Before the first sound the command takes over; after it, it says so."""
    path = Path(socket_path(None))
    path.parent.mkdir(mode=0o700)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def fail() -> None:
        connection, _ = listener.accept()
        receive_frame(connection)
        send_frame(connection, {"accepted": True, "sample_rate": 22050})
        if begun:
            send_frame(connection, {"sentences": 1, "audio": 0.1}, bytes(4410))
        connection.close()

    thread = threading.Thread(target=fail)
    thread.start()
    code = cli.main(["say", TEXT, "-o", "said.wav", "--seed", "3"])
    thread.join()
    listener.close()
    if begun:
        assert code == 2 and "broke off" in capsys.readouterr().err and not Path("said.wav").exists()
    else:
        taken_over = Path("said.wav").read_bytes()
        assert code == 0 and taken_over == said(TEXT, "--no-daemon")


def test_a_socket_in_an_open_folder_is_not_trusted(daemon: Daemon) -> None:
    folder = Path(socket_path(None)).parent
    assert folder.stat().st_mode & 0o777 == 0o700 and Path(socket_path(None)).stat().st_mode & 0o777 == 0o600
    folder.chmod(0o755)
    said(TEXT)
    with pytest.raises(qingyin.OptionError, match="open to others"):
        Daemon(None, None, 1)
    folder.chmod(0o700)
    assert served() == 0


def test_turns_are_given_in_the_order_of_asking() -> None:
    turns, order = Turns(), []
    turns.take()

    def wait(name: int) -> None:
        with turns():
            order.append(name)

    threads = []
    for name in range(5):
        threads.append(threading.Thread(target=wait, args=(name,)))
        threads[-1].start()
        until(lambda name=name: len(turns._waiting) == name + 2)
    turns.give()
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


def test_it_ends_when_nobody_comes() -> None:
    idle = Daemon(None, None, 1, idle_seconds=0.2)
    idle.serve()  # returns
    assert not Path(socket_path(None)).exists()


def test_the_command_starts_shows_and_stops_one(capfd: pytest.CaptureFixture[str],
                                                monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("PYTHONPATH", str(Path(qingyin.__file__).parent.parent))
    assert cli.main(["daemon", "status"]) == 3 and "not running" in capfd.readouterr().out
    assert cli.main(["daemon", "--background", "--idle", "5"]) == 0
    pid = status()["pid"]
    assert str(pid) in capfd.readouterr().out
    assert cli.main(["daemon", "start"]) == 2 and "a daemon is running" in capfd.readouterr().err
    assert cli.main(["daemon", "--background"]) == 2 and "a daemon is running" in capfd.readouterr().err
    assert said(TEXT) == said(TEXT, "--no-daemon") and served() == 1
    capfd.readouterr()
    assert cli.main(["daemon", "status"]) == 0 and "1 served" in capfd.readouterr().out
    os.kill(pid, signal.SIGKILL)  # leaves its socket behind
    os.waitpid(pid, 0)
    assert Path(socket_path(None)).exists()
    assert said(TEXT) == said(TEXT, "--no-daemon")
    assert cli.main(["daemon", "--background"]) == 0 and status()["pid"] != pid
    assert cli.main(["daemon", "stop"]) == 0 and cli.main(["daemon", "stop"]) == 3


def test_the_client_imports_nothing_heavy(daemon: Daemon) -> None:
    code = (
        "import sys; from qingyin.daemon import client as daemon_client; from qingyin.cli.main import main; "
        f"daemon_client.ANSWER_SECONDS = daemon_client.NO_LATER_THAN = {LONGEST_SECONDS}; main(sys.argv[1:]); "
        "print(*[m for m in ('numpy', 'onnxruntime', 'soundfile', 'soxr', 'typing', 'pathlib', 'shutil') "
        "if m in sys.modules], file=sys.stderr)"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}
    command = [sys.executable, "-S", "-c", code, "say", TEXT, "--output-raw"]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert len(done.stdout) > 1000 and done.stderr.strip() == b"" and served() == 1
