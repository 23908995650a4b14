"""What the edited models ask of the database, sorted into the stages in which a full table can take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from tenancy.db.concurrently import AddUniqueConcurrently, Briefly


@dataclass
class Changes:
    """By app: models that get a tenant, operations on the state before, and on the database once rows are filled."""

    tenants: dict[str, list[str]] = field(default_factory=dict)  # app label: model names
    before: dict[str, list[Operation]] = field(default_factory=dict)
    after: dict[str, list[Operation]] = field(default_factory=dict)
    foreign: list[str] = field(default_factory=list)  # what has nothing to do with tenants


def detect(loader: MigrationLoader) -> Changes:
    """Compare models and migrations as `makemigrations` does, and sort what it finds."""
    before = loader.project_state()
    detector = MigrationAutodetector(before, ProjectState.from_apps(apps), MigrationQuestioner())
    found = Changes()
    automatic = _automatic_tables(before)
    for label, made in detector.changes(graph=loader.graph).items():
        operations = [operation for migration in made for operation in migration.operations]
        for operation in _merged(operations):
            _sort(found, label, operation, automatic)
    return found


def _merged(operations: list[Any]) -> list[Any]:
    """Fields that the detector adds to a model which it creates in the same breath, put into its creation."""
    created = {one.name.lower(): one for one in operations if isinstance(one, migrations.CreateModel)}
    rest = []
    for operation in operations:
        model = created.get(operation.model_name.lower()) if isinstance(operation, migrations.AddField) else None
        if model is not None:
            model.fields.append((operation.name, operation.field))
        else:
            rest.append(operation)
    return rest


def _sort(found: Changes, label: str, operation: Any, automatic: dict[str, tuple[str, str]]) -> None:
    tenants = found.tenants.setdefault(label, [])
    before, after = found.before.setdefault(label, []), found.after.setdefault(label, [])
    if isinstance(operation, migrations.AddField) and _is_tenant(operation.name, operation.field):
        tenants.append(operation.model_name)
    elif isinstance(operation, migrations.CreateModel) and operation.options.get("db_table") in automatic:
        before.append(_state_only(_through(operation, automatic, after)))
        tenants.append(operation.name)
    elif isinstance(operation, migrations.AlterField) and isinstance(operation.field, models.ManyToManyField):
        before.append(_state_only(operation))
    elif isinstance(added := getattr(operation, "constraint", None), models.UniqueConstraint):
        after.insert(0, AddUniqueConcurrently(operation.model_name, added))
    elif isinstance(operation, migrations.AddIndex):
        after.insert(0, AddIndexConcurrently(operation.model_name, operation.index))
    elif isinstance(operation, migrations.RemoveIndex):
        after.append(RemoveIndexConcurrently(operation.model_name, operation.name))
    elif isinstance(operation, migrations.AlterField | migrations.RemoveConstraint | migrations.AlterUniqueTogether):
        after.append(Briefly(operation))
    elif isinstance(operation, migrations.AlterModelOptions | migrations.AlterModelManagers):
        after.append(operation)
    else:
        found.foreign.append(f"{label}: {operation.describe()}")


def _is_tenant(name: str, added: Any) -> bool:
    return name == "tenant" and isinstance(added, models.ForeignKey) and _target(added) == "tenancy.tenant"


def _target(key: Any) -> str:
    target = key.remote_field.model
    return (target if isinstance(target, str) else target._meta.label).lower()


def _automatic_tables(state: ProjectState) -> dict[str, tuple[str, str]]:
    """Tables of automatic many-to-many relations before the edit, with the names of their two keys."""
    found: dict[str, tuple[str, str]] = {}
    for model in state.apps.get_models(include_auto_created=True):
        if model._meta.auto_created:
            keys = [one.name for one in model._meta.local_fields if one.is_relation]
            found[model._meta.db_table] = (keys[0], keys[1])
    return found


def _through(operation: Any, automatic: dict[str, tuple[str, str]], after: list[Operation]) -> Operation:
    """The model of a table that exists: as the table is now, what it shall become comes after the rows are filled."""
    options = dict(operation.options)
    present, wanted = {automatic[options["db_table"]]}, set(options.get("unique_together") or ())
    after.extend(AddUniqueConcurrently(operation.name, one) for one in options.pop("constraints", []))
    options["unique_together"] = present
    if wanted != present:
        after.append(Briefly(migrations.AlterUniqueTogether(operation.name, wanted)))
    fields = [(name, one) for name, one in operation.fields if name != "tenant"]
    return migrations.CreateModel(operation.name, fields, options, operation.bases)


def _state_only(operation: Operation) -> Operation:
    return migrations.SeparateDatabaseAndState(state_operations=[operation])


def in_parents_order(names: dict[str, list[str]], parents: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    """(app, model) pairs, parents first. `parents`: for each label, the labels that its tenant may come from."""
    waiting = [(app, name) for app, models_ in names.items() for name in models_]
    labels = {f"{app}.{name}".lower() for app, name in waiting}
    done: set[str] = set()
    while waiting:
        ready = [
            (app, name)
            for app, name in waiting
            if all(parent in done or parent not in labels for parent in parents[f"{app}.{name}".lower()])
        ]
        if not ready:
            raise ValueError(f"These models wait for each other: {', '.join(name for _, name in waiting)}.")
        yield from ready
        done |= {f"{app}.{name}".lower() for app, name in ready}
        waiting = [one for one in waiting if one not in ready]
