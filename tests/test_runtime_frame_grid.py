"""Windows on the grid: they hold what was asked for, stay inside the sentence, and are multiples of the grid."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qingyin.frame_grid import GRID, aligned_down, aligned_up, aligned_window, spared
from qingyin.sessions import ALIGNMENT, aligned


@given(st.integers(0, 4000), st.integers(1, 4000), st.integers(0, 60))
def test_a_window_holds_its_frames_on_the_grid(start: int, length: int, context: int) -> None:
    total = aligned_up(start + length + 7)
    left, right = aligned_window(start - context, start + length + context, total)
    assert 0 <= left <= max(0, start - context)
    assert min(total, start + length + context) <= right <= total
    assert (right - left) % GRID == 0
    assert (right - left) - (min(total, start + length + context) - max(0, start - context)) < 2 * GRID


@given(st.integers(0, 100), st.integers(0, 100), st.integers(1, 60))
def test_what_is_left_out_leaves_the_grid(left: int, right: int, wanted: int) -> None:
    total = aligned_up(left + wanted + right)
    right = total - left - wanted
    first, behind = spared(left, right)
    assert 0 <= first <= left and 0 <= behind <= right
    assert (total - first - behind) % GRID == 0 and total - first - behind < wanted + GRID


@given(st.integers(0, 10**6))
def test_rounding_brackets_a_number(frames: int) -> None:
    assert aligned_down(frames) <= frames <= aligned_up(frames) < frames + GRID


@given(st.integers(0, 40), st.sampled_from([np.float32, np.int64]))
def test_aligned_arrays_hold_the_same_values(offset: int, dtype: type) -> None:
    source = np.arange(400).astype(dtype)[offset:].reshape(1, -1)[:, ::2]
    copy = aligned(source)
    assert np.array_equal(copy, source) and copy.dtype == source.dtype
    assert copy.ctypes.data % ALIGNMENT == 0 and copy.flags.c_contiguous
    assert aligned(copy) is copy
