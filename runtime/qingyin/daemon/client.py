"""Exists so that a command speaks through a running daemon without importing, loading or waiting for anything.

Whatever keeps the daemon from serving is silent (`Unavailable`): the command then does the work itself.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
from collections.abc import Iterable, Iterator
from types import SimpleNamespace

from qingyin import __version__, errors
from qingyin.daemon.protocol import PROTOCOL, receive_frame, send_frame, settings, socket_path
from qingyin.private_sockets import is_private

TYPE_CHECKING = False  # as type checkers understand it; these take longer to import than a daemon to answer
if TYPE_CHECKING:
    from typing import Any

    import numpy as np

ANSWER_SECONDS = 1.0  # for a yes or no, which needs no computing
SILENCE_SECONDS = 30.0  # between frames, on however busy a machine; text that is still arriving may take for ever
NO_LATER_THAN = 0.2  # to connect: the kernel does it, unless the daemon is stopped and its queue full
# What the client does by itself; everything else that `say` takes goes to the daemon as it is.
_OURS = frozenset({"command", "text", "file", "encoding", "output", "output_raw", "play", "device", "latency", "rate",
                   "verbose", "no_daemon"})  # fmt: skip


class Unavailable(Exception):
    """No daemon is there, or it cannot serve this request; nothing has been said yet."""


def connect(path: str) -> socket.socket:
    """A connection to the daemon that listens at a path of private_path. Errors: Unavailable."""
    if not is_private(os.path.dirname(path)):  # another user could have put a socket there
        raise Unavailable("none is running")
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(NO_LATER_THAN)
    try:
        connection.connect(path)
    except OSError:  # nothing there, or what a killed daemon left
        connection.close()
        raise Unavailable("none is running") from None
    connection.settimeout(ANSWER_SECONDS)
    return connection


def ask(models: str | None, request: dict[str, object]) -> dict[str, Any]:
    """One question to the daemon of this model set, one answer. Errors: Unavailable."""
    return ask_at(socket_path(models), request)


def ask_at(path: str, request: dict[str, object]) -> dict[str, Any]:
    """The same, of whatever listens at a path. Errors: Unavailable."""
    with connect(path) as connection:
        try:
            send_frame(connection, request)
            return receive_frame(connection)[0]
        except OSError as error:
            raise Unavailable(f"it does not answer ({error})") from None


class RemoteChunk:
    """What a sink needs of a synthesizer.AudioChunk. samples: 16-bit PCM as bytes where that was asked for, else
    float32 [n]; report: what is known so far, complete with the last chunk.
    """

    def __init__(self, samples: Any, report: Any) -> None:
        self.samples, self.report = samples, report


class RemoteSpeech:
    """An accepted request: iterate it once, or close it, which cancels. sample_rate: Hz of the samples.

    Errors: Unavailable, at the call or while nothing has been said; later the error that the daemon met.
    """

    def __init__(self, arguments: argparse.Namespace, text: str | Iterable[str], pcm16: bool) -> None:
        self._pcm16, self._whole = pcm16, isinstance(text, str)
        self._pump_error: BaseException | None = None
        self._connection = connect(socket_path(arguments.models))
        request: dict[str, object] = {
            "op": "say",
            "protocol": PROTOCOL,
            "version": __version__,
            "settings": settings(),
            "arguments": {name: _absolute(value) for name, value in vars(arguments).items() if name not in _OURS},
            "text": text if isinstance(text, str) else None,
            "pcm16": pcm16,
        }
        try:
            send_frame(self._connection, request)
            answer = receive_frame(self._connection)[0]
        except (OSError, TypeError) as error:  # TypeError: an argument that JSON does not have
            self.close()
            raise Unavailable(f"the daemon does not answer ({error})") from None
        if "refused" in answer:
            self.close()
            raise Unavailable(str(answer["refused"]))
        self.sample_rate = int(answer["sample_rate"])
        if not isinstance(text, str):
            import threading

            threading.Thread(target=self._pump, args=(text,), name="qingyin-text", daemon=True).start()

    def close(self) -> None:
        """Hangs up; from any thread, also while another waits for sound."""
        with contextlib.suppress(OSError):  # the daemon did so first
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def __iter__(self) -> Iterator[RemoteChunk]:
        begun = False
        try:
            self._connection.settimeout(SILENCE_SECONDS if self._whole else None)
            report = SimpleNamespace(sentences=0, timings=SimpleNamespace(audio=0.0))
            while True:
                try:
                    header, payload = receive_frame(self._connection)
                except OSError as error:
                    if begun or not self._whole:
                        raise errors.QingyinError(
                            f"the daemon broke off ({error}); say it again, or use --no-daemon"
                        ) from None
                    raise Unavailable(str(error)) from None
                if "error" in header:
                    self._fail(header, begun)
                if "report" in header:
                    # the caller has the report already, of the last chunk: it is filled, not replaced
                    vars(report).update(vars(_namespace(header["report"])))
                    break
                begun = True
                report.sentences, report.timings.audio = header["sentences"], header["audio"]
                yield RemoteChunk(self._samples(payload), report)
            if self._pump_error is not None:
                raise self._pump_error
        finally:
            self.close()

    def _samples(self, payload: bytes) -> bytes | np.ndarray:
        if self._pcm16:
            return payload
        import numpy as np

        return np.frombuffer(payload, "<f4")

    def _fail(self, header: dict[str, object], begun: bool) -> None:
        kind = getattr(errors, str(header["error"]), None)
        if isinstance(kind, type) and issubclass(kind, errors.QingyinError):
            error = kind.__new__(kind)  # not called: some take more than a message
            error.args = (str(header["message"]),)
            raise error
        if begun or not self._whole:  # a bug over there
            raise errors.QingyinError(f"the daemon failed ({header['message']}); use --no-daemon")
        raise Unavailable(str(header["message"]))

    def _pump(self, pieces: Iterable[str]) -> None:
        try:
            for piece in pieces:
                send_frame(self._connection, {"op": "text"}, piece.encode("utf-8", "surrogatepass"))
        except OSError:
            return  # the speech ended before the text; the other thread knows why
        except BaseException as error:
            self._pump_error = error  # what came before it is said, then it is told
        try:
            send_frame(self._connection, {"op": "text", "last": True})
        except OSError:
            return


def _absolute(value: object) -> object:
    """Files are named from where the command runs, and the daemon runs elsewhere."""
    if isinstance(value, list):
        return [_absolute(item) for item in value]
    looks_so = isinstance(value, str) and (os.sep in value or os.path.splitext(value)[1] or os.path.isdir(value))
    return os.path.abspath(str(value)) if looks_so and os.path.exists(str(value)) else value


def _namespace(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _namespace(item) for name, item in value.items()})
    return [_namespace(item) for item in value] if isinstance(value, list) else value
