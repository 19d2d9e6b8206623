"""The wheel must carry the models and nothing of the workshop, whatever lies about in the source tree."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BUILD_FILES = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE")
# Bytes are enough: a build looks at names and hashes only.
GRAPHS = {"acoustic_encoder": "acoustic_encoder.onnx", "vocoder_hifigan": "vocoder_hifigan.int8.onnx"}
VOICES = {"yuetan": "voices/yuetan.json", "chenwang": "voices/chenwang.json"}


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with the clone's own modules out of sight."""
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    environ = clean | environment
    words = [str(part) for part in command]
    return subprocess.run(words, cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def write_fake_models(folder: Path) -> None:
    """The files of GRAPHS and VOICES, a manifest that names them, and one file that it does not name."""
    manifest: dict[str, dict[str, dict[str, str]]] = {"graphs": {}, "voices": {}}
    for section, files in (("graphs", GRAPHS), ("voices", VOICES)):
        for name, file in files.items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"stands for {file}", encoding="utf-8")
            manifest[section][name] = {"file": file, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text("# card", encoding="utf-8")
    (folder / "left_over.onnx").write_text("named by nobody", encoding="utf-8")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of what a build needs, with fake models, and with traces of an earlier build."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in BUILD_FILES:
        shutil.copy(ROOT / name, tree / name)
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "runtime", tree / "runtime", ignore=ignore)
    for folder in ("export", "tests"):
        (tree / folder).mkdir()
        (tree / folder / "__init__.py").touch()
    write_fake_models(tree / "onnx_models")
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
    assert models == {"manifest.json", "MODEL_CARD.md", *GRAPHS.values(), *VOICES.values()}

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
    victim = tree / "onnx_models" / "acoustic_encoder.onnx"
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


def test_installed_wheel_is_imported_outside_the_clone(tree: Path, tmp_path: Path) -> None:
    built = build_wheel(tree)
    assert built.returncode == 0, built.stderr
    site, empty = install_wheel(tree, tmp_path)
    look = "import qingyin, pathlib; print(pathlib.Path(qingyin.__file__).resolve().parent)"
    answer = run(sys.executable, "-c", look, cwd=empty, PYTHONPATH=str(site))
    assert answer.returncode == 0, answer.stderr
    package = Path(answer.stdout.strip())
    assert package == (site / "qingyin").resolve()
    assert (package / "_models" / "manifest.json").is_file()


@pytest.mark.skipif(
    not (ROOT / "onnx_models" / "manifest.json").is_file(), reason="onnx_models/ has no exported models yet"
)
def test_wheel_of_the_real_models_is_small_and_speaks_in_an_empty_folder(tree: Path, tmp_path: Path) -> None:
    shutil.rmtree(tree / "onnx_models")
    shutil.copytree(ROOT / "onnx_models", tree / "onnx_models")
    built = build_wheel(tree)
    assert built.returncode == 0, built.stderr
    (wheel,) = (tree / "dist").glob("qingyin-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        size = sum(i.file_size for i in archive.infolist() if i.filename.startswith("qingyin/_models/"))
    assert size <= 30e6

    site, empty = install_wheel(tree, tmp_path)
    say = "import sys; from qingyin.cli import main; sys.exit(main())"
    spoken = run(sys.executable, "-c", say, "say", "你好", "-o", "hello.wav", cwd=empty, PYTHONPATH=str(site))
    assert spoken.returncode == 0, spoken.stderr
    assert [path.name for path in empty.iterdir()] == ["hello.wav"]
    assert (empty / "hello.wav").stat().st_size > 10_000
