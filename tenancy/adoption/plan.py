"""What becomes of each table: classified, with the way to its tenant, and what the rows themselves say of that way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model

from tenancy.db.paths import source_along
from tenancy.db.policies import quote

from .candidates import behind, candidates, foreign_keys, generic_key

KINDS = ("tenant", "shared", "people", "staff", "own", "unclear")
"""tenant: rows of customers. shared: nobody's. people: accounts and sessions. staff: the operators' own.
own: of tenancy and pii, which bring their own migrations. unclear: a person must decide."""

KNOWN = {
    "auth_group": ("shared", "names of roles"),
    "auth_permission": ("shared", "names of permissions"),
    "auth_group_permissions": ("shared", "what roles may do"),
    "django_content_type": ("shared", "names of models"),
    "django_migrations": ("own", "names of migrations"),
    "django_site": ("shared", "names of sites"),
    "django_session": ("people", "sessions of persons"),
    "django_admin_log": ("staff", "what the operators did"),
}
PEOPLE_PREFIXES = ("account_", "socialaccount_", "mfa_", "usersessions_", "otp_", "authtoken_", "axes_")


@dataclass
class Entry:
    """One table in the plan. Counts are None where the rows were not looked at."""

    label: str
    table: str
    kind: str
    why: str
    third_party: bool = False
    path: str = ""
    own: str = ""
    agree: list[str] = field(default_factory=list)
    candidates: list[str] = field(default_factory=list)
    rows: int | None = None
    missing: int | None = None
    disagree: dict[str, int] = field(default_factory=dict)


def make_plan(root: Any, name_field: str, connection: Any, *, look: bool = True) -> list[Entry]:
    """An entry per table: parents before children, then the others by name."""
    models = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    entries = {model: _classify(model, root, name_field) for model in models}
    tenants = {model for model, entry in entries.items() if entry.kind == "tenant"}
    for model in tenants:
        _shorten(model, entries, root)
    _decide_generic(entries)
    _follow_generic(entries)
    if look:
        for model, entry in entries.items():
            if entry.kind == "tenant":
                _look_at_rows(model, entry, root, connection, entries)
    known = {entry.table for entry in entries.values()}
    with connection.cursor() as cursor:
        loose = sorted(set(connection.introspection.table_names(cursor)) - known)
    others = [
        Entry("", table, *KNOWN.get(table, ("unclear", "a table without a model")), third_party=True) for table in loose
    ]
    ordered = in_order({model: entry for model, entry in entries.items() if entry.kind == "tenant"})
    rest = sorted(
        (entry for entry in entries.values() if entry.kind != "tenant"), key=lambda one: (one.third_party, one.table)
    )
    return [*ordered, *rest, *others]


def is_third_party(model: Any) -> bool:
    """Whether the model's app lies outside the project's folder, or in its virtual environment."""
    path = Path(model._meta.app_config.path).resolve()
    base = Path(getattr(settings, "BASE_DIR", Path.cwd())).resolve()
    return not path.is_relative_to(base) or "site-packages" in path.parts


def _classify(model: Any, root: Any, name_field: str) -> Entry:
    meta = model._meta
    entry = Entry(meta.label, meta.db_table, "unclear", "")
    people = get_user_model()
    entry.third_party = is_third_party(model)
    if meta.app_label in ("tenancy", "pii"):
        entry.kind, entry.why = "own", "brings its own migrations"
    elif model is root:
        entry.kind, entry.own, entry.why = "tenant", name_field, "its rows are the customers"
    elif model is people or (meta.auto_created and meta.auto_created is people):
        entry.kind, entry.why = "people", "accounts belong to persons, and memberships tie them to tenants"
    elif not meta.managed:
        entry.why = "unmanaged: a view, or a table that others migrate; whoever reads it may see all tenants"
    elif meta.db_table in KNOWN:
        entry.kind, entry.why = KNOWN[meta.db_table]
    elif entry.third_party:
        if meta.db_table.startswith(PEOPLE_PREFIXES):
            entry.kind, entry.why = "people", "third party, of accounts"
        else:
            entry.why = "third party: does it hold rows of customers?"
    elif found := candidates(model, root):
        entry.kind, entry.candidates = "tenant", [one.path for one in found]
        entry.why = "reaches the customers" + (" through people only" if found[0].through_people else "")
    elif generic_key(model) is None and not any(True for _ in foreign_keys(model)):
        entry.kind, entry.why = "shared", "points at nothing of anybody"
    else:
        entry.why = "no path to the customers"
    if (key := generic_key(model)) is not None and not entry.third_party and entry.kind in ("tenant", "unclear"):
        entry.candidates.insert(0, f"{key.ct_field}/{key.fk_field}")
    return entry


def _shorten(model: Any, entries: dict[Any, Entry], root: Any) -> None:
    """Paths end at the nearest model that will have a tenant itself: one join instead of four."""
    entry = entries[model]
    short: list[str] = []
    for candidate in entry.candidates:
        steps, current, used = candidate.split("__"), model, []
        if "/" in candidate:
            short.append(candidate)
            continue
        for step in steps:
            used.append(step)
            current = current._meta.get_field(step).related_model._meta.concrete_model
            if entries[current].kind == "tenant":
                break
        path = "__".join(used)
        if path not in short:
            short.append(path)
    entry.candidates = short
    # A generic key says best what a row is about, but only foreign keys are certain: it leads where nothing else does.
    direct = [path for path in short if "/" not in path]
    through_people = [one.through_people for one in candidates(model, root)]
    if short and "/" in short[0] and (not direct or all(through_people)):
        entry.path = short[0]
    elif direct:
        entry.path = direct[0]


def _decide_generic(entries: dict[Any, Entry]) -> None:
    for entry in entries.values():
        if entry.kind == "unclear" and not entry.third_party and entry.candidates:
            entry.kind, entry.path = "tenant", entry.candidates[0]
            entry.why = "reaches the customers through a generic key"


def _follow_generic(entries: dict[Any, Entry]) -> None:
    """Whoever points at a table that reaches the customers by a generic key reaches them too."""
    while True:
        found = False
        for model, entry in entries.items():
            if entry.kind != "unclear" or entry.third_party or not model._meta.managed:
                continue
            keys = [key for key in foreign_keys(model) if _of(key, entries).kind == "tenant"]
            if keys:
                entry.kind, found = "tenant", True
                entry.candidates = [key.name for key in sorted(keys, key=lambda key: key.null)]
                entry.path, entry.why = entry.candidates[0], "reaches the customers through a generic key"
        if not found:
            return


def _of(key: Any, entries: dict[Any, Entry]) -> Entry:
    return entries[key.related_model._meta.concrete_model]


def end_of(model: Any, path: str) -> Any:
    """The model at the end of a path of foreign keys; None for a generic key, or a path that fails or leads back."""
    current = model
    for name in path.split("__") if path and "/" not in path else ():
        if name not in {field.name for field in current._meta.get_fields()}:
            return None
        current = current._meta.get_field(name).related_model._meta.concrete_model
    return None if current is model else current


def _look_at_rows(model: Any, entry: Entry, root: Any, connection: Any, entries: dict[Any, Entry]) -> None:
    if not _table_exists(connection, entry.table):
        return
    table = quote(entry.table)
    full = [one.path for one in candidates(model, root)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}", [])
        entry.rows = cursor.fetchone()[0]
        end = entries.get(end_of(model, entry.path))
        if entry.own or (end is not None and "/" in end.path) or not (full or "/" in entry.path):
            return  # its own tenants, or what a generic key on the way says row by row
        if "/" in entry.path:
            full.insert(0, entry.path)
        ways = {path: _way(model, path, root, connection) for path in full}
        chosen = next((path for path in full if path == entry.path or path.startswith(f"{entry.path}__")), full[0])
        cursor.execute(f"SELECT count(*) FROM {table} t WHERE {ways[chosen]} IS NULL", [])
        entry.missing = cursor.fetchone()[0]
        for path, way in ways.items():
            if path != chosen:
                cursor.execute(
                    f"SELECT count(*) FROM {table} t WHERE {way} IS NOT NULL AND {way} <> {ways[chosen]}",
                    [],
                )
                if count := cursor.fetchone()[0]:
                    entry.disagree[path] = count


def _way(model: Any, path: str, root: Any, connection: Any) -> str:
    targets = {}
    if "/" in path:
        for other in apps.get_models():
            if other._meta.proxy or not (other._meta.managed and _table_exists(connection, other._meta.db_table)):
                continue
            found = candidates(other, root)
            if other is root or (found and not found[0].through_people and not is_third_party(other)):
                targets[other] = found[0].path if found else ""
        targets.pop(root, None)
    return source_along(model, path, connection, end=root, targets=targets).sql("t")


def _table_exists(connection: Any, table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [quote(table)])
        return bool(cursor.fetchone()[0])


def in_order(entries: dict[Any, Entry]) -> list[Entry]:
    """Parents before children, so that each table finds its parents filled. Raises ValueError for a circle."""
    ends = {model: end_of(model, entry.path) for model, entry in entries.items()}
    generic = {model for model, entry in entries.items() if "/" in entry.path}
    certain = set(entries) - generic - behind(ends, generic)
    waits = {model: certain if model in generic else {ends[model]} & set(entries) for model in entries}
    ordered: list[Any] = []
    while waits:
        ready = sorted((one for one, needs in waits.items() if not needs - set(ordered)), key=lambda m: m._meta.label)
        if not ready:
            raise ValueError(f"These models wait for each other: {', '.join(sorted(m._meta.label for m in waits))}.")
        ordered += ready
        for one in ready:
            del waits[one]
    return [entries[model] for model in ordered]
