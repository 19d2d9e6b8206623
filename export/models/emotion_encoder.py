"""Emotion encoders: speech in, its departure from neutral and posteriors of four emotions out.

`EmotionEncoder` ships: ConvNeXt blocks at a quarter of the frame rate and attentive statistics pooling. `EmotionJudge`
only measures what the synthesiser makes: another topology (a bidirectional GRU), trained on other speakers.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.emotions import AXES, EMOTION_SIZE, LABELS
from export.features import N_MELS
from export.models.convnext import ConvNeXtStack
from export.models.speaker_encoder import AttentivePooling, standardised

INPUTS = N_MELS + 3


def emotion_features(mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
    """[B, T, 83] of mel [B, T, 80] ln amplitude, f0 [B, T] Hz through unvoiced frames, and voicing [B, T] 0 or 1.

    F0 comes twice: as it is, to be held against the formants (who is high for their vocal tract?), and against the
    clip's own mean over voiced frames (its melody).
    """
    log_f0 = torch.log(f0.clamp_min(40.0)) - math.log(200.0)
    mean = (log_f0 * voicing).sum(1, keepdim=True) / voicing.sum(1, keepdim=True).clamp_min(1.0)
    melody = (log_f0 - mean) * voicing
    return torch.cat([standardised(mel), torch.stack([2 * log_f0, 4 * melody, voicing], 2)], 2)


class Heads(nn.Module):
    """Axes [B, 6] in units of `AXES` and logits [B, 4] of `LABELS` from a pooled vector [B, C]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.axes = nn.Linear(channels, len(AXES))
        self.labels = nn.Linear(channels, len(LABELS))

    def forward(self, pooled: Tensor) -> tuple[Tensor, Tensor]:
        return self.axes(pooled), self.labels(pooled)


class EmotionEncoder(nn.Module):
    """mel [B, T, 80], f0 [B, T], voicing [B, T] -> emotion [B, 16] (unused axes zero), posteriors [B, 4]."""

    def __init__(self, channels: int = 128, blocks: int = 5, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = {"channels": channels, "blocks": blocks}
        self.pooled_size = 2 * channels
        self.inlet = nn.Conv1d(INPUTS, channels, 9, stride=4, padding=4)  # 46 ms: what is asked for are slow things
        self.inlet_norm = nn.LayerNorm(channels)
        self.stack = ConvNeXtStack(channels, blocks, dropout=dropout)
        self.norm = nn.LayerNorm(channels)
        self.pooling = AttentivePooling(channels)
        self.pooled_norm = nn.LayerNorm(2 * channels)
        self.dropout = nn.Dropout(2 * dropout)
        self.heads = Heads(2 * channels)

    def pooled(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
        """[B, pooled_size]: what the heads see."""
        x = self.inlet(emotion_features(mel, f0, voicing).transpose(1, 2)).transpose(1, 2)
        x = self.norm(self.stack(self.inlet_norm(x)))
        return self.dropout(self.pooled_norm(self.pooling(x).float()))

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor]:
        axes, logits = self.heads(self.pooled(mel, f0, voicing))
        return F.pad(axes, (0, EMOTION_SIZE - len(AXES))), torch.softmax(logits, 1)


class EmotionJudge(nn.Module):
    """The same inputs and outputs as `EmotionEncoder`, by another way."""

    def __init__(self, channels: int = 128, hidden: int = 96, dropout: float = 0.2) -> None:
        super().__init__()
        self.config = {"channels": channels, "hidden": hidden}
        self.pooled_size = 4 * hidden
        self.inlet = nn.Sequential(
            nn.Conv1d(INPUTS, channels, 5, 2, 2), nn.ReLU(), nn.BatchNorm1d(channels),
            nn.Conv1d(channels, channels, 5, 2, 2), nn.ReLU(), nn.BatchNorm1d(channels),
        )  # fmt: skip
        self.memory = nn.GRU(channels, hidden, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.heads = Heads(self.pooled_size)

    def pooled(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
        """[B, pooled_size]: what the heads see."""
        x = self.inlet(emotion_features(mel, f0, voicing).transpose(1, 2)).transpose(1, 2)
        states, _ = self.memory(self.dropout(x))
        states = states.float()
        return self.dropout(torch.cat([states.mean(1), states.std(1)], 1))

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor]:
        axes, logits = self.heads(self.pooled(mel, f0, voicing))
        return F.pad(axes, (0, EMOTION_SIZE - len(AXES))), torch.softmax(logits, 1)
