"""Knows which checkpoint becomes which graphs, so that the exporter itself knows no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from export.emotions import LABELS
from export.graph_spec import GraphSpec, TensorSpec, float32, int64
from export.manifest import FEATURE_SPACE, SIZES
from export.models import hifigan
from export.models.acoustic import AcousticDecoder, AcousticEncoder, AcousticModel
from export.models.emotion_encoder import EmotionEncoder
from export.models.fast_generator import FastGenerator
from export.models.height_one import HeightOne
from export.models.hifigan_istft import FINE_BINS, FINE_HOP, FINE_N_FFT, RATE, HifiganIstft
from export.models.source_filter import SourceFilterMagnitudes, SourceFilterVocoder
from export.models.speaker_encoder import SpeakerEncoder

BINS = FEATURE_SPACE["n_fft"] // 2 + 1
MELS = FEATURE_SPACE["n_mels"]
SPEAKER = float32("B", SIZES["speaker_size"])
PROSODY = float32("B", SIZES["prosody_size"])
EMOTION = float32("B", SIZES["emotion_size"])
MEL = float32("B", "T", MELS)
TRACK = float32("B", "T")  # one number a frame
FILTERS = ("harmonic_magnitude", "harmonic_phase", "noise_magnitude")
LOG_FILTERS = ("harmonic_log_magnitude", "harmonic_phase", "noise_log_magnitude")
# The envelope is ln(max(exp(mel) @ pinv, 1e-5)): at that floor, 100 dB down, the last digit of the largest
# mel decides.
LOG_FILTER_TOLERANCE = dict(zip(LOG_FILTERS, (1e-2, 1e-3, 1e-2), strict=True))
FILTER_TOLERANCE = dict(zip(FILTERS, (1e-4, 1e-3, 1e-4), strict=True))


def load_checkpoint(path: str | Path) -> dict[str, Any]:
    """A checkpoint of ours: {'config': dict, 'model': state_dict, ...}; may hold 'training_data': [str].

    OSError: unreadable; ValueError: without 'config' or 'model'. Only tensors and plain values are unpickled.
    """
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(checkpoint, dict) or not {"config", "model"} <= checkpoint.keys():
        raise ValueError(f"{path} is no checkpoint of ours: it must hold 'config' and 'model'")
    return checkpoint


def _fill(network: nn.Module, checkpoint: Mapping[str, Any], prefix: str) -> None:
    """Loads the part of a state_dict below `prefix`. ValueError: keys or shapes differ."""
    state: dict[str, Tensor] = {
        name.removeprefix(prefix): tensor
        for name, tensor in checkpoint["model"].items()
        if name.startswith(prefix)
    }
    try:
        network.load_state_dict(state, strict=True)
    except RuntimeError as error:
        raise ValueError(f"the checkpoint does not fit its config: {error}") from error
    hifigan.fold_weight_norm(network)
    network.eval()


def acoustic_specs(checkpoint: Mapping[str, Any]) -> list[GraphSpec]:
    """acoustic_encoder and acoustic_decoder of a trained SpeakerAcoustic."""
    state = checkpoint["model"]
    model = AcousticModel(len(state["acoustic.phoneme.weight"]), **checkpoint["config"]["acoustic"])
    _fill(model, checkpoint, "acoustic.")
    width = model.config["channels"] + model.config["pitch_channels"]
    data = tuple(checkpoint.get("training_data", ()))
    encoder = GraphSpec(
        name="acoustic_encoder",
        module=AcousticEncoder(model),
        inputs={
            "phonemes": int64("B", "N"),
            "tones": int64("B", "N"),
            "boundaries": int64("B", "N"),
            "prosody": PROSODY,
            "emotion": EMOTION,
        },
        outputs={
            "hidden": float32("B", "N", width),
            "log_duration": float32("B", "N"),
            "log_duration_std": float32("B", "N"),
        },
        training_data=data,
    )
    decoder = GraphSpec(
        name="acoustic_decoder",
        module=AcousticDecoder(model),
        inputs={
            "hidden": float32("B", "T", width),
            "position": float32("B", "T"),
            "prosody": PROSODY,
            "speaker": SPEAKER,
            "emotion": EMOTION,
            "pitch_mean": float32("B", 1),
            "pitch_offset": float32("B", "T"),
            "pitch_range": float32("B", 1),
            "pitch_noise": float32("B", "T"),
        },
        outputs={"mel": float32("B", "T", MELS), "f0": float32("B", "T"), "voicing": float32("B", "T")},
        tolerance={"mel": 1e-3, "f0": 1e-2, "voicing": 1e-3},
        extras={"context_frames": model.context_frames},
        training_data=data,
    )
    return [encoder, decoder]


def vocoder_specs(checkpoint: Mapping[str, Any]) -> list[GraphSpec]:
    """The net of a vocoder trained here, by the `kind` in its config. ValueError: an unknown kind."""
    config = dict(checkpoint["config"])
    kind = config.pop("kind", None)
    inputs: dict[str, TensorSpec] = {
        "mel": float32("B", "T", MELS),
        "f0": float32("B", "T"),
        "voicing": float32("B", "T"),
    }
    net: SourceFilterVocoder | HifiganIstft
    outputs, tolerance = LOG_FILTERS, LOG_FILTER_TOLERANCE
    if kind == "source_filter":
        net, name, bins, frames = SourceFilterVocoder(**config), "source_filter", BINS, "T"
        outputs, tolerance = FILTERS, FILTER_TOLERANCE
        extras: dict[str, Any] = {"kind": "source_filter"}
    elif kind == "hifigan":
        net, name, bins, frames = HifiganIstft(**config), "hifigan", FINE_BINS, f"{RATE}T"
        inputs["source"] = float32("B", frames, 2 * FINE_BINS)
        spectrum = {"n_fft": FINE_N_FFT, "hop_length": FINE_HOP}
        extras = {"kind": "hifigan_source_istft", "spectrum": spectrum}
    else:
        raise ValueError(f"a vocoder checkpoint of kind {kind!r}; known are source_filter and hifigan")
    _fill(net, checkpoint, "net.")
    if isinstance(net, HifiganIstft):
        net.fusion = HeightOne(net.fusion)
    spec = GraphSpec(
        name=f"vocoder_{name}",
        module=SourceFilterMagnitudes(net) if isinstance(net, SourceFilterVocoder) else net,
        inputs=inputs,
        outputs={output: float32("B", frames, bins) for output in outputs},
        tolerance=tolerance,
        extras={**extras, "context_frames": net.context_frames},
        training_data=tuple(checkpoint.get("training_data", ())),
    )
    return [spec]


def _encoder_prefix(checkpoint: Mapping[str, Any]) -> str:
    """Where the weights of an encoder begin: training keeps heads beside it, a release may have left them out."""
    return "encoder." if any(name.startswith("encoder.") for name in checkpoint["model"]) else ""


def speaker_encoder_specs(checkpoint: Mapping[str, Any]) -> list[GraphSpec]:
    """Mel -> unit vector of who speaks."""
    network = SpeakerEncoder(**checkpoint["config"])
    _fill(network, checkpoint, _encoder_prefix(checkpoint))
    spec = GraphSpec(
        name="speaker_encoder",
        module=network,
        inputs={"mel": MEL},
        outputs={"speaker": SPEAKER},
        training_data=tuple(checkpoint.get("training_data", ())),
    )
    return [spec]


def emotion_encoder_specs(checkpoint: Mapping[str, Any]) -> list[GraphSpec]:
    """Mel, F0 and voicing -> emotion vector, and a posterior for each label."""
    network = EmotionEncoder(**checkpoint["config"])
    _fill(network, checkpoint, _encoder_prefix(checkpoint))
    spec = GraphSpec(
        name="emotion_encoder",
        module=network,
        inputs={"mel": MEL, "f0": TRACK, "voicing": TRACK},
        outputs={"emotion": EMOTION, "posteriors": float32("B", len(LABELS))},
        training_data=tuple(checkpoint.get("training_data", ())),
    )
    return [spec]


CHECKPOINTS: dict[str, Callable[[Mapping[str, Any]], list[GraphSpec]]] = {
    "acoustic.pt": acoustic_specs,
    "source_filter.pt": vocoder_specs,
    "hifigan.pt": vocoder_specs,
    "speaker_encoder.pt": speaker_encoder_specs,
    "emotion_encoder.pt": emotion_encoder_specs,
}


def specs_from_checkpoints(folder: str | Path) -> list[GraphSpec]:
    """The graphs of every known checkpoint in a folder.

    ValueError: there is a .pt file that nothing is known about, or none at all, or one that does not fit.
    """
    folder = Path(folder)
    found = sorted(path.name for path in folder.glob("*.pt"))
    if unknown := [name for name in found if name not in CHECKPOINTS]:
        raise ValueError(
            f"{folder}: unknown checkpoints {', '.join(unknown)}; known are {', '.join(CHECKPOINTS)}"
        )
    if not found:
        raise ValueError(f"{folder} holds none of {', '.join(CHECKPOINTS)}")
    specs: list[GraphSpec] = []
    for name in found:
        try:
            specs += CHECKPOINTS[name](load_checkpoint(folder / name))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{folder / name}: {error}") from error
    return specs


def specs_from_hifigan(path: str | Path, config: str | Path | None = None) -> list[GraphSpec]:
    """The graph of a published HiFi-GAN checkpoint.

    ValueError: it does not fit its config, or lives in another feature space.
    """
    return [hifigan_spec(hifigan.load_checkpoint(path, config))]


def hifigan_spec(
    generator: hifigan.HifiganGenerator, training_data: tuple[str, ...] = (), fast: bool = True
) -> GraphSpec:
    """The contract of the published generator: mel [B,80,T] -> audio [B,1,T*256]. Folds its weight norm.

    fast: with fewer products than its convolutions have, where that pays; else the convolutions as they are.
    """
    check_feature_space(generator.config)
    generator.remove_weight_norm()
    return GraphSpec(
        name="vocoder_hifigan",
        module=FastGenerator(generator) if fast else HeightOne(generator),
        reference=generator,
        inputs={"mel": float32("B", MELS, "T")},
        outputs={"audio": float32("B", 1, "samples")},
        lengths=(24, 41),
        named_lengths=fast,
        extras={"kind": "hifigan", "context_frames": generator.config.receptive_field_frames},
        training_data=training_data,
    )


def check_feature_space(config: hifigan.HifiganConfig) -> None:
    """ValueError: the generator was trained on other mels than ours; names the first difference."""
    stated: Mapping[str, Any] = {**config.other, **config.to_dict()}
    wanted = {
        "sampling_rate": FEATURE_SPACE["sample_rate"],
        "hop_size": FEATURE_SPACE["hop_length"],
        "num_mels": MELS,
        "n_fft": FEATURE_SPACE["n_fft"],
        "win_size": FEATURE_SPACE["n_fft"],
        "fmin": 0,
        "fmax": 8000,
    }
    for key, value in wanted.items():
        if key in stated and stated[key] != value:
            raise ValueError(f"this HiFi-GAN has {key} {stated[key]}, the set {value}: it would sound wrong")
