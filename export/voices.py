"""Writes the voices of a model set, one JSON file each, in the only form that the runtime accepts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from export.manifest import SIZES
from qingyin.voices import Provenance, Voice, parse_voice, voice_bytes


def check_voice(content: bytes, where: str) -> Voice:
    """The voice in a file's content. ValueError: what the runtime, or the house, would refuse; names the key."""
    voice = parse_voice(json.loads(content), SIZES, where, ValueError)
    for key in ("name", "description", "language", "licence", "source"):
        if not getattr(voice, key).strip():
            raise ValueError(f"{where}: {key} must be a text")
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", voice.name):
        raise ValueError(f"{where}: name {voice.name!r} must be small letters, digits, _ or -")
    return voice


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
    provenance: Provenance | None = None,
) -> Path:
    """Writes FOLDER/NAME.json and returns its path.

    speaker (timbre): 128 values, prosody: 64, emotion: 16 (numpy arrays are fine); pitch_mean_ln_hz: mean of ln F0
    over voiced frames; pitch_range: 1 = as predicted; rate multiplies the speed; gain_db brings the voice to
    -20 LUFS; provenance: of a voice cloned from a recording. ValueError: a value that the runtime would refuse.
    """
    voice = Voice(
        name=name, description=description, language=language, licence=licence, source=source, provenance=provenance,
        speaker=np.asarray(speaker), prosody=np.asarray(prosody), emotion=np.asarray(emotion),
        pitch_mean_ln_hz=pitch_mean_ln_hz, pitch_range=pitch_range, rate=rate, gain_db=gain_db,
    )  # fmt: skip
    content = voice_bytes(voice)
    check_voice(content, name)
    path = Path(folder) / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def read_voices(folder: str | Path) -> tuple[dict[str, bytes], dict[str, dict[str, str]]]:
    """All FOLDER/*.json: (files by path in the model set, the manifest's `voices`).

    ValueError: a bad voice.
    """
    files: dict[str, bytes] = {}
    entries: dict[str, dict[str, str]] = {}
    for path in sorted(Path(folder).glob("*.json")):
        voice = check_voice(path.read_bytes(), str(path))
        if voice.name != path.stem:
            raise ValueError(f"{path}: the voice in it is called {voice.name!r}")
        content = voice_bytes(voice)
        file = f"voices/{path.name}"
        files[file] = content
        entries[path.stem] = {"file": file, "sha256": hashlib.sha256(content).hexdigest()}
    return files, entries
