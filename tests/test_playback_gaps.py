"""The tool that counts gaps finds those that were made, and none where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from tools.playback_gaps import RATE, gaps


@pytest.fixture
def sound() -> np.ndarray:
    return (0.3 * np.random.default_rng(0).standard_normal(4 * RATE)).astype(np.float32)


def test_what_is_whole_has_none(sound: np.ndarray) -> None:
    heard = np.concatenate([np.zeros(5000, np.float32), np.rint(sound * 32768) / 32768, np.zeros(900, np.float32)])
    assert gaps(heard.astype(np.float32), sound) == []


def test_silence_put_in_is_found_with_its_place_and_length(sound: np.ndarray) -> None:
    hole = np.zeros(RATE // 20, np.float32)
    heard = np.concatenate([np.zeros(700, np.float32), sound[: 2 * RATE], hole, sound[2 * RATE :]])
    ((second, length),) = gaps(heard, sound)
    assert second == pytest.approx(2.0, abs=0.02) and length == pytest.approx(0.05, abs=0.011)


def test_lost_and_broken_samples_are_gaps(sound: np.ndarray) -> None:
    clicked = sound.copy()
    clicked[RATE : RATE + 10] = 0.9
    assert len(gaps(clicked, sound)) == 1
    assert gaps(sound[: 3 * RATE], sound)[0][0] == pytest.approx(3.0, abs=0.02)
    assert gaps(np.zeros(RATE, np.float32), sound) == [(0.0, 4.0)]
