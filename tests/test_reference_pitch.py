"""F0 must be Praat's, because the acoustic model learned from Praat's; and loudness what the training data had."""

from __future__ import annotations

import numpy as np
import pytest

from qingyin.features import HOP, SAMPLE_RATE, pad_to_frames
from qingyin.pitch import interpolate_f0, pitch
from qingyin.references.loudness_meter import integrated_loudness, levelled
from speechlike import speechlike

VOICES = [(95.0, 0, 0.9), (140.0, 1, 1.0), (210.0, 2, 1.1), (330.0, 3, 1.25), (470.0, 4, 1.3)]


@pytest.mark.parametrize(("hz", "seed", "size"), VOICES)
def test_pitch_is_praats(hz: float, seed: int, size: float) -> None:
    pytest.importorskip("parselmouth")
    from export.features import pitch as praats_pitch

    for snr_db in (55.0, 12.0):
        samples = pad_to_frames(speechlike(3.0, hz, seed, size, snr_db))
        f0, voiced = pitch(samples)
        expected, truly_voiced = praats_pitch(samples)
        assert len(f0) == len(samples) // HOP
        assert truly_voiced.mean() > 0.3
        assert (voiced == truly_voiced).mean() >= 0.99
        both = voiced & truly_voiced
        assert np.quantile(np.abs(1200 * np.log2(f0[both] / expected[both])), 0.98) < 5
        assert abs(12 * np.log2(np.median(f0[voiced]) / np.median(expected[truly_voiced]))) < 0.05


@pytest.mark.parametrize("hz", [80.0, 123.4, 220.0, 555.0])
def test_pulses_are_exact_to_five_cents(hz: float) -> None:
    at = np.arange(80 * HOP) / SAMPLE_RATE
    harmonics = np.arange(1, int(SAMPLE_RATE / 2 / hz))
    samples = (0.02 * np.cos(2 * np.pi * hz * harmonics[:, None] * at).sum(0)).astype(np.float32)
    f0, voiced = pitch(samples)
    assert voiced[4:-4].all()
    assert np.abs(1200 * np.log2(f0[4:-4] / hz)).max() < 5


def test_level_and_offset_change_nothing() -> None:
    samples = pad_to_frames(speechlike(2.0))
    f0, voiced = pitch(samples)
    for changed in (samples * np.float32(1e-3), samples * np.float32(30), samples + np.float32(0.2)):
        other, also_voiced = pitch(changed)
        assert (also_voiced == voiced).mean() > 0.98
        assert np.median(np.abs(other[voiced] / f0[voiced] - 1)) < 1e-3


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 40])
def test_silence_has_no_pitch_but_a_number_for_every_frame(frames: int) -> None:
    f0, voiced = pitch(np.zeros(frames * HOP, np.float32))
    assert len(f0) == len(voiced) == frames
    assert not voiced.any()
    assert np.all(f0 == 150.0)


def test_noise_is_unvoiced() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(80 * HOP).astype(np.float32)
    assert pitch(noise)[1].mean() < 0.1


def test_f0_between_voiced_frames_lies_on_a_line_in_ln_hz() -> None:
    f0 = np.array([0.0, 100.0, 0.0, 400.0, 0.0])
    assert interpolate_f0(f0, f0 > 0) == pytest.approx([100, 100, 200, 400, 400])


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("seconds", [0.2, 0.4, 0.46, 1.0, 3.3])
def test_loudness_is_what_the_training_data_were_levelled_with(rate: int, seconds: float) -> None:
    pyloudnorm = pytest.importorskip("pyloudnorm")
    rng = np.random.default_rng(round(rate * seconds))
    count = int(rate * seconds)
    # bursts and silences, so that both gates have something to do
    samples = rng.standard_normal(count) * 0.01 * np.exp(rng.normal(0, 2, count // 500 + 1).repeat(500)[:count])
    samples = samples.astype(np.float32)
    padded = np.pad(samples, (0, max(0, int(0.45 * rate) - count)))
    expected = pyloudnorm.Meter(rate).integrated_loudness(padded)
    assert integrated_loudness(samples, rate) == pytest.approx(expected, abs=1e-4)


def test_full_scale_tone_has_the_loudness_of_the_standard() -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * 48000) / 48000).astype(np.float32)  # BS.1770-4: -3.01 LKFS
    assert integrated_loudness(tone, 48000) == pytest.approx(-3.01, abs=0.05)


def test_levelled_speech_is_at_minus_twenty() -> None:
    for gain in (1e-4, 1e-3, 0.3, 3.0):
        result, loudness = levelled(speechlike(3.0) * np.float32(gain), SAMPLE_RATE)
        assert integrated_loudness(result, SAMPLE_RATE) == pytest.approx(-20, abs=0.05)
        assert loudness == pytest.approx(
            integrated_loudness(speechlike(3.0), SAMPLE_RATE) + 20 * np.log10(gain), abs=0.3
        )


def test_a_click_keeps_the_level_within_full_scale_and_silence_stays_silent() -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[5000:5010] = 0.01
    result, _ = levelled(click, SAMPLE_RATE)
    assert np.abs(result).max() <= 0.9901
    silent, loudness = levelled(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE)
    assert not silent.any()
    assert loudness == -np.inf
