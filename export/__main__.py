"""One door to the PyTorch side: `python -m export COMMAND`."""

from __future__ import annotations

import sys

USAGE = """usage: python -m export COMMAND [options]

commands:
  onnx       checkpoints to ONNX graphs, checked against PyTorch, with manifest
  convert    published models (HiFi-GAN, FastSpeech2, Hugging Face) into the slots of a model set
  inputs     real inputs for those checks, from a text and a recording
  training   prepare data, align, train, evaluate

python -m export COMMAND --help says more about each. Smaller graphs: python tools/quantize.py --help
"""


def main(argv: list[str]) -> int:
    """Hands over to the command named first; exit code 2 if there is none such."""
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command in ("-h", "--help"):
        print(USAGE, end="")
        return 0
    if command == "onnx":
        from export.to_onnx import main as onnx_main

        return onnx_main(rest)
    if command == "convert":
        from export.convert.command import main as convert_main

        return convert_main(rest)
    if command == "inputs":
        from export.real_inputs import main as inputs_main

        return inputs_main(rest)
    if command == "training":
        import runpy

        sys.argv = ["python -m export.training", *rest]
        runpy.run_module("export.training", run_name="__main__", alter_sys=True)
        return 0
    print(f"error: unknown command {command!r}\n{USAGE}" if command else USAGE, end="", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
