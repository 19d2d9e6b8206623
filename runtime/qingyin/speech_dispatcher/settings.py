"""Exists to say what Speech Dispatcher's settings, and those of its module's file, mean to Qingyin."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from qingyin.errors import OptionError, QingyinError
from qingyin.model_sets.finding import load_manifest
from qingyin.voice_store import stored_voices
from qingyin.voices import load_voice

_LINE = re.compile(r'(\w+)\s+(?:"([^"]*)"|(\S+))')
_MALE_BELOW_HZ = 165.0  # between the usual ranges of men and women
_TYPE = re.compile(r"(male|female|child_male|child_female)([1-3])")


@dataclass(frozen=True)
class ModuleFile:
    """The module's configuration file; see contrib/speech-dispatcher/qingyin.conf."""

    models: str | None = None
    vocoder: str | None = None
    default_voice: str | None = None
    start_daemon: bool = True
    debug: bool = False  # asked by all of Speech Dispatcher's modules


_NAMES = {"models": "models", "vocoder": "vocoder", "defaultvoice": "default_voice", "startdaemon": "start_daemon",
          "debug": "debug"}  # fmt: skip


def read_module_file(path: Path) -> ModuleFile:
    """Lines of a name and a value, as all of Speech Dispatcher's files; a file that is not there sets nothing.

    Errors: OptionError, with the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ModuleFile()
    except (OSError, UnicodeDecodeError) as error:
        raise OptionError(f"cannot read {path}: {getattr(error, 'strerror', error)}") from None
    found: dict[str, str | bool] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        key = _NAMES.get(match[1].lower()) if match else None
        if match is None or key is None:
            raise OptionError(f"{path}, line {number}: not understood: {line.strip()[:60]}")
        value = match[2] if match[3] is None else match[3]
        if key in ("start_daemon", "debug"):
            if value not in ("0", "1"):
                raise OptionError(f"{path}, line {number}: {match[1]} must be 0 or 1")
            found[key] = value == "1"
        else:
            found[key] = value
    return ModuleFile(**found)  # type: ignore[arg-type]


@dataclass(frozen=True)
class ListedVoice:
    """A voice as Speech Dispatcher sees it."""

    name: str
    language: str
    male: bool


def listed_voices(models: str | None) -> list[ListedVoice]:
    """The model set's voices, its default first, then the user's own. Errors: ModelError, VoiceError."""
    manifest = load_manifest(models)
    names = dict.fromkeys((manifest.default_voice, *manifest.voices, *stored_voices()))
    voices = []
    for name in names:
        try:
            voice = load_voice(manifest, name)
        except QingyinError:
            if name in manifest.voices:
                raise
            continue  # a damaged file of the user's; the others are no worse for it
        voices.append(ListedVoice(name, voice.language, math.exp(voice.pitch_mean_ln_hz) < _MALE_BELOW_HZ))
    return voices


def chosen_voice(settings: Mapping[str, str], voices: list[ListedVoice], default: str | None) -> str | None:
    """The voice of a message: its name if there is one of that name, else by type (male1, female2...), else the
    default. A wrong name is no reason to be silent: who cannot see the screen could not mend it.
    """
    wanted = settings.get("synthesis_voice", "NULL")
    if any(voice.name == wanted for voice in voices):
        return wanted
    match = _TYPE.fullmatch(settings.get("voice", ""))
    # Speech Dispatcher sends male1 where nobody chose anything
    if match is None or match[0] == "male1":
        return default
    male = match[1] in ("male", "child_male")
    fitting = [voice.name for voice in voices if voice.male == male]
    return fitting[(int(match[2]) - 1) % len(fitting)] if fitting else default


def speech_options(settings: Mapping[str, str]) -> dict[str, float]:
    """speed, pitch (semitones), pitch_range and volume (dB) of `qingyin say`, from -100 to 100 of each.

    Rate and pitch are steps that sound even: 100 is twice as fast, an octave higher. Volume is linear in amplitude.
    """
    volume = (_number(settings, "volume", 100) + 100) / 200
    return {
        "speed": 2.0 ** (_number(settings, "rate") / 100),
        "pitch": 12.0 * _number(settings, "pitch") / 100,
        "pitch_range": 1.0 + _number(settings, "pitch_range") / 100,
        "volume": max(-60.0, 20.0 * math.log10(volume)) if volume else -60.0,
    }


def _number(settings: Mapping[str, str], name: str, default: int = 0) -> int:
    try:
        return max(-100, min(100, int(settings.get(name, default))))
    except ValueError:
        return default
