"""Exists so that programs can list the voices, make one of a recording, and forget it."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, UploadFile

from qingyin.consent import STATEMENT, STATEMENT_ZH
from qingyin.errors import QingyinError, VoiceError
from qingyin.server.engine import Engine
from qingyin.server.observing import note
from qingyin.server.problems import Problem
from qingyin.server.speech_api import EngineOf
from qingyin.server.uploads import Uploads
from qingyin.voice_names import check_name, key
from qingyin.voice_store import find_stored, remove, save_bytes, stored_voices
from qingyin.voices import Voice, voice_bytes

router = APIRouter(tags=["voices"])
_YES = {"true", "yes", STATEMENT.lower(), STATEMENT_ZH}
_MOST_FILES = 5


@router.get("/v1/audio/voices")
async def list_voices(engine: EngineOf) -> dict[str, Any]:
    """The bundled voices and those made here."""
    return {"object": "list", "data": await asyncio.to_thread(_all, engine)}


def _all(engine: Engine) -> list[dict[str, Any]]:
    found = []
    bundled = {key(name) for name in engine.synthesizer.voices}
    for name in (*engine.synthesizer.voices, *(name for name in stored_voices() if key(name) not in bundled)):
        try:
            found.append(_object(engine.synthesizer.voice(name), engine))
        except QingyinError as error:  # a damaged file; the others are no worse for it
            found.append({"object": "audio.voice", "id": name, "name": name, "error": str(error)})
    return found


def _object(voice: Voice, engine: Engine) -> dict[str, Any]:
    bundled = voice.name in engine.synthesizer.voices
    default = bundled and voice.name == engine.synthesizer.manifest.default_voice
    return {
        "object": "audio.voice", "id": voice.name, "name": voice.name, "description": voice.description,
        "language": voice.language, "kind": "bundled" if bundled else "own", "default": default,
        "licence": voice.licence, "notes": list(voice.notes),
    }  # fmt: skip


@router.post("/v1/audio/voices", status_code=201)
async def create_voice(
    request: Request,
    engine: EngineOf,
    name: Annotated[
        str, Form(max_length=64, description="Letters or digits of any script, _ and -.", examples=["friend"])
    ],
    consent: Annotated[str, Form(max_length=300, description=f"`true` says: {STATEMENT}", examples=["true"])],
    audio_sample: Annotated[
        list[UploadFile],
        File(
            min_length=1,
            max_length=_MOST_FILES,
            description="5 to 30 s of one person speaking: WAV, FLAC, MP3 or Ogg. Several are averaged.",
        ),
    ],
    description: Annotated[str, Form(max_length=500)] = "",
) -> dict[str, Any]:
    """Makes a voice of a recording. The recording itself is not kept."""
    engine.admission.check()
    if consent.strip().lower() not in _YES:
        message = f"a voice is kept only with consent=true, which says: {STATEMENT}"
        raise Problem(400, message, "consent", "consent_required")
    name = check_name(name, engine.synthesizer.voices)
    if await asyncio.to_thread(find_stored, name) is not None:
        raise Problem(409, f"there is a voice {name!r} already; delete it first, or choose another name", "name")
    uploads: Uploads = request.app.state.uploads
    references = [await uploads.reference(await file.read()) for file in audio_sample]
    voice = await engine.call(lambda: engine.synthesizer.clone(references, name=name))
    assert voice.provenance is not None  # clone() says where it comes from
    address = request.client.host if request.client else "an unknown address"
    agreed = f"{STATEMENT} (consent={consent.strip()[:100]}, by HTTP from {address})"
    provenance = dataclasses.replace(voice.provenance, consent=True, consent_text=agreed)
    words = " ".join(description.split())
    voice = dataclasses.replace(voice, description=words or voice.description, provenance=provenance)
    await asyncio.to_thread(save_bytes, name, voice_bytes(voice))
    note(request, voice=name)
    return _object(voice, engine)


@router.delete("/v1/audio/voices/{name}")
async def delete_voice(name: str, engine: EngineOf) -> dict[str, Any]:
    """Forgets a voice that was made; bundled ones stay."""
    if key(name) in map(key, engine.synthesizer.voices):
        raise Problem(403, f"{name!r} is a bundled voice, which cannot be removed", "name")
    try:
        name = check_name(name)
    except VoiceError:
        raise Problem(404, f"there is no voice {name!r}", "name") from None
    if await asyncio.to_thread(find_stored, name) is None:
        raise Problem(404, f"there is no voice {name!r}", "name")
    await asyncio.to_thread(remove, name)
    return {"object": "audio.voice.deleted", "id": name, "deleted": True}
