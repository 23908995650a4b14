"""The person as an actor in other people's rows: keys nulled, their address as text emptied."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from tenancy.db.message import narrow_role

from .. import conf
from ..registry import history_of, registry
from ..subjects import Subject


def forget_actor(subject: Subject) -> int:
    """Null or empty every actor column that names the person's account; in batches, safe to repeat."""
    if not subject.user_keys or not subject.with_account:
        return 0
    keys, changed = sorted(subject.user_keys), 0
    for model, declaration in registry.items():
        if model._meta.managed is False:
            continue
        for name in declaration.actors:
            changed += _in_batches(model, Q(**{f"{name}__in": keys}), {name: None}, append_only=declaration.append_only)
        for text, actor in declaration.actor_texts.items():
            condition = Q(**{f"{actor}__in": keys}) & ~Q(**{text: ""})
            changed += _in_batches(model, condition, {text: ""}, append_only=declaration.append_only)
    for model in apps.get_models(include_auto_created=True):
        if history_of(model) is not None:
            for text, actor in registry.history_actor_texts.items():
                condition = Q(**{f"{actor}__in": keys}) & ~Q(**{text: ""})
                changed += _in_batches(model, condition, {text: ""}, append_only=True)
            declared = registry.get(model)
            for name in declared.actors if declared else ():
                if name in {field.name for field in model._meta.get_fields()}:
                    changed += _in_batches(model, Q(**{f"{name}__in": keys}), {name: None}, append_only=True)
    return changed


def _in_batches(model: type[models.Model], condition: Q, values: dict[str, Any], *, append_only: bool) -> int:
    size, total = conf.get("BATCH") * 10, 0
    while True:
        with transaction.atomic():
            found = model._base_manager.filter(condition).order_by()
            keys = list(found.values_list("pk", flat=True)[:size])
            if not keys:
                return total
            rows = model._base_manager.filter(pk__in=keys).order_by()
            if append_only:
                with narrow_role("erase"):
                    total += models.QuerySet.update(rows, **values)
            else:
                total += models.QuerySet.update(rows, **values)
