"""Exists so that text which is still being written somewhere else reaches a worker thread without holding it up."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterable, Iterator

from qingyin.server.limits import TooLong
from qingyin.server.workers import Workers


class ArrivingText:
    """Pieces of an asynchronous source, iterated by a worker, whose place another takes while it waits.

    characters: at most, of all pieces. Errors, from the iteration: TooLong; those of the source.
    """

    def __init__(self, source: AsyncIterable[str], workers: Workers, characters: int) -> None:
        self._source, self._workers, self._characters = source, workers, characters
        self._pieces: queue.SimpleQueue[str | BaseException] = queue.SimpleQueue()
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def begin(self) -> None:
        """Starts to read the source, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._read())

    def end(self) -> None:
        """Reads no more; a worker that waits is freed. From any thread."""
        self._pieces.put(StopIteration())
        if self._loop is not None and self._task is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._task.cancel)

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                piece = self._pieces.get_nowait()
            except queue.Empty:
                with self._workers.blocked():
                    piece = self._pieces.get()
            if isinstance(piece, StopIteration):
                return
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    async def _read(self) -> None:
        count = 0
        try:
            async for piece in self._source:
                count += len(piece)
                if count > self._characters:
                    raise too_long(count, self._characters)
                self._pieces.put(piece)
        except Exception as error:  # the consumer is the one to hear of it
            self._pieces.put(error)
        finally:
            self._pieces.put(StopIteration())


def too_long(characters: int, allowed: int) -> TooLong:
    """The error for a text of more characters than allowed."""
    return TooLong(f"the text has {characters} characters or more, at most {allowed} are spoken at once; cut it up")
