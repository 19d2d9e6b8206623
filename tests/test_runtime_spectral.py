"""The spectral vocoders' arithmetic: against the definition written out plainly, and independent of how
streams are cut.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.frame_grid import GRID
from qingyin.vocoders.base import ContextRunner, FrameQueue
from qingyin.vocoders.excitation import ExcitationStream, LinearUpsampler, pulse_train
from qingyin.vocoders.spectral import OverlapAddStream, StftStream, hann_periodic

SR, HOP, N_FFT = 22050, 256, 1024
GEOMETRIES = [(1024, 256), (64, 16), (16, 4)]
pieces = st.lists(st.integers(0, 9), min_size=1, max_size=12)


def cut(array: np.ndarray, sizes: list[int], unit: int = 1) -> list[np.ndarray]:
    """The array in pieces of the given sizes (in units), the rest last."""
    edges = np.minimum(np.cumsum([0, *sizes]) * unit, len(array))
    return [array[a:b] for a, b in pairwise(edges)] + [array[edges[-1] :]]


def pushed(stream, parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([stream.push(part, i == len(parts) - 1) for i, part in enumerate(parts)])


def plain_stft(signal: np.ndarray, n_fft: int, hop: int) -> np.ndarray:
    """Frame t is centred at sample t*hop + hop/2; written as the contract says it."""
    window = np.hanning(n_fft + 1)[:-1]
    rows = []
    for t in range(len(signal) // hop):
        start = t * hop + hop // 2 - n_fft // 2
        frame = [signal[i] if 0 <= i < len(signal) else 0.0 for i in range(start, start + n_fft)]
        rows.append(np.fft.rfft(np.array(frame) * window))
    return np.array(rows)


@pytest.mark.parametrize(("n_fft", "hop"), GEOMETRIES)
@settings(deadline=None, max_examples=25)
@given(sizes=pieces)
def test_stft_of_a_stream_is_the_plain_one(n_fft: int, hop: int, sizes: list[int]) -> None:
    signal = np.random.default_rng(0).standard_normal(20 * hop).astype(np.float32)
    result = pushed(StftStream(n_fft, hop), cut(signal, sizes, hop // 2))
    assert result.dtype == np.complex64
    np.testing.assert_allclose(result, plain_stft(signal, n_fft, hop), atol=2e-4)


@pytest.mark.parametrize(("n_fft", "hop"), GEOMETRIES)
@settings(deadline=None, max_examples=25)
@given(sizes=pieces)
def test_overlap_add_undoes_the_stft_however_cut(n_fft: int, hop: int, sizes: list[int]) -> None:
    signal = np.random.default_rng(0).standard_normal(20 * hop).astype(np.float32)
    spectra = pushed(StftStream(n_fft, hop), [signal])
    result = pushed(OverlapAddStream(n_fft, hop), cut(spectra, sizes))
    assert result.shape == signal.shape and result.dtype == np.float32
    inner = slice(n_fft, -n_fft)  # at the ends fewer windows overlap
    np.testing.assert_allclose(result[inner], signal[inner], atol=1e-4)
    whole = pushed(OverlapAddStream(n_fft, hop), [spectra])
    np.testing.assert_allclose(result, whole, atol=1e-6)


def test_window_sum_is_the_contracts_constant() -> None:
    squares = hann_periodic(N_FFT).astype(np.float64) ** 2
    np.testing.assert_allclose(squares.reshape(4, HOP).sum(0), 1.5, atol=1e-6)


def test_geometry_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple"):
        StftStream(1000, 256)


@settings(deadline=None, max_examples=25)
@given(sizes=pieces)
def test_upsampling_is_linear_between_frame_centres(sizes: list[int]) -> None:
    frames = np.random.default_rng(1).uniform(80, 400, 25).astype(np.float32)
    result = pushed(LinearUpsampler(HOP), cut(frames, sizes))
    where = (np.arange(25 * HOP) + 0.5) / HOP - 0.5
    np.testing.assert_allclose(result, np.interp(where, np.arange(25), frames), rtol=1e-6)


def test_pulse_is_a_sum_of_equal_cosines_of_unit_power() -> None:
    f0 = np.full(SR, 210.0, np.float32)
    pulse, phase = pulse_train(f0, np.ones(SR, np.float32), 0.25, SR)
    phi = 0.25 + np.arange(1, SR + 1) * 210.0 / SR
    harmonics = math.floor(SR / 2 / 210.0)
    cosines = sum(2 * np.cos(2 * np.pi * k * phi) for k in range(1, harmonics + 1))
    np.testing.assert_allclose(pulse, cosines / math.sqrt(2 * harmonics), atol=2e-3)
    assert np.mean(pulse.astype(np.float64) ** 2) == pytest.approx(1.0, abs=0.01)
    assert phase == pytest.approx((0.25 + 210.0) % 1.0)


def test_pulse_has_its_limit_where_the_quotient_is_singular() -> None:
    # phase 0 at every sample: F0 equal to the sample rate would be needed; one sample that lands on a whole
    # turn will do
    pulse, _ = pulse_train(np.array([100.0], np.float32), np.ones(1, np.float32), 1.0 - 100.0 / SR, SR)
    harmonics = SR // 200
    assert pulse[0] == pytest.approx(2 * harmonics / math.sqrt(2 * harmonics), rel=1e-5)


@settings(deadline=None, max_examples=25)
@given(sizes=pieces)
def test_excitation_does_not_depend_on_the_cutting(sizes: list[int]) -> None:
    rng = np.random.default_rng(2)
    f0 = rng.uniform(80, 400, 30).astype(np.float32)
    voicing = (rng.random(30) > 0.4).astype(np.float32)
    parts = list(zip(cut(f0, sizes), cut(voicing, sizes), strict=True))
    stream = ExcitationStream(SR, HOP, np.random.default_rng(3))
    got = [stream.push(f, v, i == len(parts) - 1) for i, (f, v) in enumerate(parts)]
    pulse, noise = (np.concatenate(side) for side in zip(*got, strict=True))
    one_shot = ExcitationStream(SR, HOP, np.random.default_rng(3)).push(f0, voicing, True)
    assert len(pulse) == len(noise) == 30 * HOP
    np.testing.assert_array_equal(noise, one_shot[1])
    np.testing.assert_allclose(pulse, one_shot[0], atol=1e-4)


def test_excitation_draws_its_phase_first_and_then_the_noise_in_time_order() -> None:
    f0, voicing = np.full(4, 200.0, np.float32), np.ones(4, np.float32)
    pulse, noise = ExcitationStream(SR, HOP, np.random.default_rng(7)).push(f0, voicing, True)
    rng = np.random.default_rng(7)
    expected, _ = pulse_train(
        np.full(4 * HOP, 200.0, np.float32), np.ones(4 * HOP, np.float32), rng.random(), SR
    )
    np.testing.assert_allclose(pulse, expected, atol=1e-5)
    np.testing.assert_array_equal(noise, rng.standard_normal(4 * HOP, dtype=np.float32))


def test_nonsense_pitch_stays_finite() -> None:
    f0 = np.array([0.0, 1e9, -5.0, 300.0], np.float32)
    pulse, _ = ExcitationStream(SR, HOP, np.random.default_rng(0)).push(f0, np.ones(4, np.float32), True)
    assert np.isfinite(pulse).all()


@settings(deadline=None, max_examples=50)
@given(sizes=pieces, context=st.integers(3, 6))
def test_context_runner_equals_one_run_at_two_rates(sizes: list[int], context: int) -> None:
    kernel = np.array([1.0, -2.0, 3.0, 0.5, 4.0, 1.5, -1.0])  # reaches 3 frames to each side

    def run(inputs):
        assert len(inputs["slow"]) % GRID == 0
        mixed = inputs["slow"] + inputs["fast"].reshape(-1, 4).sum(1)
        return {"out": np.repeat(np.convolve(np.pad(mixed, 3), kernel, "valid"), 2)}

    rng = np.random.default_rng(4)
    slow, fast = rng.standard_normal(40), rng.standard_normal(160)
    runner = ContextRunner(run, context, {"slow": 1, "fast": 4}, output_rate=2)
    parts = list(zip(cut(slow, sizes), cut(fast, sizes, 4), strict=True))
    got = [runner.push({"slow": s, "fast": f}, i == len(parts) - 1) for i, (s, f) in enumerate(parts)]
    result = np.concatenate([part["out"] for part in got if part is not None])
    filled = {"slow": np.pad(slow, (0, 8), "edge"), "fast": np.pad(fast, (0, 32), "edge")}  # 40 frames up to 48
    np.testing.assert_allclose(result, run(filled)["out"][:80], atol=1e-12)


def test_context_runner_waits_for_the_slower_input() -> None:
    runner = ContextRunner(lambda inputs: {"y": inputs["a"]}, 1, {"a": 1, "b": 1})
    assert runner.push({"a": np.ones(40), "b": np.ones(15)}, False) is None
    out = runner.push({"a": np.ones(0), "b": np.ones(4)}, False)
    assert out is not None and len(out["y"]) == 15  # 16 on the grid, one of them context
    with pytest.raises(ValueError, match="end at different frames"):
        runner.push({"a": np.ones(0), "b": np.ones(1)}, True)
    with pytest.raises(ValueError, match="wanted"):
        runner.push({"a": np.ones(1)}, True)


def test_frame_queue_joins_and_refuses_too_much() -> None:
    queue = FrameQueue()
    queue.push(np.arange(3))
    queue.push(np.arange(3, 5))
    assert queue.take(4).tolist() == [0, 1, 2, 3] and len(queue) == 1
    with pytest.raises(ValueError):
        queue.take(2)
