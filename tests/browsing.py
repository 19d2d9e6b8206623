"""A real browser for tests of the page; without one they are skipped, and say so."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from patience import LONGEST_SECONDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "chromium-headless-shell")
# A microphone that hums, and no dialogs that ask for it; sound still needs a click, as with users.
ARGUMENTS = [
    "--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
    "--autoplay-policy=user-gesture-required",
]  # fmt: skip


def require_page() -> None:
    """Skips the test module where the page or the browser's driver is not installed."""
    for module in ("gradio", "uvicorn", "playwright.sync_api"):
        pytest.importorskip(module, reason=f"{module} is not installed: pip install '.[web,test]'")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Headless Chromium: the machine's own ($CHROMIUM, or on the path), else the one that playwright has installed."""
    from playwright.sync_api import Error, sync_playwright

    own = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    with sync_playwright() as playwright:
        try:
            found = playwright.chromium.launch(executable_path=own, args=ARGUMENTS, timeout=1000 * LONGEST_SECONDS)
        except Error as error:
            pytest.skip(f"no Chromium: apt-get install chromium, or playwright install chromium ({str(error)[:80]})")
        yield found
        found.close()


@contextlib.contextmanager
def opened(browser: Browser, url: str, locale: str = "zh-CN", width: int = 1280) -> Iterator[Page]:
    """The page, ready to be used. It may load nothing from elsewhere, and no script of it may fail."""
    context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(1000 * LONGEST_SECONDS)
    foreign: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if is_foreign(request.url, url) else None)
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(url)
    page.wait_for_selector(".qy-syllable")  # the last thing to come
    yield page
    context.close()
    assert foreign == []
    assert failures == []


def is_foreign(address: str, url: str) -> bool:
    return not address.startswith((url, "data:", "blob:"))
