"""What all test files share: a tiny model set, a run on nothing but it, patience with random examples, interrupts."""

from __future__ import annotations

import signal
from pathlib import Path

import hypothesis
import pytest

import tiny_models

# How long an example takes, and how long it takes to find ten, is the machine's business.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")

# A shell's background job, as tests may be, begins with interrupts ignored and would hand that down to the programs
# that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model set of tiny graphs, made once a file."""
    return tiny_models.build_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def chosen_models(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny set as the one that is used unless another is named, in an empty folder."""
    monkeypatch.setenv("QINGYIN_MODELS", str(models))
    monkeypatch.chdir(tmp_path)
