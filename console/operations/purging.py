"""A purge in the console: one member of staff asks for it, another approves, and notes and exports go with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenancy import TenantRefused
from tenancy.models import Tenant
from tenancy.purge import purge_tenant, refuse_purge

from .exports.orders import forget_all
from .four_eyes import verbs
from .models import Approval, ApprovalState, ListExport, StaffNote, StaffSession

VERB = "tenant.purge"


@transaction.atomic
def ask(tenant: Tenant, *, by: Any, reason: str, typed_slug: str) -> Approval:
    """Ask for a purge that somebody else approves. Needs staff scope.

    Raises TenantRefused: ``typed_slug``, ``asked`` (the question is open already), and as `tenancy.purge.refuse_purge`.
    """
    if typed_slug.strip() != tenant.slug:
        raise TenantRefused(_("Type the slug of the tenant as it stands on its page."), code="typed_slug")
    refuse_purge(tenant)
    standing = Approval.objects.filter(verb=VERB, tenant_key=tenant.pk, state=ApprovalState.ASKED)
    if standing.filter(expires_at__gt=timezone.now()).exists():
        raise TenantRefused(_("This is asked already and waits under Approvals."), code="asked")
    return verbs.ask(VERB, by=by, reason=reason, tenant=tenant, details={"keys": [str(tenant.pk)]})


@verbs.carries_out(VERB)
def purge(approval: Approval, *, by: Any) -> Any:
    """Order the approved purge: `by` approved what somebody else asked for."""
    (key,) = approval.details["keys"]
    tenant = Tenant.objects.get(pk=key)
    purge_tenant(tenant, by=approval.asked_by, reason=approval.reason, approved_by=by)
    return _("Approved: a job purges the tenant and leaves its report under Purges.")


def forget_tenant(sender: Any, tenant_id: UUID, **kwargs: Any) -> dict[str, int]:
    """Receiver of `tenancy.signals.tenant_purged`: notes and the files of exported lists go, open
    sessions end; that staff looked stays on record."""
    StaffSession.objects.filter(tenant_id=tenant_id, ended_at=None).update(ended_at=timezone.now())
    notes, _models = StaffNote.objects.filter(tenant_id=tenant_id).delete()
    # A list of all tenants holds this one's rows too, and nobody can tell from outside: each can be made again.
    return {StaffNote._meta.db_table: notes, f"{ListExport._meta.db_table}.file": forget_all()}
