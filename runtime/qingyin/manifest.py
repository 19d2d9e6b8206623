"""Exists so that every fact about a model set is read once, strictly, into frozen dataclasses, before any
graph is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qingyin.errors import ModelError
from qingyin.graph_spec import OPTIONAL_GRAPHS, GraphSpec, parse_graph
from qingyin.strict import StrictObject, check_version, parse_json, read_verified
from qingyin.synthesiser_spec import SynthesiserSpec, parse_synthesiser

FORMAT_VERSION = 2
MANIFEST_FILE = "manifest.json"
RESTORE = "install qingyin again, or name a complete model folder with --models or QINGYIN_MODELS"

_ROOT_KEYS = (
    "format_version",
    "sample_rate",
    "hop_length",
    "n_fft",
    "n_mels",
    "symbols",
    "tones",
    "boundaries",
    "speaker_size",
    "prosody_size",
    "emotion_size",
    "emotions",
    "graphs",
    "vocoders",
    "default_vocoder",
    "voices",
    "default_voice",
    "licence",
    "training_data",
)
_OPTIONAL_ROOT_KEYS = ("mel", "symbol_map", "synthesiser", "emotion_slope")


@dataclass(frozen=True)
class FileSpec:
    file: str
    sha256: str


@dataclass(frozen=True)
class MelSpec:
    """What the mel filters are beyond their number: window in samples, the range in Hz."""

    win_length: int
    fmin: float = 0.0
    fmax: float = 8000.0


@dataclass(frozen=True)
class EmotionPrototype:
    """What a label stands for: an emotion vector [emotion_size], and a factor of pause lengths."""

    vector: tuple[float, ...]
    pauses: float


@dataclass(frozen=True)
class EmotionSlope:
    """The axis of emotion vectors that says how the melody of a sentence leans, and the semitones that its 1 means."""

    axis: int
    semitones: float


@dataclass(frozen=True)
class Manifest:
    """A whole model set; `folder` is where its files lie."""

    folder: Path
    sample_rate: int
    hop_length: int
    n_fft: int
    n_mels: int
    symbols: tuple[str, ...]
    tones: int
    boundaries: int
    speaker_size: int
    prosody_size: int
    emotion_size: int
    emotions: Mapping[str, EmotionPrototype]
    graphs: Mapping[str, GraphSpec]
    vocoders: tuple[str, ...]
    default_vocoder: str
    voices: Mapping[str, FileSpec]
    default_voice: str
    licence: str
    training_data: tuple[Any, ...]
    mel: MelSpec
    symbol_map: FileSpec | None = None  # the symbols are the model's own, and this file says ours in them
    emotion_slope: EmotionSlope | None = None  # None: the graphs speak all axes themselves
    synthesiser: SynthesiserSpec | None = None  # None: our phonemes, or a map to the model's, and mels

    def vocoder_graph(self, name: str | None) -> GraphSpec:
        """The graph of vocoder `name` (None: the default). Errors: ModelError that lists the known ones."""
        chosen = name or self.default_vocoder
        if chosen not in self.vocoders:
            raise ModelError(f"unknown vocoder {chosen!r}; this model set has {', '.join(self.vocoders)}")
        return self.graphs[f"vocoder_{chosen}"]

    def read_graph(self, spec: GraphSpec) -> bytes:
        """The bytes of a graph's file, verified. Errors: ModelError if missing or damaged."""
        return read_verified(self.folder / spec.file, spec.sha256, f"model file {spec.file}", RESTORE)


def read_manifest(folder: Path) -> Manifest:
    """Parses manifest.json in `folder`; the graphs themselves are not read. Errors: ModelError."""
    path = folder / MANIFEST_FILE
    return parse_manifest(parse_json(read_verified(path, None, "the manifest", RESTORE), str(path)), folder)


def parse_manifest(value: Any, folder: Path) -> Manifest:
    """A Manifest from parsed JSON; unknown or missing keys and contradictions
    are ModelErrors that name them.
    """
    where = str(folder / "manifest.json")
    check_version(value, FORMAT_VERSION, where, "update qingyin or the models")
    root = StrictObject(value, where, _ROOT_KEYS, _OPTIONAL_ROOT_KEYS)
    graphs = {name: parse_graph(name, spec, where) for name, spec in root.mapping("graphs").items()}
    vocoders = root.texts("vocoders")
    needed = ["acoustic_encoder", "acoustic_decoder", *(f"vocoder_{name}" for name in vocoders)]
    for name in needed:
        if name not in graphs:
            root.fail(f"lacks the graph {name!r}")
    for name in graphs:
        if name not in needed and name not in OPTIONAL_GRAPHS:
            root.fail(f"has a graph {name!r} that has no slot in this qingyin")
    voices = {}
    for name, spec in root.mapping("voices").items():
        entry = StrictObject(spec, f"{where}: voice {name!r}", ("file", "sha256"))
        voices[name] = FileSpec(entry.file_name("file"), entry.sha256("sha256"))
    emotion_size = root.whole("emotion_size")
    symbol_map = None
    if "symbol_map" in root.value:
        entry = StrictObject(root.value["symbol_map"], f"{where}: symbol_map", ("file", "sha256"))
        symbol_map = FileSpec(entry.file_name("file"), entry.sha256("sha256"))
    manifest = Manifest(
        folder=folder,
        sample_rate=root.whole("sample_rate"),
        hop_length=root.whole("hop_length"),
        n_fft=root.whole("n_fft"),
        n_mels=root.whole("n_mels"),
        symbols=root.texts("symbols"),
        tones=root.whole("tones"),
        boundaries=root.whole("boundaries"),
        speaker_size=root.whole("speaker_size"),
        prosody_size=root.whole("prosody_size"),
        emotion_size=emotion_size,
        emotions={
            label: _emotion(value, f"{where}: emotion {label!r}", emotion_size)
            for label, value in root.mapping("emotions").items()
        },
        graphs=graphs,
        vocoders=vocoders,
        default_vocoder=root.text("default_vocoder"),
        voices=voices,
        default_voice=root.text("default_voice"),
        licence=root.text("licence"),
        training_data=tuple(root.items("training_data")),
        mel=_mel(root, where),
        symbol_map=symbol_map,
        emotion_slope=_slope(root, where, emotion_size),
        synthesiser=parse_synthesiser(root.value["synthesiser"], where) if "synthesiser" in root.value else None,
    )
    if manifest.default_vocoder not in vocoders:
        root.fail(f"names a default_vocoder {manifest.default_vocoder!r} that is not among its vocoders")
    if manifest.default_voice not in voices:
        root.fail(f"names a default_voice {manifest.default_voice!r} that is not among its voices")
    return manifest


def check_symbols(manifest: Manifest, phonemes: Sequence[str], tones: int, boundaries: int) -> None:
    """The model's symbol table must be the beginning of the text front end's, or all of it: an id that means another
    sound would be spoken wrongly. What a shorter table lacks is reported where a text needs it (see speakable.py).

    Errors: ModelError that names the first difference.
    """
    same = "use models and qingyin of the same version"
    for index, of_model in enumerate(manifest.symbols):
        of_text = phonemes[index] if index < len(phonemes) else None
        if of_model != of_text:
            raise ModelError(f"the model set's symbol {index} is {of_model!r}, this qingyin's is {of_text!r}; {same}")
    if manifest.tones > tones:
        raise ModelError(f"the model set has {manifest.tones} tones, this qingyin {tones}; {same}")
    if manifest.boundaries != boundaries:
        raise ModelError(f"the model set has {manifest.boundaries} boundaries, this qingyin {boundaries}; {same}")


def _mel(root: StrictObject, where: str) -> MelSpec:
    if "mel" not in root.value:
        return MelSpec(root.whole("n_fft"))
    part = StrictObject(root.value["mel"], f"{where}: mel", ("win_length", "fmin", "fmax"))
    mel = MelSpec(part.whole("win_length"), part.number("fmin"), part.number("fmax"))
    if not 0 <= mel.fmin < mel.fmax <= root.whole("sample_rate") / 2:
        part.fail(f"must have 0 <= fmin < fmax <= {root.whole('sample_rate') / 2:g}")
    return mel


def _slope(root: StrictObject, where: str, size: int) -> EmotionSlope | None:
    if "emotion_slope" not in root.value:
        return None
    part = StrictObject(root.value["emotion_slope"], f"{where}: emotion_slope", ("axis", "semitones"))
    slope = EmotionSlope(part.whole("axis", 0), part.number("semitones"))
    if slope.axis >= size:
        part.fail(f"has an axis {slope.axis}, emotion vectors hold {size} numbers")
    return slope


def _emotion(value: Any, where: str, size: int) -> EmotionPrototype:
    entry = StrictObject(value, where, ("vector", "pauses"))
    pauses = entry.number("pauses")
    if not 0.25 <= pauses <= 4.0:
        entry.fail(f"key 'pauses' must be from 0.25 to 4 (it is {pauses:g})")
    return EmotionPrototype(entry.numbers("vector", size), pauses)
