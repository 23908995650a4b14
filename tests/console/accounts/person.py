"""A person in front of the pages: types into forms as they are rendered, reads the mails that arrived."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import connection
from django.test import Client

from tests.factories import PASSWORD


class Forms(HTMLParser):
    """The forms of a page, with the values their fields stand at and the buttons that send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict] = []
        self.open: dict | None = None
        self.by_id: dict[str, dict] = {}
        self.late: list[tuple[str, dict]] = []
        self.select: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.open = {
                "action": attrs.get("action"),
                "method": attrs.get("method", "get"),
                "fields": {},
                "names": set(),
                "buttons": [],
            }
            self.forms.append(self.open)
        if tag == "button" and self.open is not None and attrs.get("name"):
            self.open["buttons"].append((attrs["name"], attrs.get("value", "")))
        if self.open is None or tag not in ("input", "select", "textarea", "option"):
            return
        if tag == "option":
            if "selected" in attrs and self.select:
                self.open["fields"][self.select] = attrs.get("value", "")
            return
        name = attrs.get("name")
        if tag == "select":
            self.select = name
        if not name or "disabled" in attrs:
            return
        self.open["names"].add(name)
        if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
            self.open["fields"].setdefault(name, attrs.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None


class Person:
    """One browser with its cookies, and one mailbox."""

    def __init__(self, outbox) -> None:
        self.client = Client()
        self.outbox = outbox
        self.page = None
        self.url = ""

    # the browser
    def visit(self, url: str):
        parts = urlsplit(url)
        return self._arrive(self.client.get(f"{parts.path}?{parts.query}" if parts.query else parts.path))

    def _arrive(self, response):
        for _hop in range(10):
            self.page, self.url = response, response.wsgi_request.get_full_path()
            if response.status_code not in (301, 302, 307):
                return response
            target = urljoin(self.url, response.headers["Location"])
            response = self.client.get(target)
        raise AssertionError(f"redirected in circles at {self.url}")

    @property
    def text(self) -> str:
        return self.page.content.decode()

    def send(self, _action: str | None = None, **typed: str):
        """Type into the form that has these fields (and this action), and press its button."""
        for form in Forms(self.text).forms:
            fits = (_action is None or form["action"] == _action) and form["method"].lower() == "post"
            if fits and set(typed) <= form["names"]:
                data = {**dict(form["buttons"][:1]), **form["fields"], **typed}
                return self._arrive(self.client.post(form["action"] or self.url, data))
        raise AssertionError(f"no form with {sorted(typed)} at {self.url}:\n{self.text}")

    # the mailbox
    def mail(self) -> str:
        """The body of the newest mail."""
        return self.outbox[-1].body

    def link(self) -> str:
        return re.search(r"https?://\S+", self.mail())[0]

    def code(self) -> str:
        return re.search(r"^\s*([A-Z0-9]{3,6}-?[A-Z0-9]{3,6})\s*$", self.mail(), re.M)[1]

    # habits
    def sign_in(self, email: str, password: str = PASSWORD, *, at: str = "/accounts/login/"):
        self.visit(at)
        return self.send(login=email, password=password)

    def set_up_totp(self, password: str = PASSWORD) -> str:
        """Scan the secret, confirm with a code; returns the secret."""
        self.visit("/accounts/2fa/totp/activate/")
        if "reauthenticate" in self.url:
            self.send(password=password)
        secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', self.text)[1]
        self.send(code=totp(secret))
        return secret


def commit_after_view(get_response):
    """A middleware for tests inside one transaction: what a view asked to be done on commit is done when it returns,
    as it is without that transaction.
    """

    def middleware(request):
        before = len(connection.run_on_commit)
        response = get_response(request)
        callbacks = connection.run_on_commit[before:]
        del connection.run_on_commit[before:]
        for _savepoints, callback, _robust in callbacks:
            callback()
        return response

    return middleware


def totp(secret: str, at: float | None = None) -> str:
    """What the authenticator app shows."""
    return format_hotp_value(hotp_value(secret, int(at or time.time()) // 30))
