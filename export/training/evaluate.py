"""Measures a finished model set through the runtime that users have, and writes the table that the repository keeps."""

from __future__ import annotations

import argparse
import datetime
import random
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from export.corpora import CorpusError
from export.features import FloatArray, mel_and_energy, pad_to_frames, pitch
from export.models.recogniser import Recogniser, recogniser_features
from export.training.aligned import CLEAR_CORPORA, load_aligned
from export.training.calibrate import syllables_and_seconds
from export.training.data import Utterance, load
from export.training.footprint import SHORT, footprint_rows
from export.training.intonation import intonation_rows
from export.training.loudness import loudness
from export.training.metrics import measure
from export.training.pictures import draw_speech
from export.training.recogniser import Errors, error_rates, features_of, load_recogniser, targets
from qingyin.model_sets.finding import load_manifest
from qingyin.synthesizer import Synthesizer
from qingyin.text import Sentence, analyse
from qingyin.text.symbols import PHONEME_IDS
from qingyin.vocoders import Vocoder, load_vocoder

SEEDS = range(4)  # the noise alone moves the F0 error by a tenth
PARTS = ("vocoders", "speech", "speed")
TEST_LINES = 1000  # the corpus's last lines, which no training may use
TEN_SECONDS = (
    "人们常说读万卷书不如行万里路，可是真正能够静下心来读完一本书的人越来越少，旅行的时候也总是匆匆忙忙地赶路。"
)


def test_sentences(corpus: Path, count: int, seed: int = 0) -> list[str]:
    """`count` sentences of 8 to 30 characters that can be spoken whole, from the part of the text kept for tests.

    Raises:
        CorpusError: there are not so many.
    """
    lines = corpus.read_text(encoding="utf-8").splitlines()[-TEST_LINES:]
    random.Random(seed).shuffle(lines)
    chosen = []
    for line in lines:
        text = line.strip()
        if not 8 <= len(text) <= 30 or any(c.isascii() for c in text):
            continue
        analysis = analyse(text)
        if not analysis.unspoken and not analysis.notes:
            chosen.append(text)
        if len(chosen) == count:
            return chosen
    raise CorpusError(f"{corpus}: only {len(chosen)} of {count} sentences are usable")


def resynthesise(vocoder: Vocoder, clip: Utterance, seed: int = 0) -> FloatArray:
    """A recording's own features through a vocoder of the runtime."""
    stream = vocoder.open(np.random.default_rng(seed))
    return stream.push(clip.mel, clip.f0, clip.voiced, last=True)


def vocoder_rows(models: Path, names: Sequence[str]) -> list[str]:
    """Table rows of each vocoder on held-out recordings."""
    rows = [
        "| vocoder | recordings | PESQ-wb | F0 RMSE, cents | beyond 300 cents, % | voicing error, % | mel distance |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    manifest = load_manifest(models)
    for name in names:
        vocoder = load_vocoder(manifest, name)
        for corpus in ("hsk_words", "aishell_sample"):
            clips = load([corpus], held_out=True)
            progress = tqdm(clips, desc=f"{name}, {corpus}", mininterval=5)
            m = measure([(clip.samples, resynthesise(vocoder, clip, seed)) for clip in progress for seed in SEEDS])
            rows.append(
                f"| {name} | {len(clips)} of {corpus} | {m.pesq_wb:.2f} | {m.f0_rmse_cents:.1f} "
                f"| {m.f0_gross_percent:.2f} | {m.voicing_error_percent:.2f} | {m.mel_distance:.3f} |"
            )
    return rows


def truth(sentences: Iterable[Sentence]) -> tuple[list[int], list[int]]:
    """Phones and tones that the sentences should have been heard as."""
    phonemes = [p for s in sentences for p in s.phonemes]
    return targets([PHONEME_IDS[p.symbol] for p in phonemes], [p.tone for p in phonemes])


def heard(samples: FloatArray) -> torch.Tensor:
    """Recogniser features [T, 83] of samples [n]."""
    samples = pad_to_frames(samples)
    f0, voiced = pitch(samples)
    mel, _ = mel_and_energy(samples)
    return recogniser_features(torch.from_numpy(mel), torch.from_numpy(f0), torch.from_numpy(voiced.astype(np.float32)))


def real_errors(model: Recogniser) -> dict[str, Errors]:
    """The recogniser's own errors on held-out recordings, by corpus."""
    result = {}
    for corpus in CLEAR_CORPORA:
        items = load_aligned([corpus], held_out=True)
        result[corpus] = error_rates(model, [(features_of(i), *targets(i.phonemes, i.tones)) for i in items])
    return result


def intelligibility_rows(synthesizer: Synthesizer, sentences: Sequence[str], voices: Sequence[str]) -> list[str]:
    """Table rows: errors on real sentences, then on synthesised ones by voice."""
    model = load_recogniser()
    rows = [
        "| what is heard | phone errors, % | tone errors, % | against real sentences | syllables/s | LUFS |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    own = real_errors(model)
    base = own["aishell_sample"]
    for corpus, errors in own.items():
        rates = f"{errors.phone_percent:.1f} | {errors.tone_percent:.1f}"
        rows.append(f"| held-out recordings of {corpus} | {rates} | | | |")
    for voice in voices:
        clips, seconds, syllables, sound = [], 0.0, 0, []
        for seed, text in enumerate(tqdm(sentences, desc=f"voice {voice}", mininterval=5)):
            audio = synthesizer.synthesize(text, voice=voice, seed=seed)
            clips.append((heard(audio.samples), *truth(analyse(text).sentences)))
            count, took = syllables_and_seconds(text, audio, synthesizer.voice(voice).rate)
            syllables, seconds = syllables + count, seconds + took
            sound.append(audio.samples)
        found = error_rates(model, clips)
        phones, tones = found.phone_percent / base.phone_percent, found.tone_percent / base.tone_percent
        level = loudness(np.concatenate(sound), synthesizer.sample_rate)
        rows.append(
            f"| {voice}, {len(sentences)} new sentences | {found.phone_percent:.1f} | {found.tone_percent:.1f} "
            f"| {phones:.2f} × phones, {tones:.2f} × tones | {syllables / seconds:.2f} | {level:.1f} |"
        )
    return rows


def speed_rows(models: Path, names: Sequence[str]) -> list[str]:
    """Table rows: real-time factor of about ten seconds of speech on one thread, medians of seven runs."""
    rows = ["| vocoder | seconds of speech | text → PCM, real-time factor | first audio, ms |", "|---|---:|---:|---:|"]
    for name in names:
        synthesizer = Synthesizer.load(models, vocoder=name, threads=1)
        factors, firsts, seconds = [], [], 0.0
        for _ in range(7):
            began = time.perf_counter()
            audio = synthesizer.synthesize(TEN_SECONDS, seed=0)
            factors.append((time.perf_counter() - began) / audio.seconds)
            firsts.append(audio.report.timings.first_audio or 0.0)
            seconds = audio.seconds
        rows.append(f"| {name} | {seconds:.1f} | {np.median(factors):.4f} | {1000 * np.median(firsts):.0f} |")
    return rows


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training evaluate`."""
    parser.add_argument("models", type=Path, nargs="?", default=Path("onnx_models"))
    parser.add_argument("--text", type=Path, required=True, help="zh_sentences_cc0.txt")
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--voices", nargs="+", metavar="NAME", help="default: all of the set")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("-o", "--output", type=Path, default=Path("docs/evaluation.md"))


def main(options: argparse.Namespace) -> None:
    """Run the command."""
    torch.set_num_threads(1)
    manifest = load_manifest(options.models)
    names = list(manifest.vocoders)
    synthesizer = Synthesizer.load(options.models)
    parts = [f"# Evaluation, {datetime.date.today().isoformat()}", "Made by `python -m export.training evaluate`."]
    if "vocoders" in options.parts:
        rows = vocoder_rows(options.models, names)
        parts += ["## Vocoders: held-out recordings, analysed and made again", "\n".join(rows)]
    if "speech" in options.parts:
        sentences = test_sentences(options.text, options.sentences)
        rows = intelligibility_rows(synthesizer, sentences, options.voices or synthesizer.voices)
        note = (
            "The recogniser (export/models/recogniser.py) was trained on real recordings only. Its errors on held-out "
            "sentences of aishell_sample are the measure for the synthesised ones, which come from the last 1,000 "
            "lines of the CC0 text."
        )
        parts += ["## Whole synthesis: what a recogniser hears", note, "\n".join(rows)]
        rows = intonation_rows(synthesizer, options.voices or synthesizer.voices)
        parts += ["## Intonation: semitones, eight sentences as statement and as question", "\n".join(rows)]
        said = " ".join(syllable for sentence in analyse(SHORT).sentences for syllable in sentence.syllables)
        spoken = [(f"{v}: {said}", synthesizer.synthesize(SHORT, voice=v, seed=0).samples) for v in synthesizer.voices]
        draw_speech(spoken, options.output.with_name("synthesis.png"))
        parts += ["![the voices](synthesis.png)"]
    if "speed" in options.parts:
        parts += ["## Speed on one thread", "\n".join(speed_rows(options.models, names))]
        parts += ["## The command as a process", "\n".join(footprint_rows(options.models, TEN_SECONDS * 10))]
    text = "\n\n".join(parts) + "\n"
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(text, encoding="utf-8")
    print(text)
