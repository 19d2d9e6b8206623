"""Exists to carry out `qingyin models`: list, verify, add, remove, where."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from pathlib import Path

from qingyin.consent import yes
from qingyin.errors import ModelError, QingyinError
from qingyin.manifest import MANIFEST_FILE
from qingyin.model_sets.finding import find_models, load_manifest
from qingyin.model_sets.store import (
    CARDS,
    MAX_SMALL_BYTES,
    check_set_name,
    files_of,
    find_set,
    is_name,
    manifest_of,
    origin_of,
    problems,
    remove_set,
    staged,
    store_folder,
    stored_sets,
    taken,
)

INSTALLED = "default"  # what a list calls the set that is used unless another is named


def models(arguments: argparse.Namespace) -> int | None:
    """Carries out the chosen action; an exit code or None. Errors: QingyinError."""
    return _ACTIONS[arguments.action](arguments)


def _all_sets() -> dict[str, Path]:
    sets = stored_sets()
    try:
        return {INSTALLED: find_models(), **sets}
    except ModelError:  # nothing is installed: then there is no default to show
        return sets


def _list(arguments: argparse.Namespace) -> None:
    """One line per set; * marks the one that is used, ! one that this qingyin cannot read."""
    sets = _all_sets()
    width = max((len(name) for name in sets), default=0)
    for name, folder in sets.items():
        try:
            manifest = load_manifest(folder)
        except QingyinError as error:
            print(f"! {name:<{width}}  {error}")
            continue
        size = sum(spec.bytes for spec in manifest.graphs.values()) / 1e6
        origin = origin_of(folder)
        print(
            f"{'*' if name == INSTALLED else ' '} {name:<{width}}  {manifest.sample_rate} Hz, {size:.1f} MB, "
            f"{len(manifest.voices)} voices, vocoders {', '.join(manifest.vocoders)} ({_printable(manifest.licence)}"
            f"{'; from ' + _printable(origin) if origin else ''})"
        )
    if not sets:
        print("no model set; add one: qingyin models add SOURCE")


def _verify(arguments: argparse.Namespace) -> int:
    """A line for each set, or for each of its faults; 2 if there is any."""
    sets = _all_sets()
    for name in arguments.names:
        if name not in sets:
            raise ModelError(f"there is no model set {name!r}; known sets: {', '.join(sets) or '(none)'}")
    faults = 0
    for name in arguments.names or sets:
        try:
            manifest = load_manifest(sets[name])
            found = list(problems(manifest))
            count = len(files_of(manifest))
        except QingyinError as error:
            found, count = [str(error)], 0
        faults += len(found)
        for problem in found:
            print(f"{name}: {problem}")
        if not found:
            print(f"{name}: {count} files, all as they should be")
    return 2 if faults else 0


def _add(arguments: argparse.Namespace) -> None:
    from qingyin.model_sets.archives import is_archive
    from qingyin.model_sets.downloads import hub_address, hub_snapshot

    source, path = arguments.source, Path(arguments.source).expanduser()
    name = check_set_name(_name_of(source) if arguments.name is None else arguments.name)
    if not arguments.replace and (store_folder() / name).exists():
        raise taken(name)  # before anything is fetched
    sha256 = _checked_hash(arguments.sha256)
    web = re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", source) is not None
    if sha256 is not None and not is_archive(source):
        raise ModelError("--sha256 is the hash of an archive; a set's own files have theirs in its manifest")
    snapshot = None if web or path.exists() else hub_snapshot(source)
    address = None if web or path.exists() else hub_address(source)
    if not web and not path.exists() and snapshot is None and address is None:
        raise ModelError(f"{source} is neither a folder, an archive, an address, nor a hub id such as owner/name")
    with staged(name, source, arguments.replace) as folder:
        if web and is_archive(source.partition("?")[0]):
            _unpack_fetched(source, sha256, folder)
        elif web or (address is not None and snapshot is None):
            _fetch(address or source, folder)
        elif path.is_file():
            _unpack(path, sha256, folder)
        else:
            _copy(snapshot or path, folder)
    print(f"{name}: {store_folder() / name}")
    print(f'speak with it: qingyin say "你好" --models {name}')


def _name_of(source: str) -> str:
    """The last part of a path, an address or a hub id, without what archives end in."""
    path = Path(source).expanduser()
    bare = source.partition("?")[0].partition("@")[0].rstrip("/")
    last = path.resolve().name if path.exists() else bare.split("/")[-1]
    if last == MANIFEST_FILE:
        last = source.rstrip("/").split("/")[-2]
    bare = re.sub(r"(\.zip|\.tar|\.tar\.gz|\.tgz|\.tar\.bz2|\.tar\.xz)$", "", last, flags=re.IGNORECASE)
    if not is_name(bare):
        raise ModelError(f"{source}: {bare!r} is no name for a model set; choose one with --as NAME")
    return bare


def _checked_hash(text: str | None) -> str | None:
    if text is not None and re.fullmatch(r"[0-9a-fA-F]{64}", text) is None:
        raise ModelError("--sha256 takes 64 hexadecimal digits")
    return None if text is None else text.lower()


def _unpack(path: Path, sha256: str | None, folder: Path) -> None:
    from qingyin.model_sets.archives import unpack
    from qingyin.model_sets.downloads import file_sha256

    if sha256 is not None and (found := file_sha256(path)) != sha256:
        raise ModelError(f"{path} is not the archive that was asked for: its SHA-256 is {found}")
    unpack(path, folder)


def _unpack_fetched(address: str, sha256: str | None, folder: Path) -> None:
    from qingyin.model_sets.archives import unpack
    from qingyin.model_sets.downloads import MAX_ARCHIVE_BYTES, fetch

    path = fetch(address, MAX_ARCHIVE_BYTES, _progress, sha256)
    try:
        unpack(path, folder)
    finally:
        path.unlink(missing_ok=True)


def _fetch(address: str, folder: Path) -> None:
    from qingyin.model_sets.downloads import fetch_set

    base = address.removesuffix(MANIFEST_FILE)
    fetch_set(base if base.endswith("/") else f"{base}/", folder, _progress)


def _copy(source: Path, folder: Path) -> None:
    """The files that the manifest names, and the card; a folder may hold others."""
    if not (source / MANIFEST_FILE).is_file():
        raise ModelError(f"{source} is no model set: it has no {MANIFEST_FILE}; `python -m export` makes one")
    data = (source / MANIFEST_FILE).read_bytes()
    manifest = manifest_of(data, source)
    (folder / MANIFEST_FILE).write_bytes(data)
    for file, _, size in files_of(manifest):
        found = source / file
        if not found.is_file():
            raise ModelError(f"{source} lacks {file}, which its manifest names")
        if found.stat().st_size > (MAX_SMALL_BYTES if size is None else size):
            raise ModelError(f"{found} is {found.stat().st_size} bytes, more than its manifest says")
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, folder / file)
    for card in CARDS:
        if (source / card).is_file() and (source / card).stat().st_size <= MAX_SMALL_BYTES:
            shutil.copyfile(source / card, folder / card)


def _progress(file: str, done: int, total: int | None) -> None:
    """One line on a terminal that grows; nothing in a pipe."""
    if sys.stderr.isatty():
        share = f" of {total / 1e6:.1f}" if total else ""
        end = "\n" if done == total else ""
        print(f"\r{file.rsplit('/', 1)[-1][:60]}: {done / 1e6:.1f}{share} MB ", end=end, file=sys.stderr, flush=True)


def _remove(arguments: argparse.Namespace) -> None:
    name = arguments.name
    if name == INSTALLED:
        raise ModelError("the installed set cannot be removed; choose another with QINGYIN_MODELS")
    if not arguments.yes and not yes(
        f"Remove the model set {name!r}? [yes/no] ", f"to remove {name!r} without being asked, use --yes"
    ):
        raise ModelError(f"{name!r} was not removed")
    print(f"removed {remove_set(name)}")


def _where(arguments: argparse.Namespace) -> None:
    if arguments.name is None:
        print(store_folder())
        return
    folder = find_models() if arguments.name == INSTALLED else find_set(arguments.name)
    if folder is None:
        raise ModelError(f"there is no model set {arguments.name!r}; known sets: {', '.join(_all_sets()) or '(none)'}")
    print(folder)


def _printable(text: str) -> str:
    """Text that somebody else may have written: nothing in it may steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in text)


_ACTIONS = {"list": _list, "verify": _verify, "add": _add, "remove": _remove, "where": _where}
