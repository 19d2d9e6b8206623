"""Exists because JSON that is almost right must fail by name: readers for objects whose keys are fixed."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from qingyin.errors import ModelError


def read_verified(path: Path, sha256: str | None, what: str, advice: str) -> bytes:
    """The bytes of `path`, after their SHA-256 was compared; they are what is then used, so nothing changes
    in between.

    Errors: ModelError if the file is missing, unreadable or differs from the hash.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise ModelError(f"{what} is missing: {path}; {advice}") from None
    except OSError as error:
        raise ModelError(f"{what} cannot be read: {path} ({error.strerror}); {advice}") from None
    if sha256 is not None and hashlib.sha256(data).hexdigest() != sha256:
        raise ModelError(f"{what} is damaged (its SHA-256 is not the manifest's): {path}; {advice}")
    return data


def parse_json(data: bytes, where: str, error: type[Exception] = ModelError) -> Any:
    """JSON without the NaN and Infinity that Python's reader lets through, and without repeated keys."""

    def no_constant(name: str) -> float:
        raise ValueError(f"{name} is not a JSON number")

    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise ValueError("a key is given twice")
        return result

    try:
        return json.loads(data.decode("utf-8"), parse_constant=no_constant, object_pairs_hook=no_repeats)
    except (ValueError, RecursionError) as cause:  # also UnicodeDecodeError and JSONDecodeError
        raise error(f"{where} is not valid JSON: {cause}") from None


def check_version(value: Any, version: int, where: str, advice: str, error: type[Exception] = ModelError) -> None:
    """Refuses another format_version before its other keys are taken for mistakes. Errors: `error`."""
    found = value.get("format_version", version) if isinstance(value, dict) else version
    if found != version or isinstance(found, bool):
        raise error(f"{where} has format_version {found!r}, this qingyin reads {version}; {advice}")


class StrictObject:
    """A JSON object read key by key: types are checked and unknown or missing
    keys are errors that name them.
    """

    def __init__(
        self,
        value: Any,
        where: str,
        required: Iterable[str],
        optional: Iterable[str] = (),
        error: type[Exception] = ModelError,
    ) -> None:
        self.where, self.error = where, error
        if not isinstance(value, dict):
            self.fail(f"must be an object, not {type(value).__name__}")
        required = list(required)
        known = set(required) | set(optional)
        for key in value:
            if key not in known:
                self.fail(f"has an unknown key {key!r}")
        for key in required:
            if key not in value:
                self.fail(f"lacks the key {key!r}")
        self.value: dict[str, Any] = value

    def fail(self, message: str) -> None:
        raise self.error(f"{self.where} {message}")

    def text(self, key: str) -> str:
        value = self.value[key]
        if not isinstance(value, str):
            self.fail(f"key {key!r} must be text")
        return str(value)

    def whole(self, key: str, lowest: int = 1) -> int:
        value = self.value[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < lowest:
            self.fail(f"key {key!r} must be a whole number of at least {lowest}")
        return int(value)

    def number(self, key: str) -> float:
        value = self.value[key]
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
            self.fail(f"key {key!r} must be a number")
        return float(value)

    def flag(self, key: str) -> bool:
        value = self.value[key]
        if not isinstance(value, bool):
            self.fail(f"key {key!r} must be true or false")
        return bool(value)

    def items(self, key: str) -> list[Any]:
        value = self.value[key]
        if not isinstance(value, list):
            self.fail(f"key {key!r} must be a list")
        return list(value)

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            self.fail(f"key {key!r} must be a list of texts")
        return tuple(values)

    def numbers(self, key: str, length: int) -> tuple[float, ...]:
        values = self.items(key)
        good = all(
            isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            for value in values
        )
        if not good or len(values) != length:
            self.fail(f"key {key!r} must be a list of {length} numbers")
        return tuple(float(value) for value in values)

    def mapping(self, key: str) -> dict[str, Any]:
        value = self.value[key]
        if not isinstance(value, dict):
            self.fail(f"key {key!r} must be an object")
        return dict(value)

    def sha256(self, key: str) -> str:
        value = self.text(key)
        if len(value) != 64 or set(value) - set("0123456789abcdef"):
            self.fail(f"key {key!r} must be 64 lower-case hexadecimal digits")
        return value

    def file_name(self, key: str) -> str:
        """A path inside the model folder; one that leads out of it is refused."""
        value = self.text(key)
        parts = value.replace("\\", "/").split("/")
        if not value or ".." in parts or parts[0] == "" or ":" in value:
            self.fail(f"key {key!r} must be a path inside the model folder")
        return value
