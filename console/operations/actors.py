"""Who acted, as the viewer may read it: staff by their address, a tenant's own people masked as everywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.http import HttpRequest

from pii import MaskEmail
from pii.masking import Viewer, shown, viewer_of
from tenancy.models import UserTenantMembership


def named(request: HttpRequest, acted: Sequence[tuple[Any, str]]) -> list[str]:
    """The words for each actor, given by key and the address that the record kept of them (either may be empty).

    A colleague, oneself, and a member of a tenant whose session is open: the address as it was. Anybody else masked.
    Two queries at most, however many there are.
    """
    viewer = viewer_of(request)
    keys = {key for one, _address in acted if (key := _key(one)) is not None}
    found = {person.pk: person for person in get_user_model()._default_manager.filter(pk__in=keys)} if keys else {}
    guests = {key for key, person in found.items() if not person.is_staff}
    if viewer.open_tenants and guests:
        inside = UserTenantMembership.objects.filter(user__in=guests, tenant__in=viewer.open_tenants)
        guests -= set(inside.values_list("user", flat=True))
    return [_words(viewer, found, guests, _key(one), str(one or ""), address) for one, address in acted]


def with_known_actors(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Recorded acts that say of themselves (`is_actor_known`) whether the viewer may read their actor's address."""
    viewer = viewer_of(request)
    colleague = get_user_model()._default_manager.filter(pk=OuterRef("actor_id"), is_staff=True)
    known = Q(actor_id=viewer.user_key) | Q(Exists(colleague))
    if viewer.open_tenants:
        own = UserTenantMembership.objects.filter(user=OuterRef("actor_id"), tenant__in=viewer.open_tenants)
        known |= Q(Exists(own))
    known_rows: QuerySet[Any] = rows.annotate(is_actor_known=ExpressionWrapper(known, output_field=BooleanField()))
    return known_rows


def actor_of(row: Any) -> str:
    """The words for the actor of a row of `with_known_actors`."""
    if not row.actor_address:
        return f"account {row.actor_id}" if row.actor_id else "command line"
    return str(row.actor_address) if row.is_actor_known else MaskEmail().show(row.actor_address)


def _words(viewer: Viewer, found: dict[UUID, Any], guests: set[UUID], key: UUID | None, text: str, address: str) -> str:
    person = found.get(key) if key else None
    if person is None:
        return MaskEmail().show(address) if address else f"account {text}" if text else "command line"
    if key not in guests or key == viewer.user_key:
        return address or str(person.email)
    masked = str(shown(viewer, person, "email"))
    if not address:
        return masked
    return address if masked == person.email else MaskEmail().show(address)


def _key(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
