"""No query of the product runs outside a scope, the staff scope is opened in one place, the system's for a reason."""

from __future__ import annotations

import ast
import os
import uuid
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client

from tenancy import current_scope, system_scope
from tenancy.scope import ScopeKind
from tenancy.staff import staff_at_work
from tenancy.testing.routes import routes

from .factories import make_membership, make_user

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "system-scope.md"
OPENS_STAFF_SCOPE = {"tenancy/staff.py": {"staff_at_work"}}
STAFF_AT_WORK = {
    "tenancy/sites.py": "around every view of the stock admin, in `admin_view`",
    "console/sites.py": "around every view of the console's admin, in `admin_view`",
    "console/operations/view_as_middleware.py": "asks which member is looked over, before their tenant is entered",
    "console/operations/exports/orders.py": "a job writes the list that a member of staff ordered, as they may see it",
    "console/operations/bulk/runs.py": "a job goes on with the change that a member of staff asked for",
}
STATEMENTS_OF_TESTS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")


def calls(name):
    """Every use of a function in the product: (path, function it stands in, the node)."""

    def walk(node, inside):
        for child in ast.iter_child_nodes(node):
            own = [child.name] if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) else []
            called = isinstance(child, ast.Call) and name in (
                getattr(child.func, "id", ""),
                getattr(child.func, "attr", ""),
            )
            if called:
                yield ".".join(inside), child
            yield from walk(child, inside + own)

    for room in ("tenancy", "pii", "console"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for inside, node in walk(ast.parse(path.read_text()), []):
                yield str(path.relative_to(ROOT)), inside, node


def named(name):
    """The modules that have the name at all: an alias would hide a call."""
    found = set()
    for room in ("tenancy", "pii", "console"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and name in {one.name for one in node.names}:
                    assert all(one.asname is None for one in node.names if one.name == name), path
                    found.add(str(path.relative_to(ROOT)))
    return found


def test_the_staff_scope_is_opened_in_one_place():
    found = {}
    for path, inside, _ in calls("staff_scope"):
        found.setdefault(path, set()).add(inside)
    assert found == OPENS_STAFF_SCOPE
    assert named("staff_scope") == {*OPENS_STAFF_SCOPE, "tenancy/__init__.py"}


def test_who_asks_for_the_staff_scope_is_written_here():
    assert {path for path, _, _ in calls("staff_at_work")} == set(STAFF_AT_WORK) == named("staff_at_work")


def test_no_scope_is_built_past_the_public_doors():
    """`Scope(…)` is made in its own module; carriers enter one that they kept, or none at all."""
    assert {path for path, _, node in calls("Scope") if node.args or node.keywords} == {"tenancy/scope.py"}
    assert {path for path, _, _ in calls("scope_opened")} == {
        "tenancy/db/postgresql/base.py",
        "tenancy/jobs.py",
        "tenancy/middleware.py",
    }


@pytest.mark.parametrize("loss", ["is_staff", "is_active"])
def test_nobody_but_active_staff_gets_the_staff_scope(db, loss):
    person = make_user(is_staff=True)
    with staff_at_work(person, reason="test") as scope:
        assert (scope.kind, scope.actor_id, scope.content) == (ScopeKind.STAFF, person.pk, frozenset())
    setattr(person, loss, False)
    for nobody in (person, AnonymousUser(), None):
        with pytest.raises(PermissionDenied), staff_at_work(nobody, reason="test"):
            pytest.fail("the scope was opened")
    assert current_scope().kind is ScopeKind.NONE


def test_records_are_asked_for_before_any_is_open(db):
    person, key, seen = make_user(is_staff=True), uuid.uuid4(), []

    def records():
        seen.append(current_scope())
        return frozenset([key])

    with staff_at_work(person, reason="test", records=records) as scope:
        assert current_scope() == scope
        assert scope.content == {key}
    assert [one.content for one in seen] == [frozenset()]


def reason_of(path, node):
    """What a use says of itself, as it stands in the code; a constant of the module by its value."""
    said = {one.arg: one.value for one in node.keywords}["reason"]
    if isinstance(said, ast.Name):
        name = said.id
        for line in ast.parse((ROOT / path).read_text()).body:
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == name:
                said = line.value
    if isinstance(said, ast.Constant):
        return said.value
    return "(its caller says why)" if isinstance(said, ast.Name) else f"`{ast.unparse(said)}`"


def test_every_use_of_the_system_scope_is_listed_with_its_reason():
    lines = [
        "# Where the system scope is opened, and why",
        "",
        "Written by `tests/test_scopes.py` from the code and compared on every run: a new use shows in review.",
        "The reason is what the code says. Commands and jobs walk over tenants; the verbs that a page calls",
        "reach one thing which no tenant's scope may touch (the trail, the queue, a person's request).",
        "",
        "| module | in | reason |",
        "|---|---|---|",
    ]
    for path, inside, node in calls("system_scope"):
        said = reason_of(path, node)
        assert len(said) > 4, f"{path}: say why"
        lines.append(f"| {path} | {inside or 'module'} | {said} |")
    text = "\n".join(lines) + "\n"
    if os.environ.get("WRITE_SCOPES"):
        DOCUMENT.write_text(text)
    assert DOCUMENT.read_text() == text, "run `WRITE_SCOPES=1 pytest tests/test_scopes.py -k listed` and review"


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


def test_the_watch_over_every_test_turns_red(db, no_statement_of_the_product_without_a_scope):
    """Code that stands where requests and jobs begin is seen when it asks outside any scope, and not in one."""
    watch = no_statement_of_the_product_without_a_scope
    for path, word in ((f"{ROOT}/tenancy/jobs.py", "a job"), ("/x/django/core/handlers/base.py", "a request")):
        entry = {"connection": connection}
        source = "def run():\n with connection.cursor() as cursor: cursor.execute('SELECT 1')"
        exec(compile(source, path, "exec"), entry)
        entry["run"]()
        assert len(watch.found) == 1
        assert watch.found.pop().startswith(word)
        with system_scope(reason="test"):
            entry["run"]()
        assert watch.found == []
