"""Exists to say what a vocoder is (frames in, samples out, as a stream) and to hold the two tools that all
kinds share.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import ClassVar

import numpy as np

from qingyin.contracts import Contract
from qingyin.frame_grid import aligned_down, aligned_up, spared
from qingyin.graph_spec import GraphSpec
from qingyin.manifest import Manifest
from qingyin.sessions import Session, aligned_empty

Arrays = Mapping[str, np.ndarray]


class VocoderStream(ABC):
    """One sentence on its way from frames to samples."""

    @abstractmethod
    def push(self, mel: np.ndarray, f0_hz: np.ndarray, voicing: np.ndarray, last: bool) -> np.ndarray:
        """The next k frames, in order; `last` with the sentence's final ones (once, k may be 0).

        mel float32 [k, n_mels] ln amplitude; f0_hz float32 [k]; voicing float32 [k], 0 or 1.
        Returns float32 [n], the samples that became final; over the sentence T frames give exactly T*hop
        samples.
        """


class Vocoder(ABC):
    """A vocoder kind bound to its graph. A new kind is a file with one subclass, and one line in
    vocoders/__init__.py.
    """

    kind: ClassVar[str]

    def __init__(self, session: Session, manifest: Manifest) -> None:
        self.session, self.manifest = session, manifest

    @classmethod
    @abstractmethod
    def contract_of(cls, spec: GraphSpec) -> Contract:
        """What a graph of this kind is to take and give; a kind may know several forms."""

    @classmethod
    def sizes(cls, spec: GraphSpec, manifest: Manifest) -> dict[str, int]:
        """Sizes of axis labels that only this kind's contract knows."""
        return {}

    @property
    @abstractmethod
    def lookahead_frames(self) -> int:
        """Frames after a sample's own that must be pushed before it is final."""

    @abstractmethod
    def open(self, rng: np.random.Generator) -> VocoderStream:
        """A stream for one sentence; all its randomness comes from `rng`."""


class FrameQueue:
    """First in, first out, by rows; joins producers that are not equally far."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def push(self, rows: np.ndarray) -> None:
        if len(rows):
            self._parts.append(rows)
            self._length += len(rows)

    def take(self, count: int) -> np.ndarray:
        """The first `count` rows, removed. Errors: ValueError if fewer are there, or none ever were."""
        if count > self._length or not self._parts:
            raise ValueError(f"{count} rows wanted, {self._length} there")
        rows = self._parts[0] if len(self._parts) == 1 else np.concatenate(self._parts)
        self._length -= count
        self._parts = [rows[count:]] if self._length else []
        return rows[:count]


class ContextRunner:
    """Runs a function of bounded receptive field over a stream so that the result is that of one long run.

        pushed before         |  new
        ...... done           |          available
        [context][ given out now   ][context]      <- one run over all of this; both contexts are cut off
                                    ^ the next run starts its own part here

    Each input has `rates[name]` rows per frame, each output `output_rate` rows per frame. At the sentence's
    ends there is no context: the zero padding there is the model's own. All runs lie on the grid of frame_grid.py; at
    the end the last row is repeated up to it. margins: the function also takes `margins`, int64 [2], how many frames at
    both sides its outputs need not have, and leaves them out.
    """

    def __init__(
        self,
        run: Callable[[dict[str, np.ndarray]], Arrays],
        context_frames: int,
        rates: Mapping[str, int],
        output_rate: int = 1,
        margins: bool = False,
    ) -> None:
        self._run, self._context, self._rates, self._output_rate = (
            run,
            context_frames,
            dict(rates),
            output_rate,
        )
        self._margins = margins
        self._inputs: dict[str, np.ndarray] = {}
        self._begin = 0  # frame at which the kept inputs start
        self._done = 0  # frames given out

    def push(self, inputs: Arrays, last: bool) -> Arrays | None:
        """Rows of every input -> rows of every output that became final; None if there are none yet.

        Errors: ValueError if at `last` the inputs are not equally long in frames.
        """
        if set(inputs) != set(self._rates):
            raise ValueError(f"inputs {sorted(inputs)} given, {sorted(self._rates)} wanted")
        for name, rows in inputs.items():
            kept = self._inputs.get(name)
            self._inputs[name] = rows if kept is None or not len(kept) else _joined(kept, rows)
        lengths = {name: len(rows) / self._rates[name] for name, rows in self._inputs.items()}
        if last and len(set(lengths.values())) != 1:
            raise ValueError(f"the inputs end at different frames: {lengths}")
        count = int(min(lengths.values()))
        if not last:
            count = aligned_down(count)
        end = self._begin + count - (0 if last else self._context)
        if end <= self._done:
            return None
        length = aligned_up(count)
        given = {name: _rows(rows, length * self._rates[name]) for name, rows in self._inputs.items()}
        begin = self._begin
        if self._margins:
            margins = spared(self._done - begin, length - (end - begin))
            given["margins"] = np.array(margins)
            begin += margins[0]
        outputs = self._run(given)
        first, stop = (self._done - begin) * self._output_rate, (end - begin) * self._output_rate
        result = {name: rows[first:stop] for name, rows in outputs.items()}
        self._done = end
        keep_from = max(self._begin, aligned_down(end - self._context))
        for name, rows in self._inputs.items():
            self._inputs[name] = rows[(keep_from - self._begin) * self._rates[name] :].copy()
        self._begin = keep_from
        return result


def _joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """One behind the other, where the session need not copy them again."""
    joined = aligned_empty((len(first) + len(second), *first.shape[1:]), first.dtype)
    return np.concatenate([first, second], out=joined)


def _rows(rows: np.ndarray, count: int) -> np.ndarray:
    """The first `count` rows; where there are fewer, the last one again and again."""
    if len(rows) >= count:
        return rows[:count]
    return np.concatenate([rows, np.repeat(rows[-1:], count - len(rows), axis=0)])
