"""Erase the declared columns of a set of rows: one UPDATE for the set, plus what must be read."""

from __future__ import annotations

from typing import Any

from django.db import models

from tenancy.db.message import narrow_role

from ..declarations import ModelPII
from ..identifiers import Identifiers
from ..scrub import scrub_text
from ..strategies import Blank, Context, Redact
from .blobs import remember_files
from .rewrite import rewrite_column


def erase_columns(
    model: type[models.Model], declaration: type[ModelPII], keys: list[str], identifiers: Identifiers, request: Any
) -> int:
    """Apply every strategy to the live rows with these keys; returns how many rows there were."""
    rows = model._base_manager.filter(pk__in=keys).order_by()
    remember_files(model, "pk", keys, declaration, request)
    if declaration.append_only:
        with narrow_role("erase"):
            return _apply(model, "pk", keys, rows, declaration, identifiers, in_history=False)
    return _apply(model, "pk", keys, rows, declaration, identifiers, in_history=False)


def erase_history(
    model: type[models.Model],
    history: type[models.Model],
    declaration: type[ModelPII],
    keys: list[str],
    identifiers: Identifiers,
    request: Any,
) -> int:
    """Apply the same strategies to the history rows of `keys`: history is append-only for everybody but this role."""
    key = model._meta.pk.attname
    rows = history._base_manager.filter(**{f"{key}__in": keys}).order_by()
    remember_files(history, key, keys, declaration, request)
    with narrow_role("erase"):
        count = _apply(history, key, keys, rows, declaration, identifiers, in_history=True)
        if "history_change_reason" in {field.name for field in history._meta.get_fields()}:
            matcher = identifiers.matcher()
            rewrite_column(
                history, key, keys, "history_change_reason", lambda text: scrub_text(text, matcher, names=True)[0]
            )
    return count


def _apply(
    model: type[models.Model],
    key: str,
    keys: list[str],
    rows: Any,
    declaration: type[ModelPII],
    identifiers: Identifiers,
    *,
    in_history: bool,
) -> int:
    present = {field.name for field in model._meta.get_fields()}
    values: dict[str, Any] = {}
    for name, declared in declaration.fields.items():
        if name not in present or declared.erase.keeps:
            continue
        context = Context(model._meta.get_field(name), in_history, identifiers)  # type: ignore[arg-type]
        if declared.erase.per_row and in_history and declaration.row.kind == "delete":
            # The row goes whole, so what its history says goes whole too.
            values[name] = (Blank() if isinstance(context.field, models.JSONField) else Redact()).expression(context)
        elif declared.erase.per_row:

            def change(value: Any, strategy: Any = declared.erase, context: Context = context) -> Any:
                return strategy.rewrite(value, context)

            rewrite_column(model, key, keys, name, change)
        else:
            values[name] = declared.erase.expression(context)
    # A plain UPDATE of the queryset: no save(), no signal, no new history row, no log entry.
    return models.QuerySet.update(rows, **values) if values else rows.count()
