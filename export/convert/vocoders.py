"""HiFi-GAN generators, as their authors and as Hugging Face save them, for the vocoder slot.

The classes SpeechT5HifiGan and FastSpeech2ConformerHifiGan of the transformers library are the published generator
behind a normalisation of the mel: parameter names differ, the function does not. Their mels are decimal logarithms
where ours are natural ones; the factor is part of the graph.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from export.convert.converted import Converted
from export.convert.errors import ConvertError, listed
from export.convert.feature_space import FeatureSpace
from export.convert.sources import read_json, weights_file
from export.convert.weights import assign, check_finite, differences, read_checkpoint, state_at
from export.graph_spec import GraphSpec, float32
from export.models.fast_generator import FastGenerator
from export.models.height_one import HeightOne
from export.models.hifigan import SLOPE, HifiganGenerator, published_state
from export.models.hifigan_config import HifiganConfig
from export.models.weight_norm import plain_names

# The first is what older versions of the library write for both classes.
_HF_TYPES = ("hifigan", "speecht5_hifigan", "fastspeech2_conformer_hifigan", "fastspeech2_conformer_with_hifigan")
MAX_ELEMENTS = 100_000_000  # of one tensor: a shape costs a file nothing, and what is larger is only compared by it
_LN_PER_LOG10 = math.log(10.0)
# What the classes' own feature extractors compute where the folder does not say; Hz and samples.
_HF_DEFAULTS: dict[str, dict[str, Any]] = {
    "SpeechT5HifiGan": {"n_fft": 1024, "win_length": 1024, "fmin": 80.0, "fmax": 7600.0},
    "FastSpeech2ConformerHifiGan": {"n_fft": 1024, "win_length": 1024, "fmin": 80.0, "fmax": 7600.0},
}


class Normalised(nn.Module):
    """A generator behind `(mel - mean) / scale`: mel [B, n_mels, T] ln amplitude -> audio [B, 1, T * hop].

    mean, scale [n_mels] are those of a mel in units of `unit` nepers (ln 10 for decimal logarithms).
    """

    def __init__(self, generator: nn.Module, mean: Tensor, scale: Tensor, unit: float) -> None:
        super().__init__()
        self.generator = generator
        self.mean: Tensor
        self.factor: Tensor
        self.register_buffer("mean", (mean * unit)[None, :, None])
        self.register_buffer("factor", (1.0 / (scale * unit))[None, :, None])

    def forward(self, mel: Tensor) -> Tensor:
        return self.generator((mel - self.mean) * self.factor)


def convert(source: Path, name: str, config: Path | None, features: Mapping[str, str], fast: bool = True) -> Converted:
    """A checkpoint file with its config.json, or a folder. ConvertError: says what does not fit.

    fast: see export.graphs.hifigan_spec.
    """
    folder = source if source.is_dir() else source.parent
    config_file = config or folder / "config.json"
    values = read_json(config_file)
    if "model_type" in values or "architectures" in values:
        return _hugging_face(source, values, name, features, fast)
    return _published(_checkpoint_file(source), values, config_file, name, features, fast)


def _checkpoint_file(source: Path) -> Path:
    """The generator's file of a folder: the newest of g_*, else the only checkpoint there is."""
    if source.is_file():
        return source
    numbered = sorted(path for path in source.glob("g_*") if path.is_file())
    if numbered:
        return numbered[-1]
    others = [path for pattern in ("*.safetensors", "*.pt", "*.pth") for path in sorted(source.glob(pattern))]
    if len(others) != 1:
        found = ", ".join(path.name for path in others) or "no checkpoint"
        raise ConvertError(f"{source} holds {found}; name the file of the generator (g_02500000, for example)")
    return others[0]


def _config(values: Mapping[str, Any], where: Path) -> HifiganConfig:
    try:
        return HifiganConfig.from_dict(values)
    except (ValueError, TypeError) as error:
        raise ConvertError(f"{where}: {error}") from None


def _published(
    path: Path, values: Mapping[str, Any], config_file: Path, name: str, features: Mapping[str, str], fast: bool
) -> Converted:
    config = _config(values, config_file)
    generator = HifiganGenerator(config)
    state = state_at(read_checkpoint(path), ("generator",), str(path))
    load_generator(generator, state, path)
    space = FeatureSpace(
        sample_rate=config.sampling_rate, hop_length=config.hop_size, n_mels=config.num_mels,
        n_fft=int(values.get("n_fft", 1024)), win_length=int(values.get("win_size", values.get("n_fft", 1024))),
        fmin=float(values.get("fmin") or 0), fmax=_fmax(values, config.sampling_rate),
    ).stated(features)  # fmt: skip
    notes = tuple(
        f"{config_file.name} does not say {key}; {shown} was taken (--feature {feature}=VALUE says otherwise)"
        for key, feature, shown in (
            ("n_fft", "n_fft", space.n_fft), ("win_size", "win_length", space.win_length),
            ("fmin", "fmin", f"{space.fmin:g}"), ("fmax", "fmax", f"{space.fmax:g}"),
        )
        if key not in values and feature not in features
    )  # fmt: skip
    return Converted("vocoder", [vocoder_spec(generator, None, name, fast)], space, notes=notes)


def _fmax(values: Mapping[str, Any], sample_rate: int) -> float:
    """In Hz: null means half the rate; where nothing is said, the 8000 that the family starts from."""
    stated = values.get("fmax", min(8000.0, sample_rate / 2))
    return sample_rate / 2 if stated is None else float(stated)


def load_generator(generator: HifiganGenerator, state: Mapping[str, Tensor], path: Path) -> None:
    """Folded weights or normed ones, whichever the file has. ConvertError: lists the first differences."""
    generator.eval()
    strange = [f"{name}: {tensor.dtype}" for name, tensor in state.items() if not tensor.is_floating_point()]
    if strange:
        raise ConvertError(listed(f"{path} holds weights that are no floating-point numbers:", strange))
    plain = {name: tensor for name, tensor in state.items() if tensor.numel() <= MAX_ELEMENTS}
    assign(generator, {**published_state(plain), **{k: v for k, v in state.items() if k not in plain}}, str(path))


def _hugging_face(
    source: Path, values: Mapping[str, Any], name: str, features: Mapping[str, str], fast: bool
) -> Converted:
    folder = source if source.is_dir() else source.parent
    with_model = "vocoder_config" in values
    inner = values["vocoder_config"] if with_model else values
    if values.get("model_type") not in _HF_TYPES or not isinstance(inner, dict):
        architecture = values.get("architectures")
        raise ConvertError(
            f"{folder}/config.json is of a {values.get('model_type')!r} model ({architecture}), which is no vocoder; "
            "known are HiFi-GAN's own config.json, SpeechT5HifiGan and FastSpeech2ConformerWithHifiGan"
        )
    conformer = "conformer" in f"{values['model_type']} {values.get('architectures')}".lower()
    defaults = _HF_DEFAULTS["FastSpeech2ConformerHifiGan" if conformer else "SpeechT5HifiGan"]
    slope = inner.get("leaky_relu_slope", SLOPE)
    if slope != SLOPE:
        raise ConvertError(f"{folder}: leaky_relu_slope {slope}; the published generator has {SLOPE}")
    rates = inner.get("upsample_rates", [4, 4, 4, 4])
    config = _config(
        {
            "resblock": "1",
            "upsample_rates": rates,
            "upsample_kernel_sizes": inner.get("upsample_kernel_sizes", [8, 8, 8, 8]),
            "upsample_initial_channel": inner.get("upsample_initial_channel", 512),
            "resblock_kernel_sizes": inner.get("resblock_kernel_sizes", [3, 7, 11]),
            "resblock_dilation_sizes": inner.get("resblock_dilation_sizes", [[1, 3, 5]] * 3),
            "num_mels": inner.get("model_in_dim", 80),
            "hop_size": math.prod(rates),
            "sampling_rate": inner.get("sampling_rate", 22050 if conformer else 16000),
        },
        folder / "config.json",
    )
    path = source if source.is_file() else weights_file(folder)
    generator, mean, scale = _hf_generator(config, path, with_model)
    if not inner.get("normalize_before", True):
        mean, scale = torch.zeros_like(mean), torch.ones_like(scale)
    said, note = _hf_features(folder, defaults)
    natural = features.get("log", "log10") == "ln"
    space = FeatureSpace(
        sample_rate=config.sampling_rate, hop_length=config.hop_size, n_mels=config.num_mels, **said
    ).stated({key: value for key, value in features.items() if key != "log"})
    if features.get("log", "log10") not in ("ln", "log10"):
        raise ConvertError(f"--feature log={features['log']}: it is ln or log10")
    network = Normalised(generator, mean, scale, 1.0 if natural else _LN_PER_LOG10)
    return Converted("vocoder", [vocoder_spec(generator, network, name, fast)], space, notes=note)


def _hf_features(folder: Path, defaults: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What preprocessor_config.json says of the mel, or the class's own values and a note that they were taken."""
    path = folder / "preprocessor_config.json"
    if not path.is_file():
        shown = ", ".join(f"{key} {value:g}" for key, value in defaults.items())
        note = f"there is no preprocessor_config.json; {shown} was taken (--feature KEY=VALUE says otherwise)"
        return dict(defaults), (note,)
    values = read_json(path)
    rate = values.get("sampling_rate", 16000)
    window = round(values.get("win_length", 64) * rate / 1000)  # it is stated in milliseconds
    n_fft = 2 ** math.ceil(math.log2(window))
    return {
        "n_fft": n_fft, "win_length": window, "fmin": float(values.get("fmin", 80)),
        "fmax": float(values.get("fmax", 7600)),
    }, ()  # fmt: skip


def _hf_generator(config: HifiganConfig, path: Path, with_model: bool) -> tuple[HifiganGenerator, Tensor, Tensor]:
    """The generator of a transformers checkpoint, with the mean and scale of its input."""
    state = plain_names(state_at(read_checkpoint(path), ("state_dict",), str(path)))
    if with_model:
        state = {key.removeprefix("vocoder."): value for key, value in state.items() if key.startswith("vocoder.")}
        if not state:
            raise ConvertError(f"{path} holds no vocoder.* weights; it is the acoustic model alone")
    statistics: dict[str, Tensor] = {key: state.pop(key) for key in ("mean", "scale") if key in state}
    wanted: dict[str, Tensor] = {key: torch.zeros(config.num_mels) for key in ("mean", "scale")}
    if lines := differences(wanted, statistics):
        raise ConvertError(listed(f"{path} does not fit its config:", lines))
    check_finite(statistics, str(path))
    if bool((statistics["scale"] == 0).any()):
        raise ConvertError(f"{path}: scale holds zeros, by which the mel would be divided")
    generator = HifiganGenerator(config)
    load_generator(generator, {key.replace("upsampler.", "ups."): value for key, value in state.items()}, path)
    return generator, statistics["mean"].float(), statistics["scale"].float()


def vocoder_spec(generator: HifiganGenerator, normalised: Normalised | None, name: str, fast: bool = True) -> GraphSpec:
    """The graph of a generator, compared with it as it was loaded: weight norm in place, 1-D convolutions.

    fast: see export.graphs.hifigan_spec.
    """
    config = generator.config
    loaded = HifiganGenerator(config)  # not a deepcopy, which would share the class that holds the weight norm
    loaded.load_state_dict(generator.state_dict())
    generator.remove_weight_norm()
    flat: nn.Module = FastGenerator(generator) if fast else HeightOne(generator)
    reference: nn.Module = loaded
    if normalised is not None:
        reference, flat = _behind(normalised, loaded), _behind(normalised, flat)
    return GraphSpec(
        name=f"vocoder_{name}",
        module=flat.eval(),
        reference=reference.eval(),
        inputs={"mel": float32("B", config.num_mels, "T")},
        outputs={"audio": float32("B", 1, "samples")},
        lengths=(24, 41),
        named_lengths=fast,
        extras={"kind": "hifigan", "context_frames": config.receptive_field_frames},
    )


def _behind(normalised: Normalised, generator: nn.Module) -> Normalised:
    """Another form of the generator behind the same normalisation."""
    result = Normalised(generator, torch.zeros(1), torch.ones(1), 1.0)
    result.mean, result.factor = normalised.mean, normalised.factor
    return result
