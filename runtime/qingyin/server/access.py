"""Exists so that a service that others can reach serves those who know its secret, and guessing it takes for ever."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from collections import OrderedDict, deque
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qingyin.errors import OptionError
from qingyin.server.limits import Limits
from qingyin.server.problems import Problem, problem_response

LEAST_CHARACTERS = 8
_OPEN = ("/healthz", "/readyz")  # for those who watch the service; they tell nothing
_ADDRESSES = 10_000  # remembered; more than one attacker has


@dataclass(frozen=True)
class Secret:
    """What clients must know: a password, and a user name if there is one.

    A bare token is taken as `Authorization: Bearer TOKEN`, and, for browsers, as the password of any user.
    """

    user: str | None
    password: str

    @classmethod
    def parse(cls, text: str) -> Secret:
        """TOKEN or USER:PASSWORD. Errors: OptionError."""
        user, colon, password = text.strip().partition(":")
        found = cls(user, password) if colon else cls(None, user)
        if len(found.password) < LEAST_CHARACTERS:
            raise OptionError(
                f"the token or password must have at least {LEAST_CHARACTERS} characters; take a random one"
            )
        return found

    def fits(self, authorization: str) -> bool:
        """Whether an Authorization header is right; takes as long whatever is wrong with it."""
        scheme, _, rest = authorization.partition(" ")
        user, password = "", ""
        if scheme.lower() == "bearer":
            password = rest.strip()
        elif scheme.lower() == "basic":
            user, _, password = _decoded(rest.strip()).partition(":")
        right_user = self.user is None or _same(user, self.user)
        # a bearer has no user name; the password alone is as secret
        return _same(password, self.password) & (right_user or scheme.lower() == "bearer")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _same(one: str, other: str) -> bool:
    # digests, so that not even the length can be measured
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (one, other)]
    return hmac.compare_digest(*digests)


class Failures:
    """Remembers wrong passwords by address."""

    def __init__(self, limits: Limits) -> None:
        self._most, self._window = limits.auth_failures, limits.auth_window_seconds
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_seconds(self, address: str) -> int:
        """How long an address must wait before it may try again; 0 if it need not."""
        times = self._times.get(address)
        if times is None or len(times) < self._most:
            return 0
        return max(0, 1 + int(times[0] + self._window - time.monotonic()))

    def add(self, address: str) -> None:
        times = self._times.setdefault(address, deque(maxlen=self._most))
        times.append(time.monotonic())
        self._times.move_to_end(address)
        while len(self._times) > _ADDRESSES:
            self._times.popitem(last=False)

    def forget(self, address: str) -> None:
        self._times.pop(address, None)


class Guarded:
    """Lets those in who know the secret."""

    def __init__(self, app: ASGIApp, secret: Secret, limits: Limits) -> None:
        self._app, self._secret, self._failures = app, secret, Failures(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        address = (scope.get("client") or ("", 0))[0]
        authorization = Headers(scope=scope).get("authorization", "")
        wait = self._failures.wait_seconds(address)
        if wait:
            problem = Problem(429, f"too many wrong passwords; try again in {wait} s", retry_after=wait)
        elif self._secret.fits(authorization):
            self._failures.forget(address)
            await self._app(scope, receive, send)
            return
        else:
            if authorization:
                self._failures.add(address)
            problem = Problem(401, "the token or password is wrong or missing; send it as Authorization: Bearer TOKEN",
                              code="invalid_api_key")  # fmt: skip
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        answer = problem_response(problem)
        if problem.status == 401:
            answer.headers["WWW-Authenticate"] = 'Basic realm="qingyin", charset="UTF-8"'
        await answer(scope, receive, send)
