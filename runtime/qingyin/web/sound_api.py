"""Exists so that a browser can fetch what was spoken for it: live while it is made, as a file, and as a picture."""

from __future__ import annotations

import os
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response, StreamingResponse

from qingyin.audio import open_audio
from qingyin.server.problems import Problem
from qingyin.server.speech_api import EngineOf
from qingyin.server.threads import in_thread
from qingyin.web.picture import MOST_SECONDS, picture
from qingyin.web.takes import Part, Take, Takes

router = APIRouter(prefix="/page", include_in_schema=False)
MEDIA_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac"}
_BLOCK = 1 << 16  # samples
_PRIVATE = {"Cache-Control": "private, no-cache"}


def _take(request: Request, id: str) -> Take:
    takes: Takes = request.app.state.takes
    take = takes.get(id)
    if take is None:
        raise Problem(404, "this sound is no longer kept; speak it again")
    return take


def _with_part(take: Take, part: int | None) -> Take:
    if part is not None and not 0 <= part < len(take.parts):
        raise Problem(404, "there is no such part")
    return take


def _made(take: Take, part: int | None) -> list[Part]:
    """The parts with sound, or the one asked for."""
    chosen = take.parts if part is None else take.parts[part : part + 1]
    made = [item for item in chosen if item.state != "speaking" and item.path is not None and item.data_bytes]
    if not made:
        raise Problem(404, "there is no sound yet; wait until it has been spoken")
    return made


@router.get("/takes/{id}/live")
async def live(id: str, request: Request, part: int | None = None) -> StreamingResponse:
    """16-bit little-endian samples, one channel, at the models' rate, while they are being made."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    take = _with_part(_take(request, id), part)
    return StreamingResponse(take.live(part), media_type="application/octet-stream", headers=headers)


@router.get("/takes/{id}/sound.{kind}")
async def sound(
    id: str, kind: Literal["wav", "mp3", "flac"], request: Request, part: int | None = None, save: bool = False
) -> FileResponse:
    """The whole, or one part; as a file to be kept with `save`."""
    take = _with_part(_take(request, id), part)
    parts = _made(take, part)
    path = _file(take, parts, kind)
    if not path.exists():
        paths = [item.path for item in parts if item.path is not None]
        await in_thread(_join, paths, path, take.sample_rate)
    number = "" if part is None else f"-{part + 1}"
    name = f"qingyin-{take.id[:6]}{number}.{kind}" if save else None
    return FileResponse(path, media_type=MEDIA_TYPES[kind], filename=name, headers=_PRIVATE)


@router.get("/takes/{id}/picture.svg")
async def drawn(
    id: str, request: Request, engine: EngineOf, part: int | None = None, lang: Literal["zh", "en"] = "zh"
) -> Response:
    """Waveform, mel spectrogram and F0 of the first part of a take, or of the part asked for."""
    take = _with_part(_take(request, id), part)
    path = _made(take, part)[0].path
    assert path is not None
    samples = np.concatenate(list(_samples([path], MOST_SECONDS * take.sample_rate)))
    svg = await engine.call(lambda: picture(samples, take.sample_rate, lang))
    return Response(svg, media_type="image/svg+xml", headers=_PRIVATE)


def _file(take: Take, parts: Sequence[Part], kind: str) -> Path:
    """Where the parts lie as one file, once it is made: versions in its name, as a part can be spoken again."""
    if len(parts) == 1 and parts[0].path is not None:
        return parts[0].path.with_suffix(f".{kind}")
    # each new version of any part makes the sum larger; parts that have no sound yet make the number smaller
    return take.folder / f"{take.id}-all-{len(parts)}-{sum(part.version for part in take.parts)}.{kind}"


def _join(sources: Sequence[Path], target: Path, sample_rate: int) -> None:
    """Sound files one after the other as one. Errors: AudioError."""
    with open_audio(target, sample_rate) as sink:
        for samples in _samples(sources):
            sink.write(samples)


def _samples(paths: Sequence[Path], most: float = np.inf) -> Iterator[np.ndarray]:
    """float32 [n] of 16-bit WAV files, block by block; `most` samples in all."""
    for path in paths:
        with wave.open(os.fspath(path), "rb") as file:
            while most > 0 and (data := file.readframes(int(min(_BLOCK, most)))):
                most -= len(data) // 2
                yield np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32767)
