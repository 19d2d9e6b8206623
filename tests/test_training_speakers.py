"""The encoder decides who a clone sounds like: its losses, measures and disturbances must do what they say."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from export.emotions import AXES, Correlates
from export.features import mel_and_energy
from export.models.speaker_encoder import SpeakerEncoder, SpeakerJudge
from export.training.aligned import Aligned
from export.training.mel_augment import band_centres_hz, disturbed, warp
from export.training.speaker import equal_error_rate, margin_loss, prototypical_loss, verification
from export.training.speakers import SpeakerClips
from export.training.style import CORPUS_AXES, NOISE_AXIS, Style


def tone_mel(hz: float, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(int(22050 * seconds) // 256 * 256) / 22050
    return mel_and_energy((0.3 * np.sin(2 * np.pi * hz * time)).astype(np.float32))[0]


@given(st.floats(300, 3000), st.floats(0.8, 1.25))
@settings(max_examples=25, deadline=None)
def test_warping_moves_a_tone_by_the_factor(hz: float, factor: float) -> None:
    centres = band_centres_hz()
    wanted, found = tone_mel(hz * factor)[20].argmax(), warp(tone_mel(hz), factor)[20].argmax()
    assert abs(int(wanted) - int(found)) <= 1
    assert centres[found] == pytest.approx(hz * factor, rel=0.15)


def test_warping_by_one_changes_nothing() -> None:
    mel = tone_mel(440)
    assert warp(mel, 1.0) is mel


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_disturbances_keep_shape_floor_and_sense(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mel = rng.normal(-5, 2, (60, 80)).astype(np.float32).clip(math.log(1e-5))
    worse = disturbed(mel, rng, mel[::-1])
    assert worse.shape == mel.shape
    assert worse.dtype == np.float32
    assert np.isfinite(worse).all()
    assert worse.min() >= np.float32(math.log(1e-5)) - 1e-3


def test_equal_error_rate_of_known_scores() -> None:
    same = np.array([True] * 4 + [False] * 4)
    assert equal_error_rate(np.array([9, 8, 7, 6, 4, 3, 2, 1.0]), same) == 0.0
    assert equal_error_rate(np.array([9, 8, 7, 2, 6, 3, 1, 0.0]), same) == pytest.approx(25.0)


def test_losses_prefer_the_right_speaker() -> None:
    prototypes = torch.eye(4)
    right, wrong = torch.arange(4), torch.tensor([1, 2, 3, 0])
    assert margin_loss(prototypes, prototypes, right, 0.2) < margin_loss(prototypes, prototypes, wrong, 0.2)
    assert margin_loss(prototypes, prototypes, right, 0.0) <= margin_loss(prototypes, prototypes, right, 0.4)
    scale, offset = torch.tensor(10.0), torch.tensor(0.0)
    assert prototypical_loss(prototypes, prototypes, scale, offset) < prototypical_loss(
        prototypes, prototypes.roll(1, 0), scale, offset
    )


@pytest.mark.parametrize("kind", [SpeakerEncoder, SpeakerJudge])
def test_encoders_give_unit_vectors_that_level_does_not_change(kind: type[SpeakerEncoder] | type[SpeakerJudge]) -> None:
    model = kind(channels=16).eval()
    mel = torch.randn(2, 50, 80)
    with torch.inference_mode():
        vectors, louder = model(mel), model(mel + 1.5)
    assert vectors.norm(dim=1).tolist() == pytest.approx([1, 1], abs=1e-4)
    assert torch.allclose(vectors, louder, atol=1e-4)


def test_verification_tells_voices_apart_that_differ() -> None:
    class Ear(torch.nn.Module):
        def forward(self, mel: torch.Tensor) -> torch.Tensor:
            return torch.nn.functional.normalize(mel.mean(1), dim=1)

    rng = np.random.default_rng(0)
    shapes = rng.normal(0, 2, (5, 80))
    speakers = [
        SpeakerClips("c", str(n), [(s + rng.normal(0, 0.1, (300, 80))).astype(np.float16) for _ in range(8)], 5.0)
        for n, s in enumerate(shapes)
    ]
    figures = verification(Ear(), speakers)
    assert figures["eer"] == figures["eer_in_corpus"] == 0.0
    assert figures["same"] > 0.99 > figures["different"]


def clip(corpus: str = "speechocean762") -> Aligned:
    frames = 200
    track = np.sin(np.arange(frames) / 10).astype(np.float32)
    mel = np.full((frames, 80), -4.0, np.float32)
    mel[::7] = -9.0
    count = 20
    durations = np.full(count, frames // count)
    empty = np.zeros(count, np.int64)
    f0 = (200 * np.exp(0.1 * track)).astype(np.float32)
    energy = np.zeros(frames, np.float32)
    return Aligned(
        None, (corpus, "li"), math.log(200), empty + 30, empty, empty, durations, mel, f0, np.ones(frames), energy
    )


def test_a_style_changes_targets_by_what_its_vector_says() -> None:
    plain = Style().apply(clip())
    change = Correlates(f0_level=6.0, f0_range=math.log(1.5), rate=0.2, energy=6.0, tilt=3.0)
    styled = Style(change).apply(clip())
    names = list(AXES)
    assert (styled.vector - plain.vector)[: len(names)] == pytest.approx(
        [getattr(change, name) / AXES[name][0] for name in names], abs=1e-5
    )
    semitone = math.log(2) / 12 / 0.25
    centred = plain.pitch * 1.5
    assert styled.pitch - centred == pytest.approx(np.full(200, 6 * semitone), abs=1e-4)
    assert styled.log_durations - plain.log_durations == pytest.approx(np.full(20, -0.2), abs=1e-5)
    low, high = 2, int(np.argmin(np.abs(band_centres_hz() - 4000)))
    decibel = math.log(10) / 20
    assert (styled.mel - plain.mel)[1, low] == pytest.approx(6 * decibel, abs=1e-3)
    assert (styled.mel - plain.mel)[1, high] == pytest.approx((6 + 9) * decibel, abs=0.1)
    assert (styled.energy > plain.energy + 6 * decibel - 1e-3).all()


def test_the_decoder_alone_is_told_of_the_recording() -> None:
    quiet, room = Style().apply(clip("hsk_words")), Style().apply(clip("speechocean762"))
    assert not quiet.vector[NOISE_AXIS:].any()
    assert not room.vector[NOISE_AXIS:].any()
    assert room.recording[CORPUS_AXES["speechocean762"]] == 1.0
    assert not quiet.recording[NOISE_AXIS + 1 :].any()
    noisy = clip()
    noisy.mel = np.full_like(noisy.mel, -4.0)  # nothing is quieter than the speech
    assert Style().apply(noisy).recording[NOISE_AXIS] == 2.0
