"""Stored values and newer schemas: upgrades, unknown keys, values that no longer fit, damaged documents."""

from __future__ import annotations

import json

import pytest

from tenancy import system_scope, tenant_scope
from tenancy.models import Tenant
from tenancy.settings import (
    ValueRefused,
    registry,
)
from tenancy.settings.config import resolution_of
from tenancy.settings.store import rollback

from .writing import fresh, put

pytestmark = pytest.mark.usefixtures("sample")


def test_an_upgrade_happens_when_reading_and_is_stored_at_the_next_save(tenant_a, declared):
    put(tenant_a, {"sample.name": "old", "sample.seats": 3})
    registry.remove("sample")
    group = declared(
        "sample",
        {
            "type": "object",
            "properties": {
                "label": {"type": "string", "default": ""},
                "seats": {"type": ["integer", "null"], "default": None},
            },
        },
        version=2,
    )

    @group.upgrade(1)
    def rename(values):
        if "name" in values:
            values["label"] = values.pop("name")
        return values

    tenant = fresh(tenant_a)
    assert tenant.config.sample.label == "old"
    assert tenant.settings["sample"]["v"] == 1
    put(tenant, {"sample.seats": 4})
    assert fresh(tenant).settings == {"sample": {"v": 2, "values": {"label": "old", "seats": 4}}}
    with tenant_scope(tenant):
        rollback(tenant, 1, by=None)  # recorded at version 1 of the group, restored through the upgrade
    assert fresh(tenant).settings == {"sample": {"v": 2, "values": {"label": "old", "seats": 3}}}


def test_unknown_keys_are_kept_and_a_broken_value_falls_back(tenant_a):
    with system_scope(reason="an older release wrote this"):
        Tenant.objects.filter(pk=tenant_a.pk).update(
            settings={
                "sample": {"v": 1, "values": {"name": 5, "seats": 2, "gone": [1]}},
                "left": {"v": 9, "values": {"a": 1}},
            }
        )
    tenant = fresh(tenant_a)
    assert tenant.config.sample.name == "plain"
    assert tenant.config.sample.seats == 2
    resolved = resolution_of(tenant, registry.group("sample"))
    assert resolved.unknown == {"gone": [1]}
    assert list(resolved.broken) == ["name"]
    put(tenant, {"sample.seats": 3})
    assert fresh(tenant).settings["sample"]["values"] == {"name": 5, "seats": 3, "gone": [1]}
    assert fresh(tenant).settings["left"] == {"v": 9, "values": {"a": 1}}


@pytest.mark.parametrize(
    "entry",
    [{"v": 2, "values": {"name": "newer"}}, {"v": "x", "values": {}}, {"v": 1, "values": []}, [], "text", 7],
)
def test_a_damaged_or_newer_document_is_an_inherited_value_and_never_overwritten(tenant_a, entry):
    with system_scope(reason="test"):
        Tenant.objects.filter(pk=tenant_a.pk).update(settings={"sample": entry})
    tenant = fresh(tenant_a)
    assert tenant.config.sample.name == "plain"
    with pytest.raises(ValueRefused):
        put(tenant, {"sample.name": "x"})
    assert json.dumps(fresh(tenant).settings, sort_keys=True) == json.dumps({"sample": entry}, sort_keys=True)


def test_a_failing_upgrade_is_no_error_for_the_customer(tenant_a, declared):
    put(tenant_a, {"sample.name": "old"})
    schema = dict(registry.group("sample").schema)
    registry.remove("sample")
    group = declared("sample", schema, version=2)

    @group.upgrade(1)
    def fails(values):
        raise KeyError(values["name"])

    tenant = fresh(tenant_a)
    assert tenant.config.sample.name == "plain"
    problem = resolution_of(tenant, group).problem
    assert "KeyError" in problem.message
    assert "old" not in problem.message
