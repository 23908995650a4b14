"""Each filter of the trail finds its own rows, in the acts and in every history, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenancy import audit, lifecycle, memberships, system_scope
from tests.factories import make_membership, make_user

WHERE = reverse("admin:audit_browser")


@pytest.fixture
def story(root, tenant_a, tenant_b):
    """Two colleagues act on two tenants, on two people, on two days."""
    ann, bob = make_user("ann@staff.test", is_staff=True), make_user("bob@staff.test", is_staff=True)
    jane = make_membership(tenant_a)
    day = timezone.now() - timedelta(days=30)
    with system_scope(reason="test"):
        with audit.changing(by=ann, at=day):
            lifecycle.rename_tenant(tenant_b, name="Other", by=ann, reason="b renamed")
        lifecycle.rename_tenant(tenant_a, name="One", by=ann, reason="a renamed")
        memberships.change_role(jane, "admin", by=bob, reason="jane promoted")
    answer = root.post(
        reverse("admin:tenancy_tenant_suspend", args=[tenant_a.pk]), {"_form_submitted": "True", "reason": "unpaid"}
    )
    assert "HX-Redirect" in answer
    return {"ann": ann, "bob": bob, "jane": jane, "day": day, "a": tenant_a, "b": tenant_b}


def whys(client, **query):
    rows = client.get(WHERE, query).context["rows"]
    return [row["why"] for row in rows if row["why"]], rows


def twice(*reasons):
    """Each verb stands twice: as an act and as a row of history."""
    return [reason for reason in reasons for _ in range(2)]


def test_each_filter_finds_its_own(root, story):
    asked = {
        "everything": ({}, twice("unpaid", "jane promoted", "a renamed", "b renamed")),
        "tenant by slug": ({"tenant": story["b"].slug}, twice("b renamed")),
        "tenant by id": ({"tenant": story["a"].pk}, twice("unpaid", "jane promoted", "a renamed")),
        "person by address": ({"person": story["jane"].user.email}, twice("jane promoted")),
        "person by id": ({"person": story["jane"].user_id}, twice("jane promoted")),
        "actor": ({"actor": "bob@staff.test"}, twice("jane promoted")),
        "kind": ({"kind": "tenancy.usertenantmembership"}, ["jane promoted"]),
        "object": ({"object": story["b"].pk}, twice("b renamed")),
        "verb": ({"verb": "tenant.renamed"}, ["a renamed", "b renamed"]),
        "reason": ({"reason": "renamed"}, twice("a renamed", "b renamed")),
        "time": ({"until": (story["day"] + timedelta(days=1)).isoformat()}, twice("b renamed")),
        "time since": (
            {"since": (story["day"] + timedelta(days=1)).isoformat()},
            twice("unpaid", "jane promoted", "a renamed"),
        ),
        "two at once": ({"actor": "ann@staff.test", "tenant": story["a"].slug}, twice("a renamed")),
        "two that exclude each other": ({"actor": "bob@staff.test", "tenant": story["b"].slug}, []),
    }
    for name, (query, expected) in asked.items():
        assert sorted(whys(root, **query)[0]) == sorted(expected), name


def test_a_request_leads_to_all_that_it_did(root, story):
    _found, rows = whys(root, reason="unpaid")
    (request,) = {row["request"] for row in rows}
    assert request
    assert whys(root, request=request)[0] == twice("unpaid")
    assert whys(root, request="")[1] != []
    assert whys(root, request="no-such-request")[1] == []
