"""The erasure role's narrow way into append-only tables: UPDATE of declared columns, derived from the declarations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

from tenancy.conf import role_name
from tenancy.db.operations import has_wall_two
from tenancy.db.policies import kinds

from .guarded import guard_restricted
from .registry import history_of, registry

UNREAD = r"""
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\_%%'
  AND pg_has_role(current_user, c.relowner, 'USAGE')
  AND NOT (has_schema_privilege(%s, n.oid, 'USAGE') AND has_table_privilege(%s, c.oid, 'SELECT'))
"""


def erasable_columns() -> Iterator[tuple[str, list[str]]]:
    """(table, columns) of every append-only table with declared columns: what erasure may touch, and nothing else."""
    for model in apps.get_models(include_auto_created=True):
        declaration = registry.get(model)
        historic = history_of(model) is not None
        if declaration is None or not (historic or declaration.append_only) or not model._meta.managed:
            continue
        names = {name for name, field in declaration.fields.items() if not field.erase.keeps}
        names |= {*declaration.actors, *declaration.actor_texts}
        if historic:
            names |= {*registry.history_actor_texts, "history_change_reason"}
        present: dict[str, models.Field[Any, Any]] = {f.name: f for f in model._meta.local_concrete_fields}
        yield model._meta.db_table, sorted(present[name].column for name in names if name in present)


def grant_erasure(using: str) -> None:
    """Give the erasure role its columns, and take back what is declared no longer. Needs the owner's connection."""
    connection = connections[using]
    if not has_wall_two(connection):
        return
    quote = connection.ops.quote_name
    role, scan, wide = (quote(role_name(name)) for name in ("erase", "scan", "wide"))
    with connection.cursor() as cursor:
        for table, columns in erasable_columns():
            name = quote(table)
            cursor.execute(f"REVOKE ALL ON {name} FROM {role}")
            cursor.execute(f"DROP POLICY IF EXISTS tenancy_erase ON {name}")
            if columns:
                listed = ", ".join(map(quote, columns))
                cursor.execute(f"GRANT SELECT, UPDATE ({listed}) ON {name} TO {role}")
                rows = kinds("system")
                cursor.execute(f"CREATE POLICY tenancy_erase ON {name} TO {role} USING ({rows}) WITH CHECK ({rows})")
        # Tables that no policy names (other schemas, removed apps): what the scan cannot read makes its proof void.
        cursor.execute(UNREAD, [role_name("scan")] * 2)
        for schema, table in cursor.fetchall():
            cursor.execute(f"GRANT USAGE ON SCHEMA {quote(schema)} TO {scan}")
            cursor.execute(f"GRANT SELECT ON {quote(schema)}.{quote(table)} TO {scan}")
        for function in ("pii_count_rows(regclass)", "pii_analyze(regclass)"):
            cursor.execute(f"GRANT EXECUTE ON FUNCTION {function} TO {wide}, {scan}")


def after_migrate(sender: Any, using: str, **kwargs: Any) -> None:
    """Receiver of `post_migrate`: by then every table exists."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regprocedure('pii_count_rows(regclass)') IS NOT NULL")
        ready = cursor.fetchone()[0]
    if ready:
        grant_erasure(using)
        if has_wall_two(connections[using]):
            guard_restricted(connections[using])
