"""`python -m export convert`: a published model becomes graphs of a model set, compared with PyTorch on the way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from export import manifest as manifests
from export.convert import model_set
from export.convert.converted import SLOTS, Converted
from export.convert.errors import ConvertError
from export.convert.sources import locate
from export.parity import ParityError
from export.to_onnx import export_all

EXAMPLES = """examples:
  python -m export convert g_02500000 --as vocoder --base onnx_models -o my_models
  python -m export convert UNIVERSAL_V1/ --as vocoder --name universal --base onnx_models -o my_models
  python -m export convert FastSpeech2/AISHELL3/ --as acoustic -o my_models
  python -m export convert facebook/mms-tts-nan --as synthesiser -o hokkien
  python -m export convert microsoft/speecht5_hifigan --as vocoder -o speecht5
  python -m export convert microsoft/wavlm-base-plus-sv --as speaker-encoder -o my_models
  python -m export convert owner/emotion-classifier --as emotion-encoder --base onnx_models -o my_models

SOURCE is a file, a folder, or a hub id OWNER/NAME[@REVISION], which is looked for in cache_hub/ beside the project,
in the cache that HF_HOME names, and then on the hub. No code of a checkpoint is run. docs/convert.md says what each
slot takes and what it asks for. Exit code 1: a graph differs from PyTorch; 2: bad input. Nothing is written then.
"""


def arguments_parser() -> argparse.ArgumentParser:
    """The parser of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m export convert",
        description="Converts a published PyTorch model into graphs of a model set.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="SOURCE", help="a file, a folder, or a hub id OWNER/NAME[@REVISION]")
    parser.add_argument("--as", dest="slot", choices=SLOTS, required=True, help="the slot that it is for")
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, required=True, help="model set to write, or to add to"
    )
    parser.add_argument("--base", metavar="DIR", type=Path, help="model set whose other graphs and voices come along")
    parser.add_argument("--name", metavar="NAME", help="of a vocoder: what --vocoder will call it (default: hifigan)")
    parser.add_argument("--config", metavar="FILE", type=Path, help="its config.json (default: the one beside it)")
    parser.add_argument(
        "--feature", metavar="KEY=VALUE", action="append", default=[],
        help="what the source does not say, or says wrongly: sample_rate, hop_length, n_fft, n_mels, win_length, fmin, "
        "fmax; log=ln or log10 of a Hugging Face vocoder",
    )  # fmt: skip
    parser.add_argument(
        "--convolutions", choices=("fast", "direct"), default="fast",
        help="of a HiFi-GAN: fast (default) multiplies less, in fp32 on CPUs; direct is for int8-conv and fp16",
    )  # fmt: skip
    parser.add_argument("--symbols", metavar="FILE", type=Path, help="acoustic: the model's symbols, one a line")
    parser.add_argument("--symbol-map", metavar="FILE", type=Path, help="acoustic: our phonemes in those symbols")
    parser.add_argument("--speaker", metavar="NAME", action="append", help="acoustic, synthesiser: keep this voice")
    parser.add_argument("--licence", metavar="TEXT", help="of the weights")
    parser.add_argument("--default", action="store_true", help="make the vocoder the set's default")
    parser.add_argument("--report", metavar="FILE", type=Path, help="measure what each precision costs, as Markdown")
    return parser


def _features(pairs: Sequence[str]) -> dict[str, str]:
    values = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key or not value:
            raise ConvertError(f"--feature {pair}: write KEY=VALUE")
        values[key] = value
    return values


def _convert(arguments: argparse.Namespace, source: Path) -> Converted:
    features = _features(arguments.feature)
    if arguments.slot == "vocoder":
        from export.convert import vocoders

        fast = arguments.convolutions == "fast"
        return vocoders.convert(source, arguments.name or "hifigan", arguments.config, features, fast)
    if arguments.slot == "acoustic":
        from export.convert import fastspeech2

        return fastspeech2.convert(
            source, arguments.symbols, arguments.symbol_map, arguments.speaker or (), features
        )
    if arguments.slot == "synthesiser":
        from export.convert import vits

        return vits.convert(source, arguments.name or "hifigan", arguments.speaker or (), features)
    from export.convert import listeners

    if arguments.slot == "speaker-encoder":
        return listeners.speaker_encoder(source)
    return listeners.emotion_encoder(source)


def run(arguments: argparse.Namespace) -> int:
    """Does what the command line asks; the exit code. ConvertError, ParityError, OSError: nothing was written."""
    from qingyin.text.symbols import PHONEMES

    converted = _convert(arguments, locate(arguments.source))
    manifest, files = model_set.starting_point(arguments.output, arguments.base, PHONEMES)
    model_set.check_fits(manifest, converted)
    graphs, differences = export_all(converted.specs)
    for difference in differences:
        print(difference)
    if failed := sum(not difference.passed for difference in differences):
        print(f"error: {failed} of {len(differences)} comparisons over the limit; nothing written", file=sys.stderr)
        return 1
    origin = f"converted from {Path(arguments.source).name if Path(arguments.source).exists() else arguments.source}"
    updated, own_files, notes = model_set.add(manifest, converted, graphs, origin, arguments.licence)
    name = converted.specs[0].name.removeprefix(manifests.VOCODER_PREFIX)
    model_set.settle(updated, name if arguments.default and arguments.slot == "vocoder" else None)
    manifests.install(arguments.output, {**files, **own_files}, updated)
    for spec in converted.specs:
        print(f"{spec.name}: {len(graphs[spec.name]) / 1e6:.2f} MB written to {arguments.output}")
    for note in notes:
        print(f"note: {note}")
    if missing := manifests.missing_parts(updated):
        print(f"note: this model set cannot speak yet; it is without {', '.join(missing)}")
    if arguments.report is not None:
        return _report(arguments, [spec.name for spec in converted.specs])
    return 0


def _report(arguments: argparse.Namespace, graphs: Sequence[str]) -> int:
    from tools.quantize import main as quantise

    chosen = [word for graph in graphs for word in ("--graph", graph)]
    return quantise([str(arguments.output), *chosen, "--report", str(arguments.report)])


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns its exit code."""
    arguments = arguments_parser().parse_args(argv)
    try:
        return run(arguments)
    except ParityError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except (ConvertError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
