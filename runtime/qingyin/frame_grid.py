"""Exists so that a chunk is computed bit for bit as the same frames of the whole sentence are.

The kernels of elementwise operators take 16 or fewer floats at a time and treat the rest of an array in another way,
whose results differ in the last digit. In fp32 nobody hears that; a graph with int8 activations now and then rounds
the other way because of it, which is a thousand times as much. So every run has a multiple of GRID frames, and a
sentence is filled up to one: then no array has a rest, and no frame depends on where a chunk was cut.
"""

from __future__ import annotations

GRID = 16  # frames: the floats of the widest registers (AVX-512)


def aligned_down(frames: int) -> int:
    """The multiple of GRID at or below."""
    return frames // GRID * GRID


def aligned_up(frames: int) -> int:
    """The multiple of GRID at or above."""
    return -(-frames // GRID) * GRID


def aligned_window(left: int, right: int, total: int) -> tuple[int, int]:
    """The least window of a multiple of GRID frames that holds [left, right), cut at 0 and `total` (a multiple)."""
    left = max(0, left)
    right = left + aligned_up(right - left)
    return (left, right) if right <= total else (aligned_down(left), total)


def spared(left: int, right: int) -> tuple[int, int]:
    """How many frames at both sides of a window on the grid may be left out so that a multiple of GRID stays."""
    excess = (left + right) % GRID
    behind = min(excess, right)
    return left - (excess - behind), right - behind
