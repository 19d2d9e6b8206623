"""Programs written for OpenAI's speech endpoint get their sound, in every format, while it is being made."""

from __future__ import annotations

import base64
import io
import itertools
import json
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import openai
import pytest
import soundfile

from patience import LONGEST_SECONDS, until
from qingyin import Synthesizer
from qingyin.server.aac import find_ffmpeg
from qingyin.server.instructions import emotion_of_instructions
from qingyin.server.limits import Limits
from serving import TEXT, Served, serving

LABELS = ("neutral", "happy", "sad", "angry")


@pytest.fixture(scope="module")
def served(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    limits = Limits(characters=2000, ahead_seconds=2.0)
    with serving(models, tmp_path_factory.mktemp("state"), limits=limits) as found:
        yield found


@pytest.fixture(scope="module")
def expected(models: Path) -> np.ndarray:
    return Synthesizer.load(models).synthesize(TEXT, seed=3).samples


def read(data: bytes, frames: int = -1) -> tuple[np.ndarray, int]:
    samples, rate = soundfile.read(io.BytesIO(data), frames=frames, dtype="float32")
    return samples, rate


def idle(served: Served) -> None:
    until(lambda: not (served.engine.active or served.engine.admission.active))


def test_the_official_client(served: Served, expected: np.ndarray) -> None:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client:
        assert [model.id for model in client.models.list()] == ["qingyin"]
        assert client.models.retrieve("tts-1").id == "tts-1"
        with client.audio.speech.with_streaming_response.create(
            model="tts-1", voice="alloy", input=TEXT, response_format="wav", speed=1.0, extra_body={"seed": 3}
        ) as response:
            samples, rate = read(b"".join(response.iter_bytes()))
        assert rate == 22050 and np.allclose(samples, expected, atol=2e-4)
        events = client.audio.speech.create(
            model="gpt-4o-mini-tts", voice="chenwang", input=TEXT, instructions="Speak sadly.", response_format="pcm",
            stream_format="sse",
        )  # fmt: skip
        lines = [json.loads(line[6:]) for line in events.text.splitlines() if line.startswith("data: ")]
        assert lines[-1]["type"] == "speech.audio.done" and lines[-1]["qingyin"]["voice"] == "chenwang"
        pcm = b"".join(base64.b64decode(line["audio"]) for line in lines[:-1])
        assert len(pcm) / 2 / 24000 == pytest.approx(lines[-1]["qingyin"]["seconds"], abs=0.01)
        with pytest.raises(openai.NotFoundError, match="no model"):
            client.audio.speech.create(model="whisper", voice="alloy", input=TEXT)
        with pytest.raises(openai.BadRequestError, match="unknown voice"):
            client.audio.speech.create(model="tts-1", voice="nobody", input=TEXT)


@pytest.mark.parametrize(
    ("name", "media", "rate"),
    [
        ("mp3", "audio/mpeg", 22050),
        ("opus", "audio/ogg", 24000),
        ("flac", "audio/flac", 22050),
        ("wav", "audio/wav", 22050),
    ],
)
def test_formats(served: Served, expected: np.ndarray, name: str, media: str, rate: int) -> None:
    answer = served.speak(response_format=name)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(media)
    # streamed FLAC says no length, and soundfile fails to look beyond the end that it then meets
    samples, found_rate = read(answer.content, len(expected) - 10 if name == "flac" else -1)
    assert found_rate == rate
    assert len(samples) / rate == pytest.approx(len(expected) / 22050, abs=0.12)
    if name in ("flac", "wav"):
        assert np.allclose(samples, expected[: len(samples)], atol=2e-4)


def test_pcm_is_24_khz(served: Served, expected: np.ndarray) -> None:
    answer = served.speak(response_format="pcm")
    assert len(answer.content) == 2 * round(len(expected) * 24000 / 22050)


def test_aac_where_ffmpeg_is(served: Served, expected: np.ndarray) -> None:
    answer = served.speak(response_format="aac")
    program = find_ffmpeg()
    if program is None:
        assert answer.status_code == 400 and "ffmpeg" in answer.json()["error"]["message"]
        return
    assert answer.headers["content-type"].startswith("audio/aac")
    assert answer.content[:1] == b"\xff" and answer.content[1] & 0xF6 == 0xF0  # ADTS
    command = [program, "-loglevel", "error", "-i", "pipe:0", "-f", "f32le", "-ac", "1", "-ar", "22050", "pipe:1"]
    decoded = subprocess.run(command, input=answer.content, stdout=subprocess.PIPE, check=True).stdout
    heard = np.frombuffer(decoded, dtype="<f4")[1024:]  # a frame of priming, which ADTS cannot name
    assert len(expected) <= len(heard) < len(expected) + 3 * 1024
    # the tiny models hum and hiss, and AAC keeps little of hiss; a place off by one frame would give 0.01
    assert np.corrcoef(heard[: len(expected)], expected)[0, 1] > 0.8


def test_sound_comes_before_it_is_all_made_and_stops_when_the_client_goes(served: Served) -> None:
    idle(served)  # a client has all its sound a moment before the engine has counted it
    with served.http.stream("POST", "/v1/audio/speech", json={"input": TEXT * 80, "response_format": "wav"}) as answer:
        pieces = answer.iter_raw()  # dropping it would hang up
        assert next(pieces)[:4] == b"RIFF" and served.engine.active == 1
        abandoned = served.engine.counts.abandoned
    idle(served)
    assert served.engine.counts.abandoned == abandoned + 1


def test_health_answers_while_others_are_served(served: Served) -> None:
    def listen() -> None:
        with served.http.stream("POST", "/v1/audio/speech", json={"input": TEXT * 2}) as answer:
            answer.read()

    threads = [threading.Thread(target=listen) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert served.http.get("/healthz").json()["status"] == "ok" and served.http.get("/readyz").status_code == 200
    for thread in threads:
        thread.join()


def test_speeds_of_the_whole_range(served: Served) -> None:
    lengths = [len(served.speak(response_format="pcm", speed=speed).content) for speed in (0.25, 0.5, 1, 2, 4)]
    ratios = [one / other for one, other in itertools.pairwise(lengths)]
    assert ratios[0] == pytest.approx(2, rel=0.1) and ratios[1] == pytest.approx(2, rel=0.1) and min(ratios) > 1.4


def test_what_was_used_is_told(served: Served) -> None:
    answer = served.speak(voice={"id": "chenwang"}, instructions="非常开心地说")
    assert answer.headers["x-qingyin-voice"] == "chenwang" and answer.headers["x-qingyin-seed"] == "3"
    assert "happy" in answer.headers["x-qingyin-emotion"]
    assert served.http.get("/healthz", headers={"x-request-id": "mine-1"}).headers["x-request-id"] == "mine-1"
    forged = served.http.get("/healthz", headers={"x-request-id": "a b"}).headers["x-request-id"]
    assert forged != "a b" and len(forged) == 16


def test_emotions_change_the_sound(served: Served, expected: np.ndarray) -> None:
    plain, happy, mixed = (
        served.speak(response_format="pcm", **more).content
        for more in ({}, {"instructions": "cheerfully"}, {"emotion": "happy=0.5,sad=0.5"})
    )
    assert len({plain, happy, mixed}) == 3


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Speak in a cheerful and positive tone.", {"happy": 1.0}),
        ("sad", {"sad": 1.0}),
        ("happy=0.6,angry=0.3", {"happy": 0.6, "angry": 0.3}),
        ("用悲伤的语气", {"sad": 1.0}),
        ("非常愤怒地说", {"angry": 1.3}),
        ("有点难过", {"sad": 0.6}),
        ("slightly annoyed", {"angry": 0.6}),
        ("不要生气，高兴一点", {"happy": 1.0}),
        ("Don't sound angry.", {}),
        ("calm and neutral", {"neutral": 1.0}),
        ("an unhappy voice", {"sad": 1.0}),
        ("又哭又笑", {"happy": 0.5, "sad": 0.5}),
        ("Made by a machine, at a bitter pace", {}),
        ("like a pirate", {}),
        ("", {}),
    ],
)
def test_words_of_emotion(text: str, found: dict[str, float]) -> None:
    assert emotion_of_instructions(text, LABELS) == found


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"input": ""}, 400, "input"),
        ({"input": "！"}, 400, "nothing that can be spoken"),
        ({"input": "好" * 2001}, 413, "at most 2000"),
        ({"speed": 0.2}, 400, "speed"),
        ({"speed": "fast"}, 400, "speed"),
        ({"voice": "../../etc/passwd"}, 400, "voice name"),
        ({"voice": "yuetan.json"}, 400, "voice name"),
        ({"voice": 7}, 400, "voice"),
        ({"model": "gpt-9"}, 404, "no model"),
        ({"response_format": "midi"}, 400, "response_format"),
        ({"emotion": "cross"}, 400, "unknown emotion"),
        ({"temperatur": 1}, 400, "temperatur"),
        ({"markup": "ssml", "input": "<speak>"}, 400, "line 1"),
    ],
)
def test_mistakes_are_explained(served: Served, body: dict[str, object], status: int, words: str) -> None:
    answer = served.speak(**body)
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert words in error["message"] and error["type"] == "invalid_request_error" and {"param", "code"} <= set(error)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"input": "\\ud800"}', b'{"input": "\xff"}', b'{"input": NaN}', b"[" * 10_000],
)
def test_bodies_that_are_none(served: Served, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = served.http.post("/v1/audio/speech", content=content, headers=headers)
    assert answer.status_code == 400 and answer.json()["error"]["message"]


def test_more_than_it_can_serve_is_told_when_to_come_back(models: Path, tmp_path: Path) -> None:
    limits = Limits(streams=1, waiting=0, ahead_seconds=1.0)
    with serving(models, tmp_path, limits=limits) as busy:
        body = {"input": TEXT * 200, "response_format": "wav"}
        with busy.http.stream("POST", "/v1/audio/speech", json=body) as answer:
            pieces = answer.iter_raw()
            next(pieces)
            refused = busy.speak()
            assert refused.status_code == 429 and int(refused.headers["retry-after"]) >= 1
            assert refused.json()["error"]["type"] == "rate_limit_error"
            figures = busy.http.get("/metrics").text
        assert "qingyin_refused_total 1.0" in figures and "qingyin_active_streams 1.0" in figures
        idle(busy)
        figures = busy.http.get("/metrics").text
        assert 'qingyin_speeches_total{end="abandoned"} 1.0' in figures
        assert float(figures.split("\nqingyin_sound_seconds_total ")[1].split()[0]) > 1.0
        assert busy.speak().status_code == 200


def test_a_client_that_takes_nothing_is_left(models: Path, tmp_path: Path) -> None:
    with serving(models, tmp_path, limits=Limits(stall_seconds=0.3, ahead_seconds=1.0)) as stalled:
        with httpx.stream("POST", f"{stalled.url}/v1/audio/speech", timeout=LONGEST_SECONDS,
                          json={"input": TEXT * 300, "response_format": "wav"}) as answer:  # fmt: skip
            pieces = answer.iter_raw(1)
            next(pieces)
            idle(stalled)
        assert stalled.engine.counts.finished == 0


def test_the_description_and_its_page(served: Served) -> None:
    api = served.http.get("/openapi.json").json()
    assert {"/v1/audio/speech", "/v1/audio/voices", "/v1/audio/batches", "/metrics"} <= set(api["paths"])
    page = served.http.get("/docs")
    assert "curl http://127.0.0.1" in page.text and "https://" not in page.text and "<script" not in page.text
    assert served.http.get("/", follow_redirects=True).url.path == "/docs"
