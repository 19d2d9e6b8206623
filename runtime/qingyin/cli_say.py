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

from qingyin.audio import AudioSink, RawSink, WavSink, check_extension, guarded, open_audio
from qingyin.cli_source import read_text
from qingyin.errors import AudioError, OptionError
from qingyin.options import SynthesisOptions
from qingyin.synthesizer import Report, Synthesizer
from qingyin.text.pauses_file import load_pauses

_SHOWN = 10  # unspoken pieces listed in one warning
_LONG_TEXT = 200  # characters from which a progress line is worth its flicker


def say(arguments: argparse.Namespace) -> None:
    """Speaks; what can be checked cheaply is checked before models are loaded. Errors: QingyinError."""
    began = time.perf_counter()
    options = SynthesisOptions(
        speed=arguments.speed, pitch_semitones=arguments.pitch, pitch_range=arguments.pitch_range,
        volume_db=arguments.volume, temperature=arguments.temperature, seed=arguments.seed,
    )  # fmt: skip
    if not arguments.output and not arguments.output_raw:
        raise OptionError("no output given; add -o FILE.wav, -o - (WAV to a pipe) or --output-raw")
    if arguments.output and arguments.output != "-":
        check_extension(Path(arguments.output))
    text = read_text(arguments)
    pauses = load_pauses(Path(arguments.pauses)) if arguments.pauses else None
    synthesizer = Synthesizer.load(arguments.models, arguments.vocoder, arguments.threads)
    loaded = time.perf_counter()
    chunks = synthesizer.stream(
        text, voice=arguments.voice, options=options, pauses=pauses, emoji=arguments.emoji
    )
    progress = len(text) >= _LONG_TEXT and sys.stderr.isatty()
    report: Report | None = None
    try:
        with _sink(arguments, synthesizer.sample_rate) as sink:
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
    assert report is not None  # a stream without sound raises
    warn(report)
    if arguments.verbose:
        print(timing_lines(report, loaded - began, time.perf_counter() - began), file=sys.stderr)


@contextlib.contextmanager
def _sink(arguments: argparse.Namespace, sample_rate: int) -> Iterator[AudioSink]:
    if arguments.output and arguments.output != "-":
        with open_audio(Path(arguments.output), sample_rate) as sink:
            yield sink
        return
    stdout = sys.stdout.buffer
    if stdout.isatty():
        raise AudioError("standard output is a terminal; pipe it into a player or file, or use -o FILE.wav")
    sink_of_format = RawSink(stdout) if arguments.output_raw else WavSink(stdout, sample_rate)
    pipe = guarded(sink_of_format, "standard output")
    yield pipe
    pipe.close()


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
