"""Exists to speak a take's parts through the service's engine, one after the other, and to note what became of each."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from qingyin.audio import to_pcm16
from qingyin.errors import QingyinError
from qingyin.options import SynthesisOptions
from qingyin.server.engine import Engine, SpeechRequest
from qingyin.server.limits import Busy, Stopping
from qingyin.voices import Voice
from qingyin.web.takes import Part, Take

log = logging.getLogger("qingyin.server")
_MOST_WAITS = 20


@dataclass(frozen=True)
class Wanted:
    """How a text is to be spoken."""

    voice: str | Voice | None
    options: SynthesisOptions


class PageError(QingyinError):
    """An error of the program's own, as a user may see it."""


def start(engine: Engine, take: Take, parts: Sequence[Part], wanted: Wanted) -> None:
    """Begins to speak the parts, in the running event loop; `take.running` until it is over, `take.stop()` ends it."""
    take.task = asyncio.create_task(_speak_all(engine, take, list(parts), wanted))
    take.task.add_done_callback(lambda task: take.tell())


async def _speak_all(engine: Engine, take: Take, parts: list[Part], wanted: Wanted) -> None:
    for part in parts:
        if part.state != "speaking":
            part.state = "waiting"
    for index, part in enumerate(parts):
        options = wanted.options
        if options.seed is not None:  # each part draws its own, the same ones every time
            options = dataclasses.replace(options, seed=options.seed + take.parts.index(part))
        request = SpeechRequest(part.text, wanted.voice, options)
        try:
            await _speak(engine, take, part, request)
        except asyncio.CancelledError:
            if part.state == "speaking":
                take.end(part, "stopped")
            else:
                part.state = "stopped"
            for rest in parts[index + 1 :]:
                rest.state = "stopped"
            raise
        except QingyinError as error:
            take.end(part, "failed", error)
            if isinstance(error, Stopping):
                return
        except Exception as error:
            log.error("the page could not speak", exc_info=error)
            take.end(part, "failed", PageError("an error of the program's own; the server's log has it"))


async def _speak(engine: Engine, take: Take, part: Part, request: SpeechRequest) -> None:
    """Errors: QingyinError. A busy service is asked again for a while."""
    for attempt in range(_MOST_WAITS + 1):
        stream = engine.stream(request)
        try:
            take.begin(part)
            async with stream:
                async for chunk in stream:
                    part.report = chunk.report
                    take.add(part, to_pcm16(chunk.samples).tobytes())
            take.end(part, "done")
            return
        except Busy as error:
            if attempt == _MOST_WAITS:
                raise
            take.waiting = error.retry_after
            take.tell()
            await asyncio.sleep(error.retry_after)
        finally:
            take.waiting = 0
