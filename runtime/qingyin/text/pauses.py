"""How long each mark is silent: one table, so that pacing is tuned, or overridden, in one place."""

from __future__ import annotations

from collections.abc import Mapping

# Milliseconds. Keys are the canonical marks that normalisation produces, and four places without a mark.
PAUSES_MS: dict[str, float] = {
    "，": 220.0,
    "、": 120.0,
    "；": 300.0,
    "：": 300.0,
    "。": 420.0,
    "！": 420.0,
    "？": 420.0,
    "…": 350.0,
    "—": 250.0,
    "(": 120.0,  # opening or closing bracket of any kind but book-title marks
    "phrase": 120.0,  # inside a stretch without marks that is too long for one breath; 0: none
    "start": 60.0,  # before the first syllable
    "end": 420.0,  # a sentence that ends without a mark, or at a line end
    "cut": 30.0,  # an over-long sentence cut between words
}


def pause_table(overrides: Mapping[str, float] | None = None) -> dict[str, float]:
    """The pause table with `overrides` (key -> milliseconds >= 0) on it. ValueError for an unknown key."""
    table = dict(PAUSES_MS)
    for key, milliseconds in (overrides or {}).items():
        if key not in table:
            raise ValueError(f"unknown pause {key!r}; known: {' '.join(table)}")
        if not 0.0 <= milliseconds < float("inf"):
            raise ValueError(f"pause {key!r} must be a length in milliseconds >= 0, got {milliseconds}")
        table[key] = float(milliseconds)
    return table
