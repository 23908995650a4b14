"""Mails an invitation to everybody whom an import brought: the only way in which such an account opens."""

from __future__ import annotations

from django.db import transaction

from tenancy import audit, jobs
from tenancy.invitation_mail import mail_invitation
from tenancy.invitations import digest, expiry, new_token
from tenancy.models import Invitation

from .database import ROWS, rows
from .models import MemberImport

BATCH = 100


def invite_all(item: MemberImport) -> None:
    """Make and mail the invitations that are missing, in the tenant's scope; run again, it goes on.

    Known and unknown addresses get the same. Addresses with an open invitation are left out.
    """
    total = item.applied_count("new")
    after = -1
    while batch := _next(item, after):
        for line, email, role in batch:
            after = line
            with transaction.atomic(), audit.changing(by=item.actor_id, reason=item.reason):
                invitation = Invitation.objects.create(
                    tenant=item.tenant,
                    email=email,
                    role=role,
                    invited_by_id=item.actor_id,
                    token_hash=digest(new_token()),
                    expires_at=expiry(item.tenant),
                    sent_count=1,
                )
            mail_invitation(str(invitation.pk))
            item.add_applied(invited=1)
        item.save(update_fields=["applied"])
        jobs.progress(item.applied_count("invited"), total, "Inviting")
        if jobs.cancelled():
            return


def _next(item: MemberImport, after: int) -> list[tuple[int, str, str]]:
    found = rows(
        f"SELECT s.line, s.key, m.role FROM {ROWS} s JOIN tenancy_usertenantmembership m "
        "ON m.user_id = s.person_id AND m.tenant_id = %(tenant)s "
        "WHERE s.import_id = %(import)s AND s.action = 'new' AND s.line > %(after)s AND m.is_active "
        "AND NOT EXISTS (SELECT FROM tenancy_invitation i WHERE i.tenant_id = %(tenant)s AND i.email = s.key "
        "AND i.revoked_at IS NULL) ORDER BY s.line LIMIT %(limit)s",
        item,
        after=after,
        limit=BATCH,
    )
    return [(line, email, role) for line, email, role in found]
