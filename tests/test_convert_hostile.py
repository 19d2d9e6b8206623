"""Checkpoints that are damaged, or made to do harm: each refused with its reason, and nothing of it is run."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from export.convert.command import main
from export.models import hifigan

TINY = dataclasses.replace(hifigan.V1, upsample_initial_channel=16)
State = dict[str, torch.Tensor]


class Payload:
    """Writes a file when it is unpickled."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (self.target,)


def state() -> State:
    torch.manual_seed(1)
    return hifigan.published_state(hifigan.HifiganGenerator(TINY).state_dict())


def tensors(change: Callable[[State], Any]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        values = state()
        change(values)
        torch.save({"generator": values}, path)

    return make


def raw(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def cut(share: float) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        torch.save({"generator": state()}, path)
        path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    return make


def pickled(path: Path) -> None:
    torch.save({"generator": state(), "extra": Payload(str(path.parent / "RAN"))}, path)


def bare_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Payload(str(path.parent / "RAN"))))


def pickle_in_zip(path: Path) -> None:
    """A file that looks like PyTorch's own, whose pickle calls a function."""
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(Payload(str(path.parent / "RAN")), protocol=2))
        file.writestr("archive/version", "3\n")


def whole_module(path: Path) -> None:
    torch.save({"generator": torch.nn.Conv1d(1, 1, 1)}, path)


def safetensors(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        save_file({name: value.contiguous() for name, value in state().items()}, path)
        path.write_bytes(change(path.read_bytes()))

    return make


def overlapping(data: bytes) -> bytes:
    """The header claims that two tensors share bytes."""
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    names = [name for name in header if name != "__metadata__"]
    header[names[1]]["data_offsets"] = header[names[0]]["data_offsets"]
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data[8 + length :]


def change_config(**values: Any) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        torch.save({"generator": state()}, path)
        config = {**TINY.to_dict(), **values}
        (path.parent / "config.json").write_text(json.dumps(config))

    return make


def put(name: str, value: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[State], Any]:
    return lambda values: values.update({name: value(values[name])})


WEIGHT = "conv_pre.weight_v"
NOT_RUN = "nothing of it was run"
CASES: dict[str, tuple[str, Callable[[Path], None], str]] = {
    "a pickle with a call": ("g_1", pickled, NOT_RUN),
    "a bare pickle with a call": ("g_1", bare_pickle, NOT_RUN),
    "a call in PyTorch's own format": ("g_1", pickle_in_zip, NOT_RUN),
    "a whole module": ("g_1", whole_module, NOT_RUN),
    "empty": ("g_1", raw(b""), "is empty"),
    "a web page": ("g_1", raw(b"<!doctype html><title>404</title>"), "a web page or JSON"),
    "a Git LFS pointer": ("g_1", raw(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n"), "git lfs pull"),
    "noise": ("g_1", raw(bytes(range(256)) * 40), "is damaged"),
    "cut off at nine tenths": ("g_1", cut(0.9), "damaged or truncated"),
    "cut off at a tenth": ("g_1", cut(0.1), "damaged or truncated"),
    "NaN": ("g_1", tensors(put(WEIGHT, lambda x: x.fill_(float("nan")))), "no finite numbers"),
    "one infinity": ("g_1", tensors(lambda s: s["conv_post.bias"].fill_(float("inf"))), "conv_post.bias: 1 of 1"),
    "whole numbers": ("g_1", tensors(put(WEIGHT, lambda x: x.long())), "torch.int64"),
    "complex numbers": ("g_1", tensors(put(WEIGHT, lambda x: x.to(torch.complex64))), "torch.complex64"),
    "another shape": ("g_1", tensors(put(WEIGHT, lambda x: x[:1])), "shape [1, 80, 7]"),
    "a shape without storage": (
        "g_1", tensors(put(WEIGHT, lambda x: torch.zeros(1).expand(10**9))), "shape [1000000000]"),
    "a missing tensor": ("g_1", tensors(lambda s: s.pop("conv_pre.bias")), "conv_pre.bias: missing"),
    "an unknown tensor": ("g_1", tensors(lambda s: s.update(evil=torch.zeros(1))), "evil: unknown"),
    "no generator": ("g_1", lambda path: torch.save({"optimizer": {}}, path), "no state_dict"),
    "a list": ("g_1", lambda path: torch.save([torch.zeros(1)], path), "not a state_dict"),
    "a discriminator": ("g_1", lambda path: torch.save({"mpd": {"w": torch.zeros(1)}}, path), "no state_dict"),
    "safetensors cut off": ("g.safetensors", safetensors(lambda data: data[:-100]), "damaged or truncated"),
    "a header without end": ("g.safetensors", raw(struct.pack("<Q", 2**62) + b"{}"), "damaged or truncated"),
    "a header that is no JSON": ("g.safetensors", raw(struct.pack("<Q", 4) + b"abcd"), "damaged or truncated"),
    "tensors that overlap": ("g.safetensors", safetensors(overlapping), "damaged or truncated"),
    "a config of another hop": ("g_1", change_config(hop_size=300), "multiply to 256"),
    "a config with text for numbers": ("g_1", change_config(upsample_rates="8888"), "config.json"),
    "a config of another size": ("g_1", change_config(upsample_initial_channel=32), "the config asks for"),
    "a config with nothing for rates": ("g_1", change_config(upsample_rates=None), "config.json"),
    "a config of negative size": ("g_1", change_config(upsample_initial_channel=-16), "config.json"),
    "a config of a zero rate": ("g_1", change_config(upsample_rates=[0, 8, 2, 2], hop_size=0), "config.json"),
    "a config of an enormous size": ("g_1", change_config(upsample_initial_channel=2**40), "config.json"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_its_reason(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, make, reason = CASES[case]
    source = tmp_path / "source"
    source.mkdir()
    (source / "config.json").write_text(json.dumps(TINY.to_dict()))
    make(source / name)
    assert main([str(source / name), "--as", "vocoder", "-o", str(tmp_path / "set")]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert not (tmp_path / "set").exists()
    assert not (source / "RAN").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', "[" * 100_000])
def test_configs_that_are_none(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tensors(lambda values: None)(tmp_path / "g_1")
    (tmp_path / "config.json").write_text(text)
    assert main([str(tmp_path / "g_1"), "--as", "vocoder", "-o", str(tmp_path / "set")]) == 2
    assert "config.json" in capsys.readouterr().err
