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


def remove_files(request: Any) -> int:
    """Delete the remembered files that nothing else uses; safe to repeat. Their names go with them."""
    removed = 0
    for blob in Blob.objects.filter(request=request, removed_at=None).order_by("pk"):
        label, _, name = blob.storage.rpartition(".")
        model = apps.get_model(label)
        field: Any = model._meta.get_field(name)
        if not model._base_manager.filter(**{name: blob.name}).exists():
            field.storage.delete(blob.name)
            removed += 1
        blob.removed_at, blob.name = timezone.now(), ""
        blob.save(update_fields=["removed_at", "name"])
    return removed
