"""Exists to serve one client of the Wyoming protocol, a voice assistant: texts in, whole or while they are being
written, and their sound out while it is being made.

Texts of one connection are spoken one after the other. After an error, sent as the protocol's `error`, the connection
ends: Home Assistant would wait for ever for the end of a sound that does not come.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, Eventable, async_read_event
from wyoming.info import Describe
from wyoming.ping import Ping, Pong
from wyoming.server import AsyncEventHandler
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeTextFormat,
    SynthesizeVoice,
)

from qingyin.audio import pcm16_bytes
from qingyin.errors import QingyinError
from qingyin.options import SynthesisOptions
from qingyin.server.arriving import too_long
from qingyin.server.engine import Engine, SpeechRequest
from qingyin.server.limits import Busy
from qingyin.server.wyoming_voices import info_of

log = logging.getLogger("qingyin.server")
MAX_QUEUED = 16  # texts of one connection that wait to be spoken
_PIECE_BYTES = 8192  # of sound in one event: satellites are small computers
_WIDTH, _CHANNELS = 2, 1  # 16-bit mono
_DRAINED_BYTES = 1 << 16  # at once
_LINGER_SECONDS = 2.0  # for the client to read the error


class BadRequest(QingyinError):
    """What came is no event of the protocol, or out of its order."""


class BoundedReader(asyncio.StreamReader):
    """Refuses the lengths that no honest client announces."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__(most_bytes)
        self._most_bytes = most_bytes

    async def readexactly(self, n: int) -> bytes:
        if n > self._most_bytes:
            raise BadRequest(f"an event has more than {self._most_bytes:,} bytes; send the text in pieces")
        return await super().readexactly(n)


@dataclass
class _Job:
    """A text to be spoken. streamed: whether it comes in pieces, which has an end of its own."""

    request: SpeechRequest
    streamed: bool


class Connection(AsyncEventHandler):
    """One client, served by `run` until it has gone or an error was sent."""

    def __init__(self, engine: Engine, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        super().__init__(reader, writer)
        self._engine = engine
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue(MAX_QUEUED)
        self._pieces: asyncio.Queue[str | None] | None = None  # of the text that is coming in; None is its end
        self._characters = 0  # of that text
        self._failed = False
        self._speaking = False
        peer = writer.get_extra_info("peername")
        self._client = peer[0] if isinstance(peer, tuple) else "local"

    @property
    def busy(self) -> bool:
        """Whether something is being said, or waits for its turn."""
        return self._speaking or not self._jobs.empty()

    async def run(self) -> None:
        """Raises nothing of the client's. When it ends, or is cancelled, so does what is being said."""
        speaker = asyncio.create_task(self._speak_all())
        try:
            while (event := await self._next()) is not None:
                try:
                    await self.handle_event(event)
                except (KeyError, TypeError, ValueError):
                    await self.fail(BadRequest(f"this is no {event.type} of the Wyoming protocol"))
                except QingyinError as error:
                    await self.fail(error)
            while self._failed and await self.reader.read(_DRAINED_BYTES):  # to the end, see `fail`
                pass
        except OSError:  # hung up
            pass
        finally:
            speaker.cancel()
            await asyncio.wait([speaker])
            self.writer.close()

    async def _next(self) -> Event | None:
        """The client's next event; None when it has gone, or sent what is none."""
        try:
            event = await async_read_event(self.reader)
        except EOFError:  # in the middle of one
            return None
        except BadRequest as error:
            await self.fail(error)
            return None
        except (KeyError, TypeError, AttributeError):  # JSON, but not as the protocol has it
            event = Event("")
        if event is None or (event.type and isinstance(event.type, str) and isinstance(event.data, dict)):
            return event
        await self.fail(BadRequest("this is no event of the Wyoming protocol"))
        return None

    async def handle_event(self, event: Event) -> bool:
        """Errors: QingyinError; KeyError, TypeError, ValueError for an event without what it must have."""
        kind = event.type
        if self._failed:  # what the client sent before it read the error
            return True
        if Describe.is_type(kind):
            await self._send(await asyncio.to_thread(info_of, self._engine.synthesizer))
        elif Ping.is_type(kind):
            await self._send(Pong(Ping.from_event(event).text))
        elif Synthesize.is_type(kind):
            if self._pieces is None:  # else it is the same text as a whole, for servers that take no pieces
                whole = Synthesize.from_event(event)
                self._put(_text(whole.text), whole.voice, whole.text_format, streamed=False)
        elif SynthesizeStart.is_type(kind):
            self._begin(SynthesizeStart.from_event(event))
        elif SynthesizeChunk.is_type(kind):
            self._piece(_text(SynthesizeChunk.from_event(event).text))
        elif SynthesizeStop.is_type(kind):
            self._piece(None)
            self._pieces = None
        return True  # events of other services are passed over, as the protocol has it

    def _begin(self, start: SynthesizeStart) -> None:
        if self._pieces is not None:
            raise BadRequest("synthesize-start came before the synthesize-stop of the last text")
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._put(_arriving(pieces), start.voice, start.text_format, streamed=True)
        self._pieces, self._characters = pieces, 0

    def _piece(self, text: str | None) -> None:
        if self._pieces is None:
            raise BadRequest("synthesize-chunk and synthesize-stop come after a synthesize-start")
        self._characters += len(text or "")
        if self._characters > self._engine.limits.characters:
            raise too_long(self._characters, self._engine.limits.characters)
        self._pieces.put_nowait(text)

    def _put(
        self, text: str | AsyncIterator[str], voice: SynthesizeVoice | None, text_format: str | None, streamed: bool
    ) -> None:
        name, emotion = (None, None) if voice is None else (voice.name, voice.speaker)
        if not isinstance(name, (str, type(None))) or not isinstance(emotion, (str, type(None))):
            raise TypeError("names are text")
        request = SpeechRequest(
            text, name, SynthesisOptions(emotion=emotion),
            markup="ssml" if text_format == SynthesizeTextFormat.SSML else "inline",
        )  # fmt: skip
        try:
            self._jobs.put_nowait(_Job(request, streamed))
        except asyncio.QueueFull:
            raise Busy(f"{MAX_QUEUED} texts of this connection wait already", 1) from None

    async def _speak_all(self) -> None:
        while not self._failed:
            job = await self._jobs.get()
            self._speaking = True
            try:
                await self._speak(job)
            except QingyinError as error:
                await self.fail(error)
            except OSError:  # hung up; or takes nothing, and will be
                self.writer.close()
                return
            except Exception:
                log.exception("wyoming failed", extra={"fields": {"client": self._client}})
                await self.fail(QingyinError("an error of the server's; its log has it"))
            finally:
                self._speaking = False

    async def _speak(self, job: _Job) -> None:
        began, first_sound, sent = time.perf_counter(), None, 0
        rate = self._engine.sample_rate
        async with self._engine.stream(job.request) as stream:
            try:
                async for chunk in stream:
                    if first_sound is None:
                        first_sound = time.perf_counter() - began
                        await self._send(AudioStart(rate, _WIDTH, _CHANNELS, timestamp=0))
                    sound = pcm16_bytes(chunk.samples)
                    for start in range(0, len(sound), _PIECE_BYTES):
                        piece = sound[start : start + _PIECE_BYTES]
                        await self._send(AudioChunk(rate, _WIDTH, _CHANNELS, piece, timestamp=1000 * sent // rate))
                        sent += len(piece) // _WIDTH
            finally:
                fields = {"client": self._client, "sound_s": round(sent / rate, 2), "complete": stream.complete}
                if stream.report is not None and first_sound is not None:
                    fields |= {"voice": stream.report.voice, "first_sound_ms": round(1000 * first_sound, 1)}
                log.info("wyoming", extra={"fields": fields})
        await self._send(AudioStop(timestamp=1000 * sent // rate))
        if job.streamed:
            await self._send(SynthesizeStopped())

    async def fail(self, error: QingyinError) -> None:
        """Tells the client what was wrong, once, and hangs up when it has had time to read it."""
        if self._failed:
            return
        self._failed = True
        log.info("wyoming error", extra={"fields": {"client": self._client, "reason": str(error)}})
        with contextlib.suppress(OSError):
            await self._send(Error(str(error), type(error).__name__))
            if self.writer.can_write_eof():
                self.writer.write_eof()
        # hanging up at once, with its events unread, would take the error away from it again
        asyncio.get_running_loop().call_later(_LINGER_SECONDS, self.writer.close)

    async def _send(self, message: Eventable) -> None:
        """Errors: OSError when the client is gone, or takes nothing for the service's `stall_seconds`."""
        try:
            await asyncio.wait_for(self.write_event(message.event()), self._engine.limits.stall_seconds)
        except asyncio.TimeoutError:
            raise ConnectionAbortedError("the client takes nothing") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text is text")
    return value


async def _arriving(pieces: asyncio.Queue[str | None]) -> AsyncIterator[str]:
    while (piece := await pieces.get()) is not None:
        yield piece
