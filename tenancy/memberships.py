"""Who belongs to a tenant: every change of a membership goes through these verbs.

A tenant that has had an owner keeps at least one active owner while it is active. The verbs say so in words; a
deferred constraint trigger holds it against everything else, two transactions at once included.
"""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit
from .exceptions import TenantRefused
from .joining import refuse_beyond_seats
from .models import Tenant, TenantState, UserTenantMembership
from .roles import Action, Role, can
from .scope import current_scope

SAID_BY_THE_TENANT = ("display_name", "external_id", "title")


@transaction.atomic
def assign_user_to_tenant(
    user: Any, tenant: Tenant, role: Role | str, *, by: Any, reason: str = "", **fields: str
) -> UserTenantMembership:
    """Make sure that `user` is an active member of `tenant` with `role`. Doing it twice changes nothing.

    `fields` are what the tenant says of the person: display_name, external_id, title; absent ones stay as they are.
    Raises TenantRefused (``last_owner``, ``escalation``, ``external_id_taken``, ``seats_taken``,
    ``tenant_archived``) and TypeError for another field.
    """
    if unknown := set(fields) - set(SAID_BY_THE_TENANT):
        raise TypeError(f"A membership has no field {', '.join(sorted(unknown))} that a tenant may set.")
    role = Role(role)
    if tenant.state in (TenantState.ARCHIVED, TenantState.PURGED):
        raise TenantRefused(_("The tenant is archived; restore it first."), code="tenant_archived")
    lock_owners(tenant.pk)
    membership: UserTenantMembership | None = UserTenantMembership.objects.filter(tenant=tenant, user=user).first()
    if membership is None:
        _refuse_escalation(by, tenant, role)
        membership = UserTenantMembership(tenant=tenant, user=user, role=role, **fields)
        _refuse_taken_external_id(membership)
        refuse_beyond_seats(tenant)
        with audit.changing(by=by, reason=reason):
            membership.save(force_insert=True)
        _record("membership.created", membership, by, reason, role=role)
        return membership
    if fields and any(getattr(membership, name) != value for name, value in fields.items()):
        change_details(membership, by=by, reason=reason, **fields)
    if membership.role != role:
        change_role(membership, role, by=by, reason=reason)
    if not membership.is_active:
        reactivate_membership(membership, by=by, reason=reason)
    return membership


@transaction.atomic
def change_role(
    membership: UserTenantMembership, role: Role | str, *, by: Any, reason: str = ""
) -> UserTenantMembership:
    """Give a member another role. Raises TenantRefused (``last_owner``, ``escalation``)."""
    role = Role(role)
    _refresh(membership)
    before = membership.role
    if before == role:
        return membership
    _refuse_escalation(by, membership.tenant, before, role)
    if role != Role.OWNER:
        _refuse_last_owner(membership)
    membership.role = role
    _save(membership, by, reason)
    _record("membership.role_changed", membership, by, reason, **{"from": before, "to": str(role)})
    return membership


@transaction.atomic
def deactivate_membership(membership: UserTenantMembership, *, by: Any, reason: str = "") -> UserTenantMembership:
    """Shut a member out of the tenant from the next request on; the account itself is untouched.

    Raises TenantRefused (``last_owner``, ``escalation``).
    """
    _refresh(membership)
    if not membership.is_active:
        return membership
    _refuse_escalation(by, membership.tenant, membership.role)
    _refuse_last_owner(membership)
    membership.is_active = False
    _save(membership, by, reason)
    _record("membership.deactivated", membership, by, reason)
    return membership


@transaction.atomic
def leave_tenant(membership: UserTenantMembership, *, by: Any, reason: str = "") -> UserTenantMembership:
    """Let a member go of their own will, whatever their role. Raises TenantRefused (``last_owner``, ``not_yours``)."""
    if membership.user_id != getattr(by, "pk", by):
        raise TenantRefused(_("Only the member can leave; others are deactivated."), code="not_yours")
    _refresh(membership)
    if not membership.is_active:
        return membership
    _refuse_last_owner(membership)
    membership.is_active = False
    _save(membership, by, reason)
    _record("membership.left", membership, by, reason)
    return membership


@transaction.atomic
def reactivate_membership(membership: UserTenantMembership, *, by: Any, reason: str = "") -> UserTenantMembership:
    """Let a deactivated member in again, with the role they had.

    Raises TenantRefused (``escalation``, ``seats_taken``).
    """
    _refresh(membership)
    if membership.is_active:
        return membership
    _refuse_escalation(by, membership.tenant, membership.role)
    refuse_beyond_seats(membership.tenant)
    membership.is_active = True
    _save(membership, by, reason)
    _record("membership.reactivated", membership, by, reason)
    return membership


@transaction.atomic
def change_details(
    membership: UserTenantMembership, *, by: Any, reason: str = "", **fields: str
) -> UserTenantMembership:
    """Change what the tenant says of a person. Raises TenantRefused (``external_id_taken``, ``escalation``)."""
    _refresh(membership)
    _refuse_escalation(by, membership.tenant, membership.role)
    for name, value in fields.items():
        if name not in SAID_BY_THE_TENANT:
            raise TypeError(f"A membership has no field {name} that a tenant may set.")
        setattr(membership, name, value)
    _refuse_taken_external_id(membership)
    _save(membership, by, reason)
    _record("membership.changed", membership, by, reason, fields=sorted(fields))
    return membership


@transaction.atomic
def transfer_ownership(
    to: UserTenantMembership, *, by: Any, reason: str = "", step_down: UserTenantMembership | None = None
) -> UserTenantMembership:
    """Make `to` an owner; `step_down`, an owner so far, becomes an administrator in the same breath.

    Raises TenantRefused (``inactive_member``, ``escalation``).
    """
    lock_owners(to.tenant_id)
    _refresh(to)
    if not to.is_active:
        raise TenantRefused(_("Only an active member can become owner."), code="inactive_member")
    change_role(to, Role.OWNER, by=by, reason=reason)
    if step_down is not None and step_down.pk != to.pk:
        change_role(step_down, Role.ADMIN, by=by, reason=reason)
    _record("tenant.ownership_transferred", to, by, reason)
    return to


def membership_of(tenant: Tenant, email: str) -> UserTenantMembership | None:
    """The membership of whoever has this address, or None. Needs a wide scope, or the tenant's own."""
    rows = UserTenantMembership.objects.filter(tenant=tenant, user__email=email.strip().lower())
    found: UserTenantMembership | None = rows.select_related("user", "tenant").first()
    return found


def lock_owners(tenant_id: Any) -> None:
    """Wait until no other transaction changes the owners of this tenant; held until commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"tenancy.owners:{tenant_id}"])


def _refresh(membership: UserTenantMembership) -> None:
    """Look again under the owners' lock, so that two changes at once see each other."""
    lock_owners(membership.tenant_id)
    membership.refresh_from_db(fields=["role", "is_active", *SAID_BY_THE_TENANT])


def _save(membership: UserTenantMembership, by: Any, reason: str) -> None:
    with audit.changing(by=by, reason=reason):
        membership.save()


def _record(verb: str, membership: UserTenantMembership, by: Any, reason: str, **details: Any) -> None:
    details["user"] = str(membership.user_id)
    audit.record(verb, by=by, tenant=membership.tenant_id, target=membership, reason=reason, details=details)


def _refuse_last_owner(membership: UserTenantMembership) -> None:
    if membership.role != Role.OWNER or not membership.is_active or membership.tenant.state != TenantState.ACTIVE:
        return
    others = UserTenantMembership.objects.filter(tenant_id=membership.tenant_id, role=Role.OWNER, is_active=True)
    if not others.exclude(pk=membership.pk).exists():
        raise TenantRefused(_("This is the only active owner; make somebody else owner first."), code="last_owner")


def _refuse_escalation(by: Any, tenant: Tenant, *roles: str) -> None:
    """In a tenant's own scope nobody touches or grants a role above their own; staff are judged by the console."""
    if current_scope().is_wide or by is None:
        return
    own = UserTenantMembership.objects.filter(tenant=tenant, user_id=getattr(by, "pk", by), is_active=True).first()
    held = own.role if own is not None else None
    if not can(held, Action.MEMBERS_MANAGE) or not all(Role(str(held)).covers(role) for role in roles):
        raise TenantRefused(_("Your role does not allow that."), code="escalation")


def _refuse_taken_external_id(membership: UserTenantMembership) -> None:
    if not membership.external_id:
        return
    same = UserTenantMembership.objects.filter(tenant_id=membership.tenant_id, external_id=membership.external_id)
    if same.exclude(pk=membership.pk).exists():
        raise TenantRefused(_("Another member has this external id already."), code="external_id_taken")


def note_entry(membership: UserTenantMembership) -> None:
    """Remember that the person has come in by themselves; costs a statement the first time. Needs the tenant's scope.

    From then on the tenant sees the name that the person gave themselves. Before, it would tell whoever brings in a
    stranger's address that the address has an account elsewhere, and whose it is.
    """
    if membership.entered_at is None:
        membership.entered_at = timezone.now()
        row = UserTenantMembership.objects.filter(pk=membership.pk, entered_at=None)
        row.update(entered_at=membership.entered_at)
