"""Random schemas and values survive storage, history and export; two editors at once lose nothing."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tenancy import system_scope, tenant_scope
from tenancy.models import SettingChange, Tenant
from tenancy.settings import register, registry
from tenancy.settings.config import resolution_of
from tenancy.settings.documents import ABSENT, canonical
from tenancy.settings.store import change, rollback
from tenancy.settings.transfer import changes_from, exported, loads
from tests.factories import make_tenant

from .strategies import schemas, values

pairs = schemas.flatmap(lambda schema: st.tuples(st.just(schema), values(schema)))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(pairs)
def test_storage_history_and_export(tenant_a, tenant_b, pair):
    schema, value = pair
    group = register("random", {"type": "object", "properties": {"it": {**schema, "default": value}}})
    try:
        assume(not group.problems)  # the default is judged like every value
        with transaction.atomic():
            check_the_way(tenant_a, tenant_b, group, value)
            transaction.set_rollback(True)
    finally:
        registry.remove("random")


def check_the_way(tenant_a, tenant_b, group, value):
    def held(tenant):
        with tenant_scope(tenant):
            return resolution_of(Tenant.objects.get(), group).settings["it"].own

    def put(tenant, new):
        with tenant_scope(tenant):
            return change(Tenant.objects.get(), {"random.it": new}, by=None)

    row = put(tenant_a, value)
    assert canonical(held(tenant_a).value) == canonical(value)
    with tenant_scope(tenant_a):
        assert "it" in Tenant.objects.get().config.random
    put(tenant_a, ABSENT)
    assert not held(tenant_a).is_set
    with tenant_scope(tenant_a):
        rollback(Tenant.objects.get(), row.version, by=None)
    assert canonical(held(tenant_a).value) == canonical(value)
    with system_scope(reason="test"):
        file = json.dumps(exported(Tenant.objects.get(pk=tenant_a.pk)))
        changes, kept = changes_from(Tenant.objects.get(pk=tenant_b.pk), loads(file))
    assert kept == {}
    put(tenant_b, changes["random.it"])
    assert canonical(held(tenant_b).value) == canonical(value)
    with tenant_scope(tenant_a):
        recorded = SettingChange.objects.order_by("version").values_list("changes", flat=True)
        assert canonical(recorded[0]["random"]["keys"]["it"]["after"]) == canonical(value)


@pytest.mark.django_db(transaction=True)
def test_two_editors_at_once_lose_nothing(sample):
    tenant = make_tenant("northwind")
    start, failures = threading.Barrier(4), []

    def edit(name, value):
        try:
            own = Tenant(pk=tenant.pk)
            start.wait(timeout=20)
            with tenant_scope(tenant.pk):
                change(own, {name: value}, by=None)
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)
        finally:
            connection.close()

    wanted = {"name": "together", "seats": 4, "plan": "paid", "domains": ["example.com"]}
    threads = [threading.Thread(target=edit, args=(f"sample.{key}", value)) for key, value in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    with tenant_scope(tenant.pk):
        stored = Tenant.objects.get()
        assert stored.settings["sample"]["values"] == wanted
        assert sorted(SettingChange.objects.values_list("version", flat=True)) == [1, 2, 3, 4]
        assert stored.settings_version == 4
