"""What goes into the package: one dataset per model and tenant, from the declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import models

from ..declarations import ModelPII
from ..registry import history_model, registry
from ..subjects import Subject
from .zipfile import safe_name

CHUNK = 1000


@dataclass
class Dataset:
    """The person's rows of one model in one tenant (or in the account)."""

    model: type[models.Model]
    declaration: type[ModelPII]
    tenant: str
    keys: list[str]
    count: int = 0
    columns: list[str] = field(default_factory=list)
    portable: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        plain = self.declaration.plain_reasons()
        for column in self.model._meta.concrete_fields:
            name = column.name
            declared = self.declaration.fields.get(name)
            if declared is not None and isinstance(column, models.FileField) and declared.export.access:
                self.files.append(name)
            if declared is not None and declared.export.access:
                self.columns.append(name)
                if declared.export.portable:
                    self.portable.append(name)
            elif name in self.declaration.spelled:
                self.columns.append(f"{name}__{self.declaration.spelled[name]}")
            elif name in plain and not column.is_relation and not column.primary_key:
                self.columns.append(name)

    @property
    def folder(self) -> str:
        return f"access/{safe_name(self.tenant)}/{safe_name(self.model._meta.label_lower)}"

    @property
    def title(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def purpose(self) -> str:
        return self.declaration.purpose

    def rows(self) -> Iterator[dict[str, Any]]:
        """The rows, a chunk of keys at a time."""
        for start in range(0, len(self.keys), CHUNK):
            found = self.model._base_manager.filter(pk__in=self.keys[start : start + CHUNK]).order_by("pk")
            yield from found.values(*self.columns).iterator(chunk_size=CHUNK)

    def history(self) -> Iterator[dict[str, Any]]:
        """Earlier values, oldest first within a chunk; nothing where no history is kept."""
        history = history_model(self.model)
        if history is None:
            return
        present = {item.name for item in history._meta.concrete_fields}
        names = [name for name in self.columns if name in present]
        key = self.model._meta.pk.attname
        for start in range(0, len(self.keys), CHUNK):
            found = history._base_manager.filter(**{f"{key}__in": self.keys[start : start + CHUNK]})
            yield from (
                found.order_by("history_id").values("history_date", "history_type", *names).iterator(chunk_size=CHUNK)
            )

    def withheld(self) -> list[dict[str, Any]]:
        """The columns that stay out, with their ground."""
        return [
            {"what": f"{self.model._meta.label}.{name}", "ground": declared.export.ground, "rows": len(self.keys)}
            for name, declared in self.declaration.fields.items()
            if not declared.export.access
        ]


def datasets(subject: Subject, names: Mapping[UUID, str], refused: set[UUID]) -> Iterator[Dataset]:
    """Every dataset with rows, tenants' that refused left out."""
    for model, rows in subject.rows.items():
        declaration = registry.get(model)
        if declaration is None:
            continue
        by_tenant: dict[UUID | None, list[str]] = defaultdict(list)
        for row in rows:
            by_tenant[row.tenant_id].append(row.pk)
        for tenant_id, keys in sorted(by_tenant.items(), key=lambda pair: str(pair[0])):
            if tenant_id not in refused or tenant_id is None:
                tenant = "account" if tenant_id is None else names.get(tenant_id, str(tenant_id))
                dataset = Dataset(model, declaration, tenant, sorted(keys))
                if dataset.columns:
                    yield dataset
