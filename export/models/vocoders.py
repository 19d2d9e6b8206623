"""The vocoder families that can be trained here, behind one interface: mel, F0, voicing -> samples."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor, nn

from export.features import HOP
from export.models.excitation import pulse_train
from export.models.hifigan_istft import HifiganIstft, render_fine, source_features
from export.models.source_filter import SourceFilterVocoder, render


class Vocoder(nn.Module):
    """A net with its excitation and rendering.

    `net` is what is exported to ONNX; excitation and rendering are numpy at run time.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def synthesise(self, mel: Tensor, f0: Tensor, voicing: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Samples [B, T * 256] of mel [B, T, 80], f0 [B, T] Hz (continuous) and voicing [B, T]."""
        batch, frames = f0.shape
        start = torch.rand(batch, generator=generator)
        noise = torch.randn(batch, frames * HOP, generator=generator)
        with torch.autocast("cpu", enabled=False):
            pulses = pulse_train(f0, voicing, start)
        return self.render(mel, f0, voicing, pulses, noise)

    def render(self, mel: Tensor, f0: Tensor, voicing: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
        """Samples, given the excitation [B, T * 256]."""
        raise NotImplementedError


class SourceFilter(Vocoder):
    """See `export.models.source_filter`."""

    def __init__(self, **config: Any) -> None:
        super().__init__(SourceFilterVocoder(**config))

    def render(self, mel: Tensor, f0: Tensor, voicing: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
        filters = self.net(mel, f0, voicing)
        with torch.autocast("cpu", enabled=False):
            return render(filters, pulses, noise)


class HifiganSource(Vocoder):
    """See `export.models.hifigan_istft`."""

    def __init__(self, **config: Any) -> None:
        super().__init__(HifiganIstft(**config))

    def render(self, mel: Tensor, f0: Tensor, voicing: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
        with torch.autocast("cpu", enabled=False):
            source = source_features(pulses)
        filters = self.net(mel, f0, voicing, source)
        with torch.autocast("cpu", enabled=False):
            return render_fine(filters, source, noise)


class _Family(Protocol):
    def __call__(self, **config: Any) -> Vocoder: ...


VOCODERS: dict[str, _Family] = {"source_filter": SourceFilter, "hifigan": HifiganSource}


def build(kind: str, **config: Any) -> tuple[Vocoder, dict[str, Any]]:
    """A vocoder of a family and the config its checkpoint keeps."""
    return VOCODERS[kind](**config), {"kind": kind, **config}
