"""Exists so that the encoders hear any user's recording as they heard the training data: one channel, 22 050 Hz,
trimmed, at one loudness; and so that what is wrong with it is said beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qingyin.errors import AudioError
from qingyin.features import HOP, SAMPLE_RATE, FloatArray, mel_and_energy, pad_to_frames
from qingyin.pitch import pitch
from qingyin.references.loudness_meter import levelled
from qingyin.references.recording_faults import Finding, bandwidth_hz, clipped_share, find_faults, steady_pitch_share
from qingyin.references.recordings import Source, read_recording
from qingyin.references.speech_activity import Activity, find_speech, runs
from qingyin.resampling import resample

LEAST_SPEECH_SECONDS = 1.0
BEST_PART_SECONDS = 30.0
_LEAST_VOICED_SECONDS = 0.2
_FRAME_S = HOP / SAMPLE_RATE
_KEPT_FRAMES = round(0.08 / _FRAME_S)  # of silence at each end, as in the training data
_LONGEST_PAUSE_FRAMES = round(0.6 / _FRAME_S)
_KEPT_PAUSE_FRAMES = round(0.4 / _FRAME_S)  # of a longer pause
_OFFSET = 1e-3  # of the peak; a smaller one is not heard, and what is left alone stays as in training
_LEAST_PEAK = 1e-6  # of full scale


@dataclass(frozen=True, eq=False)
class Reference:
    """A recording made ready for the encoders, and what was found out about it.

    samples [T * 256] float32 at 22 050 Hz and -20 LUFS; mel [T, 80] ln amplitude; f0 [T] Hz, interpolated through
    unvoiced frames; voicing [T] 0 or 1; active [T] where somebody speaks. `recorded_seconds`, `source_rate` (Hz),
    `channels`, `loudness_lufs`, `clipped_share` and `sha256` are those of the recording as it came;
    `part` says which seconds of it were used, `speech_seconds` how much speech they hold.
    """

    name: str
    samples: FloatArray
    mel: FloatArray
    f0: FloatArray
    voicing: FloatArray
    active: NDArray[np.bool_]
    part: tuple[float, float]
    recorded_seconds: float
    speech_seconds: float
    source_rate: int
    channels: int
    loudness_lufs: float
    snr_db: float
    clipped_share: float
    bandwidth_hz: float
    warnings: tuple[Finding, ...]
    sha256: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    @property
    def voiced_ln_hz(self) -> FloatArray:
        """Natural log of F0 in Hz, voiced frames only; there are some."""
        result: FloatArray = np.log(self.f0[self.voicing > 0])
        return result

    @property
    def pitch_mean_ln_hz(self) -> float:
        """Median of ln F0 over voiced frames: what a voice file states."""
        return pitch_mean_ln_hz([self])


def pitch_mean_ln_hz(references: Sequence[Reference]) -> float:
    """Median of ln F0 over the voiced frames of several references of one speaker."""
    return float(np.median(np.concatenate([reference.voiced_ln_hz for reference in references])))


def load_reference(source: Source) -> Reference:
    """A reference from a path, bytes, a binary file, or (samples [n] or [n, channels], rate).

    Silence is cut off at both ends and pauses are shortened; of more than 30 s the best part is taken.
    Errors: AudioError if it cannot be read, or holds less than 1 s of speech; DependencyError if another rate than
    22 050 Hz needs soxr and it is missing.
    """
    recording = read_recording(source)
    name = Path(recording.name).name
    mono, gain_db = _one_channel(recording.samples)
    samples = resample(mono, recording.rate)
    activity = find_speech(samples)
    if activity.speech_seconds < LEAST_SPEECH_SECONDS:
        raise AudioError(_too_little(name, activity, len(samples) / SAMPLE_RATE))
    kept = _kept_frames(activity.active)
    if len(kept) * _FRAME_S > BEST_PART_SECONDS:
        kept = kept[_best_part(samples, activity, kept)]
    part = (float(kept[0]) * _FRAME_S, float(kept[-1] + 1) * _FRAME_S)
    active = activity.active[kept]
    # the frames' own samples, then the whole at one loudness: pauses would not count, but clicks in them would
    used, loudness = levelled(_samples_of(samples, kept), SAMPLE_RATE)
    f0, voiced = pitch(used)
    if voiced.sum() * _FRAME_S < _LEAST_VOICED_SECONDS:
        raise AudioError(
            f"{name} holds no voiced speech (noise, whisper or music?); record 5 to 30 s of somebody speaking"
        )
    mel, _ = mel_and_energy(used)
    speech_seconds = float(active.sum()) * _FRAME_S
    clipped, bandwidth = clipped_share(recording.samples), bandwidth_hz(used, active)
    voiced_share = float((voiced & active).sum() / active.sum())
    warnings = find_faults(
        clipped, activity.snr_db, bandwidth, voiced_share, steady_pitch_share(f0, voiced), speech_seconds
    )
    read_seconds = len(recording.samples) / recording.rate
    if recording.seconds > read_seconds:
        message = f"only its first {read_seconds:.0f} s of {recording.seconds:.0f} s were looked at"
        warnings += (Finding("length", recording.seconds, message),)
    return Reference(
        name=name,
        samples=used,
        mel=mel,
        f0=f0,
        voicing=voiced.astype(np.float32),
        active=active,
        part=part,
        recorded_seconds=recording.seconds,
        speech_seconds=speech_seconds,
        source_rate=recording.rate,
        channels=recording.samples.shape[1],
        loudness_lufs=loudness + gain_db,
        snr_db=activity.snr_db,
        clipped_share=clipped,
        bandwidth_hz=bandwidth,
        warnings=warnings,
        sha256=recording.sha256,
    )


def _one_channel(samples: FloatArray) -> tuple[FloatArray, float]:
    """Mono [n] of [n, channels], without offset and with a peak of 1, and the gain in dB that was taken off.

    The channels' mean, or the loudest one where the others would cancel it.
    """
    # any scale is possible in float files, and a microphone's gain may be far too low
    samples, gain_db = _at_full_scale(samples)
    offset = samples.mean(0, dtype=np.float64).astype(np.float32)
    samples = samples - np.where(np.abs(offset) > _OFFSET, offset, 0)
    mixed: FloatArray = samples.mean(1)
    powers = np.square(samples).mean(0)
    # half a speaker's level is lost if the other channel is silent, far more if it is the same turned over
    if float(np.square(mixed).mean()) < powers.max() / 10:
        mixed = samples[:, int(powers.argmax())]
    mixed, more_db = _at_full_scale(mixed)
    return mixed, gain_db + more_db


def _at_full_scale(samples: FloatArray) -> tuple[FloatArray, float]:
    peak = max(float(np.abs(samples).max()), _LEAST_PEAK)
    return samples / np.float32(peak), 20 * float(np.log10(peak))


def _too_little(name: str, activity: Activity, seconds: float) -> str:
    if not activity.active.any() and seconds >= LEAST_SPEECH_SECONDS:
        silent = activity.level_db.max() < -70
        reason = "it is silent" if silent else "nothing stands out of a steady noise or tone"
        return f"no speech was found in {name}: {reason}; record 5 to 30 s of somebody speaking"
    return (
        f"{name} holds {activity.speech_seconds:.1f} s of speech, at least {LEAST_SPEECH_SECONDS:g} s is needed; "
        "record 5 to 30 s"
    )


def _kept_frames(active: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Frames that stay: speech, a little silence around it, and of long pauses the first and the last part."""
    keep = np.ones(len(active), bool)
    for start, end in runs(~active):
        if start == 0:
            keep[: max(0, end - _KEPT_FRAMES)] = False
        elif end == len(active):
            keep[start + _KEPT_FRAMES :] = False
        elif end - start > _LONGEST_PAUSE_FRAMES:
            keep[start + _KEPT_PAUSE_FRAMES // 2 : end - _KEPT_PAUSE_FRAMES // 2] = False
    return np.flatnonzero(keep)


def _samples_of(samples: FloatArray, frames: NDArray[np.intp]) -> FloatArray:
    """Samples [len(frames) * 256] of the frames."""
    return np.ascontiguousarray(pad_to_frames(samples).reshape(-1, HOP)[frames]).reshape(-1)


def _best_part(samples: FloatArray, activity: Activity, kept: NDArray[np.intp]) -> slice:
    """The 30 s of the kept frames with most voiced speech far above the noise, from one pause to another."""
    length = int(BEST_PART_SECONDS / _FRAME_S)
    active, level = activity.active[kept], activity.level_db[kept]
    block = length // 2  # F0 of some seconds at a time, to keep memory bounded
    pieces = [_samples_of(samples, kept[start : start + block]) for start in range(0, len(kept), block)]
    voiced = np.concatenate([pitch(piece)[1] for piece in pieces])
    second = round(1 / _FRAME_S)
    floors = [np.quantile(level[max(0, s - 2 * second) : s + 3 * second], 0.1) for s in range(0, len(level), second)]
    above = np.clip(level - np.repeat(floors, second)[: len(level)], 0, 40) * (voiced & active)
    total = np.concatenate([[0.0], np.cumsum(above)])
    starts = [max(0, start - _KEPT_FRAMES) for start, _ in runs(active)]
    starts = [start for start in starts if start + length <= len(kept)] or [len(kept) - length]
    start = max(starts, key=lambda s: float(total[s + length] - total[s]))
    ends = [min(end + _KEPT_FRAMES, start + length) for _, end in runs(active) if start < end <= start + length]
    # a last word that the cut would split goes, unless it is a very long one
    whole = max((end for end in ends if end > start + length - 3 * second), default=start + length)
    return slice(start, whole)
