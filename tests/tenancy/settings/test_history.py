"""Every change is on record, cannot be rewritten, and any version comes back."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction

from tenancy import staff_scope, system_scope, tenant_scope
from tenancy.models import SettingChange
from tenancy.settings.documents import ABSENT
from tenancy.settings.store import change, document_at, rollback
from tests.factories import make_user

from .writing import fresh, put

pytestmark = pytest.mark.usefixtures("sample")


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


def test_rollback_brings_unknown_keys_back_and_only_staff_may(tenant_a):
    put(tenant_a, {"sample.name": "one"})
    strange = {"left": {"v": 3, "values": {"a": 1}}, "sample": {"v": 1, "values": {"gone": True}}}
    with tenant_scope(tenant_a):
        change(tenant_a, {}, by=None, kept=strange)
        assert fresh(tenant_a).settings == {
            "left": {"v": 3, "values": {"a": 1}},
            "sample": {"v": 1, "values": {"name": "one", "gone": True}},
        }
        made, staying = rollback(tenant_a, 1, by=None, editor="admin")
        assert made is None
        assert sorted(staying) == ["left.a", "sample.gone"]
        assert rollback(tenant_a, 1, by=None)[1] == []
        assert fresh(tenant_a).settings == {"sample": {"v": 1, "values": {"name": "one"}}}
        rollback(tenant_a, 2, by=None)
        assert fresh(tenant_a).settings["left"] == {"v": 3, "values": {"a": 1}}
