"""Exists so that every request leaves one line that a program can read, has a number to ask for, and is counted.

What was said is not logged.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
import time
from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qingyin.server.metrics import Metrics
from qingyin.server.problems import Problem, problem_response

log = logging.getLogger("qingyin.server")
_OWN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry.update(getattr(record, "fields", {}))
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False, default=str)


def note(connection: HTTPConnection, **fields: Any) -> None:
    """Adds to the line that this request will leave."""
    connection.scope.setdefault("qingyin.fields", {}).update(fields)


class Observing:
    """The outermost layer: numbers, logs and counts requests, answers for bugs, and hangs up on clients that take
    nothing for `stall_seconds`.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, stall_seconds: float) -> None:
        self._app, self._metrics, self._stall_seconds = app, metrics, stall_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        asked = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        number = asked if _OWN_ID.fullmatch(asked) else secrets.token_hex(8)
        fields: dict[str, Any] = scope.setdefault("qingyin.fields", {})
        status, first_byte = 0, None

        async def observed(message: Message) -> None:
            nonlocal status, first_byte
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", number.encode("ascii"))]
            elif first_byte is None and message.get("body"):
                first_byte = time.perf_counter() - began
            try:
                await asyncio.wait_for(send(message), self._stall_seconds)
            except asyncio.TimeoutError:
                raise ConnectionAbortedError("the client takes nothing") from None

        failure: BaseException | None = None
        try:
            await self._app(scope, receive, observed)
        except Exception as error:
            failure = error
            if status == 0:
                answer = problem_response(Problem(500, f"an error of the server's; its log has it under {number}"))
                await answer(scope, receive, observed)
            else:
                raise  # the connection is cut, so that nobody takes what came for the whole
        except BaseException as error:
            failure = error
            raise
        finally:
            route = getattr(scope.get("route"), "path", None) or "other"
            self._metrics.answered(scope["method"], route, status, first_byte)
            fields |= {
                "request_id": number,
                "client": (scope.get("client") or ("", 0))[0],
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
            }
            if first_byte is not None:
                fields["first_byte_ms"] = round(1000 * first_byte, 1)
            if failure is None:
                log.info("request", extra={"fields": fields})
            elif isinstance(failure, Exception):
                log.error("request failed", extra={"fields": fields}, exc_info=failure)
            else:
                log.info("request cancelled", extra={"fields": fields})
