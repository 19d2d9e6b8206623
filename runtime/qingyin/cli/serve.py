"""Exists to carry out `qingyin serve`: start a server, ask the one that runs, stop it, replace it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from pathlib import Path

from qingyin.daemon.client import Unavailable
from qingyin.errors import DependencyError, OptionError, QingyinError

EXIT_NOT_RUNNING = 3  # as service managers have it
ENVIRONMENT_VARIABLE = "QINGYIN_AUTH"
_MARGIN_SECONDS = 5.0  # after the grace time


def serve(arguments: argparse.Namespace) -> int:
    """Errors: QingyinError. Returns the exit code."""
    from qingyin.server.control import ask_server, running_ports

    if not 1 <= arguments.port <= 65535:
        raise OptionError(f"--port must be from 1 to 65535 (got {arguments.port})")
    if arguments.action == "status":
        ports = running_ports()
        for port in ports:
            _show(ask_server(port, "status"))
        if not ports:
            print("no server is running")
        return 0 if ports else EXIT_NOT_RUNNING
    if arguments.action == "stop":
        return _stop(arguments.port, arguments.grace)
    with contextlib.suppress(Unavailable):
        running = ask_server(arguments.port, "status")
        if not arguments.restart:
            print(f"Qingyin is running already: {running['url']} (process {running['pid']}); --restart replaces it")
            return 0
        _stop(arguments.port, arguments.grace)
    return _start(arguments)


def _start(arguments: argparse.Namespace) -> int:
    secret_text = _secret(arguments)
    try:
        from qingyin.server.access import Secret
        from qingyin.server.run import Settings, serve
    except ModuleNotFoundError as error:
        raise DependencyError(f"the server needs the package {error.name}: pip install 'qingyin[serve]'") from None
    settings = Settings(
        host=arguments.host, port=arguments.port, secret=None if secret_text is None else Secret.parse(secret_text),
        insecure=arguments.insecure, hosts=tuple(arguments.allow_host or ()), root_path=arguments.root_path.rstrip("/"),
        models=arguments.models, vocoder=arguments.vocoder, workers=arguments.workers, grace_seconds=arguments.grace,
        page=not arguments.no_page, wyoming=arguments.wyoming,
    )  # fmt: skip
    serve(settings)
    return 0


def _secret(arguments: argparse.Namespace) -> str | None:
    """What --auth, --token-file or the environment say. Errors: OptionError."""
    if arguments.auth is not None and arguments.token_file is not None:
        raise OptionError("--auth and --token-file both give a secret; leave out either")
    if arguments.token_file is None:
        found: str | None = arguments.auth or os.environ.get(ENVIRONMENT_VARIABLE)
        return found
    try:
        return Path(arguments.token_file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"cannot read {arguments.token_file}: {getattr(error, 'strerror', error)}") from None


def _show(status: dict[str, object]) -> None:
    minutes = (time.time() - float(str(status["started"]))) / 60.0
    print(f"{status['url']}  process {status['pid']}, for {minutes:.0f} min, qingyin {status['version']}")


def _stop(port: int, grace_seconds: float) -> int:
    from qingyin.server.control import ask_server, wait_until_gone

    try:
        status = ask_server(port, "stop")
    except Unavailable:
        print(f"no server is running on port {port}")
        return EXIT_NOT_RUNNING
    if not wait_until_gone(port, grace_seconds + _MARGIN_SECONDS):
        raise QingyinError(f"the server (process {status['pid']}) does not end; kill {status['pid']}")
    print(f"stopped {status['url']} (process {status['pid']})", file=sys.stderr)
    return 0
