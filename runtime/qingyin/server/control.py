"""Exists so that a server can be found, asked and stopped by its own user, and by nobody else: not by its name, and not
by a number that another process may have by now.

A server of port N holds the lock `serve-N.lock`, which names its process, and answers on `serve-N.sock` beside it, with
the frames of daemon/protocol.py.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from qingyin import __version__
from qingyin.daemon.client import Unavailable, ask_at
from qingyin.daemon.protocol import receive_frame, send_frame
from qingyin.private_sockets import private_path
from qingyin.single_instance import hold_lock, listen, same_user

_REQUEST_SECONDS = 2.0
_BACKLOG = 4


def control_path(port: int) -> Path:
    return Path(private_path(f"serve-{port}.sock"))


def ask_server(port: int, operation: str) -> dict[str, Any]:
    """What the server of a port says of itself: pid, version, url, started. Operations: status, stop.

    Errors: Unavailable.
    """
    status: dict[str, Any] = ask_at(str(control_path(port)), {"op": operation})["status"]
    return status


def running_ports() -> list[int]:
    """Ports whose servers answer."""
    ports = []
    for path in sorted(control_path(0).parent.glob("serve-*.sock")):
        number = path.stem.removeprefix("serve-")
        if number.isascii() and number.isdigit():
            with contextlib.suppress(Unavailable):
                ask_server(int(number), "status")
                ports.append(int(number))
    return ports


def wait_until_gone(port: int, seconds: float) -> bool:
    """Whether the lock of a port became free."""
    end = time.monotonic() + seconds
    while True:
        lock = hold_lock(control_path(port))
        if lock is not None:
            lock.close()
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.05)


class Control:
    """The answering side. `lock` is that of `hold_lock`; `stop` is called, in a thread, when a client asks for it."""

    def __init__(self, lock: IO[str], port: int, url: str, stop: Callable[[], None]) -> None:
        self._lock, self._stop = lock, stop
        self._status = {"pid": os.getpid(), "version": __version__, "url": url, "started": time.time()}
        self._path = control_path(port)
        self._listener = listen(self._path, _BACKLOG)
        threading.Thread(target=self._serve, name="qingyin-control", daemon=True).start()

    def close(self) -> None:
        """Takes the socket away, then the lock."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread
        self._listener.close()
        self._path.unlink(missing_ok=True)
        self._lock.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(_REQUEST_SECONDS)
                if not same_user(connection):
                    continue
                request, _ = receive_frame(connection)
                send_frame(connection, {"status": self._status})
                if request.get("op") == "stop":
                    self._stop()
