"""Exists because sound that a PulseAudio or PipeWire server holds already can still be changed there: so seconds of
it may lie ahead, where no busy computer tears a gap, and yet a key stops it at once. PortAudio has no way to say so.

Binds the few functions of libpulse that this needs (https://www.freedesktop.org/software/pulseaudio/doxygen/); every
Linux desktop has the library. Nothing calls back into Python while sound plays.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import sys
import time
from collections.abc import Callable, Iterator
from ctypes import POINTER, c_char_p, c_int, c_int64, c_long, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from typing import Any

import numpy as np

from qingyin.errors import AudioError

CONNECT_SECONDS = 2.0  # a server on this computer answers within milliseconds
ANSWER_SECONDS = 5.0  # until a server that was there counts as gone
_POLL_SECONDS = 0.0005

_CONTEXT_READY, _CONTEXT_FAILED = 4, 5
_STREAM_READY, _STREAM_FAILED = 2, 3
_OPERATION_RUNNING = 0
_NO_AUTOSPAWN = 1
_FLOAT32 = 5 if sys.byteorder == "little" else 6
_FIX_RATE = 0x80  # the stream takes the loudspeaker's rate
_EARLY_REQUESTS = 0x4000  # the loudspeaker is given `minreq` at a time, however much the server holds
_SEEK_RELATIVE, _SEEK_ABSOLUTE = 0, 1
_UNSET = 0xFFFFFFFF
_BYTES = 4  # of a float32


class _SampleSpec(ctypes.Structure):
    _fields_ = [("format", c_int), ("rate", c_uint32), ("channels", c_uint8)]


class _BufferAttributes(ctypes.Structure):
    _fields_ = [(name, c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize")]


class _TimingInfo(ctypes.Structure):
    _fields_ = [
        ("seconds", c_long), ("microseconds", c_long), ("synchronized_clocks", c_int), ("sink_usec", c_uint64),
        ("source_usec", c_uint64), ("transport_usec", c_uint64), ("playing", c_int), ("write_index_corrupt", c_int),
        ("write_index", c_int64), ("read_index_corrupt", c_int), ("read_index", c_int64),
    ]  # fmt: skip


class _SinkInfo(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("index", c_uint32), ("description", c_char_p), ("spec", _SampleSpec)]


_SINK_CALLBACK = ctypes.CFUNCTYPE(None, c_void_p, POINTER(_SinkInfo), c_int, c_void_p)

_FUNCTIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "pa_threaded_mainloop_new": (c_void_p, ()),
    "pa_threaded_mainloop_get_api": (c_void_p, (c_void_p,)),
    "pa_threaded_mainloop_start": (c_int, (c_void_p,)),
    "pa_threaded_mainloop_stop": (None, (c_void_p,)),
    "pa_threaded_mainloop_free": (None, (c_void_p,)),
    "pa_threaded_mainloop_lock": (None, (c_void_p,)),
    "pa_threaded_mainloop_unlock": (None, (c_void_p,)),
    "pa_context_new": (c_void_p, (c_void_p, c_char_p)),
    "pa_context_connect": (c_int, (c_void_p, c_char_p, c_int, c_void_p)),
    "pa_context_disconnect": (None, (c_void_p,)),
    "pa_context_unref": (None, (c_void_p,)),
    "pa_context_get_state": (c_int, (c_void_p,)),
    "pa_context_errno": (c_int, (c_void_p,)),
    "pa_context_get_sink_info_by_name": (c_void_p, (c_void_p, c_char_p, _SINK_CALLBACK, c_void_p)),
    "pa_strerror": (c_char_p, (c_int,)),
    "pa_operation_get_state": (c_int, (c_void_p,)),
    "pa_operation_cancel": (None, (c_void_p,)),
    "pa_operation_unref": (None, (c_void_p,)),
    "pa_stream_new": (c_void_p, (c_void_p, c_char_p, POINTER(_SampleSpec), c_void_p)),
    "pa_stream_connect_playback":
        (c_int, (c_void_p, c_char_p, POINTER(_BufferAttributes), c_int, c_void_p, c_void_p)),
    "pa_stream_disconnect": (c_int, (c_void_p,)),
    "pa_stream_unref": (None, (c_void_p,)),
    "pa_stream_get_state": (c_int, (c_void_p,)),
    "pa_stream_get_sample_spec": (POINTER(_SampleSpec), (c_void_p,)),
    "pa_stream_get_buffer_attr": (POINTER(_BufferAttributes), (c_void_p,)),
    "pa_stream_write": (c_int, (c_void_p, c_void_p, c_size_t, c_void_p, c_int64, c_int)),
    "pa_stream_flush": (c_void_p, (c_void_p, c_void_p, c_void_p)),
    "pa_stream_update_timing_info": (c_void_p, (c_void_p, c_void_p, c_void_p)),
    "pa_stream_get_timing_info": (POINTER(_TimingInfo), (c_void_p,)),
}  # fmt: skip


@functools.lru_cache(maxsize=1)
def _library() -> Any:
    """libpulse. Errors: OSError when it is not there."""
    library = ctypes.CDLL("libpulse.so.0")
    for name, (result, arguments) in _FUNCTIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


@dataclass(frozen=True)
class Sink:
    """A server's loudspeaker."""

    description: str
    sample_rate: int  # Hz
    channels: int


@dataclass(frozen=True)
class Timing:
    """Where a stream is, in samples since its start."""

    read: int  # handed to the loudspeaker; from here on the sound can still be changed
    written: int
    sink_seconds: float  # what the loudspeaker holds that has not been heard yet
    playing: bool  # not starved


def default_sink() -> Sink | None:
    """The loudspeaker of the running sound server; None without a server (none is started) or loudspeaker."""
    try:
        with _Connection() as connection:
            return connection.default_sink()
    except (OSError, AudioError):
        return None


class _Connection:
    """A connection, whose answers are waited for. Errors: OSError without the library, AudioError without a server."""

    def __init__(self) -> None:
        self.library = _library()
        self.mainloop = self.library.pa_threaded_mainloop_new()
        self.context = self.library.pa_context_new(self.library.pa_threaded_mainloop_get_api(self.mainloop), b"qingyin")
        try:
            if self.library.pa_context_connect(self.context, None, _NO_AUTOSPAWN, None) < 0:
                raise AudioError(f"no sound server ({self.reason()})")
            self.library.pa_threaded_mainloop_start(self.mainloop)
            self.wait(lambda: self._is_ready(self.library.pa_context_get_state(self.context)), CONNECT_SECONDS)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> _Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.library.pa_threaded_mainloop_stop(self.mainloop)
        self.library.pa_context_disconnect(self.context)
        self.library.pa_context_unref(self.context)
        self.library.pa_threaded_mainloop_free(self.mainloop)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Any]:
        """The library, while its own thread keeps still."""
        self.library.pa_threaded_mainloop_lock(self.mainloop)
        try:
            yield self.library
        finally:
            self.library.pa_threaded_mainloop_unlock(self.mainloop)

    def reason(self) -> str:
        text: bytes = self.library.pa_strerror(self.library.pa_context_errno(self.context))
        return text.decode(errors="replace")

    def wait(self, ready: Callable[[], bool], seconds: float = ANSWER_SECONDS) -> None:
        """Errors: AudioError when that takes longer."""
        end = time.monotonic() + seconds
        while True:
            with self.locked():
                if ready():
                    return
            if time.monotonic() > end:
                raise AudioError("the sound server does not answer")
            time.sleep(_POLL_SECONDS)

    def finish(self, begin: Callable[[Any], int | None]) -> None:
        """Carries out an operation. Errors: AudioError."""
        with self.locked() as library:
            operation = begin(library)
            if not operation:
                raise AudioError(f"the sound server refuses ({self.reason()})")
        try:
            self.wait(lambda: bool(library.pa_operation_get_state(operation) != _OPERATION_RUNNING))
        finally:
            with self.locked():
                library.pa_operation_cancel(operation)
                library.pa_operation_unref(operation)

    def default_sink(self) -> Sink | None:
        found: list[Sink] = []

        def keep(_context: int, info: Any, last: int, _data: int) -> None:
            if not last:
                spec = info.contents.spec
                found.append(Sink(info.contents.description.decode(errors="replace"), spec.rate, spec.channels))

        callback = _SINK_CALLBACK(keep)
        self.finish(
            lambda library: library.pa_context_get_sink_info_by_name(self.context, b"@DEFAULT_SINK@", callback, None)
        )
        return found[0] if found else None

    def _is_ready(self, state: int) -> bool:
        if state >= _CONTEXT_FAILED:
            raise AudioError(f"no sound server ({self.reason()})")
        return state == _CONTEXT_READY


class PulseStream:
    """Mono float32 to the default loudspeaker, connected; it sounds as soon as something is written, and falls silent,
    keeping its place, when nothing is left.

    rate: Hz; None takes the loudspeaker's. period_seconds: of sound that the loudspeaker is to get at a time; `period`,
    in samples, is what it gets. PipeWire keeps back the rest of the sound that is shorter until more comes.
    Errors, of every method but close: AudioError, also when the server has gone.
    """

    def __init__(self, rate: int | None, period_seconds: float) -> None:
        try:
            self._connection = _Connection()
        except OSError:
            raise AudioError("no libpulse") from None
        self._stream: int | None = None
        try:
            self._open(rate, period_seconds)
        except BaseException:
            self.close()
            raise

    def _open(self, rate: int | None, period_seconds: float) -> None:
        spec = _SampleSpec(_FLOAT32, rate or 48000, 1)
        period = max(1, round(period_seconds * spec.rate)) * _BYTES
        attributes = _BufferAttributes(_UNSET, _UNSET, _BYTES, period, _UNSET)
        flags = _EARLY_REQUESTS | (0 if rate else _FIX_RATE)
        connection = self._connection
        with connection.locked() as library:
            self._stream = library.pa_stream_new(connection.context, b"speech", spec, None)
            if not self._stream or library.pa_stream_connect_playback(
                self._stream, None, attributes, flags, None, None
            ) < 0:  # fmt: skip
                raise AudioError(f"the sound server refuses ({connection.reason()})")
        connection.wait(self._is_ready)
        with connection.locked() as library:
            self.rate = int(library.pa_stream_get_sample_spec(self._stream).contents.rate)
            granted = int(library.pa_stream_get_buffer_attr(self._stream).contents.minreq)
        self.period = max(granted // _BYTES, round(period_seconds * self.rate))

    def write(self, samples: np.ndarray, at: int | None = None) -> None:
        """float32 [n], after what was written last, or over what lies at this sample of the stream."""
        data = np.ascontiguousarray(samples, np.float32)
        offset, seek = (0, _SEEK_RELATIVE) if at is None else (at * _BYTES, _SEEK_ABSOLUTE)
        with self._connection.locked() as library:
            self._is_ready()
            if library.pa_stream_write(self._stream, data.ctypes.data, data.nbytes, None, offset, seek) < 0:
                raise AudioError(f"the sound server refuses ({self._connection.reason()})")

    def timing(self) -> Timing:
        """Asks the server, which takes some tenths of a millisecond."""
        self._finish("pa_stream_update_timing_info")
        with self._connection.locked() as library:
            info = library.pa_stream_get_timing_info(self._stream)
            if not info:
                raise AudioError("the sound server tells no time")
            found = info.contents
            return Timing(found.read_index // _BYTES, found.write_index // _BYTES, found.sink_usec / 1e6,
                          bool(found.playing))  # fmt: skip

    def flush(self) -> None:
        """Drops what has not gone to the loudspeaker."""
        self._finish("pa_stream_flush")

    def close(self) -> None:
        if self._stream is not None:
            with self._connection.locked() as library:
                library.pa_stream_disconnect(self._stream)
                library.pa_stream_unref(self._stream)
            self._stream = None
        self._connection.close()

    def _finish(self, name: str) -> None:
        with self._connection.locked():
            self._is_ready()
        self._connection.finish(lambda library: getattr(library, name)(self._stream, None, None))

    def _is_ready(self) -> bool:
        """With the lock held."""
        state = self._connection.library.pa_stream_get_state(self._stream)
        if state >= _STREAM_FAILED:
            raise AudioError(f"the sound server has gone ({self._connection.reason()})")
        return bool(state == _STREAM_READY)
