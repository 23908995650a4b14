"""Keeps addresses out of an import that the tenant's setting ``members.allowed_domains`` keeps out of invitations."""

from __future__ import annotations

from tenancy.models import Tenant

from .models import MemberImport
from .refusing import header, problem, refuse
from .targets import MergeTarget


def refuse_other_domains(item: MemberImport, target: MergeTarget) -> None:
    """Refuse new people whose address is at none of the allowed domains; members who are there already stay."""
    allowed = Tenant.objects.get(pk=item.tenant_id).config.members.allowed_domains
    if not allowed:
        return
    refuse(
        item,
        "s.action = 'new' AND split_part(s.key, '@', 2) <> ALL(%(domains)s)",
        problem(
            "domain_not_allowed",
            header(item, "email"),
            "s.key",
            "'The address is at none of the domains that the organisation allows.'",
            "Use an address of the organisation, or let an owner allow the domain in the settings.",
        ),
        domains=[domain.lower() for domain in allowed],
    )
