"""Exists so that many uploads, each within its own limit, do not fill the disk or the memory either."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingyin.server.guards import UPLOADS
from qingyin.server.limits import Limits
from qingyin.server.problems import Problem, problem_response

_PAGE_UPLOADS = "/gradio_api/upload"
_WINDOW_SECONDS = 3600.0
_STEP_SECONDS = 10.0
_ADDRESSES = 10_000  # remembered


class Sent:
    """Bytes that each address has sent in the last hour."""

    def __init__(self) -> None:
        self._by_address: OrderedDict[str, deque[tuple[float, int]]] = OrderedDict()  # when, how many

    def add(self, address: str, count: int) -> None:
        sent = self._by_address.setdefault(address, deque())
        if sent and time.monotonic() - sent[-1][0] < _STEP_SECONDS:  # not one entry for each byte of a mean client
            when, before = sent.pop()
            sent.append((when, before + count))
        else:
            sent.append((time.monotonic(), count))
        self._by_address.move_to_end(address)
        while len(self._by_address) > _ADDRESSES:
            self._by_address.popitem(last=False)

    def wait_seconds(self, address: str, most: int) -> int:
        """How long until an address has sent less than `most` in the last hour; 0 if it has."""
        sent, now = self._by_address.get(address, deque()), time.monotonic()
        while sent and sent[0][0] < now - _WINDOW_SECONDS:
            sent.popleft()
        left, ends = sum(count for _, count in sent), now
        for when, count in sent:
            if left < most:
                break
            left, ends = left - count, when + _WINDOW_SECONDS
        return math.ceil(ends - now)


class UploadBudget:
    """Refuses recordings, to the API and to the page, of those who have sent enough for now, and more at once than
    `limits.uploading`.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app, self._limits = app, limits
        self._sent, self._running = Sent(), 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_upload = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].rstrip("/").endswith(
            (UPLOADS, _PAGE_UPLOADS)
        )  # fmt: skip
        if not is_upload:
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        wait = self._sent.wait_seconds(address, self._limits.upload_hour_bytes)
        if self._running >= self._limits.uploading:
            wait = max(wait, 2)
        if wait:
            message = f"too many recordings are being sent; try again in {wait} s"
            await problem_response(Problem(429, message, retry_after=wait))(scope, receive, send)
            return

        async def counted() -> Message:
            message = await receive()
            if body := message.get("body"):
                self._sent.add(address, len(body))
            return message

        self._running += 1
        try:
            await self._app(scope, counted, send)
        finally:
            self._running -= 1
