"""Every file that staff can take along, in every format and by every role: none holds a masked value."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.urls import reverse

from console.operations.exports import orders
from console.operations.exports.writing import TYPES
from console.operations.models import ListExport
from console.operations.roles import ROLES
from pii.registry import registry
from tenancy import system_scope
from tests.factories import PASSWORD
from tests.pii.test_export import exported

from .canaries import WORD, found_in, leaks, plant_everywhere, readable, signed_in

pytestmark = pytest.mark.django_db
EXPORTING = [name for name, (_about, held) in ROLES.items() if "operations.export_list" in held]
SOURCES = ["trail", *sorted(model._meta.label_lower for model in site._registry)]


def given(client, source, kind):
    where = reverse("admin:export_list", args=[source])
    return client.post(where, {"format": kind, "reason": "audit"})


@pytest.mark.parametrize("role", ["superuser", *(pytest.param(role, marks=pytest.mark.drill) for role in EXPORTING)])
def test_no_export_of_a_list_or_of_the_trail_holds_a_masked_value(
    crowd, role, lines, officer, monkeypatch, django_capture_on_commit_callbacks
):
    user, client = signed_in(role)
    plant_everywhere([str(user.pk), str(officer.pk)])
    shown, taken = [], set()
    for source in SOURCES:
        for kind in TYPES:
            monkeypatch.setattr(orders, "AT_ONCE", 1_000)
            answer = given(client, source, kind)
            assert answer.status_code < 500, (source, kind)
            if answer.status_code == 200 and "Content-Disposition" in answer.headers:
                taken.add(source)
            if found := leaks(answer):
                shown.append((source, kind, found))
        if source in taken:  # a long one: written by a job, fetched by its maker
            monkeypatch.setattr(orders, "AT_ONCE", -1)
            with django_capture_on_commit_callbacks(execute=True):
                assert given(client, source, "json").status_code == 302
            with system_scope(reason="test"):
                made = ListExport.objects.latest("created_at")
            answer = client.get(reverse("admin:download_export", args=[made.pk]))
            assert (made.state, answer.status_code) == ("ready", 200)
            if found := leaks(answer):
                shown.append((source, "by a job", found))
    assert shown == []
    assert [line for line in lines if found_in(line)] == []
    masked = {model._meta.label_lower for model, one in registry.items() if not all_open(one)}
    assert taken & masked, "a walk past every masked list proves nothing"
    assert len(taken) > (20 if role == "superuser" else 3), sorted(taken)


def all_open(declaration):
    return all(field.never_masked for field in declaration.fields.values())


@pytest.mark.parametrize("role", ["superuser", *ROLES])
def test_a_package_goes_to_privacy_officers_alone(crowd, officer, role):
    """The one file that is meant to hold everything: whose role answers requests may have it, nobody else."""
    person = crowd[0]
    _request, package, path = exported(officer, objects=[person])
    assert WORD in readable(path.read_bytes()).lower()
    _user, client = signed_in(role)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    answer = client.get(reverse("admin:pii_package", args=[package.pk]))
    may = role == "superuser" or "pii.enter_datarequest" in ROLES[role][1]
    assert answer.status_code == (200 if may else 403)
    assert bool(leaks(answer)) is may
