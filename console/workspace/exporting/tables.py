"""Which tables belong to a tenant, and which of their columns leave the house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from console.operations.models import AuditEvent
from pii import registry
from pii.restricted import without_restricted
from tenancy.managers import TenantManager

LEFT_OUT = {
    "workspace.tenantexport": "the exports themselves",
    "workspace.memberword": "an index of names that stand in people.jsonl",
}


@dataclass(frozen=True)
class Table:
    """One model to be written: its rows in scope, its columns, and the columns that are withheld."""

    name: str
    rows: Any
    columns: list[str]
    withheld: list[str]
    restricted: int  # rows left out because processing of them is restricted (Art. 18 GDPR)


def tables(tenant_id: Any) -> Iterator[Table]:
    """Every table of the tenant that its database role may read, by name."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label_lower):
        label = model._meta.label_lower
        if model is AuditEvent:
            yield _table(model, AuditEvent.objects.filter(tenant_key=tenant_id))
        elif _is_tenants(model) and label not in LEFT_OUT and _readable(model):
            rows = model._default_manager.all()
            yield _table(model, without_restricted(rows), all_rows=rows)


def _is_tenants(model: type[models.Model]) -> bool:
    return isinstance(getattr(model, "objects", None), TenantManager) and not model._meta.proxy


def _table(model: type[models.Model], rows: Any, all_rows: Any = None) -> Table:
    declared = registry.get(model)
    columns: list[str] = []
    withheld: list[str] = []
    for column in model._meta.concrete_fields:
        said = declared.fields.get(column.name) if declared is not None else None
        (withheld if said is not None and not said.export.access else columns).append(column.attname)
    key = model._meta.pk
    assert key is not None
    restricted = 0 if all_rows is None or all_rows is rows else all_rows.count() - rows.count()
    return Table(model._meta.label_lower, rows.order_by(key.attname), columns, withheld, restricted)


def _readable(model: type[models.Model]) -> bool:
    # Asked as the tenant's own role, which is the current one inside its scope.
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(quote_ident(%s), 'SELECT')", [model._meta.db_table])
        return bool(cursor.fetchone()[0])
