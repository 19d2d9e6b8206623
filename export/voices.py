"""Writes the voices of a model set, one JSON file each, in the only form that the runtime accepts."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from export.manifest import SIZES

FORMAT_VERSION = 1
VECTORS = {
    "speaker": SIZES["speaker_size"],
    "prosody": SIZES["speaker_size"],
    "emotion": SIZES["emotion_size"],
}
NUMBERS = ("pitch_mean_ln_hz", "pitch_range", "rate", "gain_db")
TEXTS = ("name", "description", "language", "licence", "source")
DECIMALS = 6  # a float32 vector of this size does not change the speech beyond the sixth


def check_voice(voice: Mapping[str, Any], where: str) -> None:
    """ValueError: a key is missing, unknown, or holds what the runtime would refuse; the message names it."""
    expected = {"format_version", *VECTORS, *NUMBERS, *TEXTS}
    if difference := sorted(expected ^ voice.keys()):
        raise ValueError(f"{where}: missing or unknown keys: {', '.join(difference)}")
    if voice["format_version"] != FORMAT_VERSION:
        raise ValueError(f"{where}: format_version {voice['format_version']!r} is not {FORMAT_VERSION}")
    for key, size in VECTORS.items():
        vector = voice[key]
        if not isinstance(vector, list) or len(vector) != size or not all(map(_is_number, vector)):
            raise ValueError(f"{where}: {key} must be {size} finite numbers")
    for key in NUMBERS:
        if not _is_number(voice[key]):
            raise ValueError(f"{where}: {key} must be a finite number")
    for key in TEXTS:
        if not isinstance(voice[key], str) or not voice[key].strip():
            raise ValueError(f"{where}: {key} must be a text")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", voice["name"]):
        raise ValueError(f"{where}: name {voice['name']!r} must be small letters, digits, _ or -")
    if voice["rate"] <= 0 or voice["pitch_range"] < 0:
        raise ValueError(f"{where}: rate must be above 0 and pitch_range not below")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def voice_bytes(voice: Mapping[str, Any]) -> bytes:
    """The file's content, keys sorted, the same for the same voice."""
    return (json.dumps(voice, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def write_voice(
    folder: str | Path,
    name: str,
    *,
    speaker: Sequence[float],
    prosody: Sequence[float],
    emotion: Sequence[float],
    pitch_mean_ln_hz: float,
    pitch_range: float = 1.0,
    rate: float = 1.0,
    gain_db: float = 0.0,
    description: str,
    source: str,
    language: str = "zh",
    licence: str = "CC-BY-SA-4.0",
) -> Path:
    """Writes FOLDER/NAME.json and returns its path.

    speaker (timbre) and prosody: 64 values each; emotion: 16 (numpy arrays are fine); pitch_mean_ln_hz: mean
    of ln F0 over voiced frames; pitch_range: 1 = as predicted; rate multiplies the speed; gain_db brings the
    voice to -20 LUFS. ValueError: a value that the runtime would refuse.
    """
    voice = {
        "format_version": FORMAT_VERSION,
        "name": name,
        "description": description,
        "language": language,
        "speaker": [round(float(value), DECIMALS) for value in speaker],
        "prosody": [round(float(value), DECIMALS) for value in prosody],
        "emotion": [round(float(value), DECIMALS) for value in emotion],
        "pitch_mean_ln_hz": round(float(pitch_mean_ln_hz), DECIMALS),
        "pitch_range": round(float(pitch_range), DECIMALS),
        "rate": round(float(rate), DECIMALS),
        "gain_db": round(float(gain_db), DECIMALS),
        "licence": licence,
        "source": source,
    }
    check_voice(voice, name)
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(voice_bytes(voice))
    return path


def read_voices(folder: str | Path) -> tuple[dict[str, bytes], dict[str, dict[str, str]]]:
    """All FOLDER/*.json: (files by path in the model set, the manifest's `voices`).

    ValueError: a bad voice.
    """
    files: dict[str, bytes] = {}
    entries: dict[str, dict[str, str]] = {}
    for path in sorted(Path(folder).glob("*.json")):
        voice = json.loads(path.read_text(encoding="utf-8"))
        check_voice(voice, str(path))
        if voice["name"] != path.stem:
            raise ValueError(f"{path}: the voice in it is called {voice['name']!r}")
        content = voice_bytes(voice)
        file = f"voices/{path.name}"
        files[file] = content
        entries[path.stem] = {"file": file, "sha256": hashlib.sha256(content).hexdigest()}
    return files, entries
