"""Opens ONNX Runtime the same way wherever a graph is compared or timed: CPU, few threads, no spinning."""

from __future__ import annotations

from pathlib import Path

import onnxruntime as ort


def session(model: str | Path | bytes, threads: int = 1) -> ort.InferenceSession:
    """A CPU session that neither spins nor writes to the log. Takes a path or the serialised model."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_mem_pattern = False  # lengths vary
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    source = model if isinstance(model, bytes) else str(model)
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])
