"""Exists to hold the sound between the thread that makes it and the one that brings it to the loudspeaker: bounded,
with fades wherever a step would click, and with the counters of what went wrong.
"""

from __future__ import annotations

import threading
from collections import deque

import numpy as np

RAMP_SECONDS = 0.005  # of fades, where a step would click


class SampleQueue:
    """Mono float32 at `rate` (Hz), at most about `seconds` of it. Every method and attribute is to be used with
    `changed` held, except to look at single values.
    """

    def __init__(self, rate: int, seconds: float) -> None:
        self.changed = threading.Condition()
        self.rate = rate
        self.capacity = round(seconds * rate)
        self.ramp = max(1, round(RAMP_SECONDS * rate))
        self.level = self.ramp  # how loud the next sample is: 0 silent ... ramp full
        self.length = 0  # samples
        self.last = 0.0  # sample taken
        self.paused = False
        self.stopping = False  # the listener has had enough
        self.finished = False  # all has been queued
        self.over = False  # the device plays no more
        self.waiting = False  # nothing to say is nobody's fault now
        self.dry = False  # ran empty, and nothing came since
        self.excused = False  # and that does not count
        self.beats = 0  # the device's pulse
        self.failure: BaseException | None = None  # of the thread that serves the device
        self.underruns = 0  # times the queue ran empty in the middle of the sound
        self.underrun_samples = 0  # silence heard because of that
        self.device_underruns = 0  # times the device was served too late
        self.taken = 0  # samples, less those put back
        self._blocks: deque[np.ndarray] = deque()

    def add(self, block: np.ndarray) -> None:
        self._blocks.append(block)
        self.length += len(block)
        self.changed.notify_all()

    def take(self, count: int) -> np.ndarray:
        """Up to so many samples from the head."""
        parts, left = [], count
        while left > 0 and self._blocks:
            block = self._blocks.popleft()
            if len(block) > left:
                self._blocks.appendleft(block[left:])
                block = block[:left]
            parts.append(block)
            left -= len(block)
        if not parts:
            return np.zeros(0, np.float32)
        self.length -= count - left
        self.taken += count - left
        self.last = float(parts[-1][-1])
        return np.concatenate(parts)

    def put_back(self, block: np.ndarray) -> None:
        """Samples that were taken last and not heard, or only in part."""
        if len(block):
            self._blocks.appendleft(block)
            self.length += len(block)
            self.taken -= len(block)

    def fade_in(self, samples: np.ndarray) -> None:
        """Scales what was taken, in place, as long as the level is not full."""
        count = min(self.ramp - self.level, len(samples))
        if count > 0:
            samples[:count] *= np.arange(self.level, self.level + count, dtype=np.float32) / self.ramp
            self.level += count

    def run_dry(self) -> np.ndarray:
        """Nothing is left, and there should be: counts -> samples in which the last one dies away."""
        self.dry = True
        self.excused = self.waiting
        if not self.excused:
            self.underruns += 1
        self.level = 0  # and back with a fade
        return self.dying(self.last)

    def dying(self, sample: float) -> np.ndarray:
        """What follows a last sample without a click."""
        return sample * np.linspace(1.0, 0.0, self.ramp, dtype=np.float32)

    def missed(self, samples: int) -> None:
        """So much silence is heard because of that."""
        if not self.excused:
            self.underrun_samples += samples
