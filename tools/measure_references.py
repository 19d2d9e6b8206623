"""Measures on real clips what reference handling rests on: F0 against Praat's, the warnings, and the speaker check.

Run as `python -m tools.measure_references [--models FOLDER]` after `python -m export.training prepare`. The limits in
qingyin.references.recording_faults and .speaker_changes rest on these measures; another encoder asks for another look.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable

import numpy as np

from export.features import HOP, SAMPLE_RATE, FloatArray
from export.training.data import Utterance, load
from export.training.speakers import FEW_SPEAKERS, SPEAKER_CORPORA
from qingyin.errors import AudioError, ModelError
from qingyin.model_sets.finding import load_manifest
from qingyin.pitch import pitch
from qingyin.references.encoders import Encoders
from qingyin.references.reference import load_reference
from qingyin.references.speaker_changes import SAME_SPEAKER_COSINE, lowest_cosine

TIMED_FRAMES = 430  # 5 s
Change = Callable[[FloatArray, np.random.Generator], FloatArray]


def measure_pitch(clips: list[Utterance]) -> None:
    """Median F0 and voicing against Praat's, which the prepared clips hold; and the time for 5 s."""
    close, agreement = [], []
    for clip in clips:
        stored = clip.features()
        f0, voiced = pitch(clip.samples)
        if voiced.any() and stored["voiced"].any():
            ratio = np.median(f0[voiced]) / np.median(stored["f0"][stored["voiced"]])
            close.append(abs(12 * np.log2(ratio)) <= 0.3)
        agreement.append((voiced == stored["voiced"]).mean())
    longest = max(clips, key=lambda clip: len(clip.pcm))
    samples = np.resize(longest.samples, TIMED_FRAMES * HOP)
    times = []
    for _ in range(20):
        start = time.process_time()
        pitch(samples)
        times.append(time.process_time() - start)
    print(f"F0, {len(clips)} clips: median within 0.3 semitones of Praat's in {100 * np.mean(close):.1f} %,")
    print(
        f"  voicing as Praat's in {100 * np.mean(agreement):.2f} % of the frames, {100 * min(agreement):.1f} % at worst"
    )
    print(f"  {1000 * min(times):.1f} ms of one core for {TIMED_FRAMES * HOP / SAMPLE_RATE:.1f} s")


def _noise(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    noise = rng.standard_normal(len(samples)) * np.sqrt(np.mean(samples**2) / 10)
    return (samples + noise).astype(np.float32)


def _telephone(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    spectrum = np.fft.rfft(samples)
    hz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def _clipped(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.clip(2 * samples / np.abs(samples).max(), -1, 1)


CHANGES: dict[str, Change] = {
    "as it is": lambda samples, rng: samples,
    "noise at 10 dB": _noise,
    "300-3400 Hz": _telephone,
    "clipped at half the peak": _clipped,
}


def measure_findings(clips: list[Utterance]) -> None:
    """How often each warning is given for real clips, and for the same clips spoilt."""
    rng = np.random.default_rng(0)
    for name, change in CHANGES.items():
        counts: dict[str, int] = defaultdict(int)
        for clip in clips:
            try:
                kinds = {finding.kind for finding in load_reference((change(clip.samples, rng), SAMPLE_RATE)).warnings}
            except AudioError:
                kinds = {"refused"}
            for kind in kinds - {"short"}:
                counts[kind] += 1
        shares = ", ".join(f"{kind} {100 * count / len(clips):.1f} %" for kind, count in sorted(counts.items()))
        print(f"warnings, {len(clips)} clips, {name}: {shares or 'none'}")


def measure_speakers(encoders: Encoders, clips: list[Utterance], trials: int) -> None:
    """How often recordings of one speaker, and of two in turn, are taken for two."""
    rng = np.random.default_rng(0)
    by_corpus: dict[str, dict[str, list[Utterance]]] = defaultdict(lambda: defaultdict(list))
    for clip in clips:
        by_corpus[clip.corpus][clip.speaker].append(clip)

    def speech(own: list[Utterance], frames: int) -> FloatArray:
        order = rng.permutation(len(own))
        mel = np.concatenate([own[n].mel for n in order])
        return np.resize(mel, (frames, mel.shape[1])).astype(np.float32)

    for seconds in (5, 8, 15, 30):
        frames = round(seconds * SAMPLE_RATE / HOP)
        cosines: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(trials):
            speakers = by_corpus[str(rng.choice(sorted(by_corpus)))]
            chosen = rng.choice(sorted(speakers), 2, replace=False)
            for count, found in cosines.items():
                parts = [speech(speakers[str(name)], frames // count) for name in chosen[:count]]
                cosine = lowest_cosine([np.concatenate(parts)], encoders.speaker_of_mel)
                assert cosine is not None
                found.append(cosine)
        shares = [100 * np.mean(np.array(cosines[count]) < SAME_SPEAKER_COSINE) for count in (1, 2)]
        print(
            f"speakers, {seconds} s, {trials} trials: one taken for two {shares[0]:.1f} %, two found {shares[1]:.1f} %"
        )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Measures reference handling on prepared clips.")
    parser.add_argument("--models", help="model set whose speaker encoder is asked; default as for qingyin")
    parser.add_argument("--clips", type=int, default=240)
    parser.add_argument("--trials", type=int, default=70)
    options = parser.parse_args()
    rng = np.random.default_rng(1)
    clips = load(SPEAKER_CORPORA, held_out=True)
    some = [clips[n] for n in rng.choice(len(clips), options.clips, replace=False)]
    measure_pitch(some)
    long = [clip for clip in clips if clip.frames > 2 * SAMPLE_RATE / HOP]
    measure_findings([long[n] for n in rng.choice(len(long), options.clips, replace=False)])
    try:
        encoders = Encoders(load_manifest(options.models))
    except ModelError as error:
        print(f"speakers: not measured ({error})")
    else:
        measure_speakers(encoders, [c for c in clips if c.corpus not in FEW_SPEAKERS], options.trials)


if __name__ == "__main__":
    main()
