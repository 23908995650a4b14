"""What the search finds: tenants, people, memberships, invitations, privacy requests, jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from console.models import JobRun
from pii.models import DataRequest
from tenancy.models import Invitation, Tenant, UserTenantMembership

from .privacy.seen import seen
from .search import PER_KIND, Hit, Query, matching, provider


def matches(kind: str, query: Query) -> Q:
    """By key where keys were given, by whole address where addresses were, else by words."""
    if query.keys:
        return Q(pk__in=query.keys)
    return Q(pk__in=matching(kind, query.text, PER_KIND * 4))


def link(name: str, key: Any) -> str:
    return reverse(f"admin:{name}", args=[key])


@provider("tenant", "tenancy.view_tenant", title=_("Tenants"), list_name="tenancy_tenant")
def tenants(request: HttpRequest, query: Query) -> Iterator[Hit]:
    for row in Tenant.objects.filter(matches("tenant", query)).order_by("name")[:PER_KIND]:
        description = f"Tenant · {row.slug} · {row.state}"
        yield Hit(row.name, description, link("tenant_page", row.pk), "domain", "tenant")


@provider("person", "accounts.view_user", title=_("People"), list_name="accounts_user")
def people(request: HttpRequest, query: Query) -> Iterator[Hit]:
    wanted = Q(email__in=query.addresses) if query.addresses else matches("person", query)
    for row in get_user_model().objects.filter(wanted).order_by("email")[:PER_KIND]:
        title, inactive = seen(request, row, "full_name", "email"), "" if row.is_active else " · inactive"
        address = seen(request, row, "email")
        yield Hit(title, f"Person · {address}{inactive}", link("person_page", row.pk), "person", "person")


@provider(
    "membership", "tenancy.view_usertenantmembership", title=_("Memberships"), list_name="tenancy_usertenantmembership"
)
def memberships(request: HttpRequest, query: Query) -> Iterator[Hit]:
    wanted = Q(user__email__in=query.addresses) if query.addresses else matches("membership", query)
    rows = UserTenantMembership.objects.filter(wanted).select_related("tenant", "user")[:PER_KIND]
    for row in rows:
        title = seen(request, row, "display_name") or seen(request, row.user, "full_name", "email")
        description = f"Membership · {row.tenant.slug} · {row.role}"
        yield Hit(title, description, link("tenancy_usertenantmembership_change", row.pk), "badge", "membership")


@provider("invitation", "tenancy.view_invitation", title=_("Invitations"), list_name="tenancy_invitation")
def invitations(request: HttpRequest, query: Query) -> Iterator[Hit]:
    wanted = Q(email__in=query.addresses) if query.addresses else matches("invitation", query)
    for row in Invitation.objects.filter(wanted).select_related("tenant")[:PER_KIND]:
        state = "pending" if row.is_open else "settled"
        yield Hit(
            seen(request, row, "email"),
            f"Invitation · {row.tenant.slug} · {state}",
            link("tenancy_invitation_change", row.pk),
            "mail",
            "invitation",
        )


@provider("privacy", "pii.view_datarequest", title=_("Privacy requests"), list_name="pii_datarequest")
def privacy_requests(request: HttpRequest, query: Query) -> Iterator[Hit]:
    """By number or id, or by the whole address that answers go to (gone once the request is done)."""
    wanted = Q(pk__in=query.keys) if query.keys else Q(contact_email__in=query.addresses) | Q(number__iexact=query.text)
    for row in DataRequest.objects.filter(wanted).order_by("-received_at")[:PER_KIND]:
        state, due = row.get_state_display(), date_format(row.due_on, "j M Y")  # type: ignore[attr-defined]  # choices
        description = f"Privacy request · {row.get_kind_display()} · {state} · due {due}"  # type: ignore[attr-defined]
        yield Hit(row.number, description, link("pii_datarequest_change", row.pk), "shield_person", "privacy")


@provider("job", "console.view_jobrun", title=_("Jobs"), list_name="console_jobrun")
def jobs(request: HttpRequest, query: Query) -> Iterable[Hit]:
    wanted = Q(pk__in=query.keys) if query.keys else Q(name__gte=query.text, name__lt=query.text + "\U0010fffd")
    return [
        Hit(row.name, f"Job · {row.state}", link("console_jobrun_change", row.pk), "pending_actions", "job")
        for row in JobRun.objects.filter(wanted).order_by("-created_at")[:PER_KIND]
    ]
