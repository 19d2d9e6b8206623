"""Fixtures that several test files share: a tiny model set, and a run on nothing but it."""

from __future__ import annotations

from pathlib import Path

import pytest

import tiny_models


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model set of tiny graphs, made once a file."""
    return tiny_models.build_models(tmp_path_factory.mktemp("models"))


@pytest.fixture
def chosen_models(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tiny set as the one that is used unless another is named, in an empty folder."""
    monkeypatch.setenv("QINGYIN_MODELS", str(models))
    monkeypatch.chdir(tmp_path)
