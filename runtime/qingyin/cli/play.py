"""Exists to carry out the playing side of `qingyin say`, and `qingyin devices`."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator

from qingyin.errors import AudioError, DependencyError, OptionError
from qingyin.playback.controls import controls
from qingyin.playback.devices import Device, find_device, list_devices
from qingyin.playback.player import LATENCY_SECONDS, PlaybackStopped, Player


def device_to_play_on(arguments: argparse.Namespace) -> Device:
    """The device asked for, or the default. Errors: OptionError when playing was not asked for and cannot be;
    AudioError, DependencyError.
    """
    try:
        return find_device(arguments.device)
    except (AudioError, DependencyError) as error:
        if arguments.play or arguments.device is not None:
            raise
        raise OptionError(f"no output given, and {error}") from None


@contextlib.contextmanager
def playing(arguments: argparse.Namespace, device: Device, sample_rate: int, keys: bool) -> Iterator[Player]:
    """A player under the listener's control, whose stop ends the block quietly. Errors: as Player."""
    latency = LATENCY_SECONDS if arguments.latency is None else arguments.latency / 1000.0
    player = Player(sample_rate, device=device, rate=arguments.rate, latency_seconds=latency)
    with contextlib.suppress(PlaybackStopped), controls(player, keys), player:
        yield player


def report_underruns(player: Player) -> None:
    """One warning line for gaps that were heard."""
    if player.underruns:
        print(
            f"qingyin: warning: {times(player.underruns)} the sound was not ready in time "
            f"({player.underrun_samples / player.rate:.2f} s of silence); try --threads 2, or write a file with -o",
            file=sys.stderr,
        )
    if player.device_underruns:
        hint = "" if player.device.is_server else "; try --latency 100"  # seconds were ahead in the server
        print(
            f"qingyin: warning: {times(player.device_underruns)} the sound device was served too late; "
            f"the computer is very busy{hint}",
            file=sys.stderr,
        )


def times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def player_line(player: Player) -> str:
    """What `-v` says of the playback."""
    return (
        f"played on {player.device.name!r}: {player.rate} Hz, {player.channels} channels, "
        f"latency {1000 * player.latency_seconds:.0f} ms, underruns {player.underruns}, "
        f"of the device {player.device_underruns}"
    )


def devices(arguments: argparse.Namespace) -> None:
    """One line per output device; * marks the default. Errors: AudioError, DependencyError."""
    del arguments  # this command has none
    found = list_devices()
    if not found:
        find_device()  # says what to do
    for device in found:
        mark = "*" if device.default else " "
        print(f"{mark} {device.index:>3}  {device.name}  ({device.host}, {device.channels} channels, "
              f"{device.sample_rate} Hz)")  # fmt: skip
