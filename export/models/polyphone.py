"""Reads the polyphones of a sentence: a window of characters around each, and what the dictionary says of them.

Every pair of a character and one of its readings has a vector of its own; the score of a reading is its product with
what a small network makes of the window. What the dictionary says is a bonus on that reading's score, whose size the
window decides: so the training data, not a rule, says when context outweighs the dictionary. A window is enough (what
decides is near), and lets training compute only the places that are polyphones, a tenth of the work of a network over
whole sentences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

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
        width: int = 192,
        embedding: int = 64,
        reach: int = 5,
        pair_width: int = 96,
        dropout: float = 0.2,
    ) -> None:
        """`characters` in the order of their ids, `readings` of those that have several; `reach` to each side."""
        super().__init__()
        self.config: dict[str, Any] = {
            "characters": characters,
            "readings": {char: list(row) for char, row in readings.items()},
            "width": width,
            "embedding": embedding,
            "reach": reach,
            "pair_width": pair_width,
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
        self.reach, self.dropout = reach, dropout
        self.embedding = nn.Embedding(size, embedding, padding_idx=0)
        self.places = nn.Embedding(PLACES * 2, embedding)  # of words that the dictionary reads, and of others
        self.window = nn.Linear((2 * reach + 1) * embedding, width)
        self.middle = nn.Linear(width, pair_width)
        self.norm = nn.LayerNorm(pair_width)
        self.pair_vectors = nn.Embedding(count, pair_width)
        self.pair_bias = nn.Embedding(count, 1)
        self.trust = nn.Linear(pair_width, 1)
        nn.init.normal_(self.embedding.weight, std=0.5)
        nn.init.normal_(self.places.weight, std=0.3)
        nn.init.normal_(self.pair_vectors.weight, std=pair_width**-0.5)
        nn.init.zeros_(self.pair_bias.weight)
        nn.init.constant_(self.trust.bias, 3.0)

    def embed(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        """What is known of each place by itself: [..., embedding]."""
        x = self.embedding(characters) + self.places(places + PLACES * (dictionary > 0).long())
        return x * (characters > 0).unsqueeze(-1).to(x.dtype)

    def hidden(self, windows: Tensor) -> Tensor:
        """What a window says of its middle: [..., (2 reach + 1) embedding] -> [..., pair_width]."""
        x = F.gelu(self.window(F.dropout(windows, self.dropout, self.training)))
        return self.norm(self.middle(F.dropout(x, self.dropout, self.training)))

    def scores(self, hidden: Tensor, characters: Tensor, dictionary: Tensor) -> Tensor:
        """Scores [..., K] from hidden [..., pair_width]."""
        pairs = self.pairs[characters]
        scores = (self.pair_vectors(pairs) @ hidden.unsqueeze(-1) + self.pair_bias(pairs)).squeeze(-1)
        numbers = torch.arange(1, pairs.shape[-1] + 1, device=pairs.device)
        said = (dictionary.unsqueeze(-1) == numbers).to(scores.dtype)
        scores = scores + said * F.softplus(self.trust(hidden))
        return torch.where(pairs > 0, scores, torch.full_like(scores, -30.0))

    def at_middle(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        """Scores [N, K] of the middle of windows [N, 2 reach + 1]: what training computes."""
        windows = self.embed(characters, places, dictionary).flatten(1)
        return self.scores(self.hidden(windows), characters[:, self.reach], dictionary[:, self.reach])

    def forward(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        x = F.pad(self.embed(characters, places, dictionary), (0, 0, self.reach, self.reach))
        length = characters.shape[1]
        windows = torch.cat([x[:, shift : shift + length] for shift in range(2 * self.reach + 1)], dim=2)
        return self.scores(self.hidden(windows), characters, dictionary)
