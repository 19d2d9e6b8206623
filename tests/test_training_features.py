"""The feature space is a contract with every vocoder checkpoint of its family: frames, bands and pitch must hold."""

from __future__ import annotations

import numpy as np
import pytest

from export import features
from export.features import HOP, N_MELS, SAMPLE_RATE


def tone(hz: float, frames: int, amplitude: float = 0.3) -> features.FloatArray:
    at = np.arange(frames * HOP) / SAMPLE_RATE
    return (amplitude * np.sin(2 * np.pi * hz * at)).astype(np.float32)


def pulses(hz: float, frames: int) -> features.FloatArray:
    """All harmonics below the Nyquist frequency, equally strong."""
    at = np.arange(frames * HOP) / SAMPLE_RATE
    harmonics = np.arange(1, int(SAMPLE_RATE / 2 / hz))
    return (0.02 * np.cos(2 * np.pi * hz * harmonics[:, None] * at).sum(0)).astype(np.float32)


@pytest.mark.parametrize("frames", [4, 5, 37, 100])
def test_t_frames_stand_for_t_hops(frames: int) -> None:
    samples = tone(440, frames)
    mel, energy = features.mel_and_energy(samples)
    f0, voiced = features.pitch(np.resize(samples, max(frames, 12) * HOP))
    assert mel.shape == (frames, N_MELS)
    assert energy.shape == (frames,)
    assert f0.shape == voiced.shape == (max(frames, 12),)
    assert mel.dtype == energy.dtype == f0.dtype == np.float32


@pytest.mark.parametrize(("hz", "band"), [(300, 7), (1000, 26), (3000, 54), (7000, 77)])
def test_pure_tone_is_loudest_in_its_band(hz: float, band: int) -> None:
    mel, _ = features.mel_and_energy(tone(hz, 40))
    assert set(mel[4:-4].argmax(1)) == {band}


def test_filters_are_slaney_triangles_of_unit_area() -> None:
    filters = features.mel_filters()
    assert filters.shape == (80, 513)
    area = filters.sum(1) * SAMPLE_RATE / features.N_FFT
    assert np.allclose(area[40:], 1.0, atol=0.02)  # the lowest triangles are narrower than a bin's raster resolves
    peaks = filters.argmax(1) * SAMPLE_RATE / features.N_FFT
    assert np.all(np.diff(peaks) >= 0)
    assert peaks[-1] < features.MEL_FMAX_HZ


def test_frame_is_centred_half_a_hop_after_its_beginning() -> None:
    samples = np.zeros(20 * HOP, np.float32)
    samples[10 * HOP + HOP // 2] = 1.0
    _, energy = features.mel_and_energy(samples)
    assert energy.argmax() == 10
    assert energy[9] == pytest.approx(energy[11], abs=1e-3)


def test_silence_is_at_the_floor() -> None:
    mel, _ = features.mel_and_energy(np.zeros(8 * HOP, np.float32))
    assert np.allclose(mel, np.log(1e-5))


def test_pitch_of_a_pulse_train_is_exact_to_five_cents() -> None:
    f0, voiced = features.pitch(pulses(220.0, 90))
    assert len(f0) == 90
    assert voiced[4:-4].all()
    assert np.abs(1200 * np.log2(f0[4:-4] / 220.0)).max() < 5


def test_noise_and_silence_have_no_pitch_but_a_usable_number() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(80 * HOP).astype(np.float32)
    assert features.pitch(noise)[1].mean() < 0.1
    f0, voiced = features.pitch(np.zeros(80 * HOP, np.float32))
    assert not voiced.any()
    assert np.all(f0 == 150.0)


def test_f0_goes_on_through_unvoiced_frames_along_a_straight_line_in_ln_hz() -> None:
    f0 = np.array([0.0, 100.0, 0.0, 400.0, 0.0])
    assert features.interpolate_f0(f0, f0 > 0) == pytest.approx([100, 100, 200, 400, 400])


def test_resampling_keeps_a_tone_and_does_nothing_at_the_same_rate() -> None:
    at = np.arange(16000) / 16000
    original = np.sin(2 * np.pi * 1000 * at).astype(np.float32)
    resampled = features.resample(original, 16000)
    assert len(resampled) == SAMPLE_RATE
    expected = np.sin(2 * np.pi * 1000 * np.arange(SAMPLE_RATE) / SAMPLE_RATE)
    assert np.allclose(resampled[500:-500], expected[500:-500], atol=1e-3)
    assert features.resample(original, SAMPLE_RATE) is original
