"""Exists to say what `qingyin voices` takes, apart from doing it: every command pays for building its parser."""

from __future__ import annotations

import argparse

VOICES_EXAMPLES = """\
examples:
  qingyin voices
  qingyin voices add friend friend.wav --description "my friend Li Na"
  qingyin voices add 小明 monday.wav tuesday.flac --yes-i-have-the-right
  qingyin say "你好" --voice friend
  qingyin voices show friend
  qingyin voices export friend friend.json
  qingyin voices import friend.json --as li-na
  qingyin voices remove friend

Your voices lie in $QINGYIN_HOME/voices, else in the folder where your system keeps programs' data. A file holds
vectors, a few figures and where they come from; the recording itself is not kept.
"""
_ADD_EXAMPLES = """\
examples:
  qingyin voices add friend friend.wav
  qingyin voices add friend monday.wav tuesday.flac phone.ogg --replace
  qingyin voices add 小明 clip.mp3 --description "for audio books" --yes-i-have-the-right

5 to 30 s of one person speaking, without music, are best; `qingyin analyze FILE` says how good a recording is.
"""
_EXPORT_EXAMPLES = """\
examples:
  qingyin voices export friend friend.json
  qingyin voices export friend - | ssh other-computer qingyin voices import -
"""
_IMPORT_EXAMPLES = """\
examples:
  qingyin voices import friend.json
  qingyin voices import friend.json --as li-na --replace
"""


def add_voices_arguments(voices: argparse.ArgumentParser, formatter: argparse._FormatterClass) -> None:
    """Gives the parser of `qingyin voices` its sub-commands; formatter: argparse's formatter_class."""
    models = {"metavar": "FOLDER", "help": "model set to use; default $QINGYIN_MODELS, else the installed one"}
    voices.add_argument("--models", **models)  # type: ignore[arg-type]
    actions = voices.add_subparsers(dest="action", metavar="ACTION", prog="qingyin voices")
    voices.set_defaults(action="list")

    def action(name: str, help: str, epilog: str | None = None) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, help=help, description=f"{help[0].upper()}{help[1:]}.", epilog=epilog, formatter_class=formatter,
        )  # fmt: skip
        # SUPPRESS: not given here must not undo what was given before the action
        parser.add_argument("--models", default=argparse.SUPPRESS, **models)  # type: ignore[arg-type]
        return parser

    action("list", "list the voices, bundled ones and your own; the default")
    add = action("add", "make a voice of recordings and keep it", _ADD_EXAMPLES)
    add.add_argument("name", metavar="NAME", help="letters, digits, _ and -, Chinese ones too; up to 64")
    add.add_argument("recordings", metavar="FILE", nargs="+", help="recording of the voice; several are averaged")
    add.add_argument("--description", metavar="TEXT", help="what to remember about it")
    add.add_argument(
        "--yes-i-have-the-right",
        action="store_true",
        help="confirm, instead of being asked, that you have the right to use this voice",
    )
    add.add_argument("--replace", action="store_true", help="replace your voice of the same name")
    add.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 64; default 1")
    show = action("show", "show what is known about a voice")
    show.add_argument("name", metavar="NAME")
    remove = action("remove", "remove a voice of your own")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    export = action("export", "write a voice into a file, to be imported elsewhere", _EXPORT_EXAMPLES)
    export.add_argument("name", metavar="NAME")
    export.add_argument("file", metavar="FILE", help="- writes to standard output")
    export.add_argument("--replace", action="store_true", help="replace the file if there is one")
    imported = action("import", "keep a voice from a file", _IMPORT_EXAMPLES)
    imported.add_argument("file", metavar="FILE", help="an exported voice; - reads standard input")
    imported.add_argument("--as", dest="name", metavar="NAME", help="keep it under another name")
    imported.add_argument("--replace", action="store_true", help="replace your voice of the same name")
