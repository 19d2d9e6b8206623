"""Exists to do the jobs: one text after the other, behind everybody who is listening."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from pathlib import Path

from qingyin.audio import file_rate, open_audio
from qingyin.errors import QingyinError
from qingyin.resampling import resampled
from qingyin.server.engine import Engine
from qingyin.server.job_store import Item, JobStore
from qingyin.server.limits import Stopping
from qingyin.server.speech_body import SpokenBody, with_known_voice
from qingyin.server.stream import SpeechStream
from qingyin.server.threads import in_thread

log = logging.getLogger("qingyin.server.jobs")
_PURGE_SECONDS = 3600.0


class JobRunner:
    """Works on a store's items while it runs; as many at once as the engine has workers."""

    def __init__(self, engine: Engine, store: JobStore) -> None:
        self._engine, self._store = engine, store
        self._news = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._working: dict[Item, asyncio.Task[None]] = {}
        self._progress: dict[tuple[str, int], float] = {}

    def start(self) -> None:
        """Puts back what a killed process left, and begins."""
        self._store.recover()
        runners = [self._run() for _ in range(self._engine.workers.count)]
        self._tasks = [asyncio.create_task(work) for work in (*runners, self._purge())]

    async def stop(self) -> None:
        """What is being made is put back in line."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """There is a new job."""
        self._news.set()

    def progress(self, job: str, number: int) -> float:
        """Share of an item's text that is spoken, 0 to 1."""
        return self._progress.get((job, number), 0.0)

    def abandon(self, job: str) -> None:
        """Breaks off what is being made of a cancelled job."""
        for item, task in self._working.items():
            if item.job == job:
                task.cancel()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            item = await asyncio.to_thread(self._store.claim)
            if item is None:
                await self._news.wait()
                continue
            self._news.set()  # another runner may find the next
            task = self._working[item] = asyncio.create_task(self._make(item))
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                stopping = not task.done()
                task.cancel()
                await asyncio.wait([task])
                self._store.put_back(item)  # unless it was cancelled, which its row knows
                if stopping:
                    raise
            finally:
                del self._working[item]
                self._progress.pop((item.job, item.number), None)

    async def _make(self, item: Item) -> None:
        fields = {"job": item.job, "number": item.number}
        try:
            body = SpokenBody.model_validate(item.request)
            request = await asyncio.to_thread(with_known_voice, body.request(self._engine), self._engine)
            async with self._engine.stream(request, background=True) as stream:
                path = self._store.path(item.job, item.number, item.format)
                await self._write(stream, path, item, len(body.input))
                seconds = stream.report.timings.audio if stream.report else 0.0
            size = path.stat().st_size
            if not await in_thread(self._store.finish, item, seconds, size):
                path.unlink(missing_ok=True)
            log.info("made", extra={"fields": {**fields, "sound_s": round(seconds, 2)}})
        except Stopping:
            self._store.put_back(item)
        except (QingyinError, OSError, ValueError) as error:
            await in_thread(self._store.finish, item, error=str(error))
            log.warning("failed", extra={"fields": {**fields, "reason": str(error)}})
        except Exception as error:  # a bug must not stop the other jobs, nor run for ever
            await in_thread(self._store.finish, item, error=f"an error of the server's ({type(error).__name__})")
            log.exception("failed", extra={"fields": fields})

    async def _write(self, stream: SpeechStream, path: Path, item: Item, characters: int) -> None:
        """Wholly or not at all, and on the disk before it is called done."""
        rate = file_rate(path, self._engine.sample_rate, None)
        with contextlib.ExitStack() as stack:
            file = stack.enter_context(open_audio(path, rate))
            sink = stack.enter_context(resampled(file, self._engine.sample_rate, rate))
            async for chunk in stream:
                await in_thread(sink.write, chunk.samples)
                if chunk.sentence.words:
                    spoken = chunk.sentence.words[-1].position / max(1, characters)
                    self._progress[item.job, item.number] = min(1.0, spoken)
        await in_thread(_flush, path)

    async def _purge(self) -> None:
        while True:
            await asyncio.to_thread(self._store.remove_older, 86400.0 * self._engine.limits.job_days)
            await asyncio.sleep(_PURGE_SECONDS)


def _flush(path: Path) -> None:
    """Onto the disk, the name as well."""
    for place in (path, path.parent):
        descriptor = os.open(place, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
