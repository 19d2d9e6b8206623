"""Exists so that sockets lie where no other user reaches them."""

from __future__ import annotations

import os
import stat

_LONGEST_PATH = 100  # bytes; the kernel takes 107 (Linux) or 103 (macOS)


def private_path(name: str) -> str:
    """Where a socket of this user may lie that no other user reaches; the folder need not exist."""
    base = os.environ.get("XDG_RUNTIME_DIR")
    short = os.path.join(f"/tmp/qingyin-{os.getuid()}", name)
    path = os.path.join(base, "qingyin", name) if base else short
    # a long folder would not fit into the address; the short one is as private
    return path if len(os.fsencode(path)) <= _LONGEST_PATH else short


def is_private(folder: str) -> bool:
    """Whether a folder is real, ours, and closed to others."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
