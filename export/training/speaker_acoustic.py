"""The acoustic model as it is trained: with its table of manners of reading and the statistics of its corpora."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from export.models.acoustic import PROSODY_SIZE, AcousticModel
from export.training.aligned import Aligned
from qingyin.text.symbols import PHONEMES


class SpeakerAcoustic(nn.Module):
    """The acoustic model with its table of manners of reading and the energy statistics."""

    def __init__(self, manners: int, **config: int) -> None:
        super().__init__()
        self.acoustic = AcousticModel(len(PHONEMES), **config)
        self.table = nn.Embedding(manners, PROSODY_SIZE)
        self.energy_mean: Tensor
        self.energy_std: Tensor
        self.register_buffer("energy_mean", torch.zeros(()))
        self.register_buffer("energy_std", torch.ones(()))

    def set_statistics(self, items: Sequence[Aligned]) -> None:
        """Measure mel and energy statistics on the training clips."""
        mel = np.concatenate([i.mel for i in items[::9]]).astype(np.float32)
        self.acoustic.mel_mean.copy_(torch.from_numpy(mel.mean(0)))
        self.acoustic.mel_std.copy_(torch.full((mel.shape[1],), float(mel.std(0).mean())))
        energy = np.concatenate([i.energy for i in items[::9]])
        self.energy_mean.fill_(float(energy.mean()))
        self.energy_std.fill_(float(energy.std()))
