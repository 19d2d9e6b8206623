"""Classifiers of the transformers library that hear a waveform, for the slots of the two encoders.

An x-vector network (WavLMForXVector, Wav2Vec2ForXVector) tells who speaks; one for sequence classification with the
labels neutral, happy, sad and angry tells the emotion. Both hear samples at 16 kHz where ours hear mels; the manifest
entry states the rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.convert.converted import Converted
from export.convert.errors import ConvertError
from export.convert.hugging_face import load_network
from export.convert.sources import read_json
from export.emotions import LABELS
from export.graph_spec import GraphSpec, float32
from export.manifest import EMOTIONS, SIZES

_SPEAKER_CLASSES = ("WavLMForXVector", "Wav2Vec2ForXVector")
_EMOTION_CLASSES = ("Wav2Vec2ForSequenceClassification", "HubertForSequenceClassification")
# How data sets call the four; no others are guessed at.
_SYNONYMS = {
    "neu": "neutral", "calm": "neutral", "hap": "happy", "happiness": "happy", "joy": "happy", "sadness": "sad",
    "ang": "angry", "anger": "angry",
}  # fmt: skip
_LENGTHS = (8000, 13001)  # samples


class Listener(nn.Module):
    """samples [B, S] -> what a network says of them, first brought to mean 0 and variance 1 if it was trained so."""

    def __init__(self, network: nn.Module, normalise: bool) -> None:
        super().__init__()
        self.network, self.normalise = network, normalise

    def heard(self, samples: Tensor) -> Any:
        """The network's outputs."""
        if self.normalise:
            centred = samples - samples.mean(1, keepdim=True)
            samples = centred / torch.sqrt(centred.square().mean(1, keepdim=True) + 1e-7)
        return self.network(samples)


class SpeakerListener(Listener):
    """samples [B, S] -> speaker [B, size], unit norm."""

    def forward(self, samples: Tensor) -> Tensor:
        return F.normalize(self.heard(samples).embeddings, dim=1)


class EmotionListener(Listener):
    """samples [B, S] -> emotion [B, 16], posteriors [B, 4]: the vector is that of the labels, by their probability.

    order: where the network has each of our labels. prototypes [4, 16]: the labels' vectors.
    """

    def __init__(self, network: nn.Module, normalise: bool, order: list[int], prototypes: Tensor) -> None:
        super().__init__(network, normalise)
        self.prototypes: Tensor
        self.order: Tensor
        self.register_buffer("prototypes", prototypes)
        self.register_buffer("order", torch.tensor(order))

    def forward(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        posteriors = torch.softmax(self.heard(samples).logits, 1).index_select(1, self.order)
        return posteriors @ self.prototypes, posteriors


def speaker_encoder(source: Path) -> Converted:
    """An x-vector network. ConvertError: another class, or weights that do not fit."""
    network, preprocessor = _load(source, _SPEAKER_CLASSES)
    size = int(network.config.xvector_output_dim)
    spec = GraphSpec(
        name="speaker_encoder",
        module=SpeakerListener(network, preprocessor["do_normalize"]).eval(),
        inputs={"samples": float32("B", "S")},
        outputs={"speaker": float32("B", size)},
        example=_speechlike,
        lengths=_LENGTHS,
        extras={"sample_rate": preprocessor["sampling_rate"]},
    )
    note = "an acoustic model speaks with these vectors only if it was trained with them, even where their size fits"
    return Converted("speaker-encoder", [spec], None, {"speaker_size": size}, notes=(note,))


def emotion_encoder(source: Path) -> Converted:
    """A classifier of four emotions. ConvertError: another class, other labels, or weights that do not fit."""
    network, preprocessor = _load(source, _EMOTION_CLASSES)
    vectors = torch.tensor([EMOTIONS[label]["vector"] for label in LABELS], dtype=torch.float32)
    order = _label_order(network.config.id2label, str(source))
    spec = GraphSpec(
        name="emotion_encoder",
        module=EmotionListener(network, preprocessor["do_normalize"], order, vectors).eval(),
        inputs={"samples": float32("B", "S")},
        outputs={"emotion": float32("B", SIZES["emotion_size"]), "posteriors": float32("B", len(LABELS))},
        example=_speechlike,
        lengths=_LENGTHS,
        extras={"sample_rate": preprocessor["sampling_rate"]},
    )
    note = "its emotion vector is the mean of the labels' vectors, weighted by how probable they are"
    return Converted("emotion-encoder", [spec], None, {"emotion_size": SIZES["emotion_size"]}, notes=(note,))


def _label_order(labels: Mapping[int, str], where: str) -> list[int]:
    """Index of each of our labels. ConvertError: one is missing, or there are others beside them."""
    found: dict[str, int] = {}
    strange = []
    for index, label in labels.items():
        ours = _SYNONYMS.get(label.strip().lower(), label.strip().lower())
        if ours in found or ours not in LABELS:
            strange.append(label)
        else:
            found[ours] = int(index)
    missing = [label for label in LABELS if label not in found]
    if missing or strange:
        raise ConvertError(
            f"{where} tells {', '.join(labels.values())} apart; the slot needs exactly {', '.join(LABELS)}"
            + (f" (missing: {', '.join(missing)})" if missing else f" (too many: {', '.join(strange)})")
        )
    return [found[label] for label in LABELS]


def _speechlike(length: int) -> dict[str, np.ndarray]:
    """A tone that glides, in noise: [1, length]."""
    rng = np.random.default_rng(length)
    phase = np.cumsum(0.05 + 0.02 * np.sin(np.arange(length) / 900.0))
    samples = 0.2 * np.sin(phase) + 0.02 * rng.standard_normal(length)
    return {"samples": samples.astype(np.float32)[None]}


def _load(source: Path, classes: tuple[str, ...]) -> tuple[Any, dict[str, Any]]:
    """The network of a folder, and what its preprocessor_config.json says. ConvertError: says what does not fit."""
    network, path = load_network(source, classes)
    found = path.parent / "preprocessor_config.json"
    stated = read_json(found) if found.is_file() else {}
    rate, normalise = stated.get("sampling_rate", 16000), stated.get("do_normalize", True)
    if not isinstance(rate, int) or isinstance(rate, bool) or rate < 1 or not isinstance(normalise, bool):
        raise ConvertError(f"{found}: sampling_rate must be a whole number and do_normalize true or false")
    return network, {"sampling_rate": rate, "do_normalize": normalise}
