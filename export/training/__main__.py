"""`python -m export.training COMMAND`: one door to every training and measuring command."""

from __future__ import annotations

import argparse
import importlib
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from qingyin.errors import QingyinError


class Command(NamedTuple):
    """What the help says of a command; its module has the command's name."""

    summary: str
    example: str


COMMANDS = {
    "prepare": Command(
        "decode corpora and extract mel, F0, voicing and energy", "../corpora --only hsk_words aishell_sample"
    ),
    "align": Command("find the boundaries of the phonemes", "--rounds 9"),
    "alignment_report": Command("draw and check the alignment", "-o docs"),
    "acoustic": Command("train the acoustic model", "--steps 8000 --threads 2"),
    "blend": Command("average two checkpoints of one run", "BEFORE.pt AFTER.pt --share 0.75 --name acoustic"),
    "predicted_mels": Command("make mels that vocoders are tuned on", "--run acoustic"),
    "vocoder": Command("train a vocoder", "source_filter --steps 10000 --threads 2"),
    "speaker": Command("train the speaker encoder, or the model that judges clones", "--steps 3000"),
    "speaker_teacher": Command("let a published speaker encoder hear our mel, to teach by it", "--steps 1500"),
    "emotion_data": Command("re-synthesise recordings with emotions", "--seed 0"),
    "emotion": Command("train the emotion encoder, or the classifier that judges synthesis", "--steps 1500"),
    "evaluate_emotion": Command(
        "measure how a model set speaks emotions", "onnx_models --text zh_sentences_cc0.txt"
    ),
    "polyphone": Command("train the model that reads polyphones", "../shared/corpora/text --steps 8000"),
    "polyphone_measure": Command("measure the readings of polyphones", "../shared/corpora/text"),
    "recogniser": Command("train the recogniser that measures intelligibility", "--steps 4000"),
    "release": Command("collect weights and voices for export", "-o checkpoints"),
    "calibrate": Command("give the voices of a model set one loudness and tempo", "onnx_models"),
    "evaluate": Command(
        "measure a model set: vocoders, intelligibility, speed", "onnx_models --text zh_sentences_cc0.txt"
    ),
    "evaluate_clones": Command(
        "measure how voices are cloned that no training has heard", "onnx_models --text zh_sentences_cc0.txt"
    ),
}
PROGRAM = "python -m export.training"


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Options of the command named first; the others' modules, and what they would import, are left alone."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Prepare data, train and measure the models of Qingyin.",
        epilog=f"example: {PROGRAM} prepare {COMMANDS['prepare'].example}",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        if arguments and arguments[0] == name:
            module = importlib.import_module(f"export.training.{name}")
            example = f"example: {PROGRAM} {name} {command.example}"
            module.add_arguments(
                commands.add_parser(name, help=command.summary, description=module.__doc__, epilog=example)
            )
        else:
            commands.add_parser(name, help=command.summary)
    return parser.parse_args(arguments)


def _raised_here(error: ValueError) -> bool:
    """Whether a `raise` of this package's own made the error; one that numpy or torch found is a bug of ours."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    here = Path(last.filename).resolve().is_relative_to(Path(__file__).resolve().parents[1])
    return here and (last.line or "").startswith("raise ")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; what a user can mend is told in one line, with exit code 2."""
    try:
        options = parse(sys.argv[1:] if arguments is None else arguments)
        importlib.import_module(f"export.training.{options.command}").main(options)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] in ("export", "qingyin"):
            raise
        message = f'{error}; install what training needs: pip install -e ".[cpu,export,evaluate]"'
    except (OSError, QingyinError, FloatingPointError) as error:
        message = str(error)
    except ValueError as error:
        if not _raised_here(error):
            raise
        message = str(error)
    else:
        return 0
    print(f"error: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
