"""Speaker encoders: speech in, a unit vector of who speaks out.

`SpeakerEncoder` ships: ConvNeXt blocks on half the frame rate and attentive statistics pooling (Okabe et al. 2018).
`SpeakerJudge` only measures: another topology (x-vector time-delay layers, Snyder et al. 2018) that is trained by
another loss, so that the encoder is not its own judge.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.features import N_MELS
from export.models.convnext import ConvNeXtStack

VECTOR_SIZE = 128


def standardised(mel: Tensor) -> Tensor:
    """Mel [B, T, 80] ln amplitude with the level of each clip removed: loudness says nothing about who speaks."""
    return (mel - mel.mean((1, 2), keepdim=True)) * 0.5


class AttentivePooling(nn.Module):
    """Weighted mean and standard deviation over time of [B, T, C]: [B, 2C]."""

    def __init__(self, channels: int, hidden: int = 64) -> None:
        super().__init__()
        self.score = nn.Sequential(nn.Linear(channels, hidden), nn.Tanh(), nn.Linear(hidden, channels))

    def forward(self, x: Tensor) -> Tensor:
        weight = torch.softmax(self.score(x), 1)
        mean = (x * weight).sum(1)
        variance = (x * x * weight).sum(1) - mean * mean
        return torch.cat([mean, torch.sqrt(variance.clamp_min(1e-4))], 1)


class SpeakerEncoder(nn.Module):
    """Mel [B, T, 80] ln amplitude -> unit vectors [B, 128]; T at least 20."""

    def __init__(self, channels: int = 176, blocks: int = 6, size: int = VECTOR_SIZE) -> None:
        super().__init__()
        self.config = {"channels": channels, "blocks": blocks, "size": size}
        self.inlet = nn.Conv1d(N_MELS, channels, 5, stride=2, padding=2)
        self.inlet_norm = nn.LayerNorm(channels)
        self.stack = ConvNeXtStack(channels, blocks, kernel=7, expansion=3, dropout=0.1)
        self.norm = nn.LayerNorm(channels)
        self.pooling = AttentivePooling(channels)
        self.pooled_norm = nn.LayerNorm(2 * channels)
        self.outlet = nn.Linear(2 * channels, size)

    def forward(self, mel: Tensor) -> Tensor:
        x = self.inlet(standardised(mel).transpose(1, 2)).transpose(1, 2)
        x = self.norm(self.stack(self.inlet_norm(x)))
        return F.normalize(self.outlet(self.pooled_norm(self.pooling(x).float())), dim=1)


class SpeakerJudge(nn.Module):
    """Mel [B, T, 80] ln amplitude -> unit vectors [B, 192]; T at least 20."""

    def __init__(self, channels: int = 256, size: int = 192) -> None:
        super().__init__()
        self.config = {"channels": channels, "size": size}
        layers: list[nn.Module] = []
        inputs = N_MELS
        for kernel, dilation, stride in ((5, 1, 2), (3, 2, 1), (3, 3, 1), (1, 1, 1)):
            pad = dilation * (kernel // 2)
            layers += [nn.Conv1d(inputs, channels, kernel, stride, pad, dilation), nn.ReLU(), nn.BatchNorm1d(channels)]
            inputs = channels
        self.frames = nn.Sequential(*layers, nn.Conv1d(channels, 3 * channels, 1), nn.ReLU())
        self.pooled_norm = nn.BatchNorm1d(6 * channels)
        self.outlet = nn.Linear(6 * channels, size)

    def forward(self, mel: Tensor) -> Tensor:
        centred = standardised(mel)
        x = self.frames((centred - 0.5 * centred.mean(1, keepdim=True)).transpose(1, 2)).float()
        pooled = torch.cat([x.mean(2), x.std(2)], 1)
        return F.normalize(self.outlet(self.pooled_norm(pooled)), dim=1)
