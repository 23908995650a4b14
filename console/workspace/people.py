"""What the members of the tenant in scope are called, for pages that show keys of people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenancy.models import UserTenantMembership


def called(membership: UserTenantMembership) -> str:
    """What a member is called here: as the tenant says, else as they say themselves, else their address.

    What they say themselves counts once they have come in: an address that was only brought in may be a stranger's.
    """
    own = membership.user.full_name if membership.entered_at else ""
    return membership.display_name or own or membership.user.email


def names_of(keys: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by user key, former members included. One query; people who never belonged here are not in it."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    found = UserTenantMembership.objects.select_related("user").filter(user_id__in=wanted)
    return {membership.user_id: called(membership) for membership in found}


def name_of(key: UUID | None, names: dict[UUID, str]) -> str:
    """The name behind a key, or nothing."""
    return names.get(key, "") if key is not None else ""


def actor_name(key: UUID | None, names: dict[UUID, str]) -> str:
    """Who acted, as the tenant may know it: a member by name, everybody else by what they are."""
    if key is None:
        return str(_("System"))
    return names.get(key) or str(_("Support"))


def mark_actors(events: Iterable[Any], names: dict[UUID, str]) -> None:
    """Set `actor` on events that carry `actor_id`."""
    for event in events:
        event.actor = actor_name(event.actor_id, names)
