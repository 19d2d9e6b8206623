"""Whatever is called a recording becomes samples or one clear error; nothing else may happen."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyin.audio import wav_header
from qingyin.errors import AudioError
from qingyin.references.recordings import MAX_SECONDS, read_recording
from speechlike import RATE, speechlike

SOUND = speechlike(1.5)


def encoded(samples: np.ndarray = SOUND, rate: int = RATE, format: str = "WAV", subtype: str | None = None) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, rate, format=format, subtype=subtype)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("format", "subtype", "error"),
    [
        ("WAV", "PCM_16", 1e-4), ("WAV", "PCM_24", 1e-6), ("WAV", "FLOAT", 1e-7), ("WAV", "DOUBLE", 1e-7),
        ("WAV", "PCM_U8", 0.01), ("WAV", "ULAW", 0.02), ("FLAC", "PCM_16", 1e-4), ("AIFF", "PCM_16", 1e-4),
        ("CAF", "PCM_16", 1e-4), ("W64", "PCM_16", 1e-4), ("AU", "PCM_16", 1e-4), ("OGG", "VORBIS", 0.2),
        ("MP3", "MPEG_LAYER_III", 0.5),
    ],
)  # fmt: skip
def test_formats(format: str, subtype: str, error: float) -> None:
    recording = read_recording(encoded(format=format, subtype=subtype))
    assert recording.rate == RATE
    assert recording.samples.dtype == np.float32
    assert recording.samples.shape == (len(SOUND), 1)
    assert np.abs(recording.samples[:, 0] - SOUND).max() < error
    assert recording.seconds == pytest.approx(1.5)


def test_a_path_bytes_and_an_open_file_are_the_same_recording(tmp_path: Path) -> None:
    path = tmp_path / "朋友 a.flac"
    path.write_bytes(encoded(np.stack([SOUND, -SOUND], 1), 44100, "FLAC"))
    with open(path, "rb") as file:
        found = [
            read_recording(path),
            read_recording(str(path)),
            read_recording(path.read_bytes()),
            read_recording(file),
        ]
    assert len({recording.sha256 for recording in found}) == 1
    for recording in found:
        assert np.array_equal(recording.samples, found[0].samples)
        assert (recording.rate, recording.samples.shape[1]) == (44100, 2)


@pytest.mark.parametrize(
    ("samples", "scale"),
    [
        (SOUND.astype(np.float64), 1.0), ((SOUND * 32767).astype(np.int16), 1.0),
        ((SOUND * 127 + 128).astype(np.uint8), 1.0), ((SOUND * 2e9).astype(np.int32), 2e9 / 2**31),
    ],
)  # fmt: skip
def test_samples_of_any_type(samples: np.ndarray, scale: float) -> None:
    recording = read_recording((samples, RATE))
    assert np.abs(recording.samples[:, 0] - SOUND * scale).max() < 0.013
    assert recording.sha256 == read_recording((samples.copy(), RATE)).sha256
    assert recording.sha256 != read_recording((samples, RATE + 1)).sha256


def test_a_pipe(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(encoded(),))
    writer.start()
    recording = read_recording(pipe)
    writer.join()
    assert len(recording.samples) == len(SOUND)


def test_only_the_beginning_of_a_very_long_recording_is_read() -> None:
    recording = read_recording(encoded(np.zeros(int(8000 * (MAX_SECONDS + 5)), np.float32), 8000))
    assert len(recording.samples) == MAX_SECONDS * 8000
    assert recording.seconds == pytest.approx(MAX_SECONDS + 5)


def test_many_channels_at_a_high_rate_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qingyin.references.recordings.MAX_VALUES", 48_000)
    recording = read_recording(encoded(np.zeros((96_000, 8), np.float32), 96_000))
    assert recording.samples.shape == (6_000, 8)
    assert recording.seconds == pytest.approx(1)


def test_a_header_that_promises_terabytes_costs_nothing() -> None:
    data = encoded()
    lying = bytearray(encoded(format="W64"))
    lying[96:112] = struct.pack("<QQ", 1 << 46, 1 << 46)
    for file in (wav_header(RATE, None) + data[44:], data[:40] + b"\xf0\xff\xff\xff" + data[44:]):
        assert len(read_recording(file).samples) == len(SOUND)
    with contextlib.suppress(AudioError):
        assert len(read_recording(bytes(lying)).samples) <= len(SOUND)


def bad(tmp_path: Path) -> dict[str, tuple[Any, str]]:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.wav").touch()
    (tmp_path / "notes.wav").write_text("this is a text, whatever its name says\n" * 20, encoding="utf-8")
    (tmp_path / "cut.wav").write_bytes(encoded()[:30])
    not_a_number, endless = SOUND.copy(), SOUND.copy()
    not_a_number[100:120], endless[7] = np.nan, np.inf
    return {
        "folder": (tmp_path / "folder", "is a folder"),
        "missing": (tmp_path / "nobody.wav", "there is no recording"),
        "empty file": (tmp_path / "empty.wav", "is empty"),
        "empty bytes": (b"", "is empty"),
        "text": (tmp_path / "notes.wav", "ffmpeg -i"),
        "cut header": (tmp_path / "cut.wav", "cut.wav"),
        "null in the name": ("a\0b.wav", "cannot read"),
        "no samples": (wav_header(RATE, 0), "holds no samples"),
        "NaN": (encoded(not_a_number, subtype="FLOAT"), "no numbers"),
        "infinite": ((endless, RATE), "no numbers"),
        "rate 0": ((SOUND, 0), "has 0 samples a second"),
        "rate -1": ((SOUND, -1), "samples a second"),
        "rate 100": (encoded(rate=100), "has 100 samples a second"),
        "half a rate": ((SOUND, 22050.5), "whole number"),
        "no array": ((SOUND[:0], RATE), "holds no samples"),
        "three axes": ((SOUND.reshape(1, -1, 1), RATE), r"\[samples, channels\]"),
        "turned": ((SOUND.reshape(1, -1), RATE), r"channels"),
        "complex": ((SOUND.astype(np.complex64), RATE), "complex64"),
        "words": ((np.array(["a", "b"]), RATE), "must be numbers"),
        "text file": (io.StringIO("abc"), "mode 'rb'"),
    }


@pytest.mark.parametrize("case", [
    "folder", "missing", "empty file", "empty bytes", "text", "cut header", "null in the name", "no samples", "NaN",
    "infinite", "rate 0", "rate -1", "rate 100", "half a rate", "no array", "three axes", "turned", "complex", "words",
    "text file",
])  # fmt: skip
def test_what_is_no_recording_says_so(case: str, tmp_path: Path) -> None:
    source, message = bad(tmp_path)[case]
    with pytest.raises(AudioError, match=message):
        read_recording(source)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.wav"
    path.write_bytes(encoded())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(AudioError, match=r"cannot read .*secret\.wav"):
        read_recording(path)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_recording(data)
    except AudioError as error:
        assert "\n" not in str(error)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["WAV", "FLAC", "OGG", "AIFF", "MP3"]), st.integers(0, 2**32), st.integers(1, 12))
def test_damaged_files_are_read_or_refused(format: str, seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    data = np.frombuffer(encoded(SOUND[:6000], format=format), np.uint8).copy()
    places = rng.integers(0, min(len(data), 200 if rng.random() < 0.7 else len(data)), count)
    data[places] = rng.integers(0, 256, count)
    try:
        recording = read_recording(data[: rng.integers(1, len(data) + 1)].tobytes())
    except AudioError:
        return
    assert np.isfinite(recording.samples).all()
    assert len(recording.samples)
