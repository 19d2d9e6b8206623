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
from qingyin.vocoders.excitation import PulseStream
from qingyin.vocoders.noise import NoiseStream, noise_spectra
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


def test_spectra_of_silence_between_sounds_are_zero() -> None:
    signal = np.zeros(20 * HOP, np.float32)
    signal[9 * HOP : 10 * HOP] = np.random.default_rng(0).standard_normal(HOP)
    spectra = StftStream(N_FFT, HOP).push(signal, True)
    np.testing.assert_allclose(spectra, plain_stft(signal, N_FFT, HOP), atol=2e-4)
    assert np.flatnonzero(spectra.any(axis=1)).tolist() == [7, 8, 9, 10, 11]


def spoken_pulses(f0: np.ndarray, voicing: np.ndarray, seed: int = 0) -> np.ndarray:
    return PulseStream(SR, HOP, np.random.default_rng(seed)).push(f0, voicing, True)


def test_pulse_is_a_sum_of_equal_cosines_of_unit_power() -> None:
    pulse = spoken_pulses(np.full(86, 210.0, np.float32), np.ones(86, np.float32), seed=7)
    phi = np.random.default_rng(7).random() + np.arange(1, 86 * HOP + 1) * 210.0 / SR
    harmonics = math.floor(SR / 2 / 210.0)
    cosines = sum(2 * np.cos(2 * np.pi * k * phi) for k in range(1, harmonics + 1))
    np.testing.assert_allclose(pulse, cosines / math.sqrt(2 * harmonics), atol=2e-3)
    assert np.mean(pulse.astype(np.float64) ** 2) == pytest.approx(1.0, abs=0.01)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(60, 800), st.booleans()), min_size=1, max_size=12))
def test_pulses_follow_straight_lines_between_frame_centres(frames: list[tuple[float, bool]]) -> None:
    f0, voicing = np.array([f for f, _ in frames], np.float32), np.array([v for _, v in frames], np.float32)
    pulse = spoken_pulses(f0, voicing)
    where = (np.arange(len(frames) * HOP) + 0.5) / HOP - 0.5
    f0_samples, loudness = (np.interp(where, np.arange(len(frames)), track) for track in (f0, voicing))
    phi = np.random.default_rng(0).random() + np.cumsum(f0_samples) / SR
    odd = 2 * np.floor(SR / 2 / f0_samples) + 1
    sine = np.sin(np.pi * phi)
    kernel = np.where(np.abs(sine) < 1e-4, odd, np.sin(odd * np.pi * phi) / np.where(np.abs(sine) < 1e-4, 1, sine))
    expected = (kernel - 1) / np.sqrt(odd - 1) * loudness
    # where nyquist / F0 is whole, the number of cosines may differ by one in single samples
    difference = np.abs(pulse - expected)
    assert np.percentile(difference, 95) < 2e-3 and not pulse[loudness == 0].any()


def test_pulse_has_its_limit_where_the_quotient_is_singular() -> None:
    class AtItsEnd:
        """A phase that the first sample completes to a whole turn."""

        def random(self) -> float:
            return 1.0 - 100.0 / SR

    pulse = PulseStream(SR, HOP, AtItsEnd()).push(np.array([100.0], np.float32), np.ones(1, np.float32), True)
    harmonics = SR // 200
    assert pulse[0] == pytest.approx(2 * harmonics / math.sqrt(2 * harmonics), rel=1e-4)


@settings(deadline=None, max_examples=25)
@given(sizes=pieces)
def test_pulses_do_not_depend_on_the_cutting(sizes: list[int]) -> None:
    rng = np.random.default_rng(2)
    f0 = rng.uniform(80, 400, 30).astype(np.float32)
    voicing = (rng.random(30) > 0.4).astype(np.float32)
    parts = list(zip(cut(f0, sizes), cut(voicing, sizes), strict=True))
    stream = PulseStream(SR, HOP, np.random.default_rng(0))
    got = np.concatenate([stream.push(f, v, i == len(parts) - 1) for i, (f, v) in enumerate(parts)])
    assert len(got) == 30 * HOP
    np.testing.assert_allclose(got, spoken_pulses(f0, voicing), atol=1e-4)


def test_nonsense_pitch_stays_finite() -> None:
    assert np.isfinite(spoken_pulses(np.array([0.0, 1e9, -5.0, 300.0], np.float32), np.ones(4, np.float32))).all()


@pytest.mark.parametrize(("n_fft", "hop"), [(1024, 256), (256, 64)])
def test_noise_is_white_and_its_loop_has_no_seam(n_fft: int, hop: int) -> None:
    spectra = noise_spectra(n_fft, hop)
    power = np.mean(np.abs(spectra) ** 2, axis=0)[1:-1] / (n_fft * 3 / 8)  # of a window's sum of squares
    assert power.mean() == pytest.approx(1.0, abs=0.01) and power.min() > 0.7 and power.max() < 1.3
    # twice around, added up: the same samples in both rounds, also over the place where they meet
    rounds = OverlapAddStream(n_fft, hop).push(np.concatenate([spectra, spectra, spectra[:8]]), True)
    period = len(spectra) * hop
    np.testing.assert_allclose(rounds[n_fft:period], rounds[period + n_fft : 2 * period], atol=1e-4)
    seam = rounds[period - n_fft : period + n_fft]
    assert np.std(seam) == pytest.approx(1.0, abs=0.1)


@settings(deadline=None, max_examples=25)
@given(sizes=st.lists(st.integers(0, 300), min_size=1, max_size=8))
def test_noise_does_not_depend_on_the_cutting_and_begins_anywhere(sizes: list[int]) -> None:
    stream = NoiseStream(N_FFT, HOP, np.random.default_rng(3))
    got = np.concatenate([stream.take(size) for size in sizes])
    np.testing.assert_array_equal(got, NoiseStream(N_FFT, HOP, np.random.default_rng(3)).take(sum(sizes)))
    first = [NoiseStream(N_FFT, HOP, np.random.default_rng(seed)).take(1) for seed in range(4)]
    assert not any(np.array_equal(a, b) for a, b in pairwise(first))


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


@settings(deadline=None, max_examples=50)
@given(sizes=pieces, context=st.integers(3, 6))
def test_context_runner_leaves_out_what_is_not_wanted(sizes: list[int], context: int) -> None:
    seen = []

    def run(inputs):
        left, right = inputs.pop("margins")
        length = len(inputs["a"])
        seen.append(length - left - right)
        return {"y": np.convolve(np.pad(inputs["a"], 3), np.arange(1.0, 8.0), "valid")[left : length - right]}

    signal = np.random.default_rng(4).standard_normal(90)
    runner = ContextRunner(run, context, {"a": 1}, margins=True)
    parts = cut(signal, sizes)
    got = [runner.push({"a": part}, i == len(parts) - 1) for i, part in enumerate(parts)]
    result = np.concatenate([part["y"] for part in got if part is not None])
    whole = np.convolve(np.pad(np.pad(signal, (0, 6), "edge"), 3), np.arange(1.0, 8.0), "valid")[:90]
    np.testing.assert_allclose(result, whole, atol=1e-12)
    assert all(length % GRID == 0 for length in seen) and sum(seen) < 90 + GRID * len(seen)


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
