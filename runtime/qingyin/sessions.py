"""Exists to be the only file that imports onnxruntime: every session setting that matters on a CPU is
stated here.
"""

from __future__ import annotations

import contextlib
import io
import math
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qingyin import compute
from qingyin.errors import DependencyError, ModelError, QingyinError
from qingyin.graph_spec import GraphSpec, TensorSpec
from qingyin.manifest import RESTORE

ALIGNMENT = 64  # bytes, as ONNX Runtime aligns what it allocates
_DTYPES = {"tensor(float)": "float32", "tensor(int64)": "int64"}


def import_onnxruntime() -> Any:
    """The onnxruntime module. Errors: DependencyError that says which package to install."""
    try:
        import onnxruntime
    except ImportError as error:
        raise DependencyError(
            f"onnxruntime cannot be imported ({error}); install it with: pip install qingyin[cpu]"
        ) from None
    return onnxruntime


def runtime_facts() -> tuple[str, tuple[str, ...]]:
    """Version of onnxruntime and the providers it offers. Errors: DependencyError."""
    onnxruntime = import_onnxruntime()
    return str(onnxruntime.__version__), tuple(onnxruntime.get_available_providers())


class Session:
    """One opened graph, fed and read by name.

    `model` is the verified file, `threads` the size of the intra-op pool, `device` one of compute.DEVICES (None:
    $QINGYIN_DEVICE or auto). `fallback` is the reason why the CPU computes instead of CUDA, if it does. Errors:
    ModelError if ONNX Runtime refuses the file, or its inputs and outputs are not those of the manifest;
    DependencyError if CUDA was asked for and cannot be used.
    """

    fallback: str | None = None
    # the graph leaves out frames that are context alone, told how many in `margins` (tools/graph_cropping.py)
    takes_margins = False

    def __init__(self, spec: GraphSpec, model: bytes, threads: int = 1, device: str | None = None) -> None:
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.enable_mem_pattern = (
            False  # lengths differ at every run: a remembered plan would only cost memory
        )
        options.enable_mem_reuse = True
        options.enable_cpu_mem_arena = True
        options.log_severity_level = 3  # errors; warnings about nodes mean nothing to a listener
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # do not burn a core while idle
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.add_session_config_entry("session.use_env_allocators", "1")
        _share_bounded_arena(onnxruntime)

        def opened(providers: Sequence[Any]) -> Any:
            if len(providers) == 1:
                return onnxruntime.InferenceSession(model, sess_options=options, providers=list(providers))
            _prepare_cuda(onnxruntime)
            # its own way back to the CPU prints to standard output, where samples may be going
            return onnxruntime.InferenceSession(
                model, sess_options=options, providers=list(providers), enable_fallback=0
            )

        file = getattr(onnxruntime, "__file__", None)
        try:
            self._session, self.fallback = compute.open_on(
                compute.chosen(device), onnxruntime.get_available_providers(), opened,
                None if file is None else Path(file).parent,
            )  # fmt: skip
        except QingyinError:
            raise
        except Exception as error:  # onnxruntime's exceptions share no public base class
            reason = " ".join(str(error).split())[:200]
            raise ModelError(f"model file {spec.file} cannot be opened: {reason}; {RESTORE}") from None
        self.spec = spec
        self._check(spec.inputs, self._session.get_inputs(), "input")
        self._check(spec.outputs, self._session.get_outputs(), "output")
        self.takes_margins = any(i.name == "margins" for i in self._session.get_overridable_initializers())
        self._outputs = [tensor.name for tensor in spec.outputs]
        self._run_options = onnxruntime.RunOptions()
        self._run_options.log_severity_level = 3

    @property
    def providers(self) -> tuple[str, ...]:
        """What ONNX Runtime really computes on, in its order of preference."""
        return tuple(self._session.get_providers())

    def run(self, feeds: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Outputs by name for inputs by name. Errors: ValueError for a wrong name (a bug of the caller)."""
        lying = {name: aligned(array) for name, array in feeds.items()}
        values = self._session.run(self._outputs, lying, self._run_options)
        return dict(zip(self._outputs, values, strict=True))

    def _check(self, wanted: tuple[TensorSpec, ...], found: Any, side: str) -> None:
        said = {tensor.name: (tensor.dtype, len(tensor.shape)) for tensor in wanted}
        real = {tensor.name: (_DTYPES.get(tensor.type, tensor.type), len(tensor.shape)) for tensor in found}
        if said != real:
            raise ModelError(
                f"model file {self.spec.file} has {side}s {real}, the manifest says {said}; {RESTORE}"
            )


def aligned(array: np.ndarray) -> np.ndarray:
    """The array, contiguous and at an address that is a multiple of ALIGNMENT; copied if it must be.

    Kernels treat what lies before the first such address apart, so that results would depend on it in their last digit
    (frame_grid.py says why that matters).
    """
    if array.flags.c_contiguous and array.ctypes.data % ALIGNMENT == 0:
        return array
    copy = aligned_empty(array.shape, array.dtype)
    copy[...] = array
    return copy


def aligned_empty(shape: tuple[int, ...], dtype: np.dtype[Any] | type = np.float32) -> np.ndarray:
    """A new array at such an address, its values undefined."""
    size = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(size + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    return memory[start : start + size].view(dtype).reshape(shape)


def open_together(*openers: Callable[[], Any]) -> list[Any]:
    """The results of functions that open sessions, side by side where there is more than one core: ONNX Runtime lets
    go of Python while it optimises a graph. Errors: the first one's, in the order given.
    """
    if (os.cpu_count() or 1) == 1:
        return [opener() for opener in openers]
    import_onnxruntime()  # once, before the threads would
    results: list[Any] = [None] * len(openers)
    failures: list[BaseException | None] = [None] * len(openers)

    def run(index: int) -> None:
        try:
            results[index] = openers[index]()
        except BaseException as error:
            failures[index] = error

    threads = [threading.Thread(target=run, args=(index,)) for index in range(1, len(openers))]
    for thread in threads:
        thread.start()
    run(0)
    for thread in threads:
        thread.join()
    for failure in failures:
        if failure is not None:
            raise failure
    return results


_cuda_lock = threading.Lock()
_cuda_prepared = False


def _prepare_cuda(onnxruntime: Any) -> None:
    """Before the first session on CUDA: its libraries are looked for where pip puts them, and ONNX Runtime is told not
    to write what it lacks on standard error, which is said in one line of ours.
    """
    global _cuda_prepared
    with _cuda_lock:
        if _cuda_prepared:
            return
        onnxruntime.set_default_logger_severity(4)  # fatal errors only
        if hasattr(onnxruntime, "preload_dlls"):  # from 1.21
            with contextlib.redirect_stdout(io.StringIO()):  # it prints each library that is not there
                onnxruntime.preload_dlls(directory="")
        _cuda_prepared = True


_arena_lock = threading.Lock()
_arena_shared = False


def _share_bounded_arena(onnxruntime: Any) -> None:
    """One arena for all sessions that grows by what is asked for, not by powers of two (it never shrinks)."""
    global _arena_shared
    with _arena_lock:
        if not _arena_shared:
            _register_arena(onnxruntime)
            _arena_shared = True


def _register_arena(onnxruntime: Any) -> None:
    # arena_extend_strategy 1 is kSameAsRequested; 0 and -1 mean "no limit" and "default"
    settings = onnxruntime.OrtArenaCfg(0, 1, -1, -1)
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    # a program around us may have registered its own arena already, which older versions refuse to replace:
    # then ours is not needed
    with contextlib.suppress(RuntimeError):
        onnxruntime.create_and_register_allocator(memory, settings)
