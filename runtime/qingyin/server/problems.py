"""Exists so that every error reaches a client in one shape, OpenAI's, with a status that says whose fault it is."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match

from qingyin.errors import DependencyError, ModelError, QingyinError
from qingyin.server.limits import Busy, Stopping, TimeLimit, TooLong


class Problem(HTTPException):
    """An error with a status of its own. param: the field that is wrong; code: for programs.

    It is an HTTPException, because FastAPI takes any other error that is raised while a body is read for a wrong body.
    """

    def __init__(
        self,
        status: int,
        message: str,
        param: str | None = None,
        code: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(status, message)
        self.status, self.message, self.param, self.code, self.retry_after = status, message, param, code, retry_after


# of the first class that fits
_STATUS: tuple[tuple[type[QingyinError], int], ...] = (
    (Busy, 429), (Stopping, 503), (TimeLimit, 408), (TooLong, 413), (ModelError, 501), (DependencyError, 501),
    (QingyinError, 400),
)  # fmt: skip


def status_of(error: QingyinError) -> int:
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def problem_response(problem: Problem) -> JSONResponse:
    """The error as OpenAI's clients read it."""
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    return JSONResponse(error_body(problem), problem.status, headers)


def error_body(problem: Problem) -> dict[str, Any]:
    kind = {401: "authentication_error", 429: "rate_limit_error"}.get(
        problem.status, "invalid_request_error" if problem.status < 500 else "server_error"
    )
    return {"error": {"message": problem.message, "type": kind, "param": problem.param, "code": problem.code}}


def as_problem(error: QingyinError) -> Problem:
    """A user's error as an answer."""
    return Problem(status_of(error), str(error), retry_after=getattr(error, "retry_after", None))


def add_handlers(app: FastAPI) -> None:
    """Makes an app answer in this shape, whatever is raised in it. Bugs are left to the outermost layer."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        return problem_response(error)

    @app.exception_handler(QingyinError)
    async def user_error(request: Request, error: QingyinError) -> JSONResponse:
        return problem_response(as_problem(error))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(_of_validation(error))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        answer = problem_response(Problem(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        if error.status_code == 405:
            answer.headers["Allow"] = ", ".join(_allowed(request))
        return answer


def _allowed(request: Request) -> list[str]:
    """The methods of a path; the framework names only those of the first of its routes."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] != Match.NONE]
    return sorted({method for route in routes for method in getattr(route, "methods", None) or ()})


def _of_validation(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"][1:]]  # without "body"
    # of `voice`, which may be a name or an object, pydantic names both attempts
    param = ".".join(part for part in place if part not in ("str", "VoiceId")) or None
    message = "the body is no JSON" if first["type"] == "json_invalid" else first["msg"]
    return Problem(400, f"{param}: {message}" if param else message, param)
