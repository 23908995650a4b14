"""Canaries in every masked column of a crowd, and what finds one in a page, a file, a mail or a log line."""

from __future__ import annotations

import datetime
import io
import json
import logging
import re
import zipfile

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.test import Client

from console.logs import MachineFormatter, RequestContext
from console.members import flow
from console.members.browse import LISTS
from console.members.choices import Choices
from console.operations.models import StaffNote
from console.workspace.models import Contact
from pii.masking.shown import is_masked_column
from pii.registry import registry
from pii.requests import receive
from tenancy import memberships, system_scope, tenant_scope
from tenancy.testing.routes import routes
from tests.factories import make_membership, make_user
from tests.fleet import MAKE, in_its_tenant
from tests.testapp.models import Customer, Label, Order, OrderLabel

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


class Keeper(logging.Handler):
    """Every log line as it is written in production."""

    def __init__(self):
        super().__init__()
        self.written = []
        self.addFilter(RequestContext())
        self.setFormatter(MachineFormatter())

    def emit(self, record):
        self.written.append(self.format(record))


def gather(tenant_a, officer, folder):
    """A row of everything about somebody whom no member of staff may see: written, changed, logged, asked for."""
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
    path = folder / "people.csv"
    path.write_text(
        "email,name,role,external id,title\n"
        f"new.{WORD}@{WORD}.test,{WORD} New,,{WORD}-7,{WORD} title\n{WORD},{WORD} Bad,,,\n"
        f"{jane.email},{WORD} Jane Three,,,\n"
    )
    with tenant_scope(tenant_a):
        read = flow.upload(tenant_a, path, name="p.csv", by=officer, choices=Choices(missing="deactivate"))
        flow.preview(read)
        assert {"new", "changed", "refused", "missing"} <= {*read.counts}, read.counts
        mapped = flow.upload(tenant_a, path, name="m.csv", by=officer)
    asked = receive("erasure", by=officer, emails=[jane.email], contact_name=f"{WORD} Jane", message=f"{WORD} please")
    return [*made, member, contact, asked, read, mapped, tenant_a]


def addresses(crowd):
    """(route, address): lists and forms, and each row where its own model is meant, every row elsewhere."""
    for route in routes():
        if route.name.startswith("admin:") and route.name not in CLOSED:
            for values in fillings(route, crowd):
                yield route.name, route.fill(values)


def fillings(route, crowd):
    """What can stand in the places of an address; addresses of two parts get parts that belong together."""
    if not route.converters:
        return [[]]
    if route.name in ("admin:audit_change", "admin:audit_revert"):
        return [[label, str(key)] for label, key in histories(crowd)]
    if route.name == "admin:audit_object":
        return [[row._meta.label_lower, str(row.pk)] for row in crowd if hasattr(type(row), "history")]
    if route.name == "admin:export_list":
        return [["trail"], *([row._meta.label_lower] for row in crowd)]
    if route.name in ("admin:tenancy_tenant_settings_group", "admin:tenancy_platformsettings_group"):
        keys = [str(row.pk) for row in crowd if row._meta.label == "tenancy.Tenant"]
        return [[key, group][-len(route.converters) :] for key in keys for group in ("members", "privacy")]
    if route.name == "admin:members_memberimport_download":
        keys = [str(row.pk) for row in crowd if row._meta.label == "members.MemberImport"]
        return [[key, kind] for key in keys for kind in LISTS]
    keys = [(row._meta.label_lower.replace(".", "_"), str(row.pk)) for row in crowd]
    own = [key for label, key in keys if route.name.startswith(f"admin:{label}_")]
    return [[key] * len(route.converters) for key in own or dict.fromkeys(key for _, key in keys if len(key) == 36)]


def histories(crowd):
    """(kind, key) of the newest history rows of each of the crowd."""
    with system_scope(reason="test"):
        for row in crowd:
            if hasattr(type(row), "history"):
                model = type(row).history.model
                found = model._base_manager.filter(**{row._meta.pk.attname: row.pk}).order_by("-history_id")[:2]
                yield from ((row._meta.label_lower, one.history_id) for one in found)


LEAK = re.compile(rf"{WORD}|203\.0\.113\.77|{YEAR}-03-19|19 mar(ch|\.)? {YEAR}|mar(ch|\.)? 19, {YEAR}")


def leaks(response):
    """What a response shows of a canary, in its body (unpacked where it is an archive), its headers and cookies."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return found_in(f"{readable(body)} {response.headers} {response.cookies}")


def found_in(text):
    """Canaries with a little of what stands around them."""
    text = " ".join(text.lower().split())
    return [text[max(0, found.start() - 90) : found.end() + 20] for found in LEAK.finditer(text)][:2]


def readable(body):
    """The text of a file; of an archive (a workbook, a package) that of all its parts."""
    if not body.startswith(b"PK"):
        return body.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return " ".join(f"{name} {archive.read(name).decode(errors='replace')}" for name in archive.namelist())


def signed_in(role):
    user = make_user(is_staff=True, is_superuser=role == "superuser")
    if role != "superuser":
        with system_scope(reason="test"):
            user.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return user, client
