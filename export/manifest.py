"""Writes manifest.json of a model folder in one way only: sorted, deterministic, and with its graphs."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from export.emotions import AXES, PAUSES, PROTOTYPES

FORMAT_VERSION = 2
LICENCE = "CC-BY-SA-4.0"
# The feature space that HiFi-GAN users share; every graph of a set lives in it.
FEATURE_SPACE = {"sample_rate": 22050, "hop_length": 256, "n_fft": 1024, "n_mels": 80}
SIZES = {"tones": 9, "boundaries": 4, "speaker_size": 128, "prosody_size": 64, "emotion_size": 16}
# What the labels stand for at synthesis; any mix of them is a sum.
EMOTIONS = {
    label: {"vector": [round(value, 6) for value in prototype.vector()], "pauses": PAUSES[label]}
    for label, prototype in PROTOTYPES.items()
}
# The one axis that the runtime adds to the melody by itself.
EMOTION_SLOPE = {"axis": list(AXES).index("f0_slope"), "semitones": AXES["f0_slope"][0]}
REQUIRED_GRAPHS = ("acoustic_encoder", "acoustic_decoder")
VOCODER_PREFIX = "vocoder_"
# Of a graph's entry; whatever else stands there belongs to its model (kind, context_frames, ...).
GRAPH_KEYS = ("file", "sha256", "bytes", "precision", "opset", "inputs", "outputs")


def new_manifest(symbols: Sequence[str]) -> dict[str, Any]:
    """A manifest without graphs and voices. symbols: the phoneme table, in the order of their ids."""
    return {
        "format_version": FORMAT_VERSION,
        **FEATURE_SPACE,
        **SIZES,
        "symbols": list(symbols),
        "emotions": EMOTIONS,
        "emotion_slope": EMOTION_SLOPE,
        "graphs": {},
        "vocoders": [],
        "default_vocoder": None,
        "voices": {},
        "default_voice": None,
        "licence": LICENCE,
        "training_data": [],
    }


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """FOLDER/manifest.json. OSError: unreadable; ValueError: not a manifest of this format."""
    path = Path(folder) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(manifest, dict) or manifest.get("format_version") != FORMAT_VERSION:
        raise ValueError(f"{path} is not a manifest of format {FORMAT_VERSION}")
    return manifest


def other_files(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The entries of files beside the graphs: voices, and the symbol map of a converted acoustic model."""
    return [*manifest["voices"].values(), *([manifest["symbol_map"]] if "symbol_map" in manifest else [])]


def manifest_bytes(manifest: Mapping[str, Any]) -> bytes:
    """The file's content: keys sorted, numbers as they are, ends with a line feed."""
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode("utf-8")


def _tensors(values: Sequence[onnx.ValueInfoProto]) -> list[dict[str, Any]]:
    described = []
    for value in values:
        tensor = value.type.tensor_type
        dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name
        shape = [d.dim_param if d.HasField("dim_param") else d.dim_value for d in tensor.shape.dim]
        described.append({"name": value.name, "dtype": dtype, "shape": shape})
    return described


def contract(model: onnx.ModelProto) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Inputs and outputs as the graph has them: name, dtype, shape with names for the dynamic axes. Inputs that have a
    default need not be given, and are left out.
    """
    defaults = {tensor.name for tensor in model.graph.initializer}
    return _tensors([v for v in model.graph.input if v.name not in defaults]), _tensors(model.graph.output)


def graph_entry(content: bytes, file: str, precision: str, extras: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest says about a serialised graph. extras: kind, context_frames and the like."""
    model = onnx.load_model_from_string(content)
    inputs, outputs = contract(model)
    opset = next(entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx"))
    own: dict[str, Any] = {
        "file": file,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "precision": precision,
        "opset": opset,
        "inputs": inputs,
        "outputs": outputs,
    }
    if clash := sorted(own.keys() & extras.keys()):
        raise ValueError(f"{file}: extras may not set {', '.join(clash)}")
    return {**own, **extras}


def check_hash(entry: Mapping[str, Any], content: bytes, where: str) -> None:
    """ValueError: the file is not the one that the manifest entry describes."""
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise ValueError(f"{where} is damaged: its sha256 is not the manifest's")


def settle(
    manifest: dict[str, Any], default_vocoder: str | None = None, default_voice: str | None = None
) -> None:
    """Derives `vocoders` from the graphs and keeps the defaults valid, in place.

    ValueError: a default that is asked for but not there.
    """
    kinds = sorted(
        name.removeprefix(VOCODER_PREFIX) for name in manifest["graphs"] if name.startswith(VOCODER_PREFIX)
    )
    manifest["vocoders"] = kinds
    for key, asked, present in (
        ("default_vocoder", default_vocoder, kinds),
        ("default_voice", default_voice, sorted(manifest["voices"])),
    ):
        if asked is not None and asked not in present:
            raise ValueError(f"{key} {asked!r} is none of {', '.join(present) or '(none)'}")
        if asked is not None or manifest[key] not in present:
            manifest[key] = asked or (present[0] if present else None)


def missing_parts(manifest: Mapping[str, Any]) -> list[str]:
    """What the runtime would still miss in this model set."""
    missing = [f"graph {name}" for name in REQUIRED_GRAPHS if name not in manifest["graphs"]]
    missing += [] if manifest["vocoders"] else ["a vocoder"]
    return missing + ([] if manifest["voices"] else ["a voice"])


def install(folder: str | Path, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    """Writes files (paths relative to the folder) and then the manifest that names them.

    Everything is first written beside its place; only then are the old files replaced, the manifest last. A
    reader in between sees a hash that does not match, never a half-written graph. OSError: nothing was
    replaced.
    """
    folder = Path(folder)
    contents = {**files, "manifest.json": manifest_bytes(manifest)}
    staged: list[tuple[Path, Path]] = []
    try:
        for name, content in contents.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.partial")
            staged.append((partial, target))
            partial.write_bytes(content)
        for partial, target in staged:
            os.replace(partial, target)
    finally:
        for partial, _ in staged:
            partial.unlink(missing_ok=True)
