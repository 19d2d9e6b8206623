"""Exists so that whatever a user calls a recording (a path, bytes, an open file, samples) becomes checked samples,
or an error that says what is wrong with it.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Union

import numpy as np
from numpy.typing import NDArray

from qingyin.audio import import_soundfile
from qingyin.errors import AudioError
from qingyin.features import FloatArray

MAX_SECONDS = 300.0  # the rest of a longer recording is not looked at
MAX_VALUES = 64_000_000  # nor is what goes beyond this many samples in all channels
MAX_BYTES = 400_000_000  # five minutes of 24-bit eight-channel sound at 48 kHz
_MIN_RATE, _MAX_RATE, _MAX_CHANNELS = 4000, 768_000, 16
_BLOCK = 1 << 16  # sample frames read at once: what a header promises is never allocated at once
_CONVERT = "convert it first, for example: ffmpeg -i {} reference.wav"

Source = Union[str, "os.PathLike[str]", bytes, IO[bytes], tuple[NDArray[Any], int]]


@dataclass(frozen=True, eq=False)
class Recording:
    """Samples [n, channels] float32 as they were found; sha256 is that of the file, or of samples and rate.

    `seconds` is the length of the whole recording if that is known; samples hold its beginning (see `MAX_SECONDS`).
    """

    name: str
    samples: FloatArray
    rate: int
    seconds: float
    sha256: str


def read_recording(source: Source) -> Recording:
    """A recording of any format that libsndfile reads. Errors: AudioError, DependencyError."""
    if isinstance(source, tuple):
        return _of_samples(*source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _of_bytes(bytes(source), "the recording")
    if isinstance(source, (str, os.PathLike)):
        return _of_path(Path(source).expanduser())
    name = str(getattr(source, "name", "the recording"))
    data = source.read(MAX_BYTES + 1)
    if not isinstance(data, bytes):
        raise AudioError(f"{name} is open as text; open it with mode 'rb'")
    return _of_bytes(data, name)


def _of_samples(samples: NDArray[Any], rate: int) -> Recording:
    name, array = "the recording", np.asarray(samples)
    if array.ndim not in (1, 2) or not np.issubdtype(array.dtype, np.number) or np.iscomplexobj(array):
        raise AudioError(
            f"{name} must be numbers [samples] or [samples, channels], not {array.dtype} {list(array.shape)}"
        )
    if array.ndim == 2 and array.shape[1] > _MAX_CHANNELS:
        raise AudioError(
            f"{name} has {array.shape[1]} channels, at most {_MAX_CHANNELS} are possible; "
            "give samples as [samples, channels]"
        )
    if np.issubdtype(array.dtype, np.integer):
        information = np.iinfo(array.dtype)
        middle = 0 if information.min < 0 else (information.max + 1) // 2
        array = (array.astype(np.float64) - middle) / (information.max + 1 - middle)
    if not isinstance(rate, (int, np.integer)):
        raise AudioError(f"{name} must have a whole number of samples a second, not {rate!r}")
    digest = hashlib.sha256(
        np.ascontiguousarray(array, np.float32).tobytes() + int(rate).to_bytes(8, "little", signed=True)
    )
    seconds = len(array) / max(1, int(rate))
    mono_or_more = array if array.ndim == 2 else array[:, None]
    found = mono_or_more[: int(MAX_SECONDS * max(int(rate), 0))].astype(np.float32)
    return _checked(Recording(name, found, int(rate), seconds, digest.hexdigest()))


def _of_path(path: Path) -> Recording:
    try:
        if path.is_dir():
            raise AudioError(f"{path} is a folder; give the path of a recording")
        with open(path, "rb") as file:
            if path.is_file():
                digest = hashlib.sha256()
                while block := file.read(1 << 20):
                    digest.update(block)
                file.seek(0)
                return _decoded(file, str(path), digest.hexdigest())
            data = file.read(MAX_BYTES + 1)  # a pipe, which cannot be rewound
    except FileNotFoundError:
        raise AudioError(f"there is no recording {path}; check the path") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = getattr(error, "strerror", None) or error
        raise AudioError(f"cannot read {path}: {reason}; check the path and who may read it") from None
    return _of_bytes(data, str(path))


def _of_bytes(data: bytes, name: str) -> Recording:
    if len(data) > MAX_BYTES:
        raise AudioError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB; cut out the half minute that matters")
    return _decoded(io.BytesIO(data), name, hashlib.sha256(data).hexdigest())


def _decoded(file: IO[bytes], name: str, sha256: str) -> Recording:
    soundfile = import_soundfile("give samples instead of a file")
    try:
        with soundfile.SoundFile(file) as sound:
            rate = int(sound.samplerate)
            _check_shape(name, rate, int(sound.channels))
            left = min(int(MAX_SECONDS * rate), MAX_VALUES // int(sound.channels))
            blocks = []
            while left and len(block := sound.read(min(_BLOCK, left), dtype="float32", always_2d=True)):
                blocks.append(block)
                left -= len(block)
            # a header may promise more than there is: it is believed only where reading stopped early
            whole = 0 if left else min(int(sound.frames), 1 << 48)
    except (OSError, RuntimeError, ValueError, TypeError, SystemError) as error:  # LibsndfileError is a RuntimeError
        if not file.read(1) and file.tell() == 0:
            raise AudioError(f"{name} is empty; record again, or give another file") from None
        reason = str(getattr(error, "error_string", error)).rstrip(".")
        raise AudioError(f"{name} is no recording that can be read ({reason}); {_CONVERT.format(name)}") from None
    samples = np.concatenate(blocks) if blocks else np.zeros((0, 1), np.float32)
    return _checked(Recording(name, samples, rate, max(whole, len(samples)) / rate, sha256))


def _check_shape(name: str, rate: int, channels: int) -> None:
    if not _MIN_RATE <= rate <= _MAX_RATE:
        raise AudioError(
            f"{name} has {rate} samples a second; a voice needs {_MIN_RATE} to {_MAX_RATE}, best 22 050 or more"
        )
    if not 1 <= channels <= _MAX_CHANNELS:
        raise AudioError(f"{name} has {channels} channels, at most {_MAX_CHANNELS} are possible; mix it to one")


def _checked(recording: Recording) -> Recording:
    _check_shape(recording.name, recording.rate, recording.samples.shape[1])
    if not len(recording.samples):
        raise AudioError(f"{recording.name} holds no samples; record again, or give another file")
    bad = ~np.isfinite(recording.samples)
    if bad.any():
        share = 100 * bad.mean()
        raise AudioError(
            f"{recording.name}: {share:.3g} % of its samples are no numbers (NaN or infinite); "
            "export it again as 16-bit WAV"
        )
    return recording
