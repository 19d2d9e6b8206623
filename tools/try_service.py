"""Exists to measure a running server as its clients meet it: `python tools/try_service.py WHAT --url URL`.

    listen   clients that play at real time for some minutes: errors, gaps, memory growth
    crowd    many at once: served or told to come back, how soon, and whether health stays green
    first    the first byte of sound of one request after the other
    uploads  the recordings of tools/malformed_uploads.py: each refused with a reason, the server unharmed
    kill     jobs in a server of its own that is killed with SIGKILL again and again: none lost, none done twice

The machine should do nothing else meanwhile. Exit code 1 if a bar of the project is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

TEXT = "今天天气真好，我们去公园走走吧。路上的花都开了，有红的，有黄的，还有紫的。"
RATE = 24000  # Hz of pcm
PREFILL_SECONDS = 0.2  # a player starts with so much in hand


@dataclass
class Heard:
    """What one listener met."""

    requests: int = 0
    errors: list[str] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)  # seconds of silence, each
    sound: float = 0.0
    first: list[float] = field(default_factory=list)


async def listen_once(http: httpx.AsyncClient, text: str, heard: Heard) -> None:
    """One request, played at real time: a gap is when the next samples come after the last were played."""
    began = time.perf_counter()
    plays_until, got = None, 0.0
    body = {"input": text, "response_format": "pcm"}
    async with http.stream("POST", "/v1/audio/speech", json=body) as answer:
        if answer.status_code != 200:
            heard.errors.append(f"{answer.status_code} {(await answer.aread())[:200]!r}")
            return
        async for piece in answer.aiter_raw():
            now = time.perf_counter()
            if not heard.first or got == 0.0:
                heard.first.append(now - began)
            got += len(piece) / 2 / RATE
            if plays_until is None:
                if got >= PREFILL_SECONDS:
                    plays_until = now + got
                continue
            if now > plays_until:
                heard.gaps.append(now - plays_until)
                plays_until = now
            plays_until += len(piece) / 2 / RATE
            # read no faster than it plays, two seconds ahead
            await asyncio.sleep(max(0.0, plays_until - now - 2.0))
    if plays_until is not None:
        await asyncio.sleep(max(0.0, plays_until - time.perf_counter()))
    heard.sound += got
    heard.requests += 1


async def listen(url: str, clients: int, minutes: float) -> bool:
    end = time.monotonic() + 60.0 * minutes
    everyone = [Heard() for _ in range(clients)]

    async def one(number: int, heard: Heard) -> None:
        rng = random.Random(number)
        async with httpx.AsyncClient(base_url=url, timeout=60) as http:
            while time.monotonic() < end:
                try:
                    await listen_once(http, TEXT * rng.randint(1, 6), heard)
                except httpx.HTTPError as error:
                    heard.errors.append(repr(error))

    async def watch() -> list[float]:
        sizes = []
        while time.monotonic() < end:
            await asyncio.sleep(min(10.0, 6.0 * minutes))
            sizes.append(await memory_mb(url))
        return sizes

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(one(number, heard) for number, heard in enumerate(everyone)))
    sizes = await watching
    gaps = [gap for heard in everyone for gap in heard.gaps]
    errors = [error for heard in everyone for error in heard.errors]
    # the first tenth of the time is warming up
    settled = sizes[len(sizes) // 10 :]
    growth = 100.0 * (settled[-1] / settled[0] - 1.0)
    first = [seconds for heard in everyone for seconds in heard.first]
    requests, sound = (sum(getattr(heard, name) for heard in everyone) for name in ("requests", "sound"))
    print(f"{requests} requests, {sound:.0f} s of sound")
    print(f"errors {len(errors)} {errors[:3]}")
    print(f"gaps {len(gaps)}, longest {max(gaps, default=0.0):.3f} s")
    print(f"first byte: median {1000 * statistics.median(first):.0f} ms, longest {1000 * max(first):.0f} ms")
    print(f"memory {settled[0]:.1f} MB -> {settled[-1]:.1f} MB ({growth:+.1f} %), most {max(sizes):.1f} MB")
    return not errors and not gaps and growth <= 5.0


async def memory_mb(url: str) -> float:
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        found = re.search(r"^process_resident_memory_bytes (\S+)", (await http.get("/metrics")).text, re.MULTILINE)
    return float(found[1]) / 1e6 if found else float("nan")


async def bare_request(url: httpx.URL, head: str, body: bytes = b"") -> tuple[int, float, float]:
    """(status, seconds to the first byte of the answer's body, seconds to its end), with as little work as can be: the
    client is on the same processor as the server.
    """
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(url.host, url.port)
    lines = f"{head} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n"
    writer.write(f"{lines}Content-Type: application/json\r\n\r\n".encode() + body)
    start = await reader.readuntil(b"\r\n\r\n")
    await reader.read(1)
    first_seconds = time.perf_counter() - began
    while await reader.read(1 << 16):
        pass
    writer.close()
    return int(start.split()[1]), first_seconds, time.perf_counter() - began


async def crowd(url: str, clients: int) -> bool:
    target = httpx.URL(url)
    body = json.dumps({"input": TEXT, "response_format": "pcm"}).encode()
    health: list[float] = []

    async def watch(done: asyncio.Event) -> None:
        while not done.is_set():
            status, _, seconds = await bare_request(target, "GET /healthz")
            health.append(seconds if status == 200 else 99.0)
            await asyncio.sleep(0.05)

    done = asyncio.Event()
    watching = asyncio.create_task(watch(done))
    answers = await asyncio.gather(*(bare_request(target, "POST /v1/audio/speech", body) for _ in range(clients)))
    done.set()
    await watching
    statuses = Counter(status for status, _, _ in answers)
    slowest, last = max(answer[1] for answer in answers), max(answer[2] for answer in answers)
    print(f"{clients} at once: {dict(statuses)}; slowest answer {slowest:.2f} s, slowest end {last:.2f} s; health "
          f"{len(health)} times, slowest {max(health):.2f} s")  # fmt: skip
    return set(statuses) <= {200, 429} and slowest <= 1.0


async def first(url: str, times: int) -> bool:
    found = []
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        for _ in range(times + 3):
            began = time.perf_counter()
            body = {"input": TEXT, "response_format": "pcm"}
            async with http.stream("POST", "/v1/audio/speech", json=body) as answer:
                pieces = answer.aiter_raw()
                await anext(pieces)
                found.append(time.perf_counter() - began)
                async for _ in pieces:
                    pass
    warm = sorted(found[3:])
    print(f"first byte, warm, {times} times: median {1000 * statistics.median(warm):.1f} ms, "
          f"95 % {1000 * warm[int(0.95 * len(warm))]:.1f} ms, longest {1000 * warm[-1]:.1f} ms")  # fmt: skip
    return statistics.median(warm) <= 0.08


async def uploads(url: str) -> bool:
    from tools.malformed_uploads import kinds

    wrong, count, statuses = [], 0, Counter[int]()
    async with httpx.AsyncClient(base_url=url, timeout=60) as http:
        before = await memory_mb(url)
        for name, data in kinds():
            count += 1
            files = {"audio_sample": ("recording", data)}
            answer = await http.post("/v1/audio/voices", data={"name": "trial", "consent": "true"}, files=files)
            statuses[answer.status_code] += 1
            message = answer.json().get("error", {}).get("message", "")
            if not 400 <= answer.status_code < 500 or answer.status_code == 429 or len(message) < 20:
                wrong.append((name, answer.status_code, message))
        spoken = await http.post("/v1/audio/speech", json={"input": TEXT})
        after = await memory_mb(url)
    print(f"{count} malformed uploads: {dict(statuses)}; wrong: {wrong}; speech afterwards {spoken.status_code}; "
          f"memory {before:.0f} -> {after:.0f} MB")  # fmt: skip
    return not wrong and spoken.status_code == 200


def unfinished(http: httpx.Client) -> bool:
    return any(job["status"] in ("queued", "running") for job in http.get("/v1/audio/batches").json()["data"])


def kill(rounds: int, port: int) -> bool:
    """Submits, kills, starts again; at the end every accepted job must be done, each text once."""
    rng = random.Random(0)
    url = f"http://127.0.0.1:{port}"
    accepted: dict[str, str] = {}
    seen: dict[Path, int] = {}
    again = 0
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"QINGYIN_HOME": home}
        command = [sys.executable, "-m", "qingyin", "serve", "--port", str(port), "--no-page"]
        results = Path(home) / "serve" / str(port) / "results"
        for number in range(rounds + 1):
            process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
            with httpx.Client(base_url=url, timeout=30) as http:
                while True:
                    with contextlib.suppress(httpx.HTTPError):
                        if http.get("/readyz").status_code == 200:
                            break
                    time.sleep(0.05)
                for key in [f"{number}-{index}" for index in range(3)] if number < rounds else []:
                    items = [{"input": TEXT * rng.randint(1, 3)} for _ in range(4)]
                    body = {"items": items, "response_format": "wav"}
                    answer = http.post("/v1/audio/batches", json=body, headers={"Idempotency-Key": key})
                    if answer.status_code in (200, 202):
                        accepted[key] = answer.json()["id"]
                for path in results.glob("*.wav"):
                    changed = path.stat().st_mtime_ns
                    again += seen.setdefault(path, changed) != changed
                if number < rounds:
                    time.sleep(rng.uniform(0.0, 2.0))
                    for path in results.glob("*.wav"):
                        seen.setdefault(path, path.stat().st_mtime_ns)
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                    continue
                while unfinished(http):
                    time.sleep(0.2)
                states: Counter[str] = Counter()
                for job in accepted.values():
                    found = http.get(f"/v1/audio/batches/{job}")
                    states[found.json()["status"] if found.status_code == 200 else "lost"] += 1
                again += sum(path.stat().st_mtime_ns != changed for path, changed in seen.items())
                process.send_signal(signal.SIGTERM)
                code = process.wait(30)
    jobs = f"{len(accepted)} jobs accepted, {dict(states)}"
    print(f"{rounds} kills: {jobs}; results made again {again}; exit code {code}")
    return set(states) == {"done"} and again == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("listen", "crowd", "first", "uploads", "kill"))
    parser.add_argument("--url", default="http://127.0.0.1:7860")
    parser.add_argument("--clients", type=int, help="default 8 that listen, a crowd of 200")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--times", type=int, help="default 50 first bytes, 10 kills")
    parser.add_argument("--port", type=int, default=7899, help="of the server that is killed")
    options = parser.parse_args()
    if options.what == "listen":
        good = asyncio.run(listen(options.url, options.clients or 8, options.minutes))
    elif options.what == "crowd":
        good = asyncio.run(crowd(options.url, options.clients or 200))
    elif options.what == "first":
        good = asyncio.run(first(options.url, options.times or 50))
    elif options.what == "uploads":
        good = asyncio.run(uploads(options.url))
    else:
        good = kill(options.times or 10, options.port)
    print("good" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
