"""The encoders' wrappers: what goes into the graphs, how windows are joined, and what a set without them says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import tiny_models
from qingyin.errors import ModelError
from qingyin.features import N_MELS
from qingyin.model_sets.finding import load_manifest
from qingyin.references.encoders import Encoders
from qingyin.references.reference import Reference, load_reference
from qingyin.references.speaker_changes import SAME_SPEAKER_COSINE, lowest_cosine, speaker_findings
from speechlike import RATE, speechlike


@pytest.fixture(scope="module")
def encoders(models: Path) -> Encoders:
    return Encoders(load_manifest(models))


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference((speechlike(4.0), RATE))


def test_a_speaker_is_a_unit_vector(encoders: Encoders, reference: Reference) -> None:
    vector = encoders.speaker(reference)
    assert vector.shape == (tiny_models.SPEAKER,)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector @ encoders.speaker_of_mel(reference.mel) == pytest.approx(1, abs=1e-5)


def test_long_references_are_the_mean_of_windows_of_three_to_six_seconds(
    encoders: Encoders, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = load_reference((speechlike(17.0), RATE))
    heard: list[int] = []
    alone = encoders.speaker_of_mel

    def listen(mel: np.ndarray) -> np.ndarray:
        heard.append(len(mel))
        return alone(mel)

    monkeypatch.setattr(encoders, "speaker_of_mel", listen)
    vector = encoders.speaker(reference)
    assert sum(heard) == len(reference.mel)
    assert all(3.0 <= frames * 256 / 22050 <= 6.02 for frames in heard)
    edges = np.cumsum([0, *heard])
    mean = np.mean([alone(reference.mel[a:b]) for a, b in pairwise(edges)], axis=0)
    assert vector @ mean / np.linalg.norm(mean) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("seconds", [2.0, 4.0, 14.0])
def test_emotion_is_a_vector_and_four_probabilities(encoders: Encoders, seconds: float) -> None:
    vector, posteriors = encoders.emotion(load_reference((speechlike(seconds), RATE)))
    assert vector.shape == (tiny_models.EMOTION,)
    assert vector.dtype == np.float32
    assert list(posteriors) == ["neutral", "happy", "sad", "angry"]
    assert sum(posteriors.values()) == pytest.approx(1, abs=1e-5)


def test_emotion_hears_pitch_and_voicing(encoders: Encoders, reference: Reference) -> None:
    import dataclasses

    vector, _ = encoders.emotion(reference)
    for changed in (
        dataclasses.replace(reference, f0=reference.f0 * np.float32(1.5)),
        dataclasses.replace(reference, voicing=1 - reference.voicing),
        dataclasses.replace(reference, mel=reference.mel + np.float32(0.5)),
    ):
        assert np.abs(encoders.emotion(changed)[0] - vector).max() > 1e-4


def without(models: Path, folder: Path, *names: str) -> Path:
    tiny_models.build_models(folder)
    manifest = tiny_models.read_manifest(folder)
    for name in names:
        del manifest["graphs"][name]
    tiny_models.write_manifest(folder, manifest)
    return folder


def test_sets_that_cannot_listen_say_so(models: Path, tmp_path: Path, reference: Reference) -> None:
    with pytest.raises(ModelError, match="cannot clone: it has no speaker encoder"):
        Encoders(load_manifest(without(models, tmp_path / "deaf", "speaker_encoder", "emotion_encoder")))
    half = Encoders(load_manifest(without(models, tmp_path / "half", "emotion_encoder")))
    assert not half.hears_emotion
    assert half.speaker(reference).shape == (tiny_models.SPEAKER,)
    with pytest.raises(ModelError, match="no emotion encoder"):
        half.emotion(reference)


@pytest.mark.parametrize("key", ["sample_rate", "hop_length"])
def test_other_features_are_refused(models: Path, tmp_path: Path, key: str) -> None:
    tiny_models.build_models(tmp_path)
    manifest = tiny_models.read_manifest(tmp_path)
    manifest[key] *= 2
    tiny_models.write_manifest(tmp_path, manifest)
    with pytest.raises(ModelError, match="features"):
        Encoders(load_manifest(tmp_path))


def by_band(mel: np.ndarray) -> np.ndarray:
    """A stand-in encoder: the unit vector of the mean spectrum, without its mean."""
    mean = mel.mean(0)
    mean = mean - mean.mean()
    return (mean / np.linalg.norm(mean)).astype(np.float32)


def mels(*bands: int, frames: int = 400) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    result = []
    for band in bands:
        mel = rng.normal(-8, 0.5, (frames, N_MELS)).astype(np.float32)
        mel[:, band : band + 10] += 6
        result.append(mel)
    return result


def test_two_speakers_are_found_within_a_recording_and_between_two() -> None:
    one, other = mels(10, 50)
    assert (lowest_cosine([np.concatenate([one, other])], by_band) or 0) < SAME_SPEAKER_COSINE
    assert (lowest_cosine([one, other], by_band) or 0) < SAME_SPEAKER_COSINE
    assert (lowest_cosine([np.concatenate([one, *mels(10)])], by_band) or 0) > SAME_SPEAKER_COSINE
    assert lowest_cosine([one[:200]], by_band) is None


def test_a_short_laugh_is_not_another_speaker() -> None:
    (one,) = mels(10, frames=2600)
    one[1300:1400] = mels(50, frames=100)[0]
    assert (lowest_cosine([one], by_band) or 0) > SAME_SPEAKER_COSINE


def test_the_finding_names_the_figure(reference: Reference) -> None:
    import dataclasses

    one, other = (dataclasses.replace(reference, mel=mel) for mel in mels(10, 50))
    (finding,) = speaker_findings([one, other], by_band)
    assert finding.kind == "speakers"
    assert f"{finding.figure:.2f}" in finding.message
    assert speaker_findings([one], by_band) == ()
