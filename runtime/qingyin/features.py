"""Exists to be the one definition of the feature space that all models share: log-mel and energy of a waveform.

Mel follows the published HiFi-GAN front end (Kong et al. 2020): 22 050 Hz, hop 256, n_fft 1024, periodic Hann,
80 Slaney mels of 0-8000 Hz, natural log of the amplitude clamped at 1e-5. Frame t is centred at sample
t * 256 + 128, so that T frames stand for exactly T * 256 samples. These numbers must stay identical to what the
vocoder checkpoints of that family expect.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 22050
HOP = 256
N_FFT = 1024
N_MELS = 80
MEL_FMAX_HZ = 8000.0
LOG_FLOOR = 1e-5

FloatArray = NDArray[np.float32]


def mel_filters(
    sample_rate: int = SAMPLE_RATE,
    n_fft: int = N_FFT,
    n_mels: int = N_MELS,
    fmin: float = 0.0,
    fmax: float = MEL_FMAX_HZ,
) -> FloatArray:
    """Triangular filters [n_mels, n_fft // 2 + 1] on the Slaney mel scale, each of unit area (Slaney 1998)."""
    linear_hz, linear_mel, log_step = 1000.0, 15.0, np.log(6.4) / 27.0

    def to_mel(hz: float) -> float:
        return hz * 3 / 200 if hz < linear_hz else linear_mel + np.log(hz / linear_hz) / log_step

    mels = np.linspace(to_mel(fmin), to_mel(fmax), n_mels + 2)
    hz = np.where(mels < linear_mel, mels * 200 / 3, linear_hz * np.exp(log_step * (mels - linear_mel)))
    bins = np.linspace(0.0, sample_rate / 2, n_fft // 2 + 1)
    rising = (bins[None] - hz[:-2, None]) / np.diff(hz)[:-1, None]
    falling = (hz[2:, None] - bins[None]) / np.diff(hz)[1:, None]
    area = 2.0 / (hz[2:] - hz[:-2])
    return (np.maximum(0.0, np.minimum(rising, falling)) * area[:, None]).astype(np.float32)


def magnitudes(samples: FloatArray) -> FloatArray:
    """Magnitude spectra [T, 513] of samples [T * 256], T at least 2."""
    padded = np.pad(samples, (N_FFT - HOP) // 2, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, N_FFT)[::HOP]
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(N_FFT) / N_FFT)).astype(np.float32)
    result: FloatArray = np.abs(np.fft.rfft(windows * hann, axis=1).astype(np.complex64))
    return result


_FILTERS = mel_filters()


def mel_and_energy(samples: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log-mel [T, 80] (ln amplitude) and energy [T] (ln of the spectrum's L2 norm) of samples [T * 256]."""
    magnitude = magnitudes(samples) + 1e-9
    mel = np.log(np.maximum(magnitude @ _FILTERS.T, LOG_FLOOR))
    energy = np.log(np.maximum(np.linalg.norm(magnitude, axis=1), LOG_FLOOR))
    return mel.astype(np.float32), energy.astype(np.float32)


def pad_to_frames(samples: FloatArray) -> FloatArray:
    """Samples [n] with silence behind them, [T * 256], so that they are whole frames."""
    return np.pad(samples, (0, -len(samples) % HOP)).astype(np.float32)
