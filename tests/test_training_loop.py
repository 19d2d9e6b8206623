"""Training runs for hours and is stopped at any time: going on must give what never stopping would have given."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from export.features import SAMPLE_RATE
from export.training.blend import blended
from export.training.loop import Run
from export.training.losses import SpectralLoss

STEPS = 12


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QINGYIN_WORK", str(tmp_path))
    return tmp_path


def start(name: str = "small", size: int = 3) -> Run[nn.Linear]:
    torch.manual_seed(1)
    return Run(name, nn.Linear(4, size), {"size": size}, steps=STEPS, lr=0.01, warmup=4)


def step(run: Run[nn.Linear]) -> None:
    x = torch.randn(8, 4, generator=torch.Generator().manual_seed(run.step))
    run.update((run.model(x) - 1).pow(2).mean(), {"loss": 1.0})


def state(run: Run[nn.Linear]) -> dict[str, Tensor]:
    """Every number that the run's future depends on."""
    moments = {
        f"{n}.{key}": value for n, own in run.optimizer.state_dict()["state"].items() for key, value in own.items()
    }
    averages = {f"averaged.{key}": value for key, value in run.averaged.state_dict().items()}
    return run.model.state_dict() | averages | moments


def test_a_run_that_was_stopped_goes_on_exactly(capsys: pytest.CaptureFixture[str]) -> None:
    whole = start("whole")
    while whole.running:
        step(whole)
    first = start()
    for _ in range(5):
        step(first)
    first.save()
    second = start()
    assert second.step == 5
    assert "last.pt at step 5" in capsys.readouterr().out
    while second.running:
        step(second)
    assert second.step == whole.step == STEPS
    for key, value in state(whole).items():
        assert torch.equal(value, state(second)[key]), key


def test_learning_rate_rises_and_then_falls_to_three_per_cent() -> None:
    run = start()
    rates = []
    for run.step in range(STEPS + 1):
        rates.append(run.rate)
    assert rates[0] == pytest.approx(0.01 / 4)
    assert rates[1] < rates[2] < rates[3]
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[STEPS] == pytest.approx(0.0003)


def test_loss_that_is_no_number_stops_the_run_and_harms_nothing() -> None:
    run = start()
    step(run)
    before = {key: value.clone() for key, value in state(run).items()}
    with pytest.raises(FloatingPointError, match="loss is nan at step 1; resume with a lower --lr"):
        run.update(run.model(torch.full((1, 4), torch.nan)).sum(), {})
    assert run.step == 1
    for key, value in state(run).items():
        assert torch.equal(value, before[key]), key


def test_checkpoint_of_another_model_is_refused() -> None:
    run = start(size=3)
    run.save()
    with pytest.raises(ValueError, match=r"last\.pt is of a model with other parts or sizes"):
        start(size=5)


def test_averaged_weights_lag_behind_and_are_not_trained() -> None:
    run = start()
    begin = run.averaged.weight.clone()
    for _ in range(3):
        step(run)
    assert not run.averaged.weight.requires_grad
    assert torch.dist(run.averaged.weight, begin) < torch.dist(run.model.weight, begin)
    assert not torch.equal(run.averaged.weight, begin)


def test_log_is_one_json_object_a_line(work: Path) -> None:
    run = start()
    run.log({"mel": 0.123456}, "held_out")
    [line] = (work / "runs" / "small" / "log.jsonl").read_text().splitlines()
    assert json.loads(line) == {"step": 0, "seconds": 0, "kind": "held_out", "mel": 0.1235}


def band_noise(low_hz: float, high_hz: float, seed: int, size: int = 8192) -> Tensor:
    """Noise [1, size] of one band that fades in and out, so that its edges spill nothing into other bands."""
    spectrum = torch.fft.rfft(torch.randn(size, generator=torch.Generator().manual_seed(seed)))
    hz = torch.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    noise = torch.fft.irfft(spectrum * ((hz >= low_hz) & (hz < high_hz)), size)
    return (0.1 * noise * torch.hann_window(size))[None]


def test_loss_does_not_hear_what_lies_above_the_bandwidth() -> None:
    loss = SpectralLoss()
    target = band_noise(0, 7000, seed=0)
    output = target + band_noise(9500, 11000, seed=1)
    narrow, wide = torch.tensor([7800.0]), torch.tensor([11025.0])
    for blind, seeing in zip(loss(output, target, narrow), loss(output, target, wide), strict=True):
        assert blind < 0.02 * seeing
    for same in loss(target, target, wide):
        assert same == 0


def test_loss_falls_when_the_output_comes_closer() -> None:
    loss, target, other = SpectralLoss(), band_noise(0, 7000, seed=0), band_noise(0, 7000, seed=1)
    bandwidth = torch.tensor([7800.0])
    parts = [loss(target + amount * other, target, bandwidth) for amount in (0.0, 0.1, 0.5)]
    for near, middle, far in zip(*parts, strict=True):
        assert near < middle < far


def test_a_blend_lies_between_two_checkpoints_of_one_model() -> None:
    first = {"weight": torch.zeros(3), "steps": torch.tensor(4)}
    second = {"weight": torch.ones(3), "steps": torch.tensor(9)}
    between = blended(first, second, 0.75)
    assert torch.equal(between["weight"], torch.full((3,), 0.75))
    assert between["steps"] == 9
    with pytest.raises(ValueError, match="other parts"):
        blended(first, {"weight": torch.ones(4), "steps": torch.tensor(9)}, 0.5)
