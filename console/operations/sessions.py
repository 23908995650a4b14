"""Staff sessions: a tenant's content opens for a while, for a reason, on record for staff and tenant alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tenancy import TenantRefused, audit
from tenancy.models import Tenant, UserTenantMembership

from .models import StaffSession


@transaction.atomic
def open_session(tenant: Tenant, *, by: Any, reason: str, ticket: str) -> StaffSession:
    """Open `tenant`'s content to `by` for `settings.STAFF_SESSION_MINUTES`. Needs staff scope.

    Raises TenantRefused: ``reason_required``, ``already_open``.
    """
    if not reason.strip() or not ticket.strip():
        raise TenantRefused("Say why, and name the ticket.", code="reason_required")
    if any(session.tenant_id == tenant.pk and not session.viewing_as_id for session in open_sessions(by)):
        raise TenantRefused("A session for this tenant is open already.", code="already_open")
    session = StaffSession.objects.create(
        actor_id=by.pk,
        tenant=tenant,
        reason=reason,
        ticket=ticket,
        expires_at=timezone.now() + timedelta(minutes=settings.STAFF_SESSION_MINUTES),
    )
    details = {"ticket": ticket, "minutes": settings.STAFF_SESSION_MINUTES}
    audit.record("staff_session.opened", by=by, tenant=tenant, target=session, reason=reason, details=details)
    return session


@transaction.atomic
def view_as(membership: UserTenantMembership, *, by: Any, reason: str, ticket: str) -> StaffSession:
    """Open a session in which `by` sees the workspace as this member, read-only (see `view_as_middleware`).

    Raises TenantRefused: ``reason_required``, ``switched_off`` (the tenant's own setting), ``inactive_member``,
    ``is_staff``, ``already_viewing``.
    """
    if not reason.strip() or not ticket.strip():
        raise TenantRefused("Say why, and name the ticket.", code="reason_required")
    if not membership.tenant.config.features.view_as:
        raise TenantRefused("The organisation lets nobody look through its members' eyes.", code="switched_off")
    if not (membership.is_active and membership.user.is_active and membership.tenant.is_active):
        raise TenantRefused("Only an active member of an active tenant can be looked over.", code="inactive_member")
    if membership.user.is_staff or membership.user.is_superuser:
        raise TenantRefused("Nobody looks through the eyes of staff.", code="is_staff")
    if any(session.viewing_as_id for session in open_sessions(by)):
        raise TenantRefused("You look through somebody's eyes already; end that first.", code="already_viewing")
    session = StaffSession.objects.create(
        actor_id=by.pk,
        tenant=membership.tenant,
        viewing_as=membership.user,
        reason=reason,
        ticket=ticket,
        expires_at=timezone.now() + timedelta(minutes=settings.STAFF_SESSION_MINUTES),
    )
    details = {"ticket": ticket, "as": str(membership.user_id)}
    audit.record("view_as.started", by=by, tenant=membership.tenant, target=membership, reason=reason, details=details)
    return session


def end_session(session: StaffSession, *, by: Any) -> StaffSession:
    """Close a session before its time; a closed one stays as it is."""
    if session.is_open:
        session.ended_at = timezone.now()
        session.save(update_fields=["ended_at"])
        verb = "view_as.ended" if session.viewing_as_id else "staff_session.ended"
        audit.record(verb, by=by, tenant=session.tenant_id, target=session)
    return session


def open_sessions(actor: Any) -> list[StaffSession]:
    """The sessions that `actor` has open at this moment."""
    live = StaffSession.objects.filter(actor_id=actor.pk, ended_at=None, expires_at__gt=timezone.now())
    return list(live.select_related("tenant").order_by("expires_at"))


def sessions_of(request: HttpRequest) -> list[StaffSession]:
    """Asked once per request, in the directory's scope; the page's banner finds them at the request."""
    found = open_sessions(request.user)
    request.staff_sessions = found  # type: ignore[attr-defined]
    return found


def content_of(sessions: Iterable[StaffSession]) -> frozenset[UUID]:
    """The tenants whose records are open."""
    return frozenset(session.tenant_id for session in sessions if session.viewing_as_id is None)
