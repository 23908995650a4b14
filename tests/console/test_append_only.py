"""Every table of history and of acts refuses UPDATE, DELETE and TRUNCATE to every role the application runs as."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from console.operations.models import AuditEvent
from console.operations.trail import history_of, tracked_models
from tenancy import identity_scope, staff_scope, system_scope, tenant_scope
from tenancy.models import PlatformSettingChange, SettingChange
from tests.factories import make_user
from tests.fleet import fleet

TABLES = sorted(
    {history_of(label)._meta.db_table for label in tracked_models()}
    | {model._meta.db_table for model in (AuditEvent, SettingChange, PlatformSettingChange)}
)
STATEMENTS = ("UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}")


def test_every_history_table_is_listed():
    assert len(TABLES) >= 12
    assert {table for table in connection.introspection.django_table_names() if "_historical" in table} <= set(TABLES)


@pytest.mark.parametrize("table", TABLES)
def test_no_scope_may_change_history(table, tenant_a, tenant_b, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    fleet(tenant_a, tenant_b)
    staff = make_user(is_staff=True)
    with system_scope(reason="test"), connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    scopes = {
        "tenant": lambda: tenant_scope(tenant_a),
        "staff": lambda: staff_scope(actor=staff, reason="test", content=frozenset({tenant_a.pk})),
        "system": lambda: system_scope(reason="test"),
        "identity": identity_scope,
    }
    for name, scope in scopes.items():
        for statement in STATEMENTS:
            wording = statement.format(table, columns[-1])
            with (
                scope(),
                pytest.raises(DatabaseError, match="permission denied") as refused,
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(wording)
            assert refused.value.__cause__.sqlstate == "42501", (name, statement)
