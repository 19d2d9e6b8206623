"""Where training keeps prepared data, checkpoints and logs, so that every command finds what the one before it left."""

from __future__ import annotations

import os
from pathlib import Path


def work_folder() -> Path:
    """Root of everything that training writes: `$QINGYIN_WORK`, else `qingyin` in the user's cache folder."""
    override = os.environ.get("QINGYIN_WORK")
    if override:
        return Path(override)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "qingyin"


def data_folder() -> Path:
    """Prepared features, one sub-folder a corpus."""
    return work_folder() / "data"


def predicted_folder() -> Path:
    """Mels that an acoustic model predicted, one file a corpus."""
    return work_folder() / "predicted"


def run_folder(name: str) -> Path:
    """Checkpoints and log of one training run; made if missing."""
    folder = work_folder() / "runs" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
