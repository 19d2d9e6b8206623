"""Measures whether statements fall and questions rise, on what the synthesiser says."""

from __future__ import annotations

import numpy as np

from export.features import FloatArray, pad_to_frames, pitch
from qingyin.synthesizer import Synthesizer

# The same words as a statement and as a question, told apart by the full stop alone.
PAIRS = (
    "他明天坐飞机去上海",
    "你们已经吃过晚饭了",
    "这个周末要加班",
    "她会说三种语言",
    "那家饭店今天不开门",
    "小李的妈妈是老师",
    "图书馆晚上十点关门",
    "我们要在这里等他",
)


def contour(samples: FloatArray) -> FloatArray:
    """F0 of the voiced frames in semitones above the first third's median, [voiced frames]."""
    f0, voiced = pitch(pad_to_frames(samples))
    semitones = 12 * np.log2(f0[voiced])
    return semitones - np.median(semitones[: max(1, len(semitones) // 3)])


def intonation_rows(synthesizer: Synthesizer, voices: tuple[str, ...]) -> list[str]:
    """Table rows: where a sentence's last third lies against its first, in semitones, as statement and as question."""
    rows = [
        "| voice | statement: last third against first | question: last third against first "
        "| question above statement at the end |",
        "|---|---:|---:|---:|",
    ]
    for voice in voices:
        ends: dict[str, list[float]] = {"。": [], "？": []}
        for text in PAIRS:
            for mark, found in ends.items():
                audio = synthesizer.synthesize(text + mark, voice=voice, seed=0)
                semitones = contour(audio.samples)
                found.append(float(np.median(semitones[-max(1, len(semitones) // 3) :])))
        statement, question = float(np.mean(ends["。"])), float(np.mean(ends["？"]))
        rows.append(f"| {voice} | {statement:+.1f} | {question:+.1f} | {question - statement:+.1f} |")
    return rows
