"""Fills a database with three tenants, their people and some weeks of history, through the product's own functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from console.accounts.models import User
from console.accounts.people import create_person
from console.members.flow import import_file
from tenancy import TenantRefused, audit, invitations, lifecycle, memberships, system_scope, tenant_scope
from tenancy.models import Tenant, UserTenantMembership

from . import MEMBERS, PASSWORD, STAFF
from .registry import fill

HERE = Path(__file__).parent
TENANTS = (  # slug, name, file of its people, weeks ago
    ("northwind", "Northwind Traders", "google_workspace_users.csv", 9),
    ("contoso", "Contoso Ltd", "slack_members.csv", 6),
    ("fabrikam", "Fabrikam GmbH", "hand_kept_cp1252.csv", 3),
)


def seed(say: Callable[[str], Any]) -> bool:
    """Make what is missing of the demo; returns whether anything was. Opens its own scopes."""
    with system_scope(reason="demo data"):
        missing = [entry for entry in TENANTS if not Tenant.objects.filter(slug=entry[0]).exists()]
        staff = [seed_staff(email, role) for email, role in STAFF.items()]
    operator = next(person for person in staff if person.email.startswith("operator"))
    for slug, name, file, weeks in missing:
        seed_tenant(slug, name, HERE / file, timezone.now() - timedelta(weeks=weeks), operator)
        say(f"{name}: {file}")
    return bool(missing)


def seed_staff(email: str, role: str) -> User:
    """A member of staff with one staff role."""
    person = User.objects.filter(email=email).first()
    if person is None:
        name = f"Demo {role}"
        person = create_person(email, PASSWORD, verified=True, full_name=name, is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        audit.record("person.created", by=None, target=person, reason="demo")
    return person


def seed_tenant(slug: str, name: str, file: Path, start: datetime, operator: User) -> None:
    """One tenant: made, its people imported, and a life of weeks after that."""
    with system_scope(reason="demo data"), audit.changing(by=operator, reason="demo", at=start):
        owner = demo_person(f"owner@{slug}.test", f"{name.split()[0]} Owner")
        tenant = lifecycle.create_tenant(name=name, slug=slug, owner=owner, by=operator, reason="new customer")
        for email, role in MEMBERS.items():
            if email.endswith(f"@{slug}.test") and role != "owner":
                person = demo_person(email, f"{name.split()[0]} {role.title()}")
                made = memberships.assign_user_to_tenant(person, tenant, role, by=operator, reason="new customer")
                memberships.note_entry(made)
    with audit.changing(by=operator, reason="first import", at=start + timedelta(days=1)):
        import_file(tenant, file, by=operator)
    live(tenant, owner, start, operator)
    with tenant_scope(tenant):
        fill(tenant, owner, start)


def live(tenant: Tenant, owner: User, start: datetime, operator: User) -> None:
    """Changes over the weeks since `start`, the newest a day ago."""
    days = max((timezone.now() - start).days - 2, 1)
    with tenant_scope(tenant):
        people = list(UserTenantMembership.objects.filter(role="member", is_active=True).order_by("id")[:24])
        for number, membership in enumerate(people):
            at = start + timedelta(days=2 + (days - 2) * number / max(len(people), 1), hours=number % 9)
            with audit.changing(by=owner, at=at):
                change(membership, number, owner)
    with tenant_scope(tenant):
        for number in range(3):
            invitations.invite(f"guest{number + 1}@{tenant.slug}.test", tenant, "member", by=owner)
    if tenant.slug == "fabrikam":
        moments = (start + timedelta(days=5), start + timedelta(days=8))
        with system_scope(reason="demo data"):
            with audit.changing(by=operator, at=moments[0]):
                lifecycle.suspend_tenant(tenant, by=operator, reason="Invoices are overdue")
            with audit.changing(by=operator, at=moments[1]):
                lifecycle.restore_tenant(tenant, by=operator, reason="Invoices are paid")


def change(membership: UserTenantMembership, number: int, owner: User) -> None:
    """One small change, a different one for each number."""
    reasons = ("new team", "left the company", "moved to sales", "back from leave")
    reason = reasons[number % len(reasons)]
    try:
        if number % 4 == 0:
            memberships.change_role(membership, "admin" if number % 8 == 0 else "viewer", by=owner, reason=reason)
        elif number % 4 == 1:
            memberships.deactivate_membership(membership, by=owner, reason=reason)
        else:
            memberships.change_details(
                membership, by=owner, reason=reason, title=("Engineer", "Account Manager")[number % 2]
            )
    except TenantRefused as refusal:
        raise RuntimeError(f"The demo's own change was refused: {refusal.code}") from refusal


def demo_person(email: str, name: str) -> User:
    """An account with the demo's password."""
    known = User.objects.filter(email=email).first()
    return known or create_person(email, PASSWORD, verified=True, full_name=name)
