"""The acoustic model: phonemes in, mel and F0 out, in the manner of FastSpeech 2 (Ren et al. 2021) on ConvNeXt blocks.

What is said, how it is said and who says it are kept apart, so that they can be recombined:

    phonemes, tones, boundaries -> content ---+-> duration <- prosody vector, emotion
                                              |
                        (repeated per frame)  +-> F0, voicing, energy <- prosody vector, emotion
                                              |
                                              +-> mel <- F0, voicing, energy, speaker vector (timbre), emotion

A voice that was only ever recorded reading words can so borrow the sentence prosody of another. Content depends on
the whole sentence, everything after it on a bounded number of frames, so the second half can run in chunks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.features import N_MELS
from export.models.convnext import ConvNeXtStack

SPEAKER_SIZE = 128  # the speaker encoder's vector: who speaks
PROSODY_SIZE = 64  # a learnt vector: in which manner of reading
EMOTION_SIZE = 16
SPEAKER_GAIN = 8.0  # the parts of a unit vector are small; this brings them to what a linear layer expects
PITCH_SCALE = 0.25  # ln Hz that one unit of normalised pitch stands for
MIN_LOG_STD, MAX_LOG_STD = -4.0, 1.0


class Prosody(NamedTuple):
    """What the frame-level predictor says, each [B, T]; pitch and energy normalised, voicing as a logit."""

    pitch: Tensor
    pitch_log_std: Tensor
    voicing: Tensor
    energy: Tensor


class Conditioning(nn.Module):
    """A vector of a voice [B, voice_size] and an emotion [B, 16] as one condition [B, 1, size]; a zero emotion has no
    effect."""

    def __init__(self, voice_size: int, size: int) -> None:
        super().__init__()
        self.voice = nn.Linear(voice_size, size)
        self.emotion = nn.Linear(EMOTION_SIZE, size, bias=False)

    def forward(self, voice: Tensor, emotion: Tensor) -> Tensor:
        return torch.tanh(self.voice(voice) + self.emotion(emotion))[:, None]


class Predictor(nn.Module):
    """Input [B, L, C] and a condition of prosody and emotion to `outputs` numbers [B, L, outputs]."""

    def __init__(self, inputs: int, outputs: int, channels: int, blocks: int, kernel: int) -> None:
        super().__init__()
        self.condition = Conditioning(PROSODY_SIZE, channels)
        self.inlet = nn.Linear(inputs, channels)
        self.stack = ConvNeXtStack(channels, blocks, kernel, expansion=2, dropout=0.2, condition=channels)
        self.norm = nn.LayerNorm(channels)
        self.outlet = nn.Linear(channels, outputs)

    def forward(
        self, x: Tensor, voice: Tensor, emotion: Tensor, mask: Tensor | None = None, entered: bool = False
    ) -> Tensor:
        """entered: `x` is what the inlet made already."""
        condition = self.condition(voice, emotion)
        x = x if entered else self.inlet(x)
        return self.outlet(self.norm(self.stack(x + condition, mask, condition)))


class AcousticModel(nn.Module):
    """All parts in one module for training; `AcousticEncoder` and `AcousticDecoder` are its two halves for export.

    Args:
        symbols, tones, boundaries: sizes of the three input tables.
        channels: width of encoder and decoder.
        encoder_blocks, decoder_blocks, pitch_blocks: depth of each part.
        pitch_channels: width of the frame-level prosody predictor.
    """

    def __init__(
        self,
        symbols: int,
        tones: int = 9,
        boundaries: int = 4,
        channels: int = 256,
        encoder_blocks: int = 5,
        decoder_blocks: int = 6,
        pitch_blocks: int = 4,
        pitch_channels: int = 192,
    ) -> None:
        super().__init__()
        self.config: dict[str, Any] = {
            "symbols": symbols,
            "tones": tones,
            "boundaries": boundaries,
            "channels": channels,
            "encoder_blocks": encoder_blocks,
            "decoder_blocks": decoder_blocks,
            "pitch_blocks": pitch_blocks,
            "pitch_channels": pitch_channels,
        }
        self.phoneme = nn.Embedding(symbols, channels)
        self.tone = nn.Embedding(tones, channels)
        self.boundary = nn.Embedding(boundaries, channels)
        self.encoder = ConvNeXtStack(channels, encoder_blocks, kernel=5, dropout=0.1)
        self.encoder_norm = nn.LayerNorm(channels)
        self.duration = Predictor(channels, 2, 192, 3, kernel=5)
        self.position = nn.Linear(3, channels)
        self.pitch = Predictor(channels, 4, pitch_channels, pitch_blocks, kernel=7)
        self.pitch_inlet = nn.Linear(4, channels)
        self.condition = Conditioning(SPEAKER_SIZE, channels)
        self.decoder = ConvNeXtStack(channels, decoder_blocks, kernel=7, condition=channels)
        self.outlet_norm = nn.LayerNorm(channels)
        self.outlet = nn.Linear(channels, N_MELS)
        self.mel_mean: Tensor
        self.mel_std: Tensor
        self.register_buffer("mel_mean", torch.zeros(N_MELS))
        self.register_buffer("mel_std", torch.ones(N_MELS))
        for table in (self.phoneme, self.tone, self.boundary):
            nn.init.normal_(table.weight, std=0.5)
        self.context_frames = self.pitch.stack.context_frames + self.decoder.context_frames

    def encode(self, phonemes: Tensor, tones: Tensor, boundaries: Tensor, mask: Tensor | None = None) -> Tensor:
        """Content [B, N, C] of three int64 sequences [B, N]."""
        x = self.phoneme(phonemes) + self.tone(tones) + self.boundary(boundaries)
        return self.encoder_norm(self.encoder(x, mask))

    def predict_duration(
        self, content: Tensor, prosody: Tensor, emotion: Tensor, mask: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of ln frames, each [B, N]."""
        mean, log_std = self.duration(content, prosody, emotion, mask).float().unbind(2)
        return mean + 2.0, torch.exp(log_std.clamp(MIN_LOG_STD, MAX_LOG_STD))  # e^2 frames: a phoneme of usual length

    def place(self, hidden: Tensor, position: Tensor) -> Tensor:
        """Content repeated per frame [B, T, C] with the fraction [B, T] of its phoneme that has passed."""
        return hidden + self.position(self.place_features(position))

    @staticmethod
    def place_features(position: Tensor) -> Tensor:
        """[B, T, 3] of the fraction [B, T] of its phoneme that has passed at each frame."""
        angle = position * math.pi
        return torch.stack([torch.sin(angle), torch.cos(angle), position], dim=2)

    def predict_prosody(self, placed: Tensor, prosody: Tensor, emotion: Tensor, mask: Tensor | None = None) -> Prosody:
        """Frame-level pitch, its spread, voicing and energy."""
        return self.as_prosody(self.pitch(placed, prosody, emotion, mask))

    @staticmethod
    def as_prosody(predicted: Tensor) -> Prosody:
        """The four numbers [B, T, 4] that the frame-level predictor gives."""
        pitch, log_std, voicing, energy = predicted.float().unbind(2)
        return Prosody(pitch, log_std.clamp(MIN_LOG_STD, MAX_LOG_STD), voicing, energy)

    def decode(
        self,
        placed: Tensor,
        log_f0: Tensor,
        voicing: Tensor,
        energy: Tensor,
        speaker: Tensor,
        emotion: Tensor,
        mask: Tensor | None = None,
    ) -> Tensor:
        """Mel [B, T, 80] in units of standard deviations; log_f0 is ln Hz, voicing 0 to 1, all [B, T]."""
        height = (log_f0 - math.log(200.0)) / PITCH_SCALE
        condition = self.condition(speaker * SPEAKER_GAIN, emotion)
        features = torch.stack([height * 0.5, height * voicing * 0.5, voicing, energy], dim=2)
        x = placed + self.pitch_inlet(features) + condition
        return self.outlet(self.outlet_norm(self.decoder(x, mask, condition)))

    def normalise(self, mel: Tensor) -> Tensor:
        """Mel [B, T, 80] in units of standard deviations, of ln amplitude; the inverse of `to_mel`."""
        return (mel - self.mel_mean) / self.mel_std

    def to_mel(self, normalised: Tensor) -> Tensor:
        """Ln amplitude of a normalised mel [B, T, 80]."""
        return normalised * self.mel_std + self.mel_mean


class AcousticEncoder(nn.Module):
    """First half, once a sentence: the contract of `acoustic_encoder.onnx`."""

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, phonemes: Tensor, tones: Tensor, boundaries: Tensor, prosody: Tensor, emotion: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Content with the position's bias, and what the pitch predictor's inlet makes of it (here once a phoneme, not
        once a frame), side by side [B, N, C + P]; mean and standard deviation of ln frames [B, N].
        """
        content = self.model.encode(phonemes, tones, boundaries)
        placed = content + self.model.position.bias
        hidden = torch.cat([placed, self.model.pitch.inlet(placed)], dim=2)
        return hidden, *self.model.predict_duration(content, prosody, emotion)


class AcousticDecoder(nn.Module):
    """Second half, chunk by chunk: the contract of `acoustic_decoder.onnx`. Made of a model that has its weights."""

    def __init__(self, model: AcousticModel) -> None:
        super().__init__()
        self.model = model
        self.sizes = [model.config["channels"], model.config["pitch_channels"]]
        place = model.position.weight.detach()
        # [C + P, 3], of the passed fraction of a phoneme: onto the content, and through the inlet of the pitch
        self.place: Tensor
        self.register_buffer("place", torch.cat([place, model.pitch.inlet.weight.detach() @ place]), False)

    def forward(
        self,
        hidden: Tensor,
        position: Tensor,
        prosody: Tensor,
        speaker: Tensor,
        emotion: Tensor,
        pitch_mean: Tensor,
        pitch_offset: Tensor,
        pitch_range: Tensor,
        pitch_noise: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Mel [B, T, 80] ln amplitude, F0 [B, T] Hz and voicing probability [B, T]."""
        moved = hidden + F.linear(self.model.place_features(position), self.place)
        placed, entered = moved.split(self.sizes, dim=2)
        predicted = self.model.as_prosody(self.model.pitch(entered, prosody, emotion, entered=True))
        pitch = predicted.pitch + torch.exp(predicted.pitch_log_std) * pitch_noise
        log_f0 = pitch_mean + pitch_offset + pitch * pitch_range * PITCH_SCALE
        log_f0 = torch.clamp(log_f0, math.log(60.0), math.log(800.0))
        voicing = torch.sigmoid(predicted.voicing)
        decided = (voicing > 0.5).float()
        mel = self.model.decode(placed, log_f0, decided, predicted.energy, speaker, emotion)
        return self.model.to_mel(mel), torch.exp(log_f0), voicing
