"""Restriction in the database too (Art. 18): what Python's receivers overlook, a trigger refuses.

`pii.restricted` refuses saves and deletes; a set-based statement, a COPY or a cursor goes past it. The triggers are
derived from the declarations after every ``migrate``, like the erasure role's grants. They stand in tenant and staff
scope alone, as the receivers do: a privacy request and the person's own acts run outside of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import DatabaseError, models

from .links import Follow
from .models import RestrictedRow
from .registry import history_of, registry
from .restricted import is_restrictable

SQLSTATE = "PI018"
SCOPE = "current_setting('tenancy.kind', true) IN ('tenant', 'staff', 'content')"
MESSAGE = "Processing of this row is restricted (Art. 18 GDPR)"
PREFIX = "pii_restricted_"

STALE = r"""
SELECT c.oid::regclass::text, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgname LIKE 'pii\_restricted\_%' AND NOT t.tgisinternal AND pg_has_role(current_user, c.relowner, 'USAGE')
"""


def is_refusal(error: BaseException) -> bool:
    """Whether the database refused a statement because a row it would change is restricted."""
    return isinstance(error, DatabaseError) and getattr(error.__cause__, "sqlstate", "") == SQLSTATE


def guard_restricted(connection: Any) -> None:
    """Put the triggers in place, and take away those of tables that are restricted no longer. Needs the owner."""
    with connection.cursor() as cursor:
        cursor.execute(STALE)
        for table, trigger in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(trigger)} ON {table}")
        cursor.execute("SELECT current_schema()")  # a definer's function must not follow its caller's search path
        schema = connection.ops.quote_name(cursor.fetchone()[0])
        for model in guarded_models():
            for statement in _statements(model, connection.ops.quote_name, schema):
                cursor.execute(statement)


def guarded_models() -> Iterator[type[models.Model]]:
    """Every table whose rows can be restricted, by themselves or with what they hang on."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and history_of(model) is None and is_restrictable(model):
            yield model


def _statements(model: type[models.Model], quote: Any, schema: str) -> Iterator[str]:
    declaration = registry.get(model)
    assert declaration is not None  # restrictable: declared
    meta = model._meta
    table, function, rows = (
        quote(meta.db_table),
        quote(PREFIX + meta.db_table[:40]),
        quote(RestrictedRow._meta.db_table),
    )
    itself = f"(r.model = '{meta.label_lower}' AND r.key = it.{quote(meta.pk.column)}::text)"
    parents = [
        f"(r.model = '{link.parent(model)._meta.label_lower}' "
        f"AND r.key = it.{quote(meta.get_field(link.path).column)}::text)"  # type: ignore[union-attr]  # a key
        for link in declaration.links()
        if isinstance(link, Follow) and "__" not in link.path
    ]
    yield f"""
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, {schema}, pg_temp AS $$
DECLARE it {table}%ROWTYPE;
BEGIN
    IF TG_OP = 'DELETE' THEN it := OLD; ELSE it := NEW; END IF;
    IF EXISTS (SELECT FROM {rows} r WHERE {" OR ".join([itself, *parents])}) THEN
        RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = '{SQLSTATE}', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN it;
END $$"""
    yield f"REVOKE ALL ON FUNCTION {function}() FROM PUBLIC"
    columns = [meta.get_field(name).column for name in declaration.fields]  # type: ignore[union-attr]  # columns
    if columns:
        listed = ", ".join(map(quote, columns))
        old, new = (", ".join(f"{side}.{quote(column)}" for column in columns) for side in ("OLD", "NEW"))
        yield (
            f"CREATE TRIGGER {quote(PREFIX + 'update')} BEFORE UPDATE OF {listed} ON {table} FOR EACH ROW "
            f"WHEN ({SCOPE} AND ROW({old}) IS DISTINCT FROM ROW({new})) EXECUTE FUNCTION {function}()"
        )
    others = "INSERT OR DELETE" if parents else "DELETE"
    yield (
        f"CREATE TRIGGER {quote(PREFIX + 'others')} BEFORE {others} ON {table} FOR EACH ROW "
        f"WHEN ({SCOPE}) EXECUTE FUNCTION {function}()"
    )
