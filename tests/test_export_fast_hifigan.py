"""HiFi-GAN with fewer products: the same sound as its convolutions give, at any length, batch and cut."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from export.cpu_session import session
from export.graphs import hifigan_spec
from export.models import hifigan
from export.models.blocked_layout import Delayed
from export.models.fast_generator import FastGenerator, phases_for
from export.models.hifigan import HifiganConfig, HifiganGenerator, ResBlock1, ResBlock2
from export.models.paired_samples import PairedBlock, can_be_paired
from export.models.phase_convolution import PhaseBlock, PhaseConvolution, from_phases, to_phases
from export.models.rate_changes import LastConvolution, Upsampling
from export.models.toom_cook import correlation
from export.to_onnx import export_graph
from tools import graph_measure
from tools.graph_precision import NothingToQuantise, convert

torch.set_num_threads(1)
SIZES = {
    "half V1": dataclasses.replace(hifigan.V1, upsample_initial_channel=256),  # 128 channels, then 64, 32, 16
    "V2": hifigan.V2,
    "V3": hifigan.V3,
}


def loud(config: HifiganConfig) -> HifiganGenerator:
    """Seeded, and with weights of the size of trained ones, so that every block changes what is heard."""
    torch.manual_seed(5)
    generator = HifiganGenerator(config).eval().remove_weight_norm()
    with torch.no_grad():
        for name, module in generator.named_modules():
            if isinstance(module, (nn.Conv1d, nn.ConvTranspose1d)):
                taps = module.kernel_size[0] / module.stride[0]  # of a transposed one, what an output hears
                heard = module.in_channels * taps
                gain = 0.2 if name == "conv_post" else 0.5 if name.startswith("resblocks") else 1.0
                module.weight.normal_(0.0, gain * (2.0 / heard) ** 0.5)
                if module.bias is not None:
                    module.bias.normal_(0.0, 0.1)
    return generator


def mel(frames: int, batch: int = 1) -> torch.Tensor:
    return torch.randn(batch, 80, frames, generator=torch.Generator().manual_seed(frames)) - 1.0


def rows(x: torch.Tensor) -> torch.Tensor:
    """[B, C, T] -> [B, 1, T, C]."""
    return x.transpose(1, 2).unsqueeze(1)


@pytest.mark.parametrize("outputs", [4, 8])
@pytest.mark.parametrize("taps", [3, 5, 7, 9, 11, 13])
def test_products_at_points_are_the_correlation(outputs: int, taps: int) -> None:
    algorithm = correlation(outputs, taps)
    rng = np.random.default_rng(taps)
    x, g = rng.standard_normal((outputs + taps - 1, 500)), rng.standard_normal((taps, 500))
    wanted = np.stack([(g * x[i : i + taps]).sum(axis=0) for i in range(outputs)])
    exact = algorithm.output @ ((algorithm.kernel @ g) * (algorithm.data @ x))
    assert np.abs(exact - wanted).max() < 1e-10
    single = [matrix.astype(np.float32) for matrix in (algorithm.output, algorithm.kernel, algorithm.data)]
    rounded = single[0] @ ((single[1] @ g.astype(np.float32)) * (single[2] @ x.astype(np.float32)))
    assert np.sqrt(np.mean((rounded - wanted) ** 2)) < 5e-6 * wanted.std()
    assert len(algorithm.kernel) < outputs * taps / 1.9


def test_points_must_be_an_even_number() -> None:
    with pytest.raises(ValueError, match="even number"):
        correlation(8, 4)


@pytest.mark.parametrize("phases", [4, 8])
@pytest.mark.parametrize(("taps", "dilation"), [(3, 1), (3, 5), (7, 3), (11, 1), (11, 5), (5, 7)])
def test_a_convolution_over_phases(phases: int, taps: int, dilation: int) -> None:
    torch.manual_seed(taps)
    conv = nn.Conv1d(12, 20, taps, dilation=dilation, padding=taps // 2 * dilation)
    over_phases = PhaseConvolution(conv, phases)
    with torch.inference_mode():
        for length in (phases, 5 * phases, 16 * phases):  # shorter than what a tile reads, and longer
            x = torch.randn(2, 12, length)
            y = from_phases(over_phases(to_phases(rows(x), phases)))
            assert torch.allclose(y, rows(conv(x)), atol=2e-5), length


@pytest.mark.parametrize("block", [ResBlock1(8, 7, (1, 3, 5)), ResBlock2(8, 3, (1, 3))])
def test_a_block_over_phases(block: ResBlock1 | ResBlock2) -> None:
    hifigan.fold_weight_norm(block)
    with torch.inference_mode():
        x = torch.randn(1, 8, 64)
        assert torch.allclose(from_phases(PhaseBlock(block, 8)(to_phases(rows(x), 8))), rows(block(x)), atol=1e-5)


@pytest.mark.parametrize("taps", [3, 7, 11])
@pytest.mark.parametrize("dilations", [(1, 3, 5), (7, 1)])
def test_a_block_of_paired_samples(taps: int, dilations: tuple[int, ...]) -> None:
    block = ResBlock1(8, taps, dilations)
    hifigan.fold_weight_norm(block)
    assert can_be_paired(block)
    with torch.inference_mode():
        for length in (2, 10, 64):  # shorter than what a convolution reads, and longer
            x = torch.randn(2, 8, length)
            pairs = rows(x).reshape(2, 1, -1, 16).permute(0, 3, 1, 2)
            y = PairedBlock(block)(pairs).permute(0, 2, 3, 1).reshape(2, 1, -1, 8)
            assert torch.allclose(y, rows(block(x)), atol=1e-5), length


def test_some_blocks_cannot_be_paired() -> None:
    assert not can_be_paired(ResBlock1(8, 5, (1, 3)))  # six samples would be three pairs and a half
    assert not can_be_paired(ResBlock1(8, 3, (1, 2)))  # a dilation of 2 never leads to an odd sample
    assert not can_be_paired(ResBlock2(8, 3, (1, 3)))


def test_delays_of_two_kinds_only() -> None:
    x = torch.arange(1.0, 6.0).repeat(2, 1)[None, :, None]
    assert Delayed([0, 2], padding=2, slope=None)(x)[0, :, 0].tolist() == [[1, 2, 3, 4, 5, 0, 0], [0, 0, 1, 2, 3, 4, 5]]
    assert torch.allclose(Delayed([0, 0])(-x), -0.1 * x)
    with pytest.raises(ValueError, match="delays"):
        Delayed([0, 1, 2])


@pytest.mark.parametrize(("taps", "rate"), [(16, 8), (4, 2), (9, 5), (3, 3), (11, 3)])
def test_a_transposed_convolution_as_one(taps: int, rate: int) -> None:
    up = nn.ConvTranspose1d(6, 4, taps, rate, padding=(taps - rate) // 2)
    with torch.inference_mode():
        for length in (1, 2, 17):
            x = torch.randn(2, 6, length)
            y = Upsampling(up, gain=0.5)(x.unsqueeze(2))
            assert torch.allclose(y, rows(up(0.5 * x)), atol=1e-5), length


@pytest.mark.parametrize(("rate", "paired"), [(256, 1), (256, 2), (20, 1), (20, 2), (5, 1)])
def test_the_last_convolution_gives_several_samples_at_once(rate: int, paired: int) -> None:
    conv = nn.Conv1d(8, 1, 7, padding=3)
    with torch.inference_mode():
        x = torch.randn(2, 8, 3 * rate)
        pairs = rows(x).reshape(2, 1, -1, paired * 8).permute(0, 3, 1, 2)
        y = LastConvolution(conv, 0.25, rate, paired)(pairs)
        assert torch.allclose(y, torch.tanh(conv(0.25 * x)), atol=1e-6)


def test_only_what_pays_and_can_be_is_rewritten() -> None:
    assert phases_for(ResBlock1(128, 3, (1, 3, 5)), 64) == 8
    assert phases_for(ResBlock1(128, 3, (1, 3, 5)), 4) == 4
    assert phases_for(ResBlock1(128, 3, (1, 3, 5)), 10) is None  # such a length fills no whole tiles
    assert phases_for(ResBlock1(128, 3, (1, 2)), 64) is None  # 2 would not visit every phase
    assert phases_for(ResBlock1(16, 3, (1, 3, 5)), 256) is None


@cache
def exported(size: str) -> tuple[HifiganGenerator, bytes]:
    generator = loud(SIZES[size])
    return generator, export_graph(hifigan_spec(generator))


@pytest.mark.parametrize("size", SIZES)
def test_a_generator_sounds_the_same(size: str) -> None:
    generator, graph = exported(size)
    run = session(graph)
    for batch, frames in ((1, 7), (1, 24), (2, 7)):
        with torch.inference_mode():
            wanted = generator(mel(frames, batch)).numpy()
            assert np.abs(FastGenerator(generator)(mel(frames, batch)).numpy() - wanted).max() < 2e-5
        assert 0.1 < np.abs(wanted).max() <= 1.0
        found = run.run(None, {"mel": mel(frames, batch).numpy()})[0]
        assert found.shape == wanted.shape and np.abs(found - wanted).max() < 2e-5


def test_little_is_done_outside_of_the_blocked_layout(tmp_path: Path) -> None:
    """A sum whose lengths have no names is not joined with its convolution, a plain LeakyReLU leaves the layout."""
    _, graph = exported("V2")
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(tmp_path / "optimised.onnx"), 3
    onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    optimised = onnx.load(tmp_path / "optimised.onnx").graph
    blocked = [node for node in optimised.node if node.op_type == "Conv" and "nchwc" in node.domain]
    if not blocked:
        pytest.skip("ONNX Runtime has no blocked convolutions for this processor")
    assert len(blocked) > 60
    assert sum(len(node.input) == 4 for node in blocked) >= 3 * 10  # every residual sum of ten blocks
    assert sum(node.op_type == "ReorderOutput" for node in optimised.node) <= 6


def test_a_chunk_is_the_same_part_of_the_whole() -> None:
    generator, graph = exported("half V1")
    run, context, hop = session(graph), generator.config.receptive_field_frames, generator.config.hop_size
    whole_mel = mel(70).numpy()
    whole = run.run(None, {"mel": whole_mel})[0][0, 0]
    for first, last in ((0, 13), (13, 14), (14, 51), (51, 70)):
        left, right = max(0, first - context), min(70, last + context)
        part = run.run(None, {"mel": whole_mel[:, :, left:right]})[0][0, 0]
        own = part[(first - left) * hop : (last - left) * hop]
        assert np.abs(own - whole[first * hop : last * hop]).max() < 2e-5


def test_the_file_holds_the_weights_of_the_convolutions() -> None:
    generator, graph = exported("half V1")
    weights = sum(4 * parameter.numel() for parameter in generator.parameters())
    assert weights < len(graph) < 1.05 * weights + 500_000
    nodes = {node.op_type for node in onnx.load_model_from_string(graph).graph.node}
    assert {"MatMul", "Conv"} <= nodes
    direct = onnx.load_model_from_string(export_graph(hifigan_spec(generator, fast=False)))
    assert "MatMul" not in {node.op_type for node in direct.graph.node}


def test_fewer_bits_are_stored_but_not_computed_with() -> None:
    _, graph = exported("half V1")
    stored = convert(graph, "int8-storage")
    assert len(stored) < 0.32 * len(graph)
    wanted, found = (session(form).run(None, {"mel": mel(24).numpy()})[0] for form in (graph, stored))
    assert graph_measure.snr_db(wanted, found) > 15.0  # seeded weights are the hardest to round
    for precision in ("int8", "int8-conv", "fp16"):
        with pytest.raises(NothingToQuantise, match="--convolutions direct"):
            convert(graph, precision, calibration=[{"mel": mel(24).numpy()}])
