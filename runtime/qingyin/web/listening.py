"""Exists to be what the page hears and keeps: recordings become voices and emotions, and voices get names."""

from __future__ import annotations

import asyncio
import dataclasses
import math
from pathlib import Path

from qingyin.consent import STATEMENT
from qingyin.errors import QingyinError, VoiceError
from qingyin.references.reference import Reference
from qingyin.server.engine import Engine
from qingyin.server.uploads import Uploads
from qingyin.voice_names import check_name
from qingyin.voice_store import find_stored, remove, save_bytes, taken
from qingyin.voices import Voice, voice_bytes
from qingyin.web.choices import Heard, Missing
from qingyin.web.views import error_text
from qingyin.web.words import Words


class Listening:
    """Recordings and voices, for pages in one language. Errors, of every call: QingyinError."""

    def __init__(self, engine: Engine, uploads: Uploads, words: Words) -> None:
        self._engine, self._uploads, self._words = engine, uploads, words

    async def voice(self, recording: str | None, consent: bool, heard: Heard) -> tuple[Heard, list[str]]:
        """Hears a voice; with it come remarks for the user, the first of them good."""
        reference = await self._reference(recording, "need_recording")
        if not consent:
            raise Missing(self._words("need_consent"))
        voice = await self._engine.call(lambda: self._engine.synthesizer.clone(reference))
        assert voice.provenance is not None  # clone() says where it comes from
        hertz = round(math.exp(voice.pitch_mean_ln_hz))
        ready = self._words("clone_ready", seconds=voice.provenance.seconds, hertz=hertz)
        return dataclasses.replace(heard, voice=voice), [ready, *self.remarks(voice.notes)]

    async def emotion(self, recording: str | None, heard: Heard) -> tuple[Heard, list[str]]:
        """Hears an emotion."""
        reference = await self._reference(recording, "need_emotion_recording")
        emotion = await self._engine.call(lambda: self._engine.synthesizer.emotion_of(reference))
        return dataclasses.replace(heard, emotion=emotion), [self._words("emotion_ready"), *self.remarks(emotion.notes)]

    def remarks(self, notes: tuple[str, ...] | list[str]) -> list[str]:
        """The package's remarks in the page's language."""
        return [error_text(QingyinError(note), self._words) for note in notes]

    async def keep(self, name: str, heard: Heard, address: str) -> str:
        """Keeps the voice that was heard; the name as it is kept."""
        if heard.voice is None:
            raise Missing(self._words("need_clone"))
        name = check_name(name.strip(), self._engine.synthesizer.voices)
        if await asyncio.to_thread(find_stored, name) is not None:
            raise taken(name)
        await asyncio.to_thread(save_bytes, name, voice_bytes(_agreed(heard.voice, name, address)))
        return name

    async def forget(self, name: str | None) -> str:
        """Removes a voice of the user's own; its name."""
        if not name or name in self._engine.synthesizer.voices:
            raise Missing(self._words("not_own"))
        try:
            await asyncio.to_thread(remove, name)
        except VoiceError:
            raise Missing(self._words("not_own")) from None
        return name

    async def _reference(self, recording: str | None, missing: str) -> Reference:
        if not recording:
            raise Missing(self._words(missing))
        path = Path(recording)  # Gradio's own: of what a browser names, it lets nothing else through
        try:
            data = await asyncio.to_thread(path.read_bytes)
        except OSError:
            raise Missing(self._words(missing)) from None
        return dataclasses.replace(await self._uploads.reference(data), name="recording")


def _agreed(voice: Voice, name: str, address: str) -> Voice:
    assert voice.provenance is not None
    text = f"{STATEMENT} (ticked on the page, from {address})"
    provenance = dataclasses.replace(voice.provenance, consent=True, consent_text=text)
    return dataclasses.replace(voice, name=name, provenance=provenance)
