"""Nobody uses the service who should not: not from other machines, not through a browser, not by guessing."""

from __future__ import annotations

import base64
import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from patience import LONGEST_SECONDS, until
from qingyin.errors import OptionError
from qingyin.server.access import Failures, Secret
from qingyin.server.app import Access
from qingyin.server.guards import LOCAL_HOSTS
from qingyin.server.limits import Limits
from qingyin.server.run import Settings, is_loopback
from serving import Served, serving

TOKEN = "correct-horse"


@pytest.fixture(scope="module")
def served(models: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    access = Access(LOCAL_HOSTS, Secret.parse(TOKEN))
    with serving(models, tmp_path_factory.mktemp("state"), access, Limits(auth_failures=3, body_bytes=2000)) as found:
        yield found


@pytest.fixture(scope="module")
def http(served: Served) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=served.url, headers=headers, timeout=LONGEST_SECONDS) as found:
        yield found


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.mark.parametrize(
    ("secret", "header", "right"),
    [
        (TOKEN, f"Bearer {TOKEN}", True),
        (TOKEN, f"bearer  {TOKEN}", True),
        (TOKEN, basic("anyone", TOKEN), True),
        (TOKEN, f"Bearer {TOKEN}x", False),
        (TOKEN, "Bearer ", False),
        (TOKEN, TOKEN, False),
        (TOKEN, "", False),
        (TOKEN, "Basic !!!", False),
        (TOKEN, f"Digest {TOKEN}", False),
        (f"me:{TOKEN}", basic("me", TOKEN), True),
        (f"me:{TOKEN}", basic("you", TOKEN), False),
        (f"me:{TOKEN}", basic("me", "wrong"), False),
        (f"me:{TOKEN}", f"Bearer {TOKEN}", True),
        ("me:密码是这个吗好的", basic("me", "密码是这个吗好的"), True),
    ],
)
def test_secrets(secret: str, header: str, right: bool) -> None:
    assert Secret.parse(secret).fits(header) is right


def test_short_secrets_are_refused() -> None:
    for text in ("", "short", "user:short", f"{TOKEN}:"):
        with pytest.raises(OptionError, match="at least 8"):
            Secret.parse(text)


def test_failures_are_counted_by_address_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 1000.0
    monkeypatch.setattr("qingyin.server.access.time", SimpleNamespace(monotonic=lambda: clock))
    failures = Failures(Limits(auth_failures=2, auth_window_seconds=60.0))
    failures.add("a")
    assert failures.wait_seconds("a") == 0
    failures.add("a")
    assert failures.wait_seconds("a") == 61 and failures.wait_seconds("b") == 0
    clock += 59.5
    assert failures.wait_seconds("a") == 1
    clock += 1.5
    assert failures.wait_seconds("a") == 0
    failures.add("a")
    failures.forget("a")
    assert failures.wait_seconds("a") == 0


def test_without_the_secret_only_health_answers(served: Served, http: httpx.Client) -> None:
    assert http.get("/v1/models").status_code == 200
    for path in ("/v1/models", "/metrics", "/docs", "/openapi.json", "/", "/healthz/"):
        answer = served.http.get(path)
        assert answer.status_code == 401 and answer.headers["www-authenticate"].startswith("Basic"), path
    assert served.http.get("/healthz").status_code == 200 and served.http.get("/readyz").status_code == 200
    wrong = {"Authorization": "Bearer wrong-guess"}
    assert [served.http.get("/v1/models", headers=wrong).status_code for _ in range(4)] == [401, 401, 401, 429]
    late = http.get("/v1/models")  # the right one has to wait as well, or it could be found out
    assert late.status_code == 429 and int(late.headers["retry-after"]) > 0
    for middleware in _layers(served):
        middleware.forget("127.0.0.1")
    assert http.get("/v1/models").status_code == 200


def _layers(served: Served) -> Iterator[Failures]:
    import gc

    return (found for found in gc.get_objects() if isinstance(found, Failures))


def test_other_names_and_other_sites_are_refused(served: Served, http: httpx.Client) -> None:
    assert http.get("/v1/models", headers={"Host": "evil.example"}).status_code == 403
    assert http.get("/v1/models", headers={"Host": "[::1"}).status_code == 403
    assert http.get("/v1/models", headers={"Host": "localhost:1"}).status_code == 200
    foreign = {"Origin": "https://evil.example"}
    assert http.post("/v1/audio/speech", json={"input": "好"}, headers=foreign).status_code == 403
    assert http.post("/v1/audio/speech", json={"input": "好"}, headers={"Origin": "null"}).status_code == 403
    assert http.post("/v1/audio/speech", json={"input": "好"}, headers={"Origin": served.url}).status_code == 200
    answer = http.get("/v1/models", headers=foreign)
    assert "access-control-allow-origin" not in answer.headers  # the page cannot read it
    preflight = http.options("/v1/audio/speech", headers={**foreign, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 405


def test_every_answer_has_safe_headers(served: Served, http: httpx.Client) -> None:
    for answer in (http.get("/v1/models"), http.get("/nothing"), served.http.get("/v1/models"), http.get("/docs")):
        assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["x-request-id"]
        assert "server" not in answer.headers or answer.headers["server"] == "uvicorn"
    assert "default-src 'none'" in http.get("/v1/models").headers["content-security-policy"]


def test_large_bodies_are_refused_before_they_are_read(served: Served, http: httpx.Client) -> None:
    assert http.post("/v1/audio/speech", json={"input": "好" * 3000}).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * 1000

    json = {"content-type": "application/json"}
    assert http.post("/v1/audio/speech", content=endless(), headers=json).status_code == 413
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LONGEST_SECONDS) as raw:
        head = f"POST /v1/audio/speech HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {TOKEN}\r\n"
        raw.sendall(f"{head}Content-Length: 99999999\r\n\r\n".encode())
        assert b" 413 " in raw.recv(1000)


@pytest.mark.parametrize(
    "junk", [b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"A" * 100_000, b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n"]
)
def test_what_is_no_http_is_answered_or_hung_up_on(served: Served, junk: bytes) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=LONGEST_SECONDS) as raw:
        with contextlib.suppress(ConnectionError):  # hung up on in the middle
            raw.sendall(junk)
        with contextlib.suppress(OSError):  # or by now
            raw.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            assert raw.recv(1000)[:12] in (b"", b"HTTP/1.1 400")
    assert served.http.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.2", False), ("example.org", False)],
)  # fmt: skip
def test_what_is_local(host: str, local: bool) -> None:
    assert is_loopback(host) is local
    settings = Settings(host=host)
    if local:
        assert settings.access().hosts is not None
    else:
        with pytest.raises(OptionError, match="--auth"):
            settings.access()
        assert Settings(host=host, insecure=True).access().secret is None
        assert Settings(host=host, secret=Secret.parse(TOKEN)).access().secret is not None


def test_under_the_path_that_a_proxy_shows(models: Path, tmp_path: Path) -> None:
    with serving(models, tmp_path, Access(LOCAL_HOSTS, root_path="/speech")) as behind:
        proxied = {"X-Forwarded-Proto": "https", "Host": "localhost"}  # the proxy has taken /speech off
        assert "curl https://localhost/speech/v1/audio/speech" in behind.http.get("/docs", headers=proxied).text
        assert behind.http.get("/openapi.json").json()["servers"] == [{"url": "/speech"}]
        assert behind.http.get("/").headers["location"] == "docs"
        found = behind.http.get("/v1/models")
        assert found.status_code == 200 and "default-src 'none'" in found.headers["content-security-policy"]
        assert 'route="/v1/models"' in behind.http.get("/metrics").text
        job = behind.http.post("/v1/audio/batches", json={"items": [{"input": "好。"}]}).json()["id"]
        until(lambda: behind.http.get(f"/v1/audio/batches/{job}").json()["items"][0]["result"])
        result = behind.http.get(f"/v1/audio/batches/{job}").json()["items"][0]["result"]
        assert result == f"/speech/v1/audio/batches/{job}/results/0"
        assert behind.http.get(result.removeprefix("/speech")).headers["content-type"] == "audio/mpeg"
    for wrong in ("speech", "/", "/a b", "/../x?y"):
        with pytest.raises(OptionError, match="--root-path"):
            Settings(root_path=wrong).access()
