"""Judges whether a patch of mel comes from a recording, so that the acoustic model stops averaging detail away."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class MelDiscriminator(nn.Module):
    """Normalised mel patches [B, T, 80] -> scores and the features of each layer.

    Trained as a least-squares GAN (Mao et al. 2017).
    """

    def __init__(self, channels: tuple[int, ...] = (32, 64, 64, 96)) -> None:
        super().__init__()
        layers, last = [], 1
        for width in channels:
            conv = nn.Conv2d(last, width, (3, 5), stride=(2, 2), padding=(1, 2))
            layers.append(nn.utils.parametrizations.weight_norm(conv))
            last = width
        self.layers = nn.ModuleList(layers)
        self.outlet = nn.utils.parametrizations.weight_norm(nn.Conv2d(last, 1, 3, padding=1))

    def forward(self, mel: Tensor) -> tuple[Tensor, list[Tensor]]:
        x, features = mel[:, None], []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            features.append(x)
        return self.outlet(x), features
