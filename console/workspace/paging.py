"""Pages of a list that cost the same wherever they lie: the next page starts after a row's key, nothing is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.lookups import GreaterThan, LessThan

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page. `after` and `before` are keys for the links to the next and the previous page, or None."""

    rows: list[M]
    after: str | None
    before: str | None


def keyset_page(
    queryset: models.QuerySet[M], ordering: Sequence[str], *, size: int, after: str = "", before: str = ""
) -> Page[M]:
    """The page of `size` rows behind the row `after` (or before `before`); both are primary keys from a link.

    `ordering` names columns in one direction and ends with the primary key; an index starts with the tenant and goes on
    with it. A key that is not (or no longer) in reach leads to the first page. One query, two with a key.
    """
    backwards = bool(before) and not after
    start = _start(queryset, ordering, before if backwards else after)
    descending = ordering[0].startswith("-")
    names = [name.removeprefix("-") for name in ordering]
    if start is None:
        backwards = False
    else:
        lookup = LessThan if descending != backwards else GreaterThan
        queryset = queryset.filter(lookup(_row(models.F(name) for name in names), _row(start)))
    signs = "-" if descending != backwards else ""
    rows = list(queryset.order_by(*(signs + name for name in names))[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    first, last = str(rows[0].pk), str(rows[-1].pk)
    if backwards:
        return Page(rows, last, first if more else None)
    return Page(rows, last if more else None, first if start is not None else None)


def _start(queryset: models.QuerySet[M], ordering: Sequence[str], key: str) -> list[Any] | None:
    """The ordering values of the row that a link names, as expressions."""
    model = queryset.model
    try:
        pk = model._meta.pk.to_python(key) if key else None
    except (ValueError, ValidationError):
        return None
    if pk is None:
        return None
    names = [name.removeprefix("-") for name in ordering]
    found = model._default_manager.filter(pk=pk).values_list(*names).first()
    if found is None:
        return None
    return [
        models.Value(value, output_field=model._meta.get_field(name))  # type: ignore[arg-type]
        for name, value in zip(names, found, strict=True)
    ]


def _row(parts: Any) -> models.Func:
    # A row comparison is one condition on the index; its spelled-out form with OR would read all rows before it.
    return models.Func(*parts, function="ROW", output_field=models.TextField())
