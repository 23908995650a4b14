"""Somebody who may look at everything changes nothing: every address of the admin, found by itself, gets a POST."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.admin.sites import site
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.urls import URLPattern, reverse

from console.operations.trail import tracked_models
from tenancy import system_scope
from tenancy.managers import TenantManager
from tests.fleet import fleet

THEIR_OWN = {"logout", "password_change", "password_change_done", "login"}  # of one's own account, whatever the role
NAMELESS = ("accounts.user", "tenancy.usertenantmembership", "tenancy.invitation")
READS = ("view_", "browse_")
FORM = {
    "reason": "x", "_form_submitted": "True", "confirmed": "yes", "post": "yes", "format": "csv", "fields": ["name"],
    "seen": "1", "action": "deactivate_selected", "index": "0", "text": "x", "name": "changed", "slug": "changed",
}  # fmt: skip


def patterns(listed, prefix=""):
    for entry in listed:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, entry
        else:
            yield from patterns(entry.url_patterns, route)


def filled(route, sample, key, own):
    """The route with something in every place."""
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: str(sample.get(m[2]) or (key if m[1] == "uuid" else own)), route)


def counts():
    """How many rows each table has; sessions move by themselves."""
    found = {}
    with system_scope(reason="test"):
        for model in apps.get_models():
            if model._meta.managed and model._meta.app_label not in ("sessions", "usersessions"):
                manager = model.objects if isinstance(getattr(model, "objects", None), TenantManager) else None
                found[model._meta.label] = (manager or model._base_manager).count()
    return found


@pytest.fixture
def viewer(staff_client):
    with system_scope(reason="test"):
        listed = Permission.objects.filter(codename__regex=f"^({'|'.join(READS)})").select_related("content_type")
        names = [f"{one.content_type.app_label}.{one.codename}" for one in listed]
    return staff_client(*names)


def test_a_view_only_role_changes_nothing_by_any_post(viewer, tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    with system_scope(reason="test"):
        keys = {label: model._base_manager.order_by("pk").values_list("pk", flat=True).first() for label, model in
                ((m._meta.label_lower, m) for m in site._registry)}  # fmt: skip
        history = tenant_a.history.first().history_id
    before, asked, went = counts(), 0, []
    for route, entry in patterns(site.get_urls()):
        if entry.name in THEIR_OWN:
            continue
        app, _, rest = route.partition("/")
        label = f"{app}.{rest.partition('/')[0]}"
        sample = {"label": "tenancy.tenant", "history_id": history, "source": "tenancy.tenant"}
        path = filled(route, sample, tenant_a.pk, keys.get(label) or tenant_a.pk)
        if "(?P" in path or "\\" in path:
            continue
        response = viewer.post(
            reverse("admin:index") + path.strip("^$"), {**FORM, "_selected_action": str(tenant_a.pk)}
        )
        asked += 1
        if response.status_code not in (200, 302, 400, 403, 404, 405):
            went.append((path, response.status_code))
    assert asked > 100
    assert went == []
    after = counts()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}
    with system_scope(reason="test"):
        tenant_a.refresh_from_db()
    assert tenant_a.name == "Northwind"


def test_recent_actions_name_nothing_the_viewer_may_not_see(viewer, tenant_a, root):
    """Django's own box shows the texts of any model; ours shows none, and what a person's row is called is its key."""
    with system_scope(reason="test"):
        LogEntry.objects.create(
            user=viewer.user,
            content_type=ContentType.objects.get_for_model(type(tenant_a)),
            object_id=str(tenant_a.pk),
            object_repr="Jane Canarybird",
            change_message="jane.canary@example.test",
            action_flag=2,
        )
    for client in (viewer, root):
        for where in (reverse("admin:index"), reverse("admin:audit_browser")):
            shown = client.get(where).content.decode().lower()
            assert "canary" not in shown, where
    with system_scope(reason="test"):
        for label, model in tracked_models().items():
            row = model._base_manager.first() if label in NAMELESS else None
            assert row is None or re.fullmatch(r"[a-z ]+ [0-9a-f-]{36}", str(row)), label
            assert row is None or isinstance(row.pk, UUID)
