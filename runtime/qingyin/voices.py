"""Exists because a voice is a small file, not a model: the vectors and figures that make the shared graphs
sound like one person.
"""

from __future__ import annotations

import dataclasses
import datetime
import difflib
import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qingyin.errors import ModelError, VoiceError
from qingyin.manifest import RESTORE, Manifest
from qingyin.strict import StrictObject, check_version, parse_json, read_verified
from qingyin.voice_store import find_stored, read_voice_file, stored_voices

FORMAT_VERSION = 2
DECIMALS = 6  # a vector of this size does not change the speech beyond the sixth
_SIZES = ("speaker_size", "prosody_size", "emotion_size")
_NUMBERS = ("pitch_mean_ln_hz", "pitch_range", "rate", "gain_db")
_TEXTS = ("name", "description", "language", "licence", "source")
_VECTORS = ("speaker", "prosody", "emotion")
_KEYS = ("format_version", "prosody_size", *_TEXTS, *_VECTORS, *_NUMBERS)
_OPTIONAL_KEYS = ("reference", "checksum")


@dataclass(frozen=True)
class Provenance:
    """Where a cloned voice comes from. The recording itself is not kept.

    sha256: of each file that was given; seconds: of speech that was used; added: ISO date; consent: whether the right
    to use the voice was confirmed, and consent_text: the words that were agreed to (empty without). encoder: sha256 of
    the speaker encoder that heard it, "" if that is not known.
    """

    sha256: tuple[str, ...]
    seconds: float
    added: str
    consent: bool
    consent_text: str
    encoder: str = ""


@dataclass(frozen=True, eq=False)
class Voice:
    """One voice.

    speaker (timbre) is float32 [speaker_size], prosody (manner) float32 [prosody_size], emotion float32
    [emotion_size]; pitch_mean_ln_hz is the natural log of its mean F0 in Hz; rate multiplies the speed; gain_db is
    added to the loudness; provenance: of a cloned voice. notes: what a user should know about it, one line each; they
    are not kept in the file.
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
    provenance: Provenance | None = None
    notes: tuple[str, ...] = ()


def load_voice(manifest: Manifest, name: str | None = None) -> Voice:
    """A voice of the model set by name (None: its default), one of the user's own, or a file if `name` ends in .json.

    Errors: VoiceError for an unknown name (lists the known, suggests the nearest); ModelError for damage.
    """
    chosen = manifest.default_voice if name is None else name
    if chosen in manifest.voices:
        entry = manifest.voices[chosen]
        path = manifest.folder / entry.file
        data = read_verified(path, entry.sha256, f"voice file {entry.file}", RESTORE)
        voice = parse_voice(parse_json(data, str(path)), vector_sizes(manifest), str(path), ModelError)
        if voice.name != chosen:
            raise ModelError(
                f"voice file {path} is for {voice.name!r}, the manifest lists it as {chosen!r}; {RESTORE}"
            )
        return voice
    if chosen.endswith(".json"):
        return read_voice(Path(chosen).expanduser(), manifest)
    stored = find_stored(chosen)
    if stored is not None:
        return dataclasses.replace(read_voice(stored, manifest), name=unicodedata.normalize("NFC", stored.stem))
    raise VoiceError(unknown_voice_message(chosen, [*manifest.voices, *stored_voices()]))


def read_voice(path: Path, manifest: Manifest) -> Voice:
    """The voice in a file, with a remark if it was made with other models. Errors: VoiceError."""
    voice = parse_voice(read_voice_file(path), vector_sizes(manifest), str(path))
    encoder = manifest.graphs.get("speaker_encoder")
    made_with = voice.provenance.encoder if voice.provenance is not None else ""
    if not made_with or encoder is None or made_with == encoder.sha256:
        return voice
    note = f"the voice {voice.name!r} was made with other models; if it sounds unlike itself, add it again"
    return dataclasses.replace(voice, notes=(*voice.notes, note))


def unknown_voice_message(name: str, known: list[str]) -> str:
    """One line for a voice that does not exist: the nearest name, if any is near, and all that are known."""
    lower = {voice.lower(): voice for voice in known}
    near = difflib.get_close_matches(name.lower(), list(lower), n=1, cutoff=0.5)
    hint = f" did you mean {lower[near[0]]!r}?" if near else ""
    return f"unknown voice {name!r};{hint} known voices: {', '.join(known)}"


def vector_sizes(manifest: Manifest) -> dict[str, int]:
    """The sizes that a model set asks of its voices' vectors, as `parse_voice` takes them."""
    return {size: getattr(manifest, size) for size in _SIZES}


def parse_voice(value: Any, sizes: Mapping[str, int], where: str, error: type[Exception] = VoiceError) -> Voice:
    """A Voice from parsed JSON, checked against a model set's vector sizes (see `vector_sizes`).

    Errors: `error`, naming the key.
    """
    check_version(value, FORMAT_VERSION, where, "make the voice again", error)
    root = StrictObject(value, where, _KEYS, _OPTIONAL_KEYS, error=error)
    if "checksum" in root.value and root.sha256("checksum") != _checksum(root.value):
        root.fail("is damaged (its checksum does not fit; leave the key out if it was edited by hand)")

    def vector(key: str, size: int) -> np.ndarray:
        result = np.array(root.numbers(key, size), dtype=np.float32)
        result.setflags(write=False)
        return result

    if root.whole("prosody_size") != sizes["prosody_size"]:
        root.fail(f"has prosody_size {root.value['prosody_size']}, the model set {sizes['prosody_size']}")
    rate, pitch_range, pitch_mean = root.number("rate"), root.number("pitch_range"), root.number("pitch_mean_ln_hz")
    for key, number, low, high in (
        ("rate", rate, 0.25, 4.0),
        ("pitch_range", pitch_range, 0.0, 4.0),
        ("pitch_mean_ln_hz", pitch_mean, 3.0, 7.0),  # 20 to 1097 Hz
        ("gain_db", root.number("gain_db"), -60.0, 60.0),
    ):
        if not low <= number <= high:
            root.fail(f"key {key!r} must be from {low:g} to {high:g} (it is {number:g})")
    return Voice(
        name=root.text("name"),
        description=root.text("description"),
        language=root.text("language"),
        speaker=vector("speaker", sizes["speaker_size"]),
        prosody=vector("prosody", sizes["prosody_size"]),
        emotion=vector("emotion", sizes["emotion_size"]),
        pitch_mean_ln_hz=pitch_mean,
        pitch_range=pitch_range,
        rate=rate,
        gain_db=root.number("gain_db"),
        licence=root.text("licence"),
        source=root.text("source"),
        provenance=_provenance(root) if "reference" in root.value else None,
    )


def voice_bytes(voice: Voice) -> bytes:
    """A voice's file: JSON with sorted keys and a checksum, the same bytes for the same voice."""
    value: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "prosody_size": len(voice.prosody),
        **{key: getattr(voice, key) for key in _TEXTS},
        **{key: [round(float(number), DECIMALS) for number in getattr(voice, key)] for key in _VECTORS},
        **{key: round(float(getattr(voice, key)), DECIMALS) for key in _NUMBERS},
    }
    if voice.provenance is not None:
        value["reference"] = {
            "sha256": list(voice.provenance.sha256),
            "seconds": round(float(voice.provenance.seconds), 2),
            "added": voice.provenance.added,
            **({"encoder": voice.provenance.encoder} if voice.provenance.encoder else {}),
            "consent": {"given": voice.provenance.consent, "text": voice.provenance.consent_text},
        }
    value["checksum"] = _checksum(value)
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def _checksum(value: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the checksum itself, independent of how the JSON is laid out."""
    rest = {key: item for key, item in value.items() if key != "checksum"}
    canonical = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _provenance(root: StrictObject) -> Provenance:
    where = f"{root.where}: reference"
    keys = ("sha256", "seconds", "added", "consent")
    entry = StrictObject(root.value["reference"], where, keys, ("encoder",), error=root.error)
    consent = StrictObject(entry.value["consent"], f"{where}: consent", ("given", "text"), error=root.error)
    hashes = entry.texts("sha256")
    if not hashes or any(len(text) != 64 or set(text) - set("0123456789abcdef") for text in hashes):
        entry.fail("key 'sha256' must be a list of SHA-256 in lower-case hexadecimal digits")
    try:
        datetime.date.fromisoformat(entry.text("added"))
    except ValueError:
        entry.fail("key 'added' must be a date such as 2026-01-31")
    if not isinstance(consent.value["given"], bool):
        consent.fail("key 'given' must be true or false")
    return Provenance(
        sha256=hashes,
        seconds=entry.number("seconds"),
        added=entry.text("added"),
        consent=consent.value["given"],
        consent_text=consent.text("text"),
        encoder=entry.sha256("encoder") if "encoder" in entry.value else "",
    )
