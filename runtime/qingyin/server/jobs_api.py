"""Exists so that long texts, and many, can be handed in and fetched later."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Header, Path, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from qingyin.server.arriving import too_long
from qingyin.server.job_runner import JobRunner
from qingyin.server.job_store import DONE, FAILED, QUEUED, RUNNING, JobStore
from qingyin.server.limits import Busy
from qingyin.server.problems import Problem
from qingyin.server.sound_formats import FORMATS
from qingyin.server.speech_api import EngineOf, ModelName, check_model
from qingyin.server.speech_body import MODEL, SpokenBody, with_known_voice

router = APIRouter(tags=["batches"])
JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The `id` of the answer to POST.")]
_LISTED = 100


class BatchBody(BaseModel):
    """Texts to be made into one file each."""

    model_config = ConfigDict(extra="forbid")
    items: list[SpokenBody] = Field(min_length=1, max_length=10_000)
    response_format: Literal["mp3", "opus", "flac", "wav"] = "mp3"
    model: ModelName = MODEL


_EXAMPLES: dict[str, Any] = {
    "book": {
        "summary": "Two chapters",
        "value": {
            "response_format": "opus",
            "items": [
                {"input": "第一章。从前有座山。"},
                {"input": "第二章。山上有座庙。", "voice": "yuetan", "speed": 1.2},
            ],
        },
    }
}
_THIS = {"job": "$response.body#/id"}
_LINKS: dict[str, Any] = {
    **{name: {"operationId": name, "parameters": _THIS} for name in ("get_batch", "cancel_batch", "delete_batch")},
    "get_result": {"operationId": "get_result", "parameters": {**_THIS, "number": "$response.body#/items/0/number"}},
}
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "The job is on disk and will be done.", "links": _LINKS},
    200: {
        "description": "The job that was accepted before with this Idempotency-Key.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    },
}


@router.post("/v1/audio/batches", status_code=202, responses=_ACCEPTED)
async def create_batch(
    body: Annotated[BatchBody, Body(openapi_examples=_EXAMPLES)],
    engine: EngineOf,
    request: Request,
    response: Response,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=100,
            description="The same key again is the same job: safe to repeat after an error.",
        ),
    ] = None,
) -> dict[str, Any]:
    """Accepts a job. It is done in the background, also after the service was restarted."""
    check_model(body.model)
    limits = engine.limits
    if len(body.items) > limits.job_items:
        raise Problem(413, f"the job has {len(body.items)} texts, at most {limits.job_items} are taken", "items")
    characters = sum(len(item.input) for item in body.items)
    if characters > limits.job_characters:
        raise too_long(characters, limits.job_characters)
    for item in body.items:  # mistakes are told now
        await asyncio.to_thread(with_known_voice, item.request(engine), engine)
        if item.seed is None:
            item.seed = secrets.randbelow(2**32)  # made again after a crash, it sounds the same
    store: JobStore = request.app.state.jobs
    counts = await asyncio.to_thread(store.count_by_state)
    if counts[QUEUED] + counts[RUNNING] >= limits.jobs:
        raise Busy(f"{limits.jobs} jobs are waiting already", 60)
    requests = [item.model_dump(mode="json") for item in body.items]
    job, new = await asyncio.to_thread(store.submit, body.response_format, requests, idempotency_key)
    if new:
        _runner(request).wake()
    else:
        response.status_code = 200
    return await _found(request, job)


@router.get("/v1/audio/batches")
async def list_batches(request: Request) -> dict[str, Any]:
    """The newest jobs, without their items."""
    store: JobStore = request.app.state.jobs
    ids = await asyncio.to_thread(store.jobs, _LISTED)
    found = [job for job in [await asyncio.to_thread(store.job, job) for job in ids] if job is not None]
    listed = [_object(job, request) for job in found]
    return {"object": "list", "data": [{key: job[key] for key in job if key != "items"} for job in listed]}


@router.get("/v1/audio/batches/{job}")
async def get_batch(job: JobId, request: Request) -> dict[str, Any]:
    """How far a job is, and where its results are."""
    return await _found(request, job)


@router.get("/v1/audio/batches/{job}/results/{number}", response_class=FileResponse)
async def get_result(job: JobId, number: Annotated[int, Path(ge=0, le=100_000)], request: Request) -> FileResponse:
    """The sound of one text."""
    store: JobStore = request.app.state.jobs
    found = await asyncio.to_thread(store.job, job)
    if found is None or number >= len(found["items"]):
        raise Problem(404, "there is no such job or item")
    item = found["items"][number]
    if item["state"] != DONE:
        status = 409 if item["state"] in (QUEUED, RUNNING) else 410
        raise Problem(status, f"this item is {item['state']}" + (f": {item['error']}" if item["error"] else ""))
    path = store.path(job, number, found["format"])
    name = f"{job[:8]}-{number}.{found['format']}"
    return FileResponse(path, media_type=FORMATS[found["format"]].media_type, filename=name)


@router.post("/v1/audio/batches/{job}/cancel")
async def cancel_batch(job: JobId, request: Request) -> dict[str, Any]:
    """What is not done will not be; what is done stays."""
    await _found(request, job)
    store: JobStore = request.app.state.jobs
    await asyncio.to_thread(store.cancel, job)
    _runner(request).abandon(job)
    return await _found(request, job)


@router.delete("/v1/audio/batches/{job}")
async def delete_batch(job: JobId, request: Request) -> dict[str, Any]:
    """Cancels a job and removes its results."""
    await cancel_batch(job, request)
    store: JobStore = request.app.state.jobs
    await asyncio.to_thread(store.remove, job)
    return {"object": "audio.batch.deleted", "id": job, "deleted": True}


def _runner(request: Request) -> JobRunner:
    runner: JobRunner = request.app.state.runner
    return runner


async def _found(request: Request, job: str) -> dict[str, Any]:
    """A job as clients see it. Errors: Problem 404."""
    store: JobStore = request.app.state.jobs
    found = await asyncio.to_thread(store.job, job)
    if found is None:
        raise Problem(404, "there is no such job")
    return _object(found, request)


def _object(found: dict[str, Any], request: Request) -> dict[str, Any]:
    runner = _runner(request)
    job, items = found["id"], found["items"]
    results = f"{request.scope.get('root_path', '')}/v1/audio/batches/{job}/results"
    made = 0.0
    for item in items:
        ended = item["state"] in (DONE, FAILED)
        made += item["characters"] * (1.0 if ended else runner.progress(job, item["number"]))
    counts = {state: sum(item["state"] == state for item in items) for state in (DONE, FAILED)}
    return {
        "object": "audio.batch", "id": job, "status": found["state"], "created_at": int(found["created"]),
        "finished_at": int(found["finished"]) if found["finished"] else None, "response_format": found["format"],
        "progress": round(made / sum(item["characters"] for item in items), 4),
        "counts": {"total": len(items), **counts},
        "items": [
            {
                "number": item["number"], "status": item["state"], "seconds": item["seconds"], "bytes": item["bytes"],
                "error": item["error"],
                "result": f"{results}/{item['number']}" if item["state"] == DONE else None,
            }
            for item in items
        ],
    }  # fmt: skip
