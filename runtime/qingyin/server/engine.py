"""Exists to be the one pool of synthesizers that HTTP, page, jobs and voice assistants speak through."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import os
import threading
import weakref
from collections.abc import AsyncIterable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from qingyin import warm_up
from qingyin.options import SynthesisOptions
from qingyin.server.admission import Admission
from qingyin.server.arriving import ArrivingText, too_long
from qingyin.server.limits import Limits, Stopping
from qingyin.server.stream import Source, SpeechStream
from qingyin.server.workers import Workers, now
from qingyin.synthesizer import AudioChunk, Synthesizer
from qingyin.voice_names import check_name
from qingyin.voices import Voice

if TYPE_CHECKING:
    from qingyin.text import EmojiMode
    from qingyin.text.lexicon import Lexicon
    from qingyin.text.markup_modes import MarkupMode

# 1.5 s: whoever comes next waits for no longer step than this one
CHUNK_FRAMES = 128
Result = TypeVar("Result")


@dataclass(frozen=True)
class SpeechRequest:
    """What is to be said, and how; the fields are those of Synthesizer.stream.

    text: a str, or an asynchronous iterable of pieces, cut anywhere, that may still be arriving. voice: a Voice, or the
    name of a bundled or stored one, never a path. rate: multiplies that of the voice, beyond what options.speed can.
    """

    text: str | AsyncIterable[str]
    voice: str | Voice | None = None
    options: SynthesisOptions = field(default_factory=SynthesisOptions)
    rate: float = 1.0
    pauses: Mapping[str, float] | None = None
    emoji: EmojiMode = "name"
    markup: MarkupMode = "inline"
    lexicon: Lexicon | None = None


class ServedSynthesizer(Synthesizer):
    """A synthesizer whose voices are named by strangers, in requests and in the markup of texts: a path is no name."""

    def voice(self, name: str | None = None) -> Voice:
        """A bundled or a stored voice by name; None is the default. Errors: VoiceError, ModelError."""
        if name is not None and name not in self.manifest.voices:
            name = check_name(name)
        return super().voice(name)


@dataclass
class Counts:
    """What an engine has done since its start."""

    finished: int = 0
    failed: int = 0  # by an error, the client's own included
    abandoned: int = 0  # by the client, in the middle
    sound_seconds: float = 0.0
    work_seconds: float = 0.0


class Engine:
    """A synthesizer and the threads that use it; one ONNX Runtime thread each, so that streams do not slow each other.

    Everything is to be called from an event loop, of which there may be several, except where said otherwise.
    """

    def __init__(
        self, synthesizer: ServedSynthesizer, limits: Limits | None = None, workers: int | None = None
    ) -> None:
        """workers: threads; None for one a core that this process may use."""
        self.synthesizer = synthesizer
        self.limits = limits or Limits()
        self.workers = Workers(workers or _cores())
        self.admission = Admission(self.limits)
        self.counts = Counts()
        self._lock = threading.Lock()
        self._streams: weakref.WeakSet[SpeechStream] = weakref.WeakSet()
        self._running = 0

    @classmethod
    def load(
        cls, models: str | None = None, vocoder: str | None = None, limits: Limits | None = None,
        workers: int | None = None,
    ) -> Engine:  # fmt: skip
        """Opens a model set, and speaks once, so that the first request is not slower. Blocks. Errors: as
        Synthesizer.load.
        """
        synthesizer = ServedSynthesizer.load(models, vocoder, threads=1)
        synthesizer.synthesize(warm_up.TEXT)
        gc.collect()
        gc.freeze()  # what is loaded stays: no collection need look at it again
        return cls(synthesizer, limits, workers)

    @property
    def sample_rate(self) -> int:
        return self.synthesizer.sample_rate

    @property
    def active(self) -> int:
        """Streams and calls being served, those of jobs included."""
        return self._running

    def stream(self, request: SpeechRequest, *, background: bool = False) -> SpeechStream:
        """The request's chunks, see SpeechStream. background: gives way to listeners, and is never refused for load.

        Errors: TooLong at once; the others when the first chunk is asked for.
        """
        allowed = self.limits.job_characters if background else self.limits.characters
        if isinstance(request.text, str) and len(request.text) > allowed:
            raise too_long(len(request.text), allowed)
        stream = SpeechStream(_Speech(self, request, background, allowed), self.workers, self.limits, background)
        self._streams.add(stream)
        return stream

    async def call(self, function: Callable[[], Result]) -> Result:
        """Anything else that computes (cloning, analysing), done by a worker in its turn. Errors: Busy, Stopping; its
        own.
        """
        async with self.admission.place():
            loop = asyncio.get_running_loop()
            future: asyncio.Future[Result] = loop.create_future()
            self._count(1)
            try:
                self.workers.put(_Call(function, loop, future))
                return await future
            finally:
                self._count(-1)

    async def close(self, grace_seconds: float = 0.0) -> None:
        """Takes nothing more, lets what runs finish for `grace_seconds`, ends the rest, and frees the threads."""
        self.admission.close()
        end = now() + grace_seconds
        while self._running and now() < end:
            await asyncio.sleep(0.02)
        for stream in list(self._streams):
            stream.end(Stopping("the service was stopped in the middle of the text"))
        await asyncio.to_thread(self.workers.close)

    def _count(self, by: int) -> None:
        with self._lock:
            self._running += by

    def _finished(self, stream: SpeechStream) -> None:
        with self._lock:
            if stream.error is not None:
                self.counts.failed += 1
            elif stream.complete:
                self.counts.finished += 1
            else:
                self.counts.abandoned += 1
            if stream.report is not None:
                self.counts.sound_seconds += stream.report.timings.audio
                self.counts.work_seconds += stream.report.timings.total
            self._running -= 1  # last: who sees nothing active, without the lock, sees the counts complete


class _Speech(Source):
    """A request as a source of chunks."""

    def __init__(self, engine: Engine, request: SpeechRequest, background: bool, characters: int) -> None:
        self._engine, self._request, self._background = engine, request, background
        self._arriving = (
            None if isinstance(request.text, str) else ArrivingText(request.text, engine.workers, characters)
        )

    async def begin(self) -> None:
        if not self._background:
            await self._engine.admission.enter()
        self._engine._count(1)
        if self._arriving is not None:
            self._arriving.begin()

    def open(self) -> Iterator[AudioChunk]:
        request = self._request
        synthesizer = self._engine.synthesizer
        voice = request.voice if isinstance(request.voice, Voice) else synthesizer.voice(request.voice)
        if request.rate != 1.0:
            voice = dataclasses.replace(voice, rate=voice.rate * request.rate)
        text = request.text if isinstance(request.text, str) else self._arriving
        assert text is not None
        return synthesizer.stream(
            text, voice=voice, options=request.options, chunk_frames=CHUNK_FRAMES, pauses=request.pauses,
            emoji=request.emoji, markup=request.markup, lexicon=request.lexicon,
        )  # fmt: skip

    def end(self, stream: SpeechStream) -> None:
        if self._arriving is not None:
            self._arriving.end()
        if not self._background:
            self._engine.admission.leave()
        self._engine._finished(stream)


class _Call:
    """A function as a task of one step."""

    def __init__(
        self, function: Callable[[], Result], loop: asyncio.AbstractEventLoop, future: asyncio.Future[Result]
    ) -> None:
        self.due = now()
        self._function, self._loop, self._future = function, loop, future

    def step(self) -> bool:
        if self._future.cancelled():
            return False
        try:
            result = self._function()
        except BaseException as error:
            self._answer(self._future.set_exception, error)
        else:
            self._answer(self._future.set_result, result)
        return False

    def _answer(self, give: Callable[[Result], None], value: Result) -> None:
        def answer() -> None:
            if not self._future.done():
                give(value)

        try:
            self._loop.call_soon_threadsafe(answer)
        except RuntimeError:  # the loop has ended, so nobody waits
            return


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1
