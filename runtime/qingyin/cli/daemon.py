"""Exists to carry out `qingyin daemon`: start it here or in the background, ask how it is, stop it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from qingyin.daemon.client import Unavailable, ask
from qingyin.daemon.protocol import socket_path
from qingyin.errors import OptionError, QingyinError

EXIT_NOT_RUNNING = 3  # as service managers have it
_START_SECONDS = 60.0  # a cold disk and a busy machine
_STOP_SECONDS = 10.0


def daemon(arguments: argparse.Namespace) -> int:
    """Errors: QingyinError. Returns the exit code."""
    if arguments.action == "status":
        return _show_status(arguments.models)
    if arguments.action == "stop":
        return _stop(arguments.models)
    if arguments.idle is not None and arguments.idle <= 0:
        raise OptionError(f"--idle must be a number of minutes above 0 (got {arguments.idle:g})")
    if arguments.background:
        _start_in_background(arguments)
    else:
        _serve(arguments)
    return 0


def _serve(arguments: argparse.Namespace) -> None:
    from qingyin.daemon.server import Daemon

    idle = None if arguments.idle is None else 60.0 * arguments.idle
    running = Daemon(arguments.models, arguments.vocoder, arguments.threads, idle)
    os.chdir("/")  # clients name files by their whole path, and no folder is held
    print(f"listening on {socket_path(arguments.models)}", file=sys.stderr, flush=True)
    running.serve()


def _start_in_background(arguments: argparse.Namespace) -> None:
    command = [sys.executable, "-m", "qingyin", "daemon", "start", "--threads", str(arguments.threads)]
    for name in ("models", "vocoder", "idle"):
        value = getattr(arguments, name)
        if value is not None:
            command += [f"--{name}", str(value)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as child:  # fmt: skip
        assert child.stderr is not None
        line = child.stderr.readline().strip()  # one line says that it listens, or why it does not
        if not line.startswith("listening on "):
            child.wait(timeout=_START_SECONDS)
            raise QingyinError(line.removeprefix("qingyin: error: ") or "the daemon ended at once; start it without "
                               "--background to see why")  # fmt: skip
        print(f"daemon {child.pid} is {line}")
        sys.stdout.flush()
        child.returncode = 0  # it lives on; the block must not wait for it


def _show_status(models: str | None) -> int:
    try:
        found = ask(models, {"op": "status"})["status"]
    except Unavailable as reason:
        print(f"not running: {reason}")
        return EXIT_NOT_RUNNING
    minutes = (time.time() - found["started"]) / 60.0
    print(f"pid       {found['pid']}, for {minutes:.0f} min, qingyin {found['version']}")
    print(f"socket    {socket_path(models)}")
    print(f"models    {found['models']}, vocoder {found['vocoder']}, threads {found['threads']}")
    print(f"requests  {found['served']} served, {found['active']} being served, {found['refused']} refused")
    memory = _memory_mb(found["pid"])
    if memory is not None:
        print(f"memory    {memory:.0f} MB")
    return 0


def _memory_mb(pid: int) -> float | None:
    """Resident memory, where the system tells."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, ValueError):
        return None


def _stop(models: str | None) -> int:
    try:
        pid = ask(models, {"op": "stop"})["status"]["pid"]
    except Unavailable as reason:
        print(f"not running: {reason}")
        return EXIT_NOT_RUNNING
    end = time.monotonic() + _STOP_SECONDS
    while time.monotonic() < end:
        try:
            ask(models, {"op": "status"})
        except Unavailable:
            print(f"daemon {pid} is stopped")
            return 0
        time.sleep(0.02)
    raise QingyinError(f"the daemon {pid} does not end; kill {pid}")
