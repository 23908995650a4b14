"""Somebody who was erased and came back is not erased a second time by the repetition of the first erasure."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import models

from ..find import in_order, traces
from ..identifiers import Identifiers
from ..links import ByUser, Follow
from ..subjects import Row, Subject

Rows = dict[type[models.Model], set[Row]]


def leave_returned(subject: Subject, roots: set[tuple[str, str]], erased_at: datetime) -> Rows:
    """Take out of `subject` what was made after the erasure and was not named by it, with whatever hangs on that.

    What those rows say of the person (an address, a number) is lawfully here again: it is neither looked for elsewhere
    nor replaced. Returns the rows that were left.
    """
    left: Rows = defaultdict(set)
    for model, declaration in in_order():
        rows = {row for row in subject.rows.get(model, ()) if (model._meta.label_lower, row.pk) not in roots}
        if not rows:
            continue
        younger = _made_after(model, declaration.made_at, rows, erased_at)
        for link in declaration.links():
            if isinstance(link, Follow):
                younger |= _pointing(model, link.path, rows, left.get(link.parent(model), set()))
            elif isinstance(link, ByUser):
                younger |= _pointing(model, link.path, rows, left.get(get_user_model(), set()))
        if younger:
            left[model] = {row for row in rows if row.pk in younger}
            subject.rows[model] -= left[model]
    if not left:
        return left
    again = Subject(rows=left)
    known = Identifiers.of(traces(again))
    subject.user_keys -= {row.pk for row in left.get(get_user_model(), ())}
    subject.emails -= known.emails
    subject.phones -= known.phones
    subject.identifiers -= known
    return left


def _made_after(model: type[models.Model], column: str, rows: set[Row], moment: datetime) -> set[str]:
    if column not in {field.name for field in model._meta.concrete_fields}:
        return set()
    found = model._base_manager.filter(pk__in=[row.pk for row in rows], **{f"{column}__gt": moment})
    return {str(key) for key in found.values_list("pk", flat=True)}


def _pointing(model: type[models.Model], path: str, rows: set[Row], parents: set[Row]) -> set[str]:
    if not parents:
        return set()
    keys = [row.pk for row in parents]
    found = model._base_manager.filter(pk__in=[row.pk for row in rows], **{f"{path}__in": keys})
    return {str(key) for key in found.values_list("pk", flat=True)}
