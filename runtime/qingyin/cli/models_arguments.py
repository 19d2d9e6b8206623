"""Exists to say what `qingyin models` takes, apart from doing it: every command pays for building its parser."""

from __future__ import annotations

import argparse

MODELS_EXAMPLES = """\
examples:
  qingyin models
  qingyin models add my_models/ --as mine
  qingyin models add https://example.org/qingyin-mine.tar.gz --sha256 3f7a...
  qingyin models add owner/qingyin-mine
  qingyin say "你好" --models mine
  qingyin models verify
  qingyin models where mine
  qingyin models remove mine

Added sets lie in $QINGYIN_HOME/models, else in the folder where your system keeps programs' data; cache_hub/ in the
working folder or beside the project is looked into as well. Every file is compared with its hash when it comes in,
and works without a network from then on. A download that broke off is gone on with by the same command.
"""


def add_models_arguments(models: argparse.ArgumentParser, formatter: argparse._FormatterClass) -> None:
    """Gives the parser of `qingyin models` its sub-commands; formatter: argparse's formatter_class."""
    actions = models.add_subparsers(dest="action", metavar="ACTION", prog="qingyin models")
    models.set_defaults(action="list")

    def action(name: str, help: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, help=help, description=f"{help[0].upper()}{help[1:]}.", formatter_class=formatter
        )
        return parser

    action("list", "list the model sets, the installed one and those you added; the default")
    verify = action("verify", "compare every file of a set with its hash")
    verify.add_argument("names", metavar="NAME", nargs="*", help="sets to check; default all")
    add = action("add", "copy or fetch a model set, check it and keep it")
    add.add_argument("source", metavar="SOURCE", help="a folder, an archive, an https address, or a hub id OWNER/NAME")
    add.add_argument("--as", dest="name", metavar="NAME", help="what to call it; default the source's own name")
    add.add_argument("--sha256", metavar="HEX", help="hash of an archive: another is refused")
    add.add_argument("--replace", action="store_true", help="replace your set of the same name")
    remove = action("remove", "remove a set that you added")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    where = action("where", "print the folder of a set, or of all that you add")
    where.add_argument("name", metavar="NAME", nargs="?")
