"""Re-synthesises recordings with the acoustic correlates of an emotion, because no acted Mandarin speech is at hand.

Two methods, so that no one vocoder's sound tells the classes apart: WORLD (Morise, Yokomori & Ozawa 2016, IEICE
E99-D) and Praat's overlap-add of pitch periods (Moulines & Charpentier 1990, Speech Communication 9). Both move F0 and
time; level and tilt are moved afterwards by a filter that follows voicing: vocal effort raises vowels more than
fricatives (Traunmüller & Eriksson 2000, JASA 107), which is what is left of a louder voice once levels are normalised.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import parselmouth
from numpy.typing import NDArray
from parselmouth.praat import call
from scipy import signal

from export.emotions import Correlates
from export.features import HOP, N_FFT, SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames, pitch
from export.training.loudness import LOUDNESS_LUFS, loudness

Array = NDArray[np.float64]
STEP_S = 0.005  # of WORLD's frames
PAUSE_S = 0.1  # a shorter silence is a closure of a plosive
PAUSE_DB = -30.0  # against the clip's loud parts
TILT_FROM_HZ, TILT_TO_HZ = 500.0, 8000.0
F0_LIMITS_HZ = (60.0, 700.0)


@dataclass(frozen=True)
class Treatment:
    """What is done to one recording."""

    correlates: Correlates
    pauses: float = 1.0  # factor of the lengths of pauses inside the clip
    jitter: float = 0.0  # standard deviation of F0 from one 5 ms frame to the next, as a share of F0
    breath: float = 0.0  # 0 to 1: how far the aperiodicity goes to pure noise at 8 kHz (WORLD only)
    unvoiced_share: float = 0.4  # of the change of level and tilt that voiced sounds get


@dataclass(frozen=True)
class Speech:
    """A clip at -20 LUFS: samples [T * 256], mel [T, 80] ln amplitude, f0 [T] Hz through unvoiced frames, voiced."""

    samples: FloatArray
    mel: FloatArray
    f0: FloatArray
    voiced: NDArray[np.bool_]


def _at_steps(values: NDArray[Any], count: int, log: bool = False) -> Array:
    """Values at our frame centres, brought to `count` steps of 5 ms."""
    centres = (np.arange(len(values)) + 0.5) * HOP / SAMPLE_RATE
    numbers = np.log(values) if log else values
    result = np.interp(np.arange(count) * STEP_S, centres, numbers)
    return np.exp(result) if log else result


def pauses_of(samples: FloatArray, voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which 5 ms steps [N] lie in a pause inside the speech; silence before and after it is none.

    voiced: [T] at our frames.
    """
    hop = round(STEP_S * SAMPLE_RATE)
    count = len(samples) // hop + 1
    window = np.ones(4 * hop) / (4 * hop)
    power = np.convolve(samples.astype(np.float64) ** 2, window, mode="same")[::hop][:count]
    power = np.pad(power, (0, count - len(power)), mode="edge")
    quiet = power < np.quantile(power, 0.95) * 10 ** (PAUSE_DB / 10)
    quiet &= _at_steps(voiced, count) < 0.5
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    inside = np.zeros(count, bool)
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if start > 0 and end < count and (end - start) * STEP_S >= PAUSE_S:
            inside[start:end] = True
    return inside


def moved_f0(f0: Array, voiced: NDArray[np.bool_], change: Correlates) -> Array:
    """F0 [N] Hz with another level, range about its median, and slope over its voiced part."""
    if not voiced.any():
        return f0
    semitones = 12 * np.log2(f0)
    middle = np.median(semitones[voiced])
    first, last = np.flatnonzero(voiced)[[0, -1]]
    place = np.clip((np.arange(len(f0)) - first) / max(1, last - first), 0, 1) - 0.5
    moved = middle + (semitones - middle) * np.exp(change.f0_range) + change.f0_level + change.f0_slope * place
    return np.clip(2 ** (moved / 12), *F0_LIMITS_HZ)


class Recording:
    """A recording's analysis, done once for all that is made of it: samples [T * 256], a second at least."""

    def __init__(self, samples: FloatArray) -> None:
        self.samples = np.ascontiguousarray(samples, np.float64)
        f0, voiced = pitch(samples)
        count = len(samples) // round(STEP_S * SAMPLE_RATE) + 1
        self.f0 = _at_steps(f0, count, log=True)  # [N] Hz, in steps of 5 ms, as all that follows
        self.voiced = _at_steps(voiced, count) > 0.5
        self.pauses = pauses_of(samples, voiced)

    @cached_property
    def world(self) -> tuple[Array, Array]:
        """Ln of WORLD's spectral envelope, and its aperiodicity, [N, 513] each."""
        import pyworld  # compiled from source where it is installed, and needed here alone

        times = np.arange(len(self.f0)) * STEP_S
        own = np.where(self.voiced, self.f0, 0.0)
        envelope = pyworld.cheaptrick(self.samples, own, times, SAMPLE_RATE)
        return np.log(envelope), pyworld.d4c(self.samples, own, times, SAMPLE_RATE)

    @cached_property
    def manipulation(self) -> parselmouth.Data:
        """Praat's pitch periods."""
        return call(parselmouth.Sound(self.samples, SAMPLE_RATE), "To Manipulation", 0.01, 75, 600)


def _by_world(recording: Recording, new_f0: Array, lengths: Array, breath: float) -> Array:
    """WORLD at other F0 [N] Hz and with each step `lengths` times as long."""
    import pyworld

    envelope, noise = recording.world
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    source = np.interp(np.arange(0, ends[-1]), ends, np.arange(len(ends))).clip(0, len(new_f0) - 1)
    low = np.minimum(source.astype(int), len(new_f0) - 2)
    part = (source - low)[:, None]
    nearest = np.round(source).astype(int)
    pulses = np.where(recording.voiced[nearest], np.interp(source, np.arange(len(new_f0)), new_f0), 0.0)
    spectrum = np.exp(envelope[low] * (1 - part) + envelope[low + 1] * part)
    aperiodicity = noise[nearest]
    if breath:
        weight = breath * np.linspace(0, SAMPLE_RATE / 2, noise.shape[1]) / TILT_TO_HZ
        aperiodicity = aperiodicity + (1 - aperiodicity) * np.minimum(weight, 1.0)
    return pyworld.synthesize(pulses, spectrum, aperiodicity, SAMPLE_RATE)


def _by_overlap_add(recording: Recording, new_f0: Array, lengths: Array) -> Array:
    """Praat's overlap-add at other F0 [N] Hz and with each step `lengths` times as long."""
    seconds = len(recording.samples) / SAMPLE_RATE
    everywhere = np.arange(0, len(new_f0), 4)  # each point is a call of Praat's interpreter
    edges = np.flatnonzero(np.diff(lengths))  # Praat joins points by lines
    steps = np.unique(np.concatenate([[0], edges, edges + 1]))
    for kind, values, places in (("Pitch", new_f0, everywhere), ("Duration", lengths, steps)):
        tier = call(f"Create {kind}Tier", "new", 0, seconds)
        for n in places:
            if n * STEP_S < seconds:
                call(tier, "Add point", n * STEP_S, float(values[n]))
        call([tier, recording.manipulation], f"Replace {kind.lower()} tier")
    return call(recording.manipulation, "Get resynthesis (overlap-add)").values[0]


def coloured(
    samples: FloatArray, voiced: NDArray[np.bool_], energy_db: float, tilt: float, unvoiced_share: float
) -> FloatArray:
    """Samples [T * 256] with level (dB) and tilt (dB per octave, 500 to 8000 Hz) moved; less where not `voiced` [T]."""
    if energy_db == 0 and tilt == 0:
        return samples
    _, _, spectrum = signal.stft(samples, SAMPLE_RATE, nperseg=N_FFT, noverlap=N_FFT - HOP)
    share = np.where(voiced, 1.0, unvoiced_share)
    at = np.arange(spectrum.shape[1]) - 0.5  # frames of the transform are centred at multiples of the hop, ours between
    weight = np.interp(at, np.arange(len(share)), np.convolve(np.pad(share, 1, mode="edge"), np.ones(3) / 3, "valid"))
    bins = np.linspace(0, SAMPLE_RATE / 2, spectrum.shape[0])
    octaves = np.log2(np.clip(bins, TILT_FROM_HZ, TILT_TO_HZ) / TILT_FROM_HZ)
    gain = 10 ** ((energy_db + tilt * octaves)[:, None] * weight[None] / 20)
    _, result = signal.istft(spectrum * gain, SAMPLE_RATE, nperseg=N_FFT, noverlap=N_FFT - HOP)
    return result[: len(samples)].astype(np.float32)


def levelled(samples: FloatArray) -> FloatArray:
    """Samples [T * 256] at -20 LUFS, as every clip of ours is."""
    level = loudness(samples, SAMPLE_RATE)
    if not np.isfinite(level):
        return samples
    samples = samples * 10 ** ((LOUDNESS_LUFS - level) / 20)
    return (samples / max(1.0, float(np.abs(samples).max()) / 0.99)).astype(np.float32)


METHODS = ("world", "overlap-add")


def resynthesise(recording: Recording, treatment: Treatment, rng: np.random.Generator, method: str = "world") -> Speech:
    """A recording spoken otherwise. method: one of `METHODS`."""
    change = treatment.correlates
    new_f0 = moved_f0(recording.f0, recording.voiced, change)
    new_f0 = new_f0 * np.exp(treatment.jitter * rng.standard_normal(len(new_f0)))
    lengths = np.where(recording.pauses, treatment.pauses, np.exp(-change.rate))
    if method == "world":
        spoken = _by_world(recording, new_f0, lengths, treatment.breath)
    else:
        spoken = _by_overlap_add(recording, new_f0, lengths)
    framed = pad_to_frames(spoken.astype(np.float32))
    f0, voiced = pitch(framed)
    samples = levelled(coloured(framed, voiced, change.energy, change.tilt, treatment.unvoiced_share))
    return Speech(samples, mel_and_energy(samples)[0], f0, voiced)


def analysed(samples: FloatArray) -> Speech:
    """Samples [T * 256] with their features."""
    return Speech(samples, mel_and_energy(samples)[0], *pitch(samples))
