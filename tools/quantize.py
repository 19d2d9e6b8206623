"""Makes the int8 and fp16 forms of a model set, and shows what each costs and gains before one is chosen.

Run from anywhere: `python tools/quantize.py onnx_models`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx

if __package__ in (None, ""):  # run as a script, imports start in tools/ instead of the repository's root
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from export import manifest as manifests
from export.example_inputs import Array, load_inputs, load_runs, longest, seeded_inputs
from tools.graph_measure import Measurement, contract_of, markdown_table, measure
from tools.graph_plan import FOUND, TARGETS, apply, plans, read_found
from tools.graph_precision import PRECISIONS, NothingToQuantise, constant_matmuls, convert, excluded_nodes

EXAMPLES = """examples:
  python tools/quantize.py onnx_models                         measure every form of every graph
  python tools/quantize.py onnx_models --graph acoustic_decoder --inputs real_inputs --report quantised.md
  python tools/quantize.py onnx_models --list                  names for --exclude
  python tools/quantize.py onnx_models --exclude 'acoustic_encoder:*/head/*' --precision int8
  python tools/quantize.py onnx_models --write --choose acoustic_encoder=int8,vocoder_hifigan=fp16-storage
  python tools/quantize.py exported -o onnx_models --write --choose acoustic_decoder=fp16-storage
  python tools/quantize.py exported --target bundled --inputs runs -o onnx_models
  python tools/quantize.py exported --target cuda -o onnx_models_cuda

precisions: fp32; fp16-storage (weights on disk only: half the file, fp32 arithmetic); int8-storage (the same with a
quarter of the file: a scale for each 32 weights); int8 (matrix products with constant weights, activations scaled in
each call); int8-static (scales fixed from --inputs); either with +fp16-storage for the other weights; int8-conv
(convolutions, scales from --inputs: for HiFi-GAN on ARM, or on x86 with VNNI). --inputs DIR holds GRAPH.npz with real
inputs, as python -m export inputs --models writes them. The column "chunk" is a chunk with its context against the
whole: float error means that streaming stays exact. int8 takes its scales from each chunk, so it is not; others are.
"""


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python tools/quantize.py",
        description="Measures and writes int8 and fp16 forms of a model set's graphs.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "models", type=Path, metavar="FOLDER", help="model set with fp32 graphs and manifest.json"
    )
    parser.add_argument("--graph", action="append", metavar="NAME", help="only this graph; may be repeated")
    parser.add_argument(
        "--precision", action="append", choices=PRECISIONS[1:], help="only this form; may be repeated"
    )
    parser.add_argument(
        "--inputs", type=Path, metavar="DIR", help="real inputs, GRAPH.npz (default: seeded values)"
    )
    parser.add_argument(
        "--frames", type=int, default=400, help="length to measure with (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=15, help="timed pairs per form (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of ONNX Runtime (default: %(default)s)")
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="GRAPH:NODE", help="keep in fp32; * and ? fit"
    )
    parser.add_argument(
        "--full-range", action="store_true", help="8-bit weights; overflows on x86 without VNNI"
    )
    parser.add_argument(
        "--list", action="store_true", help="print the matrix products of each graph and stop"
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write the Markdown table there too")
    parser.add_argument("--write", action="store_true", help="write the forms of --choose into the model set")
    parser.add_argument("--choose", default="", metavar="GRAPH=PRECISION,...", help="what --write writes")
    parser.add_argument("-o", "--output", type=Path, metavar="DIR", help="write the whole set there instead")
    parser.add_argument(
        "--target", choices=TARGETS,
        help="write a whole set for it to -o: " + "; ".join(f"{name} ({t.purpose})" for name, t in TARGETS.items()),
    )
    parser.add_argument(
        "--nodes", type=Path, metavar="FILE", default=FOUND,
        help="which nodes --target makes int8, as --search found them (default: those of the shipped set)",
    )  # fmt: skip
    return parser


def parse_choice(text: str, graphs: Mapping[str, Any]) -> dict[str, str]:
    """ "a=int8,b=fp16-storage" -> {graph: precision}. ValueError: an unknown graph or precision."""
    choice: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        graph, _, precision = part.partition("=")
        if graph not in graphs:
            raise ValueError(f"--choose {part}: graph is none of {', '.join(sorted(graphs))}")
        if precision not in PRECISIONS:
            raise ValueError(f"--choose {part}: precision is none of {', '.join(PRECISIONS)}")
        if graph in choice:
            raise ValueError(f"--choose names {graph} twice")
        choice[graph] = precision
    return choice


def read_graphs(folder: Path, manifest: Mapping[str, Any], names: Sequence[str]) -> dict[str, bytes]:
    """The fp32 graphs as they lie there. ValueError: one is damaged, or no longer fp32."""
    contents = {}
    for name in names:
        entry = manifest["graphs"][name]
        if entry["precision"] != "fp32":
            raise ValueError(f"{name} is {entry['precision']} already; export it again to start from fp32")
        contents[name] = (folder / entry["file"]).read_bytes()
        manifests.check_hash(entry, contents[name], str(folder / entry["file"]))
    return contents


def inputs_of(
    name: str, manifest: Mapping[str, Any], arguments: argparse.Namespace
) -> tuple[dict[str, Array], bool]:
    """Inputs to try a graph on, and whether they are real."""
    real = load_inputs(arguments.inputs, name)
    if real is not None:
        return real, True
    contract = contract_of(manifest["graphs"][name])
    return seeded_inputs(contract, arguments.frames, symbols=len(manifest["symbols"])), False


def rewrite(name: str, content: bytes, precision: str, seeded: dict[str, Array], arguments: Any) -> bytes:
    """One graph in one precision, with the command's exclusions; scales from all its real runs, else from `seeded`."""
    excluded = excluded_nodes(onnx.load_model_from_string(content), name, arguments.exclude)
    runs = load_runs(arguments.inputs, name) or [seeded]
    return convert(content, precision, excluded, full_range=arguments.full_range, calibration=runs)


def measure_all(
    contents: Mapping[str, bytes], manifest: Mapping[str, Any], arguments: argparse.Namespace
) -> list[Measurement]:
    """Every wanted form of every wanted graph, a line printed as each is done."""
    result = []
    for name, content in contents.items():
        entry = manifest["graphs"][name]
        inputs, real = inputs_of(name, manifest, arguments)
        length = min(arguments.frames, longest(contract_of(entry), inputs))
        for precision in ("fp32", *(arguments.precision or PRECISIONS[1:])):
            try:
                rewritten = rewrite(name, content, precision, inputs, arguments)
            except NothingToQuantise as reason:
                print(f"{name} {precision}: left out, {reason}")
                continue
            m = measure(
                name, precision, content, rewritten, entry, inputs, length,
                rounds=arguments.rounds, threads=arguments.threads,
            )  # fmt: skip
            result.append(m)
            worst = min(error.snr_db for error in m.errors)
            print(
                f"{name} {precision}: {m.size_bytes / 1e6:.2f} MB, speed {m.speed:.2f}, "
                f"worst SNR {worst:.1f} dB ({length} frames, {'real' if real else 'seeded'} inputs)",
                flush=True,
            )
    return result


def write_chosen(
    source: Path, output: Path, manifest: Mapping[str, Any], choice: Mapping[str, str], arguments: argparse.Namespace
) -> None:
    """Writes the forms of --choose and the manifest at once; into another folder, the rest of the set as well.

    ValueError: a chosen graph is not fp32 in the source, or int8-static lacks real inputs.
    """
    contents = read_graphs(source, manifest, list(choice))
    made = {}
    for name, precision in choice.items():
        inputs, real = inputs_of(name, manifest, arguments)
        if precision.startswith(("int8-static", "int8-conv")) and not real:
            raise ValueError(f"{name}={precision} takes its scales from real speech: give --inputs DIR")
        made[name] = (rewrite(name, contents[name], precision, inputs, arguments), precision)
    install(source, output, manifest, made)


def write_target(source: Path, output: Path, manifest: Mapping[str, Any], arguments: argparse.Namespace) -> None:
    """Writes a whole set as the target's policy has it, a line printed for each graph. Graphs that are not fp32 any
    more, as those that came along from the bundled set, stay as they are.

    ValueError: no graph is fp32 in the source, or static scales lack real inputs; OSError.
    """
    kept = {name: entry["precision"] for name, entry in manifest["graphs"].items() if entry["precision"] != "fp32"}
    names = sorted(manifest["graphs"].keys() - kept.keys())
    if not names:
        raise ValueError(f"no graph of {source} is fp32 any more; export or convert it again")
    contents = read_graphs(source, manifest, names)
    for name, precision in sorted(kept.items()):
        print(f"{name}: stays {precision}")
    made = {}
    for name, plan in plans(arguments.target, names, read_found(arguments.nodes)).items():
        content = apply(contents[name], plan, load_runs(arguments.inputs, name), name)
        made[name] = (content, plan.precision)
        print(f"{name}: {plan.precision}, {len(contents[name]) / len(content):.2f} times smaller", flush=True)
    install(source, output, manifest, made)


def install(source: Path, output: Path, manifest: Mapping[str, Any], made: Mapping[str, tuple[bytes, str]]) -> None:
    """Writes graphs, (content, precision) by name, and the manifest that names them."""
    updated = {**manifest, "graphs": dict(manifest["graphs"])}
    files: dict[str, bytes] = {}
    if output.resolve() != source.resolve():
        for entry in (*manifest["graphs"].values(), *manifests.other_files(manifest)):
            files[entry["file"]] = (source / entry["file"]).read_bytes()
    for name, (content, precision) in made.items():
        entry = manifest["graphs"][name]
        extras = {key: value for key, value in entry.items() if key not in manifests.GRAPH_KEYS}
        files[entry["file"]] = content
        updated["graphs"][name] = manifests.graph_entry(content, entry["file"], precision, extras)
    manifests.install(output, files, updated)


def run(arguments: argparse.Namespace) -> None:
    """Does what the command line asks. ValueError, OSError: bad input."""
    manifest = manifests.read_manifest(arguments.models)
    names = sorted(arguments.graph or manifest["graphs"])
    if unknown := [name for name in names if name not in manifest["graphs"]]:
        raise ValueError(f"--graph {', '.join(unknown)}: there is {', '.join(sorted(manifest['graphs']))}")
    choice = parse_choice(arguments.choose, manifest["graphs"])
    if arguments.write != bool(choice):
        raise ValueError("--write and --choose GRAPH=PRECISION belong together")
    if arguments.write:
        output = arguments.output or arguments.models
        write_chosen(arguments.models, output, manifest, choice, arguments)
        for name, precision in choice.items():
            print(f"{name}: {precision} written to {output}")
        return
    if arguments.target is not None:
        if arguments.output is None or arguments.output.resolve() == arguments.models.resolve():
            raise ValueError("--target writes a set of its own: give -o DIR, another than the source")
        write_target(arguments.models, arguments.output, manifest, arguments)
        print(f"set for {arguments.target} written to {arguments.output}")
        return
    contents = read_graphs(arguments.models, manifest, names)
    if arguments.list:
        for name, content in contents.items():
            for node, shape in constant_matmuls(onnx.load_model_from_string(content)).items():
                print(f"{name}:{node} {list(shape)}")
        return
    table = markdown_table(measure_all(contents, manifest, arguments))
    print(f"\n{table}", end="")
    if arguments.report is not None:
        arguments.report.write_text(table, encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 0, or 2 for bad input."""
    arguments = _arguments().parse_args(argv)
    try:
        run(arguments)
    except (ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
