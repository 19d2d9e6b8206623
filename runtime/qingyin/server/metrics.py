"""Exists so that Prometheus can watch a service: what was asked, how fast the first sound came, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from qingyin.server.engine import Engine

_SECONDS = (0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)


class _Spoken(Collector):
    """What the engine has counted of all that speaks: HTTP, page, jobs and voice assistants."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        counts = self._engine.counts
        speeches = CounterMetricFamily("qingyin_speeches", "Texts spoken, by how it ended.", labels=["end"])
        for end in ("finished", "failed", "abandoned"):
            speeches.add_metric([end], getattr(counts, end))
        yield speeches
        yield CounterMetricFamily("qingyin_sound_seconds", "Seconds of sound made.", value=counts.sound_seconds)
        yield CounterMetricFamily("qingyin_work_seconds", "Seconds of computing for it.", value=counts.work_seconds)


class Metrics:
    """Figures of one service; a registry of its own, so that several can be in one process."""

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = Counter(
            "qingyin_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self._first_byte = Histogram(
            "qingyin_first_byte_seconds", "From a request to the first byte of its answer's body.", ["route"],
            buckets=_SECONDS, registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Spoken(engine))
        for name, text, read in (
            ("active_streams", "Streams and calls being served.", lambda: engine.active),
            ("waiting_streams", "Requests waiting for a place.", lambda: engine.admission.waiting),
            ("refused_total", "Requests refused for load.", lambda: engine.admission.refused),
        ):
            Gauge(f"qingyin_{name}", text, registry=self.registry).set_function(read)
        self.jobs = Gauge("qingyin_jobs", "Jobs by state.", ["state"], registry=self.registry)

    def answered(self, method: str, route: str, status: int, first_byte_seconds: float | None) -> None:
        """Counts one request. route: the path as declared, so that clients cannot make up labels."""
        self._requests.labels(method, route, str(status)).inc()
        if first_byte_seconds is not None and status < 400:
            self._first_byte.labels(route).observe(first_byte_seconds)

    def text(self) -> bytes:
        """In Prometheus' exposition format."""
        return generate_latest(self.registry)
