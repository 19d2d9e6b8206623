"""What model.yaml, preprocess.yaml and stats.json of a FastSpeech 2 training say, checked before a network is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LARGEST = 20_000
PHONEME_LEVEL, FRAME_LEVEL = "phoneme_level", "frame_level"


@dataclass(frozen=True)
class Stats:
    """Of a variance in training: `mean` and `std` undo its normalisation (0 and 1 if there was none)."""

    lowest: float
    highest: float
    mean: float
    std: float

    @classmethod
    def from_list(cls, values: Any, normalised: bool, name: str) -> Stats:
        """[lowest, highest, mean, std] of stats.json. ValueError: something else, or a spread of zero."""
        numbers = values if isinstance(values, list) else []
        if len(numbers) < (4 if normalised else 2) or not all(isinstance(n, (int, float)) for n in numbers):
            raise ValueError(f"stats.json: {name} must be [min, max, mean, std]")
        mean, std = (float(numbers[2]), float(numbers[3])) if normalised else (0.0, 1.0)
        if std <= 0 or numbers[0] >= numbers[1]:
            raise ValueError(f"stats.json: {name} {numbers} spans nothing")
        return cls(float(numbers[0]), float(numbers[1]), mean, std)


@dataclass(frozen=True)
class Fastspeech2Config:
    """The network's shape. ValueError of `from_dicts`: a key is missing, or a kind that is not supported."""

    encoder_layers: int
    decoder_layers: int
    encoder_heads: int
    decoder_heads: int
    hidden: int
    filter_size: int
    kernels: tuple[int, int]
    predictor_size: int
    predictor_kernel: int
    bins: int
    postnet: bool
    max_frames: int
    mels: int
    pitch_level: str
    energy_level: str
    pitch: Stats
    energy: Stats
    speakers: int  # 0: one voice, and no table

    @classmethod
    def from_dicts(
        cls, model: Mapping[str, Any], preprocess: Mapping[str, Any], stats: Mapping[str, Any], speakers: int
    ) -> Fastspeech2Config:
        """From the parsed model.yaml, preprocess.yaml and stats.json; speakers: entries of speakers.json."""
        try:
            network, predictor, pre = model["transformer"], model["variance_predictor"], preprocess["preprocessing"]
            levels = {name: pre[name]["feature"] for name in ("pitch", "energy")}
            if network["encoder_hidden"] != network["decoder_hidden"]:
                raise ValueError("model.yaml: encoder_hidden and decoder_hidden differ")
            for name, level in levels.items():
                if level not in (PHONEME_LEVEL, FRAME_LEVEL):
                    raise ValueError(f"preprocess.yaml: {name} feature {level!r} is neither phoneme- nor frame_level")
            if levels["pitch"] == FRAME_LEVEL and levels["energy"] == PHONEME_LEVEL:
                raise ValueError("preprocess.yaml: pitch by frame with energy by phoneme is not supported")
            for key in ("spe_features", "depthwise_convolutions"):
                if network.get(key):
                    raise ValueError(f"model.yaml: {key} is not supported")
            if model.get("multilingual"):
                raise ValueError("model.yaml: multilingual is not supported; there is no input for the language")
            sizes = [value for value in (*network.values(), *predictor.values(), model["variance_embedding"]["n_bins"],
                                         model["max_seq_len"]) if isinstance(value, int)]  # fmt: skip
            if not all(0 <= size <= LARGEST for size in sizes):
                raise ValueError(f"model.yaml: a size is not from 0 to {LARGEST}")
            first, second = (int(size) for size in network["conv_kernel_size"])
            return cls(
                encoder_layers=int(network["encoder_layer"]), decoder_layers=int(network["decoder_layer"]),
                encoder_heads=int(network["encoder_head"]), decoder_heads=int(network["decoder_head"]),
                hidden=int(network["encoder_hidden"]), filter_size=int(network["conv_filter_size"]),
                kernels=(first, second), predictor_size=int(predictor["filter_size"]),
                predictor_kernel=int(predictor["kernel_size"]), bins=int(model["variance_embedding"]["n_bins"]),
                postnet=bool(model.get("use_postnet", True)), max_frames=int(model["max_seq_len"]),
                mels=int(pre["mel"]["n_mel_channels"]), pitch_level=levels["pitch"], energy_level=levels["energy"],
                pitch=Stats.from_list(stats.get("pitch"), bool(pre["pitch"].get("normalization", True)), "pitch"),
                energy=Stats.from_list(stats.get("energy"), bool(pre["energy"].get("normalization", True)), "energy"),
                speakers=speakers,
            )  # fmt: skip
        except KeyError as error:
            raise ValueError(f"model.yaml or preprocess.yaml lacks {error}") from None
        except TypeError as error:
            raise ValueError(f"model.yaml or preprocess.yaml is not of this family: {error}") from None
