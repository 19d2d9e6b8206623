"""Exists to be the one place that knows how a sentence, a voice and options become the inputs of the
acoustic graphs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qingyin.acoustic import length_regulator, prosody
from qingyin.acoustic.symbol_map import load_symbol_map
from qingyin.contracts import ACOUSTIC_DECODER, ACOUSTIC_ENCODER, check_contract, sizes
from qingyin.emotions import Emotion
from qingyin.errors import ModelError
from qingyin.frame_grid import aligned_up, aligned_window, spared
from qingyin.manifest import Manifest
from qingyin.options import SynthesisOptions
from qingyin.sessions import Session, aligned, aligned_empty
from qingyin.voices import Voice

if TYPE_CHECKING:
    from qingyin.text import Phoneme, Sentence

VOICED_FROM = 0.5  # probability
GROWTH = 4  # of a chunk over the one before it


@dataclass(frozen=True, eq=False)
class SentencePlan:
    """A sentence after the encoder: everything the decoder needs, frame by frame. T frames, N phonemes."""

    hidden: np.ndarray  # [N, C] float32
    phoneme: np.ndarray  # [T] int64, which phoneme each frame belongs to
    position: np.ndarray  # [T] float32, place inside that phoneme, 0 to 1
    pitch_offset: np.ndarray  # [T] float32, ln units
    pitch_noise: np.ndarray  # [T] float32, in predicted standard deviations
    gain_db: np.ndarray  # [T] float32, what markup asks for
    constant: dict[str, np.ndarray]  # the decoder's inputs that do not move: vectors, pitch mean and range
    silence: tuple[int, int] = (0, 0)  # samples around it: none, for pauses are frames here

    @property
    def frames(self) -> int:
        return len(self.phoneme)


@dataclass(frozen=True, eq=False)
class Frames:
    """Decoder output for a stretch of k frames, as vocoders take it."""

    mel: np.ndarray  # [k, n_mels] float32, ln amplitude
    f0_hz: np.ndarray  # [k] float32, continuous through unvoiced frames
    voicing: np.ndarray  # [k] float32, 0 or 1
    last: bool  # the sentence ends here


class AcousticModel:
    """Encoder and decoder graphs of one model set. Errors of opening: ModelError."""

    def __init__(self, manifest: Manifest, threads: int = 1, device: str | None = None) -> None:
        encoder, decoder = manifest.graphs["acoustic_encoder"], manifest.graphs["acoustic_decoder"]
        fixed = sizes(manifest)
        of_encoder = check_contract(encoder, ACOUSTIC_ENCODER, fixed)
        of_decoder = check_contract(decoder, ACOUSTIC_DECODER, fixed)
        if of_encoder != of_decoder:
            raise ModelError(
                f"the encoder's hidden size is {of_encoder}, the decoder's {of_decoder}; "
                f"export both from one checkpoint"
            )
        self._manifest = manifest
        self.symbol_map = load_symbol_map(manifest)
        self._ids = {symbol: index for index, symbol in enumerate(manifest.symbols)}
        self._context = decoder.context_frames
        self._encoder = Session(encoder, manifest.read_graph(encoder), threads, device)
        self._decoder = Session(decoder, manifest.read_graph(decoder), threads, device)

    def plan(
        self, sentence: Sentence, voice: Voice, emotion: Emotion, options: SynthesisOptions, rng: np.random.Generator
    ) -> SentencePlan:
        """Encodes a sentence and samples its prosody: first one number per phoneme, then one per syllable."""
        phonemes = sentence.phonemes if self.symbol_map is None else self.symbol_map.translated(sentence.phonemes)
        syllables = np.array([phoneme.syllable for phoneme in phonemes], np.int64)
        feeling = emotion.vector[None]
        outputs = self._encoder.run(
            {
                "phonemes": np.array([[self._ids[phoneme.symbol] for phoneme in phonemes]], np.int64),
                "tones": np.array([[phoneme.tone for phoneme in phonemes]], np.int64),
                "boundaries": np.array([[phoneme.boundary for phoneme in phonemes]], np.int64),
                "prosody": voice.prosody[None],
                "emotion": feeling,
            }
        )
        frames = length_regulator.phoneme_frames(
            outputs["log_duration"][0], outputs["log_duration_std"][0],
            [_pause_ms(phoneme, emotion) for phoneme in phonemes],
            frame_ms=1000.0 * self._manifest.hop_length / self._manifest.sample_rate,
            speed=np.array([1.0 if p.exact else options.speed * voice.rate * p.style.speed for p in phonemes]),
            temperature=options.temperature, rng=rng,
        )  # fmt: skip
        phoneme_of_frame, position = length_regulator.expand(frames)
        return SentencePlan(
            hidden=outputs["hidden"][0],
            phoneme=phoneme_of_frame,
            position=position,
            pitch_offset=prosody.pitch_offset(
                frames, syllables, sentence.kind,
                pitch_semitones=options.pitch_semitones
                + prosody.over_frames(np.array([p.style.pitch_semitones for p in phonemes]), frames),
                question_rise_semitones=options.question_rise_semitones,
                final_lowering_semitones=options.final_lowering_semitones,
                slope_semitones=self._slope(emotion),
            ),
            pitch_noise=prosody.pitch_noise(frames, syllables, options.temperature, rng),
            gain_db=prosody.over_frames(np.array([p.style.volume_db for p in phonemes]), frames),
            constant={
                name: aligned(array)  # once, not for every chunk
                for name, array in {
                    "prosody": voice.prosody[None],
                    "speaker": voice.speaker[None],
                    "emotion": feeling,
                    "pitch_mean": np.array([[voice.pitch_mean_ln_hz]], np.float32),
                    "pitch_range": np.array([[voice.pitch_range * options.pitch_range]], np.float32),
                }.items()
            },
        )  # fmt: skip

    def _slope(self, emotion: Emotion) -> float:
        """Semitones from a sentence's beginning to its end: the one axis of an emotion that the graphs do not speak."""
        slope = self._manifest.emotion_slope
        return 0.0 if slope is None else float(emotion.vector[slope.axis]) * slope.semitones

    def decode(self, plan: SentencePlan, first_frames: int, chunk_frames: int) -> Iterator[Frames]:
        """Frames in chunks, each run with the manifest's context on both sides, so that cutting changes
        nothing.
        """
        total = aligned_up(plan.frames)
        if self._context >= plan.frames:  # every piece would need the whole sentence: it is run once
            # and without what fills the grid, which an attention would see
            first_frames = chunk_frames = total = plan.frames
        moving = np.stack([plan.position, plan.pitch_offset, plan.pitch_noise])
        for start, stop in chunk_bounds(plan.frames, first_frames, chunk_frames):
            left, right = aligned_window(start - self._context, stop + self._context, total)
            window = np.minimum(np.arange(left, right), plan.frames - 1)  # the last frame, a silence, fills the grid
            hidden = aligned_empty((1, len(window), plan.hidden.shape[1]))
            # without "clip" it would be written by way of another array; all indices are inside
            np.take(plan.hidden, plan.phoneme[window], axis=0, out=hidden[0], mode="clip")
            moved = aligned_empty((len(moving), len(window)))  # so that on the grid each row is aligned, too
            np.take(moving, window, axis=1, out=moved, mode="clip")
            feeds = {
                "hidden": hidden,
                "position": moved[:1],
                "pitch_offset": moved[1:2],
                "pitch_noise": moved[2:],
                **plan.constant,
            }
            missing = 0
            if self._decoder.takes_margins:
                margins = spared(start - left, right - stop)
                feeds["margins"], missing = np.array(margins), margins[0]
            outputs = self._decoder.run(feeds)
            inner = slice(start - left, stop - left)
            yield Frames(
                mel=outputs["mel"][0, start - left - missing : stop - left - missing],
                f0_hz=outputs["f0"][0, inner],
                voicing=(outputs["voicing"][0, inner] > VOICED_FROM).astype(np.float32),
                last=stop == plan.frames,
            )


def _pause_ms(phoneme: Phoneme, emotion: Emotion) -> float | None:
    if phoneme.syllable >= 0:
        return None
    return phoneme.pause_ms if phoneme.exact else phoneme.pause_ms * emotion.pauses


def chunk_bounds(total: int, first: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cuts [0, total): a first piece of `first`, each next one four times as long, up to `longest`.

    The first sound comes early and the later pieces waste little on context; a machine that computes four times as fast
    as it speaks has each ready in time. A rest that would be shorter
    than half the piece before it joins that piece.
    """
    start, size = 0, min(first, longest)
    while start < total:
        stop = start + size
        if total - stop < size // 2:
            stop = total
        yield start, stop
        start, size = stop, min(GROWTH * size, longest)
