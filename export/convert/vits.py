"""VitsModel checkpoints (the MMS-TTS family) as whole synthesisers: three graphs, the model's characters, its voices.

optimum's exporter has VitsModel too, but draws the noise inside of one graph, where no seed reaches it, and does not
install beside the transformers that this project is tested with; hence graphs of our own (export/models/vits.py).
"""

from __future__ import annotations

import dataclasses
import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn

from export.convert.converted import Converted
from export.convert.errors import ConvertError
from export.convert.feature_space import FeatureSpace
from export.convert.hugging_face import load_network
from export.convert.sources import read_json
from export.convert.vocoders import load_generator, vocoder_spec
from export.graph_spec import GraphSpec, TensorSpec, float32, int64
from export.models.hifigan import SLOPE, HifiganGenerator, fold_weight_norm
from export.models.hifigan_config import HifiganConfig
from export.models.vits import VitsEncoder, VitsFlow, flow_context
from qingyin.voices import Voice, voice_bytes

_CLASSES = ("VitsModel",)
_NO_VECTOR = 1  # length of a vector that the graphs do not take: a manifest has no sizes of 0
_RATES = (0.25, 4.0)  # of a voice
# What the tokeniser of the class changes in a language before it looks characters up.
_REPLACED = {"ron": {"ț": "ţ"}}


def convert(source: Path, name: str, speakers: Sequence[str], features: Mapping[str, str]) -> Converted:
    """A folder with config.json, weights, vocab.json and tokenizer_config.json.

    name: of the vocoder; speakers: numbers of those whose voices are kept, none means all. ConvertError: says what
    does not fit.
    """
    folder = source if source.is_dir() else source.parent
    spelling, symbols = _spelling(folder)
    network, path = load_network(source, _CLASSES, _plain_decoder)
    config = network.config
    if len(symbols) > config.vocab_size:
        raise ConvertError(f"{folder}: vocab.json has {len(symbols)} symbols, the model {config.vocab_size}")
    several = config.num_speakers > 1 and config.speaker_embedding_size > 0
    _check(config, folder)
    voices = _voices(network, several, speakers, spelling["language"])
    decoder = _decoder(network, several, path)
    width = config.speaker_embedding_size if several else 0
    entries = {
        "symbols": symbols, "tones": 1, "boundaries": 1, "emotions": {"neutral": {"vector": [0.0], "pauses": 1.0}},
        "synthesiser": {
            "kind": "vits", "noise": float(config.noise_scale), "duration_noise": float(config.noise_scale_duration),
            "text": spelling,
        },
        "voices": {
            name: {"file": f"voices/{name}.json", "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in voices.items()
        },
        "default_voice": next(iter(voices)),
    }  # fmt: skip
    n_fft = 2 * (config.spectrogram_bins - 1)
    space = FeatureSpace(
        sample_rate=config.sampling_rate, hop_length=decoder.config.hop_size, n_fft=n_fft,
        n_mels=config.flow_size + width, win_length=n_fft, fmin=0.0, fmax=config.sampling_rate / 2,
    )  # fmt: skip
    notes = ["pitch and emotions are refused: the model has no such inputs; --temperature scales its noise"]
    if spelling["uroman"]:
        notes.append("it was trained on text in Latin letters: to speak another script, pip install uroman")
    return Converted(
        "synthesiser", [*_acoustic_specs(network, several), _vocoder_spec(network, decoder, several, name)],
        space.stated(features),
        {"speaker_size": width or _NO_VECTOR, "prosody_size": _NO_VECTOR, "emotion_size": _NO_VECTOR}, entries,
        {f"voices/{name}.json": content for name, content in voices.items()}, tuple(notes),
    )  # fmt: skip


def _check(config: Any, folder: Path) -> None:
    """ConvertError: the configuration asks for something that the graphs cannot do."""
    if config.leaky_relu_slope != SLOPE:
        raise ConvertError(f"{folder}: leaky_relu_slope {config.leaky_relu_slope}; the published decoder has {SLOPE}")
    if config.flow_size % 2 or config.spectrogram_bins < 2 or config.window_size < 1:
        raise ConvertError(f"{folder}/config.json: flow_size must be even, spectrogram_bins over 1, window_size over 0")
    for key in ("noise_scale", "noise_scale_duration"):
        if not 0.0 <= getattr(config, key) <= 10.0:
            raise ConvertError(f"{folder}/config.json: {key} is {getattr(config, key)}; 0 to 10 is possible")
    if not _RATES[0] <= config.speaking_rate <= _RATES[1]:
        raise ConvertError(f"{folder}/config.json: speaking_rate must be from 0.25 to 4, not {config.speaking_rate}")


def _spelling(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """What the manifest says of the way from text to symbols, and the symbols in the order of their ids."""
    settings = read_json(folder / "tokenizer_config.json")
    if settings.get("phonemize", True):
        raise ConvertError(
            f"{folder}/tokenizer_config.json: it hears phonemes of eSpeak (phonemize), not characters; only models of "
            "characters, such as those of MMS-TTS, can be converted"
        )
    vocabulary = read_json(folder / "vocab.json")
    ids = list(vocabulary.values())
    whole = all(isinstance(number, int) and not isinstance(number, bool) for number in ids)
    if not vocabulary or not whole or min(ids) < 0 or len(set(ids)) < len(ids) or max(ids) > 100_000:
        raise ConvertError(f"{folder}/vocab.json must give each symbol a number of its own, from 0 on")
    symbols = [f"<unused {number}>" for number in range(max(ids) + 1)]
    for symbol, number in vocabulary.items():
        symbols[number] = symbol
    if not any(len(symbol) == 1 and unicodedata.category(symbol)[0] == "L" for symbol in symbols):
        raise ConvertError(f"{folder}/vocab.json holds no single letter, so no text can be spelled with it")
    language = settings.get("language")
    flags = {"add_blank": True, "normalize": True, "is_uroman": False}
    for key, default in flags.items():
        value = settings.get(key, default)
        if not isinstance(value, bool):
            raise ConvertError(f"{folder}/tokenizer_config.json: {key} must be true or false")
        flags[key] = value
    if language is not None and not isinstance(language, str):
        raise ConvertError(f"{folder}/tokenizer_config.json: language must be text")
    return {
        "language": language or "und", "blank": flags["add_blank"], "lower_case": flags["normalize"],
        "uroman": flags["is_uroman"], "replace": _REPLACED.get(language or "", {}),
    }, symbols  # fmt: skip


def _plain_decoder(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The same with weight norm of the decoder folded in: the class has none there, some trainings leave it."""
    result = dict(state)
    for name in state:
        if name.startswith("decoder.") and name.endswith("weight_g") and (v := name[:-1] + "v") in state:
            norm = torch.linalg.vector_norm(state[v].float(), dim=(1, 2), keepdim=True)
            result[name[:-2]] = result.pop(v).float() * (result.pop(name).float() / norm)
    return result


def _decoder(network: Any, several: bool, path: Path) -> HifiganGenerator:
    """The decoder as the published generator: the speaker's vector becomes further channels of its input."""
    config = network.config
    width = config.speaker_embedding_size if several else 0
    try:
        published = HifiganConfig(
            resblock="1", upsample_rates=tuple(config.upsample_rates),
            upsample_kernel_sizes=tuple(config.upsample_kernel_sizes),
            upsample_initial_channel=config.upsample_initial_channel,
            resblock_kernel_sizes=tuple(config.resblock_kernel_sizes),
            resblock_dilation_sizes=tuple(tuple(row) for row in config.resblock_dilation_sizes),
            num_mels=config.flow_size + width, hop_size=int(np.prod(config.upsample_rates)),
            sampling_rate=config.sampling_rate,
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise ConvertError(f"{path.parent}/config.json: {error}") from None
    state = {name.replace("upsampler.", "ups."): value for name, value in network.decoder.state_dict().items()}
    state["conv_post.bias"] = torch.zeros(1)
    weight, bias = state.pop("cond.weight", None), state.pop("cond.bias", None)
    if several and weight is not None and bias is not None:
        taps = state["conv_pre.weight"].shape[2]
        centred = torch.zeros(weight.shape[0], width, taps)
        centred[:, :, taps // 2] = weight[:, :, 0]  # added to every frame, whatever is beside it
        state["conv_pre.weight"] = torch.cat([state["conv_pre.weight"], centred], 1)
        state["conv_pre.bias"] = state["conv_pre.bias"] + bias
    generator = HifiganGenerator(published)
    load_generator(generator, state, path)
    return generator


def _voices(network: Any, several: bool, kept: Sequence[str], language: str) -> dict[str, bytes]:
    """A voice file for each speaker of the table."""
    config = network.config
    numbers = [str(number) for number in range(config.num_speakers)] if several else ["0"]
    if unknown := [name for name in kept if name not in numbers]:
        raise ConvertError(f"--speaker {', '.join(unknown)}: the model has speakers 0 to {len(numbers) - 1}")
    result = {}
    for number in kept or numbers:
        vector = np.zeros(_NO_VECTOR, np.float32)
        if several:
            vector = network.embed_speaker.weight[int(number)].detach().numpy().astype(np.float32)
        name = f"speaker{number}" if several else "speaker"
        nothing = np.zeros(_NO_VECTOR, np.float32)
        voice = Voice(
            name=name, description=f"speaker {number} of the converted model", language=language, licence="unknown",
            source="converted VITS checkpoint", speaker=vector, prosody=nothing, emotion=nothing,
            pitch_mean_ln_hz=5.0, pitch_range=1.0, rate=float(config.speaking_rate), gain_db=0.0,
        )  # fmt: skip
        result[name] = voice_bytes(voice)
    return result


class _EncoderReference(nn.Module):
    """The class's own encoder and durations, told which noise to draw."""

    def __init__(self, network: Any, several: bool) -> None:
        super().__init__()
        self.network, self.several = network, several

    def forward(self, symbols: Tensor, *others: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left = list(others)
        speaker = left.pop(0).unsqueeze(2) if self.several else None
        one = torch.ones(*symbols.shape, 1)
        heard = self.network.text_encoder(symbols, one)
        hidden, mask = heard.last_hidden_state.transpose(1, 2), one.transpose(1, 2)
        predictor = self.network.duration_predictor
        if left:
            with mock.patch.object(torch, "randn", lambda *size: left[0].transpose(1, 2).reshape(size)):
                log_duration = predictor(hidden, mask, speaker, reverse=True)
        else:
            log_duration = predictor(hidden, mask, speaker)
        return heard.prior_means, heard.prior_log_variances, log_duration[:, 0]


class _FlowReference(nn.Module):
    """The class's own flow, in the axes of ours."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.flow = network.flow

    def forward(self, prior: Tensor, speaker: Tensor | None = None) -> Tensor:
        z = prior.transpose(1, 2)
        condition = None if speaker is None else speaker.unsqueeze(2)
        latents = self.flow(z, torch.ones_like(z[:, :1]), condition, reverse=True).transpose(1, 2)
        if speaker is None:
            return latents
        return torch.cat([latents, speaker.unsqueeze(1).expand(-1, latents.shape[1], -1)], 2)


class _DecoderReference(nn.Module):
    """The class's own decoder, which takes the speaker's vector once."""

    def __init__(self, network: Any, several: bool) -> None:
        super().__init__()
        self.decoder, self.several, self.latents = network.decoder, several, network.config.flow_size

    def forward(self, mel: Tensor) -> Tensor:
        return self.decoder(mel[:, : self.latents], mel[:, self.latents :, :1] if self.several else None)


def _acoustic_specs(network: Any, several: bool) -> list[GraphSpec]:
    config = network.config
    width = config.speaker_embedding_size if several else _NO_VECTOR
    stochastic = config.use_stochastic_duration_prediction
    speaker: dict[str, TensorSpec] = {"speaker": float32("B", width)}
    latents = config.flow_size + (width if several else 0)
    encoder, flow = VitsEncoder(network, several), VitsFlow(_folded(network), several)

    def vector(length: int) -> np.ndarray:
        return np.random.default_rng(length).standard_normal((1, width)).astype(np.float32)

    def encoder_example(length: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(length)
        noise = rng.standard_normal((1, length, 2)).astype(np.float32) * np.float32(config.noise_scale_duration)
        symbols = rng.integers(0, config.vocab_size, (1, length))
        return {"symbols": symbols, "speaker": vector(length), "duration_noise": noise}

    def flow_example(length: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(length)
        prior = rng.standard_normal((1, length, config.flow_size)).astype(np.float32)
        return {"prior": prior, "speaker": vector(length)}

    return [
        GraphSpec(
            name="acoustic_encoder",
            module=encoder.eval(),
            reference=_EncoderReference(network, several).eval(),
            inputs={"symbols": int64("B", "N"), **speaker, "duration_noise": float32("B", "N", 2)},
            outputs={
                "mean": float32("B", "N", config.flow_size), "log_std": float32("B", "N", config.flow_size),
                "log_duration": float32("B", "N"),
            },
            example=encoder_example,
            lengths=(23, 4),  # the second is shorter than the window of its attention
            unused=(*(() if several else ("speaker",)), *(() if stochastic else ("duration_noise",))),
        ),
        GraphSpec(
            name="acoustic_decoder",
            module=flow.eval(),
            reference=_FlowReference(network).eval(),
            inputs={"prior": float32("B", "T", config.flow_size), **speaker},
            outputs={"latents": float32("B", "T", latents)},
            example=flow_example,
            lengths=(31, 80),
            extras={"context_frames": flow_context(config)},
            unused=() if several else ("speaker",),
        ),
    ]  # fmt: skip


def _folded(network: Any) -> Any:
    """A second network with the same weights whose weight norms are plain weights."""
    second = type(network)(network.config)
    second.load_state_dict(network.state_dict())
    fold_weight_norm(second)
    return second.eval()


def _vocoder_spec(network: Any, generator: HifiganGenerator, several: bool, name: str) -> GraphSpec:
    latents = network.config.flow_size

    def example(length: int) -> dict[str, np.ndarray]:
        rng = np.random.default_rng(length)
        mel = rng.standard_normal((1, generator.config.num_mels, length)).astype(np.float32)
        mel[:, latents:] = mel[:, latents:, :1]  # a speaker does not change within a sentence
        return {"mel": mel}

    reference = _DecoderReference(network, several).eval()
    return dataclasses.replace(vocoder_spec(generator, None, name), reference=reference, example=example)
