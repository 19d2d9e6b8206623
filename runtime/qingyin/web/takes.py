"""Exists to keep what was spoken for a page while it is played, downloaded and looked back at: sound goes to files as
it is made, so that memory does not grow with it, and the oldest go when there is no more room.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from qingyin.audio import wav_header
from qingyin.errors import AudioError, QingyinError
from qingyin.results import Report

HEADER_BYTES = 44
_READ_BYTES = 1 << 16
State = Literal["waiting", "speaking", "done", "failed", "stopped"]


@dataclass(eq=False)
class Part:
    """A stretch of a take's text, and its sound.

    state: of its newest attempt; a part that was stopped or has failed has no sound. version counts the attempts.
    """

    text: str
    state: State = "waiting"
    version: int = 0
    path: Path | None = None  # a WAV file, final once the state is "done"
    data_bytes: int = 0  # of samples in it, 16 bits each
    error: QingyinError | None = None
    report: Report | None = None


@dataclass(eq=False)
class Take:
    """What one press of a button has said. `id` cannot be guessed: who knows it may have the sound."""

    folder: Path
    session: str
    text: str
    voice: str
    sample_rate: int
    parts: list[Part]
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    made: float = field(default_factory=time.time)
    task: asyncio.Task[None] | None = None
    waiting: int = 0  # seconds until the service is asked again, because it was busy
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _file: IO[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.task is not None and not self.task.done()

    @property
    def seconds(self) -> float:
        """Of sound, so far."""
        return sum(part.data_bytes for part in self.parts) / 2 / self.sample_rate

    @property
    def data_bytes(self) -> int:
        return sum(part.data_bytes for part in self.parts)

    def begin(self, part: Part) -> None:
        """A new attempt at a part; the sound of the last one is forgotten."""
        self._forget(part)
        part.version += 1
        part.state, part.error, part.report = "speaking", None, None
        part.path = self.folder / f"{self.id}-{self.parts.index(part)}-{part.version}.wav"
        try:
            self._file = open(part.path, "wb")  # noqa: SIM115 (open for as long as the part is spoken)
            self._file.write(wav_header(self.sample_rate, None))
        except OSError as error:
            raise _no_room(error) from None
        self.tell()

    def add(self, part: Part, pcm: bytes) -> None:
        """Samples of the part that is spoken now."""
        assert self._file is not None
        try:
            self._file.write(pcm)
            self._file.flush()
        except OSError as error:
            raise _no_room(error) from None
        part.data_bytes += len(pcm)
        self.tell()

    def end(self, part: Part, state: State, error: QingyinError | None = None) -> None:
        """The attempt is over."""
        if self._file is not None:
            with self._file as file, contextlib.suppress(OSError):
                file.seek(0)
                file.write(wav_header(self.sample_rate, part.data_bytes))
            self._file = None
        part.state, part.error = state, error
        if state != "done" and not part.data_bytes:
            self._forget(part)
        self.tell()

    def tell(self) -> None:
        """Wakes whoever waits for news."""
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def news(self, seconds: float) -> None:
        """Returns when something has changed, or after so many seconds."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)

    async def live(self, only: int | None = None) -> AsyncIterator[bytes]:
        """16-bit samples of all parts, or of one, as they are made; ends with the last, or where it was stopped."""
        for part in self.parts if only is None else self.parts[only : only + 1]:
            version, place = part.version or 1, 0
            while True:
                news = self._news
                if part.version == version and part.path is not None and place < part.data_bytes:
                    piece = _read(part.path, HEADER_BYTES + place, min(_READ_BYTES, part.data_bytes - place))
                    place += len(piece)
                    if not piece:
                        break
                    yield piece
                elif part.version > version or part.state not in ("waiting", "speaking") or not self.running:
                    break
                else:
                    await news.wait()

    def stop(self) -> None:
        """Says no more; what was said stays."""
        if self.task is not None:
            self.task.cancel()

    def forget(self) -> None:
        """Stops, and removes all files."""
        self.stop()
        for part in self.parts:
            self._forget(part)
        for path in self.folder.glob(f"{self.id}-*"):
            with contextlib.suppress(OSError):
                path.unlink()

    def _forget(self, part: Part) -> None:
        part.data_bytes = 0
        if part.path is not None:
            for path in (part.path, part.path.with_suffix(".mp3"), part.path.with_suffix(".flac")):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
            part.path = None


class Takes:
    """All takes of a page. most_bytes: of sound kept; most_takes: of one session, and of all together 50 times that."""

    def __init__(self, folder: Path, most_bytes: int = 2_000_000_000, most_takes: int = 40) -> None:
        self.folder = folder
        self._most_bytes, self._most_takes = most_bytes, most_takes
        self._takes: dict[str, Take] = {}  # oldest first

    def add(self, session: str, text: str, voice: str, sample_rate: int, parts: list[Part]) -> Take:
        """A new take, for which older ones may have to go."""
        take = Take(self.folder, session, text, voice, sample_rate, parts)
        self._takes[take.id] = take
        self._make_room(session)
        return take

    def get(self, id: str) -> Take | None:
        return self._takes.get(id)

    def of(self, session: str) -> list[Take]:
        """Those of one session, newest first."""
        return [take for take in reversed(self._takes.values()) if take.session == session]

    def remove(self, take: Take) -> None:
        if self._takes.pop(take.id, None) is not None:
            take.forget()

    def clear(self) -> None:
        for take in list(self._takes.values()):
            self.remove(take)

    def _make_room(self, session: str) -> None:
        for take in self.of(session)[self._most_takes :]:
            self.remove(take)
        room = self._most_bytes - sum(take.data_bytes for take in self._takes.values())
        for take in list(self._takes.values()):
            if room >= 0 and len(self._takes) <= 50 * self._most_takes:
                return
            if not take.running:
                room += take.data_bytes
                self.remove(take)


def _read(path: Path, start: int, size: int) -> bytes:
    """Nothing if the file has gone."""
    try:
        with open(path, "rb") as file:
            file.seek(start)
            return file.read(size)
    except OSError:
        return b""


def _no_room(error: OSError) -> AudioError:
    return AudioError(f"the sound cannot be kept ({error.strerror}); free some space on the server's disk")
