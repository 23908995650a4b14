"""Take one wall away, to see that the others hold: for tests only, never in a running service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.core.exceptions import FullResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models

from tenancy import managers
from tenancy.conf import role_name
from tenancy.db import message
from tenancy.db.constraints import key_name, keys_between_tenant_rows
from tenancy.db.owner import owner_connection
from tenancy.db.policies import quote
from tenancy.models import TenantScoped, owned
from tenancy.routers import TenantRouter
from tenancy.scope import current_scope


@contextmanager
def without_orm() -> Iterator[None]:
    """Wall 1 off: no condition in queries, no guard on writes, no check of what was read, no router."""

    def everything(self: Any, compiler: Any, connection: Any) -> Any:
        raise FullResultSet

    def fill_only(row: Any) -> None:
        if row.tenant_id is None:
            row.tenant_id = current_scope().tenant_id

    with ExitStack() as stack:
        for patch in (
            mock.patch.object(managers.InTenantScope, "as_sql", everything),
            mock.patch.object(managers, "guard_row", fill_only),
            mock.patch.object(owned, "guard_row", fill_only),
            mock.patch.object(managers, "refuse_other_tenant", return_value=None),
            mock.patch.object(managers.TenantQuerySet, "update", models.QuerySet.update),
            mock.patch.object(managers.TenantQuerySet, "bulk_create", models.QuerySet.bulk_create),
            mock.patch.object(managers.TenantQuerySet, "bulk_update", models.QuerySet.bulk_update),
            mock.patch.object(TenantScoped, "from_db", models.Model.__dict__["from_db"]),
            mock.patch.object(TenantScoped, "_do_update", models.Model._do_update),
            mock.patch.object(TenantScoped, "_do_insert", models.Model.__dict__["_do_insert"]),
            mock.patch.object(TenantScoped, "delete", models.Model.delete),
            mock.patch.object(TenantRouter, "allow_relation", return_value=None),
        ):
            stack.enter_context(patch)
        yield


@contextmanager
def without_policies() -> Iterator[None]:
    """Wall 2 off: whatever scope the code is in, the database is told it may see everything."""
    wide = message._message(role_name("wide"), "system", "")
    with mock.patch("tenancy.db.postgresql.connection.scope_message", return_value=wide):
        yield


@contextmanager
def without_composite_keys(*owned_models: Any, alias: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Wall 3 off: the composite keys of `owned_models` are dropped and put back. No transaction may be open."""
    dropped = []
    with owner_connection(alias), connections[alias].cursor() as cursor:
        for model in owned_models:
            table = model._meta.db_table
            for field in keys_between_tenant_rows(model):
                parent = field.related_model._meta.db_table
                name = key_name(table, field.column)
                cursor.execute(f"ALTER TABLE {quote(table)} DROP CONSTRAINT {quote(name)}")
                dropped.append(
                    f"ALTER TABLE {quote(table)} ADD CONSTRAINT {quote(name)} FOREIGN KEY (tenant_id, "
                    f"{quote(field.column)}) REFERENCES {quote(parent)} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED"
                )
    try:
        yield
    finally:
        with owner_connection(alias), connections[alias].cursor() as cursor:
            for statement in dropped:
                cursor.execute(statement)
