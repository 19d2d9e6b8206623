"""Exists so that `qingyin say -` speaks what comes through a pipe while more is still to come."""

from __future__ import annotations

import argparse
import codecs
import contextlib
import sys
from collections.abc import Callable, Iterator

from qingyin.cli.source import check_source, checked_encoding
from qingyin.errors import TextError

TYPE_CHECKING = False  # as type checkers understand it; `typing` takes longer to import than a daemon to answer
if TYPE_CHECKING:
    import io

_READ_BYTES = 65536  # at most, at once


def arrives(arguments: argparse.Namespace) -> bool:
    """Whether the text comes from standard input. Errors: OptionError when a second source is named."""
    check_source(arguments)
    return "-" in (arguments.text, arguments.file)


class ArrivingText:
    """Standard input, decoded as it comes; to be iterated once.

    waiting: makes the context in which the read blocks; a player sets it. Errors: OptionError for an unknown
    encoding; TextError, while iterated, for bytes that are not in it.
    """

    def __init__(self, encoding: str) -> None:
        self.waiting: Callable[[], contextlib.AbstractContextManager[None]] = contextlib.nullcontext
        self._encoding = checked_encoding(encoding)
        self._decoder = codecs.getincrementaldecoder(self._encoding)()

    def __iter__(self) -> Iterator[str]:
        source: io.BufferedReader = sys.stdin.buffer  # type: ignore[assignment]
        while True:
            with self.waiting():
                data = source.read1(_READ_BYTES)  # what is there, without waiting for more
            try:
                yield self._decoder.decode(data, final=not data)
            except UnicodeError as error:
                if isinstance(error, UnicodeDecodeError):  # how much came at once is chance: what was right is said
                    yield error.object[: error.start].decode(self._encoding, errors="ignore")
                encoding = self._encoding.removesuffix("-sig")
                raise TextError(
                    f"standard input is not text in {encoding}; name its encoding, for example --encoding gb18030"
                ) from None
            if not data:
                return
