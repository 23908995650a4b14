"""What the code puts in the way of a tenant, found in the syntax tree: raw SQL, caches, signals, commands."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings

from .obstacles import Obstacle
from .plan import is_third_party

RAW = {
    "raw": "raw SQL is scoped by no manager",
    "extra": "extra() may reach past the tenant",
    "execute": "SQL by hand sees all tenants until wall 2 stands",
    "executemany": "SQL by hand sees all tenants until wall 2 stands",
    "RawSQL": "raw SQL is scoped by no manager",
}
CACHE = {"get_or_set", "set", "get", "add", "set_many", "get_many"}
REMEDY_RAW = "WHERE tenant_id = %s with tenancy.require_tenant_id(), or the ORM; wall 2 holds it in any case"


def in_sources() -> Iterator[Obstacle]:
    """Obstacles in the Python files of the project's own apps; migrations and tests are left out."""
    for path in source_files():
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        except (SyntaxError, UnicodeDecodeError):
            continue
        yield from _in_file(tree, short(path), "commands" in path.parts)


def source_files() -> Iterator[Path]:
    """The Python files of the project's own apps."""
    seen: set[Path] = set()
    for config in apps.get_app_configs():
        model = next(iter(config.get_models()), None)
        own = not is_third_party(model) if model is not None else _is_own(Path(config.path))
        for path in sorted(Path(config.path).rglob("*.py")) if own and config.label not in ("tenancy", "pii") else ():
            if path not in seen and not {"migrations", "tests"} & set(path.relative_to(config.path).parts):
                seen.add(path)
                yield path


def short(path: Path) -> str:
    """The path from the project's folder."""
    base = Path(getattr(settings, "BASE_DIR", Path.cwd())).resolve()
    return str(path.resolve().relative_to(base)) if path.resolve().is_relative_to(base) else str(path)


def _is_own(path: Path) -> bool:
    base = Path(getattr(settings, "BASE_DIR", Path.cwd())).resolve()
    return path.resolve().is_relative_to(base) and "site-packages" not in path.parts


def _in_file(tree: ast.Module, path: str, is_command: bool) -> Iterator[Obstacle]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node, f"{path}:{node.lineno}")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _decorated(node, path)
    for statement in _at_import(tree):
        if _touches_objects(statement):
            yield Obstacle(
                "queryset",
                f"{path}:{statement.lineno}",
                "a queryset made at import may be evaluated there, and then holds one tenant's rows for all",
                "make it in a function, or call .all() on it where it is used",
            )
    if is_command and (line := next((getattr(node, "lineno", 0) for node in ast.walk(tree) if _is_objects(node)), 0)):
        yield Obstacle(
            "command",
            f"{path}:{line}",
            "a command has no tenant",
            "with tenant_scope(tenant) per tenant, or system_scope(reason=…)",
        )


def _call(node: ast.Call, place: str) -> Iterator[Obstacle]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    owner_name = getattr(owner, "id", getattr(owner, "attr", ""))
    if name in RAW and not (name in ("execute", "executemany") and not node.args):
        yield Obstacle("raw SQL", place, RAW[name], REMEDY_RAW)
    elif name in CACHE and "cache" in owner_name.lower():
        yield Obstacle(
            "cache",
            place,
            "one key for all tenants hands one tenant's values to the next",
            'KEY_FUNCTION = "tenancy.cache.tenant_key" in CACHES, or the tenant in the key',
        )
    elif name == "connect" and owner_name.startswith(("pre_", "post_", "m2m_")):
        yield _signal(place)


def _decorated(node: ast.FunctionDef | ast.AsyncFunctionDef, path: str) -> Iterator[Obstacle]:
    for decorator in node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
        if name == "receiver":
            yield _signal(f"{path}:{node.lineno}")
        elif name in ("lru_cache", "cache", "cached_property") and any(_is_objects(one) for one in ast.walk(node)):
            yield Obstacle(
                "cache",
                f"{path}:{node.lineno}",
                f"@{name} keeps one tenant's rows for all",
                "cache by tenant, or not at all",
            )


def _signal(place: str) -> Obstacle:
    return Obstacle(
        "signal",
        place,
        "a receiver runs in the scope of whoever sends",
        "its queries are right in a tenant's scope; commands that send must open one",
    )


def _at_import(tree: ast.Module) -> Iterator[ast.stmt]:
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            yield from (one for one in statement.body if isinstance(one, ast.Assign | ast.AnnAssign))
        elif isinstance(statement, ast.Assign | ast.AnnAssign):
            yield statement


def _touches_objects(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Attribute) and _is_objects(node.value)
        for node in ast.walk(statement)
        if not isinstance(node, ast.Lambda)
    )


def _is_objects(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "objects"
