"""A person, as far as the database knows one: accounts, proven addresses, rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import models

from .categories import Trace
from .identifiers import Identifiers
from .identifiers.normal import normal_email, normal_phone


@dataclass(frozen=True)
class Row:
    """One row's key and, where it has one, its tenant."""

    pk: str
    tenant_id: UUID | None = None


@dataclass
class Subject:
    """Whom a request is about, and the rows found so far.

    `emails` and `phones` decide which rows belong to the person: typed by the officer, or proven by an account.
    `identifiers` is wider (every name, number and key met in those rows, old values too) and only serves to find
    mentions. `tenant_id` limits everything to one tenant; `with_account` says whether the account itself is included.
    """

    user_keys: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)
    roots: set[tuple[str, str]] = field(default_factory=set)  # (model label, key) named by the officer
    tenant_id: UUID | None = None
    with_account: bool = True
    identifiers: Identifiers = field(default_factory=Identifiers)
    rows: dict[type[models.Model], set[Row]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def start(
        cls,
        *,
        emails: Iterable[str] = (),
        phones: Iterable[str] = (),
        objects: Iterable[models.Model] = (),
        tenant_id: UUID | None = None,
    ) -> Subject:
        """From what an officer typed or selected. Raises ValueError when nothing usable was given."""
        subject = cls(tenant_id=tenant_id)
        subject.emails = {normal for value in emails if (normal := normal_email(value))}
        subject.phones = {normal for value in phones if (normal := normal_phone(value))}
        for row in objects:
            subject._add(row)
        if not (subject.emails or subject.phones or subject.user_keys or subject.roots):
            raise ValueError("Name the person by an e-mail address, a phone number, or a row.")
        subject.identifiers = Identifiers.of(
            [(Trace.EMAIL, value) for value in subject.emails] + [(Trace.PHONE, value) for value in subject.phones]
        )
        return subject

    def _add(self, row: models.Model) -> None:
        """Take a selected row as a starting point: the account, address and number that it names."""
        from django.contrib.auth import get_user_model

        from .links import ByUser, ByValue
        from .registry import registry

        if isinstance(row, get_user_model()):
            self.user_keys.add(str(row.pk))
            return
        self.roots.add((row._meta.label_lower, str(row.pk)))
        declaration = registry.get(type(row))
        for link in declaration.links() if declaration else ():
            if isinstance(link, ByUser) and "__" not in link.path:
                key = getattr(row, f"{link.path}_id")
                self.user_keys |= {str(key)} if key else set()
            if isinstance(link, ByValue):
                email = normal_email(getattr(row, link.email, None) or "") if link.email else ""
                phone = normal_phone(getattr(row, link.phone, None) or "") if link.phone else ""
                self.emails |= {email} if email else set()
                self.phones |= {phone} if phone else set()

    def limited_to(self, tenant_id: UUID | None, *, with_account: bool) -> Subject:
        """A copy for one tenant, with no rows yet."""
        return replace(
            self,
            user_keys=set(self.user_keys),
            emails=set(self.emails),
            phones=set(self.phones),
            roots=set(self.roots),
            tenant_id=tenant_id,
            with_account=with_account,
            rows=defaultdict(set),
        )

    def rows_of(self, model: type[models.Model]) -> list[str] | None:
        """Keys of the person's rows of `model`, or None when there are none."""
        rows = self.rows.get(model)
        return sorted(row.pk for row in rows) if rows else None

    def object_keys(self) -> list[tuple[int, list[str]]]:
        """(content type, keys) of every row found, for generic relations."""
        from django.contrib.contenttypes.models import ContentType

        return [(ContentType.objects.get_for_model(model).pk, keys) for model, keys in self.keys_by_model()]

    def keys_by_model(self) -> list[tuple[type[models.Model], list[str]]]:
        """Every model with rows of the person, with their keys."""
        return [(model, sorted(row.pk for row in rows)) for model, rows in self.rows.items() if rows]

    def as_json(self) -> dict[str, Any]:
        """The identifying half of a request, to be scrubbed when it is done."""
        return {
            "user_keys": sorted(self.user_keys),
            "emails": sorted(self.emails),
            "phones": sorted(self.phones),
            "roots": sorted(map(list, self.roots)),
            "identifiers": self.identifiers.as_json(),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], *, tenant_id: UUID | None, with_account: bool) -> Subject:
        return cls(
            user_keys=set(data["user_keys"]),
            emails=set(data["emails"]),
            phones=set(data["phones"]),
            roots={(label, key) for label, key in data["roots"]},
            identifiers=Identifiers.from_json(data["identifiers"]),
            tenant_id=tenant_id,
            with_account=with_account,
        )
