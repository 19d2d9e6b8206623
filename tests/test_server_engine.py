"""The engine hands out the same sound as the synthesizer, fairly, within its limits, and gives everything back."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from held_speech import held
from patience import LONGEST_SECONDS
from qingyin import OptionError, Synthesizer, TextError, VoiceError
from qingyin.errors import MarkupError
from qingyin.options import SynthesisOptions
from qingyin.server.engine import Engine, ServedSynthesizer, SpeechRequest
from qingyin.server.limits import Busy, Limits, Stopping, TimeLimit, TooLong
from qingyin.server.stream import SpeechStream
from qingyin.server.workers import Workers

TEXT = "今天天气真好，我们去公园走走吧。"
BOOK = TEXT * 100
SEED = SynthesisOptions(seed=3)


@pytest.fixture(scope="module")
def synthesizer(models: Path) -> Synthesizer:
    return ServedSynthesizer.load(models)


@pytest.fixture
def run(synthesizer: Synthesizer) -> Iterator[Callable[..., Any]]:
    """Runs a coroutine function of an engine, which is closed afterwards and must have nothing left to do."""

    def run(work: Callable[[Engine], Coroutine[Any, Any, Any]], workers: int = 2, **limits: Any) -> Any:
        async def main() -> Any:
            engine = Engine(synthesizer, Limits(**limits), workers)
            try:
                result = await asyncio.wait_for(work(engine), LONGEST_SECONDS)
            finally:
                await engine.close()
            assert engine.active == 0 and engine.admission.active == 0 and engine.admission.waiting == 0
            return result

        return asyncio.run(main())

    yield run
    for thread in threading.enumerate():
        if thread.name == "qingyin-worker":  # one that was not needed any more may still be on its way out
            thread.join(LONGEST_SECONDS)
            assert not thread.is_alive()


async def sound(stream: SpeechStream) -> np.ndarray:
    return np.concatenate([chunk.samples async for chunk in stream])


async def until(condition: Callable[[], bool]) -> None:
    while not condition():
        await asyncio.sleep(0.005)


def test_it_is_the_synthesizers_sound(run, synthesizer: Synthesizer) -> None:
    async def work(engine: Engine) -> tuple[np.ndarray, Any]:
        stream = engine.stream(SpeechRequest(TEXT, "chenwang", SEED))
        return await sound(stream), stream.report

    samples, report = run(work)
    expected = synthesizer.synthesize(TEXT, voice="chenwang", seed=3)
    assert samples.shape == expected.samples.shape and np.allclose(samples, expected.samples, atol=1e-4)
    assert report.voice == "chenwang" and report.timings.audio == pytest.approx(expected.seconds)


def test_streams_at_once_each_get_their_own(run, synthesizer: Synthesizer) -> None:
    texts = [TEXT, "你好。", "再见，朋友。", "二零二六年。", TEXT * 3]

    async def work(engine: Engine) -> list[np.ndarray]:
        return await asyncio.gather(*(sound(engine.stream(SpeechRequest(text, None, SEED))) for text in texts))

    for text, samples in zip(texts, run(work), strict=True):
        expected = synthesizer.synthesize(text, seed=3).samples
        assert samples.shape == expected.shape and np.allclose(samples, expected, atol=1e-4)


def test_the_rate_goes_beyond_the_options_speed(run) -> None:
    async def work(engine: Engine) -> list[int]:
        return [len(await sound(engine.stream(SpeechRequest(TEXT, None, SEED, rate)))) for rate in (0.5, 1.0, 2.0)]

    slow, normal, fast = run(work)
    assert 1.8 < slow / normal < 2.2 and 1.6 < normal / fast < 2.2


def test_no_more_is_made_than_ahead_of_the_listener(run) -> None:
    async def work(engine: Engine) -> None:
        async with engine.stream(SpeechRequest(BOOK, None, SEED)) as stream:
            await anext(stream)
            await until(lambda: stream.complete or not stream._in_line)  # no worker has anything to do for it
            made = stream.report.timings.audio
            assert 2.0 < made < 2.0 + 4.0  # a chunk beyond, at most
            heard = 0.0
            while heard < 4.0:
                chunk = await anext(stream)
                heard += len(chunk) / chunk.sample_rate
            await until(lambda: stream.report.timings.audio > made)

    run(work, ahead_seconds=2.0)


def test_a_listener_who_goes_away_frees_the_place(run) -> None:
    async def work(engine: Engine) -> None:
        async with engine.stream(SpeechRequest(BOOK)) as stream:
            await anext(stream)
        assert engine.admission.active == 0
        async for _ in engine.stream(SpeechRequest(BOOK)):  # without closing it
            break
        await until(lambda: engine.admission.active == 0 and engine.counts.abandoned == 2)
        with held(engine.synthesizer, 1):
            task = asyncio.create_task(sound(engine.stream(SpeechRequest(BOOK))))
            await until(lambda: engine.active == 1)
            task.cancel()
            await asyncio.wait([task])
            await until(lambda: engine.active == 0)

    run(work, streams=1)


def test_one_worker_serves_a_word_between_the_chunks_of_a_book(run) -> None:
    async def work(engine: Engine) -> list[object]:
        with held(engine.synthesizer, 1) as speech:
            book = asyncio.create_task(sound(engine.stream(SpeechRequest(TEXT * 12))))  # as fast as it can
            await until(speech.begun.is_set)
            word = asyncio.create_task(sound(engine.stream(SpeechRequest("你好。"))))
            await until(lambda: engine.active == 2)
            speech.go_on.set()
            await asyncio.gather(book, word)
            return speech.made

    made = run(work, workers=1)
    assert "你好。" in made and made[-1] == TEXT * 12


class Steps:
    """A task that notes when it was served."""

    def __init__(self, name: str, due: float, times: int, log: list[str], start: threading.Event) -> None:
        self.due, self._name, self._times, self._log, self._start = due, name, times, log, start

    def step(self) -> bool:
        self._start.wait()
        self._log.append(self._name)
        self._times -= 1
        self.due += 10.0
        return self._times > 0


def test_who_is_due_first_is_served_first() -> None:
    log: list[str] = []
    start = threading.Event()
    workers = Workers(1)
    try:
        for name, due in (("first", 0.0), ("later", 25.0), ("same", 0.0), ("soon", 1.0)):
            workers.put(Steps(name, due, 3, log, start))
        start.set()
        while len(log) < 12:
            time.sleep(0.005)
    finally:
        workers.close()
    one_round = ["first", "same", "soon"]
    assert log == [*one_round * 3, "later", "later", "later"]


def test_more_than_the_limit_are_told_to_come_back(run) -> None:
    async def work(engine: Engine) -> None:
        async with engine.stream(SpeechRequest(BOOK)) as one:
            await anext(one)
            answers = await asyncio.gather(
                *(anext(engine.stream(SpeechRequest(TEXT))) for _ in range(20)), return_exceptions=True
            )
            assert all(isinstance(answer, Busy) and answer.retry_after >= 1 for answer in answers)
            assert engine.admission.refused == 20  # not waited for: the book that nobody fetches has no end
            waiting = asyncio.create_task(sound(engine.stream(SpeechRequest(TEXT))))
            await until(lambda: engine.admission.waiting == 1)
        assert len(await waiting)

    run(work, streams=1, waiting=3, wait_seconds=0.2)


def test_one_who_waits_and_goes_away_is_not_waited_for(run) -> None:
    async def work(engine: Engine) -> None:
        async with engine.stream(SpeechRequest(BOOK)) as one:
            await anext(one)
            tasks = [asyncio.create_task(sound(engine.stream(SpeechRequest(TEXT)))) for _ in range(2)]
            await until(lambda: engine.admission.waiting == 2)
            tasks[0].cancel()
            await until(lambda: engine.admission.waiting == 1)
        assert len(await tasks[1])

    run(work, streams=1, wait_seconds=LONGEST_SECONDS)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (SpeechRequest("！"), TextError),
        (SpeechRequest(" "), TextError),
        (SpeechRequest(TEXT, "nobody"), VoiceError),
        (SpeechRequest(TEXT, options=SynthesisOptions(emotion="cross")), OptionError),
        (SpeechRequest("好" * 51), TooLong),
    ],
)
def test_errors_reach_the_consumer(run, request_: SpeechRequest, error: type[Exception]) -> None:
    async def work(engine: Engine) -> None:
        with pytest.raises(error):
            await sound(engine.stream(request_))
        assert len(await sound(engine.stream(SpeechRequest(TEXT))))

    run(work, characters=50)


def test_paths_are_no_voices(run, tmp_path: Path, models: Path) -> None:
    async def work(engine: Engine) -> None:
        for name in ("voices/yuetan.json", str(models / "voices" / "yuetan.json"), "../yuetan", "", "a\0b", "~"):
            with pytest.raises(VoiceError):
                await sound(engine.stream(SpeechRequest(TEXT, name)))
        for name in ("voices/yuetan.json", str(models / "voices" / "yuetan.json")):
            with pytest.raises((VoiceError, MarkupError)):
                text = f'<speak><voice name="{name}">{TEXT}</voice></speak>'
                await sound(engine.stream(SpeechRequest(text, markup="ssml")))

    run(work)


def test_a_request_that_lasts_too_long_is_ended(run) -> None:
    async def work(engine: Engine) -> None:
        stream = engine.stream(SpeechRequest(BOOK))
        with pytest.raises(TimeLimit, match="longer than"):
            async for _ in stream:
                await asyncio.sleep(0.05)
        assert engine.counts.failed == 1

    run(work, request_seconds=0.2, ahead_seconds=1.0)


def test_a_stream_that_nobody_fetches_is_ended(run) -> None:
    async def work(engine: Engine) -> None:
        stream = engine.stream(SpeechRequest(BOOK))
        await anext(stream)
        await until(lambda: engine.active == 0)
        with pytest.raises(TimeLimit, match="fetched"):
            await sound(stream)

    run(work, stall_seconds=0.2)


async def pieces(*texts: str, pause: float = 0.0) -> AsyncIterator[str]:
    for text in texts:
        yield text
        await asyncio.sleep(pause)


def test_arriving_text_is_spoken_before_its_end_and_holds_nobody_up(run, synthesizer: Synthesizer) -> None:
    async def work(engine: Engine) -> np.ndarray:
        more = asyncio.Event()

        async def slowly() -> AsyncIterator[str]:
            yield TEXT
            await more.wait()
            yield "再见。"

        stream = engine.stream(SpeechRequest(slowly(), None, SEED))
        first = await anext(stream)
        for _ in range(3):  # the only worker waits for text
            assert len(await sound(engine.stream(SpeechRequest(TEXT))))
        more.set()
        return np.concatenate([first.samples, await sound(stream)])

    samples = run(work, workers=1)
    expected = synthesizer.synthesize([TEXT, "再见。"], seed=3).samples
    assert samples.shape == expected.shape and np.allclose(samples, expected, atol=1e-4)


def test_arriving_text_that_fails_or_is_too_long_or_is_left(run) -> None:
    async def work(engine: Engine) -> None:
        async def failing() -> AsyncIterator[str]:
            yield TEXT
            raise ValueError("the model broke off")

        with pytest.raises(ValueError, match="broke off"):
            await sound(engine.stream(SpeechRequest(failing())))
        with pytest.raises(TooLong):
            await sound(engine.stream(SpeechRequest(pieces(*[TEXT] * 9))))
        async with engine.stream(SpeechRequest(pieces(TEXT, TEXT, pause=60.0))) as stream:
            await anext(stream)
        await until(lambda: engine.active == 0)

    run(work, characters=100)


def test_calls_take_their_turn(run) -> None:
    def fail() -> None:
        raise OptionError("no")

    async def work(engine: Engine) -> None:
        assert await engine.call(lambda: threading.current_thread().name) == "qingyin-worker"
        with pytest.raises(OptionError):
            await engine.call(fail)

    run(work)


def test_background_work_gives_way_but_is_done(run) -> None:
    async def work(engine: Engine) -> list[object]:
        with held(engine.synthesizer, 1) as speech:
            job = asyncio.create_task(sound(engine.stream(SpeechRequest(TEXT * 8), background=True)))
            await until(speech.begun.is_set)
            assert engine.admission.active == 0  # it takes no listener's place
            listener = asyncio.create_task(sound(engine.stream(SpeechRequest(TEXT))))
            await until(lambda: engine.active == 2)
            speech.go_on.set()
            assert len(await listener) and len(await job)
            return speech.made

    made = run(work, workers=1, streams=1)
    heard = made.count(TEXT)
    assert made[2 : 2 + heard] == [TEXT] * heard  # after the step that was being done, and before all others


def test_closing_lets_what_runs_finish_and_refuses_the_rest(run) -> None:
    async def work(engine: Engine) -> None:
        stream = engine.stream(SpeechRequest(TEXT * 3))
        await anext(stream)
        closing = asyncio.create_task(engine.close(grace_seconds=LONGEST_SECONDS))
        await asyncio.sleep(0)
        with pytest.raises(Stopping):
            await anext(engine.stream(SpeechRequest(TEXT)))
        await sound(stream)
        await closing
        assert engine.counts.finished == 1

    run(work)


def test_closing_ends_what_does_not_finish(run) -> None:
    async def work(engine: Engine) -> None:
        stream = engine.stream(SpeechRequest(BOOK))
        await anext(stream)
        waiting = asyncio.create_task(anext(engine.stream(SpeechRequest(TEXT))))
        await until(lambda: engine.admission.waiting == 1)
        await engine.close(grace_seconds=0.1)
        for late in (sound(stream), waiting):
            with pytest.raises(Stopping):
                await late

    run(work, streams=1, wait_seconds=LONGEST_SECONDS)
