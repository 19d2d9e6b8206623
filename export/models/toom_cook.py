"""Exists to multiply less: short convolutions as products at points (Toom 1963, Cook 1966; for nets Lavin & Gray 2016).

A convolution that gives `outputs` samples with `taps` taps is a product of two polynomials. Their values at
outputs + taps - 1 points determine it, so that many products do what outputs * taps did. Many real points spoil
float32, as their powers differ too much: at most eight lie on the real axis beside 0 and infinity (x, -x, 1/x, -1/x),
the others on the unit circle. A pair of complex ones costs three real products (Karatsuba) where two real points cost
two, and with it 18 points lose no more than 10: about 1e-6 of the output's size, where 18 real ones lose 1e-4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float64]]

# Magnitudes of the real points beside 0 and infinity, by how many pairs there are: of little error in float32.
_REAL_PAIRS: dict[int, tuple[float, ...]] = {
    0: (),
    1: (1.0,),
    2: (0.57, 1.6),
    3: (0.5, 1.0, 2.0),
    4: (0.5, 0.83, 1 / 0.83, 2.0),
}
_REFINEMENTS = 3


@dataclass(frozen=True)
class Bilinear:
    """y[i] = sum_k g[k] * x[i + k] as output @ ((kernel @ g) * (data @ x)).

    data [products, outputs + taps - 1], kernel [products, taps], output [outputs, products].
    """

    data: Matrix
    kernel: Matrix
    output: Matrix


@cache
def correlation(outputs: int, taps: int) -> Bilinear:
    """The algorithm for so many outputs and taps. ValueError: outputs + taps - 1 is not an even number from 4."""
    size = outputs + taps - 1
    if outputs < 1 or taps < 1 or size < 3 or size % 2:
        raise ValueError(f"{outputs} outputs of {taps} taps make {size} points; they must be an even number from 4")
    pairs = min((size - 2) // 2, max(_REAL_PAIRS))
    complex_pairs = (size - 2) // 2 - pairs
    angles = [math.pi * (index + 1) / (complex_pairs + 1) for index in range(complex_pairs)]
    output, kernel = (_values(length, _REAL_PAIRS[pairs], angles) for length in (outputs, taps))
    # The product of the polynomials, for every pair of coefficients: interpolation @ (output * kernel) = [l == i + j].
    products = np.einsum("pi,pj->ijp", output, kernel).reshape(outputs * taps, -1)
    aligned = np.zeros((outputs, taps, size))
    for i in range(outputs):
        aligned[i, np.arange(taps), i + np.arange(taps)] = 1.0
    wanted = aligned.reshape(outputs * taps, size)
    data = np.zeros((products.shape[1], size))
    for _ in range(_REFINEMENTS):
        data += np.linalg.lstsq(products, wanted - products @ data, rcond=1e-15)[0]
    # Transposed, a product of polynomials is a correlation; rows of one size make the least error.
    data_size, output_size = np.abs(data).max(axis=1), np.abs(output).max(axis=1)
    return Bilinear(
        data / data_size[:, None],
        kernel * (data_size * output_size)[:, None],
        (output / output_size[:, None]).T,
    )


def _values(length: int, magnitudes: tuple[float, ...], angles: list[float]) -> Matrix:
    """Rows that give a polynomial of `length` coefficients at the points; for a pair of complex ones three rows."""
    powers = np.arange(length)
    rows = [np.eye(length)[0], np.eye(length)[-1]]  # at 0 and at infinity
    for magnitude in magnitudes:
        rows += [magnitude**powers, (-magnitude) ** powers]
    for angle in angles:
        real, imaginary = np.cos(angle * powers), np.sin(angle * powers)
        rows += [real, imaginary, real + imaginary]
    return np.stack(rows).astype(np.float64)
