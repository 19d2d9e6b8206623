"""The numpy side of the vocoders against the torch code that trains them: what is learned is played."""

from __future__ import annotations

import numpy as np
import pytest

from qingyin.vocoders.excitation import PulseStream
from qingyin.vocoders.filtered_excitation import apply_filters
from qingyin.vocoders.spectral import OverlapAddStream, StftStream

torch = pytest.importorskip("torch")
excitation = pytest.importorskip("export.models.excitation")
source_filter = pytest.importorskip("export.models.source_filter")
hifigan_istft = pytest.importorskip("export.models.hifigan_istft")

FRAMES, HOP, SR = 60, 256, 22050


def sentence() -> tuple[np.ndarray, np.ndarray]:
    """F0 in Hz, and voicing, of something like a syllable with consonants around it."""
    time = np.linspace(0, 1, FRAMES)
    f0 = (220 * np.exp(0.3 * np.sin(7 * time))).astype(np.float32)
    return f0, ((time > 0.2) & (time < 0.8)).astype(np.float32)


def tensor(array: np.ndarray):
    return torch.from_numpy(np.ascontiguousarray(array))[None]


def test_pulse_train_is_the_training_codes() -> None:
    f0, voicing = sentence()
    ours = PulseStream(SR, HOP, np.random.default_rng(1)).push(f0, voicing, True)
    phase = torch.tensor([np.random.default_rng(1).random()])
    theirs = excitation.pulse_train(tensor(f0), tensor(voicing), phase)[0].numpy()
    # their sines have large float32 arguments, and where nyquist / F0 is whole K may differ in single samples
    difference = np.abs(ours - theirs)
    assert np.percentile(difference, 99) < 2e-3 and np.sqrt(np.mean(difference**2)) < 2e-2


@pytest.mark.parametrize("kind", ["source_filter", "source_istft"])
def test_rendering_is_the_training_codes(kind: str) -> None:
    n_fft, hop = (1024, 256) if kind == "source_filter" else (256, 64)
    rows, bins = FRAMES * HOP // hop, n_fft // 2 + 1
    f0, voicing = sentence()
    pulse = PulseStream(SR, HOP, np.random.default_rng(1)).push(f0, voicing, True)
    rng = np.random.default_rng(2)
    noise = rng.standard_normal(len(pulse), dtype=np.float32)
    filters = [
        (scale * rng.standard_normal((rows, bins)) + level).astype(np.float32)
        for scale, level in ((0.5, -2.0), (1.0, 0.0), (0.5, -4.0))
    ]
    spectra = [StftStream(n_fft, hop).push(signal, True) for signal in (pulse, noise)]
    magnitudes = np.exp(filters[0]), filters[1], np.exp(filters[2])
    ours = OverlapAddStream(n_fft, hop).push(apply_filters(*spectra, *magnitudes), True)
    given = tuple(tensor(array) for array in filters)
    if kind == "source_filter":
        theirs = source_filter.render(given, tensor(pulse), tensor(noise))
    else:
        source = hifigan_istft.source_features(tensor(pulse))
        fed = np.concatenate([spectra[0].real, spectra[0].imag], axis=1)
        np.testing.assert_allclose(fed, source[0].numpy(), atol=1e-3)
        theirs = hifigan_istft.render_fine(given, source, tensor(noise))
    assert np.abs(ours).max() > 0.05
    np.testing.assert_allclose(ours, theirs[0].numpy(), atol=1e-4)
