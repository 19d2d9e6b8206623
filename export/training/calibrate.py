"""Gives every voice of a model set the same loudness and a sentence's tempo, measured on what it really says."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from export.manifest import install, read_manifest
from export.training.loudness import LOUDNESS_LUFS, loudness
from export.voices import read_voices, write_voice
from qingyin.synthesizer import Audio, Synthesizer
from qingyin.text import analyse
from qingyin.voices import Voice

# Everyday sentences of statement length; no corpus holds them.
SENTENCES = (
    "今天天气真好，我们去公园走走吧。",
    "这本书是我上个月在图书馆借的。",
    "他每天早上六点半起床，先跑步，然后吃早饭。",
    "请把窗户关上，外面的风太大了。",
    "火车晚点了两个小时，大家都等得很着急。",
    "如果明天不下雨，孩子们就去山上看日出。",
    "医生说多喝水、多休息，很快就会好起来的。",
    "我觉得这个问题并没有你想的那么简单。",
)
SYLLABLES_A_SECOND = 4.2  # the slow side of 4 to 5.5: clearer, and most voices were recorded slower still


def syllables_and_seconds(text: str, audio: Audio, rate: float) -> tuple[int, float]:
    """Syllables of a text, and seconds that they took: what was said at a voice's `rate`, without its pauses."""
    sentences = analyse(text).sentences
    pauses = sum(p.pause_ms for s in sentences for p in s.phonemes) / 1000
    return sum(len(s.syllables) for s in sentences), audio.seconds - pauses / rate


def measure(synthesizer: Synthesizer, voice: Voice, sentences: Sequence[str] = SENTENCES) -> tuple[float, float]:
    """Syllables a second and loudness in LUFS of a voice; pauses count at the voice's present rate."""
    spoken = [synthesizer.synthesize(text, voice=voice, seed=n, temperature=0.0) for n, text in enumerate(sentences)]
    counted = [syllables_and_seconds(*pair, voice.rate) for pair in zip(sentences, spoken, strict=True)]
    rate = sum(syllables for syllables, _ in counted) / sum(seconds for _, seconds in counted)
    return rate, loudness(np.concatenate([audio.samples for audio in spoken]), synthesizer.sample_rate)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `python -m export.training calibrate`."""
    parser.add_argument("models", type=Path, help="model set, such as onnx_models")
    parser.add_argument("--voices", type=Path, default=Path("checkpoints/voices"), help="the voices' source files")


def main(options: argparse.Namespace) -> None:
    """Run the command: rewrites the voices and installs them into the model set."""
    synthesizer = Synthesizer.load(options.models)
    for name in synthesizer.voices:
        voice = dataclasses.replace(synthesizer.voice(name), rate=1.0, gain_db=0.0)
        for _ in range(3):  # pauses keep their own length, so the tempo is found in steps
            rate, level = measure(synthesizer, voice)
            voice = dataclasses.replace(
                voice,
                rate=voice.rate * SYLLABLES_A_SECOND / rate,
                gain_db=voice.gain_db + LOUDNESS_LUFS - level,
            )
        rate, level = measure(synthesizer, voice)
        settings = f"rate {voice.rate:.2f}, gain {voice.gain_db:+.1f} dB"
        print(f"{name}: {settings} -> {rate:.2f} syllables/s, {level:.1f} LUFS")
        fields = {f.name: getattr(voice, f.name) for f in dataclasses.fields(voice) if f.name not in ("name", "notes")}
        write_voice(options.voices, name, **fields)
    files, entries = read_voices(options.voices)
    manifest = read_manifest(options.models)
    manifest["voices"] = entries
    install(options.models, files, manifest)
