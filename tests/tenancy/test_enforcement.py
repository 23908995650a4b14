"""Enforcement per model: off, observe, enforce; and the list of what observe let through."""

import json
import logging
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.test.utils import isolate_apps

from tenancy import CrossTenantAccess, TenantScopeRequired, observed, system_scope, tenant_scope
from tenancy.enforcement import Mode, mode_of
from tenancy.guards import guard_row
from tenancy.managers import TenantManager
from tenancy.models import ObservedAccess, SettingChange, TenantScoped
from tenancy.observed import Offence

LABEL = "tenancy.SettingChange"
HERE = "tests/tenancy/test_enforcement.py"


@pytest.fixture(autouse=True)
def nothing_observed():
    observed._counts.clear()
    observed._logged.clear()
    observed._flushed_at = time.monotonic()
    yield
    observed._counts.clear()
    observed._logged.clear()


@pytest.fixture
def enforcement(settings):
    def use(value):
        settings.TENANCY = {**settings.TENANCY, "ENFORCEMENT": value}

    return use


def sql_of_all_rows():
    return str(SettingChange.objects.all().query)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("observe", "observe"),
        ({}, "enforce"),
        ({"*": "off"}, "off"),
        ({"tenancy": "observe", "*": "off"}, "observe"),
        ({"tenancy.settingchange": "enforce", "tenancy": "off"}, "enforce"),
    ],
)
def test_the_nearest_name_decides(enforcement, given, expected):
    enforcement(given)
    assert mode_of(LABEL) is Mode(expected)


def test_a_word_that_is_no_mode_is_refused(enforcement):
    enforcement("loose")
    with pytest.raises(ValueError, match="loose"):
        mode_of(LABEL)


def test_enforce_refuses_what_observe_lets_through(enforcement, caplog):
    with pytest.raises(TenantScopeRequired):
        sql_of_all_rows()
    enforcement({"tenancy": "observe"})
    with caplog.at_level(logging.WARNING, "tenancy.observed"):
        assert "WHERE" not in sql_of_all_rows()
        assert "WHERE" not in sql_of_all_rows()
    assert len(caplog.records) == 1, "a place is logged once"
    [(_, offence)] = observed._counts
    assert offence == Offence(LABEL, "read", f"{HERE}:sql_of_all_rows")
    assert observed._counts.total() == 2


def test_a_tenants_scope_filters_while_observed_and_not_while_off(enforcement, tenant_a):
    with tenant_scope(tenant_a):
        enforcement("observe")
        assert str(tenant_a.pk) in sql_of_all_rows()
        enforcement("off")
        assert "WHERE" not in sql_of_all_rows()
    assert "WHERE" not in sql_of_all_rows()
    assert not observed._counts


def test_writes_without_a_scope(enforcement, tenant_a, tenant_b):
    with pytest.raises(TenantScopeRequired):
        guard_row(SettingChange())
    with tenant_scope(tenant_a), pytest.raises(CrossTenantAccess):
        guard_row(SettingChange(tenant=tenant_b))
    enforcement("observe")
    guard_row(SettingChange())
    with tenant_scope(tenant_a):
        guard_row(SettingChange(tenant=tenant_b))
        row = SettingChange()
        guard_row(row)
        assert row.tenant_id == tenant_a.pk
    assert sorted(offence.what for _, offence in observed._counts) == ["foreign", "write"]


def test_the_table_counts_up_and_the_command_lists_it(enforcement, db):
    enforcement("observe")
    for _ in range(3):
        sql_of_all_rows()
    observed.flush()
    sql_of_all_rows()
    observed.flush()
    with system_scope(reason="test"):
        row = ObservedAccess.objects.get()
    assert (row.model, row.count, row.place) == (LABEL, 4, f"{HERE}:sql_of_all_rows")
    out = StringIO()
    call_command("tenancy_observed", stdout=out)
    assert "4 x" in out.getvalue()
    assert "1 places in 1 models." in out.getvalue()


def test_a_baseline_lets_new_places_fail_alone(enforcement, settings, tmp_path):
    settings.TENANCY = {**settings.TENANCY, "OBSERVED_FILE": str(tmp_path / "observed.jsonl")}
    enforcement("observe")
    baseline = str(tmp_path / "baseline.json")
    sql_of_all_rows()
    observed.flush()
    call_command("tenancy_observed", write_baseline=baseline, stdout=StringIO())
    call_command("tenancy_observed", baseline=baseline, stdout=StringIO())

    def new_place():
        return str(SettingChange.objects.all().query)

    new_place()
    observed.flush()
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("tenancy_observed", baseline=baseline, json=True, stdout=out)
    assert refused.value.returncode == 1
    assert [row["place"] for row in json.loads(out.getvalue())["new"]] == [f"{HERE}:new_place"]


def test_a_list_that_cannot_be_written_breaks_nothing(enforcement, settings, tmp_path, caplog):
    settings.TENANCY = {**settings.TENANCY, "OBSERVED_FILE": str(tmp_path / "absent" / "observed.jsonl")}
    enforcement("observe")
    sql_of_all_rows()
    observed.flush()
    assert "could not be written" in caplog.text


@isolate_apps("tenancy")
def test_one_base_class_is_enough():
    """A Meta and a manager of its own take neither the base manager nor the guard away."""

    class Open(TenantManager):
        def get_queryset(self):
            return super().get_queryset().filter(closed=False)

    class Ticket(TenantScoped):
        closed = models.BooleanField(default=False)
        objects = Open()

        class Meta:
            app_label = "adoption_test"
            ordering = ["id"]

    assert type(Ticket._default_manager) is Open
    assert type(Ticket._base_manager) is TenantManager
    assert Ticket._meta.pk.get_internal_type() == "BigAutoField"
    assert "base_manager_name" not in Ticket._meta.original_attrs, "the autodetector stays quiet"
