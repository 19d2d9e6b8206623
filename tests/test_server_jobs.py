"""Jobs are done once, in the background, whatever happens to the process meanwhile."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import soundfile

import qingyin
from held_speech import held
from patience import LONGEST_SECONDS, until
from qingyin.server.job_store import DONE, QUEUED, RUNNING, JobStore
from qingyin.server.limits import Limits
from qingyin.server.threads import in_thread
from serving import TEXT, Served, serving

REQUEST = {"input": TEXT, "seed": 1}


@pytest.fixture(scope="module")
def served(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    limits = Limits(job_items=5, job_characters=20_000, jobs=3)
    with serving(models, tmp_path_factory.mktemp("state"), limits=limits) as found:
        yield found


def submit(http: httpx.Client, *texts: str, key: str | None = None, **more: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    body = {"items": [{"input": text} for text in texts], "response_format": "wav", **more}
    return http.post("/v1/audio/batches", json=body, headers=headers)


def finished(http: httpx.Client, job: str) -> dict[str, Any]:
    def found() -> dict[str, Any]:
        return dict(http.get(f"/v1/audio/batches/{job}").json())

    until(lambda: found()["status"] not in ("queued", "running"))
    return found()


def test_from_submission_to_result(served: Served) -> None:
    answer = submit(served.http, TEXT, "你好。", "！")
    assert answer.status_code == 202 and answer.json()["counts"]["total"] == 3
    done = finished(served.http, answer.json()["id"])
    assert done["status"] == "done" and done["progress"] == 1.0
    assert done["counts"] == {"total": 3, "done": 2, "failed": 1}
    assert "nothing that can be spoken" in done["items"][2]["error"]
    for item in done["items"][:2]:
        sound = served.http.get(item["result"])
        samples, rate = soundfile.read(io.BytesIO(sound.content))  # a whole file, with its length
        assert len(samples) / rate == pytest.approx(item["seconds"], abs=0.01) and len(sound.content) == item["bytes"]
    assert served.http.get(f"/v1/audio/batches/{done['id']}/results/2").status_code == 410
    assert done["id"] in [job["id"] for job in served.http.get("/v1/audio/batches").json()["data"]]
    assert 'qingyin_jobs{state="done"}' in served.http.get("/metrics").text
    assert served.http.delete(f"/v1/audio/batches/{done['id']}").json()["deleted"] is True
    assert served.http.get(f"/v1/audio/batches/{done['id']}").status_code == 404


def test_the_same_key_is_the_same_job(served: Served) -> None:
    first = submit(served.http, "你好。", key="once")
    again = submit(served.http, "你好。", key="once")
    assert (first.status_code, again.status_code) == (202, 200) and first.json()["id"] == again.json()["id"]
    finished(served.http, first.json()["id"])


def test_cancelled_work_is_not_done(served: Served) -> None:
    with held(served.engine.synthesizer, 1):
        job = submit(served.http, *[TEXT * 60] * 5).json()["id"]
        path = f"/v1/audio/batches/{job}"
        until(lambda: served.http.get(path).json()["progress"] > 0.0)
        assert served.http.get(f"{path}/results/4").status_code == 409
        assert served.http.post(f"{path}/cancel").json()["status"] == "cancelled"
        until(lambda: not served.engine.active)
    assert served.http.get(path).json()["counts"]["done"] == 0
    assert served.http.delete(path).status_code == 200


def test_a_file_is_not_closed_while_it_is_written_however_often_its_job_is_cancelled() -> None:
    async def cancelled_twice() -> None:
        begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

        def write() -> None:
            begun.set()
            assert go_on.wait(LONGEST_SECONDS)
            ended.set()

        task = asyncio.create_task(in_thread(write))
        assert await asyncio.to_thread(begun.wait, LONGEST_SECONDS)
        for _ in range(3):  # cancelled, deleted, and the server stopped
            task.cancel()
            await asyncio.sleep(0.01)
            assert not task.done()
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(cancelled_twice())


@pytest.mark.parametrize(
    ("texts", "more", "status", "words"),
    [
        ([], {}, 400, "items"),
        (["你好。"] * 6, {}, 413, "at most 5"),
        (["好" * 20_001], {}, 413, "at most 20000"),
        ([""], {}, 400, "input"),
        (["你好。"], {"response_format": "aac"}, 400, "response_format"),
        (["你好。"], {"items": [{"input": "好", "voice": "nobody"}]}, 400, "unknown voice"),
        (["你好。"], {"items": [{"input": "好", "emotion": "a=b"}]}, 400, "emotion"),
    ],
)
def test_mistakes_are_told_at_once(
    served: Served, texts: list[str], more: dict[str, Any], status: int, words: str
) -> None:
    answer = submit(served.http, *texts, **more)
    assert answer.status_code == status and words in answer.json()["error"]["message"]


def test_unknown_jobs(served: Served) -> None:
    for path in ("0" * 32, "..", "0" * 32 + "/results/0"):
        assert served.http.get(f"/v1/audio/batches/{path}").status_code in (404, 200 if path == ".." else 404)
    assert served.http.get("/v1/audio/batches/xyz").status_code == 400
    assert served.http.post(f"/v1/audio/batches/{'0' * 32}/cancel").status_code == 404


def test_a_full_queue_says_when_to_come_back(served: Served) -> None:
    with held(served.engine.synthesizer):
        jobs = [submit(served.http, TEXT * 100) for _ in range(4)]
        assert [job.status_code for job in jobs] == [202, 202, 202, 429] and jobs[3].headers["retry-after"]
        for job in jobs[:3]:
            served.http.delete(f"/v1/audio/batches/{job.json()['id']}")


def test_what_a_dead_process_left_is_put_in_order(tmp_path: Path) -> None:
    store = JobStore(tmp_path)
    job, _ = store.submit("wav", [REQUEST] * 4, None)
    items = [store.claim() for _ in range(3)]
    assert [item.number for item in items if item] == [0, 1, 2] and items[0] is not None
    assert store.finish(items[0], 1.0, 10)
    store.path(job, 0, "wav").write_bytes(b"0")
    store.path(job, 1, "wav").write_bytes(b"whole")  # it had its name, but its row did not say so yet
    (store.results / ".half.tmp").write_bytes(b"ha")
    store.close()
    store = JobStore(tmp_path)
    store.recover()
    found = store.job(job)
    assert found is not None and [item["state"] for item in found["items"]] == [DONE, DONE, QUEUED, QUEUED]
    assert sorted(path.name for path in store.results.iterdir()) == [f"{job}-0.wav", f"{job}-1.wav"]
    item = store.claim()
    assert item is not None and item.number == 2 and store.finish(item) and not store.finish(item)
    store.remove_older(3600)
    assert store.job(job) is not None
    last = store.claim()
    assert last is not None and store.finish(last, error="no")
    assert store.job(job)["state"] == DONE and store.count_by_state()[RUNNING] == 0  # type: ignore[index]
    store.remove_older(-1)
    assert store.job(job) is None and not list(store.results.iterdir())
    store.close()


_SERVER = """
import sys
sys.path.insert(0, sys.argv[4])
from pathlib import Path
from serving import serving
from qingyin.server.limits import Limits
with serving(Path(sys.argv[1]), Path(sys.argv[2])) as served:
    print(served.url, flush=True)
    sys.stdin.read()
"""


def start(models: Path, folder: Path) -> tuple[subprocess.Popen[str], str]:
    environment = os.environ | {"PYTHONPATH": str(Path(qingyin.__file__).parent.parent)}
    command = [sys.executable, "-c", _SERVER, str(models), str(folder), "", str(Path(__file__).parent)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def test_jobs_outlive_kill_9(models: Path, tmp_path: Path) -> None:
    process, url = start(models, tmp_path)
    with httpx.Client(base_url=url, timeout=LONGEST_SECONDS) as http:
        jobs = [submit(http, *[TEXT * 2] * 4, key=str(number)).json()["id"] for number in range(2)]
    results = tmp_path / "results"
    until(lambda: list(results.glob("*.wav")))
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in results.glob("*.wav")}
    process, url = start(models, tmp_path)
    with process, httpx.Client(base_url=url, timeout=LONGEST_SECONDS) as http:
        assert submit(http, TEXT * 2, key="1").json()["id"] == jobs[1]  # the client did not know, and asked again
        for job in jobs:
            done = finished(http, job)
            assert done["counts"] == {"total": 4, "done": 4, "failed": 0}
        assert len(http.get("/v1/audio/batches").json()["data"]) == 2
        after = {path.name: path.stat().st_mtime_ns for path in results.glob("*.wav")}
        assert len(after) == 8 and all(after[name] == time_ for name, time_ in before.items())
        process.communicate("")
