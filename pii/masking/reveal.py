"""Open one object's masked values: for one session, a few minutes, with a reason, and recorded first."""

from __future__ import annotations

from datetime import timedelta

from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone

from tenancy import audit, system_scope

from .. import conf
from ..exceptions import RequestRefused
from ..models import Reveal
from .viewer import session_hash


def reveal(request: HttpRequest, row: models.Model, *, reason: str) -> Reveal:
    """Record the look, then allow it. Raises RequestRefused without a reason or over the hourly budget."""
    if len(reason.strip()) < 5:
        raise RequestRefused("Say why you need to see it: the person can read that.", code="no_reason")
    now = timezone.now()
    with system_scope(reason="record a reveal"), transaction.atomic():
        recent = Reveal.objects.filter(actor=request.user.pk, at__gt=now - timedelta(hours=1))
        if recent.count() >= conf.get("REVEALS_PER_HOUR"):
            raise RequestRefused("Your reveals of this hour are used up.", code="budget")
        tenant_id = getattr(row, "tenant_id", None)
        made = Reveal.objects.create(
            actor_id=request.user.pk,
            session_hash=session_hash(request),
            model=row._meta.label_lower,
            key=str(row.pk),
            tenant_key=tenant_id,
            reason=reason.strip()[:500],
            expires_at=now + timedelta(minutes=conf.get("REVEAL_MINUTES")),
        )
        audit.record("privacy.revealed", by=request.user, tenant=tenant_id, target=row, reason=reason)
    return made
