"""The search as a page: grouped, limited, uncached; a pasted link or id jumps; a revoked right counts at once."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from console.models import JobRun
from pii.models import DataRequest
from tenancy import system_scope
from tenancy.models import Invitation
from tests.factories import make_membership, make_tenant, make_user

WHERE = "/admin/find/"


@pytest.fixture
def everything(tenant_a):
    """One of each kind that mentions Nora or the northwind."""
    person = make_user("nora@example.test", full_name="Nora Quist")
    member = make_membership(tenant_a, person, display_name="Nora of sales")
    with system_scope(reason="test"):
        invitation = Invitation.objects.create(
            tenant=tenant_a, email="nora@example.test", token_hash="x", expires_at=timezone.now()
        )
        asked = DataRequest.objects.create(
            number="R-2026-0001",
            kind="access",
            contact_email="nora@example.test",
            received_at=timezone.now(),
            due_on=timezone.now().date(),
        )
        run = JobRun.objects.create(name="members.import", key="k", state="failed")
    return {"person": person, "member": member, "invitation": invitation, "asked": asked, "run": run}


def titles(answer):
    return [str(group["title"]) for group in answer.context["groups"]]


def test_an_address_finds_all_kinds_in_groups(root, everything):
    shown = root.get(WHERE, {"q": "Nora@Example.test"})
    assert titles(shown) == ["People", "Memberships", "Invitations", "Privacy requests"]
    assert shown["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "nora@example.test" not in shown.content.decode().replace('value="Nora@Example.test"', "").lower().replace(
        'value="nora@example.test"', ""
    )


def test_words_slugs_numbers_and_names_of_jobs(root, everything):
    for text, kinds in (
        ("northw", ["Tenants"]),
        ("quist", ["People"]),
        ("sales", ["Memberships"]),
        ("r-2026-0001", ["Privacy requests"]),
        ("members.imp", ["Jobs"]),
        ("nothing-at-all", []),
    ):
        assert titles(root.get(WHERE, {"q": text})) == kinds, text


def test_an_id_or_a_pasted_link_jumps(root, everything, tenant_a, settings):
    settings.BASE_URL = "https://console.example.com"
    page = reverse("admin:tenant_page", args=[tenant_a.pk])
    edit = reverse("admin:accounts_user_change", args=[everything["person"].pk])
    for text, target in (
        (str(tenant_a.pk), page),
        (
            f" {str(everything['asked'].pk).upper()} ",
            reverse("admin:pii_datarequest_change", args=[everything["asked"].pk]),
        ),
        (f"https://console.example.com{edit}?x=1#y", edit),
        (edit, edit),
        (f"https://console.example.com/t/{tenant_a.slug}/members/", page),
        (f"https://{tenant_a.slug}.console.example.com/members/", page),
    ):
        answer = root.get(WHERE, {"q": text})
        assert (answer.status_code, answer.get("Location")) == (302, target), text


def test_nothing_but_our_own_pages_is_jumped_to(root, tenant_a):
    for text in (
        "https://evil.test/x",
        "//evil.test/admin/",
        "https://h/admin/no/such/",
        "/t/nowhere/",
        "javascript:x",
    ):
        answer = root.get(WHERE, {"q": text})
        assert answer.get("Location", "/admin/") == "/admin/", text


def test_a_kind_is_limited_and_leads_to_its_list(root, db):
    for number in range(12):
        make_tenant(f"acme-{number}", name=f"Acme {number}")
    (group,) = root.get(WHERE, {"q": "acme"}).context["groups"]
    assert len(group["hits"]) == 8
    assert group["more"] == "/admin/tenancy/tenant/?q=acme"
    assert root.get(group["more"]).context["cl"].result_count == 12


def test_each_kind_needs_its_permission_and_a_revoked_one_counts_at_once(staff_client, everything):
    assert staff_client().get(WHERE).status_code == 403
    client = staff_client("tenancy.view_tenant", "accounts.view_user", "pii.view_datarequest")
    assert titles(client.get(WHERE, {"q": "nora@example.test"})) == ["People", "Privacy requests"]
    with system_scope(reason="test"):
        client.user.user_permissions.remove(Permission.objects.get(codename="view_datarequest"))
    assert titles(client.get(WHERE, {"q": "nora@example.test"})) == ["People"]


def test_the_palette_finds_the_same_and_jumps_too(root, everything, tenant_a):
    shown = root.get(reverse("admin:search"), {"s": "nora@example.test", "extended": "1"}).content.decode()
    assert "R-2026-0001" in shown
    pasted = root.get(reverse("admin:search"), {"s": f"http://x/t/{tenant_a.slug}/", "extended": "1"}).content.decode()
    assert reverse("admin:tenant_page", args=[tenant_a.pk]) in pasted


def test_what_it_costs_does_not_depend_on_what_is_found(root, everything, tenant_a):
    def cost(text):
        with CaptureQueriesContext(connection) as queries:
            assert root.get(WHERE, {"q": text}).status_code == 200
        return len(queries)

    cost("exa")
    before = cost("exa")
    for number in range(6):
        make_membership(tenant_a, make_user(f"exa{number}@example.test"))
    assert cost("exa") == before <= 14


def test_an_empty_page_says_what_to_do(root, db):
    assert b"several addresses" in root.get(WHERE).content.lower()
    assert "Nothing fits “&lt;b&gt;”" in root.get(WHERE, {"q": "<b>"}).content.decode()
