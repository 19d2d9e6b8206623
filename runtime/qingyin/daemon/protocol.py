"""Exists so that client and daemon agree: where the socket lies, who may use it, and what the frames look like.

A frame is two lengths (unsigned 32 bits, little-endian: header, payload), a JSON object in UTF-8, and the payload.

    client                                   daemon
    {"op": "say", "protocol": 1, ...}   ->
                                        <-   {"accepted": true, "sample_rate": Hz}   or {"refused": reason}
    {"op": "text"} + UTF-8 ...          ->                    (only where the text is still arriving)
    {"op": "text", "last": true}        ->
                                        <-   {"sentences": n, "audio": seconds} + samples ...
                                        <-   {"report": {...}}                       or {"error": class, "message": ...}
    {"op": "status"} or {"op": "stop"}  ->
                                        <-   {"status": {...}}

Samples are float32, or 16-bit PCM where the request says so, little-endian, at the models' rate. Whoever hangs up
cancels. Only what starts fast is imported here: the client pays for it at every word a screen reader says.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import zlib

from qingyin.private_sockets import private_path

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than the daemon to answer
if TYPE_CHECKING:
    from typing import Any

PROTOCOL = 1
MAX_HEADER = 16 << 20  # bytes; a report lists every character that could not be said
MAX_PAYLOAD = 64 << 20
_LENGTHS = struct.Struct("<II")
_FOLDERS = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME")


class BrokenFrame(OSError):
    """The other side hung up, or sent what is no frame."""


def socket_path(models: str | None) -> str:
    """Where the daemon of this user and model set listens."""
    return private_path(f"{_models_key(models)}.sock")


def _models_key(models: str | None) -> str:
    asked = models or os.environ.get("QINGYIN_MODELS")
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))  # which brings the default set
    folder = os.path.realpath(os.path.expanduser(asked)) if asked else package
    return f"{zlib.crc32(os.fsencode(folder)):08x}"


def settings() -> dict[str, str]:
    """What of the environment changes how a text is spoken or where voices lie: both sides must have the same."""
    return {
        name: value
        for name, value in os.environ.items()
        if (name.startswith("QINGYIN_") and name != "QINGYIN_MODELS") or name in _FOLDERS
    }


def send_frame(connection: socket.socket, header: dict[str, object], payload: bytes | memoryview = b"") -> None:
    """Errors: OSError when the other side is gone or takes nothing before the socket's timeout."""
    data = json.dumps(header, ensure_ascii=False).encode("utf-8", "surrogatepass")
    connection.sendall(_LENGTHS.pack(len(data), len(payload)) + data)
    if payload:
        connection.sendall(payload)


def receive_frame(connection: socket.socket) -> tuple[dict[str, Any], bytes]:
    """Errors: BrokenFrame; OSError (TimeoutError) by the socket's timeout."""
    header_length, payload_length = _LENGTHS.unpack(_receive(connection, _LENGTHS.size))
    if header_length > MAX_HEADER or payload_length > MAX_PAYLOAD:
        raise BrokenFrame("a frame longer than any of this protocol")
    try:
        header = json.loads(_receive(connection, header_length).decode("utf-8", "surrogatepass"))
    except ValueError:
        raise BrokenFrame("a frame whose header is no JSON") from None
    if not isinstance(header, dict):
        raise BrokenFrame("a frame whose header is no object")
    return header, _receive(connection, payload_length)


def _receive(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            raise BrokenFrame("the other side hung up")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
