"""Positive controls: one planted value in every kind of place. A scan that misses one proves nothing."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from ..models import Control, ScanRun

KINDS = (
    "text",
    "json value",
    "json key",
    "array",
    "bytes",
    "encoded text",
    "session",
    "file name",
    "file content",
    "packed file",
)


@dataclass
class Planted:
    """The controls of one run: the value they share, and where each of them is."""

    email: str
    rows: dict[str, str] = field(default_factory=dict)  # kind → key of the row in pii_control
    session_key: str = ""
    files: dict[str, str] = field(default_factory=dict)  # kind → name in the default storage
    found: set[str] = field(default_factory=set)

    def recognise(self, table: str, key: tuple[str, ...]) -> bool:
        """Whether a hit is one of the controls; then it is ticked off."""
        for kind, row in self.rows.items():
            if table == "pii_control" and key == (row,):
                self.found.add(kind)
                return True
        if self.session_key and key == (self.session_key,):
            self.found.add("session")
            return True
        return False

    def recognise_file(self, name: str, *, in_name: bool) -> bool:
        for kind, planted in self.files.items():
            if name == planted and in_name == (kind == "file name"):
                self.found.add(kind)
                return True
        return False

    @property
    def missed(self) -> list[str]:
        planted = [*self.rows, *(["session"] if self.session_key else []), *self.files]
        return [kind for kind in planted if kind not in self.found]


@contextlib.contextmanager
def planted(run: ScanRun) -> Iterator[Planted]:
    """Plant the controls for one scan and take them away afterwards, whatever happens."""
    email = f"positive-control-{secrets.token_hex(8)}@control.invalid"
    made = Planted(email)
    cells: dict[str, dict[str, Any]] = {
        "text": {"in_text": f"written by {email.upper()}."},
        "json value": {"in_json": {"outer": [{"inner": {"deep": email}}]}},
        "json key": {"in_json": {"outer": {email: True}}},
        "array": {"in_array": ["first", email]},
        "bytes": {"in_bytes": b"\x00\xff" + email.encode() + b"\x00"},
        "encoded text": {"in_session": base64.b64encode(json.dumps({"account": {"email": email}}).encode()).decode()},
    }
    try:
        for kind, values in cells.items():
            made.rows[kind] = str(Control.objects.create(run=run, **values).pk)
        if "django_session" in connection.introspection.table_names():
            store = import_module(settings.SESSION_ENGINE).SessionStore()
            store["account_verified_email"] = email
            store.save()
            made.session_key = store.session_key or ""
        token = secrets.token_hex(8)
        for kind, name, content in (
            ("file name", f"{email}.txt", b"control"),
            ("file content", f"{token}.txt", b"From: " + email.encode()),
            ("packed file", f"{token}.zip", _packed(email)),
        ):
            made.files[kind] = default_storage.save(f"pii-control/{name}", ContentFile(content))
        yield made
    finally:
        Control.objects.filter(run=run).delete()
        if made.session_key:
            import_module(settings.SESSION_ENGINE).SessionStore(made.session_key).delete()
        for name in made.files.values():
            default_storage.delete(name)


def _packed(email: str) -> bytes:
    """An archive as spreadsheets and packages are: compressed, so that nobody can see the value from outside."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<si><t>{email}</t></si>" * 9)
    return whole.getvalue()
