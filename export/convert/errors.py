"""Exists so that a source that cannot be converted is told apart from a bug: one exception, whose text says why."""

from __future__ import annotations

from collections.abc import Sequence

SHOWN = 8


class ConvertError(ValueError):
    """A source, its weights or its feature space cannot be used; the message says what to do."""


def listed(head: str, lines: Sequence[str]) -> str:
    """`head` and the first few lines under it, and how many more there are."""
    shown = list(lines[:SHOWN])
    if len(lines) > len(shown):
        shown.append(f"and {len(lines) - len(shown)} more")
    return "\n  ".join([head, *shown])
