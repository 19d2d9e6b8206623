"""Exists to be a server's life: bind, load, serve, and leave nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.util
import ipaddress
import logging
import os
import re
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI

from qingyin.errors import DependencyError, OptionError
from qingyin.server.access import Secret
from qingyin.server.app import Access, Page, create_app
from qingyin.server.control import Control, control_path
from qingyin.server.engine import Engine
from qingyin.server.guards import LOCAL_HOSTS
from qingyin.server.limits import Limits
from qingyin.server.observing import JsonFormatter
from qingyin.single_instance import hold_lock
from qingyin.user_data import user_folder

if TYPE_CHECKING:
    from qingyin.server.wyoming_server import WyomingServer

_BACKLOG = 512
_KEEP_ALIVE_SECONDS = 15
_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")
_SWITCH_SECONDS = 0.001  # the event loop waits no longer for a worker that is computing in Python


@dataclass(frozen=True)
class Settings:
    """How a server is started; see `qingyin serve --help`. grace_seconds: for what runs when it is told to stop;
    wyoming: tcp://HOST:PORT for voice assistants; root_path: see Access.
    """

    host: str = "127.0.0.1"
    port: int = 7860
    secret: Secret | None = None
    insecure: bool = False
    hosts: tuple[str, ...] = ()
    root_path: str = ""
    models: str | None = None
    vocoder: str | None = None
    workers: int | None = None
    grace_seconds: float = 10.0
    page: bool = True
    wyoming: str | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def url(self) -> str:
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{shown}]' if ':' in shown else shown}:{self.port}"

    def access(self) -> Access:
        """Errors: OptionError if others could use the service without a secret, and nobody said that they may; or for a
        root_path that is none.
        """
        if self.root_path and not _PATH.fullmatch(self.root_path):
            raise OptionError(f"--root-path must be a path such as /speech (got {self.root_path!r})")
        local = is_loopback(self.host)
        if not local and self.secret is None and not self.insecure:
            raise OptionError(
                f"on {self.host} others can reach the service: give it a token or user:password with --auth, or say "
                "--insecure"
            )
        names = {*LOCAL_HOSTS, self.host, *self.hosts}
        return Access(names if local or self.hosts else None, self.secret, self.root_path)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(settings: Settings) -> None:
    """Serves until SIGINT, SIGTERM or `qingyin serve stop`. Errors: QingyinError before it listens."""
    access = settings.access()
    lock = hold_lock(control_path(settings.port))
    if lock is None:
        raise OptionError(f"a server for port {settings.port} is running or starting; see `qingyin serve status`")
    with contextlib.ExitStack() as stack:
        stack.callback(lock.close)
        listener = stack.enter_context(_bound(settings.host, settings.port, "--port"))
        assistants = stack.enter_context(_assistants(settings))
        stack.enter_context(_own_temporary_folder(settings.port))
        engine = Engine.load(settings.models, settings.vocoder, settings.limits, settings.workers)
        if (warning := engine.synthesizer.device_warning) is not None:
            print(f"qingyin: warning: {warning}", file=sys.stderr, flush=True)
        app = create_app(engine, state_folder(settings.port), access, _page() if settings.page else None)
        server = _Server(_config(app, settings))
        if assistants is not None:
            server.wyoming = _wyoming(engine, assistants)
        control = Control(lock, settings.port, settings.url, server.ask_to_stop)
        stack.callback(control.close)
        _log_to_stderr()
        sys.setswitchinterval(_SWITCH_SECONDS)
        gc.collect()
        gc.freeze()
        listener.listen(_BACKLOG)  # who reads the next line may come at once
        print(f"Qingyin: {settings.url}", file=sys.stderr, flush=True)
        if assistants is not None:
            assistants.listen()
            print(f"Wyoming: {settings.wyoming}", file=sys.stderr, flush=True)
        # a stop by signal is how a server ends, not an error: uvicorn sends itself the signal again
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            server.run(sockets=[listener])


def state_folder(port: int) -> Path:
    """Where a server keeps its jobs."""
    return user_folder() / "serve" / str(port)


class _Server(uvicorn.Server):
    """uvicorn, which can be stopped from another thread as by a signal, and has the voice assistants beside it."""

    wyoming: WyomingServer | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.wyoming is not None:
            await self.wyoming.start()

    def ask_to_stop(self) -> None:
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        app = self.config.app
        assert isinstance(app, FastAPI)
        app.state.engine.admission.close()  # what comes on open connections is refused
        for leave in app.state.when_stopping:
            leave()
        if self.wyoming is not None:
            grace, began = self.config.timeout_graceful_shutdown or 0, time.monotonic()
            await self.wyoming.stop(grace)
            self.config.timeout_graceful_shutdown = max(1, round(grace - (time.monotonic() - began)))
        await super().shutdown(sockets)


def _config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="on", http="h11", loop="asyncio",
        timeout_graceful_shutdown=max(1, round(settings.grace_seconds)), timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        backlog=_BACKLOG,
    )  # fmt: skip


@contextlib.contextmanager
def _assistants(settings: Settings) -> Iterator[socket.socket | None]:
    """The port of the Wyoming protocol, if there is to be one. Errors: OptionError, DependencyError."""
    if settings.wyoming is None:
        yield None
        return
    if importlib.util.find_spec("wyoming") is None:
        raise DependencyError("--wyoming needs the package wyoming: pip install 'qingyin[wyoming]'")
    from qingyin.server.wyoming_server import address_of

    host, port = address_of(settings.wyoming)
    if not is_loopback(host) and not settings.insecure:
        raise OptionError(
            f"on {host} others can reach --wyoming, a protocol without passwords; say --insecure, and let a firewall "
            "admit the assistant alone"
        )
    with _bound(host, port, "--wyoming") as listener:
        yield listener


def _wyoming(engine: Engine, listener: socket.socket) -> WyomingServer:
    from qingyin.server.wyoming_server import WyomingServer

    return WyomingServer(engine, listener)


@contextlib.contextmanager
def _bound(host: str, port: int, option: str) -> Iterator[socket.socket]:
    """A port, taken before the models are loaded. option: that changes it. Errors: OptionError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise OptionError(f"{host} is no address of this machine ({error.strerror}); name another") from None
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            raise OptionError(
                f"port {port} on {host} cannot be had ({error.strerror}): another program has it; "
                f"choose another with {option}"
            ) from None
        yield listener


@contextlib.contextmanager
def _own_temporary_folder(port: int) -> Iterator[None]:
    """What libraries write for the time being (the page's sounds) is in one folder, which goes with the server; that of
    one which was killed goes now. Wants the lock of the port.
    """
    before, environment = tempfile.tempdir, os.environ.get("GRADIO_TEMP_DIR")
    prefix = f"qingyin-serve-{port}-"
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)  # not where it is another user's, or a link
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as folder:
        tempfile.tempdir = os.environ["GRADIO_TEMP_DIR"] = folder
        try:
            yield
        finally:
            tempfile.tempdir = before
            if environment is None:
                os.environ.pop("GRADIO_TEMP_DIR", None)
            else:
                os.environ["GRADIO_TEMP_DIR"] = environment


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("qingyin").setLevel(logging.INFO)
    logging.getLogger("uvicorn.error").addFilter(_is_bug)


def _is_bug(record: logging.LogRecord) -> bool:
    """Whether uvicorn tells of more than that something was broken off, as by the end of the grace time, which has its
    line already, or by a second Ctrl-C, of which it has the traceback in the message itself.
    """
    if record.exc_info:
        return not isinstance(record.exc_info[1], asyncio.CancelledError)
    return not record.getMessage().rstrip().endswith("CancelledError")


def _page() -> Page | None:
    """The page, if what it needs is installed."""
    if importlib.util.find_spec("gradio") is None or importlib.util.find_spec("qingyin.web.page") is None:
        return None
    page: Page = importlib.import_module("qingyin.web.page").add_page
    return page
