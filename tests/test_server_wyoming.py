"""Voice assistants, by the protocol's own client library: the same sound, while it is made, and errors that it can
read.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong
from wyoming.tts import (
    Synthesize,
    SynthesizeChunk,
    SynthesizeStart,
    SynthesizeStop,
    SynthesizeStopped,
    SynthesizeTextFormat,
    SynthesizeVoice,
)

import qingyin
from held_speech import held
from patience import LONGEST_SECONDS
from qingyin import OptionError, Synthesizer
from qingyin.audio import to_pcm16
from qingyin.server import wyoming_connection, wyoming_server
from qingyin.server.engine import Engine, ServedSynthesizer
from qingyin.server.limits import Limits
from qingyin.server.run import Settings, serve
from qingyin.server.wyoming_server import WyomingServer, address_of
from serving import SEND_BYTES, TEXT, free_port

BOOK = TEXT * 100
VOICE = SynthesizeVoice("chenwang", speaker="happy")


@pytest.fixture(scope="module")
def synthesizer(models: Path) -> Synthesizer:
    return ServedSynthesizer.load(models)


@pytest.fixture
def run(synthesizer: Synthesizer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Runs a coroutine function of an engine and its Wyoming server; afterwards nothing may be left to do."""
    # the protocol has no seed; without chance the sound can be compared
    monkeypatch.setattr("secrets.randbelow", lambda most: 3)
    monkeypatch.setattr(wyoming_connection, "_LINGER_SECONDS", LONGEST_SECONDS)  # clients here read all, if late

    def run(work: Callable[[Engine, WyomingServer], Coroutine[Any, Any, Any]], **limits: Any) -> Any:
        async def main() -> Any:
            engine = Engine(synthesizer, Limits(**limits), workers=2)
            with socket.create_server(("127.0.0.1", 0)) as listener:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
                server = WyomingServer(engine, listener)
                await server.start()
                try:
                    return await asyncio.wait_for(work(engine, server), LONGEST_SECONDS)
                finally:
                    await server.stop()
                    assert engine.active == 0 and engine.admission.active == 0
                    await engine.close()

        return asyncio.run(main())

    return run


@contextlib.asynccontextmanager
async def client(server: WyomingServer) -> AsyncIterator[AsyncTcpClient]:
    host, port = server.address
    async with AsyncTcpClient(host, port) as connected:
        yield connected


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


async def heard(connected: AsyncTcpClient, streamed: bool = False) -> np.ndarray:
    """The samples of one answer, whose events must come in the protocol's order."""
    start = await connected.read_event()
    assert start is not None and AudioStart.is_type(start.type), start
    form = AudioStart.from_event(start)
    assert (form.rate, form.width, form.channels, form.timestamp) == (22050, 2, 1, 0)
    sound = bytearray()
    while (event := await connected.read_event()) is not None and AudioChunk.is_type(event.type):
        chunk = AudioChunk.from_event(event)
        assert chunk.timestamp == 1000 * (len(sound) // 2) // 22050 and 0 < len(chunk.audio) <= 8192
        sound += chunk.audio
    assert event is not None and AudioStop.is_type(event.type), event
    if streamed:
        event = await connected.read_event()
        assert event is not None and SynthesizeStopped.is_type(event.type)
    return np.frombuffer(bytes(sound), "<i2")


async def refused(connected: AsyncTcpClient) -> Error:
    """The error, after which the connection must be ended by the server."""
    while (event := await connected.read_event()) is not None:
        if Error.is_type(event.type):
            assert await connected.read_event() is None
            return Error.from_event(event)
    raise AssertionError("the server hung up without an error")


def same(samples: np.ndarray, synthesizer: Synthesizer, text: Any, **options: Any) -> bool:
    expected = to_pcm16(synthesizer.synthesize(text, seed=3, **options).samples)
    return samples.shape == expected.shape and bool(np.abs(samples.astype(int) - expected).max() <= 4)


def test_describe_names_voices_languages_emotions_and_authors(run) -> None:
    async def work(engine: Engine, server: WyomingServer) -> Info:
        async with client(server) as connected:
            await connected.write_event(Describe().event())
            event = await connected.read_event()
            assert event is not None and Info.is_type(event.type)
            return Info.from_event(event)

    (program,) = run(work).tts
    assert program.name == "qingyin" and program.installed and program.supports_synthesize_streaming
    assert program.version == qingyin.__version__
    voice = {voice.name: voice for voice in program.voices}["chenwang"]
    assert "zh-CN" in voice.languages and voice.installed
    assert voice.attribution.name == "random numbers (CC0-1.0)"
    assert [speaker.name for speaker in voice.speakers or ()] == ["neutral", "happy", "sad", "angry"]


def test_own_voices_are_listed_and_damaged_ones_harm_nobody(
    run, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QINGYIN_HOME", str(tmp_path))
    folder = tmp_path / "voices"
    folder.mkdir()
    (folder / "朋友.json").write_bytes((models / "voices" / "chenwang.json").read_bytes())
    (folder / "broken.json").write_text("{")

    async def work(engine: Engine, server: WyomingServer) -> None:
        async with client(server) as connected:
            await connected.write_event(Describe().event())
            event = await connected.read_event()
            assert event is not None
            names = [voice.name for voice in Info.from_event(event).tts[0].voices]
            assert "朋友" in names and "broken" not in names
            await connected.write_event(Synthesize(TEXT, SynthesizeVoice("朋友")).event())
            assert len(await heard(connected))
            await connected.write_event(Synthesize(TEXT, SynthesizeVoice("broken")).event())
            assert (await refused(connected)).code == "VoiceError"

    run(work)


def test_a_text_is_spoken_with_voice_and_emotion_one_after_the_other(run, synthesizer: Synthesizer) -> None:
    async def work(engine: Engine, server: WyomingServer) -> list[np.ndarray]:
        async with client(server) as connected:
            for request in (
                Synthesize(TEXT, VOICE),
                Synthesize("你好。"),
                Synthesize("你好。", SynthesizeVoice(language="zh")),
            ):
                await connected.write_event(request.event())
            await connected.write_event(
                Synthesize("<speak>好<break time='1s'/>吧。</speak>", text_format=SynthesizeTextFormat.SSML).event()
            )
            return [await heard(connected) for _ in range(4)]

    first, second, third, marked = run(work)
    assert same(first, synthesizer, TEXT, voice="chenwang", emotion="happy")
    assert same(second, synthesizer, "你好。") and same(third, synthesizer, "你好。")
    assert same(marked, synthesizer, "<speak>好<break time='1s'/>吧。</speak>", markup="ssml")


def test_text_in_pieces_is_spoken_before_its_end_as_home_assistant_sends_it(run, synthesizer: Synthesizer) -> None:
    async def work(engine: Engine, server: WyomingServer) -> np.ndarray:
        async with client(server) as connected:
            await connected.write_event(SynthesizeStart(VOICE).event())
            for piece in ("今天天气", "真好。我们", "去公园"):
                await connected.write_event(SynthesizeChunk(piece).event())
            for _ in range(2):  # sound of the first sentence, while the second is still being written
                event = await connected.read_event()
            assert event is not None and AudioChunk.is_type(event.type)
            early = AudioChunk.from_event(event).audio
            await connected.write_event(SynthesizeChunk("走走吧。").event())
            # Home Assistant repeats the whole text for servers that take no pieces
            await connected.write_event(Synthesize("今天天气真好。我们去公园走走吧。", VOICE).event())
            await connected.write_event(SynthesizeStop().event())
            sound = bytearray(early)
            while (event := await connected.read_event()) is not None and AudioChunk.is_type(event.type):
                sound += AudioChunk.from_event(event).audio
            assert event is not None and AudioStop.is_type(event.type)
            stopped = await connected.read_event()
            assert stopped is not None and SynthesizeStopped.is_type(stopped.type)
            await connected.write_event(Ping("still there").event())
            pong = await connected.read_event()
            assert pong is not None and Pong.from_event(pong).text == "still there"  # the repetition is not spoken
            return np.frombuffer(bytes(sound), "<i2")

    assert same(run(work), synthesizer, ["今天天气真好。", "我们去公园走走吧。"], voice="chenwang", emotion="happy")


def test_several_assistants_are_served_at_once(run, synthesizer: Synthesizer) -> None:
    texts = ["你好。", "再见。", TEXT, "二零二六年。"]

    async def work(engine: Engine, server: WyomingServer) -> list[np.ndarray]:
        async def one(text: str) -> np.ndarray:
            async with client(server) as connected:
                await connected.write_event(SynthesizeStart().event())
                await connected.write_event(SynthesizeChunk(text).event())
                await connected.write_event(SynthesizeStop().event())
                return await heard(connected, streamed=True)

        async with client(server) as reader:
            await reader.write_event(Synthesize(BOOK).event())
            return await asyncio.gather(*map(one, texts))

    for text, samples in zip(texts, run(work), strict=True):
        assert same(samples, synthesizer, [text])


def test_hanging_up_ends_the_speech_and_frees_the_place(run) -> None:
    async def work(engine: Engine, server: WyomingServer) -> None:
        for text in (Synthesize(BOOK).event(), SynthesizeStart().event()):
            async with client(server) as connected:
                await connected.write_event(text)
                await until(lambda: engine.active == 1)
            await until(lambda: engine.active == 0 and engine.admission.active == 0)
        assert engine.counts.abandoned == 2 and engine.counts.finished == 0

    run(work, streams=1)


def test_a_client_that_takes_nothing_is_dropped(run) -> None:
    async def work(engine: Engine, server: WyomingServer) -> None:
        async with client(server) as connected:
            await connected.write_event(Synthesize(BOOK * 3).event())
            await until(lambda: engine.counts.abandoned + engine.counts.failed == 1 and engine.active == 0)

    run(work, stall_seconds=0.5, characters=10_000_000)


@pytest.mark.parametrize(
    ("event", "code", "part"),
    [
        (Synthesize("！").event(), "TextError", "Chinese"),
        (Synthesize(" ").event(), "TextError", "empty"),
        (Synthesize(TEXT, SynthesizeVoice("nobody")).event(), "VoiceError", "yuetan"),
        (Synthesize(TEXT, SynthesizeVoice("../yuetan")).event(), "VoiceError", "name"),
        (Synthesize(TEXT, SynthesizeVoice("yuetan", speaker="cross")).event(), "OptionError", "neutral"),
        (Synthesize("<speak>", text_format=SynthesizeTextFormat.SSML).event(), "MarkupError", "line 1"),
        (Synthesize("好" * 2000).event(), "TooLong", "1000"),
        (SynthesizeChunk("好").event(), "BadRequest", "synthesize-start"),
        (SynthesizeStop().event(), "BadRequest", "synthesize-start"),
        (Event("synthesize"), "BadRequest", "synthesize"),
        (Event("synthesize", {"text": 7}), "BadRequest", "synthesize"),
        (Event("synthesize", {"text": TEXT, "voice": {"name": [1]}}), "BadRequest", "synthesize"),
        (Event("synthesize", {"text": TEXT, "voice": None}), "BadRequest", "synthesize"),
        (Event("synthesize", {"text": "好" * 1_000_000}), "BadRequest", "bytes"),
    ],
)
def test_errors_are_the_protocols_and_end_the_connection(run, event: Event, code: str, part: str) -> None:
    async def work(engine: Engine, server: WyomingServer) -> Error:
        async with client(server) as connected:
            await connected.write_event(event)
            error = await refused(connected)
        async with client(server) as other:
            await other.write_event(Synthesize("你好。").event())
            assert len(await heard(other))
        return error

    error = run(work, characters=1000)
    assert error.code == code and part in error.text and "\n" not in error.text


@pytest.mark.parametrize(
    "line", ["[]", '"x"', "{}", '{"type": 7}', '{"type": "ping", "data": []}', '{"type": "ping", "data_length": "x"}']
)
def test_what_is_no_event_is_refused(run, line: str) -> None:
    async def work(engine: Engine, server: WyomingServer) -> None:
        reader, writer = await asyncio.open_connection(*server.address)
        writer.write(line.encode() + b"\n")
        answer = await reader.read()
        assert b'"error"' in answer and b"no event" in answer
        writer.close()

    run(work)


@pytest.mark.parametrize(
    "junk", [b"GET / HTTP/1.1\r\n\r\n", b"\xff\xfe\n", b"{" * 3_000_000, b'{"type": "ping", "data_len']
)
def test_other_protocols_and_half_events_are_hung_up_on(run, junk: bytes) -> None:
    async def work(engine: Engine, server: WyomingServer) -> None:
        reader, writer = await asyncio.open_connection(*server.address)
        with contextlib.suppress(OSError):
            writer.write(junk)
            writer.write_eof()
            assert await reader.read() == b""
        writer.close()

    run(work)


def test_text_in_pieces_has_the_same_limit(run) -> None:
    async def work(engine: Engine, server: WyomingServer) -> None:
        async with client(server) as connected:
            await connected.write_event(SynthesizeStart().event())
            for _ in range(20):
                await connected.write_event(SynthesizeChunk(TEXT).event())
            assert (await refused(connected)).code == "TooLong"
        await until(lambda: engine.active == 0)

    run(work, characters=100)


def test_too_many_texts_or_clients_are_refused(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wyoming_server, "MAX_CONNECTIONS", 2)

    async def work(engine: Engine, server: WyomingServer) -> None:
        async with client(server) as one, client(server) as two:
            for connected in (one, two):
                await connected.write_event(Ping().event())
                assert await connected.read_event() is not None
            async with client(server) as three:
                assert (await refused(three)).code == "Busy"
            await one.write_event(Synthesize(BOOK).event())
            for _ in range(20):
                await one.write_event(Synthesize("你好。").event())
            assert (await refused(one)).code == "Busy"
            await two.write_event(Synthesize("你好。").event())
            assert len(await heard(two))

    run(work)


def test_stopping_lets_the_sentence_end(run, synthesizer: Synthesizer) -> None:
    async def work(engine: Engine, server: WyomingServer) -> np.ndarray:
        async with client(server) as connected:
            with held(synthesizer) as speech:
                await connected.write_event(Synthesize(TEXT).event())
                await until(speech.begun.is_set)
                stop = asyncio.create_task(server.stop(grace_seconds=LONGEST_SECONDS))
                await asyncio.sleep(0.1)
                assert not stop.done()
            samples = await heard(connected)
            await stop
            assert await connected.read_event() is None
            return samples

    assert same(run(work), synthesizer, TEXT)


def test_addresses() -> None:
    assert address_of("tcp://127.0.0.1:10200") == ("127.0.0.1", 10200)
    assert address_of("tcp://[::1]:9/") == ("::1", 9)
    for wrong in (
        "127.0.0.1:10200",
        "tcp://host",
        "udp://host:1",
        "tcp://host:x",
        "tcp://host:99999",
        "tcp://h:1/path",
    ):
        with pytest.raises(OptionError, match="tcp://127"):
            address_of(wrong)


def test_others_are_let_in_only_when_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with pytest.raises(OptionError, match="--insecure"):
        serve(Settings(port=free_port(), wyoming="tcp://0.0.0.0:10200"))
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(OptionError, match=r"cannot be had .* another with --wyoming"),
    ):
        serve(Settings(port=free_port(), wyoming=f"tcp://127.0.0.1:{taken.getsockname()[1]}"))


def test_the_command_serves_it_beside_http_and_stops(models: Path, tmp_path: Path) -> None:
    port, http_port = free_port(), free_port()
    environment = {
        **os.environ, "QINGYIN_MODELS": str(models), "QINGYIN_HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path),
        "PYTHONPATH": str(Path(qingyin.__file__).parent.parent),
    }  # fmt: skip
    tmp_path.chmod(0o700)
    command = [sys.executable, "-m", "qingyin", "serve", "--no-page", "--port", str(http_port)]
    with subprocess.Popen(
        [*command, "--wyoming", f"tcp://127.0.0.1:{port}"], env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = [process.stderr.readline(), process.stderr.readline()]
        assert lines[1] == f"Wyoming: tcp://127.0.0.1:{port}\n", lines

        async def talk() -> int:
            async with AsyncTcpClient("127.0.0.1", port, LONGEST_SECONDS, LONGEST_SECONDS) as connected:
                await connected.write_event(Synthesize(TEXT).event())
                return len(await heard(connected))

        try:
            assert asyncio.run(talk()) > 22050
        finally:
            process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=LONGEST_SECONDS)[1]
        assert process.returncode == 0, rest
        assert '"first_sound_ms"' in rest and TEXT not in rest  # what was said is not logged
