"""Exists to be OpenAI's speech endpoint: a text in, its sound out while it is being made."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Body, Depends, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from qingyin.errors import QingyinError
from qingyin.server.engine import Engine
from qingyin.server.observing import note
from qingyin.server.problems import Problem, as_problem, error_body
from qingyin.server.sound_formats import FORMATS, SoundEncoder
from qingyin.server.speech_body import MODEL, MODEL_ALIASES, SpokenBody, with_known_voice
from qingyin.server.stream import SpeechStream
from qingyin.server.threads import in_thread
from qingyin.synthesizer import AudioChunk, Report

router = APIRouter(tags=["speech"])
ModelName = Annotated[str, Field(description=f"{MODEL}; {', '.join(MODEL_ALIASES)} mean the same.", max_length=64)]
FormatName = Literal["mp3", "opus", "aac", "flac", "wav", "pcm"]


class SpeechBody(SpokenBody):
    """The request of POST /v1/audio/speech."""

    model: ModelName = MODEL
    response_format: FormatName = "mp3"
    stream_format: Literal["audio", "sse"] = "audio"


_EXAMPLES: dict[str, Any] = {
    "short": {"summary": "The least", "value": {"model": MODEL, "input": "你好，世界！", "voice": "yuetan"}},
    "emotion": {
        "summary": "An emotion, as WAV",
        "value": {"input": "我们赢了！", "instructions": "非常开心地说", "response_format": "wav", "speed": 1.1},
    },
    "repeatable": {
        "summary": "The same sound every time, as events",
        "value": {"input": "请说两遍。", "seed": 7, "stream_format": "sse", "response_format": "pcm"},
    },
}
_EVENT = {
    "type": "object", "required": ["data"], "properties": {"data": {
        "type": "string", "description": "JSON of `type` speech.audio.delta, speech.audio.done or error.",
    }},
}  # fmt: skip
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_SOUNDS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The sound, in the format asked for, while it is being made; or events (stream_format sse).",
        "content": {
            **{sound.media_type.split(";")[0]: _BINARY for sound in FORMATS.values()},
            "text/event-stream": {"schema": _EVENT},
        },
    }
}


def engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


EngineOf = Annotated[Engine, Depends(engine_of)]


def check_model(name: str) -> None:
    """Errors: Problem for a model that is not there."""
    if name not in (MODEL, *MODEL_ALIASES):
        message = f"there is no model {name!r}; use {MODEL!r}"
        raise Problem(404, message, "model", "model_not_found")


@router.post("/v1/audio/speech", response_class=StreamingResponse, responses=_SOUNDS)
async def create_speech(
    body: Annotated[SpeechBody, Body(openapi_examples=_EXAMPLES)], engine: EngineOf, request: Request
) -> StreamingResponse:
    """Speaks a text. The sound is sent while it is being made; whoever hangs up cancels the rest.

    `pcm` is 16-bit little-endian mono at 24 000 Hz, as OpenAI's. Streamed `wav` and `flac` do not state their length.
    The headers `X-Qingyin-Voice`, `-Emotion` and `-Seed` say what was used.
    """
    check_model(body.model)
    engine.admission.check()
    wanted = await asyncio.to_thread(with_known_voice, body.request(engine), engine)
    encoder = SoundEncoder(body.response_format, engine.sample_rate)
    stream = engine.stream(wanted)
    try:
        first = await anext(stream)  # errors come now, while a status can still tell them
    except BaseException:
        encoder.close()
        await stream.aclose()
        raise
    report = first.report
    note(request, voice=report.voice, characters=len(body.input), format=body.response_format)
    mix = wanted.options.emotion
    headers = {
        "X-Qingyin-Voice": quote(report.voice),
        "X-Qingyin-Emotion": quote(mix if isinstance(mix, str) else json.dumps(mix) if mix else "", safe='{}=:," '),
        "X-Qingyin-Seed": str(report.seed),
        "X-Accel-Buffering": "no",  # nginx would hold the first sound back
    }
    pieces = _encoded(first, stream, encoder, request)
    if body.stream_format == "sse":
        return StreamingResponse(_events(pieces, report), media_type="text/event-stream", headers=headers)
    return StreamingResponse(pieces, media_type=FORMATS[body.response_format].media_type, headers=headers)


async def _encoded(
    first: AudioChunk, stream: SpeechStream, encoder: SoundEncoder, request: Request
) -> AsyncIterator[bytes]:
    try:
        async with stream:
            if data := encoder.push(first.samples):
                yield data
            async for chunk in stream:
                # some milliseconds, in which others should not wait
                if data := await in_thread(encoder.push, chunk.samples):
                    yield data
            if data := await in_thread(encoder.finish):
                yield data
    finally:
        encoder.close()
        timings = first.report.timings
        note(request, sound_s=round(timings.audio, 2), work_s=round(timings.total, 3), complete=stream.complete,
             unspoken=len(first.report.unspoken))  # fmt: skip


async def _events(pieces: AsyncIterator[bytes], report: Report) -> AsyncIterator[str]:
    try:
        async for piece in pieces:
            yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(piece).decode("ascii")})
    except QingyinError as error:
        yield _event({"type": "error", **error_body(as_problem(error))})
        return
    unspoken = [{"text": item.text, "position": item.position, "reason": item.reason} for item in report.unspoken]
    usage = {
        "input_tokens": 0,
        "output_tokens": 0,
        "total_tokens": 0,
    }  # there are none; the clients' types ask for them
    details = {
        "voice": report.voice,
        "seed": report.seed,
        "seconds": round(report.timings.audio, 3),
        "unspoken": unspoken,
    }
    yield _event({"type": "speech.audio.done", "usage": usage, "qingyin": details})


def _event(value: dict[str, Any]) -> str:
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"


_MODEL_OBJECT = {"id": MODEL, "object": "model", "created": 1763769600, "owned_by": "qingyin"}


@router.get("/v1/models")
async def list_models() -> dict[str, Any]:
    """The models: one."""
    return {"object": "list", "data": [_MODEL_OBJECT]}


@router.get("/v1/models/{model}")
async def get_model(model: str) -> dict[str, Any]:
    """One model."""
    check_model(model)
    return {**_MODEL_OBJECT, "id": model}
