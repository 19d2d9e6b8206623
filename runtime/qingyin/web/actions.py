"""Exists to be what happens when something is pressed on the page: each method takes what Gradio's components hold, and
returns what they are to show.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import gradio as gr

from qingyin.errors import QingyinError, TextError
from qingyin.server.arriving import too_long
from qingyin.server.engine import Engine
from qingyin.web import choices, views
from qingyin.web.choices import Heard, Missing
from qingyin.web.listening import Listening
from qingyin.web.pronunciations import readings, with_reading
from qingyin.web.segments import segments
from qingyin.web.speaking import Wanted, start
from qingyin.web.takes import Part, Take, Takes
from qingyin.web.words import Words

MOST_CHARACTERS = 50_000
LONG_CHARACTERS = 1000  # from which on a text is always spoken in segments
MOST_READINGS = 600  # characters
_NEWS_SECONDS = 0.3
Outputs = tuple[Any, ...]


class Actions:
    """The page's actions in one language."""

    def __init__(self, engine: Engine, takes: Takes, listening: Listening, words: Words) -> None:
        self._engine, self._takes, self._listening, self._words = engine, takes, listening, words
        self._running: dict[str, Take] = {}  # by browser tab

    # speaking; what is shown: player, message, Speak, Stop, segments, picture, history

    async def speak(
        self, request: gr.Request, session: str, heard: Heard, text: str, long: bool, *choice: Any
    ) -> AsyncIterator[Outputs]:
        """Speaks a text; yields as there is something to show."""
        try:
            wanted = self._wanted(heard, *choice)
            pieces = await self._pieces(text or "", long)
        except QingyinError as error:
            yield self._refused(error)
            return
        voice = wanted.voice if isinstance(wanted.voice, str) else self._words("voice_clone")
        voice = voice if wanted.voice is not None else self._engine.synthesizer.manifest.default_voice
        rate = self._engine.sample_rate
        take = self._takes.add(session, text, voice, rate, [Part(piece) for piece in pieces])
        async for shown in self._spoken(take, take.parts, wanted, session, request):
            yield shown

    async def redo(
        self, event: gr.EventData, request: gr.Request, session: str, heard: Heard, *choice: Any
    ) -> AsyncIterator[Outputs]:
        """Speaks one segment again, with the choices made now."""
        take, index = self._takes.get(str(event.take)), event.part
        try:
            if take is None or not isinstance(index, int) or not 0 <= index < len(take.parts):
                raise Missing(self._words("take_gone"))
            wanted = self._wanted(heard, *choice)
            text = str(event.text)
            if not text.strip():
                raise TextError("the text is empty; give something to say")
        except QingyinError as error:
            yield self._refused(error)
            return
        if take.running:
            return
        take.parts[index].text = text
        async for shown in self._spoken(take, [take.parts[index]], wanted, session, request):
            yield shown

    def stop(self, request: gr.Request) -> None:
        """Stops what this tab has started; the rest follows from that."""
        take = self._running.get(request.session_hash or "")
        if take is not None:
            take.stop()

    async def _spoken(
        self, take: Take, parts: Sequence[Part], wanted: Wanted, session: str, request: gr.Request
    ) -> AsyncIterator[Outputs]:
        tab = request.session_hash or ""
        self._running[tab] = take
        part = take.parts.index(parts[0]) if len(parts) < len(take.parts) else None
        start(self._engine, take, parts, wanted)
        try:
            busy = gr.update(visible=False), gr.update(visible=True)
            yield (views.player(take, True, self._words("starting"), part), "", *busy, views.parts(take, self._words),
                   gr.skip(), gr.skip())  # fmt: skip
            shown = 0.0
            while take.running:
                await take.news(1.0)
                if time.monotonic() - shown > _NEWS_SECONDS and take.running:
                    shown = time.monotonic()
                    yield (views.player(take, True, self._progress(take), part), gr.skip(), gr.skip(), gr.skip(),
                           views.parts(take, self._words), gr.skip(), gr.skip())  # fmt: skip
                    await asyncio.sleep(0)
        finally:  # the browser may have gone
            take.stop()
            if self._running.get(tab) is take:
                del self._running[tab]
        yield self._finished(take, parts, session)

    def _progress(self, take: Take) -> str:
        if take.waiting:
            return self._words("busy", seconds=take.waiting)
        seconds = f"{take.seconds:.1f}"
        if len(take.parts) == 1:
            return self._words("speaking", seconds=seconds)
        part = next((i for i, part in enumerate(take.parts) if part.state == "speaking"), len(take.parts) - 1)
        return self._words("speaking_parts", part=part + 1, parts=len(take.parts), seconds=seconds)

    def _finished(self, take: Take, parts: Sequence[Part], session: str) -> Outputs:
        seconds = f"{take.seconds:.1f}"
        reports = [part.report for part in parts if part.report is not None]
        failed = [part for part in parts if part.error is not None]
        if any(part.state == "stopped" for part in parts):
            note = self._words("stopped", seconds=seconds)
        elif reports:
            note = self._words("done", seconds=seconds, voice=take.voice, seed=reports[0].seed)
        else:
            note = ""
        message = ""
        if failed and len(take.parts) == 1:
            message = views.message("error", views.error_text(_error(failed[0]), self._words))
        elif failed:
            message = views.message("error", self._words("failed_parts", count=len(failed)))
        unspoken = list(dict.fromkeys(item.text for report in reports for item in report.unspoken if item.text.strip()))
        if unspoken:
            message += views.message("note", self._words("unspoken") + "、".join(unspoken[:20]))
        warnings = dict.fromkeys(warning for report in reports for warning in report.warnings)
        message += views.notes(self._listening.remarks(list(warnings)))
        return (
            views.player(take, False, note), message, gr.update(visible=True), gr.update(visible=False),
            views.parts(take, self._words), views.picture(take, self._words),
            views.history(self._takes.of(session), self._words),
        )  # fmt: skip

    def _refused(self, error: QingyinError) -> Outputs:
        return (gr.skip(), self._problem(error), gr.update(visible=True), gr.update(visible=False), *[gr.skip()] * 3)

    def _problem(self, error: QingyinError) -> str:
        text = str(error) if isinstance(error, Missing) else views.error_text(error, self._words)
        return views.message("error", text)

    def _wanted(
        self, heard: Heard, voice: str, emotion: str, strength: float, speed: float, pitch: float, volume: float,
        seed: str, *mix: float,
    ) -> Wanted:  # fmt: skip
        weights = dict(zip(choices.labels(self._engine), mix, strict=True))
        return choices.wanted(
            self._engine, self._words, heard, voice, emotion, weights, strength, speed, pitch, volume, seed
        )

    async def _pieces(self, text: str, long: bool) -> list[str]:
        if not text.strip():
            raise TextError("the text is empty; give something to say")
        most = min(MOST_CHARACTERS, self._engine.limits.job_characters)
        if len(text) > most:
            raise too_long(len(text), most)
        if not long and len(text) <= min(LONG_CHARACTERS, self._engine.limits.characters):
            return [text]
        return await self._engine.call(lambda: segments(text))

    # recordings and voices

    async def use_recording(self, recording: str | None, consent: bool, heard: Heard) -> Outputs:
        """Shows: what was heard, the voices, a message."""
        try:
            heard, remarks = await self._listening.voice(recording, consent, heard)
        except QingyinError as error:
            return heard, gr.skip(), self._problem(error)
        shown = views.message("good", remarks[0]) + views.notes(remarks[1:])
        return heard, self._voices(heard, choices.CLONE), shown

    async def use_emotion(self, recording: str | None, heard: Heard) -> Outputs:
        """Shows: what was heard, a message."""
        if not recording:
            return Heard(heard.voice), ""
        try:
            heard, remarks = await self._listening.emotion(recording, heard)
        except QingyinError as error:
            return Heard(heard.voice), self._problem(error)
        return heard, views.message("good", remarks[0]) + views.notes(remarks[1:])

    async def save_voice(self, name: str, heard: Heard, request: gr.Request) -> Outputs:
        """Shows: the voices, a message."""
        address = request.client.host if request.client else "an unknown address"
        try:
            name = await self._listening.keep(name or "", heard, address)
        except QingyinError as error:
            return gr.skip(), self._problem(error)
        return self._voices(heard, name), views.message("good", self._words("saved", name=name))

    async def delete_voice(self, voice: str | None, heard: Heard) -> Outputs:
        """Shows: the voices, a message."""
        try:
            name = await self._listening.forget(voice)
        except QingyinError as error:
            return gr.skip(), self._problem(error)
        default = self._engine.synthesizer.manifest.default_voice
        return self._voices(heard, default), views.message("good", self._words("deleted", name=name))

    def _voices(self, heard: Heard, chosen: str) -> Any:
        return gr.update(choices=choices.voices(self._engine, self._words, heard.voice is not None), value=chosen)

    # readings

    async def show_readings(self, text: str) -> str:
        """Every character with its reading."""
        text = text or ""
        if not text.strip():
            return views.ruby(None, self._words)
        cut = MOST_READINGS if len(text) > MOST_READINGS else 0
        try:
            found = await self._engine.call(lambda: readings(text[:MOST_READINGS]))
        except QingyinError as error:
            return self._problem(error)
        return views.ruby(found, self._words, cut)

    async def choose_reading(self, text: str, event: gr.EventData) -> Outputs:
        """Shows: the text with the reading written into it, a message."""
        start, end, reading = int(event.start), int(event.end), str(event.reading)[:200]
        try:
            return await self._engine.call(lambda: with_reading(text, start, end, reading)), ""
        except QingyinError as error:
            return gr.skip(), self._problem(error)

    # history

    async def look_back(self, session: str, event: gr.EventData) -> Outputs:
        """Shows: the text, the history; only what the click has changed, for its answer may come after the next one's,
        or after something was typed.
        """
        take = self._takes.get(str(event.take))
        if take is not None and take.session == session:
            if event.act == "reuse":
                return take.text, gr.skip()
            if event.act == "remove":
                self._takes.remove(take)
        return gr.skip(), views.history(self._takes.of(session), self._words)

    async def opened(self, session: str, text: str) -> Outputs:
        """Shows: the browser's name, the history if it has been here before, the voices there are now, readings."""
        session = session or secrets.token_urlsafe(16)
        voices = gr.update(choices=choices.voices(self._engine, self._words, False))
        return session, views.history(self._takes.of(session), self._words), voices, await self.show_readings(text)


def _error(part: Part) -> QingyinError:
    assert part.error is not None
    return part.error
