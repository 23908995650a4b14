"""What the project's migrations declare of each table, read from the migrations themselves."""

from __future__ import annotations

from typing import Any

from django.db.migrations.loader import MigrationLoader

from .operations import TableOperation
from .policies import TablePolicy


def declared_tables(connection: Any) -> dict[str, TablePolicy]:
    """The policy of each table, by table name, as the applied migrations declare it; the last declaration wins."""
    loader = MigrationLoader(connection, ignore_no_migrations=True)
    applied = loader.applied_migrations or {}
    found: list[tuple[str, TableOperation]] = []
    for node in _in_order(loader):
        if node not in applied:
            continue
        for operation in loader.graph.nodes[node].operations:
            if isinstance(operation, TableOperation):
                found.append((node[0], operation))
    apps = loader.project_state(list(loader.graph.leaf_nodes())).apps
    policies: dict[str, TablePolicy] = {}
    for app_label, operation in found:
        try:
            policy = operation.policy(app_label, apps)
        except LookupError:  # a model that a later migration removed
            continue
        policies[policy.table] = policy
    return policies


def existing_tables(connection: Any) -> list[str]:
    """Every table outside PostgreSQL's own schemas; those outside ``public`` carry their schema's name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END "
            "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema' "
            "ORDER BY 1",
            [],
        )
        return [name for (name,) in cursor.fetchall()]


def _in_order(loader: MigrationLoader) -> list[tuple[str, str]]:
    order: list[tuple[str, str]] = []
    seen: set[tuple[str, str]] = set()
    for leaf in loader.graph.leaf_nodes():
        for node in loader.graph.forwards_plan(leaf):
            if node not in seen:
                seen.add(node)
                order.append(node)
    return order
