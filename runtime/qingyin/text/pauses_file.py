"""Reads a user's table of pauses, so that pacing can be changed without writing code."""

from __future__ import annotations

import json
from pathlib import Path

from qingyin.errors import OptionError
from qingyin.text.pauses import pause_table


def load_pauses(path: Path) -> dict[str, float]:
    """A JSON object of mark -> milliseconds, keys as in PAUSES_MS: ``{"，": 300, "end": 600}``. Errors: OptionError."""
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise OptionError(f"cannot read {path}: {error.strerror}; check the path") from None
    except ValueError as error:  # JSON and UTF-8 errors
        raise OptionError(f"{path} is not JSON in UTF-8 ({error})") from None
    if not isinstance(values, dict) or any(
        isinstance(value, bool) or not isinstance(value, (int, float)) for value in values.values()
    ):
        raise OptionError(f'{path} must be an object of marks and milliseconds, such as {{"，": 300, "end": 600}}')
    try:
        pause_table(values)
    except (ValueError, OverflowError) as error:
        raise OptionError(f"{path}: {error}") from None
    return {key: float(value) for key, value in values.items()}
