"""Tables between two kinds of rows: each is declared, its changes are on record, an erasure takes what is in it."""

from __future__ import annotations

import json
import zipfile

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models
from django.urls import reverse

from console.operations.models import AuditEvent
from console.workspace.models import Contact, ContactTag, Tag
from pii.registry import history_model, registry
from tenancy import system_scope, tenant_scope
from tests.factories import make_user
from tests.pii.test_export import exported

pytestmark = pytest.mark.django_db
# Where the changes of each table are kept: in its history, or in the record of acts.
KEPT = {
    "workspace.ContactTag": "history",
    "accounts.User_groups": "rights.changed",
    "accounts.User_user_permissions": "offered by no form",
    "auth.Group_permissions": "rights.changed",
    "testapp.OrderLabel": "a table of the tests",
}


def between():
    """Every table between two kinds of rows, automatic or not."""
    for model in apps.get_models():
        for field in model._meta.local_many_to_many:
            yield field.remote_field.through


def test_each_is_known_and_declared():
    found = {model._meta.label: model for model in between()}
    assert {label for label in found if not label.startswith("testapp.")} <= set(KEPT), "say where its changes are kept"
    for label, model in found.items():
        if KEPT.get(label) == "history":
            assert history_model(model) is not None
        if not label.startswith("testapp."):
            assert registry.get(model) is not None, label
            texts = [
                f.name for f in model._meta.local_concrete_fields if isinstance(f, (models.CharField, models.TextField))
            ]
            assert texts == [], f"{label} holds words"


def test_who_got_and_lost_a_role_is_on_record(root):
    person = make_user("clerk@example.test", is_staff=True)
    with system_scope(reason="test"):
        support, auditor = (Group.objects.get(name=name) for name in ("Support", "Auditor"))
        person.groups.add(support)
    page = reverse("admin:accounts_user_change", args=[person.pk])
    data = {"full_name": "", "locale": "en", "time_zone": "UTC", "is_staff": "on", "groups": [str(auditor.pk)]}
    data |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    answer = root.post(page, data)
    assert answer.status_code == 302, answer.context_data["errors"]
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="rights.changed")
    assert (act.actor_id, act.target_id) == (root.user.pk, str(person.pk))
    assert act.details == {"what": "groups", "given": [str(auditor.pk)], "taken": [str(support.pk)]}
    root.post(page, data)
    with system_scope(reason="test"):
        assert AuditEvent.objects.filter(verb="rights.changed").count() == 1, "nothing changed the second time"


def test_what_a_role_may_do_is_on_record(root):
    with system_scope(reason="test"):
        role = Group.objects.get(name="Support")
        first = role.permissions.order_by("pk").first()
        rest = [str(key) for key in role.permissions.exclude(pk=first.pk).values_list("pk", flat=True)]
    page = reverse("admin:auth_group_change", args=[role.pk])
    assert root.post(page, {"name": role.name, "permissions": rest}).status_code == 302
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="rights.changed")
    assert act.details == {"what": "permissions", "given": [], "taken": [str(first.pk)]}


def test_the_package_has_them(officer, tenant_a):
    person = make_user("clerk@example.test", is_staff=True)
    with system_scope(reason="test"):
        person.groups.add(Group.objects.get(name="Support"))
    with tenant_scope(tenant_a):
        tag = Tag.objects.create(name="vip")
        ContactTag.objects.create(contact=Contact.objects.create(email=person.email), tag=tag)
    _request, _package, path = exported(officer, objects=[person])
    with zipfile.ZipFile(path) as archive:
        names = {name.split("/")[2] for name in archive.namelist() if name.startswith("access/")}
        rows = [
            json.loads(archive.read(name))
            for name in archive.namelist()
            if name.endswith("workspace.contacttag/records.jsonl")
        ]
        role = archive.read("access/account/accounts.user_groups/records.csv")
    assert {"accounts.user_groups", "workspace.contacttag"} <= names, sorted(names)
    assert rows
    assert [row["tag__name"] for row in rows] == ["vip"]
    assert b"Support" in role


def test_an_erasure_takes_them(erase, tenant_a):
    person = make_user("clerk@example.test", is_staff=True)
    with system_scope(reason="test"):
        person.groups.add(Group.objects.get(name="Support"))
    with tenant_scope(tenant_a):
        contact = Contact.objects.create(email=person.email)
        ContactTag.objects.create(contact=contact, tag=Tag.objects.create(name="vip"))
    erase(objects=[person])
    with system_scope(reason="test"):
        assert not person.groups.exists()
        assert not ContactTag.objects.filter(contact=contact.pk).exists()
        assert ContactTag.history.filter(contact=contact.pk).exists(), "that there was one stays, as keys alone"
