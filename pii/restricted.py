"""Restriction of processing (Art. 18), enforced: restricted rows are kept, and nothing else is done with them.

Every save and delete of a model goes through the two receivers at the end; code that writes or reads in bulk asks
`without_restricted` or `restricted_keys` itself. What the law still allows (storing, the person's own acts, and what
a privacy request carries out) runs outside tenant and staff scope and is not touched.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q

from tenancy import current_scope, system_scope

from .exceptions import RequestRefused
from .find import tenant_path
from .links import ByUser, Follow
from .models import RestrictedRow, Restriction
from .registry import history_of, registry

Anchor = tuple[str, str]  # (model label in lower case, key)
Q_ = TypeVar("Q_", bound="models.QuerySet[Any]")


def is_restrictable(model: type[models.Model]) -> bool:
    """Whether rows of this model can be restricted: what a tenant keeps of a person, and the account itself."""
    declaration = registry.get(model)
    if declaration is None or history_of(model) is not None:
        return False
    return model is get_user_model() or tenant_path(model, declaration) is not None


def restricted_keys(model: type[models.Model]) -> list[str]:
    """Keys of the rows of `model` that stand under a restriction now, in every tenant."""
    with system_scope(reason="which rows are restricted"):
        rows = RestrictedRow.objects.filter(model=model._meta.label_lower)
        return list(rows.values_list("key", flat=True).distinct())


def without_restricted(rows: Q_) -> Q_:
    """The same query without restricted rows and without what hangs on them (a contact's notes, its history)."""
    base = history_of(rows.model) or rows.model
    excluded = Q()
    if keys := restricted_keys(base):
        excluded |= Q(**{f"{base._meta.pk.attname}__in": keys})
    declaration = registry.get(base)
    for link in declaration.links() if declaration else ():
        if isinstance(link, Follow) and (parents := restricted_keys(link.parent(base))):
            excluded |= Q(**{f"{link.path}__in": parents})
    return rows.exclude(excluded) if excluded else rows


def restriction_of(row: models.Model) -> Restriction | None:
    """The restriction under which this row stands, or what it hangs on; None where it may be processed."""
    anchors = list(_anchors(row))
    if not anchors:
        return None
    wanted = Q()
    for label, key in anchors:
        wanted |= Q(rows__model=label, rows__key=key)
    with system_scope(reason="is this row restricted"):
        return Restriction.objects.select_related("request").filter(wanted, lifted_at=None).first()


def refuse_restricted(row: models.Model) -> None:
    """Raise RequestRefused (``restricted``) where processing of this row is restricted."""
    found = restriction_of(row)
    if found is not None:
        raise RequestRefused(
            f"Processing of this person's data is restricted (Art. 18 GDPR, {found.request.number}): it is kept, and "
            "neither changed nor deleted until a privacy officer lifts the restriction.",
            code="restricted",
        )


def _anchors(row: models.Model) -> list[Anchor]:
    """The row itself, and the rows on which it hangs."""
    declaration = registry.get(type(row))
    if declaration is None or not is_restrictable(type(row)):
        return []
    found = [(row._meta.label_lower, str(row.pk))]
    for link in declaration.links():
        if isinstance(link, Follow):
            key = getattr(row, row._meta.get_field(link.path).attname, None)  # type: ignore[union-attr]  # a key
            found += [(link.parent(type(row))._meta.label_lower, str(key))] if key else []
        elif isinstance(link, ByUser) and "__" not in link.path:
            key = getattr(row, row._meta.get_field(link.path).attname, None)  # type: ignore[union-attr]  # a key
            found += [(get_user_model()._meta.label_lower, str(key))] if key else []
    return found


def before_save(sender: type[models.Model], instance: models.Model, raw: bool = False, **kwargs: Any) -> None:
    """Receiver of `pre_save`: in a tenant's or the staff's scope, a restricted row is not changed."""
    if not raw and current_scope().kind in ("tenant", "staff") and is_restrictable(sender):
        refuse_restricted(instance)


def before_delete(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Receiver of `pre_delete`: nor is it deleted."""
    if current_scope().kind in ("tenant", "staff") and is_restrictable(sender):
        refuse_restricted(instance)
