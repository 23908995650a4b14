"""A member of staff at a browser without a browser: signs in, uploads, and presses what the page offers."""

from __future__ import annotations

import contextlib
import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from http.cookiejar import CookieJar

IMPORTS = "/admin/members/memberimport/"
GONE = (OSError, http.client.HTTPException)  # what a killed server looks like from outside; HTTPError is an OSError


class Person:
    """Speaks HTTP to a running console and keeps its cookies."""

    def __init__(self, port: int) -> None:
        self.base = f"http://localhost:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        """The page, tried again while the server is being started anew."""
        until = time.monotonic() + 120
        while True:
            try:
                return self._send(path)
            except GONE:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def post(self, page: str, path: str, **fields: str | list[str]) -> bool:
        """Send a form of `page`; whether an answer came."""
        fields = {"csrfmiddlewaretoken": token(page), **fields}
        try:
            self._send(path, urllib.parse.urlencode(fields, doseq=True).encode())
        except GONE:
            return False
        return True

    def sign_in(self, email: str, password: str) -> None:
        page = self.get("/accounts/login/")
        assert self.post(page, "/accounts/login/", login=email, password=password)

    def upload(self, tenant: str, content: bytes) -> bool:
        page = self.get(f"{IMPORTS}add/")
        mark = uuid.uuid4().hex
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in {"csrfmiddlewaretoken": token(page), "tenant": tenant}.items()
        ]
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
        body = b"".join([*parts, head.encode(), content, f"\r\n--{mark}--\r\n".encode()])
        try:
            self._send(f"{IMPORTS}add/", body, f"multipart/form-data; boundary={mark}")
        except GONE:
            return False
        return True

    def go_on(self, key: str, *, strict: bool) -> bool:
        """Press what the page of an import offers; whether it is done."""
        page, path = self.get(f"{IMPORTS}{key}/change/"), f"{IMPORTS}{key}/"
        if 'name="column0"' in page:
            choices = {"missing": "nothing", "default_role": "member", "update": ["display_name", "external_id"]}
            chosen = {"strict": "on"} if strict else {}
            columns = {"column0": "email", "column1": "display_name", "column2": "external_id"}
            self.post(page, f"{path}check/", **columns, **choices, **chosen)
        elif seen := re.search(r'name="seen" value="([^"]*)"', page):
            self.post(page, f"{path}confirm/", seen=seen[1])
        elif f'{path}resume/"' in page:
            self.post(page, f"{path}resume/")
        elif f'{path}undo/"' in page:
            return True
        time.sleep(0.1)
        return False

    def _send(self, path: str, body: bytes | None = None, kind: str = "application/x-www-form-urlencoded") -> str:
        request = urllib.request.Request(self.base + path, body, {"Content-Type": kind, "Referer": self.base})
        with contextlib.closing(self.opener.open(request, timeout=60)) as answer:
            return answer.read().decode()


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page[:500]
    return found[1]
