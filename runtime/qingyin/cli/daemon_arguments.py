"""Exists to be the options of `qingyin daemon`, with their help."""

from __future__ import annotations

import argparse

from qingyin.cli.shared_arguments import add_model_arguments

DAEMON_EXAMPLES = """\
examples:
  qingyin daemon start --background
  qingyin say "你好"
  qingyin daemon status
  qingyin daemon stop

It keeps the models loaded, for you alone, so that `qingyin say` gives its first sound at once. `say` finds it by
itself and does without when it is not there; --no-daemon does without in any case. One runs per model set.
"""


def add_daemon_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    parser.add_argument("action", nargs="?", choices=("start", "status", "stop"), default="start", help="default start")
    parser.add_argument("--background", action="store_true", help="start it and return when it listens")
    parser.add_argument("--idle", type=float, metavar="MINUTES", help="end after so long without a request")
    add_model_arguments(parser)
    parser.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 64; default 1")
