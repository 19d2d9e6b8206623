"""Exists to carry out `qingyin bench`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from qingyin.bench.report import draw, markdown
from qingyin.bench.runs import Plan, now, run
from qingyin.errors import OptionError


def bench(arguments: argparse.Namespace) -> None:
    """Measures, and writes what was asked for. Errors: QingyinError; OSError when a result cannot be written."""
    plan = Plan(
        models=arguments.models, vocoder=arguments.vocoder, threads=_threads(arguments.threads),
        runs=_whole("--runs", arguments.runs, 1, 1000),
        long_characters=_whole("--long", arguments.long, 100, 10_000_000),
        rivals=tuple(arguments.compare or ()), rival_model=arguments.compare_model,
    )  # fmt: skip
    if len(plan.rivals) > 1 and plan.rival_model is not None:
        raise OptionError("--compare-model is one model: compare one engine at a time")
    result = run(plan, _progress)
    _progress("")
    table = markdown(result, now())
    if arguments.output:
        Path(arguments.output).write_text(table, encoding="utf-8")
    if arguments.picture:
        try:
            draw(result, Path(arguments.picture))
        except ValueError as error:
            raise OptionError(f"--picture: {error}") from None
    if arguments.json:
        print(json.dumps(result, indent=1))
    elif not arguments.output:
        print(table, end="")


def _progress(what: str) -> None:
    """A line that is written over, on a terminal; nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what}", end="", file=sys.stderr, flush=True)


def _threads(text: str) -> tuple[int, ...]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and 1 <= int(part) <= 64 for part in parts):
        raise OptionError(f"--threads must be numbers from 1 to 64, such as 1,2 (got {text!r})")
    return tuple(dict.fromkeys(int(part) for part in parts))


def _whole(name: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise OptionError(f"{name} must be from {low} to {high} (got {value})")
    return value
