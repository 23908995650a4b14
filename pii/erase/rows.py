"""Delete rows without a signal, after whatever points at them."""

from __future__ import annotations

from django.db import connection, models

from ..registry import history_of


def delete_rows(model: type[models.Model], keys: list[str]) -> int:
    """Delete rows by key, set-based. Keys that point at them are nulled or their rows deleted, as the model says.

    History rows are no dependants: they are erased column by column and stay.
    """
    for relation in model._meta.related_objects:
        field = relation.field
        if history_of(field.model) is not None or not getattr(field, "concrete", True):
            continue
        if relation.one_to_many or relation.one_to_one:
            dependants = field.model._base_manager.filter(**{f"{field.name}__in": keys}).order_by()
            if field.null:
                models.QuerySet.update(dependants, **{field.name: None})
            else:
                inner = [str(key) for key in dependants.values_list("pk", flat=True)]
                if inner:
                    delete_rows(field.model, inner)
    rows = model._base_manager.filter(pk__in=keys).order_by()
    return rows._raw_delete(connection.alias) if keys else 0  # type: ignore[no-any-return]
