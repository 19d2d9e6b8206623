"""Exists so that our engine is measured as `qingyin say` uses it: with its graphs, or with others in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SEED = 0


class Qingyin:
    """Ours, as `qingyin say` uses it."""

    def __init__(self, model: str | None, threads: int, vocoder: str | None) -> None:
        from qingyin.synthesizer import Synthesizer

        self._synthesizer = Synthesizer.load(model, vocoder, threads)
        self._report: Any = None

    def speak(self, text: str) -> Iterator[float]:
        for chunk in self._synthesizer.stream(text, seed=SEED):
            self._report = chunk.report
            yield len(chunk) / chunk.sample_rate

    def stages(self) -> dict[str, float]:
        timings = self._report.timings
        return {name: getattr(timings, name) for name in ("text", "encoder", "decoder", "vocoder")}
