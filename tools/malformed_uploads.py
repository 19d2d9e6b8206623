"""Exists to be one list of recordings that are none, for the test of uploads and for the trial of a running server
(tools/try_service.py): every kind must be refused with a reason.

None holds speech, so that a decoder which makes something of a damaged file still leads to a refusal.
"""

from __future__ import annotations

import gzip
import io
import pickle
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import soundfile

_RATE = 22050
_ENCODED = {
    "wav": ("WAV", "PCM_16"), "wav24": ("WAV", "PCM_24"), "wavfloat": ("WAV", "FLOAT"), "adpcm": ("WAV", "IMA_ADPCM"),
    "aiff": ("AIFF", "PCM_16"), "au": ("AU", "PCM_16"), "caf": ("CAF", "PCM_16"), "w64": ("W64", "PCM_16"),
    "flac": ("FLAC", "PCM_16"), "vorbis": ("OGG", "VORBIS"), "opus": ("OGG", "OPUS"), "mp3": ("MP3", "MPEG_LAYER_III"),
}  # fmt: skip


def kinds() -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each kind."""
    yield from _no_sound()
    yield from _lying_headers()
    yield from _useless_sound()
    yield from _damaged()


def _tone(seconds: float = 2.0) -> np.ndarray:
    time = np.arange(int(seconds * _RATE)) / _RATE
    return (0.2 * np.sin(2 * np.pi * 1000.0 * time)).astype(np.float32)


def _encode(samples: np.ndarray, kind: str, rate: int = _RATE) -> bytes:
    form, subtype = _ENCODED[kind]
    file = io.BytesIO()
    soundfile.write(file, samples, 24000 if kind == "opus" else rate, format=form, subtype=subtype)
    return file.getvalue()


def _no_sound() -> Iterator[tuple[str, bytes]]:
    rng = random.Random(1)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("../../../etc/passwd", b"\0" * 5_000_000)
    yield "nothing", b""
    yield "one byte", b"\0"
    yield "line end", b"\r\n"
    yield "zeros", bytes(100_000)
    yield "all ones", b"\xff" * 100_000
    yield "noise", rng.randbytes(100_000)
    yield "text", "今天天气真好。".encode() * 1000
    yield "html", b"<!doctype html><script>alert(1)</script>"
    yield "json", b'{"input": "hello"}'
    yield "xml bomb", b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
    yield "zip bomb", archive.getvalue()
    yield "gzip", gzip.compress(_encode(_tone(), "wav"))
    yield "zlib bomb", zlib.compress(bytes(10_000_000))
    yield "pickle", pickle.dumps({"a": [1, 2, 3]})
    yield "png", b"\x89PNG\r\n\x1a\n" + rng.randbytes(2000)
    yield "pdf", b"%PDF-1.7\n" + rng.randbytes(2000)
    yield "elf", b"\x7fELF" + rng.randbytes(2000)
    yield "mp4", struct.pack(">I", 24) + b"ftypM4A \0\0\0\0M4A mp42" + rng.randbytes(2000)
    yield "webm", b"\x1a\x45\xdf\xa3" + rng.randbytes(2000)
    yield "midi", b"MThd\0\0\0\6\0\1\0\2\0\x60MTrk" + rng.randbytes(200)
    yield "playlist", b"#EXTM3U\nfile:///etc/passwd\nhttp://127.0.0.1:22/\n"
    yield "a path", b"/etc/passwd"
    for magic in (
        b"RIFF", b"RIFX", b"RF64", b"riff.\x91\xcf\x11", b"FORM", b".snd", b"caff", b"fLaC", b"OggS", b"ID3\4",
        b"\xff\xfb\x90\x64", b"MATLAB 5.0", b"NIST_1A", b"Creative Voice File", b"LM8953", b"2BIT", b"IMPS", b"SDSX",
        b"wvpk",
    ):  # fmt: skip
        yield f"noise after {magic!r}", magic + rng.randbytes(5000)


def _wav(form: int = 1, channels: int = 1, rate: int = _RATE, bits: int = 16, data: bytes | None = None,
         data_size: int | None = None, riff_size: int | None = None, fmt_size: int = 16) -> bytes:  # fmt: skip
    body = _encode(_tone(0.5), "wav")[44:] if data is None else data
    frame = channels * bits // 8
    header = struct.pack("<HHIIHH", form, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    chunk = struct.pack("<4sI", b"fmt ", fmt_size) + header
    size = len(body) if data_size is None else data_size
    whole = b"WAVE" + chunk + struct.pack("<4sI", b"data", size) + body
    return struct.pack("<4sI", b"RIFF", len(whole) if riff_size is None else riff_size) + whole


def _lying_headers() -> Iterator[tuple[str, bytes]]:
    for name, how in (
        ("no channels", {"channels": 0}), ("17 channels", {"channels": 17}), ("65535 channels", {"channels": 65535}),
        ("rate 0", {"rate": 0}), ("rate 1", {"rate": 1}), ("rate 4 billion", {"rate": 0xFFFFFFFF}),
        ("0 bits", {"bits": 0}), ("7 bits", {"bits": 7}), ("65535 bits", {"bits": 65535}),
        ("format 0", {"form": 0}), ("format 0xFFFE", {"form": 0xFFFE}), ("format mp3", {"form": 0x55}),
        ("data of 4 GB", {"data_size": 0xFFFFFFFF}), ("data of 2 GB", {"data_size": 0x7FFFFFFF}),
        ("whole of 0", {"riff_size": 0}), ("short format chunk", {"fmt_size": 4}),
        ("long format chunk", {"fmt_size": 1 << 30}), ("no data", {"data": b""}), ("half a sample", {"data": b"\1"}),
    ):  # fmt: skip
        yield f"wav: {name}", _wav(**how)
    flac = bytearray(_encode(_tone(), "flac"))
    lies = (("rate 0", 18, b"\0\0\0"), ("block size 0", 8, b"\0\0\0\0"), ("length 2^36", 21, b"\xff" * 5))
    for name, at, value in lies:
        yield f"flac: {name}", bytes(flac[:at] + value + flac[at + len(value) :])
    yield "flac: endless picture", b"fLaC\x06\xff\xff\xff" + bytes(1000)
    yield "mp3: tag of 256 MB", b"ID3\4\0\0\x7f\x7f\x7f\x7f" + _encode(_tone(), "mp3")
    yield "mp3: headers only", b"\xff\xfb\x90\x64" * 5000
    yield "aiff: no sound chunk", _encode(_tone(), "aiff")[:38]


def _useless_sound() -> Iterator[tuple[str, bytes]]:
    rng = np.random.default_rng(2)
    tone = _tone()
    yield "silence", _encode(np.zeros_like(tone), "wav")
    yield "constant", _encode(np.full_like(tone, 0.5), "wav")
    yield "a tone", _encode(tone, "wav")
    yield "white noise", _encode(rng.uniform(-0.5, 0.5, _RATE).astype(np.float32), "wav")
    yield "one sample", _encode(tone[:1], "wav")
    yield "no samples", _encode(tone[:0], "wav")
    yield "not numbers", _encode(np.full_like(tone, np.nan), "wavfloat")
    yield "infinite", _encode(np.where(np.arange(len(tone)) % 100, tone, np.inf).astype(np.float32), "wavfloat")
    yield "huge numbers", _encode(tone * np.float32(1e38), "wavfloat")
    yield "an hour of silence", _encode(np.zeros(8000 * 3600, np.float32), "flac", 8000)
    yield "eight channels at 655 kHz", _encode(np.zeros((655_350 * 4, 8), np.float32), "flac", 655_350)


def _damaged() -> Iterator[tuple[str, bytes]]:
    rng = random.Random(3)
    for kind in _ENCODED:
        whole = _encode(_tone(), kind)
        yield f"{kind}: header only", whole[:40]
        yield f"{kind}: cut in the middle", whole[: len(whole) // 2]
        flipped = bytearray(whole)
        for _ in range(50):
            flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
        yield f"{kind}: bits flipped", bytes(flipped)
        middle = len(whole) // 3
        yield f"{kind}: noise in the middle", whole[:middle] + rng.randbytes(middle) + whole[2 * middle :]
