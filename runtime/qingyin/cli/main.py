"""Exists to be the command `qingyin`: reads arguments, hands over to one module per command, and turns
errors into one line.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module

from qingyin.cli.say_arguments import SAY_EXAMPLES, add_say_arguments
from qingyin.cli.shared_arguments import TEXT_EXAMPLES, add_model_arguments, add_text_arguments
from qingyin.errors import QingyinError

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than a daemon to answer
if TYPE_CHECKING:
    from typing import NoReturn

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells do
EXIT_TERMINATED = 143  # 128 + SIGTERM

# command: (module, function of the parsed arguments); imported when it is used. It returns an exit code or None.
_COMMANDS = {
    "say": ("qingyin.cli.say", "say"),
    "text": ("qingyin.cli.text", "text"),
    "devices": ("qingyin.cli.play", "devices"),
    "daemon": ("qingyin.cli.daemon", "daemon"),
    "serve": ("qingyin.cli.serve", "serve"),
    "bench": ("qingyin.cli.bench", "bench"),
    "voices": ("qingyin.cli.voices", "voices"),
    "models": ("qingyin.cli.models", "models"),
    "analyze": ("qingyin.cli.analyze", "analyze"),
    "info": ("qingyin.cli.info", "info"),
}
_MAIN_EXAMPLES = """\
examples:
  qingyin say "今天天气真好，我们去公园走走吧。" -o hello.wav
  qingyin say "你好"
  qingyin say -f story.txt -o story.mp3 --voice yuetan --speed 1.1
  qingyin say "你好" --output-raw | aplay -t raw -f S16_LE -r 22050 -c 1
  qingyin devices
  qingyin text "2024-03-05降温到-5℃"
  qingyin voices add friend friend.wav
  qingyin say "你好" --voice friend --emotion happy
  qingyin info
"""
_DEVICES_EXAMPLES = """\
examples:
  qingyin devices
  qingyin say "你好" --device 3
"""
_ANALYZE_EXAMPLES = """\
examples:
  qingyin analyze friend.wav
  qingyin analyze friend.wav --picture friend.png
  ffmpeg -v error -i friend.m4a -f wav - | qingyin analyze - --json

Any format that libsndfile reads, mono or stereo.
Warnings do not change the exit code: 0 analysed, 2 an error that the last line explains.
"""
_INFO_EXAMPLES = """\
examples:
  qingyin info
  QINGYIN_MODELS=my_models/ qingyin info
"""


@cache
def _columns() -> int:
    asked = os.environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size().columns or 80
    except (OSError, ValueError):  # a pipe, or no standard output at all
        return 80


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Told the width: argparse makes a formatter at each argument, and would import shutil to find it."""
    return argparse.RawDescriptionHelpFormatter(prog, width=_columns() - 2)


class _Parser(argparse.ArgumentParser):
    """argparse whose errors are one line and name the help that explains them."""

    def error(self, message: str) -> NoReturn:
        self.exit(EXIT_ERROR, f"qingyin: error: {message}; see `{self.prog} --help`\n")


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands; separate, so that tests and documentation can read it. For `say` that of `say` alone
    is made in a fifth of the time: a daemon that has the sound in 20 ms is asked that much earlier.
    """
    from qingyin import __version__

    raw = _formatter
    parser = _Parser(
        prog="qingyin",
        description="Chinese speech synthesis on a CPU.",
        epilog=_MAIN_EXAMPLES,
        formatter_class=raw,
    )
    parser.add_argument("--version", action="version", version=f"qingyin {__version__}")
    # with a `prog` of its own it needs no formatter, which would import compression libraries
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", prog="qingyin")

    say = commands.add_parser(
        "say",
        help="speak a text: aloud, into a file or a pipe",
        description="Speaks a text.",
        epilog=SAY_EXAMPLES,
        formatter_class=raw,
    )
    add_say_arguments(say)
    if wanted == "say":
        return parser
    from qingyin.cli.bench_arguments import BENCH_EXAMPLES, add_bench_arguments
    from qingyin.cli.daemon_arguments import DAEMON_EXAMPLES, add_daemon_arguments
    from qingyin.cli.models_arguments import MODELS_EXAMPLES, add_models_arguments
    from qingyin.cli.serve_arguments import SERVE_EXAMPLES, add_serve_arguments
    from qingyin.cli.voices_arguments import VOICES_EXAMPLES, add_voices_arguments

    text = commands.add_parser(
        "text",
        help="show how a text is read: words, pinyin, pauses, what cannot be spoken",
        description="Shows how a text is read, without speaking it.",
        epilog=TEXT_EXAMPLES,
        formatter_class=raw,
    )
    add_text_arguments(text, "the text to look at")
    text.add_argument("--json", action="store_true", help="print one JSON object, with every phoneme")

    commands.add_parser(
        "devices",
        help="list the sound devices to play on",
        description="Lists the sound devices to play on; * marks the default.",
        epilog=_DEVICES_EXAMPLES,
        formatter_class=raw,
    )

    bench = commands.add_parser(
        "bench",
        help="measure speed and memory on this machine",
        description="Measures speed and memory, stage by stage and as a whole.",
        epilog=BENCH_EXAMPLES,
        formatter_class=raw,
    )
    add_bench_arguments(bench)
    daemon = commands.add_parser(
        "daemon",
        help="keep the models loaded, so that `say` starts at once",
        description="Keeps the models loaded for `qingyin say`.",
        epilog=DAEMON_EXAMPLES,
        formatter_class=raw,
    )
    add_daemon_arguments(daemon)
    serve = commands.add_parser(
        "serve",
        help="the page and the HTTP API",
        description="Serves the page and an HTTP API.",
        epilog=SERVE_EXAMPLES,
        formatter_class=raw,
    )
    add_serve_arguments(serve)
    add_model_arguments(serve)

    voices = commands.add_parser(
        "voices",
        help="list the voices; make and keep your own",
        description="Lists the voices, or keeps your own.",
        epilog=VOICES_EXAMPLES,
        formatter_class=raw,
    )
    add_voices_arguments(voices, raw)
    models = commands.add_parser(
        "models",
        help="list model sets; add and check others",
        description="Lists the model sets, or keeps others.",
        epilog=MODELS_EXAMPLES,
        formatter_class=raw,
    )
    add_models_arguments(models, raw)
    analyze = commands.add_parser(
        "analyze",
        help="tell how good a reference a recording makes",
        description="Tells what a recording holds: speech, noise, pitch, whose voice is like it, emotion.",
        epilog=_ANALYZE_EXAMPLES,
        formatter_class=raw,
    )
    analyze.add_argument("recording", metavar="FILE", help="recording of somebody speaking; - reads standard input")
    analyze.add_argument("--json", action="store_true", help="print one JSON object, with every figure")
    analyze.add_argument("--picture", metavar="PATH", help="draw it: .png, .svg or .pdf; needs matplotlib")
    add_model_arguments(analyze)
    info = commands.add_parser(
        "info",
        help="show versions, models and licences",
        epilog=_INFO_EXAMPLES,
        description="Shows versions, the model set, its graphs and its licence.",
        formatter_class=raw,
    )
    add_model_arguments(info)
    for command in (info, daemon, bench, serve):
        command.add_argument(
            "--device", dest="compute", choices=("auto", "cpu", "cuda"), help="on what to compute; default auto"
        )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code. Users' errors become one line on standard error and
    code 2.
    """
    # OpenBLAS would start a pool at numpy's import, and nothing here multiplies matrices in numpy
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    given = sys.argv[1:] if argv is None else argv
    arguments = build_parser(given[0] if given else None).parse_args(given)
    before = os.environ.get("QINGYIN_DEVICE")
    try:
        if getattr(arguments, "compute", None) is not None:
            os.environ["QINGYIN_DEVICE"] = arguments.compute  # processes that this one starts compute there as well
        _exit_on_sigterm()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # names may not fit the terminal's encoding
        module, name = _COMMANDS[arguments.command]
        code = getattr(import_module(module), name)(arguments)
        sys.stdout.flush()
    except QingyinError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # the reader of our standard output went away (a player was closed, `head` had enough): not our error.
        # Python would complain once more when it flushes at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:  # a full disk under a redirected standard output, for example
        return _complain(f"{error}; check the disk and the paths given")
    except MemoryError:
        return _complain("out of memory; close other programs or use shorter sentences")
    finally:
        if before is not None:
            os.environ["QINGYIN_DEVICE"] = before
        else:
            os.environ.pop("QINGYIN_DEVICE", None)
    return code or 0


def _complain(message: str) -> int:
    print(f"qingyin: error: {' '.join(message.split())}", file=sys.stderr)
    return EXIT_ERROR


def _exit_on_sigterm() -> None:
    """Makes SIGTERM unwind the stack, so that no temporary file stays behind."""
    import signal
    import threading

    def leave(signum: int, frame: object) -> NoReturn:
        if hasattr(signal, "SIGALRM"):
            # An exception that comes while a destructor or a C library's callback runs is printed and forgotten there:
            # what still runs after two seconds is asked once more.
            signal.signal(signal.SIGALRM, leave)
            signal.alarm(2)
        raise SystemExit(EXIT_TERMINATED)

    if threading.current_thread() is threading.main_thread():  # elsewhere handlers cannot be set
        signal.signal(signal.SIGTERM, leave)
