"""Exists to carry out `qingyin say`: text in, sound out, and what the listener
should know on standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qingyin.audio import AudioSink, RawSink, WavSink, file_rate, guarded, open_audio
from qingyin.cli_arriving import ArrivingText, arrives
from qingyin.cli_source import read_text
from qingyin.errors import AudioError, OptionError
from qingyin.options import SynthesisOptions
from qingyin.resampling import resampled
from qingyin.synthesizer import Report, Synthesizer
from qingyin.text.pauses_file import load_pauses

if TYPE_CHECKING:
    from qingyin.devices import Device
    from qingyin.playback import Player

_SHOWN = 10  # unspoken pieces listed in one warning
_LONG_TEXT = 200  # characters from which a progress line is worth its flicker


def say(arguments: argparse.Namespace) -> None:
    """Speaks; what can be checked cheaply is checked before models are loaded. Errors: QingyinError."""
    began = time.perf_counter()
    options = SynthesisOptions(
        speed=arguments.speed, pitch_semitones=arguments.pitch, pitch_range=arguments.pitch_range,
        volume_db=arguments.volume, temperature=arguments.temperature, seed=arguments.seed,
    )  # fmt: skip
    to_device = not arguments.output and not arguments.output_raw
    for name, value in (("--device", arguments.device), ("--latency", arguments.latency)):
        if value is not None and not to_device:
            raise OptionError(f"{name} is about playing; leave out -o and --output-raw, or {name}")
    if arguments.latency is not None and not 5 <= arguments.latency <= 1000:
        raise OptionError(f"--latency must be a number of milliseconds from 5 to 1000 (got {arguments.latency:g})")
    if arguments.output and arguments.output != "-":
        file_rate(Path(arguments.output), 0, arguments.rate)  # complains about what cannot be written
    text: str | ArrivingText = ArrivingText(arguments.encoding) if arrives(arguments) else read_text(arguments)
    pauses = load_pauses(Path(arguments.pauses)) if arguments.pauses else None
    device = _device(arguments) if to_device else None
    synthesizer = Synthesizer.load(arguments.models, arguments.vocoder, arguments.threads)
    loaded = time.perf_counter()
    chunks = synthesizer.stream(
        text, voice=arguments.voice, options=options, pauses=pauses, emoji=arguments.emoji
    )
    long = not sys.stdin.isatty() if isinstance(text, ArrivingText) else len(text) >= _LONG_TEXT
    progress = long and sys.stderr.isatty()
    report: Report | None = None
    player: Player | None = None
    try:
        with contextlib.ExitStack() as stack:
            if device is None:
                sink = stack.enter_context(_sink(arguments, synthesizer.sample_rate))
            else:
                sink = player = stack.enter_context(_playing(arguments, device, synthesizer.sample_rate, text))
            for chunk in chunks:
                report = chunk.report
                sink.write(chunk.samples)
                if progress:
                    seconds = report.timings.audio
                    print(
                        f"\r{report.sentences} sentences, {seconds:.0f} s of sound", end="", file=sys.stderr
                    )
    finally:
        if progress:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)  # wipe the line
    if report is None:  # a stream without sound raises: the listener stopped it before the first
        return
    warn(report)
    if player is not None:
        _report_playback(player, arguments.verbose)
    if arguments.verbose:
        print(timing_lines(report, loaded - began, time.perf_counter() - began), file=sys.stderr)


@contextlib.contextmanager
def _sink(arguments: argparse.Namespace, sample_rate: int) -> Iterator[AudioSink]:
    rate = arguments.rate or sample_rate
    if arguments.output and arguments.output != "-":
        path = Path(arguments.output)
        rate = file_rate(path, sample_rate, arguments.rate)
        with open_audio(path, rate) as file, resampled(file, sample_rate, rate) as sink:
            yield sink
        return
    stdout = sys.stdout.buffer
    if stdout.isatty():
        raise AudioError("standard output is a terminal; pipe it into a player or file, or use -o FILE.wav")
    sink_of_format = RawSink(stdout) if arguments.output_raw else WavSink(stdout, rate)
    pipe = guarded(sink_of_format, "standard output")
    with resampled(pipe, sample_rate, rate) as sink:
        yield sink
    pipe.close()


# The three below import late: who writes files has no use for sounddevice, and perhaps none installed.


def _device(arguments: argparse.Namespace) -> Device:
    from qingyin.cli_play import device_to_play_on

    return device_to_play_on(arguments)


@contextlib.contextmanager
def _playing(
    arguments: argparse.Namespace, device: Device, sample_rate: int, text: str | ArrivingText
) -> Iterator[Player]:
    from qingyin.cli_play import playing

    keys = not isinstance(text, ArrivingText)  # else they are the text
    with playing(arguments, device, sample_rate, keys) as player:
        if isinstance(text, ArrivingText):
            text.waiting = player.waiting_for_text
        yield player


def _report_playback(player: Player, verbose: bool) -> None:
    from qingyin.cli_play import player_line, report_underruns

    report_underruns(player)
    if verbose:
        print(player_line(player), file=sys.stderr)


def warn(report: Report) -> None:
    """One warning line for what was not said, and one for what was said in a makeshift way."""
    for what, items in (
        ("not spoken", [(item.text, item.position, item.reason) for item in report.unspoken]),
        ("spoken in a makeshift way", [(item.text, item.position, item.message) for item in report.notes]),
    ):
        if items:
            listed = ", ".join(f"{text!r} at {position} ({why})" for text, position, why in items[:_SHOWN])
            more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
            print(f"qingyin: warning: {what}: {listed}{more}", file=sys.stderr)


def timing_lines(report: Report, load_seconds: float, process_seconds: float) -> str:
    """A small table of where the time went."""
    timings = report.timings
    rows = [("load", load_seconds), ("text", timings.text), ("encoder", timings.encoder),
            ("decoder", timings.decoder), ("vocoder", timings.vocoder), ("total", timings.total),
            ("first audio", timings.first_audio or 0.0), ("all, with load", process_seconds)]  # fmt: skip
    lines = [f"{name:<16}{1000 * seconds:9.1f} ms" for name, seconds in rows]
    lines.append(f"{'sound':<16}{timings.audio:9.2f} s   {report.sentences} sentences")
    lines.append(f"{'real-time factor':<16}{timings.real_time_factor:9.4f}")
    lines.append(f"voice {report.voice}, vocoder {report.vocoder}, seed {report.seed}")
    return "\n".join(lines)
