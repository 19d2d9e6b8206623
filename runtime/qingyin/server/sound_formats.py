"""Exists so that sound leaves in the format that a client asked for while it is still being made.

libsndfile writes into `_Outlet`, which hands on what is appended. What it would change afterwards, at the start (the
lengths in headers), has left already: streamed WAV and FLAC say that their length is unknown, as the formats allow.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

from qingyin.audio import RawSink, SoundFileSink, WavSink
from qingyin.resampling import resampled
from qingyin.server.aac import AacEncoder

if TYPE_CHECKING:
    import numpy as np

    from qingyin.audio_sink import AudioSink


@dataclass(frozen=True)
class SoundFormat:
    """media_type: of HTTP. rate: Hz that the format is always sent with, None for the models' own."""

    media_type: str
    rate: int | None = None


FORMATS = {
    "mp3": SoundFormat("audio/mpeg"),
    "opus": SoundFormat("audio/ogg; codecs=opus", 24000),
    "aac": SoundFormat("audio/aac"),
    "flac": SoundFormat("audio/flac"),
    "wav": SoundFormat("audio/wav"),
    "pcm": SoundFormat("audio/pcm; rate=24000; channels=1", 24000),  # as OpenAI's, whose clients assume it
}


# LAME's usual changing rate makes players misjudge the length of what says none; this is 64 kbit/s at 22 050 Hz
_CONSTANT = {"bitrate_mode": "CONSTANT", "compression_level": 0.6}


class SoundEncoder:
    """Samples in, bytes of a format out, as they become final. Not for two threads at once.

    Errors, at the call: AudioError where this machine cannot write the format; DependencyError.
    """

    def __init__(self, name: str, sample_rate: int) -> None:
        self._outlet = _Outlet()
        self._cut = name == "mp3"
        target = FORMATS[name].rate or sample_rate
        file = cast("IO[bytes]", self._outlet)
        self._stack = ExitStack()
        self._sink: AudioSink
        if name == "pcm":
            self._sink = RawSink(file)
        elif name == "wav":
            self._sink = WavSink(file, target)
        elif name == "aac":
            self._sink = AacEncoder(self._outlet.write, target)
        else:
            self._sink = SoundFileSink(file, target, f".{name}", **(_CONSTANT if self._cut else {}))
        self._stack.callback(self._sink.close)
        self._input = self._stack.enter_context(resampled(self._sink, sample_rate, target))

    def push(self, samples: np.ndarray) -> bytes:
        """float32 [n] in [-1, 1] -> what can be sent, perhaps nothing yet."""
        self._input.write(samples)
        return self._taken()

    def finish(self) -> bytes:
        """The end of the file."""
        self._stack.close()
        return self._taken()

    def close(self) -> None:
        """Gives up a stream that is not to be finished."""
        if isinstance(self._sink, AacEncoder):
            self._sink.kill()

    def _taken(self) -> bytes:
        data = self._outlet.taken()
        if self._cut and data:
            self._cut = False
            return _without_placeholder(data)
        return data


class _Outlet:
    """A file that can only grow; what is written over is lost."""

    def __init__(self) -> None:
        self._position = self._end = 0
        self._new = bytearray()

    def taken(self) -> bytes:
        data = bytes(self._new)
        self._new.clear()
        return data

    def write(self, data: bytes) -> int:
        new = self._position + len(data) - self._end
        if new > 0:
            self._new += memoryview(data)[len(data) - new :]
            self._end += new
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = offset + (0, self._position, self._end)[whence]
        return self._position

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        return b""

    def flush(self) -> None:
        """There is nothing behind."""

    def seekable(self) -> bool:
        return False


# MPEG-2 layer III, kbit/s by index: what LAME uses below 32 kHz
_KBITS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_MPEG2_RATES = (22050, 24000, 16000, 0)


def _without_placeholder(data: bytes) -> bytes:
    """Drops the first frame, which LAME keeps free for a summary that it writes when all is known: left as it is,
    players take the file for as short as the summary says.
    """
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xFE != 0xF2:  # a frame of MPEG-2 layer III
        return data
    kbits, rate = _KBITS[data[2] >> 4], _MPEG2_RATES[data[2] >> 2 & 3]
    length = 72_000 * kbits // max(rate, 1) + (data[2] >> 1 & 1)
    marked = any(mark in data[:length] for mark in (b"Xing", b"Info")) or not any(data[4:length])
    return data[length:] if marked else data
