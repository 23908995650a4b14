"""Erasure reaches what is declared: a right for every column, an index for every way to a person's rows."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from pii.links import ByLabel, ByObject, ByUser, ByValue, Follow
from pii.registry import history_model, history_of, registry
from tenancy import system_scope
from tenancy.conf import role_name

pytestmark = pytest.mark.django_db


def asked(sql, *params):
    with system_scope(reason="test"), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_declared_column_may_be_erased_by_somebody():
    """Without this right an erasure fails half way, on the first row that happens to name the person."""
    shut = []
    for model in apps.get_models(include_auto_created=True):
        declaration = registry.get(model)
        if declaration is None or not model._meta.managed:
            continue
        apart = history_of(model) is not None or declaration.append_only
        role = role_name("erase" if apart else "wide")
        names = {name for name, field in declaration.fields.items() if not field.erase.keeps} | set(declaration.actors)
        for field in model._meta.local_concrete_fields:
            if field.name not in names:
                continue
            asking = "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')"
            if not asked(asking, role, f'"{model._meta.db_table}"', field.column)[0][0]:
                shut.append(f"{model._meta.label}.{field.name} by {role}")
    assert shut == []


def leads():
    """(table, columns) of every index that is whole, or leaves out empty text alone."""
    found = asked(
        "SELECT c.relname, array_agg(a.attname::text ORDER BY k.n) FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indrelid "
        "CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, n) "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum "
        "WHERE (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) LIKE %s) "
        "AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname, i.indexrelid",
        "%''::text%",
    )
    return [(table, tuple(columns)) for table, columns in found]


def ways(model, declaration, *, live):
    """The columns by which rows of a model are looked for when a person is."""
    present = {field.name for field in model._meta.concrete_fields}
    for link in declaration.links():
        if isinstance(link, ByValue):
            yield from ((name,) for name in link.columns if name in present)
        elif isinstance(link, Follow):
            yield ("tenant", link.path) if live and "tenant" in present else (link.path,)
        elif isinstance(link, ByUser) and "__" not in link.path:
            yield (link.path,)
        elif isinstance(link, ByObject):
            yield (link.content_type, link.object_id)
        elif isinstance(link, ByLabel):
            yield (link.label, link.object_id)
    acting = [*declaration.actors, *declaration.actor_texts.values()]
    if not live:
        acting += registry.history_actor_texts.values()
    yield from ((name,) for name in acting if name in present)


def test_no_way_to_a_persons_rows_reads_a_whole_table():
    known = leads()
    slow = []
    for model, declaration in registry.items():
        for source in filter(None, (model, history_model(model))):
            for names in ways(source, declaration, live=source is model):
                columns = {source._meta.get_field(name).column for name in names}
                last = source._meta.get_field(names[-1]).column  # the one that tells people apart
                own = [start for table, start in known if table == source._meta.db_table]
                if not any({*start[: len(columns)]} == columns or start[0] == last for start in own):
                    slow.append(f"{source._meta.db_table}: {', '.join(columns)}")
    assert slow == []
