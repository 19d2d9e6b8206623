"""Exists to keep model sets under a name, checked once when they come in, and there without a network ever after."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from qingyin.errors import ModelError
from qingyin.manifest import MANIFEST_FILE, Manifest, parse_manifest, read_manifest
from qingyin.strict import parse_json, read_verified
from qingyin.user_data import user_folder

ORIGIN_FILE = "origin.json"
MAX_MANIFEST_BYTES = 4_000_000
MAX_SMALL_BYTES = 1_000_000  # of a voice, a symbol map, a model card
CARDS = ("MODEL_CARD.md", "README.md", "LICENSE", "LICENSE.txt", "NOTICE")  # come along if they are there
_RESERVED = ("default",)
_FILE_PART = re.compile(r"[^\x00-\x1f/\\:*?\"<>|.][^\x00-\x1f/\\:*?\"<>|]*")  # no name that Windows or a shell minds
_DAMAGED = "add it again with `qingyin models add ... --replace`"


def store_folder() -> Path:
    """Where added model sets lie: $QINGYIN_HOME/models, else in the platform's folder for a program's data."""
    return user_folder() / "models"


def shared_folders() -> list[Path]:
    """cache_hub/ in the working folder, in a checkout's root and beside it, where they are: read, never written."""
    root = Path(__file__).resolve().parents[3]
    return [folder / "cache_hub" for folder in dict.fromkeys((Path.cwd(), root, root.parent))
            if (folder / "cache_hub").is_dir()]  # fmt: skip


def stored_sets() -> dict[str, Path]:
    """Folders with a manifest by name, the user's own before those of cache_hub/. Errors: ModelError."""
    found: dict[str, Path] = {}
    for folder in (store_folder(), *shared_folders()):
        with disk_errors(f"look into {folder}"):
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
        for entry in entries:
            if is_name(entry.name) and os.path.isfile(os.path.join(entry.path, MANIFEST_FILE)):
                found.setdefault(entry.name, Path(entry.path))
    return found


def find_set(name: str) -> Path | None:
    """The folder of a stored set, None if there is none of that name. Errors: ModelError."""
    return stored_sets().get(name) if is_name(name) else None


def is_name(name: str) -> bool:
    """Whether a text can be the name of a set: letters, digits, _ and - and dots inside it."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*", name) is not None and len(name) <= 64


def check_set_name(name: str) -> str:
    """The name, if it can be one. Errors: ModelError that says what a name is."""
    if not is_name(name) or name.lower() in _RESERVED:
        raise ModelError(f"{name!r} is no name for a model set; use up to 64 letters, digits, _ and -")
    return name


def read_set(folder: Path) -> Manifest:
    """The manifest of a folder, with every file that it names compared with its hash. Errors: ModelError, the first."""
    manifest = read_manifest(folder)
    for problem in problems(manifest):
        raise ModelError(f"{problem}; {_DAMAGED}")
    return manifest


def problems(manifest: Manifest) -> Iterator[str]:
    """One line for each file of a set that is missing, damaged, or leads out of its folder."""
    for file, sha256, size in files_of(manifest):
        path = manifest.folder / file
        if path.is_symlink() and not _is_hub_link(manifest.folder):
            yield f"{file} is a link"
            continue
        try:
            read_verified(path, sha256, file, "")
        except ModelError as error:
            yield str(error).removesuffix("; ")
            continue
        if size is not None and path.stat().st_size != size:
            yield f"{file} has {path.stat().st_size} bytes, the manifest says {size}"


def _is_hub_link(folder: Path) -> bool:
    """A snapshot of a hub's cache is made of links into its own blobs/."""
    return folder.parent.name == "snapshots"


def files_of(manifest: Manifest) -> list[tuple[str, str, int | None]]:
    """Every file that a manifest names: path in the set, sha256, and its size where the manifest states one."""
    graphs = [(spec.file, spec.sha256, spec.bytes) for spec in manifest.graphs.values()]
    small = [*manifest.voices.values(), *((manifest.symbol_map,) if manifest.symbol_map else ())]
    return [*graphs, *((spec.file, spec.sha256, None) for spec in small)]


def manifest_of(data: bytes, where: Path) -> Manifest:
    """A manifest that has just come in. Errors: ModelError; also for two entries with one file, or odd names."""
    if len(data) > MAX_MANIFEST_BYTES:
        raise ModelError(f"{where}/{MANIFEST_FILE} is larger than {MAX_MANIFEST_BYTES // 1_000_000} MB")
    manifest = parse_manifest(parse_json(data, str(where / MANIFEST_FILE)), where)
    seen: set[str] = {MANIFEST_FILE, ORIGIN_FILE}
    for file, _, _ in files_of(manifest):
        if file.lower() in seen or not all(_FILE_PART.fullmatch(part) for part in file.split("/")):
            raise ModelError(f"{where}: the manifest names {file!r} twice, or it cannot be a file here")
        seen.add(file.lower())
    return manifest


@contextlib.contextmanager
def staged(name: str, source: str, replace: bool) -> Iterator[Path]:
    """A new folder to fill; when the block ends well and every file has its hash, it becomes the set in one step.

    Errors: ModelError; of the block, of the check, or because the name is taken.
    """
    check_set_name(name)
    store = store_folder()
    target = store / name
    with disk_errors(f"keep the model set {name!r} in {store}"):
        if target.exists() and not replace:
            raise taken(name)
        store.mkdir(parents=True, exist_ok=True)
        staging = store / f".{name}.{os.urandom(6).hex()}.partial"
        staging.mkdir(mode=0o700)
        try:
            yield staging
            manifest = read_set(staging)
            _write_origin(staging, source, manifest)
            _put_in_place(staging, target, replace)
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _write_origin(folder: Path, source: str, manifest: Manifest) -> None:
    origin = {
        "source": source, "added": datetime.date.today().isoformat(), "licence": manifest.licence,
    }  # fmt: skip
    (folder / ORIGIN_FILE).write_text(json.dumps(origin, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _put_in_place(staging: Path, target: Path, replace: bool) -> None:
    os.chmod(staging, 0o755)
    old = None
    if target.exists():
        if not replace:  # another process was faster
            raise taken(target.name)
        old = target.with_name(f".{target.name}.{os.urandom(6).hex()}.old")
        os.rename(target, old)
    try:
        os.rename(staging, target)
    except OSError:
        if old is not None:
            os.rename(old, target)
        raise
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def remove_set(name: str) -> Path:
    """Forgets a set of the user's own; where it lay. Errors: ModelError if there is none, or the disk refuses."""
    folder = store_folder() / check_set_name(name)
    if not (folder / MANIFEST_FILE).is_file():
        known = ", ".join(stored_sets()) or "(none)"
        raise ModelError(f"there is no model set {name!r} in {store_folder()}; known sets: {known}")
    with disk_errors(f"remove {folder}"):
        if folder.is_symlink():
            folder.unlink()  # never what it leads to
        else:
            gone = folder.with_name(f".{name}.{os.urandom(6).hex()}.old")
            os.rename(folder, gone)
            shutil.rmtree(gone)
    return folder


def origin_of(folder: Path) -> str:
    """Where a set came from, "" if that is not known."""
    try:
        value = json.loads((folder / ORIGIN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(value.get("source", "")) if isinstance(value, dict) else ""


def taken(name: str) -> ModelError:
    """The error for a name that is in use."""
    return ModelError(f"there is a model set {name!r} already; choose another --as NAME, or replace it with --replace")


@contextlib.contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """Turns what the disk refuses into a ModelError that says what was tried."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise ModelError(f"cannot {what}: {reason}; check the disk, or set QINGYIN_HOME") from None
