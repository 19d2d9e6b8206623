"""Exists so that a fixed number of threads serves any number of streams fairly, one chunk at a time.

Whoever is due first is served first: a stream whose listener has the least sound left to play, then the order of
asking. Listeners at real time are served in turn that way; one that downloads as fast as it can runs ahead of its own
playback, and so comes after those that would fall silent. It is the earliest-deadline-first rule of Liu and Layland
(1973), with chunks for tasks.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Iterator
from typing import Protocol


class Task(Protocol):
    """Work that is done in steps. `due`: when the next should be done, in seconds of time.monotonic()."""

    due: float

    def step(self) -> bool:
        """Does one step; whether to be put back in line. Raises nothing. Never called by two threads at once."""
        ...


class Workers:
    """The threads. Steps of tasks in line are done by at most `count` at once; see `blocked` for the exception."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._ready: list[tuple[float, int, Task]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._threads: set[threading.Thread] = set()
        self._blocked = 0
        self._closed = False
        with self._changed:
            self._fill()

    def put(self, task: Task) -> None:
        """Into the line, unless it is closed. A task must not be in it twice."""
        with self._changed:
            if not self._closed:
                heapq.heappush(self._ready, (task.due, next(self._order), task))
                self._changed.notify()

    @contextlib.contextmanager
    def blocked(self) -> Iterator[None]:
        """Around what a step waits for without computing: another thread takes its place meanwhile."""
        with self._changed:
            self._blocked += 1
            if not self._closed:
                self._fill()
        try:
            yield
        finally:
            with self._changed:
                self._blocked -= 1

    def close(self) -> None:
        """Waits for the steps being done; what is in line is dropped."""
        with self._changed:
            self._closed = True
            self._ready.clear()
            self._changed.notify_all()
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _fill(self) -> None:
        while len(self._threads) - self._blocked < self.count:
            thread = threading.Thread(target=self._work, name="qingyin-worker", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            if task.step():
                self.put(task)
            del task  # an idle thread must not keep alive what its consumer has dropped

    def _next(self) -> Task | None:
        """The task that is due first; None for a thread that is no longer needed."""
        with self._changed:
            while True:
                if self._closed or len(self._threads) - self._blocked > self.count:
                    self._threads.discard(threading.current_thread())
                    return None
                if self._ready:
                    return heapq.heappop(self._ready)[2]
                self._changed.wait()


def now() -> float:
    """The clock of `due`."""
    return time.monotonic()
