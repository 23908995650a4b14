"""One browser window that remembers what went wrong in it."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe

CHROMIUM = "/usr/bin/chromium"
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Watched:
    """A window. `problems` lists console errors, failed requests and answers of 400 and more, in order."""

    def __init__(self, browser, url: str, *, theme: str = "light", width: int = 1280, script: bool = True) -> None:
        self.url = url
        self.theme = theme
        size = {"width": width, "height": 900}
        self.context = browser.new_context(color_scheme=theme, viewport=size, base_url=url, java_script_enabled=script)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems: list[str] = []
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._answered)

    def _said(self, message) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} {message.location.get('url', '')}")

    def _failed(self, request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page left before its picture came
            self.problems.append(f"failed: {request.url} {request.failure}")

    def _answered(self, response) -> None:
        if response.status >= 400:
            self.problems.append(f"{response.status}: {response.url}")

    def visit(self, path: str) -> None:
        self.page.goto(path)

    def type(self, **fields: str) -> None:
        """Fill fields by name and press Enter in the last."""
        for name, value in fields.items():
            field = self.page.locator(f"[name={name}]:not([type=hidden])").first
            field.fill(value)
        field.press("Enter")
        self.page.wait_for_load_state()

    def press(self, label: str) -> None:
        self.page.get_by_role("button", name=label, exact=True).first.click()
        self.page.wait_for_load_state()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.url)

    @property
    def text(self) -> str:
        return self.page.inner_text("body")

    def check(self, name: str) -> None:
        """Nothing serious for accessibility, nothing wider than the window; keeps a picture where SHOTS says."""
        found = Axe().run(self.page).response["violations"]
        grave = [
            (rule["id"], node["html"][:200], node.get("failureSummary", "")[:300])
            for rule in found
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ]
        assert not grave, f"{name} ({self.theme}): {grave}"
        width, inner = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        assert width <= inner, f"{name} is {width} px wide in a window of {inner}"
        if folder := os.environ.get("SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{name}-{self.theme}-{inner}.png", full_page=True)

    def close(self) -> None:
        self.context.close()
