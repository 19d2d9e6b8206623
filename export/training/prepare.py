"""Turns corpora into training features: decoded, trimmed, at one loudness, with mel, F0, voicing and energy."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
from tqdm import tqdm

from export import features
from export.corpora import Clip, CorpusError, find_corpora, read_manifest
from export.training.loudness import LOUDNESS_LUFS, loudness
from export.training.paths import data_folder

KEPT_SILENCE_S = 0.08
MAX_SECONDS = 16.0
MIN_SECONDS = 0.3
# Recordings made at 16 kHz hold nothing above 8 kHz; a vocoder must not learn from them that the upper band is silent.
BANDWIDTH_HZ = {"hsk_words": 11025, "pinyin_syllables": 11025}
DEFAULT_BANDWIDTH_HZ = 7800


class Unusable(ValueError):
    """A clip that is left out, with the reason."""


def _trim(samples: features.FloatArray) -> features.FloatArray:
    """Cut silence (45 dB under the loudest 20 ms) at both ends, all but `KEPT_SILENCE_S` of it."""
    step = features.SAMPLE_RATE // 100
    if len(samples) < 4 * step:
        raise Unusable("too short")
    power = np.convolve(samples**2, np.ones(2 * step) / (2 * step), mode="same")[::step]
    loud = np.flatnonzero(power > power.max() * 10**-4.5)
    if not len(loud):  # every sample is zero
        raise Unusable("silent")
    keep = int(KEPT_SILENCE_S * features.SAMPLE_RATE)
    return samples[max(0, loud[0] * step - keep) : (loud[-1] + 1) * step + keep]


def load_clip(clip: Clip) -> features.FloatArray:
    """Samples [T * 256] float32 of a clip: mono, 22 050 Hz, trimmed, at -20 LUFS (ITU-R BS.1770).

    Raises:
        Unusable: undecodable, silent, too short or too long; the message is the reason.
    """
    try:
        samples, rate = soundfile.read(clip.audio, dtype="float32", always_2d=True)
    except (OSError, soundfile.LibsndfileError) as error:
        raise Unusable("cannot be decoded") from error
    samples = _trim(features.resample(samples.mean(axis=1), rate))
    seconds = len(samples) / features.SAMPLE_RATE
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Unusable(f"shorter than {MIN_SECONDS} s" if seconds < MIN_SECONDS else f"longer than {MAX_SECONDS} s")
    block = max(0, int(0.45 * features.SAMPLE_RATE) - len(samples))  # the meter needs one 0.4 s block
    level = loudness(np.pad(samples, (0, block)), features.SAMPLE_RATE)
    if not np.isfinite(level):
        raise Unusable("silent")
    samples = samples * 10 ** ((LOUDNESS_LUFS - level) / 20)
    samples = samples / max(1.0, float(np.abs(samples).max()) / 0.99)
    return features.pad_to_frames(samples)


def _prepare_clip(job: tuple[Clip, Path]) -> str | None:
    clip, target = job
    try:
        samples = load_clip(clip)
    except Unusable as reason:
        return str(reason)
    mel, energy = features.mel_and_energy(samples)
    f0, voiced = features.pitch(samples)
    temporary = target.with_suffix(".tmp.npz")
    np.savez(
        temporary,
        pcm=np.round(samples * 32767).astype(np.int16),
        mel=mel.astype(np.float16),
        energy=energy.astype(np.float16),
        f0=f0,
        voiced=voiced,
    )
    os.replace(temporary, target)
    return None


def prepare_corpus(folder: Path, target: Path, workers: int) -> None:
    """Prepare every clip of one corpus into `target/NAME.npz` and write `target/index.json`; done clips are kept."""
    target.mkdir(parents=True, exist_ok=True)
    clips = list(read_manifest(folder))
    skipped_path = target / "skipped.json"
    skipped: dict[str, str] = json.loads(skipped_path.read_text()) if skipped_path.is_file() else {}
    unskipped = [(c, target / f"{c.name}.npz") for c in clips if c.name not in skipped]
    jobs = [(clip, path) for clip, path in unskipped if not path.is_file()]
    with ProcessPoolExecutor(workers) as pool:
        results = tqdm(
            pool.map(_prepare_clip, jobs, chunksize=8), total=len(jobs), desc=folder.name, mininterval=5
        )
        for (clip, _), reason in zip(jobs, results, strict=True):
            if reason is not None:
                skipped[clip.name] = reason
    skipped_path.write_text(json.dumps(skipped, ensure_ascii=False, indent=1, sort_keys=True))
    index = [
        {"name": c.name, "speaker": c.speaker, "language": c.language, "text": c.text, "held_out": c.held_out}
        for c in clips
        if c.name not in skipped
    ]
    bandwidth = BANDWIDTH_HZ.get(folder.name, DEFAULT_BANDWIDTH_HZ)
    (target / "index.json").write_text(json.dumps({"bandwidth_hz": bandwidth, "clips": index}, ensure_ascii=False))
    reasons = ", ".join(f"{count} {reason}" for reason, count in Counter(skipped.values()).most_common()) or "none"
    held_out = sum(c.held_out for c in clips if c.name not in skipped)
    ready = f"{len(index)} clips ready, {held_out} of them held out"
    print(f"{folder.name}: {ready}; skipped: {reasons} (names in {skipped_path})")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training prepare`."""
    parser.add_argument("corpora", type=Path, help="a folder with a manifest.tsv, or a folder of such folders")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="prepare these corpora only")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: all cores)")


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    folders = find_corpora(options.corpora)
    if unknown := sorted(set(options.only or ()) - {folder.name for folder in folders}):
        raise CorpusError(f"{options.corpora}: no corpus {', '.join(unknown)} with a manifest.tsv")
    for folder in folders:
        if not options.only or folder.name in options.only:
            prepare_corpus(folder, data_folder() / folder.name, options.workers)
