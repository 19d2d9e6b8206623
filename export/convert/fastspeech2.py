"""FastSpeech 2 checkpoints for the acoustic slot: two graphs, a table of symbols, and a voice for each speaker."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from export.convert import fastspeech2_symbols
from export.convert.converted import Converted
from export.convert.errors import ConvertError
from export.convert.feature_space import FeatureSpace
from export.convert.sources import read_json
from export.convert.weights import assign, read_checkpoint, state_at
from export.graph_spec import GraphSpec, TensorSpec, float32, int64
from export.manifest import SIZES
from export.models.fastspeech2 import DecoderHalf, EncoderHalf, Fastspeech2
from export.models.fastspeech2_config import Fastspeech2Config
from qingyin.acoustic.symbol_map import parse_symbol_map
from qingyin.voices import Voice, voice_bytes

WHOLE_SENTENCE = 1_000_000  # frames of context that no sentence has: attention looks at all of it
_MAP_FILE = "symbol_map.tsv"
_NEUTRAL_ONLY = {"neutral": {"vector": [0.0] * SIZES["emotion_size"], "pauses": 1.0}}


def convert(
    source: Path, symbols_file: Path | None, map_file: Path | None, speakers: Sequence[str], features: Mapping[str, str]
) -> Converted:
    """A folder with NNN.pth.tar, model.yaml, preprocess.yaml, stats.json and, of several speakers, speakers.json.

    speakers: names of speakers.json whose voices are kept; none means all. ConvertError: says what is missing.
    """
    folder = source if source.is_dir() else source.parent
    model, preprocess = _yaml(folder / "model.yaml"), _yaml(folder / "preprocess.yaml")
    table = _speakers(folder) if _many(model) else {}
    try:
        config = Fastspeech2Config.from_dicts(model, preprocess, read_json(folder / "stats.json"), len(table))
    except ValueError as error:
        raise ConvertError(f"{folder}: {error}") from None
    path = _checkpoint(source)
    state = state_at(read_checkpoint(path), ("model",), str(path))
    rows = state.get("encoder.src_word_emb.weight")
    if rows is None or rows.dim() != 2:
        raise ConvertError(f"{path} holds no FastSpeech 2: encoder.src_word_emb.weight is missing")
    symbols = fastspeech2_symbols.read(symbols_file or _beside(folder, "symbols.txt"), len(rows))
    try:
        network = Fastspeech2(config, len(rows))
    except (RuntimeError, ZeroDivisionError, AssertionError) as error:
        raise ConvertError(f"{folder}: these sizes make no network ({' '.join(str(error).split())[:120]})") from None
    assign(network, state, str(path))
    network.eval()
    content = _symbol_map(map_file or _beside(folder, _MAP_FILE), preprocess, symbols)
    voices = _voices(network, table, speakers, _language(preprocess))
    entries = {
        "symbols": symbols, "tones": 1, "boundaries": SIZES["boundaries"], "emotions": _NEUTRAL_ONLY,
        "symbol_map": {"file": _MAP_FILE, "sha256": hashlib.sha256(content).hexdigest()},
        "voices": {
            name: {"file": f"voices/{name}.json", "sha256": hashlib.sha256(voice).hexdigest()}
            for name, voice in voices.items()
        },
        "default_voice": next(iter(voices)),
    }  # fmt: skip
    files = {_MAP_FILE: content, **{f"voices/{name}.json": voice for name, voice in voices.items()}}
    width = config.hidden if table else 1
    return Converted(
        "acoustic", _specs(network, width), _space(preprocess, config).stated(features),
        {"prosody_size": width, "speaker_size": width, "emotion_size": SIZES["emotion_size"]}, entries, files,
        notes=(
            "emotions and --temperature have no effect: the model predicts neither",
            "it predicts no voicing: vocoders that filter a pulse train will buzz; use a HiFi-GAN",
        ),
    )  # fmt: skip


def _many(model: Mapping[str, Any]) -> bool:
    """Whether model.yaml asks for a table of speakers: older ones write `multi_speaker: True`."""
    value = model.get("multi_speaker", False)
    if isinstance(value, dict):
        if value.get("embedding_type") == "vector":
            raise ConvertError("model.yaml: speakers given as vectors (embedding_type: vector) are not supported")
        return bool(value.get("use_multi_speaker"))
    return bool(value)


def _checkpoint(source: Path) -> Path:
    """The file with the most training steps of a folder."""
    if source.is_file():
        return source
    found = [path for pattern in ("*.pth.tar", "*.safetensors", "*.pth") for path in source.glob(pattern)]
    if not found:
        raise ConvertError(f"{source} holds no checkpoint such as 600000.pth.tar")
    return max(found, key=lambda path: (int(match[0]) if (match := re.match(r"\d+", path.name)) else -1, path.name))


def _yaml(path: Path) -> dict[str, Any]:
    try:
        import yaml
    except ImportError as error:
        raise ConvertError(f"{path} needs the package PyYAML ({error}); pip install pyyaml") from None
    try:
        value = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConvertError(
            f"{path} cannot be read ({error.strerror}); put model.yaml, preprocess.yaml and stats.json beside it"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise ConvertError(f"{path} is not plain YAML: {' '.join(str(error).split())[:120]}") from None
    if not isinstance(value, dict):
        raise ConvertError(f"{path} must hold keys and values, not a {type(value).__name__}")
    return value


def _speakers(folder: Path) -> dict[str, int]:
    """Row of the table by name. ConvertError: speakers.json is no such table."""
    table = read_json(folder / "speakers.json")
    if sorted(map(str, table.values())) != sorted(str(row) for row in range(len(table))) or not table:
        raise ConvertError(f"{folder / 'speakers.json'} must give each speaker a row, from 0 on")
    return {name: int(row) for name, row in table.items()}


def _beside(folder: Path, name: str) -> Path | None:
    return folder / name if (folder / name).is_file() else None


def _language(preprocess: Mapping[str, Any]) -> str:
    text = preprocess["preprocessing"].get("text", {})
    return str(text.get("language", "zh")) if isinstance(text, dict) else "zh"


def _space(preprocess: Mapping[str, Any], config: Fastspeech2Config) -> FeatureSpace:
    values = preprocess["preprocessing"]
    try:
        rate, fmax = int(values["audio"]["sampling_rate"]), values["mel"].get("mel_fmax")
        return FeatureSpace(
            sample_rate=rate, hop_length=int(values["stft"]["hop_length"]), n_fft=int(values["stft"]["filter_length"]),
            n_mels=config.mels, win_length=int(values["stft"]["win_length"]),
            fmin=float(values["mel"].get("mel_fmin") or 0), fmax=rate / 2 if fmax is None else float(fmax),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ConvertError(f"preprocess.yaml lacks or misstates {error}") from None


def _symbol_map(path: Path | None, preprocess: Mapping[str, Any], symbols: Sequence[str]) -> bytes:
    """The table's file, checked. ConvertError: names the line, or says that there is none for the language."""
    if path is None:
        name = f"fastspeech2_{_language(preprocess)}.tsv"
        bundled = resources.files("export.convert") / "symbol_maps" / name
        if not bundled.is_file():
            raise ConvertError(f"there is no symbol map for language {_language(preprocess)!r}; give --symbol-map FILE")
        content, where = bundled.read_bytes(), name
    else:
        content, where = path.read_bytes(), str(path)
    try:
        lines = content.decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConvertError(f"{where} is not UTF-8: {error.reason}") from None
    parse_symbol_map(lines, frozenset(symbols), where, ConvertError)
    return content


def _voices(network: Fastspeech2, table: Mapping[str, int], kept: Sequence[str], language: str) -> dict[str, bytes]:
    """A voice file for each speaker, by a name that the runtime takes. Timbre and manner are one vector here."""
    if unknown := [name for name in kept if name not in table]:
        raise ConvertError(f"--speaker {', '.join(unknown)}: speakers.json has {', '.join(list(table)[:20])}")
    mean = DecoderHalf(network).mean_ln_hz
    result: dict[str, bytes] = {}
    for name in (kept or table) if table else ("speaker",):
        vector = np.zeros(1, np.float32)
        if table:
            vector = network.speaker_emb.weight[table[name]].detach().numpy().astype(np.float32)
        safe = re.sub(r"[^a-z0-9_-]", "-", name.lower()).strip("-_") or "speaker"
        if safe in result:
            raise ConvertError(f"two speakers are called {safe!r} in small letters; choose with --speaker")
        voice = Voice(
            name=safe, description=f"speaker {name} of the converted model", language=language, licence="unknown",
            source="converted FastSpeech 2 checkpoint", speaker=vector, prosody=vector,
            emotion=np.zeros(SIZES["emotion_size"], np.float32), pitch_mean_ln_hz=mean, pitch_range=1.0, rate=1.0,
            gain_db=0.0,
        )  # fmt: skip
        result[safe] = voice_bytes(voice)
    return result


def _specs(network: Fastspeech2, width: int) -> list[GraphSpec]:
    config = network.config
    hidden = config.hidden + 2
    prosody: dict[str, TensorSpec] = {"prosody": float32("B", width)}
    emotion = float32("B", SIZES["emotion_size"])
    decoder = DecoderHalf(network)

    def decoder_example(length: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(length)
        states = rng.standard_normal((1, length, hidden)).astype(np.float32)
        one = np.ones((1, 1), np.float32)
        return {
            "hidden": states, "position": np.zeros((1, length), np.float32),
            "prosody": np.zeros((1, width), np.float32),
            "speaker": np.zeros((1, width), np.float32), "emotion": np.zeros((1, SIZES["emotion_size"]), np.float32),
            "pitch_mean": one * np.float32(decoder.mean_ln_hz), "pitch_offset": np.zeros((1, length), np.float32),
            "pitch_range": one, "pitch_noise": np.zeros((1, length), np.float32),
        }  # fmt: skip

    return [
        GraphSpec(
            name="acoustic_encoder",
            module=EncoderHalf(network).eval(),
            inputs={
                "phonemes": int64("B", "N"), "tones": int64("B", "N"), "boundaries": int64("B", "N"), **prosody,
                "emotion": emotion,
            },
            outputs={
                "hidden": float32("B", "N", hidden), "log_duration": float32("B", "N"),
                "log_duration_std": float32("B", "N"),
            },
            lengths=(17, 40),
            unused=("tones", "boundaries", "emotion", *(() if config.speakers else ("prosody",))),
        ),
        GraphSpec(
            name="acoustic_decoder",
            module=decoder.eval(),
            inputs={
                "hidden": float32("B", "T", hidden), "position": float32("B", "T"), **prosody,
                "speaker": float32("B", width), "emotion": emotion, "pitch_mean": float32("B", 1),
                "pitch_offset": float32("B", "T"), "pitch_range": float32("B", 1), "pitch_noise": float32("B", "T"),
            },
            outputs={"mel": float32("B", "T", config.mels), "f0": float32("B", "T"), "voicing": float32("B", "T")},
            example=decoder_example,
            tolerance={"mel": 1e-4, "f0": 1e-2, "voicing": 0.0},  # F0 in Hz: 1e-2 of 200 is its seventh digit
            extras={"context_frames": WHOLE_SENTENCE},
            unused=("position", "prosody", "speaker", "emotion", "pitch_noise"),
        ),
    ]  # fmt: skip
