"""Emotion encoders: speech in, its departure from neutral and posteriors of four emotions out.

`EmotionEncoder` ships: ConvNeXt blocks at a quarter of the frame rate with attentive statistics pooling, and beside
them plain statistics of the clip, as in the parameter sets of emotion research (Eyben et al. 2016, IEEE Transactions on
Affective Computing 7). `EmotionJudge` only measures what the synthesiser makes: a perceptron that knows the voice.
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
LAGS = (2, 6)  # frames, 23 and 70 ms: fast speech moves on sooner
STATISTICS = N_MELS * (2 + len(LAGS)) + 6


def _pitch(f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor]:
    """Ln F0 against 200 Hz, and its departure from the clip's own mean over voiced frames (zero elsewhere), [B, T]."""
    log_f0 = torch.log(f0.clamp_min(40.0)) - math.log(200.0)
    return log_f0, (log_f0 - _mean(log_f0, voicing)) * voicing


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean over time, [B, 1] of [B, T] or [B, 1, C] of [B, T, C] (weight [B, T, 1])."""
    return (values * weight).sum(1, keepdim=True) / weight.sum(1, keepdim=True).clamp_min(1.0)


def emotion_features(mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
    """[B, T, 83] of mel [B, T, 80] ln amplitude, f0 [B, T] Hz through unvoiced frames, and voicing [B, T] 0 or 1.

    F0 comes twice: as it is, to be held against the formants (who is high for their vocal tract?), and against the
    clip's own mean over voiced frames (its melody).
    """
    log_f0, melody = _pitch(f0, voicing)
    return torch.cat([standardised(mel), torch.stack([2 * log_f0, 4 * melody, voicing], 2)], 2)


def emotion_statistics(mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
    """[B, STATISTICS]: spectra of voiced and of other frames, how fast the bands move, and level, spread, slope and
    movement of F0, share of voiced frames and how often voicing changes.
    """
    log_f0, melody = _pitch(f0, voicing)
    level, voiced = standardised(mel), voicing.unsqueeze(2)
    moves = [(level[:, lag:] - level[:, :-lag]).abs().mean(1) for lag in LAGS]
    ones = torch.ones_like(voicing)
    place = torch.cumsum(ones, 1) / ones.sum(1, keepdim=True)
    place = (place - _mean(place, voicing)) * voicing
    slope = (melody * place).sum(1, keepdim=True) / (place * place).sum(1, keepdim=True).clamp_min(0.1)
    together = voicing[:, LAGS[0] :] * voicing[:, : -LAGS[0]]
    pitch = [
        _mean(log_f0, voicing), torch.sqrt(_mean(melody * melody, voicing) + 1e-5), slope,
        _mean((melody[:, LAGS[0] :] - melody[:, : -LAGS[0]]).abs(), together),
        voicing.mean(1, keepdim=True), (voicing[:, 1:] - voicing[:, :-1]).abs().mean(1, keepdim=True),
    ]  # fmt: skip
    return torch.cat([_mean(level, voiced).squeeze(1), _mean(level, 1 - voiced).squeeze(1), *moves, *pitch], 1)


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

    def __init__(self, channels: int = 64, blocks: int = 3, statistics: int = 192, dropout: float = 0.1) -> None:
        super().__init__()
        self.config = {"channels": channels, "blocks": blocks, "statistics": statistics}
        self.pooled_size = 2 * channels + statistics
        self.inlet = nn.Conv1d(INPUTS, channels, 9, stride=4, padding=4)  # 46 ms: what is asked for are slow things
        self.inlet_norm = nn.LayerNorm(channels)
        self.stack = ConvNeXtStack(channels, blocks, dropout=dropout)
        self.norm = nn.LayerNorm(channels)
        self.pooling = AttentivePooling(channels)
        self.pooled_norm = nn.LayerNorm(2 * channels)
        self.statistics = nn.Sequential(nn.BatchNorm1d(STATISTICS), nn.Linear(STATISTICS, statistics), nn.GELU())
        self.dropout = nn.Dropout(2 * dropout)
        self.heads = Heads(self.pooled_size)

    def pooled(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> Tensor:
        """[B, pooled_size]: what the heads see."""
        x = self.inlet(emotion_features(mel, f0, voicing).transpose(1, 2)).transpose(1, 2)
        x = self.norm(self.stack(self.inlet_norm(x)))
        frames = self.pooled_norm(self.pooling(x).float())
        return self.dropout(torch.cat([frames, self.statistics(emotion_statistics(mel, f0, voicing)).float()], 1))

    def forward(self, mel: Tensor, f0: Tensor, voicing: Tensor) -> tuple[Tensor, Tensor]:
        axes, logits = self.heads(self.pooled(mel, f0, voicing))
        posteriors = torch.softmax(logits, 1)
        # As far as a clip is neutral its vector is zero: people differ more than emotions move them, and a voice must
        # not be tinted by that.
        axes = axes * (1 - posteriors[:, :1])
        return F.pad(axes, (0, EMOTION_SIZE - len(AXES))), posteriors


class EmotionJudge(nn.Module):
    """A clip's `emotion_statistics` less the mean of those of the same voice's neutral speech -> logits [B, 4].

    People differ more than emotions move them, so a listener judges by what the voice is like otherwise (speaker
    normalisation; Busso et al. 2013, IEEE Transactions on Affective Computing 4).
    """

    def __init__(self, hidden: int = 128, dropout: float = 0.4) -> None:
        super().__init__()
        self.config = {"hidden": hidden}
        self.net = nn.Sequential(
            nn.BatchNorm1d(STATISTICS), nn.Dropout(dropout), nn.Linear(STATISTICS, hidden), nn.BatchNorm1d(hidden),
            nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, len(LABELS)),
        )  # fmt: skip

    def forward(self, departure: Tensor) -> Tensor:
        return self.net(departure)
