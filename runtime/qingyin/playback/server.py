"""Exists to play through a PulseAudio or PipeWire server without gaps on a busy computer: seconds of sound lie ahead in
the server, and a pause or a stop fades what lies there.

Where programs queue for the processor, seven to a core, a thread was seen to wait 0.1 to 0.5 s for its turn, which no
latency that a listener would accept for Ctrl-C can ride out. See pulse.py for how sound is taken back.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from qingyin.playback.pulse import PulseStream, Timing
from qingyin.playback.queue import SampleQueue

AHEAD_SECONDS = 2.0  # in the server
_BLOCK_SECONDS = 0.5  # handed over at a time
_REFILL_SECONDS = 0.1  # that has to be missing
_LOW_SECONDS = 0.02  # left, beside the period that is about to go, when nothing follows and a fade is due
_PATIENCE_SECONDS = 0.2  # between two looks at the server


class ServerOutput:
    """The default loudspeaker of the sound server; plays `queue` from `start` on. `on_over` is called when
    it plays no more. rate: Hz; None for the loudspeaker's. latency_seconds: within which a stop is to be heard.
    Errors: AudioError.
    """

    queue: SampleQueue
    channels = 1  # the server spreads them

    def __init__(self, rate: int | None, latency_seconds: float, on_over: Callable[[], None]) -> None:
        # The loudspeaker takes a period at a time: one is with it, one may be about to go, one is for the answers.
        self._stream = PulseStream(rate, latency_seconds / 4)
        self.rate = self._stream.rate
        self._on_over = on_over
        self._period = self._stream.period
        self._low = self._period + round(_LOW_SECONDS * self.rate)
        self._ahead: list[np.ndarray] = []  # what the server holds, and perhaps a little more before it
        self._sounding = False  # something was written since the last silence
        self._silent_since = 0.0  # s, of the clock of time.monotonic
        self._thread: threading.Thread | None = None

    @property
    def latency_seconds(self) -> float:
        """Of sound that cannot be taken back any more."""
        return 3 * self._period / self.rate

    taken_at_once_seconds = 0.0  # the server waits for what has not been made yet

    def start(self) -> None:
        self._thread = threading.Thread(target=self._serve, name="qingyin-speaker", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._thread is not None:
            self._thread.join(timeout=1.0)
            if self._thread.is_alive():
                return  # it waits for a server that does not answer, and ends with the process
        self._stream.close()

    def _serve(self) -> None:
        try:
            self._play(self.queue)
        except BaseException as error:
            self.queue.failure = error
        finally:
            self._on_over()

    def _play(self, queue: SampleQueue) -> None:
        while True:
            asked = time.monotonic()
            timing = self._stream.timing()
            self._forget(timing)
            with queue.changed:
                queue.beats += 1
                stopping, paused = queue.stopping, queue.paused
            if stopping:
                self._silence(queue, timing, asked)
                return
            if paused:
                unheard = self._silence(queue, timing, asked)
                with queue.changed:
                    queue.put_back(unheard)
                    queue.level = 0
                self._drop_silence()
                with queue.changed:
                    while queue.paused and not queue.stopping:
                        queue.changed.wait(_PATIENCE_SECONDS)
                        queue.beats += 1
            elif self._feed(queue, timing):
                return

    def _feed(self, queue: SampleQueue, timing: Timing) -> bool:
        """One look at the server: tops it up and waits for the next -> whether everything has been heard."""
        left = timing.written - timing.read
        room = round(AHEAD_SECONDS * self.rate) - left
        with queue.changed:
            if queue.length and self._sounding and left < self._period and not timing.playing:
                queue.device_underruns += 1
                queue.level = 0
            block = queue.take(min(room, round(_BLOCK_SECONDS * self.rate)))
            queue.fade_in(block)
            ended = queue.finished and not queue.length and not len(block)
            if len(block):
                if queue.dry:
                    queue.missed(round(max(0.0, time.monotonic() - self._silent_since) * self.rate))
                    queue.dry = False
                if queue.length < queue.capacity:
                    queue.changed.notify_all()
            elif self._sounding and not ended and left <= self._low:
                dying = queue.run_dry()
                self._sounding = False
                self._silent_since = time.monotonic() + left / self.rate
                if left:
                    self._write(np.concatenate([dying, np.zeros(self._period, np.float32)]))
        if len(block):
            self._sounding = True
            self._write(block)
            return False
        if ended and self._sounding:  # silence, so that no server keeps back the last of the sound
            self._write(np.zeros(2 * self._period, np.float32))
            self._sounding = False
        elif ended and left <= 2 * self._period:
            time.sleep(timing.sink_seconds + 2 * self._period / self.rate)
            return True
        else:
            self._wait(queue, left, room)
        return False

    def _wait(self, queue: SampleQueue, left: int, room: int) -> None:
        """Until the server wants more or the listener does something."""
        with queue.changed:
            finished = queue.finished
            full = room < _REFILL_SECONDS * self.rate
            if full:
                seconds = _REFILL_SECONDS
            else:
                until = left - (2 * self._period if finished else self._low)  # the end, or soon running dry
                seconds = min(_PATIENCE_SECONDS, max(0.002, until / self.rate))
                if not (self._sounding or finished):
                    seconds = _PATIENCE_SECONDS
            queue.changed.wait_for(
                lambda: queue.stopping or queue.paused or (not full and (queue.length or queue.finished != finished)),
                timeout=seconds,
            )

    def _write(self, block: np.ndarray) -> None:
        self._stream.write(block)
        self._ahead.append(block)

    def _forget(self, timing: Timing) -> None:
        """Drops what has gone to the loudspeaker."""
        held = sum(len(block) for block in self._ahead)
        while self._ahead and held - len(self._ahead[0]) >= timing.written - timing.read:
            held -= len(self._ahead.pop(0))

    def _silence(self, queue: SampleQueue, timing: Timing, asked: float) -> np.ndarray:
        """Fades out what the server holds, waits until that has been heard -> what was not, from the fade's start.

        timing: the answer to what was asked then, in seconds of time.monotonic; a busy server gets more time.
        """
        delay = 2 * self._period + round(2 * (time.monotonic() - asked) * self.rate)
        count = timing.written - timing.read - delay
        unheard = np.zeros(0, np.float32)
        if count > 0:
            unheard = np.concatenate(self._ahead)[-count:]
            faded = np.zeros_like(unheard)
            fading = min(queue.ramp, count)
            faded[:fading] = unheard[:fading] * np.arange(fading - 1, -1, -1, dtype=np.float32) / fading
            self._stream.write(faded, at=timing.read + delay)
        elif timing.written > timing.read:  # so near its end that only more can be added
            self._stream.write(np.concatenate([queue.dying(self._ahead[-1][-1]), np.zeros(self._period, np.float32)]))
        self._ahead.clear()
        self._sounding = False
        time.sleep(timing.sink_seconds + (delay + queue.ramp + self._period) / self.rate)
        return unheard

    def _drop_silence(self) -> None:
        """Empties the server of the silence behind a fade, so that what is written next is heard next."""
        self._stream.flush()
