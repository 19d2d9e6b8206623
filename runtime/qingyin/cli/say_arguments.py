"""Exists to be the options of `qingyin say`, with their help."""

from __future__ import annotations

import argparse
import os

from qingyin.cli.shared_arguments import add_model_arguments, add_text_arguments

_RATES = (8000, 16000, 22050, 24000, 44100, 48000)  # Hz, what `--rate` offers
SAY_EXAMPLES = """\
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
soon as its end has been read. A running sound server (PulseAudio, PipeWire) is played on directly; everything else
needs the package sounddevice and the library PortAudio (Debian: libportaudio2). Another --rate needs soxr.

The same text, voice, options and seed give the same samples. Without --seed each run differs a little; -v
names the seed it drew. Exit codes: 0 spoken, 2 an error that the last line explains, 130 interrupted.
"""


class _Device(argparse.Action):
    """Two questions have one name: the words of compute.DEVICES say where to compute, all others where to play."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: object, option: str | None = None
    ) -> None:
        setattr(namespace, "compute" if values in ("auto", "cpu", "cuda") else self.dest, values)


def add_say_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare them."""
    add_text_arguments(parser, "what to say")
    target = parser.add_mutually_exclusive_group()
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
    parser.add_argument(
        "--device",
        action=_Device,
        metavar="NAME|INDEX|auto|cpu|cuda",
        help="where to play: a line of `qingyin devices`, or a part of its name; or on what to compute: auto "
        "(default), cpu or cuda. May be given for each",
    )
    parser.set_defaults(compute=None)
    parser.add_argument(
        "--latency",
        type=float,
        metavar="MS",
        help="of the sound device, 5 to 1000; default 40. More rides out a busier computer (a sound server needs none: "
        "it holds two seconds ahead); Ctrl-C takes as long",
    )
    parser.add_argument(
        "--rate",
        type=int,
        choices=_RATES,
        metavar="HZ",
        help=f"sample rate of what is written or played: {', '.join(map(str, _RATES))}; default 22050, for .opus "
        "24000, and when playing the device's own",
    )
    parser.add_argument(
        "--voice", metavar="NAME", help="a voice of `qingyin voices`, bundled or your own, or the path of a voice file"
    )
    parser.add_argument(
        "--ref",
        action="append",
        type=os.path.abspath,  # the daemon may read it, from another folder
        metavar="FILE",
        help="speak with the voice of this recording; given more than once, the recordings are averaged",
    )
    parser.add_argument(
        "--emotion",
        metavar="LABEL|MIX",
        help='neutral, happy, sad or angry, or a mix such as "happy=0.6,angry=0.3" (weights 0 to 1.5); default the '
        "voice's own",
    )
    parser.add_argument(
        "--emotion-ref", type=os.path.abspath, metavar="FILE", help="take the emotion of this recording"
    )
    parser.add_argument(
        "--emotion-strength", type=float, default=1.0, metavar="X", help="0 (neutral) to 1.5; default 1"
    )
    parser.add_argument("--speed", type=float, default=1.0, metavar="X", help="0.5 (slow) to 2 (fast); default 1")
    parser.add_argument("--pitch", type=float, default=0.0, metavar="SEMITONES", help="-12 to 12; default 0")
    parser.add_argument(
        "--pitch-range", type=float, default=1.0, metavar="X", help="0 (monotone) to 2 (lively); default 1"
    )
    parser.add_argument("--volume", type=float, default=0.0, metavar="DB", help="-60 to 20 dB; default 0")
    parser.add_argument(
        "--temperature",
        type=float,
        default=0.3,
        metavar="X",
        help="0 (always the same) to 1 (lively): variation of rhythm and melody; default 0.3",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="a whole number; makes the result repeatable")
    add_model_arguments(parser)
    parser.add_argument("--vocoder", metavar="NAME", help="one of those that `qingyin info` lists")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 64; default 1")
    parser.add_argument(
        "--no-daemon", action="store_true", help="load the models here, even if `qingyin daemon` is running"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="print the time of every stage")
