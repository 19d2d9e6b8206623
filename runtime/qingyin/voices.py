"""Exists because a voice is a small file, not a model: the vectors and figures that make the shared graphs
sound like one person.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qingyin.errors import ModelError, VoiceError
from qingyin.manifest import RESTORE, Manifest
from qingyin.strict import StrictObject, parse_json, read_verified

FORMAT_VERSION = 1
_KEYS = (
    "format_version",
    "name",
    "description",
    "language",
    "speaker",
    "prosody",
    "emotion",
    "pitch_mean_ln_hz",
    "pitch_range",
    "rate",
    "gain_db",
    "licence",
    "source",
)


@dataclass(frozen=True, eq=False)
class Voice:
    """One voice.

    speaker (timbre) and prosody are float32 [speaker_size], emotion float32 [emotion_size]; pitch_mean_ln_hz
    is the natural log of its mean F0 in Hz; rate multiplies the speed; gain_db is added to the loudness.
    """

    name: str
    description: str
    language: str
    speaker: np.ndarray
    prosody: np.ndarray
    emotion: np.ndarray
    pitch_mean_ln_hz: float
    pitch_range: float
    rate: float
    gain_db: float
    licence: str
    source: str


def load_voice(manifest: Manifest, name: str | None = None) -> Voice:
    """A voice of the model set by name (None: its default), or from a file if `name` ends in .json.

    Errors: VoiceError for an unknown name (lists the known, suggests the nearest); ModelError for damage.
    """
    chosen = manifest.default_voice if name is None else name
    if chosen in manifest.voices:
        entry = manifest.voices[chosen]
        path = manifest.folder / entry.file
        data = read_verified(path, entry.sha256, f"voice file {entry.file}", RESTORE)
        voice = parse_voice(parse_json(data, str(path)), manifest, str(path), ModelError)
        if voice.name != chosen:
            raise ModelError(
                f"voice file {path} is for {voice.name!r}, the manifest lists it as {chosen!r}; {RESTORE}"
            )
        return voice
    if chosen.endswith(".json"):
        try:
            data = Path(chosen).expanduser().read_bytes()
        except OSError as error:
            raise VoiceError(
                f"voice file {chosen} cannot be read ({error.strerror}); give a saved voice's path"
            ) from None
        return parse_voice(parse_json(data, chosen, VoiceError), manifest, chosen, VoiceError)
    raise VoiceError(unknown_voice_message(chosen, list(manifest.voices)))


def unknown_voice_message(name: str, known: list[str]) -> str:
    """One line for a voice that does not exist: the nearest name, if any is near, and all that are known."""
    lower = {voice.lower(): voice for voice in known}
    near = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.5)
    hint = f" did you mean {lower[near[0]]!r}?" if near else ""
    return f"unknown voice {name!r};{hint} known voices: {', '.join(known)}"


def parse_voice(value: Any, manifest: Manifest, where: str, error: type[Exception] = VoiceError) -> Voice:
    """A Voice from parsed JSON, checked against the model set's vector sizes. Errors: `error`, naming the
    key.
    """
    root = StrictObject(value, where, _KEYS, error=error)
    version = root.whole("format_version")
    if version != FORMAT_VERSION:
        root.fail(f"has format_version {version}, this qingyin reads {FORMAT_VERSION}")

    def vector(key: str, size: int) -> np.ndarray:
        result = np.array(root.numbers(key, size), dtype=np.float32)
        result.setflags(write=False)
        return result

    rate, pitch_range = root.number("rate"), root.number("pitch_range")
    if not 0.25 <= rate <= 4.0:
        root.fail(f"key 'rate' must be from 0.25 to 4 (it is {rate:g})")
    if not 0.0 <= pitch_range <= 4.0:
        root.fail(f"key 'pitch_range' must be from 0 to 4 (it is {pitch_range:g})")
    return Voice(
        name=root.text("name"),
        description=root.text("description"),
        language=root.text("language"),
        speaker=vector("speaker", manifest.speaker_size),
        prosody=vector("prosody", manifest.speaker_size),
        emotion=vector("emotion", manifest.emotion_size),
        pitch_mean_ln_hz=root.number("pitch_mean_ln_hz"),
        pitch_range=pitch_range,
        rate=rate,
        gain_db=root.number("gain_db"),
        licence=root.text("licence"),
        source=root.text("source"),
    )
