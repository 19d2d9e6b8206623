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

from qingyin.cli_models_arguments import MODELS_EXAMPLES, add_models_arguments
from qingyin.cli_serve_arguments import SERVE_EXAMPLES, add_serve_arguments
from qingyin.cli_voices_arguments import VOICES_EXAMPLES, add_voices_arguments
from qingyin.errors import QingyinError

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than a daemon to answer
if TYPE_CHECKING:
    from typing import NoReturn

EXIT_ERROR = 2
EXIT_INTERRUPTED = 130  # 128 + SIGINT, as shells do
EXIT_TERMINATED = 143  # 128 + SIGTERM
_RATES = (8000, 16000, 22050, 24000, 44100, 48000)  # Hz, what `--rate` offers

# command: (module, function of the parsed arguments); imported when it is used. It returns an exit code or None.
_COMMANDS = {
    "say": ("qingyin.cli_say", "say"),
    "text": ("qingyin.cli_text", "text"),
    "devices": ("qingyin.cli_play", "devices"),
    "daemon": ("qingyin.cli_daemon", "daemon"),
    "serve": ("qingyin.cli_serve", "serve"),
    "bench": ("qingyin.cli_bench", "bench"),
    "voices": ("qingyin.cli_voices", "voices"),
    "models": ("qingyin.cli_models", "models"),
    "analyze": ("qingyin.cli_analyze", "analyze"),
    "info": ("qingyin.cli_info", "info"),
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
_SAY_EXAMPLES = """\
examples:
  qingyin say "你好，世界！"
  qingyin say -f story.txt --play --device "USB Audio" --speed 1.1
  qingyin say "你好，世界！" -o hello.wav
  qingyin say "我去银行[yin2 hang2]，[speed 0.8]慢慢走[/speed]。[pause 1s]好！" --lexicon my.tsv
  qingyin say -f talk.ssml --markup ssml
  qingyin say -f story.txt -o story.flac --voice yuetan --speed 1.1 --pitch 1 --volume -3
  qingyin say "好久不见！" --ref friend.wav --emotion happy
  qingyin say "好久不见！" --voice friend --emotion "happy=0.6,angry=0.3" --emotion-strength 1.2
  qingyin say "好久不见！" --emotion-ref laughing.wav
  qingyin say -f old.txt --encoding gb18030 -o old.wav
  chat-program | qingyin say -
  qingyin say "你好" -o hello.opus --rate 48000
  echo "从管道里读。" | qingyin say - -o pipe.wav --seed 7 --threads 2 -v
  qingyin say "你好" -o - | ffmpeg -i - hello.m4a
  qingyin say "你好" --output-raw | aplay -t raw -f S16_LE -r 22050 -c 1
  qingyin say "你好" --output-raw --rate 48000 | aplay -t raw -f S16_LE -r 48000 -c 1
  qingyin say -o minus.wav -- "-5度"

Without -o and --output-raw it plays. Space pauses and goes on, q stops, if standard input is a terminal and not
the text; the signals USR1 (pause), USR2 (go on), INT and TERM (stop) always do. With -, each sentence is spoken as
soon as its end has been read. Playing needs the packages sounddevice and soxr and the library PortAudio (Debian:
libportaudio2), another --rate needs soxr.

The same text, voice, options and seed give the same samples. Without --seed each run differs a little; -v
names the seed it drew. Exit codes: 0 spoken, 2 an error that the last line explains, 130 interrupted.
"""
_TEXT_EXAMPLES = """\
examples:
  qingyin text "我在2楼等了2个小时，花了￥3.50。"
  qingyin text -f story.txt --encoding gb18030 | less
  echo "气温-5~3℃" | qingyin text - --json
  qingyin text "行[hang2]不行" --lexicon my.tsv
  echo '{"，": 300, "end": 600}' > slow.json; qingyin text "好，走吧。" --pauses slow.json

For each sentence: its syllables under what they stand for, with a space between words and | 220 | for a pause of
220 ms; a tone that sandhi changed is shown as 3→2; ! marks a reading from markup, * one from a lexicon. Below: what
markup asks for, and every character that cannot be spoken, with its place in the text (from 0) and the reason.
Keys of a pauses file: ， 、 ； ： 。 ！ ？ … — ( start end cut; values in milliseconds.
"""
_DEVICES_EXAMPLES = """\
examples:
  qingyin devices
  qingyin say "你好" --device 3
"""
_DAEMON_EXAMPLES = """\
examples:
  qingyin daemon start --background
  qingyin say "你好"
  qingyin daemon status
  qingyin daemon stop

It keeps the models loaded, for you alone, so that `qingyin say` gives its first sound at once. `say` finds it by
itself and does without when it is not there; --no-daemon does without in any case. One runs per model set.
"""
_BENCH_EXAMPLES = """\
examples:
  qingyin bench
  qingyin bench --threads 1,2 --runs 9 -o bench.md --picture bench.png --json > bench.json
  qingyin bench --compare piper --compare-model zh_CN-huayan-medium.onnx
  qingyin bench --long 100000 --runs 1

Real-time factor is seconds of computing per second of sound. The very long text is spoken once, as a stream into a
pipe; its peak memory is that of a book. Close other programs: CPU time, given beside the clock, hardly minds them.
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


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; separate, so that tests and documentation can read it."""
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
        epilog=_SAY_EXAMPLES,
        formatter_class=raw,
    )
    _add_text_arguments(say, "what to say")
    target = say.add_mutually_exclusive_group()
    target.add_argument(
        "-o",
        "--output",
        metavar="PATH",
        help="sound file: .wav, .flac, .ogg, .opus or .mp3; - writes WAV to standard output",
    )
    target.add_argument(
        "--output-raw",
        action="store_true",
        help="write raw samples (signed 16-bit little-endian mono, 22 050 Hz or --rate) to standard output",
    )
    target.add_argument("--play", action="store_true", help="play; the default when no output is named")
    say.add_argument(
        "--device",
        action=_Device,
        metavar="NAME|INDEX|auto|cpu|cuda",
        help="where to play: a line of `qingyin devices`, or a part of its name; or on what to compute: auto "
        "(default), cpu or cuda. May be given for each",
    )
    say.set_defaults(compute=None)
    say.add_argument(
        "--latency",
        type=float,
        metavar="MS",
        help="of the sound device, 5 to 1000; default 30. More rides out a busier computer; Ctrl-C takes as long",
    )
    say.add_argument(
        "--rate",
        type=int,
        choices=_RATES,
        metavar="HZ",
        help=f"sample rate of what is written or played: {', '.join(map(str, _RATES))}; default 22050, for .opus "
        "24000, and when playing the device's own",
    )
    say.add_argument(
        "--voice", metavar="NAME", help="a voice of `qingyin voices`, bundled or your own, or the path of a voice file"
    )
    say.add_argument(
        "--ref",
        action="append",
        type=os.path.abspath,  # the daemon may read it, from another folder
        metavar="FILE",
        help="speak with the voice of this recording; given more than once, the recordings are averaged",
    )
    say.add_argument(
        "--emotion",
        metavar="LABEL|MIX",
        help='neutral, happy, sad or angry, or a mix such as "happy=0.6,angry=0.3" (weights 0 to 1.5); default the '
        "voice's own",
    )
    say.add_argument("--emotion-ref", type=os.path.abspath, metavar="FILE", help="take the emotion of this recording")
    say.add_argument(
        "--emotion-strength", type=float, default=1.0, metavar="X", help="0 (neutral) to 1.5; default 1"
    )
    say.add_argument(
        "--speed", type=float, default=1.0, metavar="X", help="0.5 (slow) to 2 (fast); default 1"
    )
    say.add_argument("--pitch", type=float, default=0.0, metavar="SEMITONES", help="-12 to 12; default 0")
    say.add_argument(
        "--pitch-range", type=float, default=1.0, metavar="X", help="0 (monotone) to 2 (lively); default 1"
    )
    say.add_argument("--volume", type=float, default=0.0, metavar="DB", help="-60 to 20 dB; default 0")
    say.add_argument(
        "--temperature",
        type=float,
        default=0.3,
        metavar="X",
        help="0 (always the same) to 1 (lively): variation of rhythm and melody; default 0.3",
    )
    say.add_argument("--seed", type=int, metavar="N", help="a whole number; makes the result repeatable")
    _add_model_arguments(say)
    say.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
    say.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 64; default 1")
    say.add_argument(
        "--no-daemon", action="store_true", help="load the models here, even if `qingyin daemon` is running"
    )
    say.add_argument("-v", "--verbose", action="store_true", help="print the time of every stage")

    text = commands.add_parser(
        "text",
        help="show how a text is read: words, pinyin, pauses, what cannot be spoken",
        description="Shows how a text is read, without speaking it.",
        epilog=_TEXT_EXAMPLES,
        formatter_class=raw,
    )
    _add_text_arguments(text, "the text to look at")
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
        epilog=_BENCH_EXAMPLES,
        formatter_class=raw,
    )
    bench.add_argument("--threads", default="1", metavar="N[,N...]", help="numbers of threads to try; default 1")
    bench.add_argument("--runs", type=int, default=5, metavar="N", help="of each; medians are shown; default 5")
    bench.add_argument("--long", type=int, default=2000, metavar="N", help="characters of the long text; default 2000")
    bench.add_argument(
        "--compare",
        action="append",
        choices=("piper", "sherpa-onnx", "torch", "vits-topology"),
        help="measure another engine in the same run, in turns",
    )
    bench.add_argument("--compare-model", metavar="PATH", help="its voice: file, or folder (sherpa-onnx, torch)")
    bench.add_argument("-o", "--output", metavar="FILE", help="write the Markdown tables here; default standard output")
    bench.add_argument("--picture", metavar="FILE", help="draw, as .png, .svg or .pdf; needs matplotlib")
    bench.add_argument("--json", action="store_true", help="print all figures as JSON")
    _add_model_arguments(bench)
    bench.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")

    daemon = commands.add_parser(
        "daemon",
        help="keep the models loaded, so that `say` starts at once",
        description="Keeps the models loaded for `qingyin say`.",
        epilog=_DAEMON_EXAMPLES,
        formatter_class=raw,
    )
    daemon.add_argument(
        "action", nargs="?", choices=("start", "status", "stop"), default="start", help="default start"
    )
    daemon.add_argument("--background", action="store_true", help="start it and return when it listens")
    daemon.add_argument("--idle", type=float, metavar="MINUTES", help="end after so long without a request")
    _add_model_arguments(daemon)
    daemon.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
    daemon.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 64; default 1")

    serve = commands.add_parser(
        "serve",
        help="the page and the HTTP API",
        description="Serves the page and an HTTP API.",
        epilog=SERVE_EXAMPLES,
        formatter_class=raw,
    )
    add_serve_arguments(serve)
    _add_model_arguments(serve)

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
    _add_model_arguments(analyze)
    info = commands.add_parser(
        "info",
        help="show versions, models and licences",
        epilog=_INFO_EXAMPLES,
        description="Shows versions, the model set, its graphs and its licence.",
        formatter_class=raw,
    )
    _add_model_arguments(info)
    for command in (info, daemon, bench, serve):
        command.add_argument(
            "--device", dest="compute", choices=("auto", "cpu", "cuda"), help="on what to compute; default auto"
        )
    return parser


class _Device(argparse.Action):
    """Two questions have one name: the words of compute.DEVICES say where to compute, all others where to play."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        setattr(namespace, "compute" if values in ("auto", "cpu", "cuda") else self.dest, values)


def _add_text_arguments(parser: argparse.ArgumentParser, what: str) -> None:
    parser.add_argument("text", nargs="?", metavar="TEXT", help=f"{what}; - reads it from standard input")
    parser.add_argument("-f", "--file", metavar="FILE", help="read the text from a file")
    parser.add_argument(
        "--encoding",
        default="utf-8",
        metavar="NAME",
        help="of the file or standard input: utf-8 (default), gb18030, big5, ...",
    )
    parser.add_argument(
        "--pauses", metavar="FILE", help='JSON of pause lengths in ms, such as {"，": 300}; see `qingyin text --help`'
    )
    parser.add_argument(
        "--emoji", choices=("name", "skip"), default="name", help="say the commonest emoji (default) or none"
    )
    parser.add_argument(
        "--markup",
        choices=("inline", "ssml", "none"),
        default="inline",
        help="inline (default): 行[hang2], [pause 300ms], [speed 0.8]…[/speed], other brackets are text; ssml; none: "
        "all is text. See docs/markup.md",
    )
    parser.add_argument(
        "--lexicon",
        action="append",
        type=os.path.abspath,
        metavar="FILE",
        help="your own readings: lines of a word, TAB, and pinyin (yin2 hang2), English phones (/JH IH1 F/) or other "
        "text to say; may be given several times",
    )


def _add_model_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--models", metavar="FOLDER", help="model set to use; default $QINGYIN_MODELS, else the installed one"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit code. Users' errors become one line on standard error and
    code 2.
    """
    # OpenBLAS would start a pool at numpy's import, and nothing here multiplies matrices in numpy
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    arguments = build_parser().parse_args(argv)
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
        raise SystemExit(EXIT_TERMINATED)

    if threading.current_thread() is threading.main_thread():  # elsewhere handlers cannot be set
        signal.signal(signal.SIGTERM, leave)
