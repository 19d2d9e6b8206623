"""Exists to take a model set out of an archive that somebody else made: only files its manifest names, each no larger
than it says, and none outside the folder.
"""

from __future__ import annotations

import io
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from qingyin.errors import ModelError
from qingyin.manifest import MANIFEST_FILE
from qingyin.model_sets.store import CARDS, MAX_MANIFEST_BYTES, MAX_SMALL_BYTES, files_of, manifest_of

SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
MAX_ENTRIES = 2000
MAX_TOTAL_BYTES = 4_000_000_000  # unpacked
MAX_RATIO = 200  # unpacked to packed; weights hardly shrink
_RATIO_FROM_BYTES = 10_000_000
_BLOCK = 1 << 20
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError,
           NotImplementedError, RuntimeError)  # fmt: skip


class Archive(Protocol):
    """What is asked of both kinds."""

    def sizes(self) -> dict[str, int]:
        """Unpacked size by path of every file. Errors: ModelError for what must not be in a model set."""

    def open(self, name: str) -> IO[bytes]:
        """Reads one of them."""


class _Zip:
    def __init__(self, file: zipfile.ZipFile, where: str) -> None:
        self._file, self._where = file, where

    def sizes(self) -> dict[str, int]:
        entries = self._file.infolist()
        _check_count(len(entries), self._where)
        result: dict[str, int] = {}
        for entry in entries:
            kind = stat.S_IFMT(entry.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise ModelError(f"{self._where} holds {entry.filename!r}, which is a link or a device; {_REFUSED}")
            if entry.flag_bits & 1:
                raise ModelError(f"{self._where} is encrypted; unpack it yourself and add the folder")
            # zipfile cuts a name at a NUL and turns backslashes: what stands in the file is looked at
            _enter(result, entry.orig_filename, entry.file_size, self._where, entry.is_dir())
        _check_total(sum(result.values()), self._where)
        return result

    def open(self, name: str) -> IO[bytes]:
        return self._file.open(name)


class _Tar:
    def __init__(self, file: tarfile.TarFile, where: str, packed: int) -> None:
        self._file, self._where, self._packed = file, where, packed
        self._members: dict[str, tarfile.TarInfo] = {}

    def sizes(self) -> dict[str, int]:
        result: dict[str, int] = {}
        total = count = 0
        while (member := self._file.next()) is not None:
            count += 1
            total += max(0, member.size)
            _check_count(count, self._where)
            _check_total(total, self._where)  # before the next header is looked for: it would be unpacked
            _check_ratio(total, self._packed, self._where)
            if not (member.isreg() or member.isdir()):
                raise ModelError(f"{self._where} holds {member.name!r}, which is a link or a device; {_REFUSED}")
            _enter(result, member.name, member.size, self._where, member.isdir())
            self._members[_plain(member.name)] = member
        return result

    def open(self, name: str) -> IO[bytes]:
        reader = self._file.extractfile(self._members[name])
        assert reader is not None  # a regular file, as sizes() saw to it
        return reader


_REFUSED = "nothing was unpacked"


def is_archive(path: str) -> bool:
    """Whether a name ends as an archive's does."""
    return path.lower().endswith(SUFFIXES)


def unpack(path: Path, target: Path) -> None:
    """Writes the model set of an archive into an empty folder. The archive may hold the set in one folder of its own.

    Errors: ModelError that says what is wrong; what was written by then is the caller's to remove.
    """
    where = path.name
    with _opened(path) as archive:
        sizes = archive.sizes()
        prefix = _prefix(sizes, where)
        with _reading(where):
            data = _read(archive, prefix + MANIFEST_FILE, MAX_MANIFEST_BYTES, where)
        manifest = manifest_of(data, Path(where))
        limits = {file: MAX_SMALL_BYTES if size is None else size for file, _, size in files_of(manifest)}
        missing = [file for file in limits if prefix + file not in sizes]
        if missing:
            raise ModelError(f"{where} lacks {', '.join(missing[:8])}, which its manifest names")
        known = {*limits, *CARDS, MANIFEST_FILE, "origin.json"}
        strange = [name for name in sizes if name.removeprefix(prefix) not in known]
        if strange:
            shown = ", ".join(map(repr, strange[:8]))
            raise ModelError(f"{where} holds {shown}, which its manifest does not name; {_REFUSED}")
        (target / MANIFEST_FILE).write_bytes(data)
        cards = {card: MAX_SMALL_BYTES for card in CARDS if prefix + card in sizes}
        for file, limit in {**limits, **cards}.items():
            if sizes[prefix + file] > limit:
                raise ModelError(f"{where}: {file} is {sizes[prefix + file]} bytes, {limit} are allowed; {_REFUSED}")
            output = target / file
            output.parent.mkdir(parents=True, exist_ok=True)
            with _reading(where), archive.open(prefix + file) as source, open(output, "xb") as out:
                _copy(source, out, limit, f"{where}: {file}")


def _copy(source: IO[bytes], out: IO[bytes], limit: int, what: str) -> None:
    """As much as is allowed, whatever the headers said."""
    done = 0
    while block := source.read(_BLOCK):
        done += len(block)
        if done > limit:
            raise ModelError(f"{what} unpacks to more than the {limit} bytes that are allowed")
        out.write(block)


def _read(archive: Archive, name: str, limit: int, where: str) -> bytes:
    buffer = io.BytesIO()
    with archive.open(name) as source:
        _copy(source, buffer, limit, f"{where}: {name}")
    return buffer.getvalue()


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    where = path.name
    with _reading(where):
        size = path.stat().st_size
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                packed = sum(entry.compress_size for entry in file.infolist())
                _check_ratio(sum(entry.file_size for entry in file.infolist()), max(packed, 1), where)
                yield _Zip(file, where)
            return
        with tarfile.open(path, "r:*") as tar:
            yield _Tar(tar, where, max(size, 1))


@contextmanager
def _reading(where: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise ModelError(f"{where} is no archive of a model set, damaged or cut off ({reason})") from None


def _plain(name: str) -> str:
    return name.removeprefix("./").rstrip("/")


def _enter(result: dict[str, int], name: str, size: int, where: str, folder: bool) -> None:
    plain = _plain(name)
    parts = plain.split("/")
    bad = any(mark in name for mark in ("\\", ":", "\0")) or any(part in ("", ".", "..") for part in parts)
    if bad and not (folder and plain in ("", ".")):
        raise ModelError(f"{where} holds {name!r}, a path that leads out of the folder; {_REFUSED}")
    if folder:
        return
    if plain.lower() in (known.lower() for known in result):
        raise ModelError(f"{where} holds {name!r} twice; {_REFUSED}")
    result[plain] = size


def _check_count(count: int, where: str) -> None:
    if count > MAX_ENTRIES:
        raise ModelError(f"{where} holds more than {MAX_ENTRIES} entries; {_REFUSED}")


def _check_total(total: int, where: str) -> None:
    if total > MAX_TOTAL_BYTES:
        raise ModelError(f"{where} would unpack to more than {MAX_TOTAL_BYTES // 10**9} GB; {_REFUSED}")


def _check_ratio(total: int, packed: int, where: str) -> None:
    if total > _RATIO_FROM_BYTES and total / packed > MAX_RATIO:
        raise ModelError(f"{where} would unpack to {total / packed:.0f} times its size; {_REFUSED}")


def _prefix(sizes: dict[str, int], where: str) -> str:
    """The folder that holds the set, "" if it is the archive's root."""
    found = [name for name in sizes if name.split("/")[-1] == MANIFEST_FILE and name.count("/") <= 1]
    if len(found) != 1:
        raise ModelError(f"{where} must hold one {MANIFEST_FILE}, at its root or in one folder (it has {len(found)})")
    return found[0].removesuffix(MANIFEST_FILE)
