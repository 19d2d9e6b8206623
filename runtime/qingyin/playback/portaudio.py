"""Exists to play through PortAudio, on whatever system: a device's callback is fed from the queue.

PortAudio calls back from a thread of its own, some ten milliseconds before the loudspeaker needs the samples; what it
was given cannot be taken back. That thread takes, ramps and counts; it never waits for the models.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from qingyin.errors import AudioError
from qingyin.playback.devices import WITHOUT, Device, open_stream, sounddevice
from qingyin.playback.queue import SampleQueue


class CallbackOutput:
    """A device, opened with the first of `rates` (Hz) that it takes; plays `queue` from `start` on.
    `on_over` is called when it plays no more. Errors: AudioError.
    """

    queue: SampleQueue

    def __init__(self, device: Device, rates: list[int], latency_seconds: float, on_over: Callable[[], None]) -> None:
        self._device = device
        self._abort, self._stop = sounddevice().CallbackAbort, sounddevice().CallbackStop
        self._stream, self.rate, self.channels = open_stream(
            device, rates, latency_seconds, callback=self._callback, finished_callback=on_over
        )
        self._faded: list[np.ndarray] = []  # taken during a fade-out, to be played again after the pause
        # Silence after the end. PortAudio promises to play out what the last callback gave, but on ALSA's pulse
        # plugin 34 ms of a stream with a latency of 30 ms were never heard.
        self._tail = round(2 * self.latency_seconds * self.rate)

    @property
    def latency_seconds(self) -> float:
        """What PortAudio says of the way from the callback to the loudspeaker."""
        return float(self._stream.latency)

    @property
    def taken_at_once_seconds(self) -> float:
        """What the device fills its buffers with when it starts, up to 2.8 times its latency on ALSA: silence, if the
        queue did not hold so much yet."""
        return 3 * self.latency_seconds

    def start(self) -> None:
        try:
            self._stream.start()
        except sounddevice().PortAudioError as error:
            raise AudioError(f"{self._device.name!r} does not start ({error}); {WITHOUT}") from None

    def close(self) -> None:
        with contextlib.suppress(sounddevice().PortAudioError):
            self._stream.close(ignore_errors=True)

    def _callback(self, out: np.ndarray, frames: int, time: Any, status: Any) -> None:
        queue = self.queue
        try:
            with queue.changed:
                queue.beats += 1
                if status.output_underflow and not (queue.dry or queue.stopping):
                    queue.device_underruns += 1
                mono, ended = self._render(queue, frames)
                if queue.length < queue.capacity:
                    queue.changed.notify_all()
            out[:, :2] = mono[:, None]  # both ears; what else a device may have stays silent
            out[:, 2:] = 0.0
        except BaseException as error:
            # an exception in a callback would be printed and forgotten, and the caller wait for ever
            queue.failure = error
            out.fill(0.0)
            raise self._abort from None
        if ended:
            raise self._stop

    def _render(self, queue: SampleQueue, frames: int) -> tuple[np.ndarray, bool]:
        """The next float32 [frames], and whether they are the last."""
        out = np.zeros(frames, np.float32)
        if queue.stopping or queue.paused:
            count = min(queue.level, frames)
            if count:
                taken = queue.take(count)
                ramp = np.arange(queue.level - 1, queue.level - 1 - count, -1, dtype=np.float32) / queue.ramp
                out[: len(taken)] = taken * ramp[: len(taken)]
                queue.level -= count
                self._faded.append(taken)
            if not queue.level and not queue.stopping:
                for block in reversed(self._faded):  # heard only in part: played again after the pause
                    queue.put_back(block)
                self._faded.clear()
            return out, queue.stopping and not queue.level and self._tail_over(frames - count)
        self._faded.clear()
        taken = queue.take(frames)
        queue.fade_in(taken)
        out[: len(taken)] = taken
        missing = frames - len(taken)
        if not missing:
            queue.dry = False
            return out, False
        if queue.finished:
            return out, self._tail_over(missing)
        if len(taken) or not queue.dry:
            dying = queue.run_dry()[:missing]
            out[len(taken) : len(taken) + len(dying)] = dying
        queue.missed(missing)
        return out, False

    def _tail_over(self, silence: int) -> bool:
        """Whether, with these samples more, there was silence enough after the end."""
        self._tail -= silence
        return self._tail <= 0
