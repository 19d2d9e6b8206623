"""Exists to shape pitch around what the model predicts: seeded variation per syllable, and the intonation
of the sentence.
"""

from __future__ import annotations

import math

import numpy as np

SEMITONE = math.log(2.0) / 12.0  # ln units
_STEP_FRAMES = 7  # 81 ms; odd


def syllable_centres(frames: np.ndarray, syllables: np.ndarray) -> np.ndarray:
    """Middle of each syllable in frames, float64 [syllables].

    frames: int64 [N] length of each phoneme; syllables: int64 [N] index of the syllable, -1 for pauses.
    """
    ends = np.cumsum(frames)
    starts = ends - frames
    count = int(syllables.max(initial=-1)) + 1
    first = np.full(count, np.inf)
    final = np.zeros(count)
    spoken = syllables >= 0
    np.minimum.at(first, syllables[spoken], starts[spoken])
    np.maximum.at(final, syllables[spoken], ends[spoken])
    return (first + final) / 2.0


def pitch_noise(
    frames: np.ndarray, syllables: np.ndarray, temperature: float, rng: np.random.Generator
) -> np.ndarray:
    """Smooth pitch variation, float32 [T], in units of the standard deviation that the model predicts.

    One N(0, 1) per syllable, linear between syllable centres, level before the first and after the last. As
    many numbers are drawn at temperature 0.
    """
    centres = syllable_centres(frames, syllables)
    total = int(frames.sum())
    values = rng.standard_normal(len(centres))
    if not len(centres) or temperature == 0.0:
        return np.zeros(total, np.float32)
    times = np.arange(total) + 0.5
    noise: np.ndarray = (temperature * np.interp(times, centres, values)).astype(np.float32)
    return noise


def question_rise(position: np.ndarray, final_semitones: float) -> np.ndarray:
    """How much a Mandarin question lies above the same words as a statement; semitones.

    position: 0 at the centre of the first syllable, 1 at that of the last. A question keeps the tones and
    raises the register under them, more and more towards the final syllable (Liu & Xu 2005, "Parallel
    encoding of focus and interrogative meaning in Mandarin intonation"; Yuan 2006, "Mechanisms of question
    intonation in Mandarin"). A parabola says that in one figure: 3 semitones on the last syllable are 1 on
    average.
    """
    rise: np.ndarray = final_semitones * np.clip(position, 0.0, 1.0) ** 2
    return rise


def final_lowering(position: np.ndarray, final_semitones: float) -> np.ndarray:
    """Extra fall at the end of a statement; semitones, negative. Only the last fifth moves: the rest is
    the model's.
    """
    return -final_semitones * np.clip((position - 0.8) / 0.2, 0.0, 1.0)


def pitch_offset(
    frames: np.ndarray,
    syllables: np.ndarray,
    kind: str,
    *,
    pitch_semitones: float | np.ndarray,
    question_rise_semitones: float,
    final_lowering_semitones: float,
    slope_semitones: float = 0.0,
) -> np.ndarray:
    """What is added to the predicted pitch, float32 [T] ln units: the caller's shift (of all, or float [T]), the
    sentence's intonation and an emotion's slope.

    kind: "statement", "question" or "exclamation" (no intonation is added for the last). slope_semitones: by how much
    the last syllable rises against the first; the middle stays where it is.
    """
    total = int(frames.sum())
    centres = syllable_centres(frames, syllables)
    semitones = np.zeros(total) + pitch_semitones
    if len(centres):
        span = max(centres[-1] - centres[0], 1.0)
        # one syllable alone is the last one: all of the movement is on it
        position = (np.arange(total) + 0.5 - centres[0]) / span if len(centres) > 1 else np.ones(total)
        if len(centres) > 1 and slope_semitones:
            semitones += slope_semitones * (np.clip(position, 0.0, 1.0) - 0.5)
        if kind == "question":
            semitones += question_rise(position, question_rise_semitones)
        elif kind == "statement":
            semitones += final_lowering(position, final_lowering_semitones)
    return (semitones * SEMITONE).astype(np.float32)


def over_frames(values: np.ndarray, frames: np.ndarray) -> np.ndarray:
    """float [N] values of phonemes -> float32 [T] of frames, with soft steps: a span in a sentence has no seams.

    frames: int64 [N] length of each phoneme. Steps are as long as a quick syllable's transition.
    """
    if not len(values) or np.all(values == values[0]):
        return np.full(int(frames.sum()), values[0] if len(values) else 0.0, np.float32)
    window = np.hanning(_STEP_FRAMES + 2)[1:-1]
    steps = np.pad(np.repeat(values, frames), _STEP_FRAMES // 2, mode="edge")
    soft: np.ndarray = np.convolve(steps, window / window.sum(), mode="valid").astype(np.float32)
    return soft
