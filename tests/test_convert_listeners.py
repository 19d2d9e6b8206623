"""Networks that hear waveforms: read back as transformers saves them, they say who speaks and how, in our slots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import tiny_models
from export.convert.command import main
from export.cpu_session import session
from export.manifest import EMOTIONS
from qingyin.model_sets.finding import load_manifest
from qingyin.references.cloning import clone
from qingyin.references.encoders import Encoders
from qingyin.references.reference import load_reference
from qingyin.synthesizer import Synthesizer
from speechlike import RATE, speechlike

transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)
SMALL: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64,
    "conv_dim": (16, 16, 16), "conv_stride": (5, 4, 4), "conv_kernel": (10, 4, 4), "num_feat_extract_layers": 3,
    "num_conv_pos_embeddings": 16, "num_conv_pos_embedding_groups": 4,
}  # fmt: skip
XVECTOR = {"tdnn_dim": (32, 32, 32, 32, 64), "xvector_output_dim": 128}
LABELS = {0: "neu", 1: "hap", 2: "ang", 3: "sad"}  # the order of the well-known four-emotion data set


def saved(kind: str, folder: Path, **values: Any) -> Any:
    """A network of that class with lively seeded weights, saved as the library saves it."""
    network_class = getattr(transformers, kind)
    torch.manual_seed(11)
    network = network_class(network_class.config_class(**SMALL, **values)).eval()
    with torch.no_grad():
        for name, value in network.named_parameters():
            if value.dim() > 1 and "original" not in name:
                value.normal_(0.0, 1.5 / value[0].numel() ** 0.5)
    network.save_pretrained(folder)
    return network


@pytest.mark.parametrize("kind", ["WavLMForXVector", "Wav2Vec2ForXVector"])
@pytest.mark.parametrize("normalise", [True, False])
def test_x_vectors(kind: str, normalise: bool, tmp_path: Path, models: Path) -> None:
    network = saved(kind, tmp_path / "source", **XVECTOR)
    (tmp_path / "source" / "preprocessor_config.json").write_text(
        json.dumps({"sampling_rate": 16000, "do_normalize": normalise})
    )
    assert main([str(tmp_path / "source"), "--as", "speaker-encoder", "--base", str(models), "-o",
                 str(tmp_path / "set")]) == 0  # fmt: skip
    run = session(tmp_path / "set" / "speaker_encoder.onnx")
    extractor = transformers.Wav2Vec2FeatureExtractor(do_normalize=normalise)
    for batch, length in ((1, 8000), (1, 20011), (2, 8000)):
        samples = speechlike(2.0)[: batch * length].reshape(batch, length).astype(np.float32)
        heard = extractor(list(samples), sampling_rate=16000, return_tensors="pt").input_values
        with torch.inference_mode():
            expected = torch.nn.functional.normalize(network(heard).embeddings, dim=1).numpy()
        found = run.run(["speaker"], {"samples": samples})[0]
        assert np.abs(found - expected).max() <= 1e-4
    vector = Encoders(load_manifest(tmp_path / "set")).speaker(load_reference((speechlike(7.0), RATE)))
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize("kind", ["Wav2Vec2ForSequenceClassification", "HubertForSequenceClassification"])
def test_emotions(kind: str, tmp_path: Path, models: Path) -> None:
    network = saved(kind, tmp_path / "source", id2label=LABELS, label2id={v: k for k, v in LABELS.items()})
    assert main([str(tmp_path / "source"), "--as", "emotion-encoder", "--base", str(models), "-o",
                 str(tmp_path / "set")]) == 0  # fmt: skip
    samples = speechlike(1.0)[:16000].astype(np.float32)[None]
    heard = transformers.Wav2Vec2FeatureExtractor()(samples[0], sampling_rate=16000, return_tensors="pt").input_values
    with torch.inference_mode():
        by_label = dict(zip(LABELS.values(), torch.softmax(network(heard).logits, 1)[0].tolist(), strict=True))
    run = session(tmp_path / "set" / "emotion_encoder.onnx")
    vector, posteriors = run.run(["emotion", "posteriors"], {"samples": samples})
    assert posteriors[0] == pytest.approx([by_label[name] for name in ("neu", "hap", "sad", "ang")], abs=1e-4)
    assert np.ptp(posteriors) > 0.01
    expected = sum(by_label[label[:3]] * np.array(EMOTIONS[label]["vector"]) for label in EMOTIONS)
    assert vector[0] == pytest.approx(expected, abs=1e-4)
    voice = clone(Synthesizer.load(tmp_path / "set"), (speechlike(4.0), RATE))
    assert np.isfinite(voice.emotion).all()


def test_vectors_of_another_size_are_refused(tmp_path: Path, models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved("WavLMForXVector", tmp_path / "source", **{**XVECTOR, "xvector_output_dim": 24})
    arguments = [str(tmp_path / "source"), "--as", "speaker-encoder"]
    assert main([*arguments, "--base", str(models), "-o", str(tmp_path / "set")]) == 2
    assert "speaker_size: the source has 24, the set 128" in capsys.readouterr().err
    assert main([*arguments, "-o", str(tmp_path / "own")]) == 0
    assert tiny_models.read_manifest(tmp_path / "own")["speaker_size"] == 24


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ({0: "neutral", 1: "happy", 2: "sad"}, "missing: angry"),
        ({0: "neutral", 1: "happy", 2: "sad", 3: "angry", 4: "disgust"}, "too many: disgust"),
        ({0: "LABEL_0", 1: "LABEL_1"}, "missing: neutral"),
    ],
)
def test_other_labels_are_refused(
    labels: dict[int, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved("HubertForSequenceClassification", tmp_path / "source", id2label=labels,
          label2id={v: k for k, v in labels.items()})  # fmt: skip
    assert main([str(tmp_path / "source"), "--as", "emotion-encoder", "-o", str(tmp_path / "set")]) == 2
    assert message in capsys.readouterr().err


def test_another_class_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved("Wav2Vec2ForSequenceClassification", tmp_path / "source")
    assert main([str(tmp_path / "source"), "--as", "speaker-encoder", "-o", str(tmp_path / "set")]) == 2
    assert "is of Wav2Vec2ForSequenceClassification" in capsys.readouterr().err
