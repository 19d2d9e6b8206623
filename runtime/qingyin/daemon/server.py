"""Exists to keep the models loaded and hand sound to whoever of the same user asks, several at a time.

A thread per connection, a bounded number of them. The models are used by one thread at a time, a chunk each in the
order of asking (`Turns`), so that a book being read does not hold up one word. What a client does not fetch stays in
its socket: it slows only itself.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import gc
import os
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qingyin import __version__, warm_up
from qingyin.audio import pcm16_bytes
from qingyin.daemon.protocol import (
    PROTOCOL,
    BrokenFrame,
    receive_frame,
    send_frame,
    settings,
    socket_path,
)
from qingyin.errors import OptionError, QingyinError
from qingyin.model_sets.finding import find_models
from qingyin.single_instance import hold_lock, listen, same_user
from qingyin.speech import Speech
from qingyin.synthesizer import AudioChunk, Report, Synthesizer

MAX_CLIENTS = 16  # at once; one more is refused, and does the work itself
REQUEST_SECONDS = 5.0  # for the request of a client that has connected


class Turns:
    """A lock that is given in the order of asking; threading's own may starve one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[threading.Event] = deque()  # the first holds it

    def take(self) -> None:
        turn = threading.Event()
        with self._lock:
            self._waiting.append(turn)
            if len(self._waiting) == 1:
                turn.set()
        turn.wait()

    def give(self) -> None:
        with self._lock:
            self._waiting.popleft()
            if self._waiting:
                self._waiting[0].set()

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        self.take()
        try:
            yield
        finally:
            self.give()


@dataclasses.dataclass
class Status:
    """What `qingyin daemon status` shows."""

    pid: int
    version: str
    models: str
    vocoder: str
    threads: int
    started: float  # seconds since the epoch
    served: int = 0
    active: int = 0
    refused: int = 0


class Daemon:
    """Loads the models, then listens. idle_seconds: without a client, after which it ends; None for never.

    Errors: OptionError when one is running already; those of Synthesizer.load.
    """

    def __init__(
        self, models: str | None, vocoder: str | None, threads: int, idle_seconds: float | None = None
    ) -> None:
        self._path = Path(socket_path(models))
        self._idle = idle_seconds
        lock_file = hold_lock(self._path)
        if lock_file is None:
            raise OptionError("a daemon is running for this model set; see `qingyin daemon status`")
        self._lock_file = lock_file
        self._folder = find_models(models).resolve()
        self._stamp = _stamp(self._folder)
        self._synthesizer = Synthesizer.load(self._folder, vocoder, threads)
        self._synthesizer.synthesize(warm_up.TEXT)  # whatever is made at first use is made now
        self._turns = Turns()
        self._status = Status(
            os.getpid(), __version__, str(self._folder), self._synthesizer.vocoder_name, threads, time.time()
        )
        self._changed = threading.Lock()
        self._last_end = time.monotonic()
        self._stopping = False
        self._awake, self._wake = socket.socketpair()
        self._listener = listen(self._path, MAX_CLIENTS)
        gc.collect()
        gc.freeze()  # what is loaded stays: no collection need look at it again

    def serve(self) -> None:
        """Returns when it is told to stop, when nobody came for the idle time, or when the models have changed."""
        try:
            while not self._stopping and not self._outdated():
                ready, _, _ = select.select([self._listener, self._awake], [], [], self._patience())
                if self._listener in ready:
                    connection, _ = self._listener.accept()
                    threading.Thread(target=self._meet, args=(connection,), daemon=True).start()
                elif self._awake in ready:
                    self._awake.recv(4096)
                elif self._is_idle():
                    return
        finally:
            self.close()

    def stop(self) -> None:
        """Makes `serve` return; from any thread."""
        self._stopping = True
        self._nudge()

    def close(self) -> None:
        """Takes the socket away; clients in the middle of a text are told by its end."""
        self._listener.close()
        self._path.unlink(missing_ok=True)
        self._lock_file.close()

    def _nudge(self) -> None:
        with contextlib.suppress(OSError):
            self._wake.send(b"\0")

    def _patience(self) -> float | None:
        if self._idle is None or self._status.active:
            return None
        return max(0.0, self._idle - (time.monotonic() - self._last_end))

    def _is_idle(self) -> bool:
        patience = self._patience()
        return patience is not None and patience <= 0.0

    def _outdated(self) -> bool:
        """Whether the model set was replaced: then the next command loads the new one."""
        return _stamp(self._folder) != self._stamp

    # one connection

    def _meet(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # a client that went away is no matter
            connection.settimeout(REQUEST_SECONDS)
            if not same_user(connection):
                return
            request, _ = receive_frame(connection)
            if request.get("op") == "stop":
                send_frame(connection, {"status": dataclasses.asdict(self._status)})
                self.stop()
            elif request.get("op") == "status":
                send_frame(connection, {"status": dataclasses.asdict(self._status)})
            else:
                self._answer(connection, request)

    def _answer(self, connection: socket.socket, request: dict[str, Any]) -> None:
        reason = self._refusal(request)
        with self._changed:
            if reason is None and self._status.active >= MAX_CLIENTS:
                reason = f"{MAX_CLIENTS} clients are being served already"
            if reason is not None:
                self._status.refused += 1
            else:
                self._status.active += 1
        if reason is not None:
            send_frame(connection, {"refused": reason})
            if self._outdated():
                self._nudge()
            return
        try:
            connection.settimeout(None)  # who listens reads no faster than the sound lasts
            self._say(connection, request)
            with self._changed:
                self._status.served += 1
        finally:
            with self._changed:
                self._status.active -= 1
                self._last_end = time.monotonic()
            self._nudge()

    def _refusal(self, request: dict[str, Any]) -> str | None:
        if request.get("op") != "say" or request.get("protocol") != PROTOCOL or request.get("version") != __version__:
            return f"this is qingyin {__version__}, protocol {PROTOCOL}"
        if request.get("settings") != settings():
            return "its environment differs"
        if self._outdated():
            return "the model set was replaced"
        arguments = request.get("arguments")
        if not isinstance(arguments, dict) or not isinstance(request.get("text"), (str, type(None))):
            return "the request is not understood"
        if arguments.get("threads") != self._status.threads:
            return f"it uses {self._status.threads} threads"
        if (arguments.get("vocoder") or self._synthesizer.manifest.default_vocoder) != self._status.vocoder:
            return f"it has the vocoder {self._status.vocoder}"
        return None

    def _say(self, connection: socket.socket, request: dict[str, Any]) -> None:
        send_frame(connection, {"accepted": True, "sample_rate": self._synthesizer.sample_rate})
        text = request["text"] if request["text"] is not None else self._arriving(connection)
        report: Report | None = None
        try:
            with self._turns():
                speech = Speech(argparse.Namespace(**request["arguments"]))
                chunks = speech.chunks(self._synthesizer, text)
            while (chunk := self._next(chunks)) is not None:
                report = chunk.report
                payload = pcm16_bytes(chunk.samples) if request.get("pcm16") else chunk.samples.astype("<f4").tobytes()
                send_frame(
                    connection, {"sentences": report.sentences, "audio": report.timings.audio}, payload
                )  # blocks while the client does not read, holding nothing up
        except QingyinError as error:
            send_frame(connection, {"error": type(error).__name__, "message": str(error)})
        except OSError:
            raise
        except Exception as error:  # a bug: the client tries for itself, where it shows in full
            send_frame(connection, {"error": "", "message": f"{type(error).__name__}: {error}"})
        else:
            if report is not None:
                send_frame(connection, {"report": _report(report)})

    def _next(self, chunks: Iterator[AudioChunk]) -> AudioChunk | None:
        with self._turns():
            return next(chunks, None)

    def _arriving(self, connection: socket.socket) -> Iterator[str]:
        """Text as the client sends it; who waits for it gives the turn away."""
        while True:
            self._turns.give()
            try:
                header, data = receive_frame(connection)
            finally:
                self._turns.take()
            if header.get("op") != "text":
                raise BrokenFrame("text was due")
            if header.get("last"):
                return
            yield data.decode("utf-8", "surrogatepass")


def _report(report: Report) -> dict[str, Any]:
    """A report as JSON, with what it computes."""
    values = dataclasses.asdict(report)
    values["timings"]["real_time_factor"] = report.timings.real_time_factor
    return values


def _stamp(folder: Path) -> tuple[int, int, int]:
    """Changes when a model set's manifest is replaced, and with it the set: it names all hashes."""
    try:
        found = (folder / "manifest.json").stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino
