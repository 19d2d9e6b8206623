"""Exists so that what no honest client sends never reaches the code behind: requests for other hosts, from other sites'
pages, or larger than the limits; and so that browsers treat the answers with care.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingyin.server.limits import Limits
from qingyin.server.problems import Problem, problem_response

UPLOADS = "/v1/audio/voices"
_OVERHEAD = 100_000  # bytes of an upload's other fields
_BODY_SECONDS = 60.0  # between two pieces of a request
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")

# The API's answers are never pages with scripts. A page sets a policy of its own, which then stays.
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}
_API_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_API = ("/v1/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")


class SafeHeaders:
    """Adds security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_api = scope["type"] == "http" and scope["path"].startswith(_API)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if is_api:
                    headers.setdefault("Content-Security-Policy", _API_POLICY)
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


class OwnHosts:
    """Refuses other host names than those given (another site could point its name at this address: DNS rebinding),
    and what pages of other sites send (their cookies and passwords would be those of the user).

    hosts: names without port; None for any.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = _host(f"//{headers.get('host', '')}")
        refusal = None
        if self._hosts is not None and host not in self._hosts:
            refusal = f"this service is not called {host!r}; use http://127.0.0.1, or start it with --allow-host {host}"
        origin = headers.get("origin")
        foreign = origin is not None and urlsplit(origin).netloc != headers.get("host")
        if foreign and (scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS):
            refusal = "pages of other sites may not use this service"
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await problem_response(Problem(403, refusal))(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008})


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


class BodyLimit:
    """Refuses bodies that are too large, as soon as that is known, and gives up on those that do not come."""

    def __init__(self, app: ASGIApp, limits: Limits, page_bytes: int | None = None) -> None:
        """page_bytes: allowed outside the API, None as for an upload."""
        self._app, self._limits = app, limits
        self._page_bytes = limits.upload_bytes if page_bytes is None else page_bytes

    def _allowed(self, path: str) -> int:
        if path.rstrip("/") == UPLOADS:
            return self._limits.upload_bytes + _OVERHEAD
        return self._limits.body_bytes if path.startswith(_API) else self._page_bytes + _OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        allowed = self._allowed(scope["path"])
        too_large = Problem(413, f"the request has more than {allowed:,} bytes; send less at once", code="too_large")
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:18]) > allowed:
            await problem_response(too_large)(scope, receive, send)
            return
        got, whole = 0, False

        async def limited() -> Message:
            nonlocal got, whole
            if whole:  # what comes now is the end of the connection, which has time
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), _BODY_SECONDS)
            except asyncio.TimeoutError:
                raise Problem(408, f"the request did not go on for {_BODY_SECONDS:g} s") from None
            if message["type"] == "http.request":
                got += len(message.get("body", b""))
                whole = not message.get("more_body", False)
                if got > allowed:
                    raise too_large
            return message

        await self._app(scope, limited, send)
