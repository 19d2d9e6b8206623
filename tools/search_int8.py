"""Finds which nodes of a fp32 set may be int8, by what is heard, and reports what every target then costs.

Run from anywhere: `python tools/search_int8.py exported --inputs runs --corpus hsk_words -o found`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a script, imports start in tools/ instead of the repository's root
    root = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(root), str(root / "runtime")]

from export import manifest as manifests
from export.example_inputs import load_runs
from export.real_speech import of_corpora, of_files
from qingyin.errors import QingyinError
from tools.graph_audio import SENTENCES, Damage, Listener
from tools.graph_plan import TARGETS, Found, apply, plans
from tools.graph_report import Whole, draw, steps_table, wholes_table
from tools.graph_search import SEARCHED, Limits, Results, Runs, Search, Step

EXAMPLES = """examples:
  python -m export inputs --models exported --corpus hsk_words -o runs
  python tools/search_int8.py exported --inputs runs --corpus hsk_words --corpus aishell_sample -o found
  python tools/quantize.py exported --target bundled --inputs runs --nodes found/int8_nodes.json -o onnx_models

A search tries each group of nodes (those at the same place of a stack's blocks) alone, as dynamic int8 and as static
int8 with scales by min and max, by percentile and by entropy, then adds those that pay to one another, least damage
for the time first, while the whole stays within the limits. It can be stopped: started again, it goes on.
Written to -o: steps.jsonl and ranges/ (it goes on from there), int8_nodes.json (for --nodes), report.md and report.png.
"""


def _arguments() -> argparse.ArgumentParser:
    default = Limits()
    parser = argparse.ArgumentParser(
        prog="python tools/search_int8.py",
        description="Finds which nodes of a fp32 set may be int8, by what is heard.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("models", type=Path, metavar="FOLDER", help="model set with fp32 graphs and manifest.json")
    parser.add_argument("--inputs", type=Path, required=True, metavar="DIR", help="of python -m export inputs --models")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="report and results")
    parser.add_argument("--graph", action="append", metavar="NAME", help="only this graph; may be repeated")
    parser.add_argument("--recording", type=Path, action="append", default=[], help="to judge vocoders by; or a folder")
    parser.add_argument("--corpus", action="append", default=[], metavar="NAME", help="prepared; its held-out clips")
    parser.add_argument("--clips", type=int, default=16, metavar="N", help="of the corpora together (%(default)s)")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), metavar="N", help="to judge by (%(default)s)")
    parser.add_argument("--max-pesq-loss", type=float, default=default.pesq_loss, help="(%(default)s)")
    parser.add_argument(
        "--max-durations", type=float, default=default.durations_percent, metavar="PERCENT",
        help="of phonemes that may change by more than one frame (%(default)s)",
    )  # fmt: skip
    parser.add_argument("--max-f0-cents", type=float, default=default.f0_cents, help="RMSE (%(default)s)")
    parser.add_argument(
        "--max-voicing", type=float, default=default.voicing_percent, metavar="PERCENT", help="of frames (%(default)s)"
    )
    parser.add_argument("--allow-dynamic", action="store_true", help="keep int8 that does not stream exactly, too")
    parser.add_argument("--target", choices=TARGETS, default="bundled", help="whose weights to try (%(default)s)")
    parser.add_argument("--per-node", action="store_true", help="each node is a group; takes many times as long")
    parser.add_argument("--rounds", type=int, default=15, help="timed pairs per step (%(default)s)")
    parser.add_argument(
        "--minutes", type=float, default=math.inf, metavar="N", help="then put together what was tried (default: all)"
    )
    parser.add_argument("--threads", type=int, default=1, help="of ONNX Runtime (%(default)s)")
    return parser


def _say(line: str) -> None:
    print(line, flush=True)


def wholes(
    listener: Listener, contents: Mapping[str, bytes], runs: Runs, found: Found, search: Search
) -> list[Whole]:
    """fp32 and every target that a CPU can compute, whole."""
    spoken = ("acoustic_encoder", "acoustic_decoder", f"vocoder_{listener.manifest.default_vocoder}")

    def judged(name: str, made: Mapping[str, bytes]) -> Whole:
        sizes = {graph: len(content) for graph, content in made.items()}
        own = {graph: made[graph] for graph in spoken if graph in made}
        damage = Damage() if name == "fp32" else listener.damage(own)
        return Whole(name, sizes, sum(search.times(graph, content)[1] for graph, content in own.items()), damage)

    result = [judged("fp32", contents)]
    for target, policy in TARGETS.items():
        if policy.storage == "fp16":
            continue  # slower than fp32 on a CPU, and not what a card computes
        planned = plans(target, contents, found)
        result.append(judged(target, {g: apply(contents[g], planned[g], runs.get(g, []), g) for g in contents}))
        _say(f"set for {target} judged")
    return result


def run(arguments: argparse.Namespace) -> None:
    """Does what the command line asks. ValueError, OSError, QingyinError: bad input."""
    manifest = manifests.read_manifest(arguments.models)
    contents = {n: (arguments.models / entry["file"]).read_bytes() for n, entry in manifest["graphs"].items()}
    searched = arguments.graph or [name for name in contents if name.startswith(SEARCHED)]
    if unknown := [name for name in searched if name not in contents or not name.startswith(SEARCHED)]:
        known = [name for name in contents if name.startswith(SEARCHED)]
        raise ValueError(f"--graph {', '.join(unknown)}: sound judges {', '.join(known)}")
    if late := [name for name in contents if manifest["graphs"][name]["precision"] != "fp32"]:
        raise ValueError(f"{', '.join(late)}: not fp32 any more; export the set again to start from fp32")
    runs = {name: load_runs(arguments.inputs, name) for name in contents}
    if empty := [name for name in contents if name.startswith(SEARCHED) and not runs[name]]:
        raise ValueError(f"--inputs has no runs of {', '.join(empty)}; make them with python -m export inputs --models")
    recordings = of_files(arguments.recording)
    recordings += of_corpora(arguments.corpus, arguments.clips, held_out=True) if arguments.corpus else []
    limits = Limits(arguments.max_pesq_loss, arguments.max_durations, arguments.max_f0_cents, arguments.max_voicing)
    arguments.output.mkdir(parents=True, exist_ok=True)
    policy = TARGETS[arguments.target]
    results = Results(arguments.output / "steps.jsonl", _signature(contents, arguments))
    listener = Listener(arguments.models, SENTENCES[: arguments.sentences], recordings, arguments.threads)
    judged = {name: content for name, content in contents.items() if name.startswith(SEARCHED)}
    search = Search(
        listener, judged, runs, results, arguments.output / "ranges", limits=limits,
        full_range=policy.full_range, storage=policy.storage, exact_only=not arguments.allow_dynamic,
        per_node=arguments.per_node, rounds=arguments.rounds, threads=arguments.threads, report=_say,
        searched=searched,
    )  # fmt: skip
    alone = search.alone(arguments.minutes)
    found, together = search.together(alone)
    text = json.dumps(found, indent=1, sort_keys=True) + "\n"
    (arguments.output / "int8_nodes.json").write_text(text, encoding="utf-8")
    sets = wholes(listener, contents, runs, found, search)
    report(arguments.output, limits, sets, alone, together)
    _say(f"kept {sum(map(len, found.values()))} groups; report in {arguments.output}")


def _signature(contents: Mapping[str, bytes], arguments: argparse.Namespace) -> str:
    """Of all that changes what a step finds: graphs, runs, recordings, precision of weights, limits."""
    digest = hashlib.sha256()
    for name, content in sorted(contents.items()):
        digest.update(name.encode() + hashlib.sha256(content).digest())
        runs = arguments.inputs / f"{name}.npz"
        digest.update(hashlib.sha256(runs.read_bytes()).digest() if runs.exists() else b"")
    ignored = ("models", "inputs", "output", "graph", "rounds", "minutes")
    digest.update(repr(sorted((k, str(v)) for k, v in vars(arguments).items() if k not in ignored)).encode())
    return digest.hexdigest()


def report(
    folder: Path, limits: Limits, sets: Sequence[Whole], alone: Sequence[Step], together: Sequence[Step]
) -> None:
    """Writes report.md and report.png."""
    draw(alone, together, sets, limits, folder / "report.png")
    parts = [
        "# What int8 costs and saves",
        "Made by `python tools/search_int8.py`; milliseconds are for a second of speech on one thread, paired with "
        f"fp32 in the same run. Limits: PESQ loss {limits.pesq_loss:g}, {limits.durations_percent:g} % of phonemes "
        f"changed by more than one frame, predicted F0 {limits.f0_cents:g} cents, voicing {limits.voicing_percent:g} % "
        "of frames. The columns are explained in tools/graph_audio.py.",
        "![damage against time saved, and sizes](report.png)",
        "## Whole sets",
        wholes_table(sets),
        "## Put together: each with all that was kept before it",
        steps_table(together),
        "## Alone",
        steps_table(alone),
    ]
    (folder / "report.md").write_text("\n\n".join(part.rstrip() for part in parts) + "\n", encoding="utf-8")


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code: 0, or 2 for bad input."""
    arguments: Any = _arguments().parse_args(argv)
    try:
        run(arguments)
    except (ValueError, OSError, QingyinError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
