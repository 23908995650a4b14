"""What every page shares in looks: exact moments, people by name, the way to a page, and dialogs that say how much."""

from __future__ import annotations

import re

import pytest
from django.contrib.admin.sites import site
from django.contrib.auth import get_user_model
from django.db import models
from django.urls import reverse

from console.operations.models import Approval
from tenancy import invitations, system_scope
from tenancy.models import Tenant, TenantPurge, UserTenantMembership
from tests.factories import make_membership, make_tenant, make_user

EXACT = re.compile(r'<time datetime="[^"]+" title="\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z+0-9]+">')


def page(client, name, *args, **query):
    return client.get(reverse(f"admin:{name}", args=args), query).content.decode()


def dialog(client, name, obj):
    return " ".join(page(client, name, obj.pk).split())


@pytest.mark.parametrize("name", ["tenancy_tenant", "tenancy_usertenantmembership", "accounts_user"])
def test_moments_are_exact_when_pointed_at_in_lists_forms_and_histories(root, tenant_a, name):
    member = make_membership(tenant_a)
    obj = {"tenancy_tenant": tenant_a, "accounts_user": member.user}.get(name, member)
    assert EXACT.search(page(root, f"{name}_changelist"))
    assert EXACT.search(page(root, f"{name}_change", obj.pk))
    label = name.replace("_", ".")
    assert EXACT.search(page(root, "audit_object", label, obj.pk))


def test_no_list_shows_a_moment_without_its_second(root):
    """Generated: every column that is a moment of its model is written by the list itself."""
    for model, admin in site._registry.items():
        request = type("Request", (), {"user": root.user, "method": "GET"})
        from console.lists.columns import shown_column

        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField) and field.name in admin.list_display:
                column = shown_column(request, model, field.name)
                assert callable(column), (model, field.name)
                assert (column.admin_order_field, column.short_description) == (field.name, field.verbose_name)


def test_a_list_in_the_order_of_a_moment_is_still_sortable(root, tenant_a):
    shown = page(root, "accounts_user_changelist")
    assert re.search(r'class="[^"]*sortable[^"]*column-date_joined', shown)


def test_moments_are_in_the_zone_of_the_viewer(root, tenant_a):
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(created_at="2026-01-05T23:30:00Z")
        get_user_model().objects.filter(pk=root.user.pk).update(time_zone="Asia/Tokyo")
    assert 'title="2026-01-06 08:30:00 JST">6 Jan 2026 08:30</time>' in page(root, "tenancy_tenant_changelist")


def test_people_in_lists_have_names_or_masks_and_no_keys(root, tenant_a):
    member = make_membership(tenant_a, make_user("zoe@mill.test"))
    colleague = make_user("colleague@demo.test", is_staff=True, full_name="Carla Colleague")
    with system_scope(reason="test"):
        Approval.objects.create(verb="x", reason="y", asked_by=colleague, expires_at="2999-01-01T00:00:00Z")
    shown = page(root, "tenancy_usertenantmembership_changelist")
    assert f"user {member.user_id}" not in shown
    assert "zoe@mill.test" not in shown
    assert "z•••@•••.test" in shown
    assert "Carla Colleague" in page(root, "operations_approval_changelist")


def test_the_way_to_a_page_is_in_the_words_of_the_sidebar(root, tenant_a):
    member = make_membership(tenant_a, make_user("zoe@mill.test"))
    shown = page(root, "tenancy_usertenantmembership_change", member.pk)
    heading = re.sub(r"<[^>]+>|\s+", " ", re.search(r"<h1.*?</h1>", shown, re.S)[0])
    assert "Memberships" in heading
    assert f"z•••@•••.test in {tenant_a.name}" in " ".join(heading.split())
    assert str(member.pk) not in heading
    assert re.search(r"<title>\s*People \|", page(root, "accounts_user_changelist"))


def test_states_in_forms_are_labels(root):
    with system_scope(reason="test"):
        asked = Approval.objects.create(verb="x", reason="The contract ended", expires_at="2999-01-01T00:00:00Z")
    shown = page(root, "operations_approval_change", asked.pk)
    assert "&#x27;asked&#x27;" not in shown
    assert "The contract ended" in shown  # whoever approves reads why


def test_no_page_links_to_a_history_that_is_not_kept(root, tenant_a):
    with system_scope(reason="test"):
        purge = TenantPurge.objects.create(tenant_key=tenant_a.pk, reason="x", report={})
    assert "/history/" not in page(root, "tenancy_tenantpurge_change", purge.pk)
    assert "/history/" in page(root, "tenancy_tenant_change", tenant_a.pk)


def test_an_empty_list_offers_no_other_page_and_no_export(root):
    shown = page(root, "operations_bulkrun_changelist")
    assert "Nothing here yet" in shown
    assert "rows on this page" not in shown
    assert "/admin/exports/new/" not in shown


def test_suspending_says_how_many_lose_access(root, tenant_a):
    make_membership(tenant_a)
    make_membership(tenant_a, is_active=False)
    with system_scope(reason="test"):
        n = UserTenantMembership.objects.filter(tenant=tenant_a, is_active=True).count()
    for verb in ("suspend", "archive"):
        shown = dialog(root, f"tenancy_tenant_{verb}", tenant_a)
        assert f"{n} member{'' if n == 1 else 's'} lose" in shown, verb
        assert tenant_a.name in shown


def test_ending_sessions_and_removing_factors_say_how_many(root, tenant_a):
    person = make_membership(tenant_a).user
    assert "0 sessions end." in dialog(root, "accounts_user_sign_out", person)
    assert "0 factors are removed." in dialog(root, "accounts_user_reset_second_factor", person)
    closing = dialog(root, "accounts_user_deactivate", person)
    assert "1 tenant loses this member." in closing


def test_deactivating_the_only_owner_says_so_first(root):
    tenant = make_tenant("lonely")
    owner = make_membership(tenant, role="owner")
    shown = dialog(root, "tenancy_usertenantmembership_deactivate", owner)
    assert "0 active members stay." in shown
    assert "This is the only owner" in shown


def test_an_invitation_says_how_often_it_was_sent(root, tenant_a):
    with system_scope(reason="test"):
        invited = invitations.invite("new@mill.test", tenant_a, "member", by=root.user)
    shown = dialog(root, "tenancy_invitation_resend", invited)
    assert "It was sent once so far." in shown
    assert "new@mill.test" not in shown


def test_a_refused_dialog_still_says_what_it_is_about(root, tenant_a):
    address = reverse("admin:tenancy_tenant_suspend", args=[tenant_a.pk])
    shown = root.post(address, {"_form_submitted": "on", "reason": ""}).content.decode()
    assert tenant_a.name in shown


def test_a_dialog_about_nothing_answers_as_an_absent_page(root):
    nobody = make_user().pk
    assert root.get(reverse("admin:tenancy_tenant_suspend", args=[nobody])).status_code == 404


def test_no_page_links_to_a_history_that_the_viewer_may_not_open(staff_client, tenant_a):
    sees = staff_client("tenancy.view_tenant")
    browses = staff_client("tenancy.view_tenant", "operations.browse_history")
    address = f"/admin/trail/tenancy.tenant/object/{tenant_a.pk}/"
    assert address not in page(sees, "tenant_page", tenant_a.pk)
    assert "/history/" not in page(sees, "tenancy_tenant_change", tenant_a.pk)
    assert address in page(browses, "tenant_page", tenant_a.pk)
    assert "All fields" in page(sees, "tenant_page", tenant_a.pk)
    assert sees.get(address).status_code == 403
    assert "staff role" in sees.get(address).content.decode()


def test_an_approval_names_the_tenant_it_is_about(root, tenant_a):
    given = {"verb": "tenant.purge", "reason": "y", "tenant_key": tenant_a.pk, "expires_at": "2999-01-01T00:00:00Z"}
    with system_scope(reason="test"):
        asked = Approval.objects.create(**given)
    assert reverse("admin:tenant_page", args=[tenant_a.pk]) in page(root, "operations_approval_change", asked.pk)
    shown = dialog(root, "operations_approval_approve", asked)
    assert f"Tenant purge {tenant_a.name}" in shown
