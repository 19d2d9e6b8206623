"""Exists so that a job that was accepted is neither lost nor done twice, whenever the process is killed.

SQLite, with a commit (and a flush to disk) before each answer. A result is written beside its place and takes its name
in one step, and only then its row says "done": after a crash, what has its name is whole, and is not made again.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, created REAL NOT NULL, state TEXT NOT NULL, format TEXT NOT NULL, finished REAL,
    repeat_key TEXT UNIQUE
);
CREATE TABLE IF NOT EXISTS items (
    job TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, number INTEGER NOT NULL, state TEXT NOT NULL,
    request TEXT NOT NULL, characters INTEGER NOT NULL, seconds REAL, bytes INTEGER, error TEXT,
    runs INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (job, number)
);
CREATE INDEX IF NOT EXISTS items_by_state ON items(state);
"""
# of jobs and items
QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
STATES = (QUEUED, RUNNING, DONE, FAILED, CANCELLED)
_BUSY_SECONDS = 10.0


@dataclass(frozen=True, eq=False)
class Item:
    """A text to be made: the number-th of a job."""

    job: str
    number: int
    format: str
    request: dict[str, Any]


class JobStore:
    """Jobs in a folder: `jobs.sqlite`, and `results/` with one file an item. One process at a time, any thread."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        self.results.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        self._database = sqlite3.connect(
            folder / "jobs.sqlite", timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        self._database.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def path(self, job: str, number: int, format_name: str) -> Path:
        """Where an item's result lies, when it is done."""
        return self.results / f"{job}-{number}.{format_name}"

    def submit(self, format_name: str, requests: Sequence[dict[str, Any]], repeat_key: str | None) -> tuple[str, bool]:
        """Keeps a job -> (its id, whether it is new): with the key of an earlier one, it is that one."""
        with self._transaction() as database:
            if repeat_key is not None:
                found = database.execute("SELECT id FROM jobs WHERE repeat_key = ?", (repeat_key,)).fetchone()
                if found is not None:
                    return str(found["id"]), False
            job = uuid.uuid4().hex
            database.execute(
                "INSERT INTO jobs (id, created, state, format, repeat_key) VALUES (?, ?, ?, ?, ?)",
                (job, time.time(), QUEUED, format_name, repeat_key),
            )
            database.executemany(
                "INSERT INTO items (job, number, state, request, characters) VALUES (?, ?, ?, ?, ?)",
                [
                    (job, number, QUEUED, json.dumps(request, ensure_ascii=False), len(request["input"]))
                    for number, request in enumerate(requests)
                ],
            )
        return job, True

    def recover(self) -> None:
        """After a start: what was being made is put back in line, except where its result is there already."""
        with self._transaction() as database:
            for row in self._items(database, "items.state IN ('queued', 'running')"):
                path = self.path(row["job"], row["number"], row["format"])
                state, size = (DONE, path.stat().st_size) if path.exists() else (QUEUED, None)
                database.execute(
                    "UPDATE items SET state = ?, bytes = ? WHERE job = ? AND number = ?",
                    (state, size, row["job"], row["number"]),
                )
                self._finish_job(database, row["job"])
        known = {path.name for path in self._result_paths()}
        for path in self.results.iterdir():
            if path.name not in known:  # half-written, or of a job that was removed
                path.unlink(missing_ok=True)

    def claim(self) -> Item | None:
        """The next item, oldest job first; it is "running" from now on."""
        with self._transaction() as database:
            row = next(
                self._items(database, "items.state = ? ORDER BY jobs.created, items.number LIMIT 1", QUEUED), None
            )
            if row is None:
                return None
            place = (row["job"], row["number"])
            database.execute("UPDATE items SET state = 'running', runs = runs + 1 WHERE job = ? AND number = ?", place)
            database.execute("UPDATE jobs SET state = 'running' WHERE id = ? AND state = 'queued'", (row["job"],))
            return Item(row["job"], row["number"], row["format"], json.loads(row["request"]))

    def finish(
        self, item: Item, seconds: float | None = None, size: int | None = None, error: str | None = None
    ) -> bool:
        """An item is done, or has failed with an error; False if it was cancelled meanwhile."""
        with self._transaction() as database:
            changed = database.execute(
                "UPDATE items SET state = ?, seconds = ?, bytes = ?, error = ? "
                "WHERE job = ? AND number = ? AND state = ?",
                (DONE if error is None else FAILED, seconds, size, error, item.job, item.number, RUNNING),
            ).rowcount
            self._finish_job(database, item.job)
        return changed == 1

    def put_back(self, item: Item) -> None:
        """An item that was broken off is in line again."""
        with self._transaction() as database:
            database.execute(
                "UPDATE items SET state = ? WHERE job = ? AND number = ? AND state = ?",
                (QUEUED, item.job, item.number, RUNNING),
            )

    def cancel(self, job: str) -> None:
        """What is not done will not be."""
        with self._transaction() as database:
            database.execute(
                "UPDATE items SET state = ? WHERE job = ? AND state IN ('queued', 'running')", (CANCELLED, job)
            )
            database.execute(
                "UPDATE jobs SET state = ?, finished = ? WHERE id = ? AND state IN ('queued', 'running')",
                (CANCELLED, time.time(), job),
            )

    def remove(self, job: str) -> None:
        """Forgets a job and its results."""
        paths = self._result_paths(job)
        with self._transaction() as database:
            database.execute("DELETE FROM jobs WHERE id = ?", (job,))
        for path in paths:
            path.unlink(missing_ok=True)

    def remove_older(self, seconds: float) -> None:
        """Forgets jobs that were finished so long ago."""
        with self._lock:
            query = "SELECT id FROM jobs WHERE finished < ?"
            old = [row["id"] for row in self._database.execute(query, (time.time() - seconds,))]
        for job in old:
            self.remove(job)

    def job(self, job: str) -> dict[str, Any] | None:
        """A job's row, with its items' in "items"."""
        with self._lock:
            found = self._database.execute("SELECT * FROM jobs WHERE id = ?", (job,)).fetchone()
            if found is None:
                return None
            columns = "number, state, characters, seconds, bytes, error, runs"
            items = self._database.execute(
                f"SELECT {columns} FROM items WHERE job = ? ORDER BY number", (job,)
            ).fetchall()
        return {**dict(found), "items": [dict(item) for item in items]}

    def jobs(self, limit: int) -> list[str]:
        """Ids, the newest first."""
        with self._lock:
            rows = self._database.execute("SELECT id FROM jobs ORDER BY created DESC LIMIT ?", (limit,)).fetchall()
        return [row["id"] for row in rows]

    def count_by_state(self) -> dict[str, int]:
        with self._lock:
            rows = self._database.execute("SELECT state, COUNT(*) AS count FROM jobs GROUP BY state").fetchall()
        return {**dict.fromkeys(STATES, 0), **{row["state"]: row["count"] for row in rows}}

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _items(self, database: sqlite3.Connection, condition: str, *values: Any) -> Iterator[sqlite3.Row]:
        query = f"SELECT items.*, jobs.format FROM items JOIN jobs ON jobs.id = items.job WHERE {condition}"
        return iter(database.execute(query, values).fetchall())

    def _result_paths(self, job: str | None = None) -> list[Path]:
        with self._lock:
            condition, values = ("1", ()) if job is None else ("items.job = ?", (job,))
            return [
                self.path(row["job"], row["number"], row["format"])
                for row in self._items(self._database, condition, *values)
            ]

    def _finish_job(self, database: sqlite3.Connection, job: str) -> None:
        """A job with nothing left to do is done, or failed if none of it went well."""
        rows = database.execute("SELECT state FROM items WHERE job = ?", (job,)).fetchall()
        states = {row["state"] for row in rows}
        if states & {QUEUED, RUNNING}:
            return
        state = DONE if DONE in states else FAILED
        database.execute(
            "UPDATE jobs SET state = ?, finished = ? WHERE id = ? AND state IN ('queued', 'running')",
            (state, time.time(), job),
        )
