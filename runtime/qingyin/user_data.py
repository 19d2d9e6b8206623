"""Exists so that all that a user keeps (voices, model sets, jobs) lies under one folder, the platform's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_folder() -> Path:
    """$QINGYIN_HOME, else `qingyin` in the platform's folder for a program's data.

    Not a folder that a system may empty when it needs room: what was kept works without a network.
    """
    home = os.environ.get("QINGYIN_HOME")
    if home:
        return Path(home).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return (Path(base) if base else Path.home() / "AppData" / "Local") / "qingyin"
    xdg = os.environ.get("XDG_DATA_HOME")
    if xdg and os.path.isabs(xdg):  # the specification: a relative one is to be ignored
        return Path(xdg) / "qingyin"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "qingyin"
    return Path.home() / ".local" / "share" / "qingyin"
