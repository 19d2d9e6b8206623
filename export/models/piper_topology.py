"""piper's medium voice as a network of random weights, so that its speed can be measured where no voice can be had.

    python -m export.models.piper_topology piper.onnx
    qingyin bench --compare vits-topology --compare-model piper.onnx

Sources: J. Kim, J. Kong, J. Son, "Conditional Variational Autoencoder with Adversarial Learning for End-to-End
Text-to-Speech" (VITS), ICML 2021, and the published settings of piper's quality "medium". Sizes, kernels and the way
from ids to samples are theirs. Two things are lighter than in a real voice: durations come from VITS' plain predictor,
not from the stochastic one, and frames are looked up, not multiplied with an alignment matrix; both are at the rate of
phonemes, where a hundredth of the operations is. So the real one is a little slower than this.

Beside FILE.onnx it writes FILE.onnx.json and tokens.txt, with which piper and sherpa-onnx open it.
"""

from __future__ import annotations

import argparse
import io
import json
import math
import warnings
from pathlib import Path

import onnx
import torch
from torch import Tensor, nn

from export.models.hifigan import HifiganConfig, HifiganGenerator

SYMBOLS, CHANNELS, FILTER, LAYERS, HEADS, WINDOW = 256, 192, 768, 6, 2, 4
FLOWS, FLOW_LAYERS, FLOW_KERNEL = 4, 4, 5
FRAMES_PER_ID = 1.8  # about 4 syllables a second, of some 11 ids each
OPSET = 17
DECODER = HifiganConfig(
    resblock="2",
    upsample_rates=(8, 8, 4),
    upsample_kernel_sizes=(16, 16, 8),
    upsample_initial_channel=256,
    resblock_kernel_sizes=(3, 5, 7),
    resblock_dilation_sizes=((1, 2), (2, 6), (3, 12)),
    num_mels=CHANNELS,
)


class RelativeAttention(nn.Module):
    """Self-attention that knows offsets up to WINDOW phonemes: [B,C,N] -> [B,C,N]."""

    def __init__(self) -> None:
        super().__init__()
        self.size = CHANNELS // HEADS
        self.q, self.k, self.v, self.o = (nn.Conv1d(CHANNELS, CHANNELS, 1) for _ in range(4))
        self.key_offsets = nn.Parameter(torch.randn(2 * WINDOW + 1, self.size) * self.size**-0.5)
        self.value_offsets = nn.Parameter(torch.randn(2 * WINDOW + 1, self.size) * self.size**-0.5)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = (part(x).unflatten(1, (HEADS, self.size)).transpose(2, 3) for part in (self.q, self.k, self.v))
        place = torch.arange(x.shape[2])
        offset = place[None, :] - place[:, None]
        near = (offset.abs() <= WINDOW).float()
        index = offset.clamp(-WINDOW, WINDOW) + WINDOW
        by_offset = (q @ self.key_offsets.T).gather(3, index.expand(x.shape[0], HEADS, -1, -1))
        weights = ((q @ k.transpose(2, 3) + by_offset * near) / math.sqrt(self.size)).softmax(-1)
        share = torch.stack(
            [(weights * (offset == step).float()).sum(-1) for step in range(-WINDOW, WINDOW + 1)], -1
        )
        heard = weights @ v + share @ self.value_offsets
        result: Tensor = self.o(heard.transpose(2, 3).flatten(1, 2))
        return result


class ChannelNorm(nn.LayerNorm):
    """[B,C,N], normalised over C."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class TextEncoder(nn.Module):
    """Phoneme ids [B,N] -> hidden, mean and log deviation, [B,C,N] each."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(SYMBOLS, CHANNELS)
        self.attention = nn.ModuleList(RelativeAttention() for _ in range(LAYERS))
        self.widen = nn.ModuleList(nn.Conv1d(CHANNELS, FILTER, 3, padding=1) for _ in range(LAYERS))
        self.narrow = nn.ModuleList(nn.Conv1d(FILTER, CHANNELS, 3, padding=1) for _ in range(LAYERS))
        self.norms = nn.ModuleList(ChannelNorm(CHANNELS) for _ in range(2 * LAYERS))
        self.project = nn.Conv1d(CHANNELS, 2 * CHANNELS, 1)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = self.embedding(ids).transpose(1, 2) * math.sqrt(CHANNELS)
        for layer in range(LAYERS):
            x = self.norms[2 * layer](x + self.attention[layer](x))
            x = self.norms[2 * layer + 1](x + self.narrow[layer](torch.relu(self.widen[layer](x))))
        mean, log_deviation = self.project(x).chunk(2, 1)
        return x, mean, log_deviation


class DurationPredictor(nn.Module):
    """[B,C,N] -> ln of frames, [B,N]; of random weights, so the answer is in the bias."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv1d(CHANNELS, 256, 3, padding=1), nn.Conv1d(256, 256, 3, padding=1)
        self.norms = nn.ModuleList(ChannelNorm(256) for _ in range(2))
        self.last = nn.Conv1d(256, 1, 1)
        with torch.no_grad():
            self.last.weight *= 0.01
            nn.init.constant_(self.last.bias, math.log(FRAMES_PER_ID))  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        x = self.norms[0](torch.relu(self.first(x)))
        x = self.norms[1](torch.relu(self.second(x)))
        result: Tensor = self.last(x)[:, 0]
        return result


class Coupling(nn.Module):
    """One inverse step of the flow: half of the channels moves the other, [B,C,T] -> [B,C,T]."""

    def __init__(self) -> None:
        super().__init__()
        half = CHANNELS // 2
        self.pre, self.post = nn.Conv1d(half, CHANNELS, 1), nn.Conv1d(CHANNELS, half, 1)
        padding = FLOW_KERNEL // 2
        self.gates = nn.ModuleList(
            nn.Conv1d(CHANNELS, 2 * CHANNELS, FLOW_KERNEL, padding=padding) for _ in range(FLOW_LAYERS)
        )
        self.outs = nn.ModuleList(
            nn.Conv1d(CHANNELS, CHANNELS if layer == FLOW_LAYERS - 1 else 2 * CHANNELS, 1)
            for layer in range(FLOW_LAYERS)
        )

    def forward(self, x: Tensor) -> Tensor:
        kept, moved = x.chunk(2, 1)
        hidden = self.pre(kept)
        skipped = torch.zeros_like(hidden)
        for layer, (gate, out) in enumerate(zip(self.gates, self.outs, strict=True)):
            tanh, sigmoid = gate(hidden).chunk(2, 1)
            result = out(torch.tanh(tanh) * torch.sigmoid(sigmoid))
            if layer < FLOW_LAYERS - 1:
                onward, result = result.chunk(2, 1)
                hidden = hidden + onward
            skipped = skipped + result
        return torch.cat([kept, moved - self.post(skipped)], 1)


class PiperTopology(nn.Module):
    """Ids [1,N], their number [1], scales [3] (noise, length, noise of durations) -> audio [1,1,S], 22 050 Hz."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.durations = TextEncoder(), DurationPredictor()
        self.flow = nn.ModuleList(Coupling() for _ in range(FLOWS))
        self.decoder = HifiganGenerator(DECODER).remove_weight_norm()

    def forward(self, ids: Tensor, lengths: Tensor, scales: Tensor) -> Tensor:
        x, mean, log_deviation = self.encoder(ids)
        # the number of ids and the third scale are part of piper's interface; one sentence needs neither
        frames = torch.ceil(torch.exp(self.durations(x)) * scales[1]) + 0.0 * (scales[2] + lengths[0])
        ends = torch.cumsum(frames[0], 0)
        frame = torch.arange(ends[-1].long())  # type: ignore[call-overload]  # traced: the length stays a tensor
        phoneme = (frame[:, None] >= ends[None, :]).long().sum(1)
        mean, log_deviation = mean[:, :, phoneme], log_deviation[:, :, phoneme]
        z = mean + torch.randn_like(mean) * torch.exp(log_deviation.clamp(max=1.0)) * scales[0]
        for step in self.flow:
            z = step(z.flip(1))
        audio: Tensor = self.decoder(z)
        return audio


def build(seed: int = 0) -> bytes:
    """The serialised graph."""
    torch.manual_seed(seed)
    network = PiperTopology().eval()
    ids = torch.randint(0, SYMBOLS, (1, 40))
    buffer = io.BytesIO()
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (ids, torch.tensor([40]), torch.tensor([0.667, 1.0, 0.8])),
            buffer,  # type: ignore[arg-type]  # the TorchScript exporter takes a file object, the stub knows paths
            input_names=["input", "input_lengths", "scales"],
            output_names=["output"],
            dynamic_axes={"input": {1: "phonemes"}, "output": {2: "samples"}},
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load_model_from_string(buffer.getvalue())
    # what sherpa-onnx asks a piper voice
    for key, value in {"model_type": "vits", "comment": "piper", "language": "Chinese", "voice": "cmn",
                       "has_espeak": 1, "n_speakers": 1, "sample_rate": 22050}.items():  # fmt: skip
        entry = model.metadata_props.add()
        entry.key, entry.value = key, str(value)
    return model.SerializeToString(deterministic=True)


def phoneme_ids() -> dict[str, list[int]]:
    """piper's blank, begin and end, then characters in which espeak-ng writes Mandarin and English."""
    ipa = [chr(code) for code in (*range(0x250, 0x2A0), *range(0x2B0, 0x2D8))]
    characters = ["_", "^", "$", *map(chr, range(0x20, 0x7F)), *"æçðøħŋœβθχ", "\u0303", "\u0329", "\u032a", *ipa]
    symbols = list(dict.fromkeys(characters))[:SYMBOLS]
    return {symbol: [index] for index, symbol in enumerate(symbols)}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m export.models.piper_topology", description=__doc__.splitlines()[0])
    parser.add_argument("output", type=Path, metavar="FILE.onnx")
    output = parser.parse_args(argv).output
    output.write_bytes(build())
    ids = phoneme_ids()
    config = {
        "audio": {"sample_rate": 22050}, "espeak": {"voice": "cmn"}, "phoneme_type": "espeak",
        "inference": {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8},
        "num_symbols": SYMBOLS, "num_speakers": 1, "phoneme_id_map": ids, "speaker_id_map": {},
    }  # fmt: skip
    Path(f"{output}.json").write_text(json.dumps(config, ensure_ascii=False), encoding="utf-8")
    tokens = "".join(f"{symbol} {index}\n" for symbol, (index,) in ids.items())
    output.with_name("tokens.txt").write_text(tokens, encoding="utf-8")
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
