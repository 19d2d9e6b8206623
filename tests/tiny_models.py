"""Tiny seeded ONNX graphs for every slot, so that tests drive the real ONNX Runtime path offline in
milliseconds.

They mean nothing to an ear, but each really has the receptive field that its manifest entry states, and
every input changes the output: a runtime that mixes up two inputs, or cuts too little context, is found out.
"""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from qingyin.text.symbols import BOUNDARIES, PHONEMES, TONES

SAMPLE_RATE, HOP, N_FFT, N_MELS = 22050, 256, 1024, 80
SPEAKER, PROSODY, EMOTION, HIDDEN = 128, 64, 16, 8
CONTEXT = 4  # two convolutions of width 5
HIFIGAN_CONTEXT = 2  # one of width 3, and a transposed one that reaches one frame to each side
VOICES = {"yuetan": 5.4, "chenwang": 4.8}  # name: ln of the mean pitch in Hz

_DTYPES = {"float32": TensorProto.FLOAT, "int64": TensorProto.INT64}
Axes = list[tuple[str, str, list[Any]]]  # (name, dtype, axes)


class Builder:
    """Collects nodes and seeded weights of one graph."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def constant(self, value: np.ndarray) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, *shape: int, scale: float = 1.0) -> str:
        return self.constant((scale * self.rng.standard_normal(shape)).astype(np.float32))

    def scalar(self, value: float) -> str:
        return self.constant(np.array(value, np.float32))

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes: Any) -> str:
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def linear(self, value: str, rows: int, columns: int, scale: float = 0.3) -> str:
        return self.node("MatMul", value, self.weight(rows, columns, scale=scale / math.sqrt(rows)))

    def unsqueeze(self, value: str, axis: int) -> str:
        return self.node("Unsqueeze", value, self.constant(np.array([axis], np.int64)))

    def squeeze(self, value: str, axis: int, output: str | None = None) -> str:
        return self.node("Squeeze", value, self.constant(np.array([axis], np.int64)), output=output)

    def convolve(self, value: str, channels: int, width: int) -> str:
        """[B, T, channels] -> the same, zero-padded, with tanh."""
        turned = self.node("Transpose", value, perm=[0, 2, 1])
        weight = self.weight(channels, channels, width, scale=1.0 / math.sqrt(channels * width))
        mixed = self.node("Conv", turned, weight, pads=[width // 2, width // 2])
        return self.node("Transpose", self.node("Tanh", mixed), perm=[0, 2, 1])

    def model(self, name: str, inputs: Axes, outputs: Axes) -> onnx.ModelProto:
        infos = [
            [helper.make_tensor_value_info(n, _DTYPES[dtype], axes) for n, dtype, axes in side]
            for side in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, name, *infos, initializer=self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model


ENCODER_INPUTS: Axes = [
    ("phonemes", "int64", ["B", "N"]), ("tones", "int64", ["B", "N"]), ("boundaries", "int64", ["B", "N"]),
    ("prosody", "float32", ["B", PROSODY]), ("emotion", "float32", ["B", EMOTION]),
]  # fmt: skip
ENCODER_OUTPUTS: Axes = [
    ("hidden", "float32", ["B", "N", HIDDEN]), ("log_duration", "float32", ["B", "N"]),
    ("log_duration_std", "float32", ["B", "N"]),
]  # fmt: skip
DECODER_INPUTS: Axes = [
    ("hidden", "float32", ["B", "T", HIDDEN]), ("position", "float32", ["B", "T"]),
    ("prosody", "float32", ["B", PROSODY]), ("speaker", "float32", ["B", SPEAKER]),
    ("emotion", "float32", ["B", EMOTION]), ("pitch_mean", "float32", ["B", 1]),
    ("pitch_offset", "float32", ["B", "T"]), ("pitch_range", "float32", ["B", 1]),
    ("pitch_noise", "float32", ["B", "T"]),
]  # fmt: skip
DECODER_OUTPUTS: Axes = [
    ("mel", "float32", ["B", "T", N_MELS]), ("f0", "float32", ["B", "T"]), ("voicing", "float32", ["B", "T"]),
]  # fmt: skip
SOURCE_FILTER_INPUTS: Axes = [
    ("mel", "float32", ["B", "T", N_MELS]), ("f0", "float32", ["B", "T"]), ("voicing", "float32", ["B", "T"]),
]  # fmt: skip
SOURCE_FILTER_OUTPUTS: Axes = [
    (name, "float32", ["B", "T", N_FFT // 2 + 1])
    for name in ("harmonic_log_magnitude", "harmonic_phase", "noise_log_magnitude")
]
RATE, FINE_N_FFT, FINE_HOP = 4, 256, 64
FINE_BINS = FINE_N_FFT // 2 + 1
SOURCE_ISTFT_CONTEXT = 3  # a convolution of width 5 over frames, two over quarters of frames
SOURCE_ISTFT_INPUTS: Axes = [*SOURCE_FILTER_INPUTS, ("source", "float32", ["B", "4T", 2 * FINE_BINS])]
SOURCE_ISTFT_OUTPUTS: Axes = [
    (name, "float32", ["B", "4T", FINE_BINS]) for name, _, _ in SOURCE_FILTER_OUTPUTS
]
SPEAKER_ENCODER_INPUTS: Axes = [("mel", "float32", ["B", "T", N_MELS])]
SPEAKER_ENCODER_OUTPUTS: Axes = [("speaker", "float32", ["B", SPEAKER])]
EMOTION_ENCODER_INPUTS: Axes = SOURCE_FILTER_INPUTS
EMOTION_ENCODER_OUTPUTS: Axes = [("emotion", "float32", ["B", EMOTION]), ("posteriors", "float32", ["B", 4])]
# Each label's vector is its own pattern of a few axes, so that a mix can be taken apart again.
EMOTIONS: dict[str, Any] = {
    "neutral": {"vector": [0.0] * EMOTION, "pauses": 1.0},
    "happy": {"vector": [1.0, 0.5, *[0.0] * (EMOTION - 2)], "pauses": 0.8},
    "sad": {"vector": [-0.5, -1.0, 0.5, *[0.0] * (EMOTION - 3)], "pauses": 2.0},
    "angry": {"vector": [0.5, 0.5, -1.0, *[0.0] * (EMOTION - 3)], "pauses": 0.9},
}
HIFIGAN_INPUTS: Axes = [("mel", "float32", ["B", N_MELS, "T"])]
HIFIGAN_OUTPUTS: Axes = [("audio", "float32", ["B", 1, "S"])]


def encoder() -> onnx.ModelProto:
    b = Builder(1)
    parts = [
        b.node("Gather", b.weight(count, HIDDEN), name)
        for name, count in (
            ("phonemes", len(PHONEMES)),
            ("tones", len(TONES)),
            ("boundaries", len(BOUNDARIES)),
        )
    ]
    parts.append(b.unsqueeze(b.linear("prosody", PROSODY, HIDDEN), 1))
    parts.append(b.unsqueeze(b.linear("emotion", EMOTION, HIDDEN), 1))
    total = parts[0]
    for part in parts[1:]:
        total = b.node("Add", total, part)
    hidden = b.node("Identity", b.convolve(total, HIDDEN, 3), output="hidden")
    mean = b.node("Add", b.linear(hidden, HIDDEN, 1), b.scalar(math.log(8.0)))
    b.squeeze(mean, 2, output="log_duration")
    b.squeeze(b.node("Softplus", b.linear(hidden, HIDDEN, 1)), 2, output="log_duration_std")
    return b.model("encoder", ENCODER_INPUTS, ENCODER_OUTPUTS)


def decoder() -> onnx.ModelProto:
    b = Builder(2)
    value = b.node("Add", "hidden", b.linear(b.unsqueeze("position", 2), 1, HIDDEN))
    for name, size in (("speaker", SPEAKER), ("prosody", PROSODY), ("emotion", EMOTION)):
        value = b.node("Add", value, b.unsqueeze(b.linear(name, size, HIDDEN), 1))
    value = b.convolve(b.convolve(value, HIDDEN, 5), HIDDEN, 5)
    b.node("Add", b.linear(value, HIDDEN, N_MELS), b.scalar(-5.0), output="mel")
    contour = b.node("Mul", b.squeeze(b.linear(value, HIDDEN, 1), 2), "pitch_range")
    noise = b.node("Mul", "pitch_noise", b.scalar(0.1))
    pitch = b.node("Add", b.node("Add", "pitch_mean", contour), b.node("Add", "pitch_offset", noise))
    b.node("Exp", pitch, output="f0")
    b.node("Sigmoid", b.squeeze(b.linear(value, HIDDEN, 1, scale=30.0), 2), output="voicing")
    return b.model("decoder", DECODER_INPUTS, DECODER_OUTPUTS)


def filters(b: Builder, value: str, outputs: Axes) -> None:
    for (name, _, (*_, bins)), level in zip(outputs, (-2.5, 0.0, -4.0), strict=True):
        b.node("Add", b.linear(value, HIDDEN, bins), b.scalar(level), output=name)


def vocoder_features(b: Builder, columns: int) -> str:
    log_f0 = b.unsqueeze(b.node("Log", "f0"), 2)
    value = b.node("Concat", "mel", log_f0, b.unsqueeze("voicing", 2), axis=2)
    return b.linear(value, N_MELS + 2, columns, scale=1.0)


def source_filter() -> onnx.ModelProto:
    b = Builder(3)
    value = b.convolve(b.convolve(vocoder_features(b, HIDDEN), HIDDEN, 5), HIDDEN, 5)
    filters(b, value, SOURCE_FILTER_OUTPUTS)
    return b.model("source_filter", SOURCE_FILTER_INPUTS, SOURCE_FILTER_OUTPUTS)


def source_istft() -> onnx.ModelProto:
    b = Builder(6)
    value = b.linear(b.convolve(vocoder_features(b, HIDDEN), HIDDEN, 5), HIDDEN, RATE * HIDDEN)
    value = b.node("Reshape", value, b.constant(np.array([0, -1, HIDDEN], np.int64)))
    value = b.node("Add", value, b.linear("source", 2 * FINE_BINS, HIDDEN))
    filters(b, b.convolve(b.convolve(value, HIDDEN, 5), HIDDEN, 5), SOURCE_ISTFT_OUTPUTS)
    return b.model("source_istft", SOURCE_ISTFT_INPUTS, SOURCE_ISTFT_OUTPUTS)


def hifigan() -> onnx.ModelProto:
    b = Builder(4)
    mixed = b.node("Tanh", b.node("Conv", "mel", b.weight(HIDDEN, N_MELS, 3, scale=0.05), pads=[1, 1]))
    grown = b.node(
        "ConvTranspose",
        mixed,
        b.weight(HIDDEN, 1, 2 * HOP, scale=0.1),
        strides=[HOP],
        pads=[HOP // 2, HOP // 2],
    )
    b.node("Tanh", grown, output="audio")
    return b.model("hifigan", HIFIGAN_INPUTS, HIFIGAN_OUTPUTS)


def pooled(b: Builder, value: str, columns: int) -> str:
    """[B, T, columns] -> [B, HIDDEN], mean over time."""
    return b.node("ReduceMean", b.node("Tanh", b.linear(value, columns, HIDDEN, scale=2.0)), axes=[1], keepdims=0)


def speaker_encoder() -> onnx.ModelProto:
    b = Builder(7)
    raw = b.linear(pooled(b, "mel", N_MELS), HIDDEN, SPEAKER)
    b.node("Div", raw, b.node("ReduceL2", raw, axes=[1]), output="speaker")
    return b.model("speaker_encoder", SPEAKER_ENCODER_INPUTS, SPEAKER_ENCODER_OUTPUTS)


def emotion_encoder() -> onnx.ModelProto:
    b = Builder(8)
    log_f0 = b.unsqueeze(b.node("Log", "f0"), 2)
    value = pooled(b, b.node("Concat", "mel", log_f0, b.unsqueeze("voicing", 2), axis=2), N_MELS + 2)
    b.node("Identity", b.linear(value, HIDDEN, EMOTION), output="emotion")
    b.node("Softmax", b.linear(value, HIDDEN, 4), axis=1, output="posteriors")
    return b.model("emotion_encoder", EMOTION_ENCODER_INPUTS, EMOTION_ENCODER_OUTPUTS)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_models(folder: Path) -> Path:
    """Writes a whole model set into `folder` and returns it."""
    (folder / "voices").mkdir(parents=True, exist_ok=True)
    graphs: dict[str, Any] = {}
    for name, model, inputs, outputs, extra in (
        ("acoustic_encoder", encoder(), ENCODER_INPUTS, ENCODER_OUTPUTS, {}),
        ("acoustic_decoder", decoder(), DECODER_INPUTS, DECODER_OUTPUTS, {"context_frames": CONTEXT}),
        ("vocoder_source_filter", source_filter(), SOURCE_FILTER_INPUTS, SOURCE_FILTER_OUTPUTS,
         {"context_frames": CONTEXT, "kind": "source_filter"}),
        ("vocoder_hifigan", hifigan(), HIFIGAN_INPUTS, HIFIGAN_OUTPUTS,
         {"context_frames": HIFIGAN_CONTEXT, "kind": "hifigan"}),
        ("vocoder_source_istft", source_istft(), SOURCE_ISTFT_INPUTS, SOURCE_ISTFT_OUTPUTS,
         {"context_frames": SOURCE_ISTFT_CONTEXT, "kind": "hifigan_source_istft",
          "spectrum": {"n_fft": FINE_N_FFT, "hop_length": FINE_HOP}}),
        ("speaker_encoder", speaker_encoder(), SPEAKER_ENCODER_INPUTS, SPEAKER_ENCODER_OUTPUTS, {}),
        ("emotion_encoder", emotion_encoder(), EMOTION_ENCODER_INPUTS, EMOTION_ENCODER_OUTPUTS, {}),
    ):  # fmt: skip
        path = folder / f"{name}.onnx"
        onnx.save(model, path)
        graphs[name] = {
            "file": path.name, "sha256": sha256(path), "bytes": path.stat().st_size, "precision": "float32",
            "opset": 17,
            "inputs": [{"name": n, "dtype": d, "shape": s} for n, d, s in inputs],
            "outputs": [{"name": n, "dtype": d, "shape": s} for n, d, s in outputs], **extra,
        }  # fmt: skip
    rng = np.random.default_rng(5)
    voices = {}
    for name, pitch in VOICES.items():
        path = folder / "voices" / f"{name}.json"
        path.write_text(json.dumps(tiny_voice(name, pitch, rng), ensure_ascii=False), encoding="utf-8")
        voices[name] = {"file": f"voices/{name}.json", "sha256": sha256(path)}
    manifest = {
        "format_version": 2, "sample_rate": SAMPLE_RATE, "hop_length": HOP, "n_fft": N_FFT, "n_mels": N_MELS,
        "symbols": list(PHONEMES), "tones": len(TONES), "boundaries": len(BOUNDARIES),
        "speaker_size": SPEAKER, "prosody_size": PROSODY, "emotion_size": EMOTION, "emotions": EMOTIONS,
        "graphs": graphs, "vocoders": ["source_filter", "hifigan", "source_istft"],
        "default_vocoder": "source_filter", "voices": voices, "default_voice": "yuetan",
        "licence": "CC-BY-SA-4.0", "training_data": ["random numbers"],
    }  # fmt: skip
    write_manifest(folder, manifest)
    return folder


def tiny_voice(name: str, pitch_mean_ln_hz: float, rng: np.random.Generator) -> dict[str, Any]:
    return {
        "format_version": 2, "name": name, "description": f"noise called {name}", "language": "zh",
        "prosody_size": PROSODY, "speaker": rng.standard_normal(SPEAKER).tolist(),
        "prosody": rng.standard_normal(PROSODY).tolist(),
        "emotion": rng.standard_normal(EMOTION).tolist(), "pitch_mean_ln_hz": pitch_mean_ln_hz,
        "pitch_range": 1.0, "rate": 1.0, "gain_db": 0.0, "licence": "CC0-1.0", "source": "random numbers",
    }  # fmt: skip


def read_manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
