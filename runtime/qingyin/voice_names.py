"""Exists so that a name that a user gives a voice can be a file name on every system, and nothing but that."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from qingyin.errors import VoiceError

MAX_CHARACTERS = 64
_MAX_BYTES = 240  # of 255 that file systems allow, with .json
# Windows keeps these for devices, whatever comes after a dot.
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]", re.IGNORECASE)


def check_name(name: str, bundled: Iterable[str] = ()) -> str:
    """The name in Unicode's NFC form, if it is one: letters and digits of any script, _ and -, up to 64 of them.

    bundled: names that the model set's own voices have, which are taken. Errors: VoiceError that says what is wrong.
    """
    result = unicodedata.normalize("NFC", name)
    allowed = "use letters or digits of any script, _ and -"
    if not result:
        raise VoiceError(f"a voice needs a name; {allowed}")
    if len(result) > MAX_CHARACTERS or len(result.encode("utf-8", "replace")) > _MAX_BYTES:
        raise VoiceError(f"the voice name {result[:20]!r}... is too long; at most {MAX_CHARACTERS} characters")
    for character in result:
        if character not in "_-" and not _is_letter_or_digit(character):
            raise VoiceError(f"a voice name cannot hold {character!r} (in {name!r}); {allowed}")
    if result.startswith("-"):
        raise VoiceError(f"a voice name cannot begin with - ({name!r}): it would read as an option; {allowed}")
    if _RESERVED.fullmatch(result):
        raise VoiceError(f"the name {name!r} is reserved by Windows; choose another")
    if key(result) in map(key, bundled):
        raise VoiceError(f"the name {name!r} is that of a bundled voice; choose another")
    return result


def key(name: str) -> str:
    """What two names that some file system takes for the same have in common."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _is_letter_or_digit(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("L") or category == "Nd"
