"""FastSpeech 2 as its widespread PyTorch implementation builds it, so that weights trained with that can speak here.

Source: Y. Ren et al., "FastSpeech 2: Fast and High-Quality End-to-End Text to Speech", ICLR 2021. What must stay
identical to the implementation, or foreign weights sound wrong without any error: parameter names, the order of
residual sum and layer norm, ReLU before the layer norm of the predictors, `bucketize` of pitch and energy by the
stored bins, positions from zero with sine and cosine interleaved, and PostNet's five convolutions.
"""

from __future__ import annotations

import math
from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.fastspeech2_config import PHONEME_LEVEL, Fastspeech2Config

POSTNET_CHANNELS, POSTNET_KERNEL, POSTNET_LAYERS = 512, 5, 5


def positions(length: int, width: int) -> Tensor:
    """[1, length, width]: sine in even columns, cosine in odd ones; angles in float64, as in the published table."""
    place = torch.arange(length, dtype=torch.float64)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, dtype=torch.float64) * (-math.log(10000.0) / width))
    angle = place * rate
    table = torch.stack([torch.sin(angle), torch.sin(angle + math.pi / 2)], dim=2).flatten(1)
    return table[:, :width].float()[None]


class _Conv(nn.Module):
    """A convolution over [B, T, C], under the name `conv`."""

    def __init__(self, inputs: int, outputs: int, kernel: int, padding: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, kernel, padding=padding)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.transpose(1, 2)).transpose(1, 2)


class Attention(nn.Module):
    """Multi-head self-attention, added to its input and normed: [B, T, C] -> [B, T, C]."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.w_qs, self.w_ks, self.w_vs = (nn.Linear(width, width) for _ in range(3))
        self.fc = nn.Linear(width, width)
        self.layer_norm = nn.LayerNorm(width)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(2, (self.heads, self.size)).transpose(1, 2)

    def forward(self, x: Tensor) -> Tensor:
        queries, keys, values = self._split(self.w_qs(x)), self._split(self.w_ks(x)), self._split(self.w_vs(x))
        weight = torch.softmax(queries @ keys.transpose(2, 3) / math.sqrt(self.size), 3)
        return self.layer_norm(self.fc((weight @ values).transpose(1, 2).flatten(2)) + x)


class FeedForward(nn.Module):
    """Two convolutions with a ReLU between, added to their input and normed."""

    def __init__(self, width: int, inner: int, kernels: tuple[int, int]) -> None:
        super().__init__()
        self.w_1 = nn.Conv1d(width, inner, kernels[0], padding=(kernels[0] - 1) // 2)
        self.w_2 = nn.Conv1d(inner, width, kernels[1], padding=(kernels[1] - 1) // 2)
        self.layer_norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        return self.layer_norm(self.w_2(F.relu(self.w_1(x.transpose(1, 2)))).transpose(1, 2) + x)


class Block(nn.Module):
    """Attention, then convolutions."""

    def __init__(self, config: Fastspeech2Config, heads: int) -> None:
        super().__init__()
        self.slf_attn = Attention(config.hidden, heads)
        self.pos_ffn = FeedForward(config.hidden, config.filter_size, config.kernels)

    def forward(self, x: Tensor) -> Tensor:
        return self.pos_ffn(self.slf_attn(x))


class Stack(nn.Module):
    """Blocks over [B, T, C] with positions added; the encoder's has the symbols' embedding before it."""

    def __init__(self, config: Fastspeech2Config, layers: int, heads: int, symbols: int = 0) -> None:
        super().__init__()
        if symbols:
            self.src_word_emb = nn.Embedding(symbols, config.hidden, padding_idx=0)
        self.position_enc = nn.Parameter(positions(config.max_frames + 1, config.hidden), requires_grad=False)
        self.layer_stack = nn.ModuleList(Block(config, heads) for _ in range(layers))

    def forward(self, x: Tensor) -> Tensor:
        x = x + positions(x.shape[1], x.shape[2])
        for block in self.layer_stack:
            x = block(x)
        return x


class Predictor(nn.Module):
    """One number for each step: [B, T, C] -> [B, T]."""

    def __init__(self, config: Fastspeech2Config) -> None:
        super().__init__()
        size, kernel = config.predictor_size, config.predictor_kernel
        layers = [
            ("conv1d_1", _Conv(config.hidden, size, kernel, (kernel - 1) // 2)), ("relu_1", nn.ReLU()),
            ("layer_norm_1", nn.LayerNorm(size)), ("conv1d_2", _Conv(size, size, kernel, 1)), ("relu_2", nn.ReLU()),
            ("layer_norm_2", nn.LayerNorm(size)),
        ]  # fmt: skip
        self.conv_layer = nn.Sequential(OrderedDict(layers))
        self.linear_layer = nn.Linear(size, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_layer(self.conv_layer(x)).squeeze(2)


class VarianceAdaptor(nn.Module):
    """Predictors of duration, pitch and energy, and the embeddings of the latter two."""

    def __init__(self, config: Fastspeech2Config) -> None:
        super().__init__()
        self.duration_predictor = Predictor(config)
        self.pitch_predictor = Predictor(config)
        self.energy_predictor = Predictor(config)
        self.pitch_bins = nn.Parameter(torch.zeros(config.bins - 1), requires_grad=False)
        self.energy_bins = nn.Parameter(torch.zeros(config.bins - 1), requires_grad=False)
        self.pitch_embedding = nn.Embedding(config.bins, config.hidden)
        self.energy_embedding = nn.Embedding(config.bins, config.hidden)

    def embed_pitch(self, pitch: Tensor) -> Tensor:
        """[B, T] in the units of the bins -> [B, T, C]."""
        return self.pitch_embedding(_bucket(pitch, self.pitch_bins))

    def embed_energy(self, energy: Tensor) -> Tensor:
        """[B, T] in the units of the bins -> [B, T, C]."""
        return self.energy_embedding(_bucket(energy, self.energy_bins))


def _bucket(values: Tensor, bins: Tensor) -> Tensor:
    """How many bins lie below each value, which is torch.bucketize; ONNX has no such operator."""
    return (values.unsqueeze(2) > bins).long().sum(2)


class PostNet(nn.Module):
    """A correction of the mel, [B, T, mels] -> [B, T, mels]."""

    def __init__(self, mels: int) -> None:
        super().__init__()
        sizes = [mels, *[POSTNET_CHANNELS] * (POSTNET_LAYERS - 1), mels]
        self.convolutions = nn.ModuleList(
            nn.Sequential(_PostConv(sizes[index], sizes[index + 1]), nn.BatchNorm1d(sizes[index + 1]))
            for index in range(POSTNET_LAYERS)
        )

    def forward(self, mel: Tensor) -> Tensor:
        x = mel.transpose(1, 2)
        for convolution in self.convolutions[:-1]:
            x = torch.tanh(convolution(x))
        return self.convolutions[-1](x).transpose(1, 2)


class _PostConv(nn.Module):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(inputs, outputs, POSTNET_KERNEL, padding=POSTNET_KERNEL // 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class Fastspeech2(nn.Module):
    """The whole network, under the names of the published checkpoints; its two halves are below.

    symbols: rows of the embedding of phonemes.
    """

    def __init__(self, config: Fastspeech2Config, symbols: int) -> None:
        super().__init__()
        self.config = config
        self.encoder = Stack(config, config.encoder_layers, config.encoder_heads, symbols)
        self.variance_adaptor = VarianceAdaptor(config)
        self.decoder = Stack(config, config.decoder_layers, config.decoder_heads)
        self.mel_linear = nn.Linear(config.hidden, config.mels)
        if config.postnet:
            self.postnet = PostNet(config.mels)
        if config.speakers:
            self.speaker_emb = nn.Embedding(config.speakers, config.hidden)


class EncoderHalf(nn.Module):
    """phonemes [B, N] int64, prosody [B, hidden] -> hidden [B, N, hidden + 2], log_duration and its std [B, N].

    The last two channels of hidden are the phoneme's predicted pitch and energy where those are predicted by phoneme,
    else zeros. prosody: the speaker's row of the table; left out for a network without one.
    """

    def __init__(self, network: Fastspeech2) -> None:
        super().__init__()
        self.network = network

    def forward(self, phonemes: Tensor, prosody: Tensor | None = None) -> tuple[Tensor, Tensor, Tensor]:
        config, adaptor = self.network.config, self.network.variance_adaptor
        x = self.network.encoder(self.network.encoder.src_word_emb(phonemes))
        if prosody is not None:
            x = x + prosody.unsqueeze(1)
        predicted = adaptor.duration_predictor(x)
        pitch = energy = torch.zeros_like(predicted)
        if config.pitch_level == PHONEME_LEVEL:
            pitch = adaptor.pitch_predictor(x)
            if config.energy_level == PHONEME_LEVEL:
                energy = adaptor.energy_predictor(x + adaptor.embed_pitch(pitch))
        # It predicts ln(frames + 1). What is under a quarter of a frame is rounded to none either way.
        log_duration = torch.log(torch.clamp(torch.exp(predicted) - 1.0, min=0.25))
        hidden = torch.cat([x, pitch.unsqueeze(2), energy.unsqueeze(2)], 2)
        return hidden, log_duration, torch.zeros_like(log_duration)


class DecoderHalf(nn.Module):
    """What the acoustic decoder's slot takes -> mel [B, T, mels], f0 [B, T] in Hz, voicing [B, T].

    Pitch is moved in ln Hz: by pitch_mean against the training's mean, by pitch_range around it, and by pitch_offset.
    Left alone it is exactly as predicted, so that no value changes its bin. voicing is 1: the model predicts none.
    """

    LOWEST_HZ = 20.0

    def __init__(self, network: Fastspeech2) -> None:
        super().__init__()
        self.network = network

    @property
    def mean_ln_hz(self) -> float:
        """Where the training's pitch has its middle: what a voice that is left alone states as pitch_mean."""
        pitch = self.network.config.pitch
        middle = pitch.mean if pitch.mean > 0 else (pitch.lowest + pitch.highest) / 2
        return math.log(max(middle, self.LOWEST_HZ))

    def _moved(self, pitch: Tensor, mean: Tensor, offset: Tensor, spread: Tensor) -> tuple[Tensor, Tensor]:
        """Pitch in the model's units, and F0 in Hz, after the controls."""
        stats = self.network.config.pitch
        f0 = torch.clamp(pitch * stats.std + stats.mean, min=self.LOWEST_HZ)
        centre = self.mean_ln_hz
        change = (mean - centre) + (spread - 1.0) * (torch.log(f0) - centre) + offset
        moved = f0 * torch.exp(change)
        return pitch + (moved - f0) / stats.std, moved

    def forward(
        self, hidden: Tensor, pitch_mean: Tensor, pitch_offset: Tensor, pitch_range: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        config, adaptor = self.network.config, self.network.variance_adaptor
        x, pitch, energy = hidden[:, :, :-2], hidden[:, :, -2], hidden[:, :, -1]
        if config.pitch_level != PHONEME_LEVEL:
            pitch = adaptor.pitch_predictor(x)
        pitch, f0 = self._moved(pitch, pitch_mean, pitch_offset, pitch_range)
        x = x + adaptor.embed_pitch(pitch)
        if config.energy_level != PHONEME_LEVEL:
            energy = adaptor.energy_predictor(x)
        x = x + adaptor.embed_energy(energy)
        mel = self.network.mel_linear(self.network.decoder(x))
        if config.postnet:
            mel = mel + self.network.postnet(mel)
        return mel, f0, torch.ones_like(f0)
