"""Every page of the admin: who may, what a GET never does, and how many queries it costs."""

from __future__ import annotations

import pytest
from django.contrib.admin.sites import site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from console.admin import ConsoleModelAdmin
from console.models import JobRun
from console.operations.models import AuditEvent
from tenancy import system_scope
from tenancy.models import Invitation, Tenant, UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user

PAGES = sorted(site._registry.items(), key=lambda pair: pair[0]._meta.label)
NAMES = [model._meta.label for model, _ in PAGES]


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def acts():
    with system_scope(reason="test"):
        return list(AuditEvent.objects.values_list("verb", flat=True).order_by("id"))


@pytest.mark.parametrize(("model", "page"), PAGES, ids=NAMES)
def test_every_page_is_ours_and_every_action_is_a_dialog_with_a_permission(model, page):
    assert isinstance(page, ConsoleModelAdmin)
    names = page._extract_action_names([*page.actions_list, *page.actions_row, *page.actions_detail])
    assert not page.actions_submit_line
    for name in names:
        method = getattr(page, name)
        assert method.dialog["form_class"].base_fields["reason"].required, name
        (permission,) = method.allowed_permissions
        assert callable(getattr(page, f"has_{permission}_permission")), name
    for name in page.actions or ():
        assert getattr(getattr(page, name), "allowed_permissions", None), name


@pytest.mark.parametrize(("model", "page"), PAGES, ids=NAMES)
def test_lists_open_for_those_who_may_and_for_nobody_else(model, page, staff_client, root, client):
    where = url(model, "changelist")
    label = f"{model._meta.app_label}.view_{model._meta.model_name}"
    assert client.get(where).status_code == 302
    assert staff_client().get(where).status_code == 403
    assert staff_client(label).get(where).status_code == 200
    assert root.get(where, {"q": "nothing-at-all"}).status_code == 200


@pytest.fixture
def things(tenant_a):
    member = make_membership(tenant_a)
    with system_scope(reason="test"):
        invitation = Invitation.objects.create(
            tenant=tenant_a, email="new@example.test", token_hash="x", expires_at="2999-01-01T00:00:00Z"
        )
        run = JobRun.objects.create(name="x", key="k", state="failed")
    return {
        Tenant: tenant_a,
        UserTenantMembership: member,
        Invitation: invitation,
        JobRun: run,
        type(member.user): member.user,
    }


def test_details_and_history_open_and_a_get_writes_nothing(root, things):
    before = acts()
    for model, thing in things.items():
        assert root.get(url(model, "change", thing.pk)).status_code == 200, model
        if model is not JobRun:
            assert root.get(url(model, "history", thing.pk), follow=True).status_code == 200, model
        page = site._registry[model]
        for name in page._extract_action_names(page.actions_detail):
            shown = root.get(url(model, name, thing.pk))
            assert (shown.status_code, b"<form" in shown.content) == (200, True)
    assert acts() == before


def test_a_view_only_role_is_refused_on_every_post(staff_client, things):
    client = staff_client(*(f"{model._meta.app_label}.view_{model._meta.model_name}" for model in things))
    for model, thing in things.items():
        page = site._registry[model]
        for name in page._extract_action_names(page.actions_detail):
            posted = client.post(url(model, name, thing.pk), {"reason": "x", "_form_submitted": "True"})
            assert posted.status_code == 403, (model, name)
        assert client.post(url(model, "change", thing.pk), {"name": "x"}).status_code == 403
        assert client.post(url(model, "add"), {}).status_code == 403
        assert client.post(url(model, "delete", thing.pk), {"post": "yes"}).status_code == 403
        for name in page.actions or ():
            client.post(
                url(model, "changelist"),
                {"action": name, "_selected_action": [thing.pk], "confirmed": "1", "reason": "x"},
            )
    for where in ("import", "process_import", "export"):
        assert client.post(url(Tenant, where), {}).status_code == 403
    assert acts() == []
    with system_scope(reason="test"):
        assert UserTenantMembership.objects.get(pk=things[UserTenantMembership].pk).is_active


def test_nothing_is_deleted_even_by_a_superuser(root, things):
    for model, thing in things.items():
        assert root.post(url(model, "delete", thing.pk), {"post": "yes"}).status_code == 403


def test_a_dialog_acts_once_with_its_reason(root, tenant_a):
    where = url(Tenant, "suspend", tenant_a.pk)
    assert b"This field is required" in root.post(where, {"_form_submitted": "True"}).content
    done = root.post(where, {"_form_submitted": "True", "reason": "unpaid"})
    assert done["HX-Redirect"] == reverse("admin:tenant_page", args=[tenant_a.pk])
    tenant_a.refresh_from_db()
    assert tenant_a.state == "suspended"
    with system_scope(reason="test"):
        event = AuditEvent.objects.get(verb="tenant.suspended")
    assert (event.reason, event.actor_id) == ("unpaid", root.user.pk)
    archived = root.post(url(Tenant, "archive", tenant_a.pk), {"_form_submitted": "True", "reason": "left"})
    assert archived.status_code == 200
    refused = root.post(where, {"_form_submitted": "True", "reason": "again"})
    assert b"restore it first" in refused.content
    missing = root.post(
        url(Tenant, "suspend", "7c2ad0e6-3f56-4a3b-a0c4-0a3a4dbb0000"), {"_form_submitted": "True", "reason": "x"}
    )
    assert missing.status_code == 404


def test_forms_go_through_the_verbs(root, tenant_a):
    owner = make_user("owner@example.test")
    root.post(url(Tenant, "add"), {"name": "Acme", "slug": "acme", "owner": "Owner@example.test"})
    with system_scope(reason="test"):
        membership = UserTenantMembership.objects.select_related("tenant").get(user=owner)
    assert (membership.tenant.slug, membership.role) == ("acme", "owner")
    form = {"role": "viewer", "display_name": "O", "external_id": "", "title": ""}
    shown = root.post(url(UserTenantMembership, "change", membership.pk), form, follow=True)
    assert b"only active owner" in shown.content
    root.post(url(UserTenantMembership, "add"), {**form, "tenant": tenant_a.pk, "user": owner.pk})
    root.post(url(Invitation, "add"), {"tenant": tenant_a.pk, "email": "new@example.test", "role": "member"})
    table = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    root.post(url(Tenant, "change", tenant_a.pk), {"name": "Renamed", "slug": tenant_a.slug, **table})
    verbs = ["tenant.created", "membership.created", "membership.created", "invitation.sent", "tenant.renamed"]
    assert acts() == verbs
    with system_scope(reason="test"):
        assert tenant_a.history.first().history_user_id == root.user.pk


def test_bulk_asks_names_the_count_and_says_what_was_refused(root, tenant_a):
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.get(tenant=tenant_a)
    member = make_membership(tenant_a)
    where, chosen = (
        url(UserTenantMembership, "changelist"),
        {"action": "deactivate_selected", "_selected_action": [owner.pk, member.pk]},
    )
    asked = root.post(where, chosen)
    assert b"2 rows are selected" in asked.content
    assert acts() == []
    assert b"Say why" in root.post(where, {**chosen, "confirmed": "yes", "reason": " "}).content
    done = root.post(where, {**chosen, "confirmed": "yes", "reason": "left"}, follow=True)
    assert b"1 row done" in done.content
    assert b"only active owner" in done.content
    assert acts() == ["membership.deactivated"]


def test_a_person_is_deactivated_with_their_sessions_but_not_a_sole_owner(root, client, tenant_a):
    member = make_membership(tenant_a)
    where = url(type(member.user), "deactivate", member.user_id)
    form = {"_form_submitted": "True", "reason": "left"}
    assert "HX-Redirect" in root.post(where, form)
    with system_scope(reason="test"):
        owner = UserTenantMembership.objects.get(tenant=tenant_a, role="owner")
    refused = root.post(url(type(member.user), "deactivate", owner.user_id), form)
    assert b"transfer the ownership first" in refused.content
    assert b"their own account" in root.post(url(type(member.user), "deactivate", root.user.pk), form).content


def test_only_administrators_of_staff_touch_staff(staff_client, root):
    colleague = make_user(is_staff=True)
    user = type(colleague)
    client = staff_client("accounts.view_user", "accounts.change_user", "pii.reveal_pii")
    table = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    form = {**table, "full_name": "x", "locale": "en", "time_zone": "UTC", "is_superuser": "on", "is_staff": "on"}
    assert client.post(url(user, "change", colleague.pk), form).status_code == 403
    person = make_user()
    client.post(url(user, "change", person.pk), form)
    person.refresh_from_db()
    assert person.full_name == ""  # masked for the viewer, so not an input
    client.post(url(user, "reveal_personal_data", person.pk), {"_form_submitted": "True", "reason": "misspelt name"})
    client.post(url(user, "change", person.pk), form)
    person.refresh_from_db()
    assert (person.full_name, person.is_staff, person.is_superuser) == ("x", False, False)
    manager = staff_client("accounts.view_user", "accounts.change_user", "accounts.manage_staff")
    manager.post(url(user, "change", person.pk), form)
    manager.post(url(user, "change", manager.user.pk), form)
    person.refresh_from_db()
    manager.user.refresh_from_db()
    assert (person.is_staff, person.is_superuser, manager.user.is_superuser) == (True, False, False)


QUERIES = {Tenant: 8, UserTenantMembership: 8, Invitation: 8, JobRun: 8}


@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model.__name__)
def test_a_list_costs_the_same_however_long_it_is(model, root, tenant_a):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert root.get(url(model, "changelist")).status_code == 200
        return len(queries)

    cost()
    before = cost()
    for number in range(5):
        tenant = make_tenant(f"more-{number}")
        make_membership(tenant)
        with system_scope(reason="test"):
            JobRun.objects.create(name="x", key=str(number), tenant=tenant, requested_by=make_user())
            Invitation.objects.create(
                tenant=tenant, email="n@example.test", token_hash=str(number), expires_at="2999-01-01T00:00Z"
            )
    assert cost() == before
    assert before <= QUERIES[model] + 4
