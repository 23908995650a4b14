"""Writes the migrations of an adoption: five stages per app, each safe beside running writers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.writer import MigrationWriter

from tenancy.db.adoption import AddTenant, BackfillTenant, RequireTenant, StopFilling
from tenancy.db.constraints import TenantForeignKeys, ValidateTenantForeignKeys
from tenancy.db.operations import IsolateTable, ProtectPeopleTable, ProtectStaffTable, ShareTable

from .autodetect import Changes, in_parents_order
from .candidates import behind
from .plan import Entry, end_of
from .planfile import Plan

STAGES = {
    "add_tenant": "Add a nullable tenant, and triggers that fill it in new rows.",
    "fill_tenant": "Fill the tenant of the rows that were there before.",
    "require_tenant": "Make the tenant NOT NULL and uniques start with it.",
    "key_tenant": "Tie rows to rows of their own tenant.",
    "isolate_tenant": "Say of each table who may reach it; acts once the database backend is tenancy.db.postgresql.",
}
IN_ORDER = ("add_tenant", "fill_tenant")  # parents before children, over all apps


class Stages:
    """The operations of each stage and app, and on which other apps they wait."""

    def __init__(self, plan: Plan, changes: Changes) -> None:
        self.plan = plan
        self.changes = changes
        self.names = {app: names for app, names in changes.tenants.items() if names}
        self.parents: dict[str, tuple[str, ...]] = {}
        for app, names in self.names.items():
            for name in names:
                self.parents[f"{app}.{name}".lower()] = self._parents(apps.get_model(app, name))
        self.order = list(in_parents_order(self.names, self.parents))
        self.rounds = self._rounds()

    def entry(self, app: str, name: str) -> Entry:
        """The plan's entry of a model. Raises ValueError where the plan gives it no tenant."""
        entry = self.plan.of(apps.get_model(app, name))
        if entry is None or entry.kind != "tenant":
            raise ValueError(f"{app}.{name} is to have a tenant, and the plan does not say whence: add it there.")
        return entry

    def rounds_of(self, stage: str) -> range:
        """How often the apps take turns in a stage: once, unless they wait for each other."""
        return range(max(self.rounds.values(), default=0) + 1 if stage in IN_ORDER else 1)

    def operations(self, stage: str, turn: int = 0) -> dict[str, list[Operation]]:
        """By app, in order."""
        found: dict[str, list[Operation]] = {}
        if stage == "add_tenant" and turn == 0:
            for app, before in self.changes.before.items():
                found.setdefault(app, []).extend(before)
        for app, name in self.order:
            if stage in IN_ORDER and self.rounds[f"{app}.{name}".lower()] != turn:
                continue
            entry = self.entry(app, name)
            way: dict[str, Any] = {"own": entry.own} if entry.own else {"path": entry.path}
            agree: dict[str, Any] = {"agree": entry.agree} if entry.agree else {}
            model = name.lower()
            of_stage: dict[str, list[Operation]] = {
                "add_tenant": [AddTenant(model, **way)],
                "fill_tenant": [BackfillTenant(model, **way, **agree)],
                "require_tenant": [RequireTenant(model, **way)],
                "key_tenant": [TenantForeignKeys(model, validate=False)],
                "isolate_tenant": [IsolateTable(model)],
            }
            found.setdefault(app, []).extend(of_stage[stage])
        if stage == "require_tenant":
            for app, after in self.changes.after.items():
                found.setdefault(app, []).extend(after)
        elif stage == "key_tenant":
            for app, name in self.order:
                found[app].append(ValidateTenantForeignKeys(name.lower()))
        elif stage == "isolate_tenant":
            self._others(found)
        return {app: operations for app, operations in found.items() if operations}

    def waits_for(self, stage: str, app: str) -> set[str]:
        """Other apps whose migration of the same stage comes first."""
        return self._apps_before(app) if stage in IN_ORDER and not any(self.rounds.values()) else set()

    def _apps_before(self, app: str) -> set[str]:
        names = [f"{app}.{name}".lower() for name in self.names.get(app, ())]
        parents = {parent.split(".")[0] for name in names for parent in self.parents[name]}
        return (parents & set(self.names)) - {app}

    def _rounds(self) -> dict[str, int]:
        """By label, in which turn of its app a model comes: later than every parent in another app.

        All in the first, where one migration per app does: where no two apps wait for each other.
        """
        turns: dict[str, int] = {}
        for app, name in self.order:
            label = f"{app}.{name}".lower()
            before = [
                (parent.split(".")[0] != app) + turns[parent] for parent in self.parents[label] if parent in turns
            ]
            turns[label] = max(before, default=0)
        waiting = {app: self._apps_before(app) for app in self.names}
        while ready := [app for app, needs in waiting.items() if not needs & set(waiting)]:
            for app in ready:
                del waiting[app]
        return turns if waiting else dict.fromkeys(turns, 0)

    def _parents(self, model: Any) -> tuple[str, ...]:
        entry = self.entry(model._meta.app_label, model._meta.object_name)
        if entry.own:
            return ()
        if "/" in entry.path:
            return tuple(sorted(self._certain()))
        end = end_of(model, entry.path)
        if end is None:
            raise ValueError(f"{model._meta.label}: the path {entry.path!r} of the plan leads to no other model.")
        return (end._meta.label_lower,)

    def _certain(self) -> set[str]:
        """The models that do not wait for a generic key, at which one may point."""
        given = {model: self.plan.of(model) for model in apps.get_models() if not model._meta.proxy}
        paths = {model: entry.path for model, entry in given.items() if entry is not None and entry.kind == "tenant"}
        ends: dict[Any, Any] = {model: end_of(model, path) for model, path in paths.items()}
        generic: set[Any] = {model for model, path in paths.items() if "/" in path}
        return {model._meta.label_lower for model in set(paths) - generic - behind(ends, generic)}

    def _others(self, found: dict[str, list[Operation]]) -> None:
        people = get_user_model()
        home = people._meta.app_label if not _is_installed_package(people) else next(iter(self.names))
        by_table = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
        for entry in self.plan.entries.values():
            model = by_table.get(entry.table)
            own = model is not None and not entry.third_party
            app = model._meta.app_label if own and model is not None else home
            named: dict[str, Any] = {"table": entry.table}
            if own and model is not None and not model._meta.auto_created:
                named = {"model_name": model._meta.model_name or ""}
            if entry.kind == "shared":
                found.setdefault(app, []).append(ShareTable(**named, reason=entry.why))
            elif entry.kind == "staff":
                found.setdefault(app, []).append(ProtectStaffTable(**named))
            elif entry.kind == "people" and model is people:
                columns = [one.column for one in people._meta.concrete_fields if one.name != "password"]
                key: Any = people._meta.pk.column
                found.setdefault(app, []).append(
                    ProtectPeopleTable(**named, membership_column=key, tenant_columns=columns)
                )
            elif entry.kind == "people":
                found.setdefault(app, []).append(ProtectPeopleTable(**named))


def write_migrations(plan: Plan, changes: Changes, loader: MigrationLoader) -> list[tuple[Path, str]]:
    """The files to write, with their text. Raises ValueError where the plan and the models do not fit."""
    stages = Stages(plan, changes)
    leaves = dict(loader.graph.leaf_nodes())
    own_apps = {model._meta.app_label for model in apps.get_models()}
    last: dict[str, str] = {app: leaves[app] for app in own_apps if app in leaves}
    files: list[tuple[Path, str]] = []
    made: dict[str, dict[str, str]] = {}
    for stage, sentence in STAGES.items():
        before = {"require_tenant": "fill_tenant", "key_tenant": "require_tenant", "isolate_tenant": "key_tenant"}
        for turn in stages.rounds_of(stage):
            operations = stages.operations(stage, turn)
            tail = f"_{turn + 1}" if turn else ""
            names = {app: f"{_number(last.get(app, '')):04d}_{stage}{tail}" for app in operations}
            for app, listed in operations.items():
                needs = {("tenancy", leaves["tenancy"])} | set(made.get(before.get(stage, ""), {}).items())
                needs |= {(other, names[other]) for other in stages.waits_for(stage, app)}
                needs |= set(made.get(stage, {}).items())  # the turns before
                if stage == "isolate_tenant":
                    needs |= {(one, leaf) for one, leaf in leaves.items() if _third_party_tables(plan, one)}
                if app in last:
                    needs.add((app, last[app]))
                migration = _migration(names[app], app, listed, sorted(needs))
                writer = MigrationWriter(migration, include_header=False)
                files.append((Path(writer.path), _text(writer.as_string(), sentence)))
            made.setdefault(stage, {}).update(names)
            last.update(names)
    return files


def write_stop_filling(plan: Plan, loader: MigrationLoader) -> list[tuple[Path, str]]:
    """The files that take the triggers away again, once no code writes rows without a tenant."""
    leaves = dict(loader.graph.leaf_nodes())
    by_app: dict[str, list[Operation]] = {}
    for model in apps.get_models():
        entry = plan.of(model)
        if entry is not None and entry.kind == "tenant":
            way: dict[str, Any] = {"own": entry.own} if entry.own else {"path": entry.path}
            by_app.setdefault(model._meta.app_label, []).append(StopFilling(model._meta.model_name or "", **way))
    files = []
    for app, operations in by_app.items():
        name = f"{_number(leaves[app]):04d}_stop_filling_tenant"
        writer = MigrationWriter(_migration(name, app, operations, [(app, leaves[app])]), include_header=False)
        files.append(
            (Path(writer.path), _text(writer.as_string(), "No code is left that writes rows without a tenant."))
        )
    return files


def _migration(name: str, app: str, operations: list[Operation], needs: Iterable[tuple[str, str]]) -> Any:
    kind = type("Migration", (migrations.Migration,), {"operations": operations, "dependencies": list(needs)})
    return kind(name, app)


def _text(source: str, sentence: str) -> str:
    # Django's writer leaves `atomic` out; inside one transaction every lock would be held to its end.
    head, _, body = source.strip().partition("class Migration(migrations.Migration):\n")
    return f'"""{sentence}"""\n\n{head}class Migration(migrations.Migration):\n    atomic = False\n{body}\n'


def _number(last: str | None) -> int:
    digits = (last or "").split("_")[0]
    return (int(digits) if digits.isdigit() else 0) + 1


def _third_party_tables(plan: Plan, app: str) -> bool:
    return any(one.third_party and one.label.partition(".")[0] == app for one in plan.entries.values())


def _is_installed_package(model: Any) -> bool:
    from .plan import is_third_party

    return is_third_party(model)
