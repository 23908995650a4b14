"""The way back of an invitation: sent again where it was revoked or deleted, never where it was used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy import invitations
from tenancy.models import Invitation


def open_or_close(obj: Invitation, values: Mapping[str, Any], *, by: Any, reason: str) -> None:
    """Take a revocation back, or revoke again."""
    verb = invitations.reinstate if values["revoked_at"] is None else invitations.revoke
    verb(obj, by=by, reason=reason)


def invited_again(row: Any, *, by: Any, reason: str) -> Invitation:
    """A deleted invitation returns as a new one: nobody knows the link of the old one any more."""
    return invitations.invite(row.email, row.tenant, row.role, by=by, reason=reason)


def used_already(row: Any, obj: Any) -> Any:
    """Why an accepted invitation does not go back."""
    if (obj or row).accepted_at is None:
        return ""
    return _("It was accepted, so a membership came of it: change or deactivate that one instead.")


def where_invited(row: Any, obj: Any) -> tuple[str, Any]:
    """The page that sends it again; of a used or deleted one, the page of its tenant."""
    if obj is not None and obj.accepted_at is None:
        return reverse("admin:tenancy_invitation_change", args=[obj.pk]), _("Page of the invitation")
    return reverse("admin:tenant_page", args=[row.tenant_id]), _("Page of the tenant")
