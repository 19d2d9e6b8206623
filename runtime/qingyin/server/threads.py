"""Exists so that what runs in a thread has ended when the task that waits for it ends: files must not be closed under
it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")


async def in_thread(function: Callable[P, Result], *arguments: P.args, **named: P.kwargs) -> Result:
    """asyncio.to_thread which, however often it is cancelled, lets the function end first."""
    task = asyncio.ensure_future(asyncio.to_thread(function, *arguments, **named))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:  # a job is cancelled, then removed, then the server stopped
            cancelled = error
    if cancelled is not None:
        task.exception()  # or asyncio would tell of one that nobody has asked for
        raise cancelled
    return task.result()
