"""Exists to keep the voices that a user makes: one small private file each, written wholly or not at all."""

from __future__ import annotations

import contextlib
import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from qingyin.errors import VoiceError
from qingyin.strict import parse_json
from qingyin.user_data import user_folder
from qingyin.voice_names import check_name, key

MAX_BYTES = 1_000_000  # a voice file has some 5 kB
_SUFFIX = ".json"


def voices_folder() -> Path:
    """Where this user's voices lie: $QINGYIN_HOME/voices, else in the platform's folder for a program's data."""
    return user_folder() / "voices"


def stored_voices(folder: Path | None = None) -> dict[str, Path]:
    """The user's voices by name, sorted. A file whose name is none of ours is not a voice. Errors: VoiceError."""
    return dict(sorted(_files(voices_folder() if folder is None else folder)))


def find_stored(name: str, folder: Path | None = None) -> Path | None:
    """The file of the user's voice of that name, whatever its case; None if there is none. Errors: VoiceError."""
    return {key(known): path for known, path in stored_voices(folder).items()}.get(key(name))


def save_bytes(name: str, content: bytes, replace: bool = False, folder: Path | None = None) -> Path:
    """Keeps a voice's file under a checked name, readable by its owner alone.

    Errors: VoiceError if the name is not one, is taken (without `replace`), or the disk refuses.
    """
    folder = voices_folder() if folder is None else folder
    name = check_name(name)
    old = find_stored(name, folder)
    if old is not None and not replace:
        raise taken(name)
    with _disk_errors(f"keep the voice {name!r} in {folder}"):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{name}{_SUFFIX}"
        try:
            write_file(path, content, replace=replace)
        except FileExistsError:  # another process was faster
            raise taken(name) from None
        if old is not None and not old.samefile(path):
            old.unlink()  # the same name in other letters, or another Unicode form
    return path


def remove(name: str, folder: Path | None = None) -> None:
    """Forgets a voice. Errors: VoiceError if there is none, or the disk refuses."""
    path = find_stored(name, folder)
    if path is None:
        raise VoiceError(f"there is no voice {name!r} of your own; `qingyin voices` lists them")
    with _disk_errors(f"remove the voice {name!r}"):
        path.unlink()


def taken(name: str) -> VoiceError:
    """The error for a name that is in use."""
    return VoiceError(f"there is a voice {name!r} already; choose another name, or replace it with --replace")


def read_voice_file(path: Path) -> object:
    """The parsed JSON of a voice file, which is never large. Errors: VoiceError."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise VoiceError(f"voice file {path} cannot be read ({error.strerror}); give a saved voice's path") from None
    if len(data) > MAX_BYTES:
        raise VoiceError(f"{path} is larger than {MAX_BYTES // 1_000_000} MB, so it is no voice file")
    return parse_json(data, str(path), VoiceError)


def write_file(path: Path, content: bytes, replace: bool) -> None:
    """Writes a private file wholly or not at all. Errors: OSError; FileExistsError without `replace`."""
    temporary = path.with_name(f".{os.urandom(8).hex()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(temporary, path)
        else:
            _link(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _link(temporary: Path, path: Path) -> None:
    """Gives a file its name in one step, unless the name is in use."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, as on some memory cards
        if path.exists():
            raise FileExistsError(path) from None
        os.replace(temporary, path)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    with _disk_errors(f"look into {folder}"):
        try:
            entries = list(os.scandir(folder))
        except FileNotFoundError:
            return
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name)
        if suffix != _SUFFIX:
            continue
        with contextlib.suppress(VoiceError):
            # macOS may give names back in another Unicode form
            yield check_name(unicodedata.normalize("NFC", stem)), Path(entry.path)


@contextlib.contextmanager
def _disk_errors(what: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise VoiceError(f"cannot {what}: {error.filename} is in the way; move it, or set QINGYIN_HOME") from None
    except OSError as error:
        raise VoiceError(f"cannot {what}: {error.strerror or error}; check the folder, or set QINGYIN_HOME") from None
