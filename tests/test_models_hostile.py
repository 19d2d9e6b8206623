"""Archives that somebody made to do harm, or that broke on the way: each refused with its reason, nothing is left."""

from __future__ import annotations

import io
import json
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tiny_models
from qingyin.cli.main import main
from qingyin.model_sets.store import store_folder

Make = Callable[[Path, Path], Path]  # (a good set, a folder to write into) -> what is then added


def zipped(models: Path, folder: Path, change: Callable[[zipfile.ZipFile], None], skip: str = "") -> Path:
    path = folder / "bad.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for part in sorted(models.rglob("*")):
            if part.is_file() and part.name != skip:
                file.write(part, part.relative_to(models).as_posix())
        change(file)
    return path


def tarred(models: Path, folder: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    path = folder / "bad.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        file.add(models, ".")
        for info, data in members:
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return path


def linked(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def zip_entry(name: str, data: bytes = b"x", mode: int = 0, flags: int = 0) -> Callable[[zipfile.ZipFile], None]:
    def change(file: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("placeholder")
        info.filename = info.orig_filename = name
        info.external_attr = mode << 16
        info.compress_type = zipfile.ZIP_DEFLATED
        file.writestr(info, data)
        info.flag_bits |= flags

    return change


def cut(models: Path, folder: Path) -> Path:
    path = tarred(models, folder)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def cut_zip(models: Path, folder: Path) -> Path:
    path = zipped(models, folder, lambda file: None)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def flipped(models: Path, folder: Path) -> Path:
    """A byte of the packed data is another: the archive's own checksum finds it."""
    path = zipped(models, folder, lambda file: None)
    data = bytearray(path.read_bytes())
    at = data.find(b"acoustic_decoder.onnx") + 400
    data[at] ^= 0xFF
    path.write_bytes(bytes(data))
    return path


def text_file(models: Path, folder: Path) -> Path:
    (folder / "bad.zip").write_text("<html>404</html>")
    return folder / "bad.zip"


def edited(change: Callable[[dict[str, Any]], Any], raw: str | None = None) -> Make:
    def make(models: Path, folder: Path) -> Path:
        manifest = tiny_models.read_manifest(models)
        change(manifest)
        text = raw if raw is not None else json.dumps(manifest)
        return zipped(models, folder, lambda file: file.writestr("manifest.json", text), skip="manifest.json")

    return make


def swollen(models: Path, folder: Path) -> Path:
    """A voice of 2 MB that packs into 2 kB."""
    return zipped(models, folder, lambda file: file.writestr("voices/yuetan.json", b" " * 2_000_000), "yuetan.json")


def bomb(models: Path, folder: Path) -> Path:
    return zipped(models, folder, zip_entry("MODEL_CARD.md", b"0" * 40_000_000))


def tar_bomb(models: Path, folder: Path) -> Path:
    return tarred(models, folder, (tarfile.TarInfo("MODEL_CARD.md"), b"0" * 40_000_000))


def lying(models: Path, folder: Path) -> Path:
    """The headers of a zip say 10 bytes, the data are more."""
    path = zipped(models, folder, zip_entry("MODEL_CARD.md", b"0" * 5000))
    data = path.read_bytes()
    path.write_bytes(data.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    return path


def damaged_graph(models: Path, folder: Path) -> Path:
    size = (models / "acoustic_encoder.onnx").stat().st_size
    name = "acoustic_encoder.onnx"
    return zipped(models, folder, lambda file: file.writestr(name, b"x" * size), name)


def many(models: Path, folder: Path) -> Path:
    def fill(file: zipfile.ZipFile) -> None:
        for index in range(2100):
            file.writestr(f"voices/{index}.json", b"")

    return zipped(models, folder, fill)


def set_graph(key: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda manifest: manifest["graphs"]["acoustic_encoder"].update({key: value})


ZIP_SLIP = "a path that leads out of the folder"
CASES: dict[str, tuple[Make, str]] = {
    "zip slip": (lambda m, f: zipped(m, f, zip_entry("../../evil")), ZIP_SLIP),
    "zip slip inside": (lambda m, f: zipped(m, f, zip_entry("voices/../../evil")), ZIP_SLIP),
    "absolute path": (lambda m, f: zipped(m, f, zip_entry("/etc/evil")), ZIP_SLIP),
    "drive letter": (lambda m, f: zipped(m, f, zip_entry("C:evil")), ZIP_SLIP),
    "backslashes": (lambda m, f: zipped(m, f, zip_entry("..\\..\\evil")), ZIP_SLIP),
    "a link in a zip": (lambda m, f: zipped(m, f, zip_entry("a", b"/etc/passwd", stat.S_IFLNK)), "a link or a device"),
    "a device in a zip": (lambda m, f: zipped(m, f, zip_entry("a", b"", stat.S_IFCHR)), "a link or a device"),
    "tar slip": (lambda m, f: tarred(m, f, (tarfile.TarInfo("../evil"), b"x")), ZIP_SLIP),
    "absolute in a tar": (lambda m, f: tarred(m, f, (tarfile.TarInfo("/tmp/evil"), b"x")), ZIP_SLIP),
    "a symbolic link": (
        lambda m, f: tarred(m, f, (linked("README.md", "/etc/passwd", tarfile.SYMTYPE), b"")), "a link or a device"),
    "a hard link": (
        lambda m, f: tarred(m, f, (linked("README.md", "/etc/passwd", tarfile.LNKTYPE), b"")), "a link or a device"),
    "a pipe": (lambda m, f: tarred(m, f, (linked("README.md", "", tarfile.FIFOTYPE), b"")), "a link or a device"),
    "a device": (lambda m, f: tarred(m, f, (linked("README.md", "", tarfile.CHRTYPE), b"")), "a link or a device"),
    "the same file twice": (lambda m, f: tarred(m, f, (tarfile.TarInfo("manifest.json"), b"{}")), "twice"),
    "the same but for case": (lambda m, f: zipped(m, f, zip_entry("Manifest.JSON")), "twice"),
    "a program beside the models": (lambda m, f: zipped(m, f, zip_entry("run.sh")), "does not name"),
    "encrypted": (lambda m, f: zipped(m, f, zip_entry("LICENSE", b"x", flags=1)), "is encrypted"),
    "a bomb": (bomb, "times its size"),
    "a bomb in a tar": (tar_bomb, "times its size"),
    "headers that lie": (lying, "damaged or cut off"),
    "a voice that swells": (swollen, "1000000 are allowed"),
    "thousands of entries": (many, "more than 2000 entries"),
    "cut off": (cut, "damaged or cut off"),
    "a zip that is cut off": (cut_zip, "damaged or cut off"),
    "a byte that flipped": (flipped, "damaged or cut off"),
    "a web page": (text_file, "damaged or cut off"),
    "a damaged graph": (damaged_graph, "acoustic_encoder.onnx is damaged"),
    "no manifest": (lambda m, f: zipped(m, f, lambda file: None, skip="manifest.json"), "must hold one manifest.json"),
    "a graph is missing": (lambda m, f: zipped(m, f, lambda file: None, skip="emotion_encoder.onnx"), "lacks"),
    "a manifest that leads out": (edited(set_graph("file", "../../x.onnx")), "must be a path inside"),
    "a manifest with one file twice": (edited(set_graph("file", "acoustic_decoder.onnx")), "twice"),
    "a manifest that names itself": (edited(set_graph("file", "manifest.json")), "twice"),
    "a hidden file": (edited(set_graph("file", ".bashrc")), "cannot be a file here"),
    "no JSON": (edited(lambda m: None, "{"), "not valid JSON"),
    "a NaN in JSON": (edited(lambda m: None, '{"format_version": NaN}'), "NaN is not a JSON number"),
    "endless brackets": (edited(lambda m: None, "[" * 100_000), "not valid JSON"),
    "another format": (edited(lambda m: m.update(format_version=99)), "format_version 99"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_its_reason(
    case: str, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    make, reason = CASES[case]
    source = tmp_path / "source"
    source.mkdir()
    path = make(models, source)
    before = {item for item in tmp_path.rglob("*") if "home" not in item.parts}
    assert main(["models", "add", str(path), "--as", "bad"]) == 2
    said = capsys.readouterr().err
    assert reason in said
    assert "Traceback" not in said
    assert list(store_folder().iterdir()) == []
    assert {item for item in tmp_path.rglob("*") if "home" not in item.parts} == before
    assert not Path("/tmp/evil").exists()


def test_good_ones_are_taken(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cases above are made of is not refused for another reason."""
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    assert main(["models", "add", str(zipped(models, tmp_path, lambda file: None)), "--as", "a"]) == 0
    assert main(["models", "add", str(tarred(models, tmp_path)), "--as", "b"]) == 0
    assert main(["models", "add", str(zipped(models, tmp_path, zip_entry("MODEL_CARD.md"))), "--as", "c"]) == 0
