"""Exists so that whatever watches a service (a supervisor, a proxy, Prometheus) can ask how it is."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from qingyin import __version__
from qingyin.server.job_store import JobStore
from qingyin.server.metrics import Metrics
from qingyin.server.speech_api import EngineOf

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def health() -> dict[str, str]:
    """Whether the process answers."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz", responses={503: {"description": "Being stopped."}})
async def ready(engine: EngineOf, response: Response) -> dict[str, Any]:
    """Whether new work is taken."""
    if engine.admission.closed:
        response.status_code = 503
        return {"status": "stopping"}
    return {"status": "ready"}


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    figures: Metrics = request.app.state.metrics
    store: JobStore = request.app.state.jobs
    for state, count in (await asyncio.to_thread(store.count_by_state)).items():
        figures.jobs.labels(state).set(count)
    return Response(figures.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
