"""Exists to hang the page into the service's app, in each language and under a content security policy."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingyin.server.engine import Engine
from qingyin.web.actions import Actions
from qingyin.web.layout import layout
from qingyin.web.listening import Listening
from qingyin.web.sound_api import router
from qingyin.web.takes import Takes
from qingyin.web.theme import theme
from qingyin.web.words import LANGUAGES, Words, language_of

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M2 7v2M5 4v8M8 2v12M11 5v6M14 7v2" '
    'stroke="#0f766e" stroke-width="2" stroke-linecap="round"/></svg>'
)
# Gradio compiles its templates in the browser (eval); nothing may come from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)


def add_page(app: FastAPI, engine: Engine) -> None:
    """Adds the page to an app of `create_app`, before it is started: / leads to it, in the browser's language."""
    folder = tempfile.TemporaryDirectory(prefix="qingyin-page-", ignore_cleanup_errors=True)
    app.state.page_folder = folder  # goes with the app
    app.state.takes = takes = Takes(Path(folder.name))
    app.include_router(router)
    css = files("qingyin.web").joinpath("assets/page.css").read_text("utf-8")
    script = files("qingyin.web").joinpath("assets/page.js").read_text("utf-8")
    for language in LANGUAGES:
        words = Words(language)
        actions = Actions(engine, takes, Listening(engine, app.state.uploads, words), words)
        gr.mount_gradio_app(
            app, layout(engine, actions, words), f"/{language}", footer_links=[], run_history=False, show_error=False,
            max_file_size=engine.limits.upload_bytes, ssr_mode=False, enable_monitoring=False, pwa=False, theme=theme(),
            css=css, head=f'<link rel="icon" href="../favicon.ico"><script>{script}</script>',
        )  # fmt: skip
        mounted = app.router.routes[-1]
        assert isinstance(mounted, Mount)
        # an open page keeps a connection for ever, which this ends
        app.state.when_stopping.append(mounted.app.stop_event.set)  # type: ignore[attr-defined]
    app.router.routes[:0] = [Route("/", _start), Route("/favicon.ico", _icon)]
    app.add_middleware(_Policy)


async def _start(request: Request) -> RedirectResponse:
    language = language_of(request.headers.get("accept-language", ""))
    return RedirectResponse(f"{language}/", headers={"Vary": "Accept-Language"})


async def _icon(request: Request) -> Response:
    return Response(_ICON, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


class _Policy:
    """Gives the page's answers a content security policy."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("Content-Security-Policy", _POLICY)
            await send(message)

        is_page = scope["type"] == "http" and scope["path"].startswith(tuple(f"/{name}/" for name in LANGUAGES))
        await self._app(scope, receive, with_policy if is_page else send)
