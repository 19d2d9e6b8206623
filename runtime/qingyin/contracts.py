"""Exists so that a graph is replaceable: names, dtypes and axes that a slot asks for are data, checked
before the first run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from qingyin.errors import ModelError
from qingyin.graph_spec import GraphSpec, TensorSpec
from qingyin.manifest import Manifest

Axes = Mapping[str, tuple[str, tuple[str, ...]]]  # tensor name -> (dtype, axis labels)


@dataclass(frozen=True)
class Contract:
    """Inputs and outputs of one slot. Axis labels: B, N, T dynamic; C any size, the same everywhere in the
    graph; any other label is a size that the model set fixes (see `sizes`)."""

    inputs: Axes
    outputs: Axes


ACOUSTIC_ENCODER = Contract(
    inputs={
        "phonemes": ("int64", ("B", "N")),
        "tones": ("int64", ("B", "N")),
        "boundaries": ("int64", ("B", "N")),
        "prosody": ("float32", ("B", "prosody_size")),
        "emotion": ("float32", ("B", "emotion_size")),
    },
    outputs={
        "hidden": ("float32", ("B", "N", "C")),
        "log_duration": ("float32", ("B", "N")),
        "log_duration_std": ("float32", ("B", "N")),
    },
)
ACOUSTIC_DECODER = Contract(
    inputs={
        "hidden": ("float32", ("B", "T", "C")),
        "position": ("float32", ("B", "T")),
        "prosody": ("float32", ("B", "prosody_size")),
        "speaker": ("float32", ("B", "speaker_size")),
        "emotion": ("float32", ("B", "emotion_size")),
        "pitch_mean": ("float32", ("B", "1")),
        "pitch_offset": ("float32", ("B", "T")),
        "pitch_range": ("float32", ("B", "1")),
        "pitch_noise": ("float32", ("B", "T")),
    },
    outputs={
        "mel": ("float32", ("B", "T", "n_mels")),
        "f0": ("float32", ("B", "T")),
        "voicing": ("float32", ("B", "T")),
    },
)
# The acoustic slot of a whole synthesiser of kind "vits"; noise comes from outside, so that a seed decides on it.
VITS_ENCODER = Contract(
    inputs={
        "symbols": ("int64", ("B", "N")),
        "speaker": ("float32", ("B", "speaker_size")),
        "duration_noise": ("float32", ("B", "N", "2")),  # normal numbers times the model's scale
    },
    outputs={
        "mean": ("float32", ("B", "N", "C")),
        "log_std": ("float32", ("B", "N", "C")),
        "log_duration": ("float32", ("B", "N")),  # ln frames
    },
)
VITS_DECODER = Contract(
    inputs={"prior": ("float32", ("B", "T", "C")), "speaker": ("float32", ("B", "speaker_size"))},
    outputs={"latents": ("float32", ("B", "T", "n_mels"))},  # what the vocoder of the set hears
)
SPEAKER_ENCODER = Contract(
    inputs={"mel": ("float32", ("B", "T", "n_mels"))},  # ln amplitude, of speech at -20 LUFS without its silences
    outputs={"speaker": ("float32", ("B", "speaker_size"))},  # unit norm
)
EMOTION_ENCODER = Contract(
    inputs={
        "mel": ("float32", ("B", "T", "n_mels")),
        "f0": ("float32", ("B", "T")),  # Hz, continuous through unvoiced frames
        "voicing": ("float32", ("B", "T")),  # 0 or 1
    },
    outputs={
        "emotion": ("float32", ("B", "emotion_size")),
        "posteriors": ("float32", ("B", "emotion_labels")),  # in the order of EMOTION_LABELS
    },
)
# Encoders that were trained on waveforms: float32 within -1..1 at the rate that their manifest entry states.
SPEAKER_ENCODER_OF_SAMPLES = Contract(inputs={"samples": ("float32", ("B", "S"))}, outputs=SPEAKER_ENCODER.outputs)
EMOTION_ENCODER_OF_SAMPLES = Contract(inputs={"samples": ("float32", ("B", "S"))}, outputs=EMOTION_ENCODER.outputs)
EMOTION_LABELS = ("neutral", "happy", "sad", "angry")


def sizes(manifest: Manifest, **more: int) -> dict[str, int]:
    """Sizes of the axis labels that a model set fixes."""
    return {
        "1": 1,
        "speaker_size": manifest.speaker_size,
        "prosody_size": manifest.prosody_size,
        "emotion_size": manifest.emotion_size,
        "emotion_labels": len(EMOTION_LABELS),
        "n_mels": manifest.n_mels,
        **more,
    }


def check_contract(spec: GraphSpec, contract: Contract, fixed: Mapping[str, int]) -> int | None:
    """Compares what the manifest says of a graph with its slot; returns the size C, if the contract has one.

    Errors: ModelError that names the graph and the first difference.
    """
    hidden: int | None = None
    for side, wanted, given in (
        ("input", contract.inputs, spec.inputs),
        ("output", contract.outputs, spec.outputs),
    ):
        by_name = {tensor.name: tensor for tensor in given}
        if set(by_name) != set(wanted) or len(by_name) != len(given):
            raise ModelError(
                f"graph {spec.name!r} has {side}s {', '.join(t.name for t in given)}; "
                f"its slot needs {', '.join(wanted)}; export it again"
            )
        for name, (dtype, axes) in wanted.items():
            hidden = _check_tensor(spec, side, by_name[name], dtype, axes, fixed, hidden)
    return hidden


def _check_tensor(
    spec: GraphSpec,
    side: str,
    tensor: TensorSpec,
    dtype: str,
    axes: tuple[str, ...],
    fixed: Mapping[str, int],
    hidden: int | None,
) -> int | None:
    problem = f"graph {spec.name!r}, {side} {tensor.name!r}: "
    if tensor.dtype != dtype or len(tensor.shape) != len(axes):
        raise ModelError(
            f"{problem}is {tensor.dtype} with {len(tensor.shape)} axes, "
            f"its slot needs {dtype} [{', '.join(axes)}]; export it again"
        )
    for axis, label in zip(tensor.shape, axes, strict=True):
        if label in fixed:
            if axis != fixed[label]:
                raise ModelError(
                    f"{problem}axis {label} is {axis}, the model set says {fixed[label]}; export it again"
                )
        elif label == "C":
            if not isinstance(axis, int) or hidden not in (None, axis):
                raise ModelError(f"{problem}axis C is {axis}, elsewhere {hidden}; export it again")
            hidden = axis
        elif isinstance(axis, int) and not (label == "B" and axis == 1):
            raise ModelError(f"{problem}axis {label} must be dynamic, it is fixed at {axis}; export it again")
    return hidden
