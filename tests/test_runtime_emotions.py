"""However an emotion is named, the same thing is said; and what is no emotion is refused with its place."""

from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tiny_models
from qingyin import SynthesisOptions, Synthesizer
from qingyin.emotions import Emotion, mixed, parse_mix, resolve
from qingyin.errors import ModelError, OptionError
from qingyin.model_sets.finding import load_manifest
from speechlike import speechlike

LABELS = ("neutral", "happy", "sad", "angry")
TEXT = "今天天气真好，我们去公园走走吧。"


@pytest.fixture(scope="module")
def synthesizer(models: Path) -> Synthesizer:
    return Synthesizer.load(models)


def sound(synthesizer: Synthesizer, **options) -> np.ndarray:
    return synthesizer.synthesize(TEXT, seed=1, **options).samples


@pytest.mark.parametrize(
    ("text", "mix"),
    [
        ("sad", {"sad": 1.0}),
        (" sad ", {"sad": 1.0}),
        ("happy=0.6,angry=0.3", {"happy": 0.6, "angry": 0.3}),
        ("happy = .6 , angry=1.5", {"happy": 0.6, "angry": 1.5}),
        ("sad=0", {"sad": 0.0}),
        ("happy，sad=5e-1", {"happy": 1.0, "sad": 0.5}),
        ("neutral=1.", {"neutral": 1.0}),
    ],
)
def test_mixes_that_are_understood(text: str, mix: dict[str, float]) -> None:
    assert parse_mix(text, LABELS) == mix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "character 0: there is no label"),
        ("happy,", "character 6: there is no label"),
        (",happy", "character 0: there is no label"),
        ("=0.3", "character 0: there is no label"),
        ("hapy=0.6", "character 0: unknown emotion 'hapy'; did you mean 'happy'?"),
        ("happy=0.6, Sda=0.3", "character 11: unknown emotion 'Sda'; did you mean 'sad'?"),
        ("xyz", "unknown emotion 'xyz'; known emotions: neutral, happy, sad, angry"),
        ("happy=0.6 angry=0.3", "character 6: '0.6 angry=0.3' is no number"),
        ("happy angry", "character 6: 'angry' is too much; put a comma"),
        ("happy=-0.1", "character 6: a weight must be from 0 to 1.5 (got -0.1)"),
        ("sad=1, happy= 1.6", "character 14: a weight must be from 0 to 1.5 (got 1.6)"),
        ("happy=", "character 6: '' is no number"),
        ("happy=nan", "'nan' is no number"),
        ("happy=inf", "'inf' is no number"),
        ("happy=1_0", "'1_0' is no number"),
        ("happy=0.3,happy=0.3", "character 10: 'happy' is there twice"),
    ],
)
def test_mixes_that_are_refused_name_the_place(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_mix(text, LABELS)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@settings(deadline=None)
@given(st.text(max_size=40) | st.text(alphabet="happysd=,.0123456789 -+e，", max_size=40))
def test_no_text_is_taken_for_what_it_is_not(text: str) -> None:
    try:
        mix = parse_mix(text, LABELS)
    except OptionError as error:
        assert f"emotion {text!r}, character " in str(error)
        return
    assert mix and all(label in LABELS and 0.0 <= weight <= 1.5 for label, weight in mix.items())
    assert all(label in text for label in mix)


names = st.text(alphabet=string.ascii_letters, min_size=1, max_size=8)


@settings(deadline=None)
@given(st.dictionaries(names, st.floats(0, 1.5), min_size=1, max_size=4))
def test_a_mix_survives_being_written_down(mix: dict[str, float]) -> None:
    assert parse_mix(", ".join(f"{label}={weight!r}" for label, weight in mix.items())) == mix


def test_a_mix_is_the_weighted_sum_and_pauses_multiply(models: Path) -> None:
    manifest = load_manifest(models)
    happy, sad = (np.array(tiny_models.EMOTIONS[label]["vector"]) for label in ("happy", "sad"))
    found = mixed({"happy": 0.6, "sad": 0.3}, manifest)
    np.testing.assert_allclose(found.vector, 0.6 * happy + 0.3 * sad, atol=1e-6)
    assert found.pauses == pytest.approx(0.8**0.6 * 2.0**0.3)
    half = found.scaled(0.5)
    np.testing.assert_allclose(half.vector, found.vector / 2, atol=1e-6)
    assert half.pauses == pytest.approx(found.pauses**0.5)
    assert found.scaled(0).pauses == 1.0 and not found.scaled(0).vector.any()


def test_every_way_to_say_sad_is_the_same(synthesizer: Synthesizer) -> None:
    wanted = sound(synthesizer, emotion="sad")
    assert np.array_equal(wanted, sound(synthesizer, emotion={"sad": 1.0}))
    assert np.array_equal(wanted, sound(synthesizer, emotion=" sad=1, happy=0"))
    vector = np.array(tiny_models.EMOTIONS["sad"]["vector"], np.float32)
    assert np.array_equal(wanted, sound(synthesizer, emotion=Emotion(vector, pauses=2.0)))
    assert not np.array_equal(wanted, sound(synthesizer, emotion="happy"))


def test_without_an_emotion_it_is_the_voice_s_own_and_neutral_is_none(synthesizer: Synthesizer) -> None:
    own = synthesizer.voice().emotion.tolist()
    assert np.array_equal(sound(synthesizer), sound(synthesizer, emotion=own))
    neutral = sound(synthesizer, emotion="neutral")
    assert np.array_equal(neutral, sound(synthesizer, emotion=[0.0] * 16))
    assert np.array_equal(neutral, sound(synthesizer, emotion="angry", emotion_strength=0))
    assert np.array_equal(neutral, sound(synthesizer, emotion_strength=0))  # the voice's own is scaled as well
    assert not np.array_equal(neutral, sound(synthesizer))


def pause_frames(synthesizer: Synthesizer, **options) -> int:
    """Length of the comma's pause, found as what the whole grows by when it is made longer."""
    long, short = (
        len(synthesizer.synthesize(TEXT, seed=1, pauses={"，": ms}, **options).samples) for ms in (2000.0, 1000.0)
    )
    return long - short


def test_pauses_follow_the_emotion_and_its_strength(synthesizer: Synthesizer) -> None:
    neutral = pause_frames(synthesizer, emotion="neutral")
    for strength, factor in ((0.5, 2.0**0.5), (1.0, 2.0), (1.5, 2.0**1.5)):
        found = pause_frames(synthesizer, emotion="sad", emotion_strength=strength)
        assert found / neutral == pytest.approx(factor, rel=0.02)
    assert pause_frames(synthesizer, emotion="happy") < neutral


def test_the_emotion_of_a_recording(synthesizer: Synthesizer) -> None:
    recording = (speechlike(3.0), 22050)
    emotion = synthesizer.emotion_of(recording)
    assert emotion.vector.shape == (16,) and emotion.vector.any() and 0.8 <= emotion.pauses <= 2.0
    spoken = synthesizer.synthesize(TEXT, seed=1, emotion=emotion)
    assert not np.array_equal(spoken.samples, sound(synthesizer))
    assert emotion.notes and spoken.report.warnings == list(emotion.notes)  # it is short
    assert np.array_equal(
        sound(synthesizer, emotion=emotion, emotion_strength=0), sound(synthesizer, emotion="neutral")
    )


@pytest.mark.parametrize(
    "emotion",
    ["sulky", {"sulky": 1.0}, {}, {"sad": 2.0}, {"sad": -1}, {"sad": "1"}, {"sad": float("nan")}, {"sad": True},
     {1: 1.0}, [0.0] * 15, [float("nan")] * 16, b"sad", 3, "sad,sad", Emotion(np.zeros(3, np.float32))],
)  # fmt: skip
def test_what_is_no_emotion_is_refused_before_anything_is_said(synthesizer: Synthesizer, emotion: object) -> None:
    with pytest.raises(OptionError):
        synthesizer.stream(TEXT, emotion=emotion)


@pytest.mark.parametrize("strength", [-0.1, 1.6, float("nan"), "1", None])
def test_strength_has_its_range(strength: object) -> None:
    with pytest.raises(OptionError, match=r"emotion_strength must be a number from 0 to 1\.5"):
        SynthesisOptions(emotion_strength=strength)  # type: ignore[arg-type]


def test_syntax_is_checked_before_any_model_is_loaded() -> None:
    assert SynthesisOptions(emotion="whatever=0.5").emotion == "whatever=0.5"  # only a model set knows its labels
    with pytest.raises(OptionError, match="character 9"):
        SynthesisOptions(emotion="whatever=2")


def test_a_set_without_emotions_is_neutral_and_says_so(tmp_path: Path) -> None:
    folder = tiny_models.build_models(tmp_path)
    manifest = tiny_models.read_manifest(folder)
    manifest["emotions"] = {}
    del manifest["graphs"]["emotion_encoder"]
    tiny_models.write_manifest(folder, manifest)
    synthesizer = Synthesizer.load(folder)
    assert not resolve("neutral", synthesizer.manifest).vector.any()
    with pytest.raises(OptionError, match="unknown emotion 'sad'; known emotions: neutral"):
        synthesizer.synthesize(TEXT, emotion="sad")
    with pytest.raises(ModelError, match="has no emotion encoder"):
        synthesizer.emotion_of((speechlike(3.0), 22050))
