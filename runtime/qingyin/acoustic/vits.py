"""Exists so that a whole synthesiser of the VITS family speaks through the way of the data that all others take: its
encoder and flow stand in the acoustic slot, its latents are what its vocoder hears in place of mels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from qingyin.acoustic.length_regulator import MAX_PHONEME_FRAMES, expand
from qingyin.acoustic.model import Frames, chunk_bounds
from qingyin.acoustic.prosody import over_frames
from qingyin.acoustic.symbol_map import SymbolMap
from qingyin.contracts import VITS_DECODER, VITS_ENCODER, check_contract, sizes
from qingyin.emotions import Emotion
from qingyin.errors import ModelError, OptionError
from qingyin.manifest import Manifest
from qingyin.options import SynthesisOptions
from qingyin.sessions import Session
from qingyin.synthesiser_spec import SynthesiserSpec
from qingyin.text.analysis import Phoneme, Sentence
from qingyin.text.spelling import Speller
from qingyin.voices import Voice


@dataclass(frozen=True, eq=False)
class VitsPlan:
    """A sentence after the encoder. T frames."""

    prior: np.ndarray  # [T, C] float32, the noisy latents that the flow starts from
    speaker: np.ndarray  # [1, speaker_size] float32
    gain_db: np.ndarray  # [T] float32, what markup asks for
    silence: tuple[int, int]  # samples before and behind the sentence


class VitsModel:
    """Encoder and flow graphs of one model set. Errors of opening: ModelError."""

    symbol_map: SymbolMap | None = None  # its symbols are the text's own characters

    def __init__(self, manifest: Manifest, threads: int = 1, device: str | None = None) -> None:
        assert manifest.synthesiser is not None
        self._spec: SynthesiserSpec = manifest.synthesiser
        encoder, decoder = manifest.graphs["acoustic_encoder"], manifest.graphs["acoustic_decoder"]
        fixed = sizes(manifest, **{"2": 2})
        latents = check_contract(encoder, VITS_ENCODER, fixed)
        if check_contract(decoder, VITS_DECODER, fixed) != latents:
            raise ModelError("the encoder and the decoder have latents of different sizes; convert the model again")
        self._manifest = manifest
        self.speller = Speller(manifest.symbols, self._spec.text)
        self._ids = {symbol: index for index, symbol in enumerate(manifest.symbols)}
        self._context = decoder.context_frames
        self._encoder = Session(encoder, manifest.read_graph(encoder), threads, device)
        self._decoder = Session(decoder, manifest.read_graph(decoder), threads, device)

    def check_options(self, options: SynthesisOptions) -> None:
        """Errors: OptionError for a wish that no input of the model stands for."""
        if options.pitch_semitones != 0.0 or options.pitch_range != 1.0:
            raise OptionError("this model set has no control of pitch; leave --pitch and --pitch-range out")

    def plan(
        self, sentence: Sentence, voice: Voice, emotion: Emotion, options: SynthesisOptions, rng: np.random.Generator
    ) -> VitsPlan:
        """Encodes a sentence and draws its noise: two numbers a symbol for the durations, then C a frame.

        The temperature scales both: at its default they are as loud as the model was published with. emotion: the
        slot's; there is only the neutral one.
        """
        first, *characters, last = sentence.phonemes
        symbols = [self._ids[character.symbol] for character in characters]
        speeds = np.array([character.style.speed for character in characters])
        volumes = np.array([character.style.volume_db for character in characters])
        if self._spec.text.blank:
            symbols = [0, *(number for symbol in symbols for number in (symbol, 0))]
            speeds, volumes = _with_blanks(speeds), _with_blanks(volumes)
        loudness = np.float32(options.temperature / SynthesisOptions.temperature)
        noise = rng.standard_normal((1, len(symbols), 2), np.float32)
        outputs = self._encoder.run(
            {
                "symbols": np.array([symbols], np.int64),
                "speaker": voice.speaker[None],
                "duration_noise": noise * loudness * np.float32(self._spec.duration_noise),
            }
        )
        speed = options.speed * voice.rate
        limit = np.log(MAX_PHONEME_FRAMES)
        durations = np.exp(np.minimum(outputs["log_duration"][0].astype(np.float64), limit)) / (speed * speeds)
        frames = np.maximum(np.ceil(durations), 1).astype(np.int64)
        symbol, _ = expand(frames)
        mean, log_std = outputs["mean"][0][symbol], outputs["log_std"][0][symbol]
        noise = rng.standard_normal(mean.shape, np.float32)
        return VitsPlan(
            prior=mean + noise * np.exp(log_std) * loudness * np.float32(self._spec.noise),
            speaker=voice.speaker[None],
            gain_db=over_frames(volumes, frames),
            silence=(self._samples(first, speed), self._samples(last, speed)),
        )

    def decode(self, plan: VitsPlan, first_frames: int, chunk_frames: int) -> Iterator[Frames]:
        """Latents in chunks, each run with the flow's context on both sides, so that cutting changes nothing."""
        total = len(plan.prior)
        for start, stop in chunk_bounds(total, first_frames, chunk_frames):
            left, right = max(0, start - self._context), min(total, stop + self._context)
            run = self._decoder.run({"prior": plan.prior[None, left:right], "speaker": plan.speaker})
            count = stop - start
            yield Frames(
                mel=run["latents"][0, start - left : stop - left],
                f0_hz=np.zeros(count, np.float32),
                voicing=np.zeros(count, np.float32),
                last=stop == total,
            )

    def _samples(self, silence: Phoneme, speed: float) -> int:
        seconds = silence.pause_ms / 1000.0 / (1.0 if silence.exact else speed * silence.style.speed)
        return round(seconds * self._manifest.sample_rate)


def _with_blanks(values: np.ndarray) -> np.ndarray:
    """[n] -> [2n + 1]: a blank is spoken as the character after it is, the last as the one before."""
    return np.append(np.repeat(values, 2), values[-1])
