"""Exists to put samples into files and pipes: wholly or not at all for a file, at once for a pipe."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterator

from qingyin.errors import AudioError, DependencyError

TYPE_CHECKING = False  # as type checkers understand it; these take longer to import than a daemon to answer
if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO, Any

    import numpy as np

    from qingyin.audio_sink import AudioSink

# extension -> libsndfile's (format, subtype); .wav is written here, because importing soundfile takes longer
# than a WAV header
_SOUNDFILE_FORMATS = {
    ".flac": ("FLAC", "PCM_16"),
    ".ogg": ("OGG", "VORBIS"),
    ".opus": ("OGG", "OPUS"),
    ".mp3": ("MP3", "MPEG_LAYER_III"),
}
EXTENSIONS = (".wav", *_SOUNDFILE_FORMATS)
_OPUS_RATES = (8000, 12000, 16000, 24000, 48000)  # Hz; the codec has no others
_UNKNOWN_LENGTH = 0xFFFFFFFF  # what WAV writers put where the length cannot be known in advance
_BLOCK = 16384  # samples; libsndfile's Vorbis encoder overflows its stack on very long blocks


def to_pcm16(samples: np.ndarray) -> np.ndarray:
    """float32 [n] in [-1, 1] -> little-endian int16 [n], rounded; values outside are held at the ends,
    never wrapped.
    """
    import numpy as np

    pcm: np.ndarray = np.rint(np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2")
    return pcm


def pcm16_bytes(samples: np.ndarray | bytes) -> bytes:
    """Signed 16-bit little-endian of float32 samples; bytes are that already."""
    return samples if isinstance(samples, bytes) else to_pcm16(samples).tobytes()


class RawSink:
    """Headerless signed 16-bit little-endian mono, flushed at each write so that a player can start."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, samples: np.ndarray | bytes) -> None:
        self._file.write(pcm16_bytes(samples))
        self._file.flush()

    def close(self) -> None:
        self._file.flush()


class WavSink:
    """Mono 16-bit WAV, whose lengths are filled in at the end; in a pipe they read "unknown"."""

    def __init__(self, file: IO[bytes], sample_rate: int) -> None:
        self._file, self._sample_rate = file, sample_rate
        self._start = file.tell() if file.seekable() and not _appends(file) else None
        self._bytes: int | None = None  # None until the header is out

    def write(self, samples: np.ndarray | bytes) -> None:
        if self._bytes is None:  # not earlier: a run that fails before its first sound writes nothing at all
            self._file.write(wav_header(self._sample_rate, None))
            self._bytes = 0
        data = pcm16_bytes(samples)
        self._file.write(data)
        self._file.flush()
        self._bytes += len(data)

    def close(self) -> None:
        if self._bytes is None:
            self.write(b"")
        if self._start is not None:
            self._file.seek(self._start)
            self._file.write(wav_header(self._sample_rate, self._bytes))
            self._file.seek(0, os.SEEK_END)
        self._file.flush()


def _appends(file: IO[bytes]) -> bool:
    """Whether all writes go to the end whatever is sought, as under the shell's `>>`."""
    try:
        import fcntl

        return bool(fcntl.fcntl(file.fileno(), fcntl.F_GETFL) & os.O_APPEND)
    except (ImportError, OSError):  # no such thing here, or no real file
        return False


def wav_header(sample_rate: int, data_bytes: int | None) -> bytes:
    """The 44 bytes before mono 16-bit PCM; None for a length that is not known."""
    if data_bytes is None or data_bytes + 36 >= _UNKNOWN_LENGTH:
        riff = data = _UNKNOWN_LENGTH
    else:
        riff, data = data_bytes + 36, data_bytes
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", riff, b"WAVE") + form + struct.pack("<4sI", b"data", data)


class SoundFileSink:
    """FLAC, Ogg Vorbis, Ogg Opus or MP3 through libsndfile; `settings` are soundfile's for the codec."""

    def __init__(self, file: IO[bytes], sample_rate: int, extension: str, **settings: Any) -> None:
        soundfile = import_soundfile("write a .wav")
        kind, subtype = _SOUNDFILE_FORMATS[extension]
        if kind not in soundfile.available_formats() or subtype not in soundfile.available_subtypes(kind):
            raise AudioError(f"this libsndfile cannot write {extension}; use one of .wav, .flac")
        if subtype == "OPUS" and sample_rate not in _OPUS_RATES:
            raise AudioError(f"Opus has no {sample_rate} Hz; it has {', '.join(map(str, _OPUS_RATES))} Hz")
        self._lossless = subtype == "PCM_16"
        self._sound = soundfile.SoundFile(
            file, "w", samplerate=sample_rate, channels=1, format=kind, subtype=subtype, **settings
        )

    def write(self, samples: np.ndarray) -> None:
        for start in range(0, len(samples), _BLOCK):
            block = samples[start : start + _BLOCK]
            self._sound.write(to_pcm16(block).astype("=i2", copy=False) if self._lossless else block)

    def close(self) -> None:
        self._sound.close()


def check_extension(path: Path) -> str:
    """The path's format. Errors: AudioError that lists what can be written."""
    extension = path.suffix.lower()
    if extension not in EXTENSIONS:
        raise AudioError(f"cannot tell the format of {path}: end its name in one of {', '.join(EXTENSIONS)}")
    return extension


def file_rate(path: Path, sample_rate: int, wanted: int | None) -> int:
    """The rate in Hz to write a file with: the one wanted, else that of the sound, else what its codec has.
    Errors: AudioError when the format cannot have the rate wanted.
    """
    opus = check_extension(path) == ".opus"
    if wanted is None:
        return min(rate for rate in _OPUS_RATES if rate >= min(sample_rate, 48000)) if opus else sample_rate
    if opus and wanted not in _OPUS_RATES:
        raise AudioError(f"Opus has no {wanted} Hz; use --rate 24000 or 48000, or another format")
    return wanted


@contextlib.contextmanager
def open_audio(path: Path, sample_rate: int) -> Iterator[AudioSink]:
    """A sink that becomes `path` when the block ends well; if it does not, nothing is left and an old file
    stays.

    The sound goes to a new file in the same folder, which then takes the name in one step. What is not an
    ordinary file (a device, a named pipe) is written to directly. Errors: AudioError.
    """
    from pathlib import Path

    extension = check_extension(path)
    path = Path(os.path.realpath(path))  # a link stays a link: what it points at is replaced
    temporary: Path | None = None
    try:
        if path.is_dir():
            raise AudioError(f"cannot write {path}: it is a folder; give a file name")
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            file: IO[bytes] = open(path, "wb")  # noqa: SIM115 (closed below, with its error handled)
        else:
            if path.exists() and not os.access(path, os.W_OK):
                raise AudioError(f"cannot write {path}: it is write-protected; choose another path with -o")
            temporary = path.with_name(f".{path.name[:40]}.{os.urandom(4).hex()}.tmp")
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            file = os.fdopen(os.open(temporary, flags, 0o666), "w+b")
    except OSError as error:
        raise AudioError(f"cannot write {path}: {error.strerror}; choose another path with -o") from None
    sink: AudioSink | None = None
    done = False
    try:
        sink = guarded(_file_sink(file, sample_rate, extension), path)
        yield sink
        sink.close()
        with _errors_named(path):
            file.close()
            if temporary is not None:
                os.replace(temporary, path)
        done = True
    finally:
        if not done:
            # the first error is the one to tell; closing a half-written file may well fail again
            with contextlib.suppress(Exception):
                if sink is not None:
                    sink.close()
            with contextlib.suppress(OSError):
                file.close()
            if temporary is not None:
                with contextlib.suppress(OSError):
                    temporary.unlink()


def write_audio(path: Path, samples: np.ndarray, sample_rate: int, rate: int | None = None) -> None:
    """Writes float32 [n] in [-1, 1] of `sample_rate` Hz to a file, wholly or not at all; rate: Hz of the file,
    None for file_rate's choice. Errors: AudioError; DependencyError when the rates differ and soxr is missing.
    """
    from qingyin.resampling import resampled

    target = file_rate(path, sample_rate, rate)
    with open_audio(path, target) as file, resampled(file, sample_rate, target) as sink:
        sink.write(samples)


def guarded(sink: AudioSink, name: Path | str) -> AudioSink:
    """A sink whose operating-system errors (a full disk) are AudioErrors that name the file."""
    return _Guarded(sink, name)


class _Guarded:
    def __init__(self, sink: AudioSink, name: Path | str) -> None:
        self._sink, self._name = sink, name

    def write(self, samples: np.ndarray) -> None:
        with _errors_named(self._name):
            self._sink.write(samples)

    def close(self) -> None:
        with _errors_named(self._name):
            self._sink.close()


@contextlib.contextmanager
def _errors_named(name: Path | str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the listener went away; that is for the command line to judge
    except OSError as error:
        reason = error.strerror or error
        raise AudioError(f"cannot write {name}: {reason}; free some space or choose another path") from None
    except RuntimeError as error:  # soundfile.LibsndfileError; the package may not be imported
        raise AudioError(f"cannot write {name}: {error}; try .wav") from None


def _file_sink(file: IO[bytes], sample_rate: int, extension: str) -> AudioSink:
    return WavSink(file, sample_rate) if extension == ".wav" else SoundFileSink(file, sample_rate, extension)


def import_soundfile(otherwise: str) -> Any:
    """The soundfile module. Errors: DependencyError that says what to do `otherwise`."""
    try:
        import soundfile
    except (ImportError, OSError) as error:  # OSError: the package without libsndfile
        raise DependencyError(
            f"soundfile cannot be imported ({error}); pip install soundfile, or {otherwise}"
        ) from None
    return soundfile
