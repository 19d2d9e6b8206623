"""Exists so that AAC, which libsndfile does not have, can be sent where there is an ffmpeg: the program of the system,
or the one that the package imageio-ffmpeg brings (extra `aac`).
"""

from __future__ import annotations

import contextlib
import importlib
import shutil
import subprocess
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from qingyin.audio import pcm16_bytes
from qingyin.errors import AudioError

if TYPE_CHECKING:
    import numpy as np

_BLOCK = 1 << 14  # bytes
_END_SECONDS = 20.0


def find_ffmpeg() -> str | None:
    """The program, if there is one here."""
    program = shutil.which("ffmpeg")
    if program is not None:
        return program
    try:
        found: str = importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()
    except (ImportError, RuntimeError):  # not installed; or without a program for this kind of machine
        return None
    return found


class AacEncoder:
    """A sink of mono samples; ADTS frames go to `receive`, with each call after they have come out.

    Errors: AudioError without ffmpeg, or if it fails.
    """

    def __init__(self, receive: Callable[[bytes], object], sample_rate: int) -> None:
        program = find_ffmpeg()
        if program is None:
            raise AudioError(
                "aac needs ffmpeg, which is not installed here (pip install 'qingyin[aac]' brings it); "
                "use mp3, opus, flac, wav or pcm"
            )
        command = [program, "-hide_banner", "-loglevel", "error", "-f", "s16le", "-ar", str(sample_rate), "-ac", "1"]
        command += ["-i", "pipe:0", "-c:a", "aac", "-flush_packets", "1", "-f", "adts", "pipe:1"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._receive = receive
        self._lock = threading.Lock()
        self._encoded = bytearray()
        self._reader = threading.Thread(target=self._read, name="qingyin-aac", daemon=True)
        self._reader.start()

    def write(self, samples: np.ndarray) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(pcm16_bytes(samples))
            self._process.stdin.flush()
        except OSError:
            raise AudioError("ffmpeg ended before the sound; use another format") from None
        self._hand_on()

    def close(self) -> None:
        """Waits for the last frames."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._reader.join(_END_SECONDS)
        code = self._process.poll() if self._reader.is_alive() else self._process.wait(_END_SECONDS)
        self.kill()
        self._hand_on()
        if code != 0:
            raise AudioError("ffmpeg could not encode the sound; use another format")

    def kill(self) -> None:
        """Ends ffmpeg, whatever it is doing."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while data := pipe.read1(_BLOCK):  # type: ignore[attr-defined]
                with self._lock:
                    self._encoded += data

    def _hand_on(self) -> None:
        with self._lock:
            data = bytes(self._encoded)
            self._encoded.clear()
        self._receive(data)
