"""Exists to bring chunks of sound to a loudspeaker without gaps: a device's callback is fed from a bounded
queue, which the caller fills ahead.

PortAudio calls back from a thread of its own. That thread takes, ramps and counts; it never waits for the
models. The caller's thread makes the sound and is the one that meets all errors, its own and the device's.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

import numpy as np

from qingyin.devices import WITHOUT, Device, find_device, open_stream, sounddevice
from qingyin.errors import AudioError
from qingyin.resampling import Resampler, can_resample

QUEUE_SECONDS = 10.0  # of sound ahead of the loudspeaker: rides out a busy moment, bounds memory
LATENCY_SECONDS = 0.04  # asked of the device; what is in there already cannot be taken back when Ctrl-C comes
RAMP_SECONDS = 0.005  # of fades, where a step would click
_BLOCK_SECONDS = 0.5  # how finely long arrays enter the queue
_POLL_SECONDS = 0.2
_PATIENCE = 25  # polls without a callback until the device counts as dead


class PlaybackStopped(Exception):
    """The listener asked to stop; not an error. Raised by `write`, so that no more sound is made."""


class Player:
    """A sink (see audio.AudioSink) that plays. Sound starts with the first `write`, which blocks when the queue
    is full; `close` returns when all has been heard.

    pause, resume, toggle and stop may be called from any thread. As a context manager it closes at the end of
    the block, plays out what is queued when the block fails with an Exception, and stops at once when it is
    interrupted.

    sample_rate: Hz of what is written. device: see devices.find_device. rate: Hz to open the device with; None
    for the device's own, which needs soxr (without it the device is asked to convert). queue_seconds: of sound made
    ahead. latency_seconds: of the device; more rides out a busier computer, and sounds on longer after `stop`.
    Errors: AudioError, DependencyError.
    """

    def __init__(
        self, sample_rate: int, *, device: str | int | Device | None = None, rate: int | None = None,
        queue_seconds: float = QUEUE_SECONDS, latency_seconds: float = LATENCY_SECONDS,
    ) -> None:  # fmt: skip
        self.device = device if isinstance(device, Device) else find_device(device)
        if rate is not None:
            rates = [rate]
        elif can_resample():
            rates = list(dict.fromkeys((self.device.sample_rate, 48000, 44100, sample_rate)))
        else:
            rates = [sample_rate]
        self._changed = threading.Condition()
        self._blocks: deque[np.ndarray] = deque()  # mono float32 at the device's rate
        self._queued = 0  # samples in _blocks
        self._faded: list[np.ndarray] = []  # taken during a fade-out, to be played again after the pause
        self._begun = self._finished = self._stopping = self._paused = self._over = False
        self._dry = self._excused = self._waiting = False
        self._last = 0.0  # sample taken from the queue
        self._beats = 0  # callbacks so far: the device's pulse
        self._failure: BaseException | None = None
        self.underruns = 0  # times the queue ran empty in the middle of the sound
        self.underrun_samples = 0  # silence heard because of that, at `rate`
        self.device_underruns = 0  # times the callback came too late for the device
        self.played_samples = 0  # at `rate`
        self._abort, self._stop = sounddevice().CallbackAbort, sounddevice().CallbackStop
        self._stream, self.rate, self.channels = open_stream(
            self.device, rates, latency_seconds, callback=self._callback, finished_callback=self._on_over
        )
        self._ramp = max(1, round(RAMP_SECONDS * self.rate))
        self._level = self._ramp  # 0 silent ... _ramp full
        self._capacity = round(queue_seconds * self.rate)
        # Silence after the end. PortAudio promises to play out what the last callback gave, but on ALSA's pulse
        # plugin 34 ms of a stream with a latency of 30 ms were never heard.
        self._tail = round(2 * self.latency_seconds * self.rate)
        self._resampler = Resampler(sample_rate, self.rate) if self.rate != sample_rate else None

    @property
    def latency_seconds(self) -> float:
        """What PortAudio says of the way from the callback to the loudspeaker."""
        return float(self._stream.latency)

    @property
    def paused(self) -> bool:
        return self._paused

    # for the thread that makes the sound

    def write(self, samples: np.ndarray) -> None:
        """Queues float32 [n] in [-1, 1]; blocks while the queue is full. Errors: AudioError when the device is
        gone; PlaybackStopped.
        """
        self._queue(samples if self._resampler is None else self._resampler.push(samples))

    def close(self) -> None:
        """Waits until everything has been heard, and gives the device back. Errors: AudioError."""
        try:
            if self._resampler is not None and not self._stopping and self._failure is None:
                self._queue(self._resampler.push(np.zeros(0, np.float32), last=True))
            with self._changed:
                self._finished = True
                if self._begun:
                    self._wait(lambda: self._over and not self._queued)
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
        self._waiting = True
        try:
            yield
        finally:
            self._waiting = False

    # for any thread

    def pause(self) -> None:
        """Fades out; `resume` goes on at the same place."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        with self._changed:
            self._paused = False

    def toggle(self) -> None:
        with self._changed:
            self._paused = not self._paused

    def stop(self) -> None:
        """Fades out within milliseconds and drops the rest; returns at once."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    # inside

    def _queue(self, samples: np.ndarray) -> None:
        step = max(1, round(_BLOCK_SECONDS * self.rate))
        for start in range(0, len(samples), step):
            block = np.array(samples[start : start + step], np.float32)  # a copy: the caller may reuse its array
            with self._changed:
                self._wait(lambda: self._queued < self._capacity)
                self._blocks.append(block)
                self._queued += len(block)
            if not self._begun:
                self._begun = True
                try:
                    self._stream.start()
                except sounddevice().PortAudioError as error:
                    self._begun = False
                    raise AudioError(f"{self.device.name!r} does not start ({error}); {WITHOUT}") from None

    def _wait(self, ready: Callable[[], bool]) -> None:
        """Waits, with the lock held, and raises what the wait is vain for."""
        beats, silent = self._beats, 0
        while True:
            if self._failure is not None:
                self._check()
            if self._stopping:
                raise PlaybackStopped
            if ready():
                return
            if self._over or silent >= _PATIENCE:
                raise AudioError(f"{self.device.name!r} takes no more sound; is it still connected? {WITHOUT}")
            # polls are counted, not seconds: a process that Ctrl-Z held for an hour has missed none
            self._changed.wait(_POLL_SECONDS)
            silent = silent + 1 if self._beats == beats else 0
            beats = self._beats

    def _check(self) -> None:
        if self._failure is not None:
            raise AudioError(f"playing failed ({type(self._failure).__name__}: {self._failure}); {WITHOUT}")

    def _give_back(self) -> None:
        with self._changed:
            if self._begun and not self._over:
                self._changed.wait_for(lambda: self._over, timeout=1.0)
        with contextlib.suppress(sounddevice().PortAudioError):
            self._stream.close(ignore_errors=True)

    def _on_over(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    # in PortAudio's thread

    def _callback(self, out: np.ndarray, frames: int, time: Any, status: Any) -> None:
        try:
            with self._changed:
                self._beats += 1
                if status.output_underflow and not (self._dry or self._stopping):
                    self.device_underruns += 1
                mono, ended = self._render(frames)
                if self._queued < self._capacity:
                    self._changed.notify_all()
            out[:, :2] = mono[:, None]  # both ears; what else a device may have stays silent
            out[:, 2:] = 0.0
        except BaseException as error:
            # an exception in a callback would be printed and forgotten, and the caller wait for ever
            self._failure = error
            out.fill(0.0)
            raise self._abort from None
        if ended:
            raise self._stop

    def _render(self, frames: int) -> tuple[np.ndarray, bool]:
        """The next float32 [frames], and whether they are the last."""
        out = np.zeros(frames, np.float32)
        if self._stopping or self._paused:
            count = min(self._level, frames)
            if count:
                taken = self._take(count)
                ramp = np.arange(self._level - 1, self._level - 1 - count, -1, dtype=np.float32) / self._ramp
                out[: len(taken)] = taken * ramp[: len(taken)]
                self._level -= count
                self._faded.append(taken)
            if not self._level and not self._stopping:
                for block in reversed(self._faded):  # heard only in part: played again after the pause
                    self._blocks.appendleft(block)
                    self._queued += len(block)
                    self.played_samples -= len(block)
                self._faded.clear()
            return out, self._stopping and not self._level and self._tail_over(frames - count)
        self._faded.clear()
        taken = self._take(frames)
        out[: len(taken)] = taken
        if self._level < self._ramp and len(taken):
            count = min(self._ramp - self._level, len(taken))
            out[:count] *= np.arange(self._level, self._level + count, dtype=np.float32) / self._ramp
            self._level += count
        missing = frames - len(taken)
        if not missing:
            self._dry = False
            return out, False
        if self._finished:
            return out, self._tail_over(missing)
        self._run_dry(out, len(taken))
        return out, False

    def _tail_over(self, silence: int) -> bool:
        """Whether, with these samples more, there was silence enough after the end."""
        self._tail -= silence
        return self._tail <= 0

    def _run_dry(self, out: np.ndarray, count: int) -> None:
        """Nothing comes after out[:count], and there should: lets the last sample die away, and counts."""
        if count or not self._dry:
            self._excused = self._waiting
            self._dry = True
            if not self._excused:
                self.underruns += 1
            tail = min(self._ramp, len(out) - count)
            out[count : count + tail] = self._last * np.linspace(1.0, 0.0, tail, dtype=np.float32)
            self._level = 0  # and back with a fade
        if not self._excused:
            self.underrun_samples += len(out) - count

    def _take(self, count: int) -> np.ndarray:
        """Up to `count` samples from the head of the queue."""
        parts, left = [], count
        while left and self._blocks:
            block = self._blocks.popleft()
            if len(block) > left:
                self._blocks.appendleft(block[left:])
                block = block[:left]
            parts.append(block)
            left -= len(block)
        self._queued -= count - left
        self.played_samples += count - left
        if not parts:
            return np.zeros(0, np.float32)
        self._last = float(parts[-1][-1])
        return np.concatenate(parts)
