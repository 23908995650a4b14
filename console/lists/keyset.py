"""One page of a list in any mix of directions: found by the values of the row before it, never by counting rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models


@dataclass(frozen=True, slots=True)
class Page:
    """The rows, and whether more stand before and after them."""

    rows: list[Any]
    has_before: bool
    has_after: bool


def keyset_page(
    queryset: models.QuerySet[Any], ordering: Sequence[str], *, size: int, after: str = "", before: str = ""
) -> Page:
    """`size` rows behind the row with the key `after`, or in front of the row `before`; else the first ones.

    `ordering` ends in something unique; none of its columns may be empty. Each step is one range of an index, also
    where a hundred thousand rows share a moment. A key that is not in reach leads to the first page.
    """
    key, backwards = (after, False) if after else (before, bool(before))
    start = _values(queryset.model, ordering, key)
    if start is None:
        rows = list(queryset.order_by(*ordering)[: size + 1])
        return Page(rows[:size], has_before=False, has_after=len(rows) > size)
    order = [_turned(name) for name in ordering] if backwards else list(ordering)
    rows = []
    for condition in _steps(order, start):
        rows += queryset.filter(condition).order_by(*order)[: size + 1 - len(rows)]
        if len(rows) > size:
            break
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        return Page(rows[::-1], has_before=more, has_after=True)
    return Page(rows, has_before=True, has_after=more)


def _steps(order: Sequence[str], values: Sequence[Any]) -> Iterator[models.Q]:
    """Ranges that together are everything behind a row: the same first columns and a later next one, longest first."""
    for length in range(len(order) - 1, -1, -1):
        name = order[length]
        lookup = "lt" if name.startswith("-") else "gt"
        same = {part.removeprefix("-"): value for part, value in zip(order[:length], values, strict=False)}
        yield models.Q(**same, **{f"{name.removeprefix('-')}__{lookup}": values[length]})


def _values(model: type[models.Model], ordering: Sequence[str], key: str) -> tuple[Any, ...] | None:
    assert model._meta.pk is not None
    try:
        pk = model._meta.pk.to_python(key) if key else None
    except (ValidationError, ValueError):
        return None
    if pk is None:
        return None
    names = [name.removeprefix("-") for name in ordering]
    found: tuple[Any, ...] | None = model._default_manager.filter(pk=pk).values_list(*names).first()
    return found


def _turned(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"
