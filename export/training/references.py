"""Vectors of who speaks, for training: of ANOTHER clip of the same speaker, as a user's reference is one too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from export.training.aligned import Aligned
from export.training.mel_augment import disturbed, warp
from export.training.speaker import load_encoder
from export.training.speakers import SpeakerClips, load_speakers

MIN_FRAMES, MAX_FRAMES = 130, 300  # 1.5 to 3.5 s
MEAN_OF = 24  # excerpts that a bundled voice's vector is the mean of


class References:
    """The frozen speaker encoder, and the clips of all speakers to take references from.

    Raises:
        FileNotFoundError: the encoder has not been trained, or a corpus not prepared yet.
    """

    def __init__(self) -> None:
        self.encoder = load_encoder()
        speakers = load_speakers(held_out=False) + load_speakers(held_out=True)
        self.speakers: dict[tuple[str, str], SpeakerClips] = {(s.corpus, s.speaker): s for s in speakers}

    def vectors(self, items: Sequence[Aligned], rng: np.random.Generator, disturb: bool = False) -> Tensor:
        """Unit vectors [B, 128] of excerpts of the items' speakers, warped as the items are.

        disturb: some excerpts as another microphone in another room would have recorded them.
        """
        return self.heard([(self.speakers[item.speaker], item.warp) for item in items], rng, disturb)

    def heard(self, people: Sequence[tuple[SpeakerClips, float]], rng: np.random.Generator, disturb: bool) -> Tensor:
        """Unit vectors [B, 128] of an excerpt of each speaker at the warp beside; `disturb` as in `vectors`."""
        frames = int(rng.integers(MIN_FRAMES, MAX_FRAMES))
        mels = []
        for speaker, factor in people:
            mel = warp(speaker.excerpt(frames, rng), factor)
            mels.append(disturbed(mel, rng) if disturb and rng.random() < 0.3 else mel)
        with torch.no_grad():
            return self.encoder(torch.from_numpy(np.stack(mels))).float()

    def mean_vector(self, corpus: str, speaker: str) -> Tensor:
        """Unit vector [128] of a speaker: the mean over many excerpts."""
        rng = np.random.default_rng(0)
        own = self.speakers[corpus, speaker]
        mels = np.stack([own.excerpt(MAX_FRAMES, rng) for _ in range(MEAN_OF)])
        with torch.no_grad():
            return torch.nn.functional.normalize(self.encoder(torch.from_numpy(mels)).mean(0), dim=0)
