"""A published speaker encoder as a teacher: it has heard thousands of people, our recordings hold hundreds.

The weights are Resemblyzer's (Apache-2.0, the generalised end-to-end loss of Wan et al. 2018), which hears 40 mel bands
of 16 kHz sound every 10 ms. A small net in front of it makes those of our own mel, so that it can judge a mel that
no vocoder has spoken yet and gradients can flow through it. It only teaches; nothing of it ships.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.features import HOP, N_MELS, SAMPLE_RATE

BANDS = 40
STEP_S = 0.010
VECTOR_SIZE = 256
FRAMES = 160  # of 10 ms, which is what the published weights were trained on
FLOOR = 1e-6


def published_weights() -> dict[str, Tensor]:
    """State of the published encoder.

    Raises:
        ModuleNotFoundError: the package that brings it is not installed.
    """
    spec = find_spec("resemblyzer")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the teacher is not installed; run: pip install --no-deps resemblyzer")
    path = Path(spec.submodule_search_locations[0]) / "pretrained.pt"
    state: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)["model_state"]
    return state


class Published(nn.Module):
    """Power mel [B, T, 40] of 10 ms frames -> unit vectors [B, 256]."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(BANDS, VECTOR_SIZE, 3, batch_first=True)
        self.linear = nn.Linear(VECTOR_SIZE, VECTOR_SIZE)
        state = published_weights()
        self.load_state_dict({key: state[key] for key in self.state_dict()})

    def forward(self, mel: Tensor) -> Tensor:
        _, (hidden, _) = self.lstm(mel)
        return F.normalize(F.relu(self.linear(hidden[-1])), dim=1)


class MelBridge(nn.Module):
    """Our mel [B, T, 80] ln amplitude -> ln power [B, T', 40] of 10 ms frames, as the published encoder's front end
    would have measured it."""

    def __init__(self, channels: int = 160) -> None:
        super().__init__()
        self.straight = nn.Conv1d(N_MELS, BANDS, 1)
        self.bent = nn.Sequential(
            nn.Conv1d(N_MELS, channels, 5, padding=2), nn.GELU(),
            nn.Conv1d(channels, channels, 3, padding=1), nn.GELU(), nn.Conv1d(channels, BANDS, 3, padding=1),
        )  # fmt: skip
        for parameter in self.bent[-1].parameters():
            nn.init.zeros_(parameter)

    @torch.no_grad()
    def begin(self, mel: Tensor, published: Tensor) -> None:
        """Set the straight part by least squares on pairs, mel [B, T, 80] and ln power [B, T', 40]."""
        x = self.placed(mel)[:, :, : published.shape[1]].transpose(1, 2).reshape(-1, N_MELS)
        x = torch.cat([x, torch.ones(len(x), 1)], 1)
        solved = torch.linalg.lstsq(x, published.reshape(-1, BANDS)).solution
        self.straight.weight.copy_(solved[:N_MELS].T[..., None])
        assert self.straight.bias is not None
        self.straight.bias.copy_(solved[N_MELS])

    def forward(self, mel: Tensor) -> Tensor:
        x = self.placed(mel)
        return (self.straight(x) + self.bent(x)).transpose(1, 2)

    def placed(self, mel: Tensor) -> Tensor:
        """Our mel [B, T, 80] at the times of the published frames, [B, 80, T']."""
        steps = int(mel.shape[1] * HOP / SAMPLE_RATE / STEP_S)
        # Our frames are centred in their hops, the published ones begin with one centred at the first sample.
        at = (torch.arange(steps) * (STEP_S * SAMPLE_RATE / HOP) - 0.5).clamp_min(0)
        left = at.floor().long().clamp_max(mel.shape[1] - 2)
        part = (at - left)[None, :, None]
        return (mel[:, left] * (1 - part) + mel[:, left + 1] * part).transpose(1, 2)


class SpeakerTeacher(nn.Module):
    """Mel [B, T, 80] ln amplitude -> unit vectors [B, 256]; T of 138 (1.6 s) is what the weights were made for."""

    def __init__(self) -> None:
        super().__init__()
        self.bridge = MelBridge()
        self.published = Published().requires_grad_(False)

    def forward(self, mel: Tensor) -> Tensor:
        return self.published(self.bridge(mel).exp())
