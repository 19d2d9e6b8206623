"""Exists so that every command takes its text in the same way: as an argument, from a file or from a pipe."""

from __future__ import annotations

import argparse
import sys

from qingyin.errors import OptionError, TextError


def check_source(arguments: argparse.Namespace) -> None:
    """Errors: OptionError when no text, or more than one, is named."""
    if (arguments.text is None) == (arguments.file is None):
        raise OptionError("give either TEXT, or -f FILE, or - to read standard input")


def checked_encoding(name: str) -> str:
    """The codec of an encoding of text; of UTF-8 the one that drops a byte order mark. Errors: OptionError."""
    try:
        "".encode(name)  # refuses base64 and the like, which are no encodings of text
    except LookupError:
        raise OptionError(f"unknown encoding {name!r}; try utf-8, gb18030 or big5") from None
    return "utf-8-sig" if name.lower() in ("utf-8", "utf8") else name


def read_text(arguments: argparse.Namespace) -> str:
    """The text from the argument, the file or standard input. Errors: OptionError, TextError."""
    check_source(arguments)
    encoding = checked_encoding(arguments.encoding)
    if arguments.file is None and arguments.text != "-":
        text: str = arguments.text
        if any("\ud800" <= character <= "\udfff" for character in text):  # how Python carries undecodable bytes
            raise TextError("the text is not in the terminal's encoding; put it into a file and use -f with --encoding")
        return text
    try:
        data = sys.stdin.buffer.read() if arguments.file in (None, "-") else _read_file(arguments.file)
    except OSError as error:
        raise TextError(f"cannot read {arguments.file}: {error.strerror}; check the path") from None
    try:
        return data.decode(encoding)
    except UnicodeError:
        source = arguments.file or "standard input"
        raise TextError(f"{source} is not text in {arguments.encoding}; "
                        f"name its encoding, for example --encoding gb18030") from None  # fmt: skip


def _read_file(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
