"""Exists to get the sound of a message where it is had soonest: from the daemon, which is started for it, or, if there
can be none, from models loaded here.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator

from qingyin.audio import pcm16_bytes
from qingyin.cli.main import build_parser
from qingyin.daemon.client import RemoteSpeech, Unavailable, ask
from qingyin.speech import Speech
from qingyin.speech_dispatcher.settings import ModuleFile
from qingyin.speech_dispatcher.text import Piece
from qingyin.synthesizer import Synthesizer

_START_SECONDS = 20.0  # for the daemon to load its models; later ones find it there, or do without


class Sound:
    """One piece's sound, iterated once: (16-bit samples, sample rate). `close`, from any thread, ends it soon."""

    def __init__(self, source: SoundSource, arguments: argparse.Namespace, piece: Piece) -> None:
        self._source, self._arguments, self._text = source, arguments, piece.text
        self._remote: RemoteSpeech | None = None
        self._closed = False

    def close(self) -> None:
        self._closed = True
        if self._remote is not None:
            self._remote.close()

    def __iter__(self) -> Iterator[tuple[bytes, int]]:
        """Errors: those of Synthesizer.stream."""
        try:
            remote = self._remote = RemoteSpeech(self._arguments, self._text, pcm16=True)
            for chunk in remote:
                if self._closed:
                    return
                yield pcm16_bytes(chunk.samples), remote.sample_rate
        except Unavailable:  # only before the first sound
            synthesizer = self._source.synthesizer()
            for made in Speech(self._arguments).chunks(synthesizer, self._text):
                if self._closed:
                    return
                yield pcm16_bytes(made.samples), made.sample_rate


class SoundSource:
    """Makes sounds; `prepare` once before."""

    def __init__(self, file: ModuleFile) -> None:
        self._file = file
        words = ["say", "--markup", "none"]
        for option, value in (("--models", file.models), ("--vocoder", file.vocoder)):
            words += [option, value] if value is not None else []
        self._arguments = build_parser(words[0]).parse_args([*words, "-"])
        self._synthesizer: Synthesizer | None = None
        self._starting: threading.Thread | None = None

    def prepare(self) -> None:
        """Starts the daemon in the background, unless one runs or the file forbids it."""
        if self._file.start_daemon:
            self._starting = threading.Thread(target=self._start_daemon, daemon=True)
            self._starting.start()

    def sound(self, piece: Piece, voice: str | None, options: dict[str, float]) -> Sound:
        if self._starting is not None:
            self._starting.join(_START_SECONDS)
            self._starting = None
        values = {**vars(self._arguments), **options, "voice": voice, "markup": piece.markup}
        return Sound(self, argparse.Namespace(**values), piece)

    def synthesizer(self) -> Synthesizer:
        """The models, loaded here at first use."""
        if self._synthesizer is None:
            self._synthesizer = Synthesizer.load(self._file.models, self._file.vocoder, self._arguments.threads)
        return self._synthesizer

    def _start_daemon(self) -> None:
        try:
            ask(self._file.models, {"op": "status"})
        except Unavailable:
            command = [sys.executable, "-m", "qingyin", "daemon", "start", "--background"]
            for option, value in (("--models", self._file.models), ("--vocoder", self._file.vocoder)):
                command += [option, value] if value is not None else []
            # our own standard output is the protocol's; what goes wrong is in Speech Dispatcher's log of this module
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
