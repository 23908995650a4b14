"""Chromium, watched: a console error, a failed request or a page that breaks out of the policy fails the test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .watched import ARGS, CHROMIUM, Watched


@pytest.fixture(scope="session")
def chromium():
    """The browser; the tests that need it are skipped where Debian's Chromium is not installed."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous side runs a loop in this thread, where Django would refuse to ask the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=ARGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_browser(chromium, live_server, settings):
    """Open one more browser with cookies of its own: ``open_browser(theme="dark", width=360)``."""
    settings.BASE_URL = live_server.url
    opened: list[Watched] = []

    def open_one(**options) -> Watched:
        opened.append(Watched(chromium, live_server.url, **options))
        return opened[-1]

    yield open_one
    for watched in opened:
        watched.close()
    assert [problem for watched in opened for problem in watched.problems] == []
