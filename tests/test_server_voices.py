"""Voices are made over HTTP of real recordings, with consent, and whatever else is uploaded does no harm."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
import soundfile

from patience import LONGEST_SECONDS
from qingyin.errors import AudioError
from qingyin.references.reference import load_reference
from qingyin.server.limits import Limits
from qingyin.server.upload_budget import Sent
from qingyin.server.uploads import Uploads
from serving import Served, serving
from speechlike import speechlike
from tools import malformed_uploads

RATE = 22050


@pytest.fixture(scope="module")
def served(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QINGYIN_HOME", str(home))
        limits = Limits(upload_seconds=60.0, upload_bytes=3_000_000, decode_seconds=LONGEST_SECONDS)
        with serving(models, tmp_path_factory.mktemp("state"), limits=limits) as found:
            yield found


def wav(samples: np.ndarray, rate: int = RATE, **how: str) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate, **{"format": "WAV", **how})
    return file.getvalue()


def upload(
    served: Served, *recordings: bytes, name: str = "friend", consent: str = "true", **more: str
) -> httpx.Response:
    files = [("audio_sample", ("../../../etc/passwd", data)) for data in recordings]
    return served.http.post("/v1/audio/voices", data={"name": name, "consent": consent, **more}, files=files)


@pytest.fixture(scope="module")
def recording() -> bytes:
    return wav(speechlike(4.0))


def test_a_voice_from_upload_to_speech_to_its_end(served: Served, recording: bytes) -> None:
    made = upload(served, recording, name="朋友", description="a  friend")
    assert made.status_code == 201, made.text
    assert made.json() | {"kind": "own", "id": "朋友", "description": "a friend"} == made.json()
    assert upload(served, recording, name="朋友").status_code == 409
    names = [voice["id"] for voice in served.http.get("/v1/audio/voices").json()["data"]]
    assert names == ["yuetan", "chenwang", "朋友"]
    spoken = served.speak(voice="朋友", response_format="wav")
    assert spoken.status_code == 200 and spoken.headers["x-qingyin-voice"] == "%E6%9C%8B%E5%8F%8B"
    assert spoken.content != served.speak(response_format="wav").content
    (stored,) = (Path(os.environ["QINGYIN_HOME"]) / "voices").iterdir()
    assert "by HTTP from 127.0.0.1" in stored.read_text(encoding="utf-8")
    assert served.http.delete("/v1/audio/voices/朋友").json()["deleted"] is True
    assert served.http.delete("/v1/audio/voices/朋友").status_code == 404
    assert served.speak(voice="朋友").status_code == 400 and not stored.exists()


@pytest.mark.parametrize(
    ("more", "status", "words"),
    [
        ({"consent": "no"}, 400, "consent=true"),
        ({"consent": ""}, 400, "consent"),
        ({"name": "../x"}, 400, "voice name"),
        ({"name": "yuetan"}, 400, "bundled"),
        ({"name": "好" * 65}, 400, "name"),
        ({"description": "a" * 501}, 400, "description"),
    ],
)
def test_fields_are_checked(served: Served, recording: bytes, more: dict[str, str], status: int, words: str) -> None:
    answer = upload(served, recording, **more)
    assert answer.status_code == status and words in answer.json()["error"]["message"]


def test_bundled_voices_and_paths_are_not_deleted(served: Served) -> None:
    assert served.http.delete("/v1/audio/voices/yuetan").status_code == 403
    for name in ("nobody", "..%2F..%2Fetc%2Fpasswd", "a.json", "%00"):
        assert served.http.delete(f"/v1/audio/voices/{name}").status_code == 404


def test_uploads_are_bounded(served: Served, recording: bytes) -> None:
    assert upload(served, bytes(4_000_000)).status_code == 413
    long = upload(served, wav(np.zeros(8000 * 61, np.float32), 8000, subtype="PCM_U8"))
    assert long.status_code == 400
    assert "at most 5" in upload(served, *[recording] * 6).json()["error"]["message"]
    assert upload(served).status_code == 400
    without_boundary = {"content-type": "multipart/form-data"}
    assert served.http.post("/v1/audio/voices", content=b"x", headers=without_boundary).status_code == 400


def test_who_has_sent_enough_is_told_when_to_come_back(models: Path, tmp_path: Path) -> None:
    with serving(models, tmp_path, limits=Limits(upload_hour_bytes=100_000)) as small:
        assert upload(small, bytes(60_000)).status_code == 400
        assert upload(small, bytes(60_000)).status_code == 400
        refused = upload(small, bytes(10))
        assert refused.status_code == 429 and 3000 < int(refused.headers["retry-after"]) <= 3600
        assert small.http.get("/v1/audio/voices").status_code == 200


def test_bytes_are_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    # not time.monotonic itself: the server of the other tests runs by it
    monkeypatch.setattr("qingyin.server.upload_budget.time", SimpleNamespace(monotonic=lambda: clock))
    sent = Sent()
    sent.add("a", 60)
    clock = 1600.0
    sent.add("a", 60)
    sent.add("a", 30)
    assert sent.wait_seconds("a", 151) == 0 and sent.wait_seconds("b", 1) == 0
    assert sent.wait_seconds("a", 100) == 3000 and sent.wait_seconds("a", 90) == 3600
    clock = 4700.0
    assert sent.wait_seconds("a", 91) == 0


KINDS = dict(malformed_uploads.kinds())


def test_there_are_a_hundred_kinds_of_malformed_uploads() -> None:
    assert len(KINDS) >= 100 and len(set(KINDS.values())) >= 100


# each starts a process; tools/try_service.py sends them all
@pytest.mark.parametrize("kind", ["nothing", "html", "wav: 65535 channels", "silence", "flac: length 2^36"])
def test_malformed_uploads_are_refused_with_a_reason(served: Served, kind: str) -> None:
    answer = upload(served, KINDS[kind])
    assert 400 <= answer.status_code < 500 and len(answer.json()["error"]["message"]) > 20


def test_the_child_gives_what_decoding_here_gives(recording: bytes) -> None:
    there = asyncio.run(Uploads(Limits(decode_seconds=LONGEST_SECONDS)).reference(recording))
    here = load_reference(recording)
    for name in ("samples", "mel", "f0", "voicing", "active"):
        assert np.allclose(getattr(there, name), getattr(here, name), atol=1e-4), name
    assert there.warnings == here.warnings and there.sha256 == here.sha256 and there.part == here.part


@pytest.mark.parametrize(
    "limits", [Limits(decode_seconds=0.01), Limits(decode_seconds=LONGEST_SECONDS, decoded_bytes=100_000_000)]
)
def test_a_decoder_without_time_or_memory_is_an_error_of_the_upload(recording: bytes, limits: Limits) -> None:
    with pytest.raises(AudioError, match="convert it"):
        asyncio.run(Uploads(limits).reference(recording))
