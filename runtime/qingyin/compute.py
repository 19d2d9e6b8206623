"""Exists to decide on what graphs are computed, and to say why when it is not what was asked for.

"auto" takes CUDA where it works and says nothing on a computer without an NVIDIA card; where there is one and it cannot
be used, it goes on with the CPU and gives the reason. "cuda" makes that an error.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from qingyin.errors import DependencyError, OptionError

DEVICES = ("auto", "cpu", "cuda")
ENVIRONMENT_VARIABLE = "QINGYIN_DEVICE"
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
# Chunks have all lengths: searching the fastest convolution for each would take longer than computing it.
_CUDA_OPTIONS = {"arena_extend_strategy": "kSameAsRequested", "cudnn_conv_algo_search": "HEURISTIC"}
_NVIDIA = Path("/proc/driver/nvidia/version")  # of the kernel's driver
Open = Callable[[Sequence[Any]], Any]  # providers -> session


def chosen(device: str | None = None) -> str:
    """The device: the argument, else $QINGYIN_DEVICE, else "auto". Errors: OptionError for another word."""
    asked = device or os.environ.get(ENVIRONMENT_VARIABLE) or "auto"
    if asked not in DEVICES:
        raise OptionError(f"the device to compute on must be one of {', '.join(DEVICES)} (got {asked!r})")
    return asked


def has_nvidia_card() -> bool:
    """Whether the driver of an NVIDIA card is loaded."""
    return _NVIDIA.exists()


def missing_library(package: Path) -> str | None:
    """What keeps the CUDA provider of the onnxruntime in this folder from being loaded, such as "libcublasLt.so.13:
    cannot open shared object file"; None if no library is missing. ONNX Runtime itself only writes it to its log.
    """
    provider = package / "capi" / "libonnxruntime_providers_cuda.so"
    if not provider.is_file():
        return None
    try:
        ctypes.CDLL(str(provider))
    except OSError as error:  # alone it always lacks symbols of ONNX Runtime: that is no reason
        return str(error) if "cannot open shared object file" in str(error) else None
    return None


def open_on(
    device: str, offered: Sequence[str], open_session: Open, package: Path | None = None
) -> tuple[Any, str | None]:
    """A session, and the reason why it does not compute on CUDA although it was to (None: it does, or was not to).

    device: one of DEVICES; offered: ONNX Runtime's providers; package: its folder. Errors: DependencyError, if `device`
    is "cuda" and CUDA cannot be used; those of `open_session` on the CPU.
    """
    if device == "cpu":
        return open_session([CPU]), None
    if CUDA not in offered:
        reason = f"this onnxruntime has no CUDA (it offers {', '.join(offered)}); pip install 'qingyin[gpu]'"
        if device == "auto" and not has_nvidia_card():
            return open_session([CPU]), None
        return _without(device, reason, open_session)
    try:
        session = open_session([(CUDA, dict(_CUDA_OPTIONS)), CPU])
    except Exception as error:  # ONNX Runtime's exceptions share no public base class
        return _without(device, " ".join(str(error).split())[:160] or type(error).__name__, open_session)
    if CUDA in session.get_providers():
        return session, None
    library = None if package is None else missing_library(package)
    lacking = "its libraries, cuDNN, or the driver are missing or too old" if library is None else library
    reason = f"ONNX Runtime could not load CUDA; {lacking}"
    if device == "cuda":
        raise DependencyError(_refusal(reason))
    return session, reason  # it fell back by itself


def _without(device: str, reason: str, open_session: Open) -> tuple[Any, str]:
    if device == "cuda":
        raise DependencyError(_refusal(reason))
    return open_session([CPU]), reason


def _refusal(reason: str) -> str:
    return f"CUDA was asked for and cannot be used: {reason}; leave --device cuda out to compute on the CPU"


def fallback_warning(reason: str) -> str:
    """What a user is told, once, when the CPU computes instead."""
    return f"computing on the CPU, CUDA cannot be used: {reason}; --device cpu leaves this line out"
