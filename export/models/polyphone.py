"""Reads the polyphones of a sentence: characters and what the dictionary says, through ConvNeXt blocks, to readings.

Every pair of a character and one of its readings has a vector of its own; the score of a reading is its product
with what the blocks make of the place. What the dictionary says is a bonus on that reading's score, whose size the
place decides: so the training data, not a rule, says when context outweighs the dictionary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.models.convnext import ConvNeXtStack

FIRST_CHARACTER = 2  # 0 is padding, 1 an unknown character
PLACES = 4  # alone, first, middle, last in its word


class PolyphoneModel(nn.Module):
    """characters, places, dictionary [B, T] int64 -> scores [B, T, K] of each character's readings.

    `dictionary` is 0, or 1 + which reading the dictionary gives. Readings that a character does not have score -30.
    """

    def __init__(
        self,
        characters: str,
        readings: Mapping[str, Sequence[str]],
        width: int = 96,
        embedding: int = 64,
        blocks: int = 4,
        kernel: int = 7,
        expansion: int = 2,
        dropout: float = 0.1,
    ) -> None:
        """`characters` in the order of their ids, `readings` of those that have several."""
        super().__init__()
        self.config = {
            "characters": characters,
            "readings": {char: list(row) for char, row in readings.items()},
            "width": width,
            "embedding": embedding,
            "blocks": blocks,
            "kernel": kernel,
            "expansion": expansion,
            "dropout": dropout,
        }
        size = len(characters) + FIRST_CHARACTER
        most = max(len(row) for row in readings.values())
        pairs = torch.zeros(size, most, dtype=torch.long)  # 0: no such reading
        count = 1
        for index, char in enumerate(characters, start=FIRST_CHARACTER):
            for place in range(len(readings.get(char, ()))):
                pairs[index, place] = count
                count += 1
        self.pairs: Tensor
        self.register_buffer("pairs", pairs, persistent=False)
        self.embedding = nn.Embedding(size, embedding, padding_idx=0)
        self.enter = nn.Linear(embedding, width)
        self.places = nn.Embedding(PLACES * 2, width)  # of words the dictionary reads, and of others
        self.stack = ConvNeXtStack(width, blocks, kernel, expansion, dropout)
        self.norm = nn.LayerNorm(width)
        self.pair_vectors = nn.Embedding(count, width)
        self.pair_bias = nn.Embedding(count, 1)
        self.trust = nn.Linear(width, 1)
        self.dropout = dropout
        nn.init.normal_(self.embedding.weight, std=0.5)
        nn.init.normal_(self.pair_vectors.weight, std=width**-0.5)
        nn.init.zeros_(self.pair_bias.weight)
        nn.init.constant_(self.trust.bias, 3.0)

    def hidden(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        """What the context says of each place: [B, T, width]."""
        known = (dictionary > 0).long()
        x = self.enter(F.dropout(self.embedding(characters), self.dropout, self.training))
        x = x + self.places(places + PLACES * known)
        return self.norm(self.stack(x, (characters > 0).unsqueeze(2).to(x.dtype)))

    def scores(self, hidden: Tensor, characters: Tensor, dictionary: Tensor) -> Tensor:
        """Scores [..., K] from hidden [..., width]."""
        pairs = self.pairs[characters]
        scores = (self.pair_vectors(pairs) @ hidden.unsqueeze(-1) + self.pair_bias(pairs)).squeeze(-1)
        numbers = torch.arange(1, pairs.shape[-1] + 1, device=pairs.device)
        said = (dictionary.unsqueeze(-1) == numbers).to(scores.dtype)
        scores = scores + said * F.softplus(self.trust(hidden))
        return torch.where(pairs > 0, scores, torch.full_like(scores, -30.0))

    def forward(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        return self.scores(self.hidden(characters, places, dictionary), characters, dictionary)
