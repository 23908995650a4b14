"""No query of a page runs outside a scope that fits it, and the staff scope is opened where it is written here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from tenancy import current_scope
from tenancy.scope import ScopeKind
from tenancy.testing.routes import routes

from .factories import make_membership, make_user

ROOT = Path(__file__).resolve().parents[1]
OPENS_STAFF_SCOPE = {
    "tenancy/sites.py": "around every view of the stock admin, in `admin_view`",
    "console/sites.py": "around every view of the console's admin, in `admin_view`",
    "console/operations/sessions.py": "asks which tenants are open, before that scope can name them",
    "console/operations/view_as_middleware.py": "asks which member is looked over, before their tenant is entered",
    "console/operations/exports/orders.py": "a job writes the list that a member of staff ordered, as they may see it",
    "console/operations/bulk/runs.py": "a job goes on with the change that a member of staff asked for",
}
STATEMENTS_OF_TESTS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")


def test_the_staff_scope_is_opened_where_it_is_written_here():
    found = set()
    for room in ("tenancy", "pii", "console"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "staff_scope":
                    found.add(str(path.relative_to(ROOT)))
    assert found == set(OPENS_STAFF_SCOPE)


@pytest.mark.parametrize("who", ["member", "staff", "nobody"])
def test_no_query_of_a_page_runs_without_a_scope(tenant_a, settings, who):
    settings.STAFF_SECOND_FACTOR = False
    client, prefix = Client(), ""
    if who == "member":
        client.force_login(make_membership(tenant_a, role="owner").user)
        prefix = f"/t/{tenant_a.slug}"
    elif who == "staff":
        client.force_login(make_user(is_staff=True, is_superuser=True))
    seen: set[str] = set()

    def look(execute, sql, params, many, context):
        if current_scope().kind is ScopeKind.NONE and not sql.startswith(STATEMENTS_OF_TESTS):
            seen.add(sql[:200])
        return execute(sql, params, many, context)

    walked = 0
    with connection.execute_wrapper(look):
        for route in routes():
            if route.converters or "logout" in route.name:
                continue
            if (who == "staff") == route.name.startswith("admin:"):
                assert client.get(prefix + route.fill([])).status_code < 500, route.name
                walked += 1
    assert walked > 30
    assert not seen, "\n".join(sorted(seen))
