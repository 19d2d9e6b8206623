"""The pulse train that excites the vocoders, in torch.

The runtime's `qingyin.vocoders.excitation` is its twin in numpy. A parity test holds the two together: what a
vocoder was trained on must be what it is driven with.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from export.features import HOP, SAMPLE_RATE


def to_samples(frames: Tensor, hop: int = HOP) -> Tensor:
    """Frame values [B, T] to sample values [B, T * hop], linear between frame centres, held at the ends."""
    return F.interpolate(frames[:, None], scale_factor=float(hop), mode="linear", align_corners=False)[:, 0]


def pulse_train(f0: Tensor, voicing: Tensor, start_phase: Tensor) -> Tensor:
    """Band-limited pulse train [B, T * 256] of power 1 where voiced.

    The sum of all cosine harmonics below the Nyquist frequency in closed form (Dirichlet kernel):
    sum cos(2 pi k phi), k = 1..K  =  (sin((2K + 1) pi phi) / sin(pi phi) - 1) / 2.

    Args:
        f0: [B, T] Hz, continuous through unvoiced frames.
        voicing: [B, T], 0 or 1.
        start_phase: [B] in [0, 1), fraction of a period.
    """
    f0_samples = to_samples(f0)
    phase = torch.cumsum(f0_samples.double() / SAMPLE_RATE, 1) + start_phase[:, None].double()
    phase = (phase % 1.0).float()
    harmonics = torch.floor(SAMPLE_RATE / 2 / f0_samples)
    sine = torch.sin(math.pi * phase)
    singular = sine.abs() < 1e-4
    kernel = torch.sin((2 * harmonics + 1) * math.pi * phase) / torch.where(singular, torch.ones_like(sine), sine)
    kernel = torch.where(singular, 2 * harmonics + 1, kernel)
    return (kernel - 1) / torch.sqrt(2 * harmonics) * to_samples(voicing)
