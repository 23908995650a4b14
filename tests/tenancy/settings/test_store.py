"""Writing and reading: levels, locks, rights, concurrent editors, secrets, and the walls around them."""

from __future__ import annotations

import pickle

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tenancy import identity_scope, system_scope, tenant_scope
from tenancy.exceptions import DecryptionFailed, TenantRefused
from tenancy.models import PlatformSettingChange, PlatformSettings, SettingChange, Tenant
from tenancy.settings import (
    EditNotAllowed,
    SettingConflict,
    SettingLocked,
    UnknownSetting,
    ValueRefused,
    platform,
)
from tenancy.settings.documents import ABSENT, digest
from tenancy.settings.secrets import Secret
from tenancy.settings.store import change, change_platform
from tests.factories import make_user

from .writing import fresh, put, put_platform

pytestmark = pytest.mark.usefixtures("sample")


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


def test_a_forged_token_of_a_secret_is_no_value(tenant_a, declared):
    declared("open", {"type": "object", "properties": {"box": {
        "type": "object", "properties": {"a": {"type": "string"}}, "default": {}}}})  # fmt: skip
    with pytest.raises(ValueRefused, match="not allowed"):  # a rotation of keys would stop at it
        put(tenant_a, {"open.box": {"extra": {"$secret": "forged", "as": "open.box"}}})


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


def test_unknown_names_on_reading(tenant_a):
    with pytest.raises(UnknownSetting, match="Did you mean sample"):
        _ = tenant_a.config.sampel
    with pytest.raises(UnknownSetting, match=r"sample\.seats"):
        _ = tenant_a.config.sample.seat
    assert not hasattr(tenant_a.config, "nothing")
    with pytest.raises(AttributeError, match="read-only"):
        tenant_a.config.sample = 1
