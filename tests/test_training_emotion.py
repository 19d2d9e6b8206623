"""Re-synthesis must do what its recipe says, since all that is known of emotions is learnt from it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from export.emotions import AXES, EMOTION_SIZE, LABELS, PAUSES, RECIPES, Correlates
from export.features import HOP, SAMPLE_RATE, FloatArray
from export.models.emotion_encoder import STATISTICS, EmotionEncoder, emotion_statistics
from export.training import emotion, emotion_clips, emotion_data, emotion_judge
from export.training.emotion_clips import SLOPE, EmotionClip, collate, draw_batches, half_of
from export.training.emotion_restyle import Features, restyled
from export.training.emotion_resynthesis import METHODS, Recording, Speech, Treatment, analysed, resynthesise
from synthetic_vowel import vowel

BAND_HZ = {"low": (300.0, 700.0), "high": (3000.0, 6000.0)}


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Two vowels with a pause of 0.3 s between, and silence around."""
    hush = (1e-4 * np.random.default_rng(1).standard_normal(int(0.3 * SAMPLE_RATE))).astype(np.float32)
    joined = np.concatenate([hush, vowel(), hush, vowel(seed=2), hush])
    return Recording(joined[: len(joined) // HOP * HOP])


def facts(speech: Speech) -> dict[str, float]:
    """Measured: middle, spread and slope of F0 in semitones; seconds voiced and of the inner pause; tilt in dB."""
    semitones = 12 * np.log2(speech.f0)
    voiced = np.flatnonzero(speech.voiced)
    place = (voiced - voiced[0]) / (voiced[-1] - voiced[0])
    slope, start = np.polyfit(place, semitones[voiced], 1)
    inner = ~speech.voiced[voiced[0] : voiced[-1]]
    spectrum = np.abs(np.fft.rfft(speech.samples)) ** 2
    hz = np.fft.rfftfreq(len(speech.samples), 1 / SAMPLE_RATE)
    power = {name: spectrum[(hz > low) & (hz < high)].sum() for name, (low, high) in BAND_HZ.items()}
    return {
        "f0_level": float(np.median(semitones[voiced])),
        "spread": float(np.std(semitones[voiced] - start - slope * place)),
        "slope": float(slope),
        "voiced": len(voiced) * HOP / SAMPLE_RATE,
        "pause": float(inner.sum()) * HOP / SAMPLE_RATE,
        "tilt": float(10 * np.log10(power["high"] / power["low"])),
    }


@pytest.mark.parametrize("method", METHODS)
def test_each_axis_moves_what_it_says(recording: Recording, method: str) -> None:
    if method == "world":
        pytest.importorskip("pyworld", reason="comes as source only: pip install -e '.[evaluate]'")
    rng = np.random.default_rng(0)

    def treated(pauses: float = 1.0, **change: float) -> dict[str, float]:
        return facts(resynthesise(recording, Treatment(Correlates(**change), pauses), rng, method))

    same = treated()
    assert same["f0_level"] == pytest.approx(facts(analysed(recording.samples.astype(np.float32)))["f0_level"], abs=0.2)
    assert treated(f0_level=4)["f0_level"] - same["f0_level"] == pytest.approx(4, abs=0.3)
    assert treated(f0_range=0.5)["spread"] / same["spread"] == pytest.approx(np.exp(0.5), rel=0.15)
    assert treated(f0_range=-0.5)["spread"] / same["spread"] == pytest.approx(np.exp(-0.5), rel=0.15)
    assert treated(f0_slope=-3)["slope"] - same["slope"] == pytest.approx(-3, abs=0.7)
    slower = treated(rate=-0.2)
    assert slower["voiced"] / same["voiced"] == pytest.approx(np.exp(0.2), rel=0.06)
    assert slower["pause"] == pytest.approx(same["pause"], abs=0.06)
    longer = treated(pauses=2.0)
    assert longer["pause"] - same["pause"] == pytest.approx(0.3, abs=0.06)
    assert longer["voiced"] == pytest.approx(same["voiced"], rel=0.05)
    # from the middle of the lower band (about 500 Hz) to that of the upper (about 4.2 kHz): three octaves
    assert treated(tilt=2)["tilt"] - same["tilt"] == pytest.approx(2 * 3, abs=1.5)


def test_effort_raises_voiced_sounds_over_the_others() -> None:
    pytest.importorskip("pyworld", reason="comes as source only: pip install -e '.[evaluate]'")
    hiss = np.random.default_rng(0).standard_normal(SAMPLE_RATE // 2).astype(np.float32) * 0.02
    joined = np.concatenate([vowel(), hiss, vowel(seed=3)])
    recording = Recording(joined[: len(joined) // HOP * HOP])
    rng = np.random.default_rng(0)

    def contrast(energy: float) -> float:
        speech = resynthesise(recording, Treatment(Correlates(energy=energy), unvoiced_share=0.5), rng)
        level = speech.mel.mean(1)
        return float(np.median(level[speech.voiced]) - np.median(level[~speech.voiced]))

    assert (contrast(6) - contrast(0)) * 20 / np.log(10) == pytest.approx(3, abs=0.8)


def test_breath_fills_the_upper_band_with_noise(recording: Recording) -> None:
    pytest.importorskip("pyworld", reason="comes as source only: pip install -e '.[evaluate]'")
    rng = np.random.default_rng(0)

    def depth(breath: float) -> float:  # of the valleys between harmonics, 2 to 3 kHz
        speech = resynthesise(recording, Treatment(Correlates(f0_range=-3), breath=breath), rng)
        spectrum = np.log(np.abs(np.fft.rfft(speech.samples[SAMPLE_RATE // 2 : SAMPLE_RATE])) + 1e-9)
        hz = np.fft.rfftfreq(SAMPLE_RATE // 2, 1 / SAMPLE_RATE)
        return float(np.std(spectrum[(hz > 4000) & (hz < 6000)]))

    assert depth(1.0) < depth(0.0)


def test_drawn_treatments_lie_round_their_recipe() -> None:
    rng = np.random.default_rng(0)
    for label in LABELS:
        drawn = [emotion_data.draw_treatment(label, rng) for _ in range(300)]
        for name, (unit, _) in AXES.items():
            mean = np.mean([getattr(d.correlates, name) for d in drawn])
            assert mean == pytest.approx(0.95 * getattr(RECIPES[label], name), abs=0.12 * unit)
        assert np.median([d.pauses for d in drawn]) == pytest.approx(PAUSES[label], rel=0.08)
    mixed = [emotion_data.draw_treatment(None, rng).correlates.f0_level for _ in range(100)]
    assert np.std(mixed) > 1


def test_outputs_are_a_vector_with_unused_axes_zero_and_posteriors() -> None:
    model = EmotionEncoder(16, 1, 8).eval()
    for frames in (20, 133):
        vector, posteriors = model(torch.randn(2, frames, 80), torch.full((2, frames), 180.0), torch.ones(2, frames))
        assert vector.shape == (2, EMOTION_SIZE) and posteriors.shape == (2, len(LABELS))
        assert not vector[:, len(AXES) :].any() and vector[:, : len(AXES)].any()
        assert torch.allclose(posteriors.sum(1), torch.ones(2))


def test_what_is_surely_neutral_has_no_vector() -> None:
    model = EmotionEncoder(16, 1, 8).eval()
    with torch.no_grad():
        model.heads.labels.bias[0] += 50
    vector, _ = model(torch.randn(2, 60, 80), torch.full((2, 60), 180.0), torch.ones(2, 60))
    assert vector.abs().max() < 1e-6


def test_statistics_are_what_they_say() -> None:
    frames = 200
    place = torch.linspace(-0.5, 0.5, frames)
    f0 = (200 * torch.exp(0.3 * place))[None]
    statistics = emotion_statistics(torch.zeros(1, frames, 80), f0, torch.ones(1, frames))[0]
    assert statistics.shape == (STATISTICS,)
    level, spread, slope, _, voiced, changes = statistics[-6:].tolist()
    assert level == pytest.approx(0, abs=0.01) and slope == pytest.approx(0.3, rel=0.02)
    assert spread == pytest.approx(0.3 / 12**0.5, rel=0.05) and voiced == 1 and changes == 0


def test_level_of_a_recording_says_nothing() -> None:
    model = EmotionEncoder(16, 1, 8).eval()
    mel, f0, voicing = torch.randn(1, 60, 80), torch.full((1, 60), 180.0), torch.ones(1, 60)
    for one, other in zip(model(mel, f0, voicing), model(mel + 1.5, f0, voicing), strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_shipped_size_is_within_its_limit() -> None:
    assert sum(p.numel() for p in EmotionEncoder().parameters()) <= 1_000_000


def _clip(speaker: str, frames: int, label: int, natural: bool = False) -> EmotionClip:
    rng = np.random.default_rng(frames)
    mel = rng.standard_normal((frames, 80)).astype(np.float16)
    f0 = np.full(frames, 200, np.float32)
    target = np.full(len(AXES), float(label), np.float32)
    return EmotionClip(speaker, mel, f0, rng.random(frames) < 0.6, label, target, natural)


def test_a_part_of_a_clip_has_that_part_of_the_slope() -> None:
    batch = collate([_clip("a", 100, 1), _clip("b", 200, 2)], np.arange(2))
    assert batch.mel.shape == (2, 100, 80) and batch.f0.shape == batch.voicing.shape == (2, 100)
    assert batch.targets[0].tolist() == [1.0] * len(AXES)
    halved = [2.0] * len(AXES)
    halved[SLOPE] = 1.0
    assert batch.targets[1].tolist() == halved


def test_another_voice_moves_mel_and_f0_together_and_leaves_the_target() -> None:
    clips = [_clip(f"s{n}", 100 + n, n % 4) for n in range(16)]
    batches = draw_batches(clips, 8, np.random.default_rng(0))
    for _, batch in zip(range(5), batches, strict=False):
        assert batch.mel.shape[:2] == batch.f0.shape == batch.voicing.shape
        assert batch.labels.tolist() == [clips[n].label for n in batch.index]
        factor = batch.f0[:, 0] / 200
        assert ((factor >= 0.84) & (factor <= 1.19)).all()
        assert torch.isfinite(batch.mel).all()


class _SpeakerStub(nn.Module):
    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(mel.mean(1)[:, :1].repeat(1, 128) + torch.linspace(0, 1, 128), dim=1)


def _write_clips(folder: Path) -> None:
    """Clips whose label shows in their F0 and brightness, of speakers of both halves and of held-out ones."""
    rng = np.random.default_rng(0)
    index = []
    for n in range(16):
        labels = np.array([0, 0, 1, 2, 3, -1], np.int8)
        lengths = rng.integers(95, 110, 6).astype(np.int32)
        total = lengths.sum()
        brightness = np.repeat(np.maximum(labels, 0), lengths)[:, None] * (np.arange(80) >= 40)
        np.savez(
            folder / f"c{n}.npz",
            mel=(rng.standard_normal((total, 80)) + brightness).astype(np.float16),
            f0=np.repeat(150 + 60.0 * np.maximum(labels, 0), lengths).astype(np.float32),
            voiced=np.ones(total, bool),
            lengths=lengths,
            labels=labels,
            targets=np.repeat(labels[:, None], len(AXES), 1).astype(np.float32),
            methods=np.array([-1, 0, 1, 0, 1, 0], np.int8),
        )
        index.append({"name": f"c{n}", "corpus": "x", "speaker": f"s{n // 2}", "held_out": n >= 12})
    (folder / "index.json").write_text(json.dumps(index))


def _train(*arguments: str) -> None:
    parser = argparse.ArgumentParser()
    emotion.add_arguments(parser)
    emotion.main(parser.parse_args(["--batch", "8", "--evaluate-every", "3", *arguments]))


def test_encoder_trains_resumes_and_is_settled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    monkeypatch.setattr(emotion, "load_encoder", _SpeakerStub)
    own = [_clip(f"x/s{n}", 120, 0, natural=True) for n in range(6)]
    monkeypatch.setattr(emotion, "load_recordings", lambda half: [c for c in own if half_of(c.speaker) == half])
    emotion_data.emotion_folder().mkdir()
    _write_clips(emotion_data.emotion_folder())
    _train("--steps", "3")
    _train("--steps", "4")
    log = [json.loads(line) for line in (tmp_path / "runs" / "emotion_encoder" / "log.jsonl").read_text().splitlines()]
    assert {"accuracy", "false_alarms", "tilt_r"} <= log[0].keys() and log[-1]["kind"] == "settled"
    assert torch.load(tmp_path / "runs" / "emotion_encoder" / "last.pt", weights_only=True)["step"] == 4
    vector, _ = emotion.load_emotion_encoder()(torch.randn(1, 50, 80), torch.full((1, 50), 150.0), torch.ones(1, 50))
    assert not vector[:, len(AXES) :].any()


def test_judge_learns_and_needs_nothing_of_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    emotion_data.emotion_folder().mkdir()
    _write_clips(emotion_data.emotion_folder())
    _train("--judge", "--steps", "150", "--evaluate-every", "150", "--batch", "64", "--lr", "1e-2")
    log = [json.loads(line) for line in (tmp_path / "runs" / "emotion_judge" / "log.jsonl").read_text().splitlines()]
    assert log[-1]["kind"] == "held_out" and log[-1]["accuracy"] > 0.8  # the label shows
    assert emotion_judge.load_judge()(torch.zeros(2, STATISTICS)).shape == (2, len(LABELS))


def test_neutral_is_settled_on_the_share_asked_for() -> None:
    rng = np.random.default_rng(0)
    encoder = EmotionEncoder(16, 1, 8).eval()
    with torch.no_grad():
        encoder.heads.labels.bias[1] += 1.0
    recordings = [_clip(f"x/s{n}", 100, 0, natural=True) for n in range(20)]  # of one length, so none is cut
    for clip in recordings:
        clip.mel = rng.standard_normal((100, 80)).astype(np.float32)
    emotion.settle_neutral(encoder, recordings, 0.8)
    neutral = 0
    for clip in recordings:
        batch = collate([clip], np.arange(1))
        neutral += int(encoder(*batch.inputs)[1].argmax()) == 0
    assert neutral == pytest.approx(16, abs=1)


def test_encoder_and_judge_hear_other_speakers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    emotion_data.emotion_folder().mkdir()
    _write_clips(emotion_data.emotion_folder())
    halves = [{clip.speaker for clip in emotion_clips.load_emotion_clips(False, half)} for half in (0, 1)]
    assert halves[0] and halves[1] and not halves[0] & halves[1]
    assert all(half_of(speaker) == n for n, half in enumerate(halves) for speaker in half)
    held_out = {clip.speaker for clip in emotion_clips.load_emotion_clips(True)}
    assert held_out == {"x/s6", "x/s7"}


def test_training_without_clips_says_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="emotion_data"):
        emotion_clips.load_emotion_clips(False)


def test_restyled_features_are_near_those_of_restyled_sound(recording: Recording) -> None:
    rng = np.random.default_rng(0)
    plain = analysed(recording.samples.astype(np.float32))
    features = Features(plain.mel, plain.f0, plain.voiced)
    for label in LABELS:
        treatment = Treatment(RECIPES[label], PAUSES[label])
        sound, quick = resynthesise(recording, treatment, rng, "overlap-add"), restyled(features, treatment, rng)
        frames = min(len(sound.f0), len(quick.f0))
        assert len(quick.f0) == pytest.approx(len(sound.f0), abs=0.05 * frames)
        both = sound.voiced[:frames] & quick.voiced[:frames]
        assert both.sum() > 0.8 * sound.voiced.sum()
        cents = 1200 * np.abs(np.log2(sound.f0[:frames][both] / quick.f0[:frames][both]))
        assert np.median(cents) < 25

        def spectrum(mel: FloatArray, voiced: NDArray[np.bool_]) -> FloatArray:
            mean: FloatArray = mel[voiced].mean(0) - mel[voiced].mean()
            return mean

        difference = spectrum(sound.mel, sound.voiced) - spectrum(quick.mel, quick.voiced)
        assert np.abs(difference).mean() < 0.3


def test_recordings_drawn_are_restyled_or_stay_neutral() -> None:
    clips = [_clip(f"s{n}", 150 + n, 0, natural=True) for n in range(12)]
    seen = set()
    for _, batch in zip(range(8), draw_batches(clips, 8, np.random.default_rng(0)), strict=False):
        seen |= set(batch.labels.tolist())
        assert batch.mel.shape[1] >= emotion_clips.MIN_FRAMES and (batch.f0 > 40).all()
    assert seen == {-1, 0, 1, 2, 3}
