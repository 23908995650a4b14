"""Which order a list may have: one that an index gives, with the key as the tie-breaker in that index's direction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models


def is_indexed(model: type[models.Model], name: str) -> bool:
    """Whether a list of any size can be sorted by this column: unique, or the head of an index that ends in the key."""
    field = plain_column(model, name)
    return field is not None and (field.unique or _tie(model, field.name) is not None)


def index_order(model: type[models.Model], ordering: Sequence[Any]) -> list[str]:
    """The order that an index gives, nearest to the wished one; by key where no index helps or a column may be empty.

    Only the first wish counts, so that two columns that are sorted by never need an index of their own.
    """
    wish = ordering[0] if ordering and isinstance(ordering[0], str) else "pk"
    name, sign = wish.removeprefix("-"), "-" if wish.startswith("-") else ""
    field = plain_column(model, name)
    if field is None:
        return ["-pk"]
    if field.unique:
        return [wish]
    tie = _tie(model, field.name)
    if tie is None:  # a small table: in the order it asks for
        rest = [part for part in ordering if isinstance(part, str) and plain_column(model, part.removeprefix("-"))]
        return rest if rest[-1].removeprefix("-") in {"pk", model._meta.pk.name} else [*rest, f"{sign}pk"]
    return [wish, "-pk" if (sign == "-") == tie else "pk"]


def plain_column(model: type[models.Model], name: str) -> Any:
    """The column of the model itself that is never empty; None for another, which no page can go on from."""
    try:
        field = model._meta.get_field("pk" if name == "pk" else name) if name != "pk" else model._meta.pk
    except FieldDoesNotExist:
        return None
    return field if getattr(field, "concrete", False) and not getattr(field, "null", True) else None


def _tie(model: type[models.Model], name: str) -> bool | None:
    """Whether the index on (column, key) runs in one direction; None without such an index."""
    assert model._meta.pk is not None
    for index in model._meta.indexes:
        orders = index.fields_orders
        if index.condition is None and [column for column, _ in orders] == [name, model._meta.pk.name]:
            return bool(orders[0][1] == orders[1][1])
    return None
