"""A sound server of one's own whose loudspeaker is a recorder, so that playback is compared with what was synthesised.

Needs PulseAudio, PortAudio and ALSA's plugin for PulseAudio; `missing` says which is not there.
"""

from __future__ import annotations

import contextlib
import glob
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import qingyin

RATE = 48000
SERVER = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes"]
_LONGEST_SECONDS = 60.0  # for what takes none on a machine that is not overloaded
_END_SECONDS = 0.5  # of silence after which a recording is over
INSTALL = "Debian: apt install pulseaudio pulseaudio-utils libportaudio2 libasound2-plugins"


def missing() -> str:
    """What this machine lacks for these tests, or nothing."""
    for program in ("pulseaudio", "parec"):
        if shutil.which(program) is None:
            return f"no {program} ({INSTALL})"
    for module in ("sounddevice", "soxr"):
        if importlib.util.find_spec(module) is None:
            return f"no Python package {module}"
    try:
        import sounddevice  # noqa: F401
    except OSError:
        return f"no PortAudio library ({INSTALL})"
    plugin = "alsa-lib/libasound_module_pcm_pulse.so"
    if not any(glob.glob(f"/usr/{folder}/{plugin}") for folder in ("lib", "lib64", "lib/*")):
        return f"no PulseAudio plugin for ALSA ({INSTALL})"
    return ""


@contextlib.contextmanager
def null_sink(**more: str) -> Iterator[dict[str, str]]:
    """The environment, with `more`, for every program that is to reach the server.
    Errors: RuntimeError with its log when it does not start.
    """
    with tempfile.TemporaryDirectory() as folder:  # short: a socket's path has at most 107 characters
        address = Path(folder, "native")
        config = Path(folder, "asound.conf")
        config.write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n")
        values = os.environ | {
            "XDG_RUNTIME_DIR": folder, "HOME": folder, "PULSE_SERVER": f"unix:{address}",
            "ALSA_CONFIG_PATH": str(config),
            "PYTHONPATH": str(Path(qingyin.__file__).parent.parent), **more,
        }  # fmt: skip
        command = [*SERVER, "-L", f"module-native-protocol-unix socket={address} auth-anonymous=1",
                   # rewinds would replace silence that the recorder has had already: the start would be missing
                   "-L", f"module-null-sink sink_name=qingyin rate={RATE} norewinds=1"]  # fmt: skip
        log = open(Path(folder, "log"), "w+", encoding="utf-8")  # noqa: SIM115 (closed below)
        server = subprocess.Popen(command, env=values, stdout=log, stderr=log)
        try:
            if not listens(address, server):
                log.seek(0)
                raise RuntimeError(f"pulseaudio does not start here: {log.read()[-300:]}")
            yield values
        finally:
            server.terminate()
            server.wait(_LONGEST_SECONDS)
            log.close()


def listens(address: Path, server: subprocess.Popen[bytes]) -> bool:
    """Waits until a server takes connections, or has ended -> whether it does."""
    end = time.monotonic() + _LONGEST_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:  # a file alone is no sign
            probe.connect(str(address))
            return True
        time.sleep(0.02)
    return False


class Recording:
    """What the null sink plays, mono float32 at RATE, with the time at which each stretch came in."""

    def __init__(self, environment: dict[str, str], latency_ms: int) -> None:
        command = ["parec", "-d", "qingyin.monitor", "--raw", "--format=float32le", "--channels=1", f"--rate={RATE}",
                   f"--latency-msec={latency_ms}"]  # fmt: skip
        self._process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        self.pieces: list[tuple[float, bytes]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        end = time.monotonic() + _LONGEST_SECONDS
        while not self.pieces:
            if self._process.poll() is not None or time.monotonic() > end:
                raise AssertionError("parec records nothing")
            time.sleep(0.02)

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := os.read(self._process.stdout.fileno(), 65536):
            self.pieces.append((time.monotonic(), data))

    def sounds(self) -> bool:
        """Whether the latest stretch is not silent."""
        return _is_loud(b"".join(data for _, data in self.pieces[-3:]))

    def has_sounded(self) -> bool:
        """Whether anything was not silent yet."""
        return _is_loud(b"".join(data for _, data in self.pieces))

    def stop(self) -> np.ndarray:
        """The whole, with the silence after it, which on a busy machine is late."""
        begun, end = len(self.pieces), time.monotonic() + _LONGEST_SECONDS
        while self._process.poll() is None and time.monotonic() < end and not self._ends_silent(begun):
            time.sleep(0.02)
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        return np.frombuffer(b"".join(data for _, data in self.pieces), "<f4")

    def _ends_silent(self, first: int) -> bool:
        """Whether the pieces from this one on are long enough, and silent at their end."""
        data = b"".join(data for _, data in self.pieces[first:])
        length = round(4 * RATE * _END_SECONDS)
        return len(data) >= length and not _is_loud(data[-length:])

    def time_of(self, index: int) -> float:
        """When the sample came in."""
        end = 0
        for when, data in self.pieces:
            end += len(data)
            if end > 4 * index:
                return when
        raise AssertionError("beyond the recording")


def _is_loud(data: bytes) -> bool:
    """Whether float32 samples, the last of which may be incomplete, are more than silence."""
    return bool(np.abs(np.frombuffer(data[: len(data) // 4 * 4], "<f4")).max(initial=0.0) > 1e-2)
