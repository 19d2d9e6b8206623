"""Model sets under a name: kept whole or not at all, found by name, fetched and gone on with, and there offline."""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import shutil
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

import tiny_models
from qingyin.cli.main import main
from qingyin.errors import ModelError
from qingyin.manifest import parse_manifest
from qingyin.model_sets import downloads as model_downloads
from qingyin.model_sets.finding import load_manifest
from qingyin.model_sets.store import store_folder
from qingyin.synthesizer import Synthesizer

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "manifest.schema.json"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("QINGYIN_MODELS", str(models))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.chdir(tmp_path)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder with ranges; `broken` answers stop after half of what is asked for."""

    protocol_version = "HTTP/1.0"
    broken: ClassVar[set[str]] = set()
    asked: ClassVar[list[tuple[str, str | None]]] = []

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        begin = self.headers.get("Range")
        self.asked.append((path.name, begin))
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        first = 0
        if begin and self.headers.get("If-Range") == tag:
            first = int(begin.removeprefix("bytes=").rstrip("-"))
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        rest = data[first:]
        self.send_header("Content-Length", str(len(rest)))
        self.send_header("ETag", tag)
        self.end_headers()
        self.wfile.write(rest[: len(rest) // 2] if path.name in self.broken else rest)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    folder = tmp_path / "www"
    folder.mkdir()
    _Handler.broken, _Handler.asked = set(), []
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    server.server_close()


def packed(models: Path, path: Path, inside: str = "set") -> Path:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for part in sorted(models.rglob("*")):
                file.write(part, Path(inside) / part.relative_to(models))
    else:
        with tarfile.open(path, "w:gz") as archive:
            archive.add(models, inside)
    return path


def test_a_folder_is_added_used_checked_and_removed(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "add", str(models), "--as", "mine"]) == 0
    assert load_manifest("mine").folder == store_folder() / "mine"
    assert len(Synthesizer.load("mine").synthesize("好。", seed=1).samples)
    assert main(["say", "好。", "--models", "mine", "-o", "a.wav", "--no-daemon"]) == 0
    assert Path("a.wav").stat().st_size > 1000
    assert main(["models", "verify"]) == 0
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert "* default" in out
    assert f"from {models}" in out
    assert main(["models", "where", "mine"]) == 0
    assert capsys.readouterr().out.strip() == str(store_folder() / "mine")
    assert main(["models", "add", str(models), "--as", "mine"]) == 2
    assert "there is a model set 'mine' already" in capsys.readouterr().err
    assert main(["models", "add", str(models), "--as", "mine", "--replace"]) == 0
    assert main(["models", "remove", "mine", "--yes"]) == 0
    with pytest.raises(ModelError, match="knows no set of that name"):
        load_manifest("mine")
    assert list(store_folder().iterdir()) == []


@pytest.mark.parametrize("name", ["set.zip", "set.tar.gz"])
@pytest.mark.parametrize("inside", ["", "qingyin-set"])
def test_archives(name: str, inside: str, models: Path, tmp_path: Path) -> None:
    path = packed(models, tmp_path / name, inside)
    good = hashlib.sha256(path.read_bytes()).hexdigest()
    assert main(["models", "add", str(path), "--sha256", "0" * 64]) == 2
    assert not (store_folder() / "set").exists()
    assert main(["models", "add", str(path), "--sha256", good]) == 0
    name = "vocoder_hifigan.onnx"
    assert (store_folder() / "set" / name).read_bytes() == (models / name).read_bytes()


def test_a_broken_download_is_gone_on_with(
    models: Path, served: tuple[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    address, folder = served
    packed(models, folder / "theirs.tar.gz")
    _Handler.broken = {"theirs.tar.gz"}
    assert main(["models", "add", f"{address}/theirs.tar.gz"]) == 2
    assert "goes on where this one stopped" in capsys.readouterr().err
    size = (folder / "theirs.tar.gz").stat().st_size
    _Handler.broken = set()
    assert main(["models", "add", f"{address}/theirs.tar.gz"]) == 0
    assert _Handler.asked == [("theirs.tar.gz", None), ("theirs.tar.gz", f"bytes={size // 2}-")]
    assert load_manifest("theirs").default_voice == "yuetan"
    assert list((store_folder() / ".downloads").iterdir()) == []


def test_a_file_that_changed_in_between_is_fetched_anew(models: Path, served: tuple[str, Path]) -> None:
    address, folder = served
    packed(models, folder / "theirs.tar.gz", "one")
    _Handler.broken = {"theirs.tar.gz"}
    assert main(["models", "add", f"{address}/theirs.tar.gz"]) == 2
    packed(models, folder / "theirs.tar.gz", "another-name")
    _Handler.broken = set()
    assert main(["models", "add", f"{address}/theirs.tar.gz"]) == 0


def test_a_hub_id_is_fetched_file_by_file_and_then_needs_no_network(
    models: Path, served: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = served
    shutil.copytree(models, folder / "owner" / "voice-set" / "resolve" / "main")
    monkeypatch.setenv("HF_ENDPOINT", address)
    assert main(["models", "add", "owner/voice-set"]) == 0
    asked = len(_Handler.asked)
    monkeypatch.setenv("HF_ENDPOINT", "https://nowhere.invalid")
    assert len(Synthesizer.load("voice-set").synthesize("好。", seed=1).samples)
    assert main(["models", "verify", "voice-set"]) == 0
    assert len(_Handler.asked) == asked


def test_a_hub_cache_beside_the_project_serves_without_a_network(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://nowhere.invalid")
    folder = tmp_path / "cache_hub" / "models--owner--voice-set"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "main").write_text("c0ffee")
    shutil.copytree(models, folder / "snapshots" / "c0ffee")
    assert main(["models", "add", "owner/voice-set"]) == 0
    assert load_manifest("voice-set").folder.parent == store_folder()
    shutil.copytree(models, tmp_path / "cache_hub" / "shared")
    assert load_manifest("shared").folder == tmp_path / "cache_hub" / "shared"
    assert main(["models", "remove", "shared", "--yes"]) == 2  # not ours to remove


def test_an_attempt_that_fails_leaves_the_old_set(models: Path, tmp_path: Path) -> None:
    assert main(["models", "add", str(models), "--as", "mine"]) == 0
    broken = shutil.copytree(models, tmp_path / "broken")
    (broken / "vocoder_hifigan.onnx").write_bytes(b"x" * (broken / "vocoder_hifigan.onnx").stat().st_size)
    assert main(["models", "add", str(broken), "--as", "mine", "--replace"]) == 2
    assert main(["models", "verify", "mine"]) == 0
    assert [path.name for path in store_folder().iterdir()] == ["mine"]


def test_damage_is_found_later_too(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "add", str(models), "--as", "mine"]) == 0
    (store_folder() / "mine" / "voices" / "yuetan.json").write_text("{}")
    (store_folder() / "mine" / "emotion_encoder.onnx").unlink()
    assert main(["models", "verify", "mine"]) == 2
    out = capsys.readouterr().out
    assert "voices/yuetan.json is damaged" in out
    assert "emotion_encoder.onnx is missing" in out


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("http://example.org/set.zip", "not HTTPS"), ("file:///etc/set.zip", "no web address"),
        ("ftp://example.org/set.zip", "no web address"), ("https:///set.zip", "no web address"),
    ],
)  # fmt: skip
def test_addresses_that_nobody_vouches_for(address: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        model_downloads.fetch(address, 1000, lambda *progress: None)


def test_the_schema_says_what_the_parser_says(models: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    good = tiny_models.read_manifest(models)
    good["mel"] = {"win_length": 1024, "fmin": 0, "fmax": 8000}
    good["symbol_map"] = {"file": "symbol_map.tsv", "sha256": "0" * 64}
    validator.validate(good)
    parse_manifest(good, models)
    wrong: list[dict[str, Any]] = [
        {**good, "surprise": 1}, {**good, "format_version": 1}, {**good, "sample_rate": 0}, {**good, "symbols": "abc"},
        {**good, "mel": {"fmin": 0}}, {**good, "symbol_map": {"file": "../x", "sha256": "0" * 64}},
        {**good, "graphs": {**good["graphs"], "other": good["graphs"]["acoustic_encoder"]}},
        {**good, "voices": {"a": {"file": "a.json", "sha256": "XYZ"}}},
        {**good, "graphs": {**good["graphs"], "acoustic_encoder": {**good["graphs"]["acoustic_encoder"], "kind": "x"}}},
        {**good, "emotions": {"happy": {"vector": [0.0] * 16, "pauses": 9}}},
        {key: value for key, value in good.items() if key != "voices"},
    ]  # fmt: skip
    for value in wrong:
        with pytest.raises(ModelError):
            parse_manifest(value, models)
        assert not validator.is_valid(value)
