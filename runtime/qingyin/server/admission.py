"""Exists so that a service under too much load says so at once, instead of becoming slow for everybody."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass

from qingyin.server.limits import Busy, Limits, Stopping


@dataclass(eq=False)
class _Turn:
    """Somebody in the line. `granted` is set, under the lock, as soon as the place is theirs."""

    loop: asyncio.AbstractEventLoop
    called: asyncio.Future[None]
    granted: bool = False

    def call(self) -> bool:
        """Whether the one who waits will hear it."""
        try:
            self.loop.call_soon_threadsafe(_set, self.called)
        except RuntimeError:  # the loop has ended
            return False
        return True


class Admission:
    """Places for those that are served at once, and a short line in the order of coming. From any event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._line: deque[_Turn] = deque()
        self.closed = False
        self.active = 0
        self.refused = 0

    @property
    def waiting(self) -> int:
        """How many are in the line."""
        return len(self._line)

    def close(self) -> None:
        """From now on everybody is refused, those in the line too."""
        with self._lock:
            self.closed = True
            line, self._line = self._line, deque()
        for turn in line:
            turn.call()

    def check(self) -> None:
        """Refuses at once who could not even wait, before work is put into the request. Errors: Busy, Stopping."""
        with self._lock:
            full = self.active >= self._limits.streams and len(self._line) >= self._limits.waiting
            if full or self.closed:
                raise self._refusal()

    async def enter(self) -> None:
        """Takes a place, which `leave` gives back. Errors: Busy, Stopping."""
        turn = self._place_or_turn()
        if turn is None:
            return
        try:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(turn.called, self._limits.wait_seconds)
        except BaseException:  # the client went away
            if self._granted(turn):
                self.leave()
            raise
        if not self._granted(turn):
            raise self._refusal()

    def leave(self) -> None:
        """Gives a place back, to the one who waits longest."""
        while True:
            with self._lock:
                if not self._line:
                    self.active -= 1
                    return
                turn = self._line.popleft()
                turn.granted = True
            if turn.call():
                return

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """`enter` and `leave`."""
        await self.enter()
        try:
            yield
        finally:
            self.leave()

    def _place_or_turn(self) -> _Turn | None:
        with self._lock:
            if self.closed:
                raise self._refusal()
            if self.active < self._limits.streams:
                self.active += 1
                return None
            if len(self._line) >= self._limits.waiting:
                raise self._refusal()
            loop = asyncio.get_running_loop()
            turn = _Turn(loop, loop.create_future())
            self._line.append(turn)
            return turn

    def _granted(self, turn: _Turn) -> bool:
        """Whether a turn has come; if not, it never will."""
        with self._lock:
            if turn in self._line:
                self._line.remove(turn)
            return turn.granted

    def _refusal(self) -> Busy | Stopping:
        if self.closed:
            return Stopping("the service is being stopped; try again in a minute")
        self.refused += 1
        return Busy(f"{self._limits.streams} requests are being served already", 1 + len(self._line) // 8)


def _set(called: asyncio.Future[None]) -> None:
    if not called.done():
        called.set_result(None)
