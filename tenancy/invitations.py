"""How people come into a tenant: by a mailed link that works once, for one address, for a while.

Verbs run in the caller's scope (a tenant's, staff or system) and write only through it. The link's token exists in the
mail alone; the table keeps its SHA-256. Whoever invites learns nothing of accounts elsewhere: known and unknown
addresses take the same path and the same time until their owner opens the mail.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from . import audit, conf
from .exceptions import TenantRefused
from .jobs import enqueue
from .joining import refuse_beyond_seats, refuse_strange_domain
from .memberships import lock_owners
from .models import Invitation, Tenant, UserTenantMembership
from .roles import Action, Role, can
from .scope import ScopeKind, current_scope, identity_scope, tenant_scope

MAIL_JOB = "tenancy.mail_invitation"
ALREADY_INVITED = "This address is invited already: send that invitation again or revoke it first."


def invite(email: str, tenant: Tenant, role: Role | str | None = None, *, by: Any, reason: str = "") -> Invitation:
    """Invite an address. In tenant scope `by` must manage members there and hold at least `role`.

    Without a role it is the tenant's ``members.default_role``. Raises TenantRefused: ``invalid_email``,
    ``not_allowed``, ``tenant_inactive``, ``already_member``, ``domain_not_allowed``, ``seats_taken``,
    ``already_invited`` or ``too_many_mails``.
    """
    email = normalise(email)
    role = Role(role or tenant.config.members.default_role)
    _refuse_escalation(by, tenant.pk, role)
    _refuse_inactive(tenant)
    _refuse_member(email, tenant.pk)
    refuse_strange_domain(email, tenant)
    _refuse_flood(tenant.pk, email)
    now = timezone.now()
    try:
        with transaction.atomic(), audit.changing(by=by, reason=reason):
            lock_owners(tenant.pk)
            for stale in Invitation.objects.filter(
                tenant=tenant, email=email, accepted_at=None, revoked_at=None, expires_at__lte=now
            ):
                stale.revoked_at = now
                stale.save(update_fields=["revoked_at"])
            refuse_beyond_seats(tenant)
            invitation: Invitation = Invitation.objects.create(
                tenant=tenant,
                email=email,
                role=role,
                invited_by=by,
                token_hash=digest(new_token()),  # nobody knows this token; the mail's replaces it
                expires_at=expiry(tenant),
                sent_count=1,
            )
            audit.record(
                "invitation.sent", by=by, tenant=tenant, target=invitation, reason=reason, details={"role": role.value}
            )
            enqueue(MAIL_JOB, invitation.pk, tenant=tenant, by=by)
    except IntegrityError:
        raise TenantRefused(ALREADY_INVITED, code="already_invited") from None
    return invitation


def resend(invitation: Invitation, *, by: Any, reason: str = "") -> Invitation:
    """Send the mail again with a new link and a new term; the old link stops working.

    Raises TenantRefused: as `invite`, or ``accepted``, ``revoked``.
    """
    _refuse_escalation(by, invitation.tenant_id, Role(invitation.role))
    with transaction.atomic(), audit.changing(by=by, reason=reason):
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        _refuse_settled(invitation)
        _send_again(invitation, by=by)
        audit.record("invitation.resent", by=by, tenant=invitation.tenant_id, target=invitation, reason=reason)
    return invitation


def reinstate(invitation: Invitation, *, by: Any, reason: str = "") -> Invitation:
    """Open a revoked invitation again: a new mail, a new link, a new term; the links sent before stay dead.

    Raises TenantRefused: as `invite`, or ``accepted``, ``not_revoked``.
    """
    _refuse_escalation(by, invitation.tenant_id, Role(invitation.role))
    try:
        with transaction.atomic(), audit.changing(by=by, reason=reason):
            invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
            if invitation.accepted_at is not None:
                raise TenantRefused("This invitation was used already.", code="accepted")
            if invitation.revoked_at is None:
                raise TenantRefused("This invitation is not revoked: send it again instead.", code="not_revoked")
            _refuse_member(invitation.email, invitation.tenant_id)
            invitation.revoked_at = None
            _send_again(invitation, by=by)
            audit.record("invitation.reinstated", by=by, tenant=invitation.tenant_id, target=invitation, reason=reason)
    except IntegrityError:
        raise TenantRefused(ALREADY_INVITED, code="already_invited") from None
    return invitation


def revoke(invitation: Invitation, *, by: Any, reason: str = "") -> Invitation:
    """Make the link worthless; harmless when it is already. Raises TenantRefused: ``not_allowed``, ``accepted``."""
    _refuse_escalation(by, invitation.tenant_id, Role(invitation.role))
    with transaction.atomic(), audit.changing(by=by, reason=reason):
        invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if invitation.accepted_at is not None:
            raise TenantRefused("This invitation was accepted: deactivate the membership instead.", code="accepted")
        if invitation.revoked_at is None:
            invitation.revoked_at = timezone.now()
            invitation.save(update_fields=["revoked_at"])
            audit.record("invitation.revoked", by=by, tenant=invitation.tenant_id, target=invitation, reason=reason)
    return invitation


def access_invitation_by_token(token: str) -> Invitation:
    """The invitation that `token` opens, with its tenant; needs no scope, the token is the proof.

    Raises TenantRefused: ``unknown``, ``accepted``, ``revoked``, ``expired``, ``tenant_inactive`` or ``withdrawn``
    (whoever invited may no longer do so).
    """
    with identity_scope():
        invitation: Invitation | None = (
            Invitation.objects.select_related("tenant", "invited_by").filter(token_hash=digest(token)).first()
        )
        if invitation is None:
            raise TenantRefused("This link is not valid, or a newer mail replaced it.", code="unknown")
        _refuse_settled(invitation)
        if invitation.expires_at <= timezone.now():
            raise TenantRefused("This invitation has expired.", code="expired")
        _refuse_inactive(invitation.tenant)
        _refuse_withdrawn(invitation)
    return invitation


def accept(token: str, user: Any) -> UserTenantMembership:
    """Turn the invitation into a membership of `user`, once. `user` is an account, or a function that makes it: it is
    called in identity scope, with the invitation already locked, inside the same transaction.

    Raises TenantRefused: as `access_invitation_by_token`, ``domain_not_allowed``, ``seats_taken``, or
    ``other_address`` when the account has another address.
    """
    found = access_invitation_by_token(token)
    make: Callable[[], Any] = user if callable(user) else lambda: user
    with transaction.atomic():
        with tenant_scope(found.tenant_id):
            invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
            _refuse_settled(invitation)
        with identity_scope():
            person = make()
        if normalise(person.email) != invitation.email:
            raise TenantRefused("This invitation is for another address.", code="other_address")
        with tenant_scope(found.tenant_id), audit.changing(by=person, reason="accepted an invitation"):
            invitation.accepted_at = timezone.now()
            invitation.save(update_fields=["accepted_at"])
            membership = _join(person, invitation)
            audit.record("invitation.accepted", by=person, tenant=found.tenant_id, target=invitation)
    return membership


def normalise(email: str) -> str:
    """The stored form of an address. Raises TenantRefused: ``invalid_email``."""
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise TenantRefused("This is not an e-mail address.", code="invalid_email") from None
    return email


def new_token() -> str:
    """256 bits that only the mail carries."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What the table keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _join(person: Any, invitation: Invitation) -> UserTenantMembership:
    membership: UserTenantMembership | None = UserTenantMembership.objects.filter(user=person).first()
    if membership is not None and membership.is_active:
        return membership  # who is in already keeps the role they have
    tenant = Tenant.objects.get(pk=invitation.tenant_id)
    refuse_strange_domain(invitation.email, tenant)
    lock_owners(tenant.pk)
    refuse_beyond_seats(tenant, but=invitation)
    verb = "membership.reactivated" if membership else "membership.created"
    membership = membership or UserTenantMembership(user=person, tenant=invitation.tenant)
    membership.is_active, membership.role = True, invitation.role
    membership.save()
    audit.record(
        verb, by=person, tenant=invitation.tenant_id, target=membership, details={"invitation": str(invitation.pk)}
    )
    return membership


def expiry(tenant: Tenant) -> datetime:
    """Until when an invitation sent now is good: the tenant's ``members.invitation_expiry``."""
    term: timedelta = tenant.config.members.invitation_expiry
    return timezone.now() + term


def _refuse_escalation(by: Any, tenant_id: UUID, role: Role) -> None:
    # Staff and system scope were guarded where they were opened; inside a tenant, nobody gives more than they hold.
    if current_scope().kind is not ScopeKind.TENANT:
        return
    inviter = UserTenantMembership.objects.filter(tenant_id=tenant_id, user=by, is_active=True).first()
    if inviter is None or not can(inviter.role, Action.MEMBERS_MANAGE) or not Role(inviter.role).covers(role):
        raise TenantRefused("You may not invite people into this role.", code="not_allowed")


def _refuse_withdrawn(invitation: Invitation) -> None:
    inviter = invitation.invited_by
    if inviter is None or (inviter.is_active and getattr(inviter, "is_staff", False)):
        return  # invited from the command line, or by staff
    held = UserTenantMembership.objects.filter(tenant_id=invitation.tenant_id, user=inviter, is_active=True).first()
    if not inviter.is_active or held is None or not Role(held.role).covers(invitation.role):
        raise TenantRefused("Whoever sent this invitation may no longer invite.", code="withdrawn")


def _send_again(invitation: Invitation, *, by: Any) -> None:
    tenant = Tenant.objects.get(pk=invitation.tenant_id)
    _refuse_inactive(tenant)
    refuse_strange_domain(invitation.email, tenant)
    lock_owners(tenant.pk)
    refuse_beyond_seats(tenant, but=invitation)
    _refuse_flood(invitation.tenant_id, invitation.email, invitation)
    invitation.sent_count += 1
    invitation.expires_at = expiry(tenant)
    invitation.invited_by = by
    invitation.save(update_fields=["sent_count", "expires_at", "invited_by", "revoked_at"])
    enqueue(MAIL_JOB, invitation.pk, tenant=invitation.tenant_id, by=by)


def _refuse_member(email: str, tenant_id: UUID) -> None:
    if UserTenantMembership.objects.filter(tenant_id=tenant_id, user__email=email, is_active=True).exists():
        raise TenantRefused("This address belongs to a member already.", code="already_member")


def _refuse_settled(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise TenantRefused("This invitation was used already.", code="accepted")
    if invitation.revoked_at is not None:
        raise TenantRefused("This invitation was revoked.", code="revoked")


def _refuse_inactive(tenant: Tenant) -> None:
    if not tenant.is_active:
        raise TenantRefused("This organisation takes no new members at the moment.", code="tenant_inactive")


def _refuse_flood(tenant_id: UUID, email: str, invitation: Invitation | None = None) -> None:
    day = Invitation.objects.filter(
        tenant_id=tenant_id, email=email, created_at__gt=timezone.now() - timedelta(days=1)
    ).aggregate(sent=Sum("sent_count"))
    sent = max(day["sent"] or 0, invitation.sent_count if invitation else 0)
    if sent >= conf.get("INVITATION_MAILS"):
        raise TenantRefused("This address got enough mails; invite it again tomorrow.", code="too_many_mails")
