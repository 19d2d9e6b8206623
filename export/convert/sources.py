"""Finds a source on this machine, or in a model hub's cache, before it asks the network."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from export.convert.errors import ConvertError

_HUB_ID = re.compile(r"(?P<owner>[A-Za-z0-9][\w.-]*)/(?P<name>[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w./-]+))?")
_ROOT = Path(__file__).resolve().parents[2]
# What a conversion reads; never code, never a second copy of the weights for another framework.
_WANTED = ("*.json", "*.yaml", "*.txt", "*.safetensors", "pytorch_model*.bin", "*.pth.tar", "*.pt", "g_*")


def hub_caches() -> list[Path]:
    """Folders laid out as the hub's cache, in the order they are looked at: cache_hub/ beside the project, then the
    one that HF_HUB_CACHE or HF_HOME name, else the hub's own default.
    """
    beside = [folder / "cache_hub" for folder in dict.fromkeys((Path.cwd(), _ROOT, _ROOT.parent))]
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface").expanduser()
    named = os.environ.get("HF_HUB_CACHE")
    return [*(folder for folder in beside if folder.is_dir()), Path(named).expanduser() if named else home / "hub"]


def cached_snapshot(owner: str, name: str, revision: str | None) -> Path | None:
    """The snapshot of a repository that a cache holds, None if none does."""
    for cache in hub_caches():
        folder = cache / f"models--{owner}--{name}"
        asked = revision or "main"
        reference = folder / "refs" / asked
        commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else asked
        snapshot = folder / "snapshots" / commit
        if snapshot.is_dir() and snapshot.parent == folder / "snapshots":
            return snapshot
    return None


def locate(source: str) -> Path:
    """The file or folder that SOURCE names: a path, or a hub id OWNER/NAME[@REVISION].

    ConvertError: neither; or the hub is needed and cannot be asked.
    """
    path = Path(source).expanduser()
    if path.exists():
        return path
    match = _HUB_ID.fullmatch(source)
    if match is None:
        raise ConvertError(f"{source} is neither a file, nor a folder, nor a hub id such as owner/name")
    owner, name, revision = match["owner"], match["name"], match["revision"]
    if (snapshot := cached_snapshot(owner, name, revision)) is not None:
        return snapshot
    looked = ", ".join(map(str, hub_caches()))
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        raise ConvertError(f"{source} is not in {looked}, and HF_HUB_OFFLINE forbids to fetch it")
    return _download(owner, name, revision, source)


def _download(owner: str, name: str, revision: str | None, source: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
    except ImportError as error:
        raise ConvertError(
            f"{source} must be fetched from the hub, which needs huggingface_hub ({error}); pip install "
            "huggingface_hub, or give the folder of a copy"
        ) from None
    beside = next((cache for cache in hub_caches() if cache.name == "cache_hub"), None)
    try:
        folder = snapshot_download(
            f"{owner}/{name}", revision=revision, cache_dir=beside, allow_patterns=list(_WANTED)
        )
    except Exception as error:  # its exceptions have no common public base
        raise ConvertError(f"{source} cannot be fetched: {' '.join(str(error).split())[:200]}") from None
    return Path(folder)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object. ConvertError: unreadable, or something else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConvertError(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        raise ConvertError(f"{path} is not valid JSON: {error}") from None
    if not isinstance(value, dict):
        raise ConvertError(f"{path} must hold a JSON object, not a {type(value).__name__}")
    return value


def weights_file(folder: Path) -> Path:
    """The weights of a folder as the hub lays it out, safetensors before pickle. ConvertError: none, or in pieces."""
    for name in ("model.safetensors", "pytorch_model.bin"):
        if (folder / name).is_file():
            return folder / name
        if (folder / f"{name}.index.json").is_file():
            raise ConvertError(f"{folder} holds its weights in several files; save the model as one file first")
    raise ConvertError(f"{folder} holds neither model.safetensors nor pytorch_model.bin")
