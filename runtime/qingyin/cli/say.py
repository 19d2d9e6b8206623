"""Exists to carry out `qingyin say`: text in, sound out, and what the listener should know on standard error.

What takes long to import is imported where it is needed: with a daemon running, that is nowhere.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import sys
import time
from collections.abc import Iterable, Iterator

from qingyin.audio import RawSink, WavSink, file_rate, guarded, open_audio
from qingyin.cli.arriving import ArrivingText, arrives
from qingyin.cli.source import read_text
from qingyin.daemon.client import RemoteChunk, RemoteSpeech, Unavailable
from qingyin.errors import AudioError, OptionError

TYPE_CHECKING = False  # as type checkers understand it; `typing` is one of those that take long
if TYPE_CHECKING:
    from qingyin.audio_sink import AudioSink
    from qingyin.playback.devices import Device
    from qingyin.playback.player import Player
    from qingyin.synthesizer import AudioChunk, Report, Synthesizer

_SHOWN = 10  # unspoken pieces listed in one warning
_LONG_TEXT = 200  # characters from which a progress line is worth its flicker


def say(arguments: argparse.Namespace) -> None:
    """Speaks; what can be checked cheaply is checked before models are loaded. Errors: QingyinError."""
    began = time.perf_counter()
    to_device = not arguments.output and not arguments.output_raw
    _check_output(arguments, to_device)
    text: str | ArrivingText = ArrivingText(arguments.encoding) if arrives(arguments) else read_text(arguments)
    speaker: _Here | RemoteSpeech = _remote(arguments, text) or _Here(arguments, text)
    device = _device(arguments) if to_device else None
    long = not sys.stdin.isatty() if isinstance(text, ArrivingText) else len(text) >= _LONG_TEXT
    progress = long and sys.stderr.isatty()
    report: Report | None = None
    player: Player | None = None
    sample_rate = speaker.sample_rate
    loaded = time.perf_counter()
    try:
        with contextlib.ExitStack() as stack:
            stack.callback(speaker.close)
            if device is None:
                sink = stack.enter_context(_sink(arguments, sample_rate))
            else:
                sink = player = stack.enter_context(_playing(arguments, device, sample_rate, text))
            for chunk in _chunks(speaker, arguments, text):
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
        if isinstance(speaker, RemoteSpeech):
            print("through the daemon", file=sys.stderr)
        print(timing_lines(report, loaded - began, time.perf_counter() - began), file=sys.stderr)


def _check_output(arguments: argparse.Namespace, to_device: bool) -> None:
    for name, value in (("--device", arguments.device), ("--latency", arguments.latency)):
        if value is not None and not to_device:
            raise OptionError(f"{name} is about playing; leave out -o and --output-raw, or {name}")
    if arguments.latency is not None and not 5 <= arguments.latency <= 1000:
        raise OptionError(f"--latency must be a number of milliseconds from 5 to 1000 (got {arguments.latency:g})")
    if arguments.output and arguments.output != "-":
        from pathlib import Path

        file_rate(Path(arguments.output), 0, arguments.rate)  # complains about what cannot be written


class _Here:
    """The speech made in this process; the models are loaded when the sample rate is asked for."""

    def __init__(self, arguments: argparse.Namespace, text: str | Iterable[str]) -> None:
        from qingyin.speech import Speech

        self._arguments, self._text = arguments, text
        self._speech = Speech(arguments)

    @functools.cached_property
    def _synthesizer(self) -> Synthesizer:
        from qingyin.synthesizer import Synthesizer

        return Synthesizer.load(self._arguments.models, self._arguments.vocoder, self._arguments.threads)

    @property
    def sample_rate(self) -> int:
        return self._synthesizer.sample_rate

    def close(self) -> None:
        """Nothing to hang up."""

    def __iter__(self) -> Iterator[AudioChunk]:
        return self._speech.chunks(self._synthesizer, self._text)


def _remote(arguments: argparse.Namespace, text: str | Iterable[str]) -> RemoteSpeech | None:
    """The daemon's speech, if one is running and takes it."""
    if arguments.no_daemon or arguments.compute not in (None, "auto"):  # it computes where it was started to
        return None
    plain = arguments.output_raw or (arguments.output or "").lower().endswith((".wav", "-"))
    with contextlib.suppress(Unavailable):
        # another rate is made here, of float32, as without the daemon
        return RemoteSpeech(arguments, text, pcm16=bool(plain) and arguments.rate is None)
    return None


def _chunks(
    speaker: _Here | RemoteSpeech, arguments: argparse.Namespace, text: str | Iterable[str]
) -> Iterator[AudioChunk | RemoteChunk]:
    try:
        yield from speaker
    except Unavailable:  # only before the first sound
        yield from _Here(arguments, text)


@contextlib.contextmanager
def _sink(arguments: argparse.Namespace, sample_rate: int) -> Iterator[AudioSink]:
    rate = arguments.rate or sample_rate
    if arguments.output and arguments.output != "-":
        from pathlib import Path

        path = Path(arguments.output)
        rate = file_rate(path, sample_rate, arguments.rate)
        with open_audio(path, rate) as file, _at_rate(file, sample_rate, rate) as sink:
            yield sink
        return
    stdout = sys.stdout.buffer
    if stdout.isatty():
        raise AudioError("standard output is a terminal; pipe it into a player or file, or use -o FILE.wav")
    sink_of_format = RawSink(stdout) if arguments.output_raw else WavSink(stdout, rate)
    pipe = guarded(sink_of_format, "standard output")
    with _at_rate(pipe, sample_rate, rate) as sink:
        yield sink
    pipe.close()


def _at_rate(sink: AudioSink, sample_rate: int, rate: int) -> contextlib.AbstractContextManager[AudioSink]:
    if sample_rate == rate:
        return contextlib.nullcontext(sink)
    from qingyin.resampling import resampled

    return resampled(sink, sample_rate, rate)


# The three below import late: who writes files has no use for sounddevice, and perhaps none installed.


def _device(arguments: argparse.Namespace) -> Device:
    from qingyin.cli.play import device_to_play_on

    return device_to_play_on(arguments)


@contextlib.contextmanager
def _playing(
    arguments: argparse.Namespace, device: Device, sample_rate: int, text: str | ArrivingText
) -> Iterator[Player]:
    from qingyin.cli.play import playing

    keys = not isinstance(text, ArrivingText)  # else they are the text
    with playing(arguments, device, sample_rate, keys) as player:
        if isinstance(text, ArrivingText):
            text.waiting = player.waiting_for_text
        yield player


def _report_playback(player: Player, verbose: bool) -> None:
    from qingyin.cli.play import player_line, report_underruns

    report_underruns(player)
    if verbose:
        print(player_line(player), file=sys.stderr)


def warn(report: Report) -> None:
    """One warning line for what was not said, one for what was said in a makeshift way, one for each remark about
    voice and references."""
    for remark in report.warnings:
        print(f"qingyin: warning: {remark}", file=sys.stderr)
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
