"""Exists so that the API is explained by the service itself, on machines without a network too: the usual pages load
their scripts from elsewhere.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#222;background:#fff}"
    "code,pre{font:14px/1.45 ui-monospace,monospace;background:#f4f4f4}code{padding:.1em .3em}"
    "pre{padding:.8em;overflow:auto}section{border-top:1px solid #ccc;margin-top:2rem}"
    "table{border-collapse:collapse}td,th{text-align:left;vertical-align:top;padding:.2em 1em .2em 0}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}code,pre{background:#2a2a2a}}"
)


@router.get("/docs", response_class=HTMLResponse, include_in_schema=False)
async def docs(request: Request) -> HTMLResponse:
    """Every path of the OpenAPI description, with its fields and an example to paste into a shell."""
    return HTMLResponse(page(request.app.openapi(), str(request.base_url).rstrip("/")))


def page(api: dict[str, Any], base: str) -> str:
    sections = [
        _section(api, base, path, method.upper(), operation)
        for path, operations in api["paths"].items()
        for method, operation in operations.items()
    ]
    title, text = escape(api["info"]["title"]), escape(api["info"]["description"])
    machine = '<p>For programs: <a href="openapi.json">openapi.json</a>.</p>'
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    head += '<meta name="viewport" content="width=device-width">'
    return f"{head}<h1>{title}</h1><p>{text}</p>{machine}{''.join(sections)}"


def _section(api: dict[str, Any], base: str, path: str, method: str, operation: dict[str, Any]) -> str:
    rows = [_row(item["name"], item["schema"], item.get("description", "")) for item in operation.get("parameters", ())]
    content = operation.get("requestBody", {}).get("content", {})
    examples = []
    for media, body in content.items():
        schema = _resolved(api, body["schema"])
        rows += [_row(name, field, field.get("description", "")) for name, field in schema["properties"].items()]
        if media == "application/json":
            for example in body.get("examples", {}).values():
                examples.append((example["summary"], _curl_json(base + path, example["value"])))
        else:
            examples.append(("Example", _curl_form(base + path, schema)))
    if not content:
        examples.append(("Example", f"curl {'' if method == 'GET' else f'-X {method} '}{base}{path}"))
    table = f"<table><tr><th>field<th>type<th>{''.join(rows)}</table>" if rows else ""
    shown = "".join(f"<p>{escape(title)}</p><pre>{escape(command)}</pre>" for title, command in examples)
    text = escape(operation.get("description", operation["summary"]))
    return f"<section><h2><code>{method} {escape(path)}</code></h2><p>{text}</p>{table}{shown}</section>"


def _row(name: str, schema: dict[str, Any], description: str) -> str:
    return f"<tr><td><code>{escape(name)}</code><td>{escape(_kind(schema))}<td>{escape(description)}"


def _kind(schema: dict[str, Any]) -> str:
    """A type in a few words, with its range and default."""
    if "anyOf" in schema:
        kinds = [_kind(item) for item in schema["anyOf"] if item.get("type") != "null"]
        kind = " or ".join(kinds)
    elif "enum" in schema:
        kind = " | ".join(map(str, schema["enum"]))
    elif "$ref" in schema:
        kind = "object"
    else:
        kind = str(schema.get("type", "any"))
    if "minimum" in schema and "maximum" in schema:
        kind += f" {schema['minimum']:g} to {schema['maximum']:g}"
    return kind + (f", default {schema['default']}" if schema.get("default") not in (None, "") else "")


def _resolved(api: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = api["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _curl_json(url: str, value: Any) -> str:
    body = json.dumps(value, ensure_ascii=False).replace("'", "'\\''")
    return f"curl {url} -H 'Content-Type: application/json' \\\n  -d '{body}' -o answer"


def _curl_form(url: str, schema: dict[str, Any]) -> str:
    fields = []
    for name in schema.get("required", ()):
        field = schema["properties"][name]
        fields.append(
            f"-F {name}={'@friend.wav' if field.get('type') == 'array' else field.get('examples', ['...'])[0]}"
        )
    return f"curl {url} {' '.join(fields)}"
