"""One setting for many tenants, as a job with a dry run."""

from __future__ import annotations

import pytest

from tenancy import system_scope, tenant_scope
from tenancy.exceptions import TenantRefused
from tenancy.models import BulkSettingChange, SettingChange, Tenant
from tenancy.settings import ValueRefused, bulk
from tenancy.settings.documents import ABSENT
from tenancy.settings.store import change
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("sample")


def order(tenants, value, callbacks, *, name="sample.name", dry_run=False, by=None):
    with callbacks(execute=True), system_scope(reason="test"):
        made = bulk.start(name, value, [tenant.pk for tenant in tenants], by=by, reason="all of them", dry_run=dry_run)
    with system_scope(reason="test"):
        return BulkSettingChange.objects.get(pk=made.pk)


def test_a_dry_run_counts_and_changes_nothing(tenant_a, tenant_b, django_capture_on_commit_callbacks):
    made = order([tenant_a, tenant_b], "both", django_capture_on_commit_callbacks, dry_run=True)
    assert (made.changed, made.unchanged, made.refused) == (2, 0, {})
    assert made.finished_at
    with system_scope(reason="test"):
        assert set(Tenant.objects.values_list("settings_version", flat=True)) == {0}


def test_every_tenant_is_changed_and_recorded(tenant_a, tenant_b, django_capture_on_commit_callbacks):
    person = make_user()
    with tenant_scope(tenant_a):
        change(tenant_a, {"sample.name": "both"}, by=None)
    made = order([tenant_a, tenant_b], "both", django_capture_on_commit_callbacks, by=person)
    assert (made.changed, made.unchanged) == (1, 1)
    with tenant_scope(tenant_b):
        row = SettingChange.objects.get()
        assert (row.source, row.reason, row.actor_id) == ("bulk", "all of them", str(person.pk))
        assert Tenant.objects.get().config.sample.name == "both"
    made = order([tenant_a, tenant_b], ABSENT, django_capture_on_commit_callbacks)
    assert made.changed == 2


def test_one_refusal_does_not_stop_the_others(tenant_a, tenant_b, django_capture_on_commit_callbacks):
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings={"sample": {"v": 7, "values": {}}})
    made = order([tenant_a, tenant_b], "both", django_capture_on_commit_callbacks)
    assert made.changed == 1
    assert list(made.refused) == [str(tenant_a.pk)]


def test_a_killed_job_goes_on_where_it_stood(tenant_a, tenant_b, django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(bulk, "SAVE_EVERY", 1)
    tenants = sorted([tenant_a, tenant_b], key=lambda tenant: str(tenant.pk))
    made = order(tenants, "both", django_capture_on_commit_callbacks, dry_run=True)
    with system_scope(reason="as if killed after the first tenant"):
        BulkSettingChange.objects.filter(pk=made.pk).update(cursor=1, changed=1, finished_at=None, is_dry_run=False)
    bulk.run(str(made.pk))
    with system_scope(reason="test"):
        made.refresh_from_db()
        assert (made.cursor, made.changed) == (2, 2)
        assert [Tenant.objects.get(pk=tenant.pk).settings_version for tenant in tenants] == [0, 1]


def test_what_can_not_be_ordered(tenant_a, django_capture_on_commit_callbacks):
    with pytest.raises(ValueRefused):
        order([tenant_a], 5, django_capture_on_commit_callbacks)
    with pytest.raises(TenantRefused, match="secret"):
        order([tenant_a], "hunter2", django_capture_on_commit_callbacks, name="sample.token")
