"""The arrows between the rooms never turn, and nobody goes round the doors."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PRODUCT = ("tenancy", "pii", "console")
PROJECT_PACKAGES = {"unfold", "allauth", "import_export", "procrastinate", "csp"}
FORBIDDEN = {
    "tenancy": {"pii", "console", "tests", "simple_history", *PROJECT_PACKAGES},
    "pii": {"console", "tests", *PROJECT_PACKAGES},
    "console": {"tests", "bench"},
}
ADMIN_FILES = {"admin.py", "sites.py", "urls.py"}
ADMIN_LEAVES = {"console/apps.py": "names the site that `admin.site` is"}
# Where the driver is spoken to directly, and why.
DRIVER = {
    "tenancy/db/postgresql/connection.py": "the driver's connection and cursors are what this file makes",
    "tenancy/db/postgresql/base.py": "composes them",
    "pii/scan/read.py": "takes the lines of one COPY from libpq, in a transaction whose role and scope a cursor set",
}


def sources(room):
    return [path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts]


def imports(path):
    """Top-level names that a file imports, and the full dotted paths."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


@pytest.mark.parametrize("room", PRODUCT)
def test_arrows_do_not_turn(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in imports(path)
        if name.split(".")[0] in FORBIDDEN[room]
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rooms_import_something_at_all():
    assert any(name.startswith("tenancy") for path in sources("console") for name in imports(path))
    assert all(len(sources(room)) > 10 for room in PRODUCT)


@pytest.mark.parametrize("room", PRODUCT)
def test_only_leaves_import_the_admin(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in imports(path)
        if name.startswith("django.contrib.admin")
        and not is_admin_leaf(path)
        and name not in ("django.contrib.admin.models", "django.contrib.admin.models.LogEntry")
    ]
    assert not wrong, "\n".join(wrong)


def is_admin_leaf(path):
    name = str(path.relative_to(ROOT))
    if name in ADMIN_LEAVES or name.startswith("console/operations/"):  # the operators' pages are the admin
        return True
    return path.name in ADMIN_FILES or path.stem.startswith(("admin", "sites")) or "admin" in path.parts


def test_importing_tenancy_loads_no_models():
    names = set(imports(ROOT / "tenancy/__init__.py"))
    assert not any("models" in name for name in names)


@pytest.mark.parametrize("room", PRODUCT)
def test_nobody_takes_the_raw_driver(room):
    """A raw psycopg connection or cursor carries no scope."""
    wrong = []
    for path in sources(room):
        name = str(path.relative_to(ROOT))
        if name in DRIVER:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            under_django = isinstance(node, ast.Attribute) and ast.unparse(node) == "connection.connection"
            if under_django or called in ("psycopg.connect", "Connection.connect"):
                wrong.append(f"{name}:{node.lineno}")
    # Before there is a database or a role to scope: starting the server, making the roles, preparing a database.
    allowed = ("console/embedded/", "tenancy/management/commands/tenancy_roles.py", "console/database.py")
    assert not [place for place in wrong if not place.startswith(allowed)]


def test_users_are_reached_through_the_setting():
    wrong = [
        f"{path.relative_to(ROOT)}"
        for room in ("tenancy", "pii")
        for path in sources(room)
        if any(name.startswith(("django.contrib.auth.models.User", "console.accounts")) for name in imports(path))
    ]
    assert not wrong
