"""Regular expressions that are compiled when they are first used.

Compiled at once, the three hundred of the front end took as much time as all the rest of importing it, and a text
needs few of them: one without figures and letters hardly any.
"""

from __future__ import annotations

import re
from typing import Any, cast


class LazyPattern:
    """What `lazily` returns: it has whatever the compiled expression has, from the first time on that it is asked."""

    def __init__(self, source: str, flags: int) -> None:
        self._source, self._flags = source, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, value)  # found before __getattr__ is asked: later calls cost nothing more
        return value


def lazily(source: str, flags: int = 0) -> re.Pattern[str]:
    """`re.compile`, later. An expression that is none is a re.error when it is first used."""
    return cast("re.Pattern[str]", LazyPattern(source, flags))
