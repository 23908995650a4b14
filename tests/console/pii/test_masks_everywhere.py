"""Every page of the admin, walked by every staff role over rows whose masked columns hold a canary: none is shown."""

from __future__ import annotations

import datetime
import json
import logging
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.db import models, transaction
from django.test import Client

from console.logs import MachineFormatter, RequestContext
from console.operations.models import StaffNote
from console.operations.roles import ROLES
from console.workspace.models import Contact
from pii.masking.shown import is_masked_column
from pii.registry import registry
from pii.requests import receive
from tenancy import memberships, system_scope, tenant_scope
from tenancy.testing.routes import routes
from tests.factories import make_membership, make_user
from tests.fleet import MAKE, in_its_tenant
from tests.testapp.models import Customer, Label, Order, OrderLabel

pytestmark = pytest.mark.django_db
WORD = "zqcanary"
YEAR = "1907"
# One route and its reason each; an unused one fails.
CLOSED = {
    "admin:logout": "ends the session",
    "admin:password_change_done": "says nothing of anybody",
    "admin:jsi18n": "words of the program",
}
SIMPLE_TEXT = (models.CharField, models.TextField)


def planted(field, number):
    """A canary that fits the column, or None where it holds no text."""
    if isinstance(field, models.EmailField) or field.name.endswith("email"):
        return f"{WORD}.{number}@{WORD}.test"
    if isinstance(field, models.JSONField):
        return {WORD: [{WORD: WORD}]}
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return datetime.date(int(YEAR), 3, 19)
    if isinstance(field, models.GenericIPAddressField):
        return "203.0.113.77"
    if isinstance(field, SIMPLE_TEXT) and not isinstance(field, models.FileField):
        return f"{WORD}{number}"[: field.max_length or 60]
    return None


def plant_everywhere(keep):
    """Put a canary into every masked column of every row; returns the columns that took one."""
    took, number = set(), 0
    for model, declaration in registry.items():
        if not model._meta.managed or model._meta.label in ("pii.DataRequest", "sessions.Session"):
            continue
        names = [name for name in declaration.fields if is_masked_column(model, name) and name != "password"]
        with system_scope(reason="test"):
            rows = [row for row in model._base_manager.all() if str(row.pk) not in keep]
        for row in rows:
            number += 1
            for name in names:
                value = planted(model._meta.get_field(name), number)
                if value is None:
                    continue
                try:
                    with system_scope(reason="test"), transaction.atomic():
                        one = model._base_manager.filter(pk=row.pk).order_by()
                        took |= (
                            {f"{model._meta.label}.{name}"} if models.QuerySet.update(one, **{name: value}) else set()
                        )
                except Exception as refused:  # noqa: BLE001  # append-only, or a rule of the table: others have a row
                    logging.getLogger("test").debug("%s.%s: %s", model._meta.label, name, type(refused).__name__)
    return took


@pytest.fixture
def crowd(tenant_a, officer, settings, tmp_path):
    """A row of everything about somebody whom no member of staff may see: written, changed, logged, asked for."""
    settings.MEDIA_ROOT = tmp_path
    settings.DEBUG = False
    jane = make_user(f"{WORD}.jane@example.test", full_name=f"{WORD} Jane")
    made = [jane]
    for model, make in MAKE.items():
        if model not in (Customer, Order, Label, OrderLabel):
            made.append(in_its_tenant(make)(tenant_a, "openword"))  # what is masked gets its canary later
    member = make_membership(tenant_a, jane, display_name=f"{WORD} Jane", external_id=f"{WORD}1")
    with system_scope(reason="test"):
        memberships.change_details(member, by=None, display_name=f"{WORD} Jane Two", title=f"{WORD} chief")
        made += [
            EmailAddress.objects.create(user=jane, email=jane.email, verified=True, primary=True),
            StaffNote.objects.create(user=jane, text="open to staff"),
            UserSession.objects.create(user=jane, ip="203.0.113.77", user_agent=WORD, session_key="k"),
        ]
    with tenant_scope(tenant_a):
        contact = Contact.objects.create(
            first_name=WORD, last_name=WORD, email=f"{WORD}@c.test", birth_date=datetime.date(int(YEAR), 3, 19)
        )
        contact.city = WORD
        contact.save()
    with system_scope(reason="test"):
        for row in (jane, member, contact):
            LogEntry.objects.create(
                user=officer,
                content_type=ContentType.objects.get_for_model(row),
                object_id=str(row.pk),
                object_repr=WORD,
                action_flag=2,
                change_message=json.dumps([{"changed": {"fields": [WORD]}}]),
            )
    asked = receive("erasure", by=officer, emails=[jane.email], contact_name=f"{WORD} Jane", message=f"{WORD} please")
    return [*made, member, contact, asked, tenant_a]


def addresses(crowd):
    """(route, address): lists and forms, and each row where its own model is meant, every row elsewhere."""
    keys = {row._meta.label_lower.replace(".", "_"): str(row.pk) for row in crowd}
    for route in routes():
        if not route.name.startswith("admin:") or route.name in CLOSED:
            continue
        if not route.converters:
            yield route.name, route.fill([])
            continue
        own = [key for label, key in keys.items() if route.name.startswith(f"admin:{label}_")]
        for key in own or [key for key in keys.values() if len(key) == 36]:
            yield route.name, route.fill([key] * len(route.converters))


LEAK = re.compile(rf"{WORD}|203\.0\.113\.77|{YEAR}-03-19|19 mar(ch|\.)? {YEAR}|mar(ch|\.)? 19, {YEAR}")
QUESTIONS = ("?q=zqc", "?q=zqcan", "?o=1", "?o=2.1", "?_facets=True", "?term=zqc", "?s=zqc&extended=1")


def leaks(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = f"{body.decode(errors='replace')} {response.headers}".lower()
    text = " ".join(text.split())
    return [text[max(0, found.start() - 90) : found.end() + 20] for found in LEAK.finditer(text)][:2]


def walk(client, crowd):
    """(what was shown where, the routes that answered)."""
    shown, opened = [], set()
    for name, address in addresses(crowd):
        asked = [address, *(address + question for question in QUESTIONS)] if name.endswith(ENDS) else [address]
        for where in asked:
            response = client.get(where)
            assert response.status_code < 500, (where, response.status_code)
            if found := leaks(response):
                shown.append((name, where.partition("?")[2], found))
            opened |= {name} if response.status_code == 200 else set()
    return shown, opened


ENDS = ("_changelist", ":search", ":index", ":autocomplete")


@pytest.fixture
def lines():
    """Every log line as it is written, of every level."""
    written = []

    class Keeper(logging.Handler):
        def emit(self, record):
            written.append(self.format(record))

    keeper = Keeper()
    keeper.addFilter(RequestContext())
    keeper.setFormatter(MachineFormatter())
    for name in ("", "django", "console", "tenancy", "pii"):
        logging.getLogger(name).addHandler(keeper)
    yield written
    for name in ("", "django", "console", "tenancy", "pii"):
        logging.getLogger(name).removeHandler(keeper)


def signed_in(role):
    user = make_user(is_staff=True, is_superuser=role == "superuser")
    if role != "superuser":
        with system_scope(reason="test"):
            user.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return user, client


@pytest.mark.parametrize(
    "role",
    ["superuser", "Support", *(pytest.param(role, marks=pytest.mark.drill) for role in ROLES if role != "Support")],
)
def test_no_page_mail_or_log_line_shows_a_masked_value(crowd, role, lines, officer):
    user, client = signed_in(role)
    took = plant_everywhere([str(user.pk), str(officer.pk)])
    mail.outbox.clear()
    lines.clear()
    shown, opened = walk(client, crowd)
    assert not shown, "\n".join(map(str, shown))
    assert [line for line in lines if LEAK.search(line.lower())] == []
    assert [m for m in mail.outbox if WORD in f"{m.subject} {m.body} {m.alternatives}".lower()] == []
    assert len(took) > 25, sorted(took)
    assert len(opened) > (60 if role == "superuser" else 8), "a walk along closed doors proves nothing"
