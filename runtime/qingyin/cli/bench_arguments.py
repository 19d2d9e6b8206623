"""Exists to be the options of `qingyin bench`, with their help."""

from __future__ import annotations

import argparse

from qingyin.cli.shared_arguments import add_model_arguments

BENCH_EXAMPLES = """\
examples:
  qingyin bench
  qingyin bench --threads 1,2 --runs 9 -o bench.md --picture bench.png --json > bench.json
  qingyin bench --compare piper --compare-model zh_CN-huayan-medium.onnx
  qingyin bench --long 100000 --runs 1

Real-time factor is seconds of computing per second of sound. The very long text is spoken once, as a stream into a
pipe; its peak memory is that of a book. Close other programs: CPU time, given beside the clock, hardly minds them.
"""


def add_bench_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("--threads", default="1", metavar="N[,N...]", help="numbers of threads to try; default 1")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="of each; medians are shown; default 5")
    parser.add_argument("--long", type=int, default=2000, metavar="N", help="characters of the long text; default 2000")
    parser.add_argument(
        "--compare",
        action="append",
        choices=("piper", "sherpa-onnx", "torch", "vits-topology"),
        help="measure another engine in the same run, in turns",
    )
    parser.add_argument("--compare-model", metavar="PATH", help="its voice: file, or folder (sherpa-onnx, torch)")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the Markdown tables here; default standard output"
    )
    parser.add_argument("--picture", metavar="FILE", help="draw, as .png, .svg or .pdf; needs matplotlib")
    parser.add_argument("--json", action="store_true", help="print all figures as JSON")
    add_model_arguments(parser)
    parser.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
