"""The frame classifier of the aligner: which part of which phoneme a frame of mel belongs to."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from export.features import N_MELS
from export.models.convnext import ConvNeXtStack

STATES = 3  # begin, middle and end of a phoneme


class FrameClassifier(nn.Module):
    """Features [B, T, 160] (normalised mel and its slope) -> logits [B, T, phonemes * 3]."""

    def __init__(self, phonemes: int, channels: int = 160, blocks: int = 3) -> None:
        super().__init__()
        self.inlet = nn.Linear(2 * N_MELS, channels)
        self.stack = ConvNeXtStack(channels, blocks, kernel=5, expansion=2, dropout=0.1)
        self.outlet = nn.Linear(channels, phonemes * STATES)

    def forward(self, features: Tensor, mask: Tensor) -> Tensor:
        return self.outlet(self.stack(self.inlet(features), mask))


def classifier_features(mel: Tensor) -> Tensor:
    """Mel [T, 80] to features [T, 160]: per-band mean removed, unit variance, with the slope beside it."""
    centred = (mel - mel.mean(0)) / mel.std()
    padded = torch.cat([centred[:1], centred, centred[-1:]])
    return torch.cat([centred, padded[2:] - padded[:-2]], dim=1)
