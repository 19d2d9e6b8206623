"""Exists to fetch a model set: resumed where it broke off, over HTTPS, checked against hashes before it counts."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import Any

from qingyin.errors import ModelError
from qingyin.manifest import MANIFEST_FILE
from qingyin.model_sets.store import (
    CARDS,
    MAX_MANIFEST_BYTES,
    MAX_SMALL_BYTES,
    disk_errors,
    files_of,
    manifest_of,
    store_folder,
)

HUB = "https://huggingface.co"
_HUB_ID = re.compile(r"(?P<owner>[A-Za-z0-9][\w.-]*)/(?P<name>[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w.-]+))?", re.ASCII)
MAX_ARCHIVE_BYTES = 4_000_000_000
_TIMEOUT_S = 30.0
_BLOCK = 1 << 18
_AGAIN = "the next attempt goes on where this one stopped"
Progress = Callable[[str, int, "int | None"], None]  # file, bytes done, bytes in all


def hub_address(text: str) -> str | None:
    """Base address of the files of OWNER/NAME[@REVISION], None if the text is no hub id. HF_ENDPOINT is honoured."""
    match = _HUB_ID.fullmatch(text)
    if match is None:
        return None
    endpoint = os.environ.get("HF_ENDPOINT", HUB).rstrip("/")
    return f"{endpoint}/{match['owner']}/{match['name']}/resolve/{match['revision'] or 'main'}/"


def hub_snapshot(text: str) -> Path | None:
    """A copy of that hub id in a hub's cache on this machine, with a manifest; None if there is none."""
    match = _HUB_ID.fullmatch(text)
    if match is None:
        return None
    from qingyin.model_sets.store import shared_folders

    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface").expanduser()
    named = os.environ.get("HF_HUB_CACHE")
    for cache in (*shared_folders(), Path(named).expanduser() if named else home / "hub"):
        folder = cache / f"models--{match['owner']}--{match['name']}"
        wanted = match["revision"] or "main"
        reference = folder / "refs" / wanted
        with contextlib.suppress(OSError, UnicodeDecodeError):
            commit = reference.read_text(encoding="utf-8").strip() if reference.is_file() else wanted
            snapshot = folder / "snapshots" / commit
            if (snapshot / MANIFEST_FILE).is_file() and snapshot.parent == folder / "snapshots":
                return snapshot
    return None


def fetch_set(address: str, target: Path, progress: Progress) -> None:
    """The set whose manifest.json lies at `address` (which ends in /) into an empty folder. Errors: ModelError."""
    manifest_path = fetch(address + MANIFEST_FILE, MAX_MANIFEST_BYTES, progress)
    data = manifest_path.read_bytes()
    manifest = manifest_of(data, Path(address))
    for file, sha256, size in files_of(manifest):
        quoted = "/".join(urllib.parse.quote(part) for part in file.split("/"))
        path = fetch(address + quoted, MAX_SMALL_BYTES if size is None else size, progress, sha256)
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, target / file)
    for card in CARDS[:1]:
        with contextlib.suppress(ModelError):  # a set without a card is whole
            os.replace(fetch(address + card, MAX_SMALL_BYTES, progress), target / card)
    os.replace(manifest_path, target / MANIFEST_FILE)


def fetch(address: str, limit: int, progress: Progress, sha256: str | None = None) -> Path:
    """A file from the network, kept in the store's downloads until the caller moves it.

    What an earlier attempt left is gone on with, if the server still has the same file. Errors: ModelError.
    """
    _check_address(address, sha256)
    folder = store_folder() / ".downloads"
    with disk_errors(f"keep a download in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(address.encode()).hexdigest()[:32]
        partial, tag_file = folder / f"{key}.partial", folder / f"{key}.etag"
        _go_on(address, limit, partial, tag_file, progress)
        if sha256 is not None:
            found = file_sha256(partial)
            if found != sha256:
                partial.unlink()
                raise ModelError(f"{address} is not the file that was asked for: its SHA-256 is {found[:12]}..., "
                                 f"not {sha256[:12]}...; nothing was kept")  # fmt: skip
        tag_file.unlink(missing_ok=True)
    return partial


def file_sha256(path: Path) -> str:
    """Of a file that need not fit into memory. Errors: OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _go_on(address: str, limit: int, partial: Path, tag_file: Path, progress: Progress) -> None:
    done = partial.stat().st_size if partial.is_file() and tag_file.is_file() else 0
    headers = {"User-Agent": "qingyin", "Accept-Encoding": "identity"}
    if done:
        headers.update({"Range": f"bytes={done}-", "If-Range": tag_file.read_text(encoding="utf-8")})
    with _answer(urllib.request.Request(address, headers=headers), address) as answer:
        resumed = done and answer.status == 206 and _starts_at(answer.headers, done)
        if answer.status == 206 and not resumed:
            raise ModelError(f"{address}: the server sent another part than was asked for; try again")
        done = done if resumed else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length and length.isdecimal() else None
        if total is not None and total > limit:
            raise ModelError(f"{address} is {total} bytes, {limit} are allowed")
        tag = answer.headers.get("ETag") or answer.headers.get("Last-Modified")
        if tag and not tag.startswith("W/"):
            tag_file.write_text(tag, encoding="utf-8")
        else:
            tag_file.unlink(missing_ok=True)  # such a file is begun anew
        with open(partial, "ab" if done else "wb") as out:
            for block in _blocks(answer, address):
                done += len(block)
                if done > limit:
                    raise ModelError(f"{address} is larger than the {limit} bytes that are allowed")
                out.write(block)
                progress(address, done, total)
    if total is not None and done != total:
        raise ModelError(f"{address} broke off after {done} of {total} bytes; {_AGAIN}")


def _starts_at(headers: HTTPMessage, first: int) -> bool:
    return (headers.get("Content-Range") or "").startswith(f"bytes {first}-")


def _blocks(answer: Any, address: str) -> Iterator[bytes]:
    while True:
        try:
            block = answer.read(_BLOCK)
        except (OSError, HTTPException) as error:
            raise ModelError(f"{address} broke off ({_reason(error)}); {_AGAIN}") from None
        if not block:
            return
        yield block


@contextlib.contextmanager
def _answer(request: urllib.request.Request, address: str) -> Iterator[Any]:
    try:
        answer = urllib.request.build_opener(_SameSafety).open(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # the partial file is no part of what is there now
            raise ModelError(f"{address} has changed; remove {store_folder() / '.downloads'} and try again") from None
        raise ModelError(f"{address} cannot be fetched: the server says {error.code} {error.reason}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise ModelError(f"{address} cannot be fetched ({_reason(error)}); check the network") from None
    with answer:
        yield answer


class _SameSafety(urllib.request.HTTPRedirectHandler):
    """Follows redirections, but from HTTPS to nothing less."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if req.full_url.startswith("https://") and not newurl.startswith("https://"):
            raise urllib.error.URLError("the server redirects to an address without HTTPS")
        if not newurl.startswith(("https://", "http://")):
            raise urllib.error.URLError("the server redirects to something that is no web address")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check_address(address: str, sha256: str | None) -> None:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ModelError(f"{address} is no web address; of a file on this machine give the path")
    local = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme == "http" and not local and sha256 is None:
        raise ModelError(f"{address} is not HTTPS, so anybody could change it on the way; give --sha256 to check it")


def _reason(error: BaseException) -> str:
    return " ".join(str(getattr(error, "reason", None) or error).split())[:120] or type(error).__name__
