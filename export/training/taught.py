"""What the published encoder says of every training speaker, warped or not: the targets of those who learn from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm

from export.training.mel_augment import warp
from export.training.speakers import SpeakerClips

FACTORS = (0.80, 0.87, 0.94, 1.0, 1.07, 1.16, 1.25)
FRAMES, EXCERPTS = 160, 4  # 1.9 s each


class TaughtVectors:
    """Mean vectors [256] of speakers at any warp: a clip's own vector would say what is said in it as well.

    Args:
        teacher: mel [B, T, 80] -> unit vectors [B, 256].
        speakers: whose clips are heard.
        factors: warps that are heard; between them vectors are interpolated.
    """

    def __init__(
        self, teacher: nn.Module, speakers: Sequence[SpeakerClips], factors: Sequence[float] = FACTORS, seed: int = 0
    ) -> None:
        rng = np.random.default_rng(seed)
        self.factors = np.asarray(factors)
        self.rows = {(s.corpus, s.speaker): n for n, s in enumerate(speakers)}
        means = []
        with torch.inference_mode():
            for speaker in tqdm(speakers, desc="heard by the teacher", mininterval=10):
                excerpts = [speaker.excerpt(FRAMES, rng) for _ in range(EXCERPTS)]
                mels = np.stack([warp(mel, factor) for factor in factors for mel in excerpts])
                means.append(teacher(torch.from_numpy(mels)).view(len(factors), EXCERPTS, -1).mean(1))
        self.means = F.normalize(torch.stack(means).clone(), dim=2)  # [speakers, factors, 256]

    def of(self, rows: Sequence[int], factors: Sequence[float]) -> Tensor:
        """Unit vectors [B, 256] of the speakers in these rows, each at its warp."""
        at = np.interp(np.asarray(factors), self.factors, np.arange(len(self.factors)))
        low = np.minimum(at.astype(int), max(len(self.factors) - 2, 0))
        part = torch.from_numpy((at - low).astype(np.float32))[:, None]
        own = self.means[torch.as_tensor(rows)]
        n = torch.arange(len(own))
        high = np.minimum(low + 1, len(self.factors) - 1)
        return F.normalize(own[n, torch.from_numpy(low)] * (1 - part) + own[n, torch.from_numpy(high)] * part, dim=1)
