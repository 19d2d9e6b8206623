"""Exists so that of each service there is one at a time, and only its own user can talk to it behind its back: a lock
that ends with the process, and beside it a socket that others cannot reach.
"""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import IO

from qingyin.errors import OptionError
from qingyin.private_sockets import is_private


def hold_lock(path: Path) -> IO[str] | None:
    """An open lock beside the socket `path`, which names this process; None if another holds it.

    Errors: OptionError if others could reach the folder.
    """
    folder = path.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not is_private(str(folder)):
        raise OptionError(f"{folder} is open to others or not yours; chmod 700 it, or set XDG_RUNTIME_DIR")
    file = open(path.with_suffix(".lock"), "a+", encoding="ascii")  # noqa: SIM115 (held until the end)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def listen(path: Path, backlog: int) -> socket.socket:
    """A listening socket at `path`, for who holds its lock: what lies there is left by the dead."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(backlog)
    return listener


def same_user(connection: socket.socket) -> bool:
    """The folder's mode keeps others out already; where the kernel tells, it is asked too."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], "little") == os.getuid()
