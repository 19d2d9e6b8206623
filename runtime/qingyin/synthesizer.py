"""Exists to be the way of the data: text to sentences, to frames, to samples, in one generator that
everything else calls.
"""

from __future__ import annotations

import dataclasses
import functools
import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from qingyin.acoustic import GROWTH
from qingyin.acoustic_slot import AcousticSlot, check_options, front_end, open_acoustic, prepare_text
from qingyin.compute import fallback_warning
from qingyin.emotions import Emotion, mixed, resolve
from qingyin.errors import MarkupError, OptionError, QingyinError, TextError
from qingyin.frame_grid import aligned_up
from qingyin.loudness import apply_gain, sample_gain
from qingyin.manifest import Manifest, load_manifest
from qingyin.options import SynthesisOptions
from qingyin.results import Audio as Audio  # found here as well: they are what the calls below return
from qingyin.results import AudioChunk as AudioChunk
from qingyin.results import Report as Report
from qingyin.results import Timings as Timings
from qingyin.sessions import open_together
from qingyin.speakable import speakable
from qingyin.vocoders import Vocoder, load_vocoder
from qingyin.voices import Voice, load_voice

if TYPE_CHECKING:
    from qingyin.cloning import ReferenceLike
    from qingyin.encoders import Encoders
    from qingyin.text import Analysis, Document, EmojiMode, Sentence
    from qingyin.text.lexicon import Lexicon
    from qingyin.text.markup_modes import MarkupMode

FIRST_CHUNK_FRAMES = 32  # 0.37 s: the first sound comes early
CHUNK_FRAMES = 256  # 3 s: little is wasted on context, and memory stays small
LONGEST_WAIT = 0.05  # s for text, beyond which the next sentence must be heard at once again


class Synthesizer:
    """A loaded model set. It holds no state of a call: streams may be interleaved."""

    def __init__(
        self, manifest: Manifest, acoustic: AcousticSlot, vocoder: Vocoder, vocoder_name: str, threads: int = 1,
        device: str | None = None,
    ) -> None:  # fmt: skip
        self.manifest = manifest
        self.threads = threads
        self.device = device
        self.vocoder_name = vocoder_name
        self._acoustic, self._vocoder = acoustic, vocoder
        self._voices: dict[str, Voice] = {}
        self._symbols = frozenset(manifest.symbols)

    @classmethod
    def load(
        cls, models: str | os.PathLike[str] | None = None, vocoder: str | None = None, threads: int = 1,
        device: str | None = None,
    ) -> Synthesizer:  # fmt: skip
        """Opens a model set: `models`, else $QINGYIN_MODELS, else the packaged one.

        vocoder: a name of the manifest, None for its default. threads: of ONNX Runtime, 1 to 64.
        device: "cpu", "cuda" or "auto"; None is $QINGYIN_DEVICE, else auto.
        Errors: ModelError, DependencyError, OptionError.
        """
        if isinstance(threads, bool) or not isinstance(threads, int) or not 1 <= threads <= 64:
            raise OptionError(f"threads must be a whole number from 1 to 64 (got {threads!r})")
        manifest = load_manifest(models)
        prepare_text(manifest)
        # the vocoder first: its name is the user's, and so are its errors
        opened, acoustic = open_together(
            lambda: load_vocoder(manifest, vocoder, threads, device),
            lambda: open_acoustic(manifest, threads, device),
        )
        return cls(manifest, acoustic, opened, vocoder or manifest.default_vocoder, threads, device)

    @property
    def sample_rate(self) -> int:
        return self.manifest.sample_rate

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of the model set's voices."""
        return tuple(self.manifest.voices)

    def voice(self, name: str | None = None) -> Voice:
        """A voice of the model set or of the user's own by name, or by the path of its .json; None is the default.

        Errors: VoiceError, ModelError.
        """
        if name is None or name in self.manifest.voices:
            key = name or self.manifest.default_voice
            if key not in self._voices:
                self._voices[key] = load_voice(self.manifest, key)
            return self._voices[key]
        return load_voice(self.manifest, name)  # a file may change between calls

    def clone(self, reference: ReferenceLike | Sequence[ReferenceLike], *, name: str = "clone") -> Voice:
        """A voice from one reference recording (a path, bytes, (samples, rate) or a loaded Reference), or from several:
        then their vectors are averaged. It speaks at -20 LUFS; remarks about the recordings are in its `notes`.

        Errors: AudioError for what is no usable recording; ModelError if the set cannot clone.
        """
        from qingyin.cloning import clone

        return clone(self, reference, name=name)

    def emotion_of(self, reference: ReferenceLike) -> Emotion:
        """The emotion of a recording, to be given as `emotion=`. Errors: AudioError, ModelError."""
        from qingyin.cloning import emotion_of

        return emotion_of(self, reference)

    @property
    def device_warning(self) -> str | None:
        """That the CPU computes although CUDA was to, and why; also in each report. None: all is as it should be."""
        reason = self._vocoder.session.fallback
        return None if reason is None else fallback_warning(reason)

    @functools.cached_property
    def encoders(self) -> Encoders:
        """The graphs that listen to references, opened at first use. Errors: ModelError if the set has none."""
        from qingyin.encoders import Encoders

        return Encoders(self.manifest, self.threads, self.device)

    def synthesize(
        self, text: str | Iterable[str], *, voice: str | Voice | None = None, options: SynthesisOptions | None = None,
        **overrides: Any,
    ) -> Audio:  # fmt: skip
        """The whole sound of a text: what `stream` yields, joined. Same arguments, same errors."""
        chunks = list(self.stream(text, voice=voice, options=options, **overrides))
        return Audio(np.concatenate([chunk.samples for chunk in chunks]), self.sample_rate, chunks[0].report)

    def stream(
        self, text: str | Iterable[str], *, voice: str | Voice | None = None, options: SynthesisOptions | None = None,
        first_chunk_frames: int = FIRST_CHUNK_FRAMES, chunk_frames: int = CHUNK_FRAMES,
        pauses: Mapping[str, float] | None = None, emoji: EmojiMode = "name", markup: MarkupMode = "inline",
        lexicon: Lexicon | None = None, **overrides: Any,
    ) -> Iterator[AudioChunk]:  # fmt: skip
        """Yields sound as soon as it is final, sentence by sentence and in chunks inside the sentence.

        text: a str, or any iterable of strs, cut anywhere, such as the tokens of a language model: each sentence is
        spoken as soon as its end has arrived (see text_arrival.py), and the next piece is asked for after that.

        voice: a name, a path ending in .json, a Voice, or None for the default. options, with single fields
        overridden by keywords (`seed=7`). first_chunk_frames, chunk_frames: how finely sentences are cut (see
        acoustic.chunk_bounds); they change latency and memory, not the sound (equal to 1e-4). pauses:
        milliseconds by mark, over text.PAUSES_MS. emoji: "name" says the commonest, "skip" none. markup: how to take
        brackets and tags in the text (docs/markup.md). lexicon: a user's own readings (text.lexicon.load_lexicon).

        Errors: OptionError, VoiceError, ModelError, TextError (empty), MarkupError at the call; TextError (nothing
        speakable; empty, if it comes in pieces) when the text ends without a sentence; MarkupError in a text that
        comes in pieces when the sentence with it has come.
        """
        began = time.perf_counter()
        chosen = _options(options, overrides)
        if not isinstance(text, Iterable) or isinstance(text, (bytes, bytearray)):
            raise TextError(f"text must be a str or an iterable of them (got {type(text).__name__})")
        if isinstance(text, str) and not text.strip():
            raise TextError("the text is empty; give something to say")
        for name, value in (("first_chunk_frames", first_chunk_frames), ("chunk_frames", chunk_frames)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise OptionError(f"{name} must be a whole number of at least 1 (got {value!r})")
        check_options(self._acoustic, chosen)
        speaker = voice if isinstance(voice, Voice) else self.voice(voice)
        emotion = self._emotion(speaker, chosen)
        seed = secrets.randbelow(2**32) if chosen.seed is None else chosen.seed
        report = Report(speaker.name, self.vocoder_name, seed, warnings=[*speaker.notes, *emotion.notes])
        report.warnings.extend([self.device_warning] if self.device_warning else [])
        report.warnings.extend(lexicon.conflicts if lexicon else ())
        analyses = self._analyses(text, pauses, emoji, markup, lexicon, report.timings)
        return self._stream(analyses, speaker, emotion, chosen, report, (first_chunk_frames, chunk_frames), began)

    def _stream(
        self, analyses: Iterator[Analysis], voice: Voice, emotion: Emotion, options: SynthesisOptions, report: Report,
        chunking: tuple[int, int], began: float,
    ) -> Iterator[AudioChunk]:  # fmt: skip
        timings = report.timings
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
            report.unspoken.extend(analysis.unspoken)
            report.notes.extend(analysis.notes)
            for analysed in analysis.sentences:
                sentence, unspoken = speakable(
                    analysed, self._symbols, self.manifest.tones, self._acoustic.symbol_map
                )
                report.unspoken.extend(unspoken)
                if sentence is None:
                    continue
                index = report.sentences
                report.sentences += 1
                speaker = voice if sentence.voice is None else self.voice(sentence.voice)
                feeling = emotion
                if sentence.voice is not None or sentence.emotion is not None:
                    feeling = self._emotion(speaker, options, sentence.emotion)
                gain_db = speaker.gain_db + options.volume_db
                # later sentences lie behind sound that is still being heard: they begin where growth has come to
                sizes = first, longest
                first = min(GROWTH * first, max(chunking))
                for samples, markup_db, last in self._sentence(
                    sentence, speaker, feeling, options, report, index, sizes
                ):
                    if not len(samples):
                        continue
                    limited = apply_gain(samples, gain_db + markup_db)
                    now = time.perf_counter()
                    timings.total += now - clock
                    timings.audio += len(limited) / self.sample_rate
                    if timings.first_audio is None:
                        timings.first_audio = now - began - timings.waiting
                    yield AudioChunk(limited, self.sample_rate, sentence, index, last, report)
                    clock = time.perf_counter()
        if not report.sentences:
            shown = "".join(dict.fromkeys(character for item in report.unspoken for character in item.text))[
                :20
            ]
            reason = f" (not speakable: {shown})" if shown.strip() else ""
            raise TextError(f"the text holds nothing that can be spoken{reason}; give Chinese text")

    def _sentence(
        self, sentence: Sentence, voice: Voice, emotion: Emotion, options: SynthesisOptions, report: Report, index: int,
        chunking: tuple[int, int],
    ) -> Iterator[tuple[np.ndarray, np.ndarray | float, bool]]:  # fmt: skip
        """Samples, the gain in dB that markup asks for them, and whether they are the sentence's last."""
        timings = report.timings
        # children of the seed by sentence, and by what they are for: no sentence and no vocoder shifts
        # another's draws
        prosody_rng, vocoder_rng = (
            np.random.Generator(
                np.random.PCG64(np.random.SeedSequence(report.seed, spawn_key=(index, purpose)))
            )
            for purpose in (0, 1)
        )
        clock = time.perf_counter()
        plan = self._acoustic.plan(sentence, voice, emotion, options, prosody_rng)
        timings.encoder += time.perf_counter() - clock

        stream = self._vocoder.open(vocoder_rng)
        first = aligned_up(chunking[0] + self._vocoder.lookahead_frames)
        chunks = self._acoustic.decode(plan, first, max(first, chunking[1]))
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
            gain_db = sample_gain(plan.gain_db, made, len(samples), self.manifest.hop_length)
            yield samples, gain_db, done and not after
            made += len(samples)
        if after:
            yield np.zeros(after, np.float32), 0.0, True

    def melody(
        self, text: str, *, voice: str | Voice | None = None, options: SynthesisOptions | None = None, **overrides: Any
    ) -> np.ndarray:
        """F0 in Hz of the voiced frames of a text, float32 [n], as the acoustic model means it, without a vocoder.

        Takes a voice and options as `stream` does. Errors: as `stream`.
        """
        chosen = _options(options, overrides)
        check_options(self._acoustic, chosen)
        speaker = voice if isinstance(voice, Voice) else self.voice(voice)
        emotion = self._emotion(speaker, chosen)
        rng = np.random.default_rng(chosen.seed)
        voiced: list[np.ndarray] = []
        for analysis in self._analyses(text, None, "name", "inline", None, Timings()):
            for analysed in analysis.sentences:
                sentence, _ = speakable(analysed, self._symbols, self.manifest.tones, self._acoustic.symbol_map)
                if sentence is not None:
                    plan = self._acoustic.plan(sentence, speaker, emotion, chosen, rng)
                    for frames in self._acoustic.decode(plan, CHUNK_FRAMES, CHUNK_FRAMES):
                        voiced.append(frames.f0_hz[frames.voicing > 0.5])
        if not voiced:
            raise TextError("the text holds nothing that can be spoken; give Chinese text")
        return np.concatenate(voiced)

    def _emotion(
        self, voice: Voice, options: SynthesisOptions, marked: tuple[tuple[str, float], ...] | None = None
    ) -> Emotion:
        """The emotion of a sentence: `marked` in the text, else that of the options, else the voice's own."""
        wanted = options.emotion
        if marked is not None:
            emotion = mixed(dict(marked), self.manifest)
        else:
            emotion = Emotion(voice.emotion) if wanted is None else resolve(wanted, self.manifest)
        return emotion.scaled(options.emotion_strength)

    def _analyses(
        self, text: str | Iterable[str], pauses: Mapping[str, float] | None, emoji: EmojiMode, markup: MarkupMode,
        lexicon: Lexicon | None, timings: Timings,
    ) -> Iterator[Analysis]:  # fmt: skip
        from qingyin.text import EMOJI_MODES
        from qingyin.text.markup_modes import MARKUP_MODES, read_document
        from qingyin.text.pauses import pause_table

        try:
            pause_table(pauses)  # the front end would complain at its first sentence only
        except (TypeError, ValueError) as error:
            raise OptionError(str(error)) from None
        if emoji not in EMOJI_MODES:
            raise OptionError(f"emoji must be one of {', '.join(EMOJI_MODES)} (got {emoji!r})")
        if markup not in MARKUP_MODES:
            raise OptionError(f"markup must be one of {', '.join(MARKUP_MODES)} (got {markup!r})")
        if isinstance(text, str):
            document = read_document(text, markup, lexicon)
            self._check_names(document, (0, 1, 1))
            return front_end(self._acoustic)(document, pauses, emoji, False)
        from qingyin.text_arrival import analyse_arriving

        def waited(seconds: float) -> None:
            timings.waiting += seconds

        return analyse_arriving(text, waited, pauses, emoji, markup, lexicon, self._check_names,
                                front_end(self._acoustic))  # fmt: skip

    def _check_names(self, document: Document, before: tuple[int, int, int]) -> None:
        """Errors: MarkupError for a voice or an emotion that the text asks for and that is not there."""
        for named in document.named:
            try:
                if named.kind == "voice":
                    self.voice(named.name)
                else:
                    resolve({named.name: 1.0}, self.manifest)
            except QingyinError as error:
                raise MarkupError(str(error), document.source, named.position, before) from None


def _options(options: SynthesisOptions | None, overrides: dict[str, Any]) -> SynthesisOptions:
    base = options if options is not None else SynthesisOptions()
    if not isinstance(base, SynthesisOptions):
        raise OptionError(f"options must be SynthesisOptions (got {type(base).__name__})")
    if not overrides:
        return base
    values = {entry.name: getattr(base, entry.name) for entry in dataclasses.fields(base)}
    return SynthesisOptions.from_mapping(values | overrides)
