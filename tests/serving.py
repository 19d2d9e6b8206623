"""A server of tiny models on a real port, for tests that are its clients."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn

from patience import LONGEST_SECONDS
from qingyin.server.app import Access, Page, create_app
from qingyin.server.engine import Engine, ServedSynthesizer
from qingyin.server.limits import Limits

TEXT = "今天天气真好，我们去公园走走吧。"
_KEEP_ALIVE_SECONDS = 600  # no request may meet the server just hanging up, as idle clients do after 5 s
SEND_BYTES = 1 << 16  # of a connection: a book does not fit, as it would into what some systems grow to


@dataclass
class Served:
    """A running server: its address, a client of it, and the engine behind."""

    url: str
    http: httpx.Client
    engine: Engine

    def speak(self, **body: object) -> httpx.Response:
        return self.http.post("/v1/audio/speech", json={"input": TEXT, "seed": 3, **body})


@contextlib.contextmanager
def serving(
    models: Path, folder: Path, access: Access | None = None, limits: Limits | None = None,
    page: Page | None = None,
) -> Iterator[Served]:  # fmt: skip
    """The real app in the real uvicorn, in a thread."""
    engine = Engine(ServedSynthesizer.load(models), limits, workers=2)
    app = create_app(engine, folder, access or Access(), page)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=2,
                            timeout_keep_alive=_KEEP_ALIVE_SECONDS)  # fmt: skip
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        listener.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            with httpx.Client(base_url=url, timeout=LONGEST_SECONDS) as http:
                yield Served(url, http, engine)
        finally:
            server.should_exit = True
            thread.join(LONGEST_SECONDS)
            assert not thread.is_alive()


def free_port() -> int:
    """One that nobody has, below those of outgoing connections, so that no other program gets it meanwhile."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
