"""Playback for real: a PulseAudio server of its own, reached directly and through PortAudio and ALSA, whose null sink
is recorded and compared with what was synthesised.
"""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import qingyin
from patience import LONGEST_SECONDS, until
from tools.null_sink import RATE, SERVER, Recording, listens, missing, null_sink

TEXT = "今天天气真好，我们去公园走走吧。"
QUANTISED = 1e-4  # the sink holds 16-bit samples
DEVICES = ("sound server", "default")  # the latter is ALSA's, through PortAudio
TRIES = 6  # no system gives a program its turn at every moment; that it keeps time when it gets it is what is tested
LATENCY_MS = {"sound server": "40", "default": "1000"}  # ALSA's way does not ride out a busy machine with less


MISSING = missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


def in_time(check: Callable[[], None]) -> None:
    """Passes when one of some attempts does, each of which a busy machine may have spoilt."""
    for _ in range(TRIES - 1):
        with contextlib.suppress(AssertionError):
            return check()
    return check()


@pytest.fixture(scope="module")
def environment(models: Path) -> Iterator[dict[str, str]]:
    """Of a sound server that belongs to these tests."""
    try:
        with null_sink(QINGYIN_MODELS=str(models)) as values:
            yield values
    except RuntimeError as error:
        pytest.skip(str(error))


def listen(
    environment: dict[str, str], arguments: list[str], act: Callable[[subprocess.Popen[str], Recording], None],
    latency_ms: int = 200, **more,
) -> tuple[Recording, np.ndarray, subprocess.Popen[str], str]:  # fmt: skip
    """Runs `python ARGUMENTS` and `act` beside it -> the recording, its sound from the first to the last sample
    that is not silent, the ended process, its standard error.
    """
    recording = Recording(environment, latency_ms)
    with subprocess.Popen([sys.executable, *arguments], env=environment, stderr=subprocess.PIPE, text=True,
                          **more) as process:  # fmt: skip
        act(process, recording)
        _, error = process.communicate(timeout=LONGEST_SECONDS)
    heard = recording.stop()
    loud = np.flatnonzero(np.abs(heard) > 1e-6)
    assert len(loud), error
    return recording, heard[loud[0] : loud[-1] + 1], process, error


def say(environment: dict[str, str], *options: str, **more) -> tuple[np.ndarray, str]:
    arguments = ["-m", "qingyin", "say", *options, "--seed", "1", "--rate", str(RATE), "-v"]
    _, heard, process, error = listen(environment, arguments, lambda *_: None, **more)
    assert process.returncode == 0, error
    return heard, error


def synthesised(models: Path, text: str) -> np.ndarray:
    """What should be heard, at RATE."""
    import soxr

    sound = qingyin.Synthesizer.load(models).synthesize(text, seed=1)
    resampled: np.ndarray = soxr.resample(sound.samples, sound.sample_rate, RATE)
    return resampled


def assert_heard(heard: np.ndarray, expected: np.ndarray) -> None:
    """Sample by sample from the first to the last: complete, in order, no gap anywhere."""
    loud = np.flatnonzero(np.abs(expected) > 0.5 / 32768)
    best = min(
        (np.abs(heard[lag : lag + 20_000] - expected[:20_000][: len(heard) - lag]).max(), lag)
        if lag >= 0
        else (np.abs(heard[: 20_000 + lag] - expected[-lag:20_000]).max(), lag)
        for lag in range(-loud[0] - 50, 50)
    )
    start = max(0, -best[1])
    piece = heard[max(0, best[1]) :]
    assert abs(len(piece) - (loud[-1] + 1 - start)) <= 100, "not complete"
    count = min(len(piece), len(expected) - start)
    assert np.abs(piece[:count] - expected[start : start + count]).max() < QUANTISED


@pytest.mark.parametrize("device", DEVICES)
def test_what_is_heard_is_what_was_synthesised(environment: dict[str, str], models: Path, device: str) -> None:
    def check() -> None:
        heard, error = say(environment, TEXT * 2, "--device", device, "--latency", LATENCY_MS[device])
        assert f"played on '{device}'" in error
        assert_heard(heard, synthesised(models, TEXT * 2))
        assert "underruns 0, of the device 0" in error and "warning" not in error

    in_time(check)


def test_the_device_s_own_rate_is_found_and_a_device_chosen(environment: dict[str, str], models: Path) -> None:
    listed = subprocess.run([sys.executable, "-m", "qingyin", "devices"], env=environment, capture_output=True,
                            text=True, check=True).stdout  # fmt: skip
    assert re.search(rf"^\* +\d+  sound server  \(Null Output, 2 channels, {RATE} Hz\)$", listed, flags=re.MULTILINE)
    assert listed.count("* ") == 1
    match = re.search(r"^ +(\d+)  default  \(ALSA, \d+ channels, (\d+) Hz\)$", listed, flags=re.MULTILINE)
    assert match, listed
    arguments = ["-m", "qingyin", "say", TEXT, "--seed", "1", "-v", "--device", match[1]]
    arguments += ["--latency", LATENCY_MS["default"]]

    def check() -> None:
        _, heard, process, error = listen(environment, arguments, lambda *_: None)
        assert process.returncode == 0 and f"played on 'default': {match[2]} Hz" in error
        expected = synthesised(models, TEXT)
        assert abs(len(heard) - len(expected)) < 0.02 * RATE  # the server resamples once more, by its own filter
        assert abs(heard.std() / expected.std() - 1.0) < 0.05

    in_time(check)


def test_the_sound_server_is_reached_without_portaudio(environment: dict[str, str], models: Path) -> None:
    program = "import sys; sys.modules['sounddevice'] = None; from qingyin.cli.main import main; main(sys.argv[1:])"
    arguments = ["-c", program, "say", TEXT, "--seed", "1", "--rate", str(RATE)]

    def check() -> None:
        _, heard, process, error = listen(environment, arguments, lambda *_: None)
        assert process.returncode == 0, error
        assert_heard(heard, synthesised(models, TEXT))

    in_time(check)
    listed = subprocess.run([sys.executable, "-c", program, "devices"], env=environment, capture_output=True, text=True)
    assert re.fullmatch(r"\* +0  sound server  .*\n", listed.stdout)


def test_a_program_that_is_held_up_does_not_fall_silent(environment: dict[str, str], models: Path) -> None:
    """As when other programs have all the cores; what is ahead in the sound server sounds on."""

    def hold_up(process: subprocess.Popen[str], recording: Recording) -> None:
        until(lambda: ahead_seconds(environment) > 1.5 or process.poll() is not None)
        process.send_signal(signal.SIGSTOP)
        time.sleep(1.0)
        process.send_signal(signal.SIGCONT)

    arguments = ["-m", "qingyin", "say", TEXT * 3, "--seed", "1", "--rate", str(RATE), "-v"]

    def check() -> None:
        _, heard, process, error = listen(environment, arguments, hold_up)
        assert process.returncode == 0 and "underruns 0, of the device 0" in error
        assert_heard(heard, synthesised(models, TEXT * 3))

    in_time(check)


def ahead_seconds(environment: dict[str, str]) -> float:
    """Of sound that the server holds."""
    command = ["pactl", "list", "sink-inputs"]
    listed = subprocess.run(command, env=environment | {"LC_ALL": "C"}, capture_output=True, text=True, check=True)
    found = re.search(r"Buffer Latency: (\d+) usec", listed.stdout)
    return int(found[1]) / 1e6 if found else 0.0


def test_text_is_spoken_while_more_is_on_its_way(environment: dict[str, str], models: Path) -> None:
    def write_slowly(process: subprocess.Popen[str], recording: Recording) -> None:
        assert process.stdin is not None
        process.stdin.write("你好。世")
        process.stdin.flush()
        until(recording.has_sounded)
        until(lambda: not recording.sounds())
        process.stdin.write("界。")

    arguments = ["-m", "qingyin", "say", "-", "--seed", "1", "--rate", str(RATE), "-v"]

    def check() -> None:
        _, heard, process, error = listen(environment, arguments, write_slowly, stdin=subprocess.PIPE)
        assert process.returncode == 0
        assert "warning" not in error and "underruns 0" in error  # waiting for text is no fault
        expected = synthesised(models, "你好。世界。")
        assert len(heard) > len(expected)
        assert abs(heard.astype(float) @ heard / (expected.astype(float) @ expected) - 1.0) < 0.01

    in_time(check)


# A steady tone, in which every missing stretch and every step shows.
TONE = """
import sys
import numpy as np
from qingyin.cli.main import _exit_on_sigterm
from qingyin.playback.player import Player
from qingyin.playback.controls import controls
tone = (0.5 * np.sin(2 * np.pi * 441 / 22050 * np.arange(int(22050 * float(sys.argv[1]))))).astype(np.float32)
_exit_on_sigterm()
player = Player(22050, device=sys.argv[2], rate=48000, latency_seconds=float(sys.argv[3]) / 1000)
with controls(player, keys=False), player:
    player.write(tone)
"""
LARGEST_STEP = 1.3 * 0.5 * 2 * np.pi * 441 / RATE


@pytest.mark.parametrize(
    ("number", "device"), [(signal.SIGINT, DEVICES[0]), (signal.SIGTERM, DEVICES[0]), (signal.SIGINT, DEVICES[1])]
)
def test_interrupting_is_quick_and_does_not_click(environment: dict[str, str], number: int, device: str) -> None:
    def check() -> None:
        sent: list[float] = []

        def interrupt(process: subprocess.Popen[str], recording: Recording) -> None:
            until(recording.has_sounded)
            time.sleep(0.5)
            sent.append(time.monotonic())
            process.send_signal(number)

        recording, heard, process, _ = listen(environment, ["-c", TONE, "20", device, "40"], interrupt, latency_ms=5)
        assert process.returncode == (1 if number == signal.SIGINT else 143) or process.returncode == -number
        whole = np.frombuffer(b"".join(data for _, data in recording.pieces), "<f4")
        last = int(np.flatnonzero(np.abs(whole) > 1e-3)[-1])
        assert len(heard) < 5 * RATE
        assert np.abs(np.diff(heard[len(heard) // 2 :])).max() < LARGEST_STEP
        assert np.abs(heard[-100:]).max() < 0.35  # the fade
        assert recording.time_of(last) - sent[0] <= 0.05

    in_time(check)


@pytest.mark.parametrize("device", DEVICES)
def test_pausing_by_signal_loses_nothing(environment: dict[str, str], device: str) -> None:
    def pause(process: subprocess.Popen[str], recording: Recording) -> None:
        until(recording.has_sounded)
        process.send_signal(signal.SIGUSR1)
        until(lambda: not recording.sounds())
        time.sleep(0.5)
        process.send_signal(signal.SIGUSR2)

    def check() -> None:
        _, heard, process, _ = listen(environment, ["-c", TONE, "2", device, LATENCY_MS[device]], pause)
        assert process.returncode == 0
        loud = np.flatnonzero(np.abs(heard) > 1e-3)
        pauses = np.diff(loud)
        assert pauses.max() > 0.3 * RATE and (pauses > 0.005 * RATE).sum() == 1
        sound = len(heard) - pauses.max()
        assert abs(sound - 2 * RATE) < 0.02 * RATE  # the faded 5 ms are played again
        assert np.abs(np.diff(heard)).max() < LARGEST_STEP

    in_time(check)


@pytest.mark.parametrize("device", DEVICES)
def test_a_server_that_goes_away_is_told(environment: dict[str, str], device: str) -> None:
    """With a second server, because it is ended in the middle of the sound."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        socket = Path(folder, "native")
        values = environment | {"PULSE_SERVER": f"unix:{socket}", "XDG_RUNTIME_DIR": folder}
        server = subprocess.Popen(
            [*SERVER, "-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1",
             "-L", "module-null-sink sink_name=qingyin"], env=values,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        stack.callback(server.wait)
        stack.callback(server.kill)
        assert listens(socket, server)
        recording = Recording(values, latency_ms=200)
        command = [sys.executable, "-m", "qingyin", "say", TEXT * 20, "--device", device]
        with subprocess.Popen(command, env=values, stderr=subprocess.PIPE, text=True) as process:
            until(recording.has_sounded)
            server.kill()
            _, error = process.communicate(timeout=LONGEST_SECONDS)
        recording.stop()
    assert process.returncode == 2 and "Traceback" not in error, error
    assert re.search(rf"^qingyin: error: (playing on )?'{device}' ", error, flags=re.MULTILINE), error
