"""Rectification (Art. 16) one column at a time: which columns can be corrected, and the correction of one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from pii import Category, registry
from pii.exceptions import RequestRefused
from pii.find import find
from pii.models import DataRequest
from pii.requests import rectify
from pii.requests.identity import subject_of
from pii.restricted import is_restrictable
from tenancy import system_scope

MOST_ROWS = 50
SIMPLE = (models.CharField, models.TextField, models.DateField)


def choices(asked: DataRequest) -> list[tuple[str, list[tuple[str, str]]]]:
    """Columns by row, as groups of a select: nothing of their values is shown. System scope is opened here."""
    with system_scope(reason="what can be rectified"):
        subject = find(subject_of(asked))
        return [
            (f"{model._meta.verbose_name} {row.pk}", [(f"{model._meta.label}/{row.pk}/{n}", str(v)) for n, v in names])
            for model, rows in subject.rows.items()
            if is_restrictable(model) and (names := list(_columns(model)))
            for row in sorted(rows, key=lambda found: found.pk)[:MOST_ROWS]
        ]


def correct(asked: DataRequest, target: str, value: str, *, by: Any) -> None:
    """Write `value` into the column that `target` names (``app.Model/key/column``).

    Raises RequestRefused for a column that is not offered, ValidationError for a value that does not fit.
    """
    offered = {name for _row, names in choices(asked) for name, _label in names}
    if target not in offered:
        raise RequestRefused(_("Choose one of the person's columns."), code="not_found")
    label, key, name = target.split("/")
    model = next(model for model in registry.declared_models() if model._meta.label == label)
    with system_scope(reason="rectify"):
        row = model._base_manager.get(pk=key)
        field: Any = model._meta.get_field(name)
        rectify(asked, row, {name: field.clean(value.strip() or field.get_default(), row)}, by=by)


def _columns(model: type[models.Model]) -> Iterator[tuple[str, Any]]:
    """Declared columns that somebody types; an account's address is changed where its owner proves it."""
    declaration = registry.get(model)
    for name, declared in (declaration.fields if declaration else {}).items():
        field: Any = model._meta.get_field(name)
        typed = isinstance(field, SIMPLE) and field.editable and declared.category is not Category.SECRET
        if typed and not (model is get_user_model() and name in ("email", "password")):
            yield name, field.verbose_name
