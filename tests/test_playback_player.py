"""Playback without a sound server: what reaches the device, sample by sample, and what the listener is told."""

from __future__ import annotations

import builtins
import os
import signal
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from fake_sounddevice import FakeSounddevice, Stream
from patience import LONGEST_SECONDS, until
from qingyin.cli import main as cli
from qingyin.errors import AudioError, DependencyError, TextError
from qingyin.playback import player as playback
from qingyin.playback.controls import controls
from qingyin.playback.devices import find_device, list_devices
from qingyin.playback.player import PlaybackStopped, Player
from qingyin.playback.portaudio import CallbackOutput

TEXT = "今天天气真好，我们去公园走走吧。"
RATE = 48000
RAMP = 240  # 5 ms


def install(monkeypatch: pytest.MonkeyPatch, **options) -> FakeSounddevice:
    """In place of PortAudio, and no sound server."""
    module = FakeSounddevice(**options)
    monkeypatch.setattr(playback, "_PATIENCE", LONGEST_SECONDS / playback._POLL_SECONDS)  # a thread may get no turn
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    monkeypatch.setitem(sys.modules, "sounddevice", module)
    return module


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeSounddevice:
    return install(monkeypatch)


def ones(seconds: float) -> np.ndarray:
    return np.ones(round(seconds * RATE), np.float32)


def by_hand(monkeypatch: pytest.MonkeyPatch, **options) -> tuple[Player, Stream]:
    """A player whose callback the test calls itself."""
    module = install(monkeypatch, clock=False)
    player = Player(RATE, **options)
    return player, module.streams[0]


def play_all(player: Player, stream: Stream, sound: np.ndarray, step: int) -> np.ndarray:
    """Writes and closes in a thread, and pulls as soon as there is something to pull -> what was heard."""

    def make() -> None:
        with player:
            for start in range(0, len(sound), step):
                player.write(sound[start : start + step])

    maker = threading.Thread(target=make, daemon=True)
    maker.start()
    pull_all(player, stream, 480)
    maker.join()
    assert stream.closed and player.underruns == player.device_underruns == 0
    return np.concatenate(stream.heard)


def pull_all(player: Player, stream: Stream, frames: int) -> None:
    """To the end, as another thread writes and closes."""
    while not stream.over:
        if player._queue.length >= frames or player._queue.finished:
            stream.pull(frames)
        else:
            time.sleep(0.0005)


def test_everything_is_played_once_and_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch, queue_seconds=0.2)
    sound = np.random.default_rng(1).uniform(-1, 1, 3 * RATE + 7).astype(np.float32)
    heard = play_all(player, stream, sound, 10_001)[:, 0]
    np.testing.assert_array_equal(heard[: len(sound)], sound)
    assert not heard[len(sound) :].any() and player.played_samples == len(sound)


def test_the_queue_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch, queue_seconds=1.0)
    writer = threading.Thread(target=player.write, args=(ones(5.0),), daemon=True)
    writer.start()
    until(lambda: player._queue.changed._waiters)  # the writer, for room
    assert writer.is_alive() and RATE <= player._queue.length <= 1.5 * RATE
    while writer.is_alive():
        if player._queue.length >= RATE:
            stream.pull(4800)
        writer.join(0.001)
    assert player.played_samples + player._queue.length == 5 * RATE


def test_an_array_that_the_caller_uses_again_is_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    array = ones(0.1)
    player.write(array)
    array[:] = 0.0
    assert stream.pull(4800).min() == 1.0


def test_the_end_is_followed_by_silence_enough_for_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    player.write(ones(0.01))
    closer = threading.Thread(target=player.close)
    closer.start()
    until(lambda: player._queue.finished)
    while not stream.over:
        stream.pull(100)
    closer.join()
    assert len(stream.samples) - 480 >= 2 * stream.latency * RATE and stream.closed


def test_other_rates_and_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("soxr")
    module = install(monkeypatch, rates=(44100,), channels=6, least_channels=6, clock=False)
    player = Player(22050)
    time_s = np.arange(2 * 22050) / 22050
    heard = play_all(player, module.streams[0], np.sin(2 * np.pi * 440 * time_s).astype(np.float32) * 0.5, 7_001)
    assert (player.rate, player.channels) == (44100, 6)
    assert not heard[:, 2:].any()
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])
    expected = 0.5 * np.sin(2 * np.pi * 440 * np.arange(2 * 44100) / 44100)
    np.testing.assert_allclose(heard[2000:80000, 0], expected[2000:80000], atol=2e-3)
    assert player.played_samples == 2 * 44100


def test_without_soxr_the_device_is_asked_to_convert(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    install(monkeypatch, rates=(48000, 22050))
    with Player(22050) as player:
        player.write(ones(0.1))
    assert player.rate == 22050


def test_a_rate_that_the_device_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, rates=(48000,))
    with pytest.raises(AudioError, match=r"cannot be opened at 8000 Hz .Invalid sample rate.*--device or --rate"):
        Player(22050, rate=8000)


def test_pause_fades_and_goes_on_at_the_same_place(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    sound = np.arange(1, RATE + 1, dtype=np.float32) / RATE
    player.write(sound)
    stream.pull(1000)
    player.pause()
    fading = stream.pull(100), stream.pull(100), stream.pull(100)
    ramp = np.concatenate(fading)
    np.testing.assert_allclose(ramp[:RAMP], sound[1000 : 1000 + RAMP] * np.arange(RAMP - 1, -1, -1) / RAMP, atol=1e-6)
    assert not ramp[RAMP:].any() and not stream.pull(1000).any() and player.paused
    player.resume()
    back = stream.pull(1000)
    np.testing.assert_allclose(back[:RAMP], sound[1000 : 1000 + RAMP] * np.arange(RAMP) / RAMP, atol=1e-6)
    np.testing.assert_array_equal(back[RAMP:], sound[1000 + RAMP : 2000])
    assert player.played_samples == 2000 and player.underruns == 0


def test_a_pause_that_is_taken_back_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    player.write(ones(1.0))
    stream.pull(1000)
    player.toggle()
    stream.pull(100)
    player.toggle()
    back = stream.pull(500)
    assert np.abs(np.diff(back)).max() < 1.5 / RAMP and back[-1] == 1.0
    assert player.played_samples == 1600


def test_stop_fades_and_drops_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    player.write(ones(1.0))
    stream.pull(1000)
    player.stop()
    faded = stream.pull(480)
    assert faded[0] > 0.98 and not faded[RAMP:].any() and np.abs(np.diff(faded)).max() < 1.5 / RAMP
    while not stream.over:
        assert not stream.pull(480).any()
    with pytest.raises(PlaybackStopped):
        player.write(ones(0.1))


def test_running_dry_is_counted_and_does_not_click(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    player.write(ones(0.02))  # 960 samples
    dry = np.concatenate([stream.pull(480), stream.pull(480), stream.pull(480), stream.pull(480)])
    assert np.abs(np.diff(dry)).max() < 1.5 / RAMP and (player.underruns, player.underrun_samples) == (1, 960)
    player.write(ones(0.02))
    assert np.abs(np.diff(stream.pull(480), prepend=0.0)).max() < 1.5 / RAMP
    stream.pull(480)
    with player.waiting_for_text():  # nothing to say is no fault
        stream.pull(480)
    stream.pull(480)
    assert (player.underruns, player.underrun_samples) == (1, 960)
    player.write(ones(0.02))
    stream.pull(480, underflow=True)
    assert player.device_underruns == 0  # it came out of the pause
    stream.pull(400, underflow=True)
    assert player.device_underruns == 1


def test_a_slow_maker_is_given_a_start(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(playback, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def make(player: Player, seconds: float, sound: float) -> None:
        now[0] += seconds
        player.write(ones(sound))

    player, stream = by_hand(monkeypatch)
    make(player, 0.1, 0.5)  # four times as long a chunk would be in time
    assert stream.started
    player, stream = by_hand(monkeypatch)
    make(player, 0.3, 0.5)  # four times as long a chunk might not
    assert not stream.started
    make(player, 0.3, 0.9)
    assert stream.started
    player, stream = by_hand(monkeypatch)
    make(player, 9.0, 0.5)
    with player.waiting_for_text():  # for ever, perhaps
        assert stream.started
    # what is all there begins, and so does what there is no room for
    for sound, more, options in ((0.5, 0.0, {}), (1.0, 1.0, {"queue_seconds": 1.0})):
        player, stream = by_hand(monkeypatch, **options)
        make(player, 9.0, sound)
        assert not stream.started
        rest = threading.Thread(target=lambda player=player, more=more: (player.write(ones(more)), player.close()))
        rest.start()
        until(lambda stream=stream: stream.started)
        pull_all(player, stream, 4800)
        rest.join()


def test_an_error_of_the_maker_comes_after_what_was_made(device: FakeSounddevice) -> None:
    with pytest.raises(TextError, match="broken"), Player(RATE) as player:
        player.write(ones(0.3))
        raise TextError("broken")
    assert player.played_samples == round(0.3 * RATE) and device.streams[0].closed


def test_an_interrupt_stops_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    player, stream = by_hand(monkeypatch)
    with pytest.raises(KeyboardInterrupt), player:
        player.write(ones(5.0))
        raise KeyboardInterrupt
    assert stream.closed and player.played_samples == 0


def test_an_error_in_the_callback_reaches_the_caller(
    device: FakeSounddevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of the device")

    monkeypatch.setattr(CallbackOutput, "_render", broken)
    with pytest.raises(AudioError, match="ZeroDivisionError: of the device"), Player(RATE) as player:
        player.write(ones(20.0))
    assert np.abs(device.streams[0].samples).max() == 0.0


@pytest.mark.parametrize("seconds", [0.1, 20.0])  # noticed while closing, or while writing
def test_a_device_that_goes_away(device: FakeSounddevice, monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(playback, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr(playback, "_PATIENCE", 25)
    device.unplugged = True
    with pytest.raises(AudioError, match="is it still connected"), Player(RATE) as player:
        player.write(ones(seconds))


def test_devices_are_found_by_number_name_and_part(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, names=("HDMI 0", "HDMI 1", "USB Audio", "HDMI"))
    assert [entry.index for entry in list_devices()] == [1, 2, 3, 4]
    assert find_device().name == "HDMI 0" and find_device().default
    assert find_device("3").name == find_device(3).name == find_device("usb").name == "USB Audio"
    assert find_device("hdmi").name == "HDMI"  # the whole name goes before a part
    for wanted, message in (("hdmi ", "HDMI"), ("HD", "several"), ("0", "no output"), ("9", "no output"),
                            ("microphone", "no output")):  # fmt: skip
        if wanted == "hdmi ":
            assert find_device(wanted).name == message
            continue
        with pytest.raises(AudioError, match=f"{message}.*qingyin devices"):
            find_device(wanted)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, names=())
    with pytest.raises(AudioError, match=r"no sound device was found.*-o FILE\.wav and --output-raw work without"):
        find_device()
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    with pytest.raises(DependencyError, match="pip install sounddevice soxr; -o FILE"):
        find_device()
    monkeypatch.delitem(sys.modules, "sounddevice")
    real_import = builtins.__import__

    def without_library(name: str, *rest, **more):
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real_import(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_library)
    with pytest.raises(DependencyError, match=r"apt install libportaudio2.*--output-raw work without"):
        find_device()


def test_say_plays_when_no_output_is_named(
    models: Path, device: FakeSounddevice, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--play"], ["--device", "speaker", "--rate", "48000"]):
        assert cli.main(["say", TEXT, "--models", str(models), "--seed", "1", *options]) == 0
        stream = device.streams[-1]
        assert (stream.rate, stream.closed) == (48000, True) and np.abs(stream.samples).max() > 0.05
    errors = capsys.readouterr().err.splitlines()  # the fake device is faster than the models
    assert all("the sound was not ready in time" in line for line in errors)


def test_say_tells_what_it_cannot_play(
    models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    install(monkeypatch, names=())
    for options, message in (
        ([], "no output given, and no sound device was found"),
        (["--play"], "error: no sound device was found"),
        (["--device", "3", "-o", "x.wav"], "--device is about playing"),
        (["--latency", "50", "--output-raw"], "--latency is about playing"), (["--latency", "2"], "from 5 to 1000"),
        (["--rate", "44000"], "--rate"),
        (["--device", "3"], "error: no sound device was found"),
    ):
        assert run(["say", TEXT, "--models", str(models), *options]) == 2
        error = capsys.readouterr().err
        assert message in error and error.count("\n") == 1
    assert cli.main(["devices"]) == 2
    assert "no sound device was found" in capsys.readouterr().err


def test_the_devices_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    install(monkeypatch, names=("HDMI 0", "USB Audio"))
    assert cli.main(["devices"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "*   1  HDMI 0  (Fake, 2 channels, 48000 Hz)" and lines[1].startswith("    2  USB Audio")


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="signals as on POSIX")
def test_signals_reach_the_player_while_python_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    player, _ = by_hand(monkeypatch)
    with controls(player, keys=False):
        for number, wanted in ((signal.SIGUSR1, True), (signal.SIGUSR1, True), (signal.SIGUSR2, False)):
            os.kill(os.getpid(), number)
            until(lambda wanted=wanted: player.paused == wanted)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(LONGEST_SECONDS)
        until(lambda: player.stopped)
    assert signal.getsignal(signal.SIGUSR1) == signal.SIG_DFL


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="signals as on POSIX")
def test_who_watches_for_signals_may_leave_last(monkeypatch: pytest.MonkeyPatch) -> None:
    player, _ = by_hand(monkeypatch)
    begun, go_on, errors = threading.Event(), threading.Event(), []
    monkeypatch.setattr(threading, "excepthook", errors.append)
    monkeypatch.setattr(player, "pause", lambda: (begun.set(), go_on.wait(LONGEST_SECONDS)))
    with controls(player, keys=False):
        (watcher,) = (thread for thread in threading.enumerate() if thread.name == "qingyin-controls")
        os.kill(os.getpid(), signal.SIGUSR1)
        assert begun.wait(LONGEST_SECONDS)
    go_on.set()
    watcher.join(LONGEST_SECONDS)
    assert not watcher.is_alive() and errors == []


@pytest.mark.skipif(sys.platform == "win32", reason="terminals as on POSIX")
def test_keys_pause_and_stop(models: Path) -> None:
    """In a terminal of its own: space, then q; afterwards the terminal is as before."""
    import pty

    script = (
        "import sys, time, termios; sys.path[:0] = sys.argv[1:]\n"
        "from fake_sounddevice import FakeSounddevice\n"
        "sys.modules['sounddevice'] = FakeSounddevice(clock=False)\n"
        "from qingyin.playback.player import Player\n"
        "from qingyin.playback.controls import controls\n"
        "player = Player(48000); before = termios.tcgetattr(0)\n"
        "with controls(player, keys=True):\n"
        "    print('ready', flush=True)\n"
        "    for _ in range(10_000):\n"
        "        if player.paused: break\n"
        "        time.sleep(0.01)\n"
        "    print('paused', player.paused, flush=True)\n"
        "    for _ in range(10_000):\n"
        "        if player.stopped: break\n"
        "        time.sleep(0.01)\n"
        "print('stopped', player.stopped, termios.tcgetattr(0) == before, flush=True)\n"
    )
    child, terminal = pty.fork()
    if not child:
        path = [str(Path(cli.__file__).parent.parent), str(Path(__file__).parent)]
        os.execv(sys.executable, [sys.executable, "-c", script, *path])
    shown = b""
    try:
        for wait, key in ((b"ready", b" "), (b"paused True", b"q"), (b"stopped True True", b"")):
            while wait not in shown:
                shown += os.read(terminal, 1000)
            os.write(terminal, key)
    except OSError:  # how a closed terminal reads on Linux
        pass
    finally:
        os.close(terminal)
        os.waitpid(child, 0)
    assert b"stopped True True" in shown, shown.decode()


def run(arguments: list[str]) -> int:
    try:
        return cli.main(arguments)
    except SystemExit as leaving:  # argparse
        return int(leaving.code or 0)
