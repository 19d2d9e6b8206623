"""Checkpoints to ONNX graphs: exports, checks against PyTorch, and only then writes the model set."""

from __future__ import annotations

import argparse
import io
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from tqdm import tqdm

from export import manifest as manifests
from export.example_inputs import load_inputs
from export.graph_spec import GraphSpec, Shape, TensorSpec
from export.named_lengths import name_lengths
from export.parity import Difference, ParityError, check, inputs_for
from export.voices import read_voices

# 17 is the first with LayerNormalization; GELU is written out, and ONNX Runtime joins it again at loading.
# Gelu as one operator (20) gives the same optimised graph and asks for a newer runtime.
OPSET = 17


def export_graph(spec: GraphSpec) -> bytes:
    """The serialised graph of a spec, checked by onnx.checker and against the declared contract.

    ParityError: names, dtypes or axes differ from the contract.

    Uses the TorchScript exporter: for ConvNeXt blocks ONNX Runtime optimises its graph to the same operators
    as the newer exporter's at opset 20, in a tenth of the time; below opset 20 the newer one's GELU is not
    fused.
    """
    spec.module.eval()
    inputs = inputs_for(spec, spec.lengths[0])
    arguments = tuple(torch.from_numpy(np.asarray(inputs[name])) for name in spec.taken)
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]  # the check finds such
        warnings.filterwarnings("ignore", "Constant folding", UserWarning)  # ONNX Runtime folds the rest
        torch.onnx.export(
            spec.module,
            arguments,
            buffer,  # type: ignore[arg-type]  # the TorchScript exporter takes a file object, the stub knows paths
            input_names=list(spec.taken),
            output_names=list(spec.outputs),
            dynamic_axes={name: axes for name, axes in spec.dynamic_axes.items() if name not in spec.unused},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_model_from_string(buffer.getvalue())
    _anonymise(model)
    _declare_unused(spec, model)
    _settle_contract(spec, model)
    if spec.named_lengths:
        name_lengths(model)
    onnx.checker.check_model(model, full_check=True)
    return model.SerializeToString(deterministic=True)


def _declare_unused(spec: GraphSpec, model: onnx.ModelProto) -> None:
    """Adds the inputs that the slot asks for and no node takes, in the order of the contract."""
    found = {value.name: value for value in model.graph.input}
    for name in spec.unused:
        tensor = spec.inputs[name]
        dtype = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(tensor.dtype))
        found[name] = onnx.helper.make_tensor_value_info(name, dtype, list(tensor.shape))
    if spec.unused:
        ordered = [found[name] for name in spec.inputs if name in found]
        del model.graph.input[:]
        model.graph.input.extend(ordered)


def _anonymise(model: onnx.ModelProto) -> None:
    """Removes stack traces and documentation, which hold this machine's paths."""
    graph = model.graph
    for holder in (
        model,
        graph,
        *graph.node,
        *graph.initializer,
        *graph.value_info,
        *graph.input,
        *graph.output,
    ):
        holder.ClearField("doc_string")
        if "metadata_props" in holder.DESCRIPTOR.fields_by_name:
            holder.ClearField("metadata_props")


def _settle_contract(spec: GraphSpec, model: onnx.ModelProto) -> None:
    """Names and dtypes must be as declared; axes that shape inference left open take the declared names."""
    for kind, declared, found in (
        ("inputs", spec.inputs, model.graph.input),
        ("outputs", spec.outputs, model.graph.output),
    ):
        names = [value.name for value in found]
        if names != list(declared):
            raise ParityError(
                f"{spec.name}: {kind} {names}, declared {list(declared)} (one that is not used is lost)"
            )
        for value in found:
            _settle_tensor(f"{spec.name}.{value.name}", declared[value.name], value)


def _settle_tensor(where: str, declared: TensorSpec, value: onnx.ValueInfoProto) -> None:
    tensor = value.type.tensor_type
    dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.elem_type)).name
    if dtype != declared.dtype:
        raise ParityError(f"{where}: dtype {dtype}, declared {declared.dtype}")
    found = [axis.dim_value if axis.HasField("dim_value") else None for axis in tensor.shape.dim]
    fits = len(found) == len(declared.shape) and all(
        size is None or size == axis for size, axis in zip(found, declared.shape, strict=True)
    )
    if not fits:
        raise ParityError(f"{where}: shape {found}, declared {list(declared.shape)}")
    _write_shape(tensor, declared.shape)


def _write_shape(tensor: onnx.TypeProto.Tensor, shape: Shape) -> None:
    for dimension, axis in zip(tensor.shape.dim, shape, strict=True):
        if isinstance(axis, str):
            dimension.dim_param = axis
        else:
            dimension.dim_value = axis


def export_all(
    specs: Sequence[GraphSpec], inputs_folder: str | Path | None = None
) -> tuple[dict[str, bytes], list[Difference]]:
    """Every spec's graph by name, and every parity figure, with a progress bar on a terminal.

    inputs_folder: holds NAME.npz with real inputs. ParityError: a graph cannot be compared at all.
    """
    graphs: dict[str, bytes] = {}
    differences: list[Difference] = []
    for spec in (bar := tqdm(specs, desc="export", unit="graph", disable=None)):
        bar.set_postfix_str(spec.name)
        graphs[spec.name] = export_graph(spec)
        differences += check(spec, graphs[spec.name], load_inputs(inputs_folder, spec.name))
    return graphs, differences


def write_set(
    output: str | Path,
    specs: Sequence[GraphSpec],
    graphs: Mapping[str, bytes],
    *,
    symbols: Sequence[str],
    voices: str | Path | None = None,
    default_vocoder: str | None = None,
    default_voice: str | None = None,
) -> dict[str, Any]:
    """Writes graphs, voices and manifest into a model folder, keeping the entries that are not replaced.

    voices: a folder of voice files that replaces the set's voices. Returns the manifest. ValueError: the
    folder's manifest or a voice is not of this format, or was made for other symbols.
    """
    output = Path(output)
    manifest = manifests.new_manifest(symbols)
    if (output / "manifest.json").exists():
        manifest = manifests.read_manifest(output)
        if manifest["symbols"] != list(symbols):
            raise ValueError(
                f"{output} was made for another phoneme table; export all graphs into an empty folder"
            )
    manifest["emotions"] = manifests.EMOTIONS
    files: dict[str, bytes] = {}
    for spec in specs:
        file = f"{spec.name}.onnx"
        files[file] = graphs[spec.name]
        manifest["graphs"][spec.name] = manifests.graph_entry(graphs[spec.name], file, "fp32", spec.extras)
    if voices is not None:
        voice_files, manifest["voices"] = read_voices(voices)
        files.update(voice_files)
    corpora = {corpus for spec in specs for corpus in spec.training_data}
    manifest["training_data"] = sorted(corpora.union(manifest["training_data"]))
    manifests.settle(manifest, default_vocoder, default_voice)
    manifests.install(output, files, manifest)
    return manifest


EXAMPLES = """examples:
  python -m export onnx --checkpoints checkpoints -o onnx_models
  python -m export onnx --checkpoints checkpoints -o onnx_models --only vocoder_source_filter
  python -m export onnx --hifigan generator_v2/g_02500000 -o onnx_models --default-vocoder hifigan
  python -m export onnx --checkpoints checkpoints --inputs real_inputs -o onnx_models

--inputs DIR holds GRAPH.npz, one array per input name with a batch of 1, from real speech; without it, and
where a model brings no example of its own, seeded values in the ranges of speech are used. Nothing is written
if any graph fails its check. Exit code 1: a difference over its limit; 2: bad input.
"""


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m export onnx",
        description="Exports checkpoints to ONNX graphs, compares each with PyTorch, writes the model set.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--checkpoints", metavar="DIR", type=Path, help="folder of *.pt files and voices/")
    parser.add_argument("--hifigan", metavar="FILE", type=Path, help="a published HiFi-GAN checkpoint")
    parser.add_argument(
        "--hifigan-config", metavar="FILE", type=Path, help="its config.json (default: the one beside it)"
    )
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="model folder")
    parser.add_argument("--only", metavar="GRAPH", action="append", help="export this graph; may be repeated")
    parser.add_argument("--inputs", metavar="DIR", type=Path, help="real inputs, GRAPH.npz")
    parser.add_argument("--default-vocoder", metavar="KIND", help="such as source_filter")
    parser.add_argument("--default-voice", metavar="NAME")
    return parser


def _chosen(arguments: argparse.Namespace) -> list[GraphSpec]:
    from export.graphs import specs_from_checkpoints, specs_from_hifigan

    specs: list[GraphSpec] = []
    if arguments.checkpoints is not None:
        specs += specs_from_checkpoints(arguments.checkpoints)
    if arguments.hifigan is not None:
        specs = [spec for spec in specs if spec.name != "vocoder_hifigan"]
        specs += specs_from_hifigan(arguments.hifigan, arguments.hifigan_config)
    if arguments.only:
        if unknown := sorted(set(arguments.only) - {spec.name for spec in specs}):
            known = ", ".join(spec.name for spec in specs)
            raise ValueError(f"--only {', '.join(unknown)}: there is {known or 'no graph'}")
        specs = [spec for spec in specs if spec.name in arguments.only]
    if not specs:
        raise ValueError("nothing to export: give --checkpoints DIR or --hifigan FILE")
    return specs


def _phoneme_table() -> Sequence[str]:
    try:
        from qingyin.text.symbols import PHONEMES
    except ImportError as error:
        raise ValueError(
            f"the runtime's phoneme table is needed ({error}); run pip install -e . first"
        ) from error
    return PHONEMES


def main(argv: Sequence[str] | None = None) -> int:
    """The command `python -m export onnx`; returns its exit code."""
    arguments = _arguments().parse_args(argv)
    try:
        symbols = _phoneme_table()
        specs = _chosen(arguments)
        graphs, differences = export_all(specs, arguments.inputs)
        for difference in differences:
            print(difference)
        if failed := sum(not difference.passed for difference in differences):
            print(
                f"error: {failed} of {len(differences)} comparisons over the limit; nothing written",
                file=sys.stderr,
            )
            return 1
        voices = arguments.checkpoints / "voices" if arguments.checkpoints is not None else None
        manifest = write_set(
            arguments.output,
            specs,
            graphs,
            symbols=symbols,
            voices=voices if voices is not None and voices.is_dir() else None,
            default_vocoder=arguments.default_vocoder,
            default_voice=arguments.default_voice,
        )
    except ParityError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name, content in graphs.items():
        entry = manifest["graphs"][name]
        print(f"{name}: {len(content) / 1e6:.2f} MB, opset {entry['opset']}, sha256 {entry['sha256'][:12]}")
    if missing := manifests.missing_parts(manifest):
        print(f"note: this model set cannot speak yet; it is without {', '.join(missing)}")
    return 0
