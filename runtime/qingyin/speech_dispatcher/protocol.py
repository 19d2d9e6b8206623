"""Exists to speak with Speech Dispatcher as one of its output modules: commands on standard input, replies, events and
sound on standard output.

The protocol is that of Speech Dispatcher 0.11 or newer ("Communication Protocol for Output Modules" in its manual),
where the server plays what a module sends; Speech Dispatcher's own modules use it in the same way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

_ESCAPE, _FLIP = 0x7D, 0x20  # HDLC: these bytes stand for themselves with bit 5 inverted
MESSAGES = ("SPEAK", "CHAR", "KEY", "SOUND_ICON")  # commands that are followed by a text
SETTINGS = ("SET", "AUDIO", "LOGLEVEL")  # and by name=value lines
_RECEIVING = {"SET": "207 OK RECEIVING SETTINGS", "AUDIO": "207 OK RECEIVING AUDIO SETTINGS",
              "LOGLEVEL": "207 OK RECEIVING LOGLEVEL SETTINGS"}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """One command. text: of a message; settings: of SET, AUDIO and LOGLEVEL."""

    name: str
    text: str = ""
    settings: tuple[tuple[str, str], ...] = ()


class Dialogue:
    """Both directions. Sending is safe from several threads, each call as a whole."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        self._source, self._target = source, target
        self.lock = threading.RLock()  # who holds it is not interrupted

    def commands(self) -> Iterator[Command]:
        """Until the server hangs up. The requests for text and settings are answered here; the rest is the caller's."""
        while line := self._source.readline():
            name = line.decode("utf-8", "replace").strip()
            if name in MESSAGES:
                self.send("202 OK RECEIVING MESSAGE")
                yield Command(name, text="\n".join(self._block()))
            elif name in SETTINGS:
                self.send(_RECEIVING[name])
                pairs = (entry.partition("=") for entry in self._block())
                yield Command(name, settings=tuple((key, value) for key, _, value in pairs))
            else:
                yield Command(name)

    def _block(self) -> list[str]:
        """Lines up to the one with a single dot; other lines that begin with a dot have one more."""
        lines: list[str] = []
        while (line := self._source.readline()) and line != b".\n":
            lines.append(line.decode("utf-8", "replace").rstrip("\n").removeprefix("."))
        return lines

    def send(self, *lines: str) -> None:
        with self.lock:
            self._target.write("".join(f"{line}\n" for line in lines).encode("utf-8"))
            self._target.flush()

    def send_sound(self, samples: bytes, sample_rate: int) -> None:
        """samples: 16-bit little-endian, mono."""
        head = f"705-bits=16\n705-num_channels=1\n705-sample_rate={sample_rate}\n"
        head += f"705-num_samples={len(samples) // 2}\n705-big_endian=0\n705-AUDIO"
        with self.lock:
            self._target.write(head.encode("ascii") + b"\0" + escaped(samples) + b"\n705 AUDIO\n")
            self._target.flush()


def escaped(data: bytes) -> bytes:
    """Without line ends, as the protocol wants its sound."""
    for byte in (_ESCAPE, 0x0A):  # first the mark of escapes, which stands for itself too
        data = data.replace(bytes((byte,)), bytes((_ESCAPE, byte ^ _FLIP)))
    return data
