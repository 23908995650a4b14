"""The pages of settings where they are mounted: who gets in, what is saved, and what a person sees afterwards."""

from __future__ import annotations

import pytest
from django.urls import reverse

from console.operations.models import AuditEvent
from tenancy import system_scope, tenant_scope
from tenancy.models import BulkSettingChange, PlatformSettings, SettingChange, Tenant
from tenancy.settings import platform
from tenancy.settings.store import change, change_platform
from tests.factories import make_membership
from tests.tenancy.settings.browserlike import posted

PAGES = ["settings/", "settings/history/", "settings/members/"]


def submit(client, path, page, button, **values):
    data = posted(page.content.decode(), **values)
    data["_do"] = button
    return client.post(path, {name: data.getlist(name) for name in data})


def stored(tenant):
    with system_scope(reason="test"):
        return Tenant.objects.get(pk=tenant.pk).settings


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("member", 403), ("viewer", 403)])
def test_who_opens_the_settings_of_a_tenant(client, enter, role, status, page):
    enter(role)
    assert client.get(f"/t/northwind/{page}").status_code == status


@pytest.mark.parametrize("page", PAGES)
def test_strangers_sign_in_and_others_find_nothing(client, tenant_a, tenant_b, page):
    assert client.get(f"/t/northwind/{page}").status_code == 302
    client.force_login(make_membership(tenant_b, role="owner").user)
    assert client.get(f"/t/northwind/{page}").status_code == 404
    assert client.post(f"/t/northwind/{page}").status_code == 404


def test_an_administrator_changes_settings_but_not_the_owners(client, enter, tenant_a):
    person = enter("admin")
    path = "/t/northwind/settings/members/"
    page = client.get(path)
    assert "s.allowed_domains:seen" not in page.content.decode()
    assert "Only owner may change this" in page.content.decode()
    review = submit(client, path, page, "review", **{"s.default_role": '"viewer"'})
    assert review.status_code == 200
    done = submit(client, path, review, "confirm", reason="asked")
    assert done.status_code == 302
    assert stored(tenant_a) == {"members": {"v": 1, "values": {"default_role": "viewer"}}}
    with system_scope(reason="test"):
        act = AuditEvent.objects.get(verb="settings.changed")
        assert (act.actor_id, act.details["names"]) == (person.user_id, ["members.default_role"])
    assert "Viewer" in client.get("/t/northwind/settings/history/").content.decode()


def test_a_form_of_another_tenant_is_refused(client, enter, tenant_a, tenant_b):
    person = enter("owner")
    make_membership(tenant_b, person.user, role="owner")
    page = client.get("/t/northwind/settings/members/")
    wrong = submit(client, "/t/contoso/settings/members/", page, "confirm", **{"s.default_role": '"viewer"'})
    assert wrong.status_code == 409
    assert stored(tenant_b) == {}


def test_supports_changes_are_shown_without_a_name(client, enter, tenant_a, staff_client):
    operator = staff_client().user
    with system_scope(reason="test"):
        change(tenant_a, {"members.seat_limit": 5}, by=operator, reason="contract")
    enter("owner")
    html = client.get("/t/northwind/settings/history/").content.decode()
    assert "Support" in html
    assert operator.email not in html
    assert str(operator.pk) not in html


# The console --------------------------------------------------------------------------------------------------------


def tenant_url(tenant, page="group", **kwargs):
    return reverse(f"admin:tenancy_tenant_settings_{page}", kwargs={"object_id": tenant.pk, **kwargs})


def test_staff_see_with_one_permission_and_change_with_another(staff_client, tenant_a):
    path = tenant_url(tenant_a, group="members")
    assert staff_client().get(path).status_code == 403
    viewer = staff_client("tenancy.view_tenant")
    page = viewer.get(path)
    assert page.status_code == 200
    assert "s.seat_limit:seen" not in page.content.decode()
    assert viewer.post(path, {"_do": "confirm", "s.seat_limit": "3"}).status_code == 403
    operator = staff_client("tenancy.view_tenant", "tenancy.change_tenant")
    page = operator.get(path)
    review = submit(operator, path, page, "review", **{"s.seat_limit": "3"})
    missing = submit(operator, path, review, "confirm")
    assert missing.status_code == 422
    assert "Say why" in missing.content.decode()
    assert submit(operator, path, review, "confirm", reason="contract").status_code == 302
    assert stored(tenant_a)["members"]["values"] == {"seat_limit": 3}
    with tenant_scope(tenant_a):
        assert SettingChange.objects.get().actor_id == str(operator.user.pk)


def test_an_absent_tenant_is_not_found(staff_client, root, tenant_a):
    path = reverse("admin:tenancy_tenant_settings_index", kwargs={"object_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"})
    assert root.get(path).status_code == 404
    assert root.get(path.replace("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "nonsense")).status_code == 404


def test_platform_overrides_and_locks(root, tenant_a):
    path = reverse("admin:tenancy_platformsettings_group", kwargs={"group": "members"})
    review = submit(root, path, root.get(path), "review", **{"s.seat_limit": "50"})
    assert submit(root, path, review, "confirm", reason="plan").status_code == 302
    locks = reverse("admin:tenancy_platformsettings_locks")
    assert root.post(locks, {"name": "members.seat_limit", "_do": "lock"}).status_code == 422
    assert root.post(locks, {"name": "members.nothing", "_do": "lock", "reason": "x"}).status_code == 404
    assert root.post(locks, {"name": "members.seat_limit", "_do": "lock", "reason": "plan"}).status_code == 302
    html = root.get(tenant_url(tenant_a, group="members")).content.decode()
    assert "Locked by the platform" in html
    assert "plan" in html
    assert root.get(reverse("admin:tenancy_platformsettings_history")).status_code == 200
    assert root.post(locks, {"name": "members.seat_limit", "_do": "unlock", "reason": "over"}).status_code == 302
    assert platform.read().locks == {}


def test_a_viewer_changes_nothing_of_the_platform(staff_client):
    viewer = staff_client("tenancy.view_platformsettings")
    for page in ("changelist", "index", "locks", "bulk", "misfits", "history"):
        path = reverse(f"admin:tenancy_platformsettings_{page}")
        assert viewer.get(path).status_code == 200, page
        assert viewer.post(path, {"name": "members.seat_limit", "reason": "x"}).status_code in (403, 405), page
    assert staff_client().get(reverse("admin:tenancy_platformsettings_index")).status_code == 403
    with system_scope(reason="test"):
        assert PlatformSettings.objects.count() == 0


def test_one_change_for_many_tenants(root, tenant_a, tenant_b, django_capture_on_commit_callbacks):
    path = reverse("admin:tenancy_platformsettings_bulk")
    order = {"name": "members.default_role", "value": "viewer", "slugs": "northwind contoso", "reason": "all"}
    assert root.post(path, {**order, "value": "emperor"}).status_code == 422
    assert root.post(path, {**order, "slugs": "northwind nobody"}).status_code == 422
    assert root.post(path, {**order, "reason": ""}).status_code == 422
    with django_capture_on_commit_callbacks(execute=True):
        assert root.post(path, order).status_code == 302
    assert stored(tenant_a) == {}
    html = root.get(path).content.decode()
    assert "Change 2 tenants" in html
    with system_scope(reason="test"):
        tried = BulkSettingChange.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert root.post(path, {"_do": "run", "order": str(tried.pk)}).status_code == 302
    for tenant in (tenant_a, tenant_b):
        assert stored(tenant)["members"]["values"] == {"default_role": "viewer"}
    assert root.post(path, {"_do": "run", "order": "nonsense"}).status_code == 404


def test_values_that_do_not_fit_are_listed_with_the_way_to_them(root, tenant_a):
    path = reverse("admin:tenancy_platformsettings_misfits")
    assert "everything fits" in root.get(path).content.decode()
    with system_scope(reason="an older release wrote this"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings={"members": {"v": 1, "values": {"seat_limit": "many"}}})
    html = root.get(path).content.decode()
    assert "many" in html
    assert tenant_url(tenant_a, group="members") in html
    assert "Does not fit any more" in root.get(tenant_url(tenant_a, group="members")).content.decode()
    with tenant_scope(tenant_a):
        assert Tenant.objects.get().config.members.seat_limit is None


def test_the_history_of_a_tenant_holds_no_settings(root, tenant_a):
    with system_scope(reason="test"):
        change(tenant_a, {"branding.name": "Sentinelword"}, by=None)
        tenant_a.name = "Renamed"
        tenant_a.save()
        assert not hasattr(tenant_a.history.first(), "settings")
        change_platform({"branding.colour": "#112233"}, by=None)
