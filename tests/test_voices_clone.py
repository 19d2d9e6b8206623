"""A clone has its reference's timbre, pitch and emotion, the default voice's manner, and the loudness of all voices."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

import tiny_models
from qingyin import Synthesizer
from qingyin.emotions import Emotion
from qingyin.errors import AudioError, ModelError, VoiceError
from qingyin.references.cloning import CALIBRATION_TEXT
from qingyin.references.loudness_meter import integrated_loudness
from qingyin.references.reference import load_reference
from speechlike import speechlike

RATE = 22050
LOW = (speechlike(8.0, f0_hz=110.0), RATE)
HIGH = (speechlike(8.0, f0_hz=220.0, seed=1, size=1.15), RATE)


@pytest.fixture(scope="module")
def synthesizer(models: Path) -> Synthesizer:
    return Synthesizer.load(models)


def test_what_comes_from_the_reference_and_what_from_the_default_voice(synthesizer: Synthesizer) -> None:
    base, low, high = synthesizer.voice(), synthesizer.clone(LOW), synthesizer.clone(HIGH)
    for clone, hz in ((low, 110.0), (high, 220.0)):
        assert abs(12 * math.log2(math.exp(clone.pitch_mean_ln_hz) / hz)) < 2  # semitones
        assert float(np.linalg.norm(clone.speaker)) == pytest.approx(1.0, abs=1e-5)
        np.testing.assert_allclose(clone.prosody, base.prosody, atol=1e-6)
        assert (clone.rate, clone.pitch_range) == (base.rate, base.pitch_range)
    assert not np.allclose(low.speaker, high.speaker, atol=1e-3)
    assert not np.allclose(low.emotion, high.emotion, atol=1e-4)
    encoders, reference = synthesizer.encoders, load_reference(LOW)
    np.testing.assert_allclose(low.speaker, encoders.speaker(reference), atol=1e-5)
    np.testing.assert_allclose(low.emotion, encoders.emotion(reference)[0], atol=1e-5)


def test_provenance_says_what_was_given_and_claims_no_consent(synthesizer: Synthesizer, tmp_path: Path) -> None:
    path = tmp_path / "friend.wav"
    soundfile.write(path, LOW[0], RATE)
    voice = synthesizer.clone(path, name="friend")
    origin = voice.provenance
    assert voice.name == "friend" and origin is not None and not origin.consent
    assert origin.sha256 == (hashlib.sha256(path.read_bytes()).hexdigest(),)
    assert origin.seconds == pytest.approx(load_reference(path).speech_seconds, abs=0.06)
    assert origin.added == datetime.date.today().isoformat()
    assert str(tmp_path) not in str(dataclasses.asdict(voice))


def test_every_form_of_a_reference_gives_the_same_clone(synthesizer: Synthesizer, tmp_path: Path) -> None:
    path = tmp_path / "friend.flac"
    soundfile.write(path, LOW[0], RATE, subtype="PCM_24")
    wanted = synthesizer.clone(path)
    for reference in (str(path), path.read_bytes(), io.BytesIO(path.read_bytes()), load_reference(path), [path]):
        assert np.array_equal(synthesizer.clone(reference).speaker, wanted.speaker)


def test_several_references_are_averaged_and_their_pitch_pooled(synthesizer: Synthesizer) -> None:
    low, high, both = synthesizer.clone(LOW), synthesizer.clone(HIGH), synthesizer.clone([LOW, HIGH])
    mean = low.speaker + high.speaker
    np.testing.assert_allclose(both.speaker, mean / np.linalg.norm(mean), atol=1e-5)
    np.testing.assert_allclose(both.emotion, (low.emotion + high.emotion) / 2, atol=1e-5)
    assert low.pitch_mean_ln_hz <= both.pitch_mean_ln_hz <= high.pitch_mean_ln_hz
    weighted = synthesizer.clone([LOW, LOW, HIGH])  # two thirds of the voiced frames are low
    assert weighted.pitch_mean_ln_hz == pytest.approx(low.pitch_mean_ln_hz, abs=0.15)
    assert both.provenance is not None and len(both.provenance.sha256) == 2
    with pytest.raises(VoiceError, match="no reference"):
        synthesizer.clone([])


@pytest.mark.parametrize("level_db", [0.0, -25.0])
def test_a_clone_speaks_at_minus_20_lufs_however_loud_its_reference(synthesizer: Synthesizer, level_db: float) -> None:
    voice = synthesizer.clone((LOW[0] * np.float32(10 ** (level_db / 20)), RATE))
    audio = synthesizer.synthesize(CALIBRATION_TEXT, voice=voice, seed=0, temperature=0.0)
    assert integrated_loudness(audio.samples, audio.sample_rate) == pytest.approx(-20.0, abs=0.5)


def test_a_clone_is_a_voice_like_any_other(synthesizer: Synthesizer) -> None:
    low, high = synthesizer.clone(LOW), synthesizer.clone(HIGH)
    first = synthesizer.synthesize("你好，世界。", voice=low, seed=1)
    assert first.report.voice == "clone"
    assert np.array_equal(first.samples, synthesizer.synthesize("你好，世界。", voice=low, seed=1).samples)
    assert not np.array_equal(first.samples, synthesizer.synthesize("你好，世界。", voice=high, seed=1).samples)
    # its emotion is implicit: giving it changes nothing, switching it off does
    explicit = synthesizer.synthesize("你好，世界。", voice=low, seed=1, emotion=Emotion(low.emotion))
    neutral = synthesizer.synthesize("你好，世界。", voice=low, seed=1, emotion="neutral")
    assert np.array_equal(first.samples, explicit.samples) and not np.array_equal(first.samples, neutral.samples)


def test_remarks_about_the_recording_reach_the_report(synthesizer: Synthesizer) -> None:
    voice = synthesizer.clone((speechlike(3.0), RATE))
    assert any("s of speech" in note for note in voice.notes)
    assert synthesizer.synthesize("你好。", voice=voice).report.warnings == list(voice.notes)


def test_what_is_no_reference_is_refused(synthesizer: Synthesizer, tmp_path: Path) -> None:
    for bad in (tmp_path / "none.wav", b"RIFF", (np.zeros(RATE * 3, np.float32), RATE)):
        with pytest.raises(AudioError):
            synthesizer.clone(bad)


def without(folder: Path, *names: str) -> Synthesizer:
    tiny_models.build_models(folder)
    manifest = tiny_models.read_manifest(folder)
    for name in names:
        del manifest["graphs"][name]
    tiny_models.write_manifest(folder, manifest)
    return Synthesizer.load(folder)


def test_a_set_without_encoders_speaks_but_cannot_clone(tmp_path: Path) -> None:
    synthesizer = without(tmp_path, "speaker_encoder", "emotion_encoder")
    assert len(synthesizer.synthesize("你好。"))
    with pytest.raises(ModelError, match="cannot clone"):
        synthesizer.clone(LOW)


def test_a_set_without_an_emotion_encoder_clones_neutrally(tmp_path: Path) -> None:
    assert not without(tmp_path, "emotion_encoder").clone(LOW).emotion.any()
