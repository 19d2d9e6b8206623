"""Durations, pitch around the model's own, loudness and options: small functions with exact cases."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from qingyin.acoustic.length_regulator import MAX_PHONEME_FRAMES, expand, phoneme_frames
from qingyin.acoustic.model import chunk_bounds
from qingyin.acoustic.prosody import (
    SEMITONE,
    final_lowering,
    pitch_noise,
    pitch_offset,
    question_rise,
    syllable_centres,
)
from qingyin.errors import ModelError, OptionError
from qingyin.loudness import apply_gain
from qingyin.options import SynthesisOptions

FRAME_MS = 256000 / 22050
FRAMES = np.array([3, 4, 6, 2, 5, 10, 2, 8, 3])
SYLLABLES = np.array([-1, 0, 0, -1, 1, 1, 2, 2, -1])


def lengths(
    log_duration: list[float], pauses: list[float | None], std: float = 0.0, **more: float
) -> list[int]:
    settings = {"speed": 1.0, "temperature": 0.0} | more
    values = np.array(log_duration, np.float32)
    rng = np.random.default_rng(0)
    frames = phoneme_frames(
        values, np.full(len(values), std, np.float32), pauses, frame_ms=FRAME_MS, rng=rng, **settings
    )
    return frames.tolist()


@pytest.mark.parametrize(
    ("log_duration", "pause", "speed", "expected"),
    [
        (np.log(10), None, 1.0, 10), (np.log(10), None, 2.0, 5), (np.log(10), None, 0.5, 20),
        (np.log(0.3), None, 1.0, 2), (99.0, None, 1.0, MAX_PHONEME_FRAMES),
        (np.log(10), 200.0, 1.0, 17), (np.log(10), 200.0, 2.0, 9), (np.log(10), 0.0, 1.0, 1),
    ],
)  # fmt: skip
def test_a_length_comes_from_the_model_and_a_pause_from_the_text(
    log_duration, pause, speed, expected
) -> None:
    assert lengths([log_duration], [pause], speed=speed) == [expected]


def test_temperature_scales_the_predicted_spread() -> None:
    means = [float(np.log(50))] * 400
    calm, lively = (np.std(np.log(lengths(means, [None] * 400, std=0.2, temperature=t))) for t in (0.3, 1.0))
    assert calm == pytest.approx(0.06, rel=0.2) and lively == pytest.approx(0.2, rel=0.15)


def test_expand_gives_phoneme_and_place_of_every_frame() -> None:
    phoneme, position = expand(np.array([1, 4]))
    assert phoneme.tolist() == [0, 1, 1, 1, 1]
    np.testing.assert_allclose(position, [0.5, 0.125, 0.375, 0.625, 0.875])
    assert position.dtype == np.float32


def test_syllable_centres() -> None:
    assert syllable_centres(FRAMES, SYLLABLES).tolist() == [8.0, 22.5, 35.0]
    assert syllable_centres(np.array([4]), np.array([-1])).tolist() == []


def test_pitch_noise_is_linear_between_syllables_and_level_outside() -> None:
    noise = pitch_noise(FRAMES, SYLLABLES, 0.5, np.random.default_rng(1))
    values = 0.5 * np.random.default_rng(1).standard_normal(3)
    assert noise.shape == (43,) and noise.dtype == np.float32
    np.testing.assert_allclose(noise[[0, 7]], values[0], rtol=1e-6)
    np.testing.assert_allclose(noise[22], values[1], rtol=1e-6)
    np.testing.assert_allclose(noise[[36, 42]], values[2], rtol=1e-6)
    assert np.abs(np.diff(noise, 2)[24:32]).max() < 1e-6
    assert not pitch_noise(FRAMES, SYLLABLES, 0.0, np.random.default_rng(1)).any()


def test_temperature_zero_draws_as_many_numbers() -> None:
    hot, cold = np.random.default_rng(1), np.random.default_rng(1)
    pitch_noise(FRAMES, SYLLABLES, 0.5, hot)
    pitch_noise(FRAMES, SYLLABLES, 0.0, cold)
    assert hot.random() == cold.random()


def test_a_question_rises_by_three_semitones_at_its_end_and_one_on_average() -> None:
    position = np.linspace(0, 1, 1001)
    rise = question_rise(position, 3.0)
    assert rise[0] == 0 and rise[-1] == 3 and rise.mean() == pytest.approx(1.0, abs=0.01)
    assert (np.diff(rise) >= 0).all()
    lowering = final_lowering(position, 2.0)
    assert lowering[800] == 0 and lowering[-1] == pytest.approx(-2)


def offset(kind: str, syllables: np.ndarray = SYLLABLES, **more: float) -> np.ndarray:
    settings = {
        "pitch_semitones": 0.0,
        "question_rise_semitones": 3.0,
        "final_lowering_semitones": 1.0,
    } | more
    return pitch_offset(FRAMES, syllables, kind, **settings) / SEMITONE


def test_offset_by_kind_of_sentence() -> None:
    np.testing.assert_allclose(offset("exclamation", pitch_semitones=2.0), 2.0, rtol=1e-6)
    assert offset("question")[0] == 0 and offset("question")[-1] == pytest.approx(3.0)
    assert offset("statement")[-1] == pytest.approx(-1.0) and offset("statement")[10] == 0
    only = np.where(SYLLABLES == 1, 0, -1)
    np.testing.assert_allclose(offset("question", only), 3.0, rtol=1e-6)  # one syllable is the last one
    assert not offset("question", np.full(9, -1)).any()


def test_an_emotion_leans_the_melody_about_its_middle() -> None:
    plain, leaning = (
        pitch_offset(
            FRAMES, SYLLABLES, "exclamation", pitch_semitones=0.0, question_rise_semitones=3.0,
            final_lowering_semitones=1.0, slope_semitones=slope,
        )
        for slope in (0.0, -3.0)
    )  # fmt: skip
    change = (leaning - plain) / SEMITONE
    first, *_, last = (int(centre) for centre in syllable_centres(FRAMES, SYLLABLES))
    assert change[first] == pytest.approx(1.5, abs=0.1) and change[last] == pytest.approx(-1.5, abs=0.1)
    assert np.all(np.diff(change) <= 1e-6)
    alone = pitch_offset(
        np.array([5, 9]), np.array([0, 0]), "exclamation", pitch_semitones=0.0, question_rise_semitones=0.0,
        final_lowering_semitones=0.0, slope_semitones=-3.0,
    )  # fmt: skip
    assert not alone.any()  # one syllable has no beginning and end to lean between


@pytest.mark.parametrize("total", [1, 31, 32, 33, 48, 500, 5000])
def test_chunks_cover_the_sentence_without_overlap(total: int) -> None:
    bounds = list(chunk_bounds(total, 32, 256))
    assert bounds[0][0] == 0 and bounds[-1][1] == total
    assert all(a[1] == b[0] for a, b in pairwise(bounds))
    assert max(stop - start for start, stop in bounds) <= 256 + 128
    assert bounds[0][1] == (32 if total >= 48 else total)


def test_gain_leaves_quiet_samples_alone_and_bends_loud_ones() -> None:
    samples = np.array([0.5, -0.5, 0.79, 0.9, -3.0, 100.0], np.float32)
    result = apply_gain(samples, 0.0)
    np.testing.assert_array_equal(result[:3], samples[:3])
    assert 0.8 < result[3] < 0.9 and -1.0 <= result[4] < -0.99 and result[5] == 1.0
    np.testing.assert_allclose(apply_gain(samples[:2], -6.0206), [0.25, -0.25], rtol=1e-4)
    ramp = np.linspace(-4, 4, 9001, dtype=np.float32)
    assert (np.diff(apply_gain(ramp, 0.0)) >= 0).all()
    with pytest.raises(ModelError, match="no numbers"):
        apply_gain(np.array([np.nan], np.float32), 0.0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speed", 0.4), ("speed", 2.1), ("speed", float("nan")), ("speed", "1"), ("speed", True),
        ("speed", None),
        ("pitch_semitones", 13), ("pitch_range", -0.1), ("volume_db", 21), ("temperature", 1.5),
        ("temperature", float("inf")), ("seed", -1), ("seed", 1.5), ("seed", 2**63), ("seed", True),
        ("emotion", "happy=9"), ("emotion", [1.0, float("nan")]), ("emotion", 3), ("emotion", ["x"]),
        ("question_rise_semitones", -1), ("final_lowering_semitones", 13),
    ],
)  # fmt: skip
def test_options_out_of_range_name_the_field(field: str, value: object) -> None:
    with pytest.raises(OptionError, match=field):
        SynthesisOptions(**{field: value})


def test_options_are_frozen_and_strict() -> None:
    options = SynthesisOptions(speed=2, seed=np.int64(3), emotion=np.ones(2))
    assert options.speed == 2.0 and options.seed == 3 and options.emotion == (1.0, 1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        options.speed = 1.0  # type: ignore[misc]
    with pytest.raises(OptionError, match="'sped'"):
        SynthesisOptions.from_mapping({"sped": 1})
    assert SynthesisOptions.from_mapping({"speed": 1.5}).speed == 1.5
