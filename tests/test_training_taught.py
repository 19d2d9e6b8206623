"""A published encoder teaches who speaks: what it hears of our mel, and what it says of warped speakers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from export.features import mel_and_energy, pad_to_frames
from export.models.speaker_teacher import MelBridge
from export.training.mel_augment import warp
from export.training.speaker_teacher import published_mel
from export.training.speakers import SpeakerClips
from export.training.taught import TaughtVectors


def tone(hz: float, seconds: float = 2.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(int(22050 * seconds)) / 22050)).astype(np.float32)


def test_the_published_mel_has_its_bands_where_the_sound_is() -> None:
    low, high = published_mel(tone(300)), published_mel(tone(3000))
    assert low.shape == (201, 40)
    assert low[50:150].mean(0).argmax() < high[50:150].mean(0).argmax()
    assert published_mel(2 * tone(300))[100].sum() == pytest.approx(4 * low[100].sum(), rel=0.01)


def test_the_bridge_keeps_time() -> None:
    samples = np.concatenate([np.zeros(22050, np.float32), tone(500, 1.0)])
    mel, _ = mel_and_energy(pad_to_frames(samples))
    placed = MelBridge().placed(torch.from_numpy(mel)[None])[0].numpy()
    loud = placed.max(0)
    begins = int(np.argmax(loud > (loud.min() + loud.max()) / 2))
    assert abs(begins - 100) <= 2  # a second is a hundred frames


def test_the_bridge_begins_with_the_best_straight_line() -> None:
    torch.manual_seed(0)
    bridge, mel = MelBridge(), torch.randn(4, 60, 80)
    truth = bridge.placed(mel).transpose(1, 2) @ torch.randn(80, 40) + 1
    bridge.begin(mel, truth)
    assert torch.allclose(bridge(mel), truth, atol=1e-2)


class Heights(torch.nn.Module):
    """A teacher that hears nothing but the loudest band."""

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        at = mel.mean(1).argmax(1).float() / 80
        return torch.stack([torch.cos(at), torch.sin(at)], 1)


def test_warped_speakers_have_vectors_of_their_own() -> None:
    mel, _ = mel_and_energy(pad_to_frames(tone(1000)))
    speakers = [SpeakerClips("words", name, [mel, mel], 5.0) for name in "ab"]
    taught = TaughtVectors(Heights(), speakers, (0.8, 1.0, 1.25))
    assert taught.rows == {("words", "a"): 0, ("words", "b"): 1}
    given = taught.of([0, 1, 1, 0], [0.8, 1.0, 1.25, 0.9])
    assert torch.allclose(given.norm(dim=1), torch.ones(4), atol=1e-5)
    for vector, factor in zip(given[:3], (0.8, 1.0, 1.25), strict=True):
        assert torch.allclose(vector, Heights()(torch.from_numpy(warp(mel, factor))[None])[0], atol=1e-3)
    low, middle = given[0], given[1]
    assert low[1] < given[3][1] < middle[1]  # between two warps that were heard
