"""Exists to put the parts of the HTTP service together, guards first."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from qingyin import __version__
from qingyin.server import docs_page, health_api, jobs_api, speech_api, voices_api
from qingyin.server.access import Guarded, Secret
from qingyin.server.description import description
from qingyin.server.engine import Engine
from qingyin.server.guards import BodyLimit, OwnHosts, SafeHeaders
from qingyin.server.job_runner import JobRunner
from qingyin.server.job_store import JobStore
from qingyin.server.metrics import Metrics
from qingyin.server.observing import Observing
from qingyin.server.problems import add_handlers
from qingyin.server.upload_budget import UploadBudget
from qingyin.server.uploads import Uploads

_DESCRIPTION = (
    "Chinese speech synthesis on a CPU. The paths and errors are those of OpenAI's API: its clients can be used with "
    "base_url set to this address and /v1."
)


@dataclass(frozen=True)
class Access:
    """Who may use a service, and how they reach it. hosts: names it may be called by, None for any; secret: what
    clients must know; root_path: that a proxy shows it under (and takes off), such as "/speech".
    """

    hosts: Collection[str] | None = None
    secret: Secret | None = None
    root_path: str = ""


Page = Callable[[FastAPI, Engine], None]  # adds itself at /


def create_app(engine: Engine, folder: Path, access: Access | None = None, page: Page | None = None) -> FastAPI:
    """The whole service. folder: where jobs are kept, for this process alone. When the app is shut down, jobs are put
    back in line and the engine is closed.
    """
    access = access or Access()
    store = JobStore(folder)
    runner = JobRunner(engine, store)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        runner.start()
        try:
            yield
        finally:
            await runner.stop()
            await engine.close()
            store.close()

    app = FastAPI(title="Qingyin", version=__version__, description=_DESCRIPTION, lifespan=lifespan, docs_url=None,
                  redoc_url=None, generate_unique_id_function=_operation_id)  # fmt: skip
    app.state.engine, app.state.jobs, app.state.runner = engine, store, runner
    app.state.when_stopping = []  # called before connections are waited for
    app.state.metrics = metrics = Metrics(engine)
    app.state.uploads = Uploads(engine.limits)
    for part in (speech_api, voices_api, jobs_api, health_api, docs_page):
        app.include_router(part.router)
    add_handlers(app)
    if access.root_path:
        app.add_middleware(_Under, root_path=access.root_path)
    if page is None:
        app.add_api_route("/", _start, include_in_schema=False)
    else:
        page(app, engine)
    # the last one added is the outermost
    app.add_middleware(UploadBudget, limits=engine.limits)
    app.add_middleware(BodyLimit, limits=engine.limits)
    if access.secret is not None:
        app.add_middleware(Guarded, secret=access.secret, limits=engine.limits)
    app.add_middleware(OwnHosts, hosts=access.hosts)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Observing, metrics=metrics, stall_seconds=engine.limits.stall_seconds)
    app.openapi = lambda: description(app, engine.limits)  # type: ignore[method-assign]
    return app


class _Under:
    """Puts back the path that a proxy has taken off, as ASGI has it, so that all addresses that are made are right."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app, self._root_path = app, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope["root_path"], scope["path"] = self._root_path, self._root_path + scope["path"]
        await self._app(scope, receive, send)


def _operation_id(route: APIRoute) -> str:
    return route.name


async def _start() -> RedirectResponse:
    """Where there is no page."""
    return RedirectResponse("docs")  # relative, as all addresses: a proxy may show another path
