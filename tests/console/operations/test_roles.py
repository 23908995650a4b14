"""Staff roles as data: the matrix in code, in groups, and on its page; and the checks that pages declare theirs."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from console.needs import needs
from console.operations import checks, roles
from tenancy import system_scope
from tenancy.models import Tenant


@pytest.mark.django_db
def test_every_permission_of_the_table_exists_and_stands_in_its_group():
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    for name, (_about, permissions) in roles.ROLES.items():
        assert set(permissions) <= known, name
        held = {f"{p.content_type.app_label}.{p.codename}" for p in Group.objects.get(name=name).permissions.all()}
        assert held == set(permissions), name


def test_the_auditor_reads_and_changes_nothing():
    verbs = {label.split(".")[1].split("_")[0] for label in roles.ROLES["Auditor"][1]}
    assert verbs <= {"view", "browse", "export"}
    assert "pii.reveal_pii" not in roles.ROLES["Auditor"][1]


def test_the_matrix_is_a_page_for_those_who_may(staff_client):
    assert staff_client().get(reverse("admin:staff_roles")).status_code == 403
    client = staff_client("auth.view_group")
    assert b"Privacy officer" in client.get(reverse("admin:staff_roles")).content


def test_an_undeclared_action_fails_the_check(monkeypatch):
    assert checks.actions_are_guarded() == []
    page = site._registry[Tenant]
    monkeypatch.setattr(page, "actions_detail", (*page.actions_detail, "get_urls"))
    assert [error.id for error in checks.actions_are_guarded()] == ["operations.E001"]


def test_an_action_that_a_get_would_carry_out_fails_the_check(monkeypatch):
    page = site._registry[Tenant]

    def act(request, object_id):
        return None

    act.allowed_permissions = ("change",)
    monkeypatch.setattr(page, "act_at_once", act, raising=False)
    monkeypatch.setattr(page, "actions_detail", (*page.actions_detail, "act_at_once"))
    assert [error.id for error in checks.actions_are_guarded()] == ["operations.E002"]


def test_an_undeclared_page_fails_the_check(monkeypatch):
    from console import pages

    assert checks.pages_name_a_permission() == []
    monkeypatch.setitem(pages._pages, "open", pages.Page("open/", "open", "", lambda request: None))
    assert [error.id for error in checks.pages_name_a_permission()] == ["operations.E003"]


def view_of_nobody(request, key=None):
    return HttpResponse("open")


@pytest.mark.parametrize("wrapped", [True, False])
def test_an_address_of_get_urls_that_declares_nothing_fails_the_check(monkeypatch, wrapped):
    assert checks.addresses_declare_a_need() == []
    page = site._registry[Tenant]
    own = type(page).get_urls

    def with_one_more(view):
        shown = site.admin_view(view) if wrapped else view
        monkeypatch.setattr(type(page), "get_urls", lambda self: [path("<uuid:key>/open/", shown), *own(self)])
        return [error.id for error in checks.addresses_declare_a_need()]

    assert with_one_more(view_of_nobody) == ["operations.E004"]
    assert with_one_more(require_GET(never_cache(view_of_nobody))) == ["operations.E004"]
    assert with_one_more(require_GET(needs("tenancy.view_tenant")(view_of_nobody))) == []


def test_what_an_address_declares_is_asked(staff_client, rf):
    guarded = needs("tenancy.view_tenant")(view_of_nobody)
    request = rf.get("/")
    request.user = staff_client().user
    with system_scope(reason="test"), pytest.raises(PermissionDenied):
        guarded(request)
    request.user = staff_client("tenancy.view_tenant").user
    with system_scope(reason="test"):
        assert guarded(request).content == b"open"


def test_a_role_added_by_hand_keeps_what_was_added(db):
    with system_scope(reason="test"):
        extra = Permission.objects.get(codename="view_logentry")
        Group.objects.get(name="Support").permissions.add(extra)
        roles.sync_roles()
        assert extra in Group.objects.get(name="Support").permissions.all()
