"""Stored files: remembered in the transaction that erases their row, removed after it, retried until gone."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from ..declarations import ModelPII
from ..models import Blob
from ..strategies import RemoveFile


def remember_files(
    model: type[models.Model], key: str, keys: list[str], declaration: type[ModelPII], request: Any
) -> None:
    """Write down the files of these rows before their paths are emptied."""
    present = {field.name for field in model._meta.get_fields()}
    for name, declared in declaration.fields.items():
        if name not in present or not isinstance(declared.erase, RemoveFile):
            continue
        base = getattr(model, "instance_type", model)
        names = model._base_manager.filter(**{f"{key}__in": keys}).order_by().values_list(name, flat=True).distinct()
        Blob.objects.bulk_create(
            [Blob(request=request, storage=f"{base._meta.label}.{name}", name=path) for path in names if path]
        )


def made_from(storage: Any, name: str) -> list[str]:
    """Files that were made from another one and lie beside it under its name: thumbnails, previews, other formats."""
    folder, _, base = name.rpartition("/")
    try:
        beside = storage.listdir(folder)[1]
    except (OSError, NotImplementedError):
        return []
    return [f"{folder}/{other}".lstrip("/") for other in beside if other.startswith(f"{base}.")]


def remove_files(request: Any) -> int:
    """Delete the remembered files that nothing else uses; safe to repeat. Their names go with them."""
    removed = 0
    for blob in Blob.objects.filter(request=request, removed_at=None).order_by("pk"):
        label, _, name = blob.storage.rpartition(".")
        model = apps.get_model(label)
        field: Any = model._meta.get_field(name)
        if not model._base_manager.filter(**{name: blob.name}).exists():
            for made in (blob.name, *made_from(field.storage, blob.name)):
                field.storage.delete(made)
                removed += 1
        blob.removed_at, blob.name = timezone.now(), ""
        blob.save(update_fields=["removed_at", "name"])
    return removed
