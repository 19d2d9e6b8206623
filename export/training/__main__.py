"""`python -m export.training COMMAND`: one door to every training and measuring command."""

from __future__ import annotations

import argparse
import importlib

COMMANDS = {
    "prepare": "decode corpora and extract mel, F0, voicing and energy",
    "align": "find the boundaries of the phonemes",
    "alignment_report": "draw and check the alignment",
    "acoustic": "train the acoustic model",
    "vocoder": "train a vocoder",
    "release": "collect weights and voices for export",
    "calibrate": "give the voices of a model set one loudness and tempo",
    "evaluate": "measure a model set: vocoders, intelligibility, speed",
    "recogniser": "train the recogniser that measures intelligibility",
}


def main() -> None:
    """Parse the command line and run one command; its module is imported only then."""
    parser = argparse.ArgumentParser(
        prog="python -m export.training",
        description="Prepare data, train and measure the models of Qingyin.",
        epilog="example: python -m export.training prepare ../shared/corpora --only hsk_words aishell_sample",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    modules = {}
    for name, summary in COMMANDS.items():
        modules[name] = importlib.import_module(f"export.training.{name}")
        modules[name].add_arguments(commands.add_parser(name, help=summary, description=modules[name].__doc__))
    options = parser.parse_args()
    modules[options.command].main(options)


if __name__ == "__main__":
    main()
