"""Exists so that a recording from a stranger is decoded in a process of its own, with little memory, little time and
nothing to write to: what a decoder does with a malicious file stays there.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

import qingyin
from qingyin.errors import AudioError, DependencyError
from qingyin.references.recording_faults import Finding
from qingyin.references.reference import Reference
from qingyin.server.limits import Busy, Limits

MAX_ANSWER = 100_000_000  # bytes; 30 s of sound with its features have some 14 million
_ERRORS = {"AudioError": AudioError, "DependencyError": DependencyError}


class Uploads:
    """Decodes recordings, a bounded number at a time."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running = 0

    async def reference(self, data: bytes) -> Reference:
        """A reference of any format that libsndfile reads. Errors: AudioError, DependencyError, Busy."""
        if not data:
            raise AudioError("the recording is empty; record again, or give another file")
        if len(data) > self._limits.upload_bytes:
            raise AudioError(
                f"the recording has more than {self._limits.upload_bytes // 1_000_000} MB; send a shorter one"
            )
        if self._running >= self._limits.uploads:
            raise Busy("other recordings are being read", 2)
        self._running += 1
        try:
            return _reference(await self._decoded(data))
        finally:
            self._running -= 1

    async def _decoded(self, data: bytes) -> bytes:
        command = [sys.executable, "-m", "qingyin.server.upload_child"]
        limits = [self._limits.decoded_bytes, int(self._limits.decode_seconds) + 1, self._limits.upload_seconds]
        root = str(Path(qingyin.__file__).resolve().parent.parent)
        child = await asyncio.create_subprocess_exec(
            *command, *map(str, limits), cwd=root, env=_environment(root), limit=1 << 20,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            answer, _ = await asyncio.wait_for(child.communicate(data), self._limits.decode_seconds)
        except asyncio.TimeoutError:
            raise AudioError("the recording takes too long to decode; convert it to WAV first") from None
        finally:
            if child.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    child.kill()
                await child.wait()
        if child.returncode != 0 or not answer or len(answer) > MAX_ANSWER:
            raise AudioError("the recording cannot be decoded within the limits; convert it to WAV first")
        return answer


def _environment(root: str) -> dict[str, str]:
    """Nothing that a decoder could want to know."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    paths = [root, *(path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if os.path.isabs(path))]
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    return {**kept, **threads, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}


def packed(reference: Reference) -> bytes:
    """A reference as an answer of the child: arrays as .npz, the rest as JSON in it."""
    rest, arrays = {}, {}
    for name, value in vars(reference).items():
        if isinstance(value, np.ndarray):
            arrays[name] = value
        else:
            rest[name] = [vars(item) for item in value] if name == "warnings" else value
    return packed_json(rest, arrays)


def packed_json(value: object, arrays: dict[str, np.ndarray] | None = None) -> bytes:
    file = io.BytesIO()
    members: dict[str, Any] = {"json": np.frombuffer(json.dumps(value).encode("utf-8"), np.uint8), **(arrays or {})}
    np.savez(file, **members)
    return file.getvalue()


def _reference(answer: bytes) -> Reference:
    """The child is not believed: no objects are unpickled, and whatever does not fit is an error."""
    try:
        with np.load(io.BytesIO(answer), allow_pickle=False) as found:
            values = json.loads(found["json"].tobytes())
            if "error" in values:
                raise _ERRORS.get(values["error"], AudioError)(str(values["message"]))
            arrays = {name: found[name] for name in found.files if name != "json"}
        values["warnings"] = tuple(Finding(**item) for item in values["warnings"])
        values["part"] = tuple(values["part"])
        return Reference(**values, **arrays)
    except (ValueError, TypeError, KeyError, OSError):
        raise AudioError("the recording cannot be decoded; convert it to WAV first") from None
