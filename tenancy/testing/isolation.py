"""Two tenants, a sentinel word, and the proof that nothing of the other one shows or changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core import mail
from django.db import models
from django.http import HttpResponse

from tenancy.models import Tenant, TenantScoped
from tenancy.scope import system_scope

SENTINEL = "zqx-sentinel-of-the-other-tenant"


def text_of(response: Any) -> str:
    """Everything a response says: status line, headers, body (streamed ones are read)."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return f"{response.status_code}\n{headers}\n{content.decode('utf-8', 'replace')}"


def assert_isolated(*places: Any, sentinel: str = SENTINEL) -> None:
    """Fail if the sentinel word is in any response, text, file's bytes, or mail sent so far."""
    for place in (*places, *mail.outbox):
        if isinstance(place, HttpResponse) or hasattr(place, "streaming"):
            text = text_of(place)
        elif hasattr(place, "message"):
            text = place.message().as_string()
        elif isinstance(place, bytes):
            text = place.decode("utf-8", "replace")
        else:
            text = str(place)
        if sentinel in text:
            start = max(0, text.index(sentinel) - 120)
            raise AssertionError(f"The other tenant shows: …{text[start : start + 300]}…")


def owned_models(*, app_labels: Iterable[str] = ()) -> list[type[TenantScoped]]:
    """Every tenant-owned model of the project, or of some apps."""
    wanted = set(app_labels)
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TenantScoped) and (not wanted or model._meta.app_label in wanted)
    ]


@dataclass
class Fleet:
    """One row of every tenant-owned model in each of two tenants, B's with the sentinel in its words.

    `make` maps a model to a function ``(tenant, word) -> row``. A model without an entry fails the test: a new model is
    covered the day it appears.
    """

    a: Tenant
    b: Tenant
    make: dict[type[models.Model], Callable[[Tenant, str], Any]]
    rows: dict[type[models.Model], tuple[Any, Any]] = field(default_factory=dict)

    def build(self) -> Fleet:
        """Make the rows. Raises AssertionError naming the models that nobody makes."""
        missing = [model._meta.label for model in owned_models() if model not in self.make]
        assert not missing, f"no row is made of {', '.join(missing)}: the sweep would not try them"
        for model, make in self.make.items():
            self.rows[model] = (make(self.a, "ours"), make(self.b, SENTINEL))
        return self

    def keys(self, which: int) -> list[str]:
        """The keys of A's rows (0) or of B's (1), and the tenant's own."""
        tenant = (self.a, self.b)[which]
        return [str(pair[which].pk) for pair in self.rows.values()] + [str(tenant.pk)]

    def snapshot(self) -> dict[Any, Any]:
        """All columns of all of B's rows, as the system sees them."""
        with system_scope(reason="isolation test"):
            return {
                (model._meta.label, values["pk"]): values
                for model in self.rows
                for values in model._base_manager.filter(tenant_id=self.b.pk).values("pk", *_columns(model))
            }


def _columns(model: type[models.Model]) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


def comparable(response: Any, *forget: str) -> str:
    """A response without what differs by nature: the given ids, tokens, nonces, dates of cookies."""
    text = text_of(response)
    for word in forget:
        text = text.replace(word, "·")
    text = re.sub(r'(name="(?:csrfmiddlewaretoken|_tenant)" value=")[^"]*', r"\1", text)
    text = re.sub(r"(?im)^(X-Request-ID|Set-Cookie|Date|Content-Length|ETag): .*$", "", text)
    return re.sub(r"nonce-[\w+/=-]+|csrfmiddlewaretoken=\w+", "", text)
