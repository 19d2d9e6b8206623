"""Exists to hold the options that several commands share: where a text is and how it is read, which models."""

from __future__ import annotations

import argparse
import os

TEXT_EXAMPLES = """\
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


def add_text_arguments(parser: argparse.ArgumentParser, what: str) -> None:
    """Where the text comes from, `what` it is for, and how it is read."""
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


def add_model_arguments(parser: argparse.ArgumentParser) -> None:
    """Which model set."""
    parser.add_argument(
        "--models", metavar="FOLDER", help="model set to use; default $QINGYIN_MODELS, else the installed one"
    )
