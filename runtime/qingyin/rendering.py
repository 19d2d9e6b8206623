"""Exists to turn the analysed sentences of one call into sound, and to write down in its report how that went."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from qingyin.acoustic.model import GROWTH
from qingyin.acoustic.slot import check_options
from qingyin.errors import TextError
from qingyin.frame_grid import aligned_up
from qingyin.loudness import apply_gain, sample_gain
from qingyin.results import AudioChunk, Report
from qingyin.speakable import speakable
from qingyin.voices import Voice

if TYPE_CHECKING:
    from qingyin.acoustic.slot import Plan
    from qingyin.emotions import Emotion
    from qingyin.loaded_set import LoadedSet
    from qingyin.options import SynthesisOptions
    from qingyin.text import Analysis, Sentence

LONGEST_WAIT = 0.05  # s for text, beyond which the next sentence must be heard at once again


class Rendering:
    """The voice, emotion, options and report of one call.

    Errors: VoiceError, ModelError, and OptionError for options that the model set does not have.
    """

    def __init__(self, models: LoadedSet, voice: str | Voice | None, options: SynthesisOptions) -> None:
        check_options(models.acoustic, options)
        self._models, self._options = models, options
        self._voice = voice if isinstance(voice, Voice) else models.voice(voice)
        self._emotion = models.emotion_for(self._voice, options)
        seed = secrets.randbelow(2**32) if options.seed is None else options.seed
        warnings = [*self._voice.notes, *self._emotion.notes]
        warnings.extend([models.device_warning] if models.device_warning else [])
        self.report = Report(self._voice.name, models.vocoder_name, seed, warnings=warnings)

    def chunks(self, analyses: Iterator[Analysis], chunking: tuple[int, int], began: float) -> Iterator[AudioChunk]:
        """Sound, as soon as it is final.

        chunking: frames of the first chunk, and of the others at most. began: time.perf_counter() of the call.
        Errors: TextError if nothing of the text can be spoken; those of `analyses`.
        """
        report, timings = self.report, self.report.timings
        sample_rate = self._models.sample_rate
        clock = time.perf_counter()
        timings.total = clock - began
        first, longest = chunking  # of the next sentence: its first chunk, and its other ones at most
        while True:
            waited = timings.waiting
            analysis = next(analyses, None)
            now = time.perf_counter()
            spent = now - clock - (timings.waiting - waited)
            timings.text += spent
            timings.total += spent
            clock = now
            if timings.waiting - waited > LONGEST_WAIT:
                first = chunking[0]
            if analysis is None:
                break
            for index, sentence, voice, emotion in self._sentences(analysis):
                gain_db = voice.gain_db + self._options.volume_db
                # later sentences lie behind sound that is still being heard: they begin where growth has come to
                sizes = first, longest
                first = min(GROWTH * first, max(chunking))
                for samples, markup_db, last in self._samples(sentence, voice, emotion, index, sizes):
                    if not len(samples):
                        continue
                    limited = apply_gain(samples, gain_db + markup_db)
                    now = time.perf_counter()
                    timings.total += now - clock
                    timings.audio += len(limited) / sample_rate
                    if timings.first_audio is None:
                        timings.first_audio = now - began - timings.waiting
                    yield AudioChunk(limited, sample_rate, sentence, index, last, report)
                    clock = time.perf_counter()
        self._check_anything_said()

    def voiced_f0(self, analyses: Iterator[Analysis], chunk_frames: int) -> Iterator[np.ndarray]:
        """F0 in Hz of the voiced frames, float32 [n], chunk by chunk. Errors: as `chunks`."""
        for analysis in analyses:
            for index, sentence, voice, emotion in self._sentences(analysis):
                plan = self._plan(sentence, voice, emotion, index)
                for frames in self._models.acoustic.decode(plan, chunk_frames, chunk_frames):
                    yield frames.f0_hz[frames.voicing > 0.5]
        self._check_anything_said()

    def _sentences(self, analysis: Analysis) -> Iterator[tuple[int, Sentence, Voice, Emotion]]:
        """What can be spoken of the sentences, with index in the call, voice and emotion; the rest is reported."""
        models, report = self._models, self.report
        report.unspoken.extend(analysis.unspoken)
        report.notes.extend(analysis.notes)
        for analysed in analysis.sentences:
            sentence, unspoken = speakable(
                analysed, models.symbols, models.manifest.tones, models.acoustic.symbol_map
            )
            report.unspoken.extend(unspoken)
            if sentence is None:
                continue
            index = report.sentences
            report.sentences += 1
            voice, emotion = self._voice, self._emotion
            if sentence.voice is not None:
                voice = models.voice(sentence.voice)
            if sentence.voice is not None or sentence.emotion is not None:
                emotion = models.emotion_for(voice, self._options, sentence.emotion)
            yield index, sentence, voice, emotion

    def _plan(self, sentence: Sentence, voice: Voice, emotion: Emotion, index: int) -> Plan:
        return self._models.acoustic.plan(sentence, voice, emotion, self._options, self._draws(index, 0))

    def _draws(self, index: int, purpose: int) -> np.random.Generator:
        """Children of the seed by sentence and purpose: no sentence and no vocoder shifts another's draws."""
        sequence = np.random.SeedSequence(self.report.seed, spawn_key=(index, purpose))
        return np.random.Generator(np.random.PCG64(sequence))

    def _samples(
        self, sentence: Sentence, voice: Voice, emotion: Emotion, index: int, chunking: tuple[int, int]
    ) -> Iterator[tuple[np.ndarray, np.ndarray | float, bool]]:
        """Samples, the gain in dB that markup asks for them, and whether they are the sentence's last."""
        timings = self.report.timings
        acoustic, vocoder = self._models.acoustic, self._models.vocoder
        hop_length = self._models.manifest.hop_length
        clock = time.perf_counter()
        plan = self._plan(sentence, voice, emotion, index)
        timings.encoder += time.perf_counter() - clock

        stream = vocoder.open(self._draws(index, 1))
        first = aligned_up(chunking[0] + vocoder.lookahead_frames)
        chunks = acoustic.decode(plan, first, max(first, chunking[1]))
        before, after = plan.silence
        if before:
            yield np.zeros(before, np.float32), 0.0, False
        done, made = False, 0
        while not done:
            clock = time.perf_counter()
            frames = next(chunks)
            now = time.perf_counter()
            timings.decoder += now - clock
            samples = stream.push(frames.mel, frames.f0_hz, frames.voicing, frames.last)
            timings.vocoder += time.perf_counter() - now
            done = frames.last
            gain_db = sample_gain(plan.gain_db, made, len(samples), hop_length)
            yield samples, gain_db, done and not after
            made += len(samples)
        if after:
            yield np.zeros(after, np.float32), 0.0, True

    def _check_anything_said(self) -> None:
        if self.report.sentences:
            return
        shown = "".join(dict.fromkeys(char for item in self.report.unspoken for char in item.text))[:20]
        reason = f" (not speakable: {shown})" if shown.strip() else ""
        raise TextError(f"the text holds nothing that can be spoken{reason}; give Chinese text")
