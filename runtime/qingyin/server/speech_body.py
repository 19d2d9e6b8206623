"""Exists so that what HTTP clients send for a text to be spoken is checked, and becomes a request of the engine."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qingyin.options import RANGES, SynthesisOptions
from qingyin.server.engine import SpeechRequest
from qingyin.server.instructions import emotion_of_instructions
from qingyin.voice_store import stored_voices

if TYPE_CHECKING:
    from qingyin.server.engine import Engine

MODEL = "qingyin"
# What programs written for OpenAI ask for unless they are told otherwise.
MODEL_ALIASES = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
VOICE_ALIASES = ("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage",
                 "shimmer", "verse")  # fmt: skip
MAX_SEED = 2**53 - 1  # the largest that every JSON reader keeps exactly
_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class VoiceId(BaseModel):
    """A voice as an object, which OpenAI's clients send for voices that a user has made."""

    model_config = _STRICT
    id: str = Field(max_length=64)


class SpokenBody(BaseModel):
    """One text and how to say it. All but the input may be left out."""

    model_config = _STRICT
    input: str = Field(description="The text, with inline markup unless `markup` says otherwise.", min_length=1,
                       examples=["今天天气真好，我们去公园走走吧。"])  # fmt: skip
    voice: Annotated[str, Field(max_length=64)] | VoiceId | None = Field(
        None, description="A voice of GET /v1/audio/voices; OpenAI's names mean the default voice.",
        examples=["yuetan"],
    )  # fmt: skip
    instructions: str | None = Field(
        None, max_length=4096, examples=["开心地说"],
        description="How to speak. Words of emotion, Chinese or English, choose an emotion; the rest has no effect.",
    )  # fmt: skip
    speed: float = Field(1.0, strict=True, ge=0.25, le=4.0, description="Beyond 0.5 to 2 it can be hard to understand.")
    emotion: str | None = Field(
        None, max_length=200, description="A label or a mix such as happy=0.6,angry=0.3; goes before instructions.",
        examples=["happy"],
    )  # fmt: skip
    emotion_strength: float = Field(1.0, strict=True, ge=0.0, le=1.5)
    pitch: float = Field(0.0, strict=True, ge=-12.0, le=12.0, description="Semitones.")
    volume: float = Field(0.0, strict=True, ge=-60.0, le=20.0, description="dB.")
    seed: int | None = Field(
        None, strict=True, ge=0, le=MAX_SEED, description="The same seed gives the same sound.", examples=[7]
    )  # fmt: skip
    markup: Literal["inline", "ssml", "none"] = "inline"

    def emotion_mix(self, engine: Engine) -> str | dict[str, float] | None:
        """What decides the emotion; None for the voice's own."""
        if self.emotion is not None:
            return self.emotion
        known = engine.synthesizer.manifest.emotions
        return emotion_of_instructions(self.instructions or "", known) or None if self.instructions else None

    def request(self, engine: Engine) -> SpeechRequest:
        """Errors: OptionError. That the voice exists is not checked here."""
        low, high, _ = RANGES["speed"]
        speed = min(max(self.speed, low), high)
        options = SynthesisOptions(
            speed=speed, emotion=self.emotion_mix(engine), emotion_strength=self.emotion_strength,
            pitch_semitones=self.pitch, volume_db=self.volume, seed=self.seed,
        )  # fmt: skip
        voice = self.voice.id if isinstance(self.voice, VoiceId) else self.voice
        return SpeechRequest(self.input, voice, options, rate=self.speed / speed, markup=self.markup)


def with_known_voice(request: SpeechRequest, engine: Engine) -> SpeechRequest:
    """The request with its voice read; OpenAI's names are the default voice, unless a voice has that name.

    Errors: VoiceError, ModelError.
    """
    name = request.voice
    assert name is None or isinstance(name, str)
    if name in VOICE_ALIASES and name not in (*engine.synthesizer.voices, *stored_voices()):
        name = None
    return dataclasses.replace(request, voice=engine.synthesizer.voice(name))
