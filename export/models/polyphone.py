"""Reads the polyphones of a sentence: a small recurrent network over its characters, and what the dictionary says.

Every pair of a character and one of its readings has a vector of its own; the score of a reading is its product with
what the network makes of the place. What the dictionary says is a bonus on that reading's score, whose size the
network decides. A recurrent network, because the open tagger that labels the training data (g2pM) is one: a pupil of
the same kind learns what it knows of rare words, down to its inner state, several times faster than a window of
characters does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FIRST_CHARACTER = 2  # 0 is padding, 1 an unknown character
PLACES = 4  # alone, first, middle, last in its word
IMPOSSIBLE = -30.0  # score of a reading that the character does not have


class PolyphoneModel(nn.Module):
    """characters, places, dictionary [B, T] int64 -> scores [B, T, K] of each character's readings.

    `dictionary` is 0, or 1 + which reading the dictionary gives.
    """

    def __init__(
        self,
        characters: str,
        readings: Mapping[str, Sequence[str]],
        embedding: int = 64,
        width: int = 64,
        pair_width: int = 96,
        dropout: float = 0.1,
        upper_width: int = 0,
    ) -> None:
        """`characters` in the order of their ids, `readings` of those that have several.

        `width` of each direction; `upper_width` likewise of a second layer, which adds to what the first one says and
        starts by adding nothing, so that it can be put on a trained model. 0: none.
        """
        super().__init__()
        self.config: dict[str, Any] = {
            "characters": characters,
            "readings": {char: list(row) for char, row in readings.items()},
            "embedding": embedding,
            "width": width,
            "pair_width": pair_width,
            "dropout": dropout,
            "upper_width": upper_width,
        }
        size = len(characters) + FIRST_CHARACTER
        most = max(len(row) for row in readings.values())
        pairs = torch.zeros(size, most, dtype=torch.int32)  # 0: no such reading
        count = 1
        for index, char in enumerate(characters, start=FIRST_CHARACTER):
            for place in range(len(readings.get(char, ()))):
                pairs[index, place] = count
                count += 1
        self.pairs: Tensor
        self.register_buffer("pairs", pairs, persistent=False)
        self.dropout = dropout
        self.embedding = nn.Embedding(size, embedding, padding_idx=0)
        self.places = nn.Embedding(PLACES * 2, embedding)  # of words that the dictionary reads, and of others
        self.recurrent = nn.LSTM(embedding, width, batch_first=True, bidirectional=True)
        self.upper: nn.LSTM | None = None
        if upper_width:
            self.upper = nn.LSTM(2 * width, upper_width, batch_first=True, bidirectional=True)
            self.added = nn.Linear(2 * upper_width, 2 * width)
            nn.init.zeros_(self.added.weight)
            nn.init.zeros_(self.added.bias)
        self.middle = nn.Linear(2 * width, pair_width)
        self.middle_places = nn.Embedding(PLACES * 2, pair_width)
        self.pair_vectors = nn.Embedding(count, pair_width)
        self.pair_bias = nn.Embedding(count, 1)
        self.trust = nn.Linear(pair_width, 1)
        nn.init.normal_(self.embedding.weight, std=0.3)
        nn.init.normal_(self.places.weight, std=0.02)
        nn.init.normal_(self.middle_places.weight, std=0.1)
        nn.init.normal_(self.pair_vectors.weight, std=pair_width**-0.5)
        nn.init.zeros_(self.pair_bias.weight)
        nn.init.constant_(self.trust.bias, 3.0)

    def forward(self, characters: Tensor, places: Tensor, dictionary: Tensor) -> Tensor:
        kinds = self.kinds(places, dictionary)
        return self.score(self.states(characters, kinds)[1], characters, kinds, dictionary)

    def kinds(self, places: Tensor, dictionary: Tensor) -> Tensor:
        """Rows of `places` and `middle_places`: place in the word, and whether the dictionary reads it."""
        return places + PLACES * (dictionary > 0).long()

    def states(self, characters: Tensor, kinds: Tensor) -> tuple[Tensor, Tensor]:
        """States [B, T, 2 width] at every place: of the first layer, and with what the second one adds."""
        known = (characters > 0).unsqueeze(-1).to(self.embedding.weight.dtype)
        first = recur(self.recurrent, (self.embedding(characters) + self.places(kinds)) * known)
        if self.upper is None:
            return first, first
        below = F.dropout(first, self.dropout, self.training)
        return first, first + self.added(recur(self.upper, below * known))

    def score(self, states: Tensor, characters: Tensor, kinds: Tensor, dictionary: Tensor) -> Tensor:
        """Scores [..., K] of the readings at places [...] with these states [..., 2 width]."""
        middle = F.gelu(self.middle(states) + self.middle_places(kinds))
        middle = F.dropout(middle, self.dropout, self.training)
        pairs = self.pairs[characters].long()
        scores = (self.pair_vectors(pairs) @ middle.unsqueeze(-1) + self.pair_bias(pairs)).squeeze(-1)
        numbers = torch.arange(1, pairs.shape[-1] + 1, device=pairs.device)
        said = (dictionary.unsqueeze(-1) == numbers).to(scores.dtype)
        scores = scores + said * F.softplus(self.trust(middle))
        return torch.where(pairs > 0, scores, torch.full_like(scores, IMPOSSIBLE))


def recur(layer: nn.LSTM, inputs: Tensor) -> Tensor:
    """States [B, T, 2 width] of a layer that begins with nothing, which ONNX must be told in so many words."""
    nothing = inputs.new_zeros(2, inputs.shape[0], layer.hidden_size)
    states: Tensor = layer(inputs, (nothing, nothing))[0]
    return states
