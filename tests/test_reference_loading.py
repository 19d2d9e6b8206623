"""A reference is trimmed, at one loudness, and judged in figures that are near the truth."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from qingyin.errors import AudioError, DependencyError
from qingyin.features import HOP, N_MELS, mel_and_energy
from qingyin.references.loudness_meter import integrated_loudness
from qingyin.references.reference import Reference, load_reference, pitch_mean_ln_hz
from qingyin.resampling import resample
from speechlike import RATE, speechlike


def kinds(reference: Reference) -> set[str]:
    return {finding.kind for finding in reference.warnings}


def silence(seconds: float) -> np.ndarray:
    return np.random.default_rng(9).standard_normal(int(seconds * RATE)).astype(np.float32) * np.float32(1e-4)


def test_a_good_reference_has_every_feature_and_no_warning() -> None:
    reference = load_reference((speechlike(6.0, 160.0), RATE))
    frames = len(reference.mel)
    assert reference.samples.shape == (frames * HOP,)
    assert reference.mel.shape == (frames, N_MELS)
    assert reference.f0.shape == reference.voicing.shape == reference.active.shape == (frames,)
    for array in (reference.samples, reference.mel, reference.f0, reference.voicing):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
    assert set(np.unique(reference.voicing)) == {0.0, 1.0}
    assert np.array_equal(reference.mel, mel_and_energy(reference.samples)[0])
    assert integrated_loudness(reference.samples, RATE) == pytest.approx(-20, abs=0.05)
    assert abs(12 * np.log2(np.exp(reference.pitch_mean_ln_hz) / 160)) < 2
    assert reference.warnings == ()
    assert reference.recorded_seconds == pytest.approx(6.0)


def test_silence_at_the_ends_is_cut_and_a_long_pause_is_shortened() -> None:
    first, second = speechlike(3.0, seed=1), speechlike(3.0, seed=2)
    plain = load_reference((np.concatenate([first, second]), RATE))
    padded = load_reference((np.concatenate([silence(4), first, silence(5), second, silence(3)]), RATE))
    start, end = padded.part
    assert 4.15 < start < 4.35
    assert 14.4 < end < 15.2
    assert abs(padded.seconds - plain.seconds) < 0.3
    assert abs(padded.speech_seconds - plain.speech_seconds) < 0.2


@pytest.mark.parametrize("gain", [1e-4, 0.01, 1.0, 1e4, 1e30])
def test_level_is_no_matter(gain: float) -> None:
    samples = speechlike(3.0)
    expected, found = load_reference((samples, RATE)), load_reference((samples * np.float32(gain), RATE))
    assert len(found.mel) == len(expected.mel)
    assert np.abs(found.mel - expected.mel).max() < 0.02
    assert "clipping" not in kinds(found)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
def test_rate_is_no_matter(rate: int) -> None:
    samples = speechlike(3.0, 200.0)
    expected, found = load_reference((samples, RATE)), load_reference((resample(samples, RATE, rate), rate))
    assert found.source_rate == rate
    assert abs(found.seconds - expected.seconds) < 0.05
    assert abs(found.pitch_mean_ln_hz - expected.pitch_mean_ln_hz) < 0.01
    assert ("bandwidth" in kinds(found)) == (rate == 8000)


def test_channels_are_mixed_without_losing_the_speaker() -> None:
    mono = speechlike(3.0)
    expected = load_reference((mono, RATE))
    noise = silence(3.0)
    for left, right in ((mono, mono), (mono, 0 * mono), (mono, -mono), (noise, mono), (0.5 * mono, mono)):
        found = load_reference((np.stack([left, right], 1), RATE))
        assert found.channels == 2
        assert abs(len(found.mel) - len(expected.mel)) < 3
        assert abs(found.pitch_mean_ln_hz - expected.pitch_mean_ln_hz) < 0.01
        assert abs(np.median(found.mel) - np.median(expected.mel)) < 0.1


def test_an_offset_is_taken_off() -> None:
    mono = speechlike(3.0)
    expected, found = load_reference((mono, RATE)), load_reference((mono + np.float32(0.1), RATE))
    assert abs(len(found.mel) - len(expected.mel)) < 3
    assert found.loudness_lufs == pytest.approx(expected.loudness_lufs, abs=0.5)


@pytest.mark.parametrize("snr_db", [6.0, 12.0, 20.0, 30.0])
def test_noise_is_measured(snr_db: float) -> None:
    reference = load_reference((speechlike(6.0, snr_db=snr_db), RATE))
    assert reference.snr_db == pytest.approx(snr_db, abs=3)
    assert ("noise" in kinds(reference)) == (snr_db < 15)


@pytest.mark.parametrize("gain", [0.9, 1.6, 3.0])
def test_clipping_is_measured(gain: float) -> None:
    samples = speechlike(5.0)
    samples = np.clip(samples / np.abs(samples).max() * gain, -1, 1)
    reference = load_reference((samples, RATE))
    assert ("clipping" in kinds(reference)) == (gain > 1)
    truth = float((np.abs(samples) >= 1).mean())
    assert reference.clipped_share == pytest.approx(truth, rel=0.4, abs=2e-4)
    for finding in reference.warnings:
        if finding.kind == "clipping":
            assert finding.figure == reference.clipped_share
            assert f"{100 * finding.figure:.2g} %" in finding.message


def test_a_telephone_is_told_by_its_band() -> None:
    samples = speechlike(5.0)
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    reference = load_reference((np.fft.irfft(spectrum).astype(np.float32), RATE))
    assert "bandwidth" in kinds(reference)
    assert reference.bandwidth_hz == pytest.approx(3400, abs=300)


def test_notes_are_told_from_speech() -> None:
    at = np.arange(6 * RATE) / RATE
    notes = np.zeros(len(at))
    for n in range(16):
        since = at - 0.375 * n
        hz = 220 * 2 ** (np.random.default_rng(n).choice([0, 2, 4, 5, 7, 9, 11]) / 12)
        tone = sum(np.sin(2 * np.pi * hz * k * since) / k for k in range(1, 9))
        notes += np.where((since > 0) & (since < 0.36), tone * np.exp(-3 * np.abs(since)), 0)
    assert "music" in kinds(load_reference((0.2 * notes, RATE)))


def test_of_more_than_thirty_seconds_the_cleanest_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    parts = [speechlike(25.0, seed=seed) for seed in range(3)]
    noise = rng.standard_normal(len(parts[0])) * 0.03
    recording = np.concatenate([parts[0] + noise, parts[1], parts[2] + noise])
    reference = load_reference((recording, RATE))
    assert 20 < reference.seconds <= 30
    start, end = reference.part
    assert min(end, 50.0) - max(start, 25.0) > 20
    monkeypatch.setattr("qingyin.references.recordings.MAX_SECONDS", 20.0)
    (finding,) = load_reference((recording[len(parts[0]) :], RATE)).warnings
    assert (finding.kind, finding.figure) == ("length", pytest.approx(50, abs=0.1))


def nothing_to_clone() -> dict[str, tuple[np.ndarray, str]]:
    rng = np.random.default_rng(0)
    at = np.arange(3 * RATE) / RATE
    bursts = rng.standard_normal(6 * RATE) * (np.sin(2 * np.pi * np.arange(6 * RATE) / RATE * 2) > 0) * 0.1
    short = speechlike(1.3)
    return {
        "one sample": (np.ones(1), "0.0 s of speech"),
        "half a second": (short, "s of speech, at least 1 s is needed; record 5 to 30 s"),
        "silence": (np.zeros(3 * RATE), "it is silent"),
        "noise": (0.1 * rng.standard_normal(3 * RATE), "steady noise"),
        "tone": (0.1 * np.sin(2 * np.pi * 440 * at), "steady noise or tone"),
        "bursts": (bursts, "no voiced speech"),
        "constant": (np.full(3 * RATE, 0.5), "it is silent"),
    }


@pytest.mark.parametrize("case", list(nothing_to_clone()))
def test_what_holds_no_speech_is_refused(case: str) -> None:
    samples, message = nothing_to_clone()[case]
    with pytest.raises(AudioError, match=message):
        load_reference((samples, RATE))


def test_little_speech_is_taken_with_a_warning() -> None:
    reference = load_reference((speechlike(2.5), RATE))
    assert kinds(reference) == {"short"}


def test_without_soxr_only_other_rates_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "soxr", None)
    samples = speechlike(2.5)
    assert load_reference((samples, RATE)).speech_seconds > 1
    with pytest.raises(DependencyError, match="44100 Hz into 22050 Hz needs the package soxr"):
        load_reference((samples, 44100))


def test_the_pitch_of_several_references_is_that_of_all_their_frames() -> None:
    low, high = load_reference((speechlike(4.0, 120.0), RATE)), load_reference((speechlike(8.0, 200.0), RATE))
    both = pitch_mean_ln_hz([low, high])
    assert low.pitch_mean_ln_hz < both < high.pitch_mean_ln_hz
    assert high.pitch_mean_ln_hz - both < both - low.pitch_mean_ln_hz
