"""Exists to bring chunks of sound to a loudspeaker without gaps: the caller fills a bounded queue ahead, and a thread
beside it serves the device.

The caller's thread makes the sound and is the one that meets all errors, its own and the device's.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from qingyin.errors import AudioError
from qingyin.playback.devices import WITHOUT, Device, find_device
from qingyin.playback.queue import SampleQueue
from qingyin.resampling import Resampler, can_resample

if TYPE_CHECKING:
    from qingyin.playback.portaudio import CallbackOutput
    from qingyin.playback.server import ServerOutput

QUEUE_SECONDS = 30.0  # of sound ahead of the loudspeaker: rides out half a minute without the processor, bounds memory
LATENCY_SECONDS = 0.04  # asked of the device; what is in there already cannot be taken back when Ctrl-C comes
_GROWTH = 4  # how many times as long as the last chunk the next may take: synthesis makes longer ones as it goes on
_BLOCK_SECONDS = 0.5  # how finely long arrays enter the queue
_POLL_SECONDS = 0.2
_PATIENCE = 25  # polls without a sign of life until the device counts as dead


class PlaybackStopped(Exception):
    """The listener asked to stop; not an error. Raised by `write`, so that no more sound is made."""


class Player:
    """A sink (see audio.AudioSink) that plays. `write` blocks when the queue is full; `close` returns when all has been
    heard. Sound starts with the first `write`, or, where making it took long, as soon as so much is there that the next
    is likely to come in time.

    pause, resume, toggle and stop may be called from any thread. As a context manager it closes at the end of
    the block, plays out what is queued when the block fails with an Exception, and stops at once when it is
    interrupted.

    sample_rate: Hz of what is written. device: see devices.find_device. rate: Hz to open the device with; None
    for the device's own, which needs soxr (without it the device is asked to convert). queue_seconds: of sound made
    ahead. latency_seconds: of the device: within it a `stop` is to be heard; more rides out a busier computer.
    Errors: AudioError, DependencyError.
    """

    def __init__(
        self, sample_rate: int, *, device: str | int | Device | None = None, rate: int | None = None,
        queue_seconds: float = QUEUE_SECONDS, latency_seconds: float = LATENCY_SECONDS,
    ) -> None:  # fmt: skip
        self.device = device if isinstance(device, Device) else find_device(device)
        self._output = self._open(sample_rate, rate, latency_seconds)
        self.rate, self.channels = self._output.rate, self._output.channels
        self._queue = SampleQueue(self.rate, queue_seconds)
        self._output.queue = self._queue
        self._begun = False
        self._making_since = time.monotonic()  # what is written next
        self._resampler = Resampler(sample_rate, self.rate) if self.rate != sample_rate else None

    def _open(self, sample_rate: int, rate: int | None, latency_seconds: float) -> CallbackOutput | ServerOutput:
        own = None if can_resample() else sample_rate
        if self.device.is_server:
            from qingyin.playback.server import ServerOutput

            return ServerOutput(rate or own, latency_seconds, self._on_over)
        from qingyin.playback.portaudio import CallbackOutput

        chosen = rate or own
        rates = [chosen] if chosen else list(dict.fromkeys((self.device.sample_rate, 48000, 44100, sample_rate)))
        return CallbackOutput(self.device, rates, latency_seconds, self._on_over)

    @property
    def latency_seconds(self) -> float:
        """Of sound that cannot be taken back any more."""
        return self._output.latency_seconds

    @property
    def paused(self) -> bool:
        return self._queue.paused

    @property
    def stopped(self) -> bool:
        """Whether the listener asked for it."""
        return self._queue.stopping

    @property
    def played_samples(self) -> int:
        """At `rate`, handed to the device."""
        return self._queue.taken

    @property
    def underruns(self) -> int:
        """Times the queue ran empty in the middle of the sound."""
        return self._queue.underruns

    @property
    def underrun_samples(self) -> int:
        """Silence heard because of that, at `rate`."""
        return self._queue.underrun_samples

    @property
    def device_underruns(self) -> int:
        """Times the device was served too late."""
        return self._queue.device_underruns

    # for the thread that makes the sound

    def write(self, samples: np.ndarray) -> None:
        """Queues float32 [n] in [-1, 1]; blocks while the queue is full. Errors: AudioError when the device is
        gone; PlaybackStopped.
        """
        seconds = time.monotonic() - self._making_since
        self._add(samples if self._resampler is None else self._resampler.push(samples))
        if self._queue.length >= max(_GROWTH * seconds, self._output.taken_at_once_seconds) * self.rate:
            self._begin()
        self._making_since = time.monotonic()

    def close(self) -> None:
        """Waits until everything has been heard, and gives the device back. Errors: AudioError."""
        try:
            if self._resampler is not None and not self._queue.stopping and self._queue.failure is None:
                self._add(self._resampler.push(np.zeros(0, np.float32), last=True))
            self._begin()
            with self._queue.changed:
                self._queue.finished = True
                if self._begun:
                    self._wait(lambda: self._queue.over and not self._queue.length)
        except PlaybackStopped:
            self._give_back()
        except BaseException:
            self.stop()
            self._give_back()
            raise
        else:
            self._give_back()
            self._check()

    def __enter__(self) -> Player:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        elif issubclass(kind, Exception) and not issubclass(kind, PlaybackStopped):
            with contextlib.suppress(Exception):  # the first error is the one to tell
                self.close()
        else:
            self.stop()
            self._give_back()

    @contextlib.contextmanager
    def waiting_for_text(self) -> Iterator[None]:
        """A block in which an empty queue is nobody's fault, so that it does not count as an underrun."""
        self._begin()
        self._queue.waiting = True
        try:
            yield
        finally:
            self._queue.waiting = False
            self._making_since = time.monotonic()

    # for any thread

    def pause(self) -> None:
        """Fades out; `resume` goes on at the same place."""
        self._set_paused(True)

    def resume(self) -> None:
        self._set_paused(False)

    def toggle(self) -> None:
        with self._queue.changed:
            self._set_paused(not self._queue.paused)

    def stop(self) -> None:
        """Fades out within milliseconds and drops the rest; returns at once."""
        with self._queue.changed:
            self._queue.stopping = True
            self._queue.changed.notify_all()

    # inside

    def _set_paused(self, paused: bool) -> None:
        with self._queue.changed:
            self._queue.paused = paused
            self._queue.changed.notify_all()

    def _add(self, samples: np.ndarray) -> None:
        step = max(1, round(_BLOCK_SECONDS * self.rate))
        for start in range(0, len(samples), step):
            block = np.array(samples[start : start + step], np.float32)  # a copy: the caller may reuse its array
            if self._queue.length >= self._queue.capacity:
                self._begin()
            with self._queue.changed:
                self._wait(lambda: self._queue.length < self._queue.capacity)
                self._queue.add(block)

    def _begin(self) -> None:
        """Has what is queued played, if it is not yet."""
        if not self._begun and self._queue.length and not self._queue.stopping:
            self._output.start()
            self._begun = True

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Waits, with the lock held, and raises what the wait is vain for."""
        beats, silent = self._queue.beats, 0
        while True:
            if self._queue.failure is not None:
                self._check()
            if self._queue.stopping:
                raise PlaybackStopped
            if ready():
                return
            if self._queue.over or silent >= _PATIENCE:
                raise AudioError(f"{self.device.name!r} takes no more sound; is it still connected? {WITHOUT}")
            # polls are counted, not seconds: a process that Ctrl-Z held for an hour has missed none
            self._queue.changed.wait(_POLL_SECONDS)
            silent = silent + 1 if self._queue.beats == beats else 0
            beats = self._queue.beats

    def _check(self) -> None:
        failure = self._queue.failure
        if failure is not None:
            what = str(failure) if isinstance(failure, AudioError) else f"{type(failure).__name__}: {failure}"
            raise AudioError(f"playing on {self.device.name!r} failed ({what}); {WITHOUT}")

    def _give_back(self) -> None:
        with self._queue.changed:
            if self._begun and not self._queue.over:
                self._queue.changed.wait_for(lambda: self._queue.over, timeout=1.0)
        self._output.close()

    def _on_over(self) -> None:
        with self._queue.changed:
            self._queue.over = True
            self._queue.changed.notify_all()
