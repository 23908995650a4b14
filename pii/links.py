"""How a row belongs to a person: small objects that turn a subject into a condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Q

from .identifiers.normal import digits_of

if TYPE_CHECKING:
    from .subjects import Subject


class Link:
    """One way of belonging. `columns` are the local field names it needs (judged by the registry)."""

    columns: tuple[str, ...] = ()
    follows: str | None = None

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        """The rows of `model` that belong to `subject`; None where this link cannot hold for that subject."""
        raise TypeError("a Link decides for itself")

    def resolve(self, model: type[models.Model]) -> None:
        """Raise FieldDoesNotExist for a name the model does not have."""
        for path in self.columns:
            current: Any = model
            for part in path.split("__"):
                current = current._meta.get_field(part).related_model or current


@dataclass(frozen=True)
class Itself(Link):
    """The row is the person's account."""

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        return Q(pk__in=sorted(subject.user_keys)) if subject.user_keys else None

    def resolve(self, model: type[models.Model]) -> None:
        if model is not get_user_model():
            raise FieldDoesNotExist("itself() is for the user model")


@dataclass(frozen=True)
class ByUser(Link):
    """The row points at the account, directly or over forward keys (``email_address__user``)."""

    path: str = "user"

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.path,)

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        return Q(**{f"{self.path}__in": sorted(subject.user_keys)}) if subject.user_keys else None


@dataclass(frozen=True)
class ByValue(Link):
    """The row holds an identifier of the person in a stored, normalised column.

    `phone` is kept in E.164; `digits` holds the digits of a number as somebody typed it, with a country or without.
    """

    email: str = ""
    phone: str = ""
    digits: str = ""

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(name for name in (self.email, self.phone, self.digits) if name)

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        found: Q | None = None
        typed = {form for phone in subject.phones for form in digits_of(phone)}
        present = {field.name for field in model._meta.get_fields()}  # a history may leave a search key out
        for name, values in ((self.email, subject.emails), (self.phone, subject.phones), (self.digits, typed)):
            if name in present and values:
                part = Q(**{f"{name}__in": sorted(values)})
                found = part if found is None else found | part
        return found


@dataclass(frozen=True)
class Follow(Link):
    """The row belongs to whom its parent row belongs to."""

    path: str

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.path,)

    def parent(self, model: type[models.Model]) -> type[models.Model]:
        parent: Any = model._meta.get_field(self.path).related_model
        return parent  # type: ignore[no-any-return]

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        rows = subject.rows.get(self.parent(model))
        if not rows:
            return None
        condition = Q(**{f"{self.path}__in": sorted(row.pk for row in rows)})
        tenants = {row.tenant_id for row in rows}
        if None not in tenants and _has_tenant(model):
            condition &= Q(tenant__in=sorted(tenants, key=str))  # indexes of a tenant's rows start with the tenant
        return condition


def _has_tenant(model: type[models.Model]) -> bool:
    """Whether live rows of `model` and their parents carry their tenant in the same column; history may lack it."""
    return not hasattr(model, "history_type") and any(field.name == "tenant" for field in model._meta.concrete_fields)


@dataclass(frozen=True)
class ByObject(Link):
    """The row points at any declared row by content type and key (admin log, notes, generic relations)."""

    content_type: str = "content_type"
    object_id: str = "object_id"

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.content_type, self.object_id)

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        found: Q | None = None
        for type_id, keys in subject.object_keys():
            part = Q(**{self.content_type: type_id, f"{self.object_id}__in": keys})
            found = part if found is None else found | part
        return found


@dataclass(frozen=True)
class ByLabel(Link):
    """The row points at any declared row by model label and key, both as text."""

    label: str
    object_id: str

    @property
    def columns(self) -> tuple[str, ...]:  # type: ignore[override]
        return (self.label, self.object_id)

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        found: Q | None = None
        for row_model, keys in subject.keys_by_model():
            part = Q(**{self.label: row_model._meta.label_lower, f"{self.object_id}__in": keys})
            found = part if found is None else found | part
        return found


@dataclass(frozen=True)
class Nobody(Link):
    """No row is a person's own; their data can only be mentioned in it, and the scan finds that."""

    def condition(self, model: type[models.Model], subject: Subject) -> Q | None:
        return None


def itself() -> Link:
    return Itself()


def user(path: str = "user") -> Link:
    return ByUser(path)


def match(*, email: str = "", phone: str = "", digits: str = "") -> Link:
    return ByValue(email, phone, digits)


def follow(path: str) -> Link:
    return Follow(path)


def generic(content_type: str = "content_type", object_id: str = "object_id") -> Link:
    return ByObject(content_type, object_id)


def labelled(label: str, object_id: str) -> Link:
    return ByLabel(label, object_id)


def nobody() -> Link:
    return Nobody()
