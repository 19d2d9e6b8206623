"""What ships must keep its promises with the real weights too: exact streaming, seeds, loudness and tempo."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from qingyin import Audio, Synthesizer
from qingyin.features import pad_to_frames
from qingyin.pitch import pitch
from qingyin.text import analyse

TEXT = "今天天气真好，我们去公园走走吧。你觉得呢？"
VOICES = ("yuetan", "s0150", "s0252", "chenwang")


@functools.lru_cache
def synthesizer(vocoder: str) -> Synthesizer:
    return Synthesizer.load(vocoder=vocoder)


def streamed(vocoder: str, voice: str, first: int, later: int) -> np.ndarray:
    chunks = synthesizer(vocoder).stream(TEXT, voice=voice, seed=3, first_chunk_frames=first, chunk_frames=later)
    return np.concatenate([chunk.samples for chunk in chunks])


@pytest.mark.parametrize("vocoder", ["source_filter", "hifigan"])
@pytest.mark.parametrize("voice", VOICES)
def test_chunks_give_what_one_run_gives(vocoder: str, voice: str) -> None:
    # Tiny models cannot show this: int8 rounds the other way now and then after a change in the seventh digit.
    whole = streamed(vocoder, voice, 100_000, 100_000)
    for first, later in ((17, 31), (32, 256)):
        chunked = streamed(vocoder, voice, first, later)
        assert chunked.shape == whole.shape
        assert np.abs(chunked - whole).max() < 1e-4


def test_a_seed_decides_the_samples() -> None:
    spoken = [synthesizer("source_filter").synthesize(TEXT, seed=seed).samples for seed in (7, 7, 8)]
    assert np.array_equal(spoken[0], spoken[1])
    assert spoken[0].shape != spoken[2].shape or not np.array_equal(spoken[0], spoken[2])


@pytest.mark.parametrize("voice", VOICES)
def test_tempo_and_level_are_those_of_speech(voice: str) -> None:
    audio = synthesizer("source_filter").synthesize(TEXT, voice=voice, seed=1)
    sentences = analyse(TEXT).sentences
    pauses = sum(phoneme.pause_ms for sentence in sentences for phoneme in sentence.phonemes) / 1000
    rate = sum(len(sentence.syllables) for sentence in sentences) / (audio.seconds - pauses)
    assert 3.6 < rate < 6.0  # syllables a second
    level = 20 * np.log10(np.sqrt(np.mean(audio.samples**2)))
    assert -27 < level < -15  # dB; -20 LUFS within what pauses and weighting move
    assert np.abs(audio.samples).max() < 1.0


def test_speed_pitch_and_volume_do_what_they_say() -> None:
    speak = synthesizer("source_filter").synthesize
    plain = speak(TEXT, seed=1, temperature=0.0)
    fast = speak(TEXT, seed=1, temperature=0.0, speed=1.5)
    quiet = speak(TEXT, seed=1, temperature=0.0, volume_db=-6.0)
    assert 0.55 < fast.seconds / plain.seconds < 0.8
    assert np.allclose(quiet.samples, plain.samples * 10 ** (-6 / 20), atol=2e-3)


def semitones(audio: Audio) -> float:
    """Median F0 over 1 Hz."""
    f0, voiced = pitch(pad_to_frames(audio.samples))
    return float(12 * np.log2(np.median(f0[voiced])))


def rms_db(audio: Audio) -> float:
    return float(10 * np.log10(np.mean(audio.samples**2)))


@pytest.mark.parametrize("voice", ["yuetan", "s0252"])
def test_emotions_change_pitch_pace_and_effort(voice: str) -> None:
    speak = functools.partial(synthesizer("source_filter").synthesize, TEXT, voice=voice, seed=1)
    neutral, happy, sad, angry = (speak(emotion=label) for label in ("neutral", "happy", "sad", "angry"))
    assert semitones(sad) + 1 < semitones(neutral) < semitones(angry) < semitones(happy)
    assert sad.seconds > 1.1 * neutral.seconds > 1.1 * happy.seconds > 1.1 * angry.seconds
    assert rms_db(sad) + 2 < rms_db(neutral) < rms_db(happy) - 1 < rms_db(angry) - 3


@pytest.mark.parametrize("emotion", ["neutral", "happy", "sad"])
def test_a_clone_is_as_high_as_its_reference(emotion: str) -> None:
    whole = synthesizer("source_filter")
    reference = whole.synthesize(TEXT * 2, voice="s0252", emotion=emotion, seed=1)
    clone = whole.clone((reference.samples, reference.sample_rate))
    assert semitones(whole.synthesize(TEXT * 2, voice=clone, seed=2)) == pytest.approx(semitones(reference), abs=1.5)
    # and in timbre nearest to the voice that it was taken from
    nearest = max(VOICES, key=lambda name: float(whole.voice(name).speaker @ clone.speaker))
    assert nearest == "s0252"
