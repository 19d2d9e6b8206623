"""A phone and tone recogniser, trained on real recordings only, that judges how clearly synthesised speech is said.

It sees under half a second to each side and has no language model, so that it must hear what it reports.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from export.features import N_MELS
from export.models.convnext import ConvNeXtStack

BLANK = 0


class Recogniser(nn.Module):
    """Features [B, T, 83] -> log-probabilities of phones [B, T // 2, phones] and tones [B, T // 2, 6] for CTC."""

    def __init__(self, phones: int, channels: int = 192, blocks: int = 6) -> None:
        super().__init__()
        self.inlet = nn.Conv1d(N_MELS + 3, channels, 5, stride=2, padding=2)
        self.stack = ConvNeXtStack(channels, blocks, kernel=5, dropout=0.15)
        self.norm = nn.LayerNorm(channels)
        self.phones = nn.Linear(channels, phones)
        self.tones = nn.Linear(channels, 6)

    def forward(self, features: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        x = self.inlet(features.transpose(1, 2)).transpose(1, 2)
        x = self.norm(self.stack(x, None if mask is None else mask[:, : x.shape[1]]))
        return self.phones(x).float().log_softmax(2), self.tones(x).float().log_softmax(2)


def recogniser_features(mel: Tensor, f0: Tensor, voiced: Tensor) -> Tensor:
    """Mel [T, 80], f0 [T] Hz, voiced [T] -> [T, 83]: level and mean pitch of the clip removed."""
    log_f0 = torch.log(f0)
    weight = voiced / voiced.sum().clamp_min(1)
    pitch = (log_f0 - (log_f0 * weight).sum()) * 4
    slope = torch.gradient(pitch)[0] * 5 if len(pitch) > 1 else torch.zeros_like(pitch)
    loud = mel.mean(1)
    level = mel[loud > loud.max() - math.log(100.0)].mean()
    extra = torch.stack([pitch * voiced, slope.clamp(-2, 2) * voiced, voiced], dim=1)
    return torch.cat([(mel - level) * 0.5, extra], dim=1)


def greedy(log_probabilities: Tensor) -> list[int]:
    """Best CTC path [T, classes], repeats and blanks removed."""
    best = log_probabilities.argmax(1)
    kept = torch.cat([torch.ones(1, dtype=torch.bool), best[1:] != best[:-1]]) & (best != BLANK)
    return best[kept].tolist()
