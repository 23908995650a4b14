"""A request that is not carried out: refused with a ground, or withdrawn."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tenancy import audit

from ..exceptions import RequestRefused
from ..letters import send_letter
from ..models import DataRequest
from .locking import locked
from .transitions import move


def refuse(request: DataRequest, *, by: Any, ground: str) -> DataRequest:
    """Refuse a request; the person is told the ground and where to complain (Art. 12(4))."""
    with locked(request, reason="refuse") as row:
        if not ground.strip():
            raise RequestRefused("A refusal names its ground: the person is told.", code="no_ground")
        move(row, "refuse", by=by, note=ground, finished_at=timezone.now())
        send_letter(row, "refused", ground=ground)
        audit.record("privacy.request_refused", by=by, tenant=row.tenant_id, target=row)
        return scrub(row)


def withdraw(request: DataRequest, *, by: Any, ground: str = "") -> DataRequest:
    """The person took it back."""
    with locked(request, reason="withdraw") as row:
        move(row, "withdraw", by=by, note=ground, finished_at=timezone.now())
        audit.record("privacy.request_withdrawn", by=by, tenant=row.tenant_id, target=row)
        return scrub(row)


def scrub(row: DataRequest) -> DataRequest:
    """Empty the identifying half; what was done, when, by whom and on what ground is kept."""
    row.contact_name = row.contact_email = row.message = row.code_hash = ""
    row.subject = {}
    row.scrubbed_at = timezone.now()
    row.save(update_fields=["contact_name", "contact_email", "message", "code_hash", "subject", "scrubbed_at"])
    return row
