"""Exists to join two worlds: a synthesizer's generator, advanced by worker threads, and a consumer in an event loop
that takes its chunks at its own pace.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

from qingyin.server.limits import Limits, TimeLimit
from qingyin.server.workers import Workers, now

if TYPE_CHECKING:
    from qingyin.synthesizer import AudioChunk, Report

BACKGROUND_SECONDS = 30.0  # a step of a job waits so long at most where listeners keep the workers busy


class Source:
    """Where a stream's chunks come from: `begin` runs in the event loop, `open` in a worker, `end` anywhere."""

    async def begin(self) -> None:
        """Takes what must be had before the work starts. Errors: those that the consumer is to meet."""

    def open(self) -> Iterator[AudioChunk]:
        raise NotImplementedError

    def end(self, stream: SpeechStream) -> None:
        """Called once, after a `begin` that went well, when no more chunks are to be made."""


class SpeechStream:
    """Chunks of one request: `async for`, in the event loop where it is first asked. Made by `Engine.stream`.

    It is admitted and started when the first chunk is asked for. Use it as `async with` as well, or call `aclose`, so
    that leaving it early gives its place back at once. No more than `ahead_seconds` of sound wait to be fetched.

    Errors, from the iteration: Busy, Stopping, TimeLimit, TooLong; those of Synthesizer.stream.
    """

    def __init__(self, source: Source, workers: Workers, limits: Limits, background: bool = False) -> None:
        self.report: Report | None = None  # with the first chunk; complete after the last
        self.complete = False  # whether the last chunk was made
        self.due = 0.0
        self._source, self._workers, self._limits = source, workers, limits
        self._headstart = BACKGROUND_SECONDS if background else 0.0
        self._generator: Iterator[AudioChunk] | None = None
        self._made: deque[AudioChunk] = deque()
        self._made_seconds = 0.0
        self._lock = threading.Lock()
        self._in_line = False  # or being advanced
        self._ended = False
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._latest_end = float("inf")
        self._waited_for = 0.0  # since when the consumer has been away; inf while it waits for us

    # the consumer's side, in its event loop

    async def __aenter__(self) -> SpeechStream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __aiter__(self) -> SpeechStream:
        return self

    async def __anext__(self) -> AudioChunk:
        if self._loop is None:
            await self._open()
        try:
            self._waited_for = float("inf")
            while True:
                with self._lock:
                    self._news.clear()
                    if self._made:
                        return self._taken()
                    if self._ended:
                        break
                await self._news.wait()
        except asyncio.CancelledError:  # as with an asynchronous generator, nothing comes after it
            await self.aclose()
            raise
        finally:
            self._waited_for = now()
        if self._error is not None:
            raise self._error
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Ends the stream; what was made and not fetched is thrown away. More than once is fine."""
        with self._lock:
            self._made.clear()
        self.end()

    def __del__(self) -> None:
        # `async for` that was left by `break`, without aclose
        if self._loop is not None and not self._ended:
            self.end()

    async def _open(self) -> None:
        await self._source.begin()
        self._loop = asyncio.get_running_loop()
        self._latest_end = now() + self._limits.request_seconds
        self._watch()
        self.due = now() + self._headstart
        self._in_line = True
        self._workers.put(self)

    def _taken(self) -> AudioChunk:
        """The next chunk; asks for more where there is room. Under the lock."""
        chunk = self._made.popleft()
        self._made_seconds -= len(chunk) / chunk.sample_rate
        if not self._in_line and not self._ended and self._made_seconds < self._limits.ahead_seconds:
            self._in_line = True
            self._workers.put(self)
        return chunk

    def _watch(self) -> None:
        """Ends a stream that lasts too long, or that nobody fetches."""
        assert self._loop is not None
        stalled_at = self._waited_for + self._limits.stall_seconds if self._waited_for else float("inf")
        if now() >= self._latest_end:
            self.end(TimeLimit(f"the request took longer than {self._limits.request_seconds:g} s; give a shorter text"))
        elif now() >= stalled_at:
            self.end(TimeLimit(f"nothing was fetched for {self._limits.stall_seconds:g} s"))
        elif not self._ended:
            wait = min(self._latest_end - now(), self._limits.stall_seconds / 4)
            self._timer = self._loop.call_later(max(0.01, wait), _watch, weakref.ref(self))

    # any thread

    @property
    def error(self) -> BaseException | None:
        """What ended it, if it was not the text's end or the consumer."""
        return self._error

    def end(self, error: BaseException | None = None) -> None:
        """Makes no more chunks; the consumer meets `error` after what was made before. More than once is fine."""
        with self._lock:
            if self._ended:
                return
            self._ended, self._error = True, error
            if self._loop is None:
                return
            if not self._in_line:  # else the step under way, or the next one, closes the generator
                self._in_line = True
                self._workers.put(self)
        self._source.end(self)
        self._tell(self._cancel_timer)
        self._tell(self._news.set)

    def _tell(self, what: Callable[[], None]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop has ended, so nobody listens
            self._loop.call_soon_threadsafe(what)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    # the workers' side

    def step(self) -> bool:
        """Makes one chunk; whether to go on."""
        if self._ended:
            self._close_generator()
            return False
        try:
            if self._generator is None:
                self._generator = self._source.open()
            chunk = next(self._generator, None)
        except BaseException as error:  # whatever it is, the consumer is the one to hear of it
            self._generator = None
            self.end(error)
            return False
        if chunk is None:
            self.complete = True
            self.end()
            return False
        with self._lock:
            seconds = len(chunk) / chunk.sample_rate
            if not self._ended:
                self.report = chunk.report
                self._made.append(chunk)
                self._made_seconds += seconds
            self.due = max(self.due, now() + self._headstart) + seconds
            go_on = self._in_line = self._ended or self._made_seconds < self._limits.ahead_seconds
        self._tell(self._news.set)
        return go_on

    def _close_generator(self) -> None:
        generator, self._generator = self._generator, None
        if generator is not None:
            generator.close()  # type: ignore[attr-defined]


def _watch(stream: weakref.ref[SpeechStream]) -> None:
    """The timer must not keep alive what its consumer has dropped."""
    found = stream()
    if found is not None:
        found._watch()
