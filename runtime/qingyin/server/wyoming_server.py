"""Exists to let voice assistants in: listens for the Wyoming protocol beside the HTTP service, on the same engine."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from urllib.parse import urlsplit

from qingyin.errors import OptionError
from qingyin.server.engine import Engine
from qingyin.server.limits import Busy
from qingyin.server.wyoming_connection import BoundedReader, Connection

MAX_CONNECTIONS = 64
_EVENT_BYTES = 1 << 20  # of a client's event; the longest text has a tenth of it


def address_of(uri: str) -> tuple[str, int]:
    """Host and port of tcp://HOST:PORT. Errors: OptionError."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(uri)
        if parts.scheme == "tcp" and parts.hostname and parts.port and not parts.path.strip("/"):
            return parts.hostname, parts.port
    raise OptionError(f"--wyoming must be an address such as tcp://127.0.0.1:10200 (got {uri!r})")


class WyomingServer:
    """Serves on a bound socket, in the event loop where it is started."""

    def __init__(self, engine: Engine, listener: socket.socket) -> None:
        self._engine, self._listener = engine, listener
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.Task[None], Connection] = {}

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens on."""
        host, port = self._listener.getsockname()[:2]
        return host, port

    async def start(self) -> None:
        def protocol() -> asyncio.StreamReaderProtocol:
            return asyncio.StreamReaderProtocol(BoundedReader(_EVENT_BYTES), self._meet)

        self._server = await asyncio.get_running_loop().create_server(protocol, sock=self._listener)

    async def stop(self, grace_seconds: float = 0.0) -> None:
        """Takes nobody in, lets what is being said end for `grace_seconds`, and hangs up."""
        if self._server is None:
            return
        self._server.close()
        end = asyncio.get_running_loop().time() + grace_seconds
        while any(client.busy for client in self._tasks.values()) and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(0.02)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Connection(self._engine, reader, writer)
        if len(self._tasks) >= MAX_CONNECTIONS:
            await client.fail(Busy(f"{MAX_CONNECTIONS} assistants are connected already", 10))
            return
        task = asyncio.current_task()
        assert task is not None
        self._tasks[task] = client
        try:
            # a server that is stopped cancels this task, which is no news
            with contextlib.suppress(asyncio.CancelledError):
                await client.run()
        finally:
            del self._tasks[task]
