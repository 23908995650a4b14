"""Stored files that name the person and are not theirs: whose they are, what they say, and their removal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone

from .. import conf
from ..find import tenant_path
from ..identifiers import Identifiers, Matcher
from ..identifiers.sets import keyed_hash
from ..models import ReviewItem
from ..registry import registry
from ..scan.contents import Contents
from ..scan.files import FoundFile, file_names, storages
from ..scan.run import Found

NO_TABLE = "stored files"  # stands in a review item for a file that no row points at
AROUND = 120


@dataclass(frozen=True)
class Owner:
    """A row that points at a stored file."""

    model: type[models.Model]
    field: str
    key: str
    tenant: str


def owners_of(storage: Any, name: str) -> Iterator[Owner]:
    """Every row with this file in a file column of this storage."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.FileField) or field.storage != storage:
                continue
            declaration = registry.get(model)
            path = tenant_path(model, declaration) if declaration else None
            rows = model._base_manager.filter(**{field.name: name}).order_by()
            for values in rows.values_list("pk", *([path] if path else [])):
                yield Owner(model, field.name, str(values[0]), str(values[1] or "") if path else "")


def as_found(file: FoundFile, owner: Owner | None) -> Found:
    """The file as a hit in the column that points at it. The digest changes with the content's size."""
    digest = keyed_hash(f"{file.name}:{file.storage.size(file.name) if file.storage.exists(file.name) else 0}")
    if owner is None:
        return Found(NO_TABLE, "content", (keyed_hash(file.name),), "", file.kind, file.exact, digest)
    table = owner.model._meta.db_table
    field: Any = owner.model._meta.get_field(owner.field)
    return Found(table, field.column, (owner.key,), owner.tenant, file.kind, file.exact, digest)


def sweep_orphan(file: FoundFile) -> bool:
    """Delete a file that no row points at, unless it is so young that its row may be on the way."""
    try:
        age = timezone.now() - file.storage.get_modified_time(file.name)
    except (OSError, NotImplementedError):
        return False
    if not file.exact or age < timedelta(minutes=conf.get("ORPHAN_MINUTES")):
        return False
    file.storage.delete(file.name)
    return True


def place_of(item: ReviewItem) -> tuple[Any, str] | None:
    """(storage, name) of a review item's file; None where the item is no file."""
    if item.table == NO_TABLE:
        for storage in storages():
            for name in file_names(storage):
                if keyed_hash(name) == item.key[0]:
                    return storage, name
        return None
    for model in apps.get_models(include_auto_created=True):
        if model._meta.db_table == item.table and len(item.key) == 1:
            for field in model._meta.local_concrete_fields:
                if field.column == item.column and isinstance(field, models.FileField):
                    stored = model._base_manager.filter(pk=item.key[0]).values_list(field.name, flat=True).first()
                    return (field.storage, str(stored)) if stored else None
    return None


def excerpt(storage: Any, name: str, matcher: Matcher) -> str:
    """The content around the first hit, or the file's name where only that tells of the person."""
    if storage.exists(name):
        with storage.open(name) as source:
            for block in Contents(source, conf.get("SCAN_FILE_BYTES")).blocks():
                text = block.decode("utf-8", "replace")
                hits = matcher.find(text) if matcher.suspects(block) else []
                if hits:
                    return text[max(0, hits[0].start - AROUND) : hits[0].end + AROUND]
    return name


def remove_file(item: ReviewItem, storage: Any, name: str, identifiers: Identifiers) -> None:
    """Delete the file with what its declaration says of the row: a file is never edited."""
    from .columns import erase_columns, erase_history
    from .rows import delete_rows

    for owner in list(owners_of(storage, name)):
        declaration = registry.get(owner.model)
        with transaction.atomic():
            if declaration is not None and declaration.row.kind == "delete":
                from ..registry import history_model

                history = history_model(owner.model)
                if history is not None:
                    erase_history(owner.model, history, declaration, [owner.key], identifiers, item.request)
                erase_columns(owner.model, declaration, [owner.key], identifiers, item.request)
                delete_rows(owner.model, [owner.key])
            else:
                rows = owner.model._base_manager.filter(pk=owner.key).order_by()
                models.QuerySet.update(rows, **{owner.field: ""})
    storage.delete(name)
