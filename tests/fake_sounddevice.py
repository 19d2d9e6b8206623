"""A stand-in for the module sounddevice: devices as the test wants them, and a stream whose callback the test
calls itself (`Stream.pull`) or leaves to a thread in place of PortAudio's.
"""

from __future__ import annotations

import threading
import time
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np


class PortAudioError(Exception):
    pass


class CallbackStop(Exception):
    pass


class CallbackAbort(Exception):
    pass


class Stream:
    """Plays into `heard`, a list of float32 [frames, channels]."""

    latency = 0.01

    def __init__(self, module: FakeSounddevice, samplerate: int, channels: int, callback: Any, finished: Any) -> None:
        self.module, self.rate, self.channels = module, samplerate, channels
        self.callback, self.finished = callback, finished
        self.heard: list[np.ndarray] = []
        self.over = self.closed = self.started = False

    def start(self) -> None:
        self.started = True
        if self.module.clock:
            threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while not self.over and not self.module.unplugged:
            if not self.pull(480).any():
                time.sleep(0.001)  # silence may last as long as a slow machine needs, and is kept

    def pull(self, frames: int, underflow: bool = False) -> np.ndarray:
        """One callback -> what it gave, float32 [frames]."""
        out = np.full((frames, self.channels), np.nan, np.float32)
        try:
            self.callback(out, frames, None, SimpleNamespace(output_underflow=underflow))
        except (CallbackStop, CallbackAbort):
            self.over = True
        self.heard.append(out)
        if self.over:
            self.finished()
        return out[:, 0]

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True

    @property
    def samples(self) -> np.ndarray:
        return np.concatenate([block[:, 0] for block in self.heard])


class FakeSounddevice(ModuleType):
    """To be put into sys.modules["sounddevice"]."""

    PortAudioError, CallbackStop, CallbackAbort = PortAudioError, CallbackStop, CallbackAbort

    def __init__(self, names: tuple[str, ...] = ("speaker",), channels: int = 2, rates: tuple[int, ...] = (48000,),
                 least_channels: int = 1, clock: bool = True) -> None:  # fmt: skip
        super().__init__("sounddevice")
        self.names, self.max_channels, self.rates, self.least_channels = names, channels, rates, least_channels
        self.clock = clock  # whether a thread pulls, sound as fast as it can
        self.unplugged = False
        self.default = SimpleNamespace(device=[-1, -1])
        self.streams: list[Stream] = []

    def query_hostapis(self) -> list[dict[str, Any]]:
        return [{"name": "Fake"}]

    def query_devices(self, kind: str | None = None) -> Any:
        microphone = {"name": "microphone", "index": 0, "hostapi": 0, "max_output_channels": 0,
                      "default_samplerate": 48000.0}  # fmt: skip
        outputs = [
            {"name": name, "index": index, "hostapi": 0, "max_output_channels": self.max_channels,
             "default_samplerate": float(self.rates[0])}
            for index, name in enumerate(self.names, 1)
        ]  # fmt: skip
        if kind is None:
            return [microphone, *outputs]
        if not outputs:
            raise PortAudioError("Error querying device -1")
        return outputs[0]

    def OutputStream(
        self, *, device: int, channels: int, dtype: str, samplerate: int, latency: float, callback: Any,
        finished_callback: Any,
    ) -> Stream:  # fmt: skip
        assert dtype == "float32" and 0 < latency < 0.1 and 1 <= device <= len(self.names)
        if samplerate not in self.rates:
            raise PortAudioError("Invalid sample rate")
        if channels < self.least_channels:
            raise PortAudioError("Invalid number of channels")
        self.streams.append(Stream(self, samplerate, channels, callback, finished_callback))
        return self.streams[-1]
