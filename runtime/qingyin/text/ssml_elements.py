"""What each element of SSML asks for (W3C Speech Synthesis Markup Language 1.1), as far as this engine does it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qingyin.text import given_readings, style
from qingyin.text.style import PLAIN, Style

BREAKS_MS = {"none": 0.0, "x-weak": 60.0, "weak": 120.0, "medium": 300.0, "strong": 600.0, "x-strong": 1200.0}
RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.3, "x-fast": 1.7}
PITCHES_SEMITONES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
VOLUMES_DB = {"silent": -60.0, "x-soft": -12.0, "soft": -6.0, "medium": 0.0, "default": 0.0, "loud": 4.0, "x-loud": 8.0}
_PERCENT = re.compile(r"([+-]?)([0-9]{1,4}(?:\.[0-9]{1,4})?)%")
_FACTOR = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,4})?")
_MEASURED = re.compile(r"([+-]?[0-9]{1,3}(?:\.[0-9]{1,4})?)(st|d[Bb])")


@dataclass(frozen=True)
class Effect:
    """What an element does to what it holds, or instead of it."""

    style: Style = PLAIN
    pause_ms: float | None = None
    ends: str = ""  # line ends around it: "\n" of a sentence, "\n\n" of a paragraph
    readings: tuple[str, ...] = ()  # of what it holds
    alias: str | None = None  # said instead
    say_as: tuple[str, str] | None = None  # kind and layout
    silent: bool = False  # what it holds is no text
    note: str = ""

    @property
    def replaces(self) -> bool:
        """Whether what it holds is read by it, and so must be plain text."""
        return bool(self.readings) or self.alias is not None or self.say_as is not None


Attributes = Mapping[str, str]


def _required(attributes: Attributes, name: str, example: str) -> str:
    value = attributes.get(name, "").strip()
    if not value:
        raise ValueError(f'expected the attribute {name}, such as {name}="{example}"')
    return value


def _break(attributes: Attributes) -> Effect:
    if "time" in attributes:
        return Effect(pause_ms=style.length_ms(attributes["time"]))
    strength = attributes.get("strength", "medium").strip()
    if strength not in BREAKS_MS:
        raise ValueError(f"strength: expected one of {', '.join(BREAKS_MS)}")
    return Effect(pause_ms=BREAKS_MS[strength])


def _rate(value: str) -> Style:
    percent = _PERCENT.fullmatch(value)
    if value in RATES:
        speed = RATES[value]
    elif percent:
        share = float(percent.group(2)) / 100.0
        speed = {"": share, "+": 1.0 + share, "-": 1.0 - share}[percent.group(1)]
    else:
        speed = float(value) if _FACTOR.fullmatch(value) else math.nan
    if not style.SPEED[0] <= speed <= style.SPEED[1]:
        raise ValueError(f"rate: expected {', '.join(RATES)}, or 50% to 200%, +20%, -20%, or a factor from 0.5 to 2")
    return Style(speed=speed)


def _level(value: str, names: Mapping[str, float], unit: str, per_decade: float, limits: tuple[float, float]) -> float:
    """A named level, one in its own unit, or a change in percent; NaN for what is none of them or out of range.

    per_decade: how many units a factor of ten is.
    """
    percent, measured = _PERCENT.fullmatch(value), _MEASURED.fullmatch(value)
    found = names.get(value, math.nan)
    if percent and percent.group(1):
        ratio = 1.0 + float(percent.group(1) + percent.group(2)) / 100.0
        found = per_decade * math.log10(ratio) if ratio > 0.0 else math.nan
    elif measured and measured.group(2).lower() == unit:
        found = float(measured.group(1))
    return found if limits[0] <= found <= limits[1] else math.nan


def _pitch(value: str) -> Style:
    semitones = _level(value, PITCHES_SEMITONES, "st", 12.0 / math.log10(2.0), style.PITCH_SEMITONES)
    if math.isnan(semitones):
        names = ", ".join(PITCHES_SEMITONES)
        raise ValueError(
            f"pitch: expected {names}, or semitones from -12st to +12st, or a change such as +10%; "
            f"Hz would mean another thing with each voice"
        )
    return Style(pitch_semitones=semitones)


def _volume(value: str) -> Style:
    decibels = _level(value, VOLUMES_DB, "db", 20.0, style.VOLUME_DB)
    if math.isnan(decibels):
        names = ", ".join(VOLUMES_DB)
        raise ValueError(f"volume: expected {names}, or dB from -60dB to +20dB, or a change such as -20%")
    return Style(volume_db=decibels)


_PROSODY: dict[str, Callable[[str], Style]] = {"rate": _rate, "pitch": _pitch, "volume": _volume}


def _prosody(attributes: Attributes) -> Effect:
    wish = PLAIN
    for name, read in _PROSODY.items():
        if name in attributes:
            wish = read(attributes[name].strip()).within(wish)
    return Effect(wish)


def _phoneme(attributes: Attributes) -> Effect:
    spelled = _required(attributes, "ph", "yin2 hang2")
    alphabet = attributes.get("alphabet", "ipa").strip()
    if alphabet == "pinyin":
        return Effect(readings=tuple(given_readings.pinyin(spelled)))
    if alphabet == "x-arpabet":
        return Effect(readings=tuple(given_readings.english(spelled)))
    raise ValueError(f'alphabet="{alphabet}" is not supported: expected alphabet="pinyin" (yin2 hang2) or '
                     f'alphabet="x-arpabet" (JH IH1 F)')  # fmt: skip


def _say_as(attributes: Attributes) -> Effect:
    return Effect(say_as=(_required(attributes, "interpret-as", "digits"), attributes.get("format", "").strip()))


def _express_as(attributes: Attributes) -> Effect:
    """The extension of Azure's Speech service, so that its documents can name emotions here too."""
    return Effect(style.emotion(f"{_required(attributes, 'style', 'sad')} {attributes.get('styledegree', '')}"))


def _only(effect: Effect) -> Callable[[Attributes], Effect]:
    return lambda attributes: effect


@dataclass(frozen=True)
class Element:
    """What is known of an element: its attributes, those that are accepted and do nothing, and what it does."""

    effect: Callable[[Attributes], Effect]
    attributes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


_UNPLAYED = "not played: what it holds is spoken in its place"
ELEMENTS: dict[str, Element] = {
    "speak": Element(_only(Effect()), (), ("version", "onlangfailure", "startmark", "endmark")),
    "p": Element(_only(Effect(ends="\n\n"))),
    "s": Element(_only(Effect(ends="\n"))),
    "break": Element(_break, ("time", "strength")),
    "prosody": Element(_prosody, tuple(_PROSODY), ("contour", "range", "duration")),
    "phoneme": Element(_phoneme, ("ph", "alphabet"), ("type",)),
    "say-as": Element(_say_as, ("interpret-as", "format"), ("detail",)),
    "sub": Element(lambda attributes: Effect(alias=_required(attributes, "alias", "世界卫生组织")), ("alias",)),
    "voice": Element(
        lambda attributes: Effect(style.voice(_required(attributes, "name", "s0150"))), ("name",),
        ("languages", "gender", "age", "variant", "required", "ordering", "onvoicefailure", "onlangfailure"),
    ),
    "emphasis": Element(lambda attributes: Effect(style.emphasis(attributes.get("level", ""))), ("level",)),
    "express-as": Element(_express_as, ("style", "styledegree"), ("role",)),
    # Elements of SSML 1.1 that do nothing here.
    "w": Element(_only(Effect()), (), ("role",)),
    "token": Element(_only(Effect()), (), ("role",)),
    "lang": Element(_only(Effect()), (), ("onlangfailure",)),
    "mark": Element(_only(Effect(note="no marks are reported")), (), ("name",)),
    "audio": Element(
        _only(Effect(note=_UNPLAYED)), (),
        ("src", "fetchtimeout", "fetchhint", "maxage", "maxstale", "clipBegin", "clipEnd", "repeatCount", "repeatDur",
         "soundLevel", "speed"),
    ),
    "desc": Element(_only(Effect(silent=True))),
    "meta": Element(_only(Effect(silent=True)), (), ("name", "http-equiv", "content")),
    "metadata": Element(_only(Effect(silent=True))),
    "lexicon": Element(
        _only(Effect(silent=True, note="not fetched: give --lexicon")), (),
        ("uri", "type", "fetchtimeout", "maxage", "maxstale"),
    ),
    "lookup": Element(_only(Effect()), (), ("ref",)),
}  # fmt: skip
_QUIETLY = ("speak", "w", "token", "lang", "lookup", "meta", "say-as")  # whose unused attributes change nothing


def effect(name: str, attributes: Attributes) -> tuple[Effect, list[str]]:
    """What an element asks for, and the names of its attributes that do nothing here.

    ValueError says what was expected.
    """
    element = ELEMENTS.get(name)
    if element is None:
        raise ValueError("unknown element: expected one of speak, p, s, break, prosody, phoneme, say-as, sub, voice, "
                         "emphasis")  # fmt: skip
    ignored: list[str] = []
    for key in attributes:
        if key in element.ignored:
            ignored.append(key)
        elif key not in element.attributes:
            known = ", ".join(element.attributes) or "none"
            raise ValueError(f"unknown attribute {key}: expected {known}")
    wish = element.effect(attributes)
    return wish, [] if wish.note or name in _QUIETLY else ignored
