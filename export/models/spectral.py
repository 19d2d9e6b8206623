"""STFT and overlap-add in torch with the frame rule of the feature space, shared by the spectral vocoders."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def hann(n_fft: int) -> Tensor:
    """Periodic Hann window [n_fft] float32, on the CPU."""
    return torch.hann_window(n_fft)


def stft(samples: Tensor, n_fft: int, hop: int, window: Tensor) -> Tensor:
    """Complex spectrum [B, n_fft // 2 + 1, T] of samples [B, T * hop]; frame t is centred at sample t * hop + hop / 2.

    Zeros are assumed outside: the same at a sentence's ends, so that chunks of a stream can be exact.
    """
    pad = (n_fft - hop) // 2
    return torch.stft(F.pad(samples, (pad, pad)), n_fft, hop, n_fft, window, center=False, return_complex=True)


def overlap_add(spectrum: Tensor, n_fft: int, hop: int, window: Tensor) -> Tensor:
    """Samples [B, T * hop] of a complex spectrum [B, n_fft // 2 + 1, T], windowed again and added.

    Divides by the constant sum of squared windows (n_fft / hop * 3 / 8 for Hann), not by the actual sum, which
    differs only in the first and last frames; those fade instead, and a stream needs no knowledge of the end.
    """
    frames = torch.fft.irfft(spectrum, n_fft, dim=1) * window[None, :, None]
    length = (spectrum.shape[2] - 1) * hop + n_fft
    samples = F.fold(frames, (1, length), (1, n_fft), stride=(1, hop))[:, 0, 0]
    pad = (n_fft - hop) // 2
    return samples[:, pad : length - pad] / (n_fft / hop * 3 / 8)
