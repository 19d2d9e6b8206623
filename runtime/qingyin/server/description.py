"""Exists so that the OpenAPI description tells what this very server answers and takes: the real shape of errors, its
limits, and the formats that it can write here.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from qingyin.server.aac import find_ffmpeg
from qingyin.server.limits import Limits

_ERROR = {
    "type": "object", "required": ["error"],
    "properties": {"error": {
        "type": "object", "required": ["message", "type", "param", "code"],
        "properties": {
            "message": {"type": "string"}, "type": {"type": "string"},
            "param": {"type": ["string", "null"]}, "code": {"type": ["string", "null"]},
        },
    }},
}  # fmt: skip
_ANSWER = {
    "description": "An error; the message says what to do.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def description(app: FastAPI, limits: Limits) -> dict[str, Any]:
    """FastAPI's description, put right; made once."""
    if app.openapi_schema is None:
        api = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = api["components"]["schemas"]
        schemas["Error"] = _ERROR
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for operations in api["paths"].values():
            for operation in operations.values():
                operation["responses"].pop("422", None)
                operation["responses"]["4XX"] = _ANSWER
        speech, batch = (schemas[name]["properties"] for name in ("SpeechBody", "BatchBody"))
        speech["input"]["maxLength"] = limits.characters
        batch["items"]["maxItems"] = limits.job_items
        if find_ffmpeg() is None:
            speech["response_format"]["enum"].remove("aac")
        app.openapi_schema = api
    return app.openapi_schema
