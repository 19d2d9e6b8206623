"""Puts converted graphs into a model set, and refuses those that do not live in its features."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from export import manifest as manifests
from export.convert.converted import Converted
from export.convert.errors import ConvertError, listed
from export.convert.feature_space import our_space, space_of

_BELONG_TO_ACOUSTIC = ("symbols", "symbol_map", "tones", "boundaries", "emotions", "emotion_slope")
_ENCODERS = {"speaker_encoder": "speaker_size", "emotion_encoder": "emotion_size"}


def starting_point(output: Path, base: Path | None, symbols: Sequence[str]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The manifest to add to, and the files that come along from `base`. An output that exists is added to.

    ConvertError: a base is given for an output that is a model set already, or one cannot be read.
    """
    try:
        if (output / "manifest.json").is_file():
            if base is not None:
                raise ConvertError(f"{output} is a model set already; leave --base out to add to it")
            return manifests.read_manifest(output), {}
        if base is None:
            return manifests.new_manifest(symbols), {}
        manifest = manifests.read_manifest(base)
        entries = [*manifest["graphs"].values(), *manifests.other_files(manifest)]
        files = {entry["file"]: (base / entry["file"]).read_bytes() for entry in entries}
        for entry in entries:
            manifests.check_hash(entry, files[entry["file"]], str(base / entry["file"]))
    except ConvertError:
        raise
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConvertError(f"the model set to start from cannot be read: {error}") from None
    return manifest, files


def check_fits(manifest: Mapping[str, Any], converted: Converted) -> None:
    """ConvertError: the graphs of the set hear other features, or vectors of another size; lists the differences."""
    others = [name for name in manifest["graphs"] if not _replaced(name, converted)]
    if converted.slot == "synthesiser" and manifest["graphs"]:
        raise ConvertError("a whole synthesiser makes a set of its own; give an empty folder, and no --base")
    if converted.slot != "vocoder" and "synthesiser" in manifest:
        raise ConvertError(f"the set is a whole synthesiser, which has no place for an {converted.slot}")
    lines: list[str] = []
    if converted.space is not None and others:
        lines += converted.space.differences(space_of(manifest))
    if converted.slot != "acoustic" and "acoustic_encoder" in manifest["graphs"]:
        lines += [
            f"{size}: the source has {value}, the set {manifest[size]}"
            for size, value in converted.sizes.items()
            if manifest[size] != value
        ]
    if lines:
        head = f"the {converted.slot} does not fit the set; convert it into an empty folder, or train it to fit:"
        raise ConvertError(listed(head, lines))


def _replaced(graph: str, converted: Converted) -> bool:
    """Whether a graph of the set gives way: it is of the same name, or belonged to the acoustic model that goes."""
    return graph in {spec.name for spec in converted.specs} or (converted.slot == "acoustic" and graph in _ENCODERS)


def add(
    manifest: dict[str, Any], converted: Converted, graphs: Mapping[str, bytes], origin: str, licence: str | None
) -> tuple[dict[str, Any], dict[str, bytes], list[str]]:
    """The manifest with the graphs in it, the files to write, and what the user should know.

    origin: what training_data says of them. ConvertError: see check_fits.
    """
    check_fits(manifest, converted)
    result = copy.deepcopy(manifest)
    notes = list(converted.notes)
    if converted.space is not None and not [name for name in manifest["graphs"] if not _replaced(name, converted)]:
        result.update(converted.space.manifest_entries())
    if result.get("mel") == our_space().manifest_entries()["mel"]:
        result.pop("mel")  # as if unsaid
    result.update(converted.sizes)
    if converted.slot in ("acoustic", "synthesiser"):
        for key in _BELONG_TO_ACOUSTIC:
            result.pop(key, None)
        gone = [name for name in _ENCODERS if result["graphs"].pop(name, None)]
        if gone:
            notes.append(f"{', '.join(gone)} left out: the new acoustic model was not trained with them")
    result.update(converted.entries)
    files = dict(converted.files)
    for spec in converted.specs:
        file = f"{spec.name}.onnx"
        files[file] = graphs[spec.name]
        result["graphs"][spec.name] = manifests.graph_entry(graphs[spec.name], file, "fp32", spec.extras)
    if licence is not None and not manifest["graphs"]:
        result["licence"] = licence
    elif not manifest["graphs"]:
        result["licence"] = "unknown"
        notes.append("the licence of the weights is not known; --licence NAME states it")
    said = f"{origin} ({licence or 'licence not stated'})"
    result["training_data"] = [*result["training_data"], *([said] if said not in result["training_data"] else [])]
    return result, files, notes


def settle(manifest: dict[str, Any], default_vocoder: str | None) -> None:
    """Keeps the lists and defaults of a manifest valid, in place. ConvertError: the default is not there."""
    try:
        manifests.settle(manifest, default_vocoder)
    except ValueError as error:
        raise ConvertError(str(error)) from None
