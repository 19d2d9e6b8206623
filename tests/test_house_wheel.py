"""The wheel must carry the models and nothing of the workshop, whatever lies about in the source tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tiny_models import build_models

ROOT = Path(__file__).resolve().parent.parent
BUILD_FILES = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with the clone's own modules and models out of sight."""
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "QINGYIN_MODELS")}
    environ = clean | environment
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def model_names(folder: Path) -> set[str]:
    """What a wheel carries of a model folder: the manifest, the files that it names, and the model card."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {entry["file"] for section in ("graphs", "voices") for entry in manifest[section].values()}
    return files | {"manifest.json", "MODEL_CARD.md"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a build needs, with tiny models, one that no manifest names, and a stale build."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in BUILD_FILES:
        shutil.copy(ROOT / name, tree / name)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "runtime", tree / "runtime", ignore=ignore)
    for folder in ("export", "tests"):
        (tree / folder).mkdir()
        (tree / folder / "__init__.py").touch()
    build_models(tree / "onnx_models")
    (tree / "onnx_models" / "MODEL_CARD.md").touch()
    (tree / "onnx_models" / "left_over.onnx").touch()
    stale = tree / "build" / "lib" / "qingyin" / "_models"
    stale.mkdir(parents=True)
    (stale / "stale.onnx").touch()
    return tree


def build_wheel(tree: Path) -> subprocess.CompletedProcess[str]:
    """Build without isolation, because tests need no network."""
    return run(
        sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
        "--disable-pip-version-check", "-w", "dist", ".", cwd=tree,
    )  # fmt: skip


def install_wheel(tree: Path, tmp_path: Path) -> tuple[Path, Path]:
    """Install the built wheel; returns the folder to put on the path, and an empty one to run in."""
    (wheel,) = (tree / "dist").glob("qingyin-*.whl")
    site, empty = tmp_path / "site", tmp_path / "empty"
    empty.mkdir()
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check")
    installed = run(*pip, "--target", site, wheel, cwd=empty)
    assert installed.returncode == 0, installed.stderr
    return site, empty


def names_in_wheel(tree: Path) -> set[str]:
    (wheel,) = (tree / "dist").glob("qingyin-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_wheel_holds_the_package_and_exactly_the_models_of_the_manifest(tree: Path) -> None:
    built = build_wheel(tree)
    assert built.returncode == 0, built.stderr
    names = names_in_wheel(tree)

    models = {name.removeprefix("qingyin/_models/") for name in names if name.startswith("qingyin/_models/")}
    assert models == model_names(tree / "onnx_models")

    sources = {str(path.relative_to(tree / "runtime")) for path in tree.glob("runtime/**/*.py")}
    assert sources <= names
    assert "qingyin/py.typed" in names
    assert {name.split("/")[0] for name in names} == {
        "qingyin",
        next(name for name in names if ".dist-info/" in name).split("/")[0],
    }
    assert any(name.endswith("/LICENSE") for name in names)


@pytest.mark.parametrize("damage", ["missing", "changed", "no manifest"])
def test_build_stops_when_a_model_is_not_what_the_manifest_says(tree: Path, damage: str) -> None:
    victim = next((tree / "onnx_models").glob("acoustic_encoder*.onnx"))
    if damage == "missing":
        victim.unlink()
    elif damage == "changed":
        victim.write_text("something else", encoding="utf-8")
    else:
        victim = victim.with_name("manifest.json")
        victim.unlink()
    built = build_wheel(tree)
    assert built.returncode != 0
    assert f"onnx_models/{victim.name}" in built.stdout + built.stderr
    assert not list(tree.glob("dist/*.whl"))


def test_installed_wheel_speaks_in_an_empty_folder(tree: Path, tmp_path: Path) -> None:
    if (ROOT / "onnx_models" / "manifest.json").is_file():  # speak with what ships, once there is something
        shutil.rmtree(tree / "onnx_models")
        shutil.copytree(ROOT / "onnx_models", tree / "onnx_models")
    built = build_wheel(tree)
    assert built.returncode == 0, built.stderr
    site, empty = install_wheel(tree, tmp_path)
    models = site / "qingyin" / "_models"
    assert sum(path.stat().st_size for path in models.rglob("*")) <= 30e6

    look = "import qingyin; print(qingyin.__file__)"
    found = run(sys.executable, "-c", look, cwd=empty, PYTHONPATH=str(site))
    assert Path(found.stdout.strip()).resolve().is_relative_to(site.resolve())

    say = (sys.executable, "-m", "qingyin", "say", "你好", "-o", "hello.wav")
    spoken = run(*say, cwd=empty, PYTHONPATH=str(site))
    assert spoken.returncode == 0, spoken.stderr
    assert [path.name for path in empty.iterdir()] == ["hello.wav"]
    assert (empty / "hello.wav").stat().st_size > 1_000
