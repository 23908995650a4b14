"""Writing and reading: levels, locks, rights, history, rollback, concurrent editors, and the walls around them."""

from __future__ import annotations

import json
import pickle

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenancy import identity_scope, staff_scope, system_scope, tenant_scope
from tenancy.exceptions import DecryptionFailed, TenantRefused
from tenancy.models import PlatformSettingChange, PlatformSettings, SettingChange, Tenant
from tenancy.settings import (
    EditNotAllowed,
    SettingConflict,
    SettingLocked,
    UnknownSetting,
    ValueRefused,
    platform,
    registry,
)
from tenancy.settings.config import resolution_of
from tenancy.settings.documents import ABSENT, digest
from tenancy.settings.secrets import Secret
from tenancy.settings.store import change, change_platform, document_at, rollback
from tests.factories import make_user

pytestmark = pytest.mark.usefixtures("sample")


def fresh(tenant):
    with identity_scope():
        return Tenant.objects.get(pk=tenant.pk)


def put(tenant, values, **options):
    with tenant_scope(tenant):
        return change(tenant, values, by=options.pop("by", None), **options)


def put_platform(values=None, **options):
    with system_scope(reason="test"):
        return change_platform(values or {}, by=None, **options)


def test_the_levels_win_in_their_order(tenant_a, tenant_b):
    assert tenant_a.config.sample.name == "plain"
    put_platform({"sample.name": "platform"})
    assert fresh(tenant_a).config.sample.name == "platform"
    put(tenant_a, {"sample.name": "own"})
    assert tenant_a.config.sample.name == "own"
    assert fresh(tenant_a).config.sample.name == "own"
    assert fresh(tenant_b).config.sample.name == "platform"
    put(tenant_a, {"sample.name": ABSENT})
    assert fresh(tenant_a).config.sample.name == "platform"


def test_a_locked_value_can_not_be_overridden_and_says_by_whom(tenant_a):
    put(tenant_a, {"sample.name": "own"})
    operator = make_user()
    with system_scope(reason="test"):
        change_platform({"sample.name": "fixed"}, by=operator, lock=["sample.name"], reason="one name for all")
    assert fresh(tenant_a).config.sample.name == "fixed"
    with pytest.raises(SettingLocked, match="one name for all") as refused:
        put(tenant_a, {"sample.name": "other"})
    assert str(operator.pk) in str(refused.value)
    put(tenant_a, {"sample.name": ABSENT})  # letting go of an own value is allowed
    put_platform(unlock=["sample.name"])
    put(tenant_a, {"sample.name": "other"})
    assert fresh(tenant_a).config.sample.name == "other"


@pytest.mark.parametrize(
    ("name", "editor", "allowed"),
    [
        ("sample.name", "admin", True),
        ("sample.domains", "admin", False),
        ("sample.domains", "owner", True),
        ("sample.plan", "owner", False),
        ("sample.plan", "staff", True),
    ],
)
def test_who_may_edit(tenant_a, name, editor, allowed):
    value = {"sample.name": "n", "sample.domains": ["example.com"], "sample.plan": "paid"}[name]
    if allowed:
        assert put(tenant_a, {name: value}, editor=editor)
    else:
        with pytest.raises(EditNotAllowed):
            put(tenant_a, {name: value}, editor=editor)
        assert fresh(tenant_a).settings == {}


def test_a_refused_value_saves_nothing_and_names_every_fault(tenant_a):
    with pytest.raises(ValueRefused) as refused:
        put(tenant_a, {"sample.seats": 0, "sample.rules": [{"limit": "x"}], "sample.name": "fine"})
    assert {problem.path for problem in refused.value.problems} == {
        ("sample", "seats"), ("sample", "rules", 0, "label"), ("sample", "rules", 0, "limit"),
    }  # fmt: skip
    assert fresh(tenant_a).settings == {}
    with pytest.raises(UnknownSetting, match=r"sample\.seats"):
        put(tenant_a, {"sample.seat": 3})


def test_every_change_is_recorded_with_who_when_why(tenant_a):
    person = make_user()
    put(tenant_a, {"sample.name": "one", "sample.seats": 3}, by=person, reason="asked by phone", source="form")
    put(tenant_a, {"sample.name": "two"})
    put(tenant_a, {"sample.name": "two"})  # nothing changes, nothing is recorded
    with tenant_scope(tenant_a):
        second, first = SettingChange.objects.all()
    assert (first.version, first.actor_id, first.reason, first.source) == (1, str(person.pk), "asked by phone", "form")
    assert first.changes == {
        "sample": {"v": [None, 1], "keys": {"name": {"after": "one"}, "seats": {"after": 3}}},
    }
    assert second.changes == {"sample": {"v": [1, 1], "keys": {"name": {"before": "one", "after": "two"}}}}
    assert fresh(tenant_a).settings_version == 2
    with pytest.raises(TypeError):
        first.save()


@pytest.mark.parametrize(
    "statement", ["UPDATE tenancy_settingchange SET reason='x'", "DELETE FROM tenancy_settingchange"]
)
def test_the_database_refuses_to_rewrite_history(tenant_a, statement):
    put(tenant_a, {"sample.name": "one"})
    for scope in (tenant_scope(tenant_a), staff_scope(actor=1, reason="t"), system_scope(reason="t")):
        with scope, pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_rollback_to_any_version(tenant_a):
    put(tenant_a, {"sample.name": "one"})
    put(tenant_a, {"sample.name": "two", "sample.seats": 2})
    put(tenant_a, {"sample.seats": ABSENT, "sample.rules": [{"label": "r"}]})
    documents = {}
    with tenant_scope(tenant_a):
        for version in range(4):
            documents[version] = document_at(tenant_a, version)
        assert documents[0] == {}
        assert documents[2]["sample"]["values"] == {"name": "two", "seats": 2}
        with pytest.raises(LookupError):
            document_at(tenant_a, 9)
        row, kept = rollback(tenant_a, 2, by=None, reason="undo")
    assert kept == []
    assert (row.version, row.source) == (4, "rollback")
    assert fresh(tenant_a).settings == documents[2]
    with tenant_scope(tenant_a):
        rollback(tenant_a, 0, by=None)
    assert fresh(tenant_a).settings == {}


def test_rollback_leaves_what_the_editor_may_not_change(tenant_a):
    put(tenant_a, {"sample.plan": "paid", "sample.name": "one"})
    with tenant_scope(tenant_a):
        _row, kept = rollback(tenant_a, 0, by=None, editor="admin")
    assert kept == ["sample.plan"]
    assert fresh(tenant_a).config.sample.plan == "paid"
    assert fresh(tenant_a).config.sample.name == "plain"


def test_the_second_editor_is_told_and_nothing_is_lost(tenant_a):
    seen = digest(ABSENT)
    put(tenant_a, {"sample.name": "first"}, expect={"sample.name": seen})
    with pytest.raises(SettingConflict) as clash:
        put(tenant_a, {"sample.name": "second", "sample.seats": 4}, expect={"sample.name": seen})
    assert clash.value.names == ("sample.name",)
    assert fresh(tenant_a).config.sample.name == "first"
    put(tenant_a, {"sample.name": "second"}, expect={"sample.name": digest("first")})
    assert fresh(tenant_a).config.sample.name == "second"


def test_a_stale_instance_can_not_undo_a_change(tenant_a):
    stale = fresh(tenant_a)
    put(tenant_a, {"sample.name": "kept"})
    stale.name = "Renamed"
    with system_scope(reason="test"):
        stale.save()
    assert fresh(tenant_a).name == "Renamed"
    assert fresh(tenant_a).config.sample.name == "kept"


def test_secrets_are_sealed_bound_and_never_recorded(tenant_a, tenant_b):
    put(tenant_a, {"sample.token": "hunter2-hunter2"})
    with connection.cursor() as cursor, system_scope(reason="test"):
        cursor.execute(
            "SELECT t.settings::text || c.changes::text FROM tenancy_tenant t JOIN tenancy_settingchange c ON true"
        )
        stored = cursor.fetchone()[0]
    assert "hunter2" not in stored
    secret = fresh(tenant_a).config.sample.token
    assert isinstance(secret, Secret)
    assert secret.reveal() == "hunter2-hunter2"
    assert "hunter2" not in repr(secret) + repr(fresh(tenant_a).config.sample)
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with system_scope(reason="a token moved to another tenant's row"):
        Tenant.objects.filter(pk=tenant_b.pk).update(settings=fresh(tenant_a).settings)
    with pytest.raises(DecryptionFailed):
        fresh(tenant_b).config.sample.token.reveal()
    with pytest.raises(ValueRefused, match="at least 4"):
        put(tenant_a, {"sample.token": "x"})
    put(tenant_a, {"sample.token": ABSENT})
    assert fresh(tenant_a).config.sample.token is None
    with tenant_scope(tenant_a):
        assert SettingChange.objects.first().changes["sample"]["keys"]["token"] == {
            "secret": True, "before": True, "after": False,
        }  # fmt: skip


def test_a_secret_of_the_platform_is_inherited(tenant_a):
    put_platform({"sample.token": "for-everybody"})
    assert fresh(tenant_a).config.sample.token.reveal() == "for-everybody"
    put(tenant_a, {"sample.token": "for-one"})
    assert fresh(tenant_a).config.sample.token.reveal() == "for-one"


def test_reading_needs_one_query_per_request_and_sees_other_processes(tenant_a):
    put(tenant_a, {"sample.name": "own"})
    platform.begin_request()
    try:
        with CaptureQueriesContext(connection) as queries:
            loaded = Tenant.objects.filter(pk=tenant_a.pk)
            with identity_scope():
                one, two = loaded.get(), loaded.get()
            for tenant in (one, two):
                assert tenant.config.sample.name == "own"
                assert tenant.config.sample.seats is None
        assert sum("platformsettings" in query["sql"] for query in queries) == 1
        assert len([query for query in queries if "FROM" in query["sql"]]) == 3
    finally:
        platform.end_request()
    with system_scope(reason="what another process would do"):
        change_platform({"sample.seats": 7}, by=None)
    platform._writes -= 1  # this process did not notice
    platform.begin_request()
    assert fresh(tenant_a).config.sample.seats == 7
    platform.end_request()


def test_a_rolled_back_override_is_not_remembered(tenant_a):
    put_platform({"sample.name": "before"})
    with transaction.atomic():
        put_platform({"sample.name": "never"})
        assert fresh(tenant_a).config.sample.name == "never"
        transaction.set_rollback(True)
    assert fresh(tenant_a).config.sample.name == "before"
    put_platform({"sample.name": "after"})
    assert fresh(tenant_a).config.sample.name == "after"


def test_a_tenant_changes_its_own_settings_only(tenant_a, tenant_b):
    with tenant_scope(tenant_a):
        with pytest.raises(Tenant.DoesNotExist):
            change(tenant_b, {"sample.name": "x"}, by=None)
        with pytest.raises((ProgrammingError, TenantRefused)), transaction.atomic():
            change_platform({"sample.name": "x"}, by=None)
        with pytest.raises(ProgrammingError), transaction.atomic():
            PlatformSettingChange.objects.count()
    put(tenant_b, {"sample.name": "theirs"})
    with tenant_scope(tenant_a):
        assert SettingChange.objects.count() == 0
    assert PlatformSettings.objects.count() == 0


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


def test_unknown_names_on_reading(tenant_a):
    with pytest.raises(UnknownSetting, match="Did you mean sample"):
        _ = tenant_a.config.sampel
    with pytest.raises(UnknownSetting, match=r"sample\.seats"):
        _ = tenant_a.config.sample.seat
    assert not hasattr(tenant_a.config, "nothing")
    with pytest.raises(AttributeError, match="read-only"):
        tenant_a.config.sample = 1
