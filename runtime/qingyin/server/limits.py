"""Exists so that everything that bounds what clients may take is in one place, with the errors that say so."""

from __future__ import annotations

from dataclasses import dataclass

from qingyin.errors import QingyinError, TextError


@dataclass(frozen=True)
class Limits:
    """What a service allows; counts are of the whole service, the rest of one request.

    streams: at once, each with a listener; waiting: more that may wait for a place, wait_seconds at most.
    ahead_seconds: of sound made before it is fetched. request_seconds: from a request to its last chunk.
    stall_seconds: that a client may take to accept a piece. characters: of text to be spoken at once; job_characters:
    of all texts of one job. jobs: that are not finished yet; job_items: texts of one job; job_days: that results are
    kept. upload_bytes, upload_seconds, decoded_bytes: of a recording, of the sound in it, and of memory to decode it;
    decode_seconds: of time to do so. uploads: decoded at once; uploading: sent at once; upload_hour_bytes: of all that
    one address sends in an hour. body_bytes: of any other request. auth_failures: wrong passwords of one address in
    auth_window_seconds.
    """

    streams: int = 24
    waiting: int = 64
    wait_seconds: float = 0.6  # so that a crowd of 200 has its answer within a second
    ahead_seconds: float = 8.0
    request_seconds: float = 3600.0
    stall_seconds: float = 120.0
    characters: int = 10_000
    job_characters: int = 500_000
    jobs: int = 100
    job_items: int = 1000
    job_days: float = 7.0
    upload_bytes: int = 25_000_000
    upload_seconds: float = 300.0
    decoded_bytes: int = 1_500_000_000
    decode_seconds: float = 20.0
    uploads: int = 2
    uploading: int = 16
    upload_hour_bytes: int = 500_000_000
    body_bytes: int = 4_000_000
    auth_failures: int = 5
    auth_window_seconds: float = 60.0


class Busy(QingyinError):
    """As much is being done as the limits allow. retry_after: seconds after which asking again makes sense."""

    def __init__(self, what: str, retry_after: int) -> None:
        super().__init__(f"{what}; try again in {retry_after} s")
        self.retry_after = retry_after


class Stopping(QingyinError):
    """The service is being shut down."""


class TimeLimit(QingyinError):
    """A request has taken longer than one may."""


class TooLong(TextError):
    """A text has more characters than one request may have."""
