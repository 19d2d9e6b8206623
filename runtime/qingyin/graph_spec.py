"""Exists so that what a manifest says of one ONNX file is a frozen dataclass, read strictly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qingyin.strict import StrictObject

OPTIONAL_GRAPHS = ("speaker_encoder", "emotion_encoder")  # a set without them speaks, but cannot clone
_GRAPH_KEYS = ("file", "sha256", "bytes", "precision", "opset", "inputs", "outputs")


@dataclass(frozen=True)
class TensorSpec:
    """One input or output of a graph; an axis is a size, or a name (or None) where it is dynamic."""

    name: str
    dtype: str
    shape: tuple[int | str | None, ...]


@dataclass(frozen=True)
class Spectrum:
    """STFT geometry of a vocoder whose own transform differs from the feature space (samples)."""

    n_fft: int
    hop_length: int


@dataclass(frozen=True)
class GraphSpec:
    """What the manifest says of one ONNX file; context_frames counts extra frames each side (decoder and
    vocoders).
    """

    name: str
    file: str
    sha256: str
    bytes: int
    precision: str
    opset: int
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    kind: str | None = None
    context_frames: int = 0
    spectrum: Spectrum | None = None
    sample_rate: int | None = None  # Hz, of an encoder that hears samples instead of mels


def parse_graph(name: str, value: Any, where: str) -> GraphSpec:
    """The entry of graph `name` in the manifest `where`. Errors: ModelError that names what is wrong."""
    is_vocoder = name.startswith("vocoder_")
    required = (
        _GRAPH_KEYS
        + (("kind",) if is_vocoder else ())
        + (("context_frames",) if is_vocoder or name == "acoustic_decoder" else ())
    )
    optional = ("spectrum",) if is_vocoder else ("sample_rate",) if name in OPTIONAL_GRAPHS else ()
    graph = StrictObject(value, f"{where}: graph {name!r}", required, optional)
    spectrum = None
    if "spectrum" in graph.value:
        part = StrictObject(graph.value["spectrum"], f"{where}: graph {name!r}: spectrum", ("n_fft", "hop_length"))
        spectrum = Spectrum(part.whole("n_fft"), part.whole("hop_length"))
    return GraphSpec(
        name=name,
        file=graph.file_name("file"),
        sha256=graph.sha256("sha256"),
        bytes=graph.whole("bytes"),
        precision=graph.text("precision"),
        opset=graph.whole("opset"),
        inputs=_tensors(graph, "inputs"),
        outputs=_tensors(graph, "outputs"),
        kind=graph.text("kind") if is_vocoder else None,
        context_frames=graph.whole("context_frames", 0) if "context_frames" in graph.value else 0,
        spectrum=spectrum,
        sample_rate=graph.whole("sample_rate") if "sample_rate" in graph.value else None,
    )


def _tensors(graph: StrictObject, key: str) -> tuple[TensorSpec, ...]:
    tensors = []
    for value in graph.items(key):
        tensor = StrictObject(value, f"{graph.where}: {key}", ("name", "dtype", "shape"))
        shape = tensor.items("shape")
        if not all(axis is None or (isinstance(axis, (int, str)) and not isinstance(axis, bool)) for axis in shape):
            tensor.fail("has a shape whose axes are not numbers or names")
        tensors.append(TensorSpec(tensor.text("name"), tensor.text("dtype"), tuple(shape)))
    return tuple(tensors)
