"""What the sweep passes over although its span is over: held, kept on a ground, restricted, or still in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from ..declarations import ModelPII
from ..find import find, tenant_path
from ..links import Follow
from ..models import LegalHold, PlanRow, State
from ..registry import registry
from ..restricted import without_restricted
from ..subjects import Subject

Keys = dict[type[models.Model], set[str]]


class Spared:
    """Read once per sweep, in system scope: tenants under a hold, and rows by model."""

    def __init__(self) -> None:
        standing = LegalHold.objects.filter(Q(until=None) | Q(until__gte=timezone.now().date()), released_at=None)
        self.tenants: list[UUID] = list(standing.filter(tenant__isnull=False, key="").values_list("tenant", flat=True))
        self.keys: Keys = defaultdict(set)
        for hold in standing.exclude(key=""):
            for model, keys in _held(hold).items():
                self.keys[model] |= keys
        kept = PlanRow.objects.filter(done=False, request__state=State.DONE)  # `ended.released` finishes these
        for label, key in kept.values_list("model", "key"):
            self.keys[apps.get_model(label)].add(key)

    def leave(self, rows: Any, declaration: type[ModelPII], end: datetime) -> Any:
        """`rows` without what is spared; where rows are deleted, without those that something spared hangs on."""
        model = rows.model
        path = tenant_path(model, declaration)
        if path and self.tenants:
            rows = rows.exclude(**{f"{path}__in": self.tenants})
        if self.keys.get(model):
            rows = rows.exclude(pk__in=sorted(self.keys[model]))
        for child, follow in followers(model) if deletes(declaration) else ():
            hanging = child._base_manager.filter(**{follow: OuterRef("pk")})
            column = registry.get(child).retain_from  # type: ignore[union-attr]  # declared: it follows
            if column:
                rows = rows.exclude(Exists(hanging.filter(**{f"{column}__gte": end})))
            if self.keys.get(child):
                rows = rows.exclude(Exists(hanging.filter(pk__in=sorted(self.keys[child]))))
        return without_restricted(rows)


def deletes(declaration: type[ModelPII]) -> bool:
    """Whether the sweep deletes rows. What was kept for accountability has served its time and goes whole too."""
    return (declaration.retain_row or declaration.row).kind != "anonymise"


def followers(model: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Declared models whose rows belong to whom a row of `model` belongs to, with the path to it."""
    for child, declaration in registry.items():
        for link in declaration.links():
            if isinstance(link, Follow) and "__" not in link.path and link.parent(child) is model:
                yield child, link.path


def _held(hold: LegalHold) -> dict[type[models.Model], set[str]]:
    """The rows of the person whom a hold names: everything they have, or what one tenant has of them."""
    model = apps.get_model(hold.model)
    row = model._base_manager.filter(pk=hold.key).first()
    if row is None:
        return {}
    account = model is get_user_model()
    tenant_id = None if account else getattr(row, "tenant_id", None)
    subject = find(Subject.start(objects=[row]).limited_to(tenant_id, with_account=account))
    return {found: {item.pk for item in rows} for found, rows in subject.rows.items()}
