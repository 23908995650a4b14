"""Restriction (Art. 18): the person's rows are marked, and stay so until somebody lifts it and has told the person."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from tenancy import audit, system_scope

from ..exceptions import RequestRefused
from ..find import find
from ..identifiers.normal import normal_email
from ..letters import send_letter, send_now
from ..models import DataRequest, Kind, RestrictedRow, Restriction
from ..restricted import is_restrictable
from .ending import scrub
from .identity import subject_of
from .locking import locked
from .transitions import move, write_event


def restrict(request: DataRequest, *, by: Any, ground: str) -> Restriction:
    """Mark every row of the person and finish the request. `ground` says which point of Art. 18(1) applies.

    One organisation's request restricts what that organisation keeps; the platform's restricts the account too.
    Raises RequestRefused for another kind of request, an unchecked identity, or where nothing is kept.
    """
    with locked(request, reason="restrict") as row:
        if row.kind != Kind.RESTRICTION:
            raise RequestRefused("This request asks for no restriction.", code="wrong_kind")
        if not row.identity_at:
            raise RequestRefused("Check the identity first.", code="identity")
        if not ground.strip():
            raise RequestRefused("Say on which ground processing is restricted.", code="no_ground")
        subject = find(subject_of(row).limited_to(row.tenant_id, with_account=row.tenant_id is None))
        keys = [
            (model._meta.label_lower, item.pk)
            for model, rows in subject.rows.items()
            if is_restrictable(model)
            for item in sorted(rows, key=lambda found: found.pk)
        ]
        if not keys:
            raise RequestRefused("Nothing is kept about this person that could be restricted.", code="nothing")
        now = timezone.now()
        made = Restriction.objects.create(
            request=row,
            tenant_id=row.tenant_id,
            ground=ground.strip()[:200],
            contact_email=normal_email(row.contact_email) or "",
            placed_at=now,
            placed_by_id=getattr(by, "pk", by),
        )
        RestrictedRow.objects.bulk_create(
            [RestrictedRow(restriction=made, model=label, key=key) for label, key in keys], batch_size=2000
        )
        move(row, "restrict", by=by, note=f"{len(keys)} rows", finished_at=now)
        send_letter(row, "restricted", ground=made.ground)
        audit.record(
            "privacy.processing_restricted", by=by, tenant=row.tenant_id, target=row, details={"rows": len(keys)}
        )
        scrub(row)
    return made


def lift(restriction: Restriction, *, by: Any, reason: str) -> Restriction:
    """Let the rows be processed again. The person is told first (Art. 18(3)): without that letter nothing is lifted.

    Raises RequestRefused without a reason or for one that is lifted, and whatever the mail server raises.
    """
    if not reason.strip():
        raise RequestRefused("Say why the restriction ends: the person is told.", code="no_reason")
    with locked(restriction.request_id, reason="lift a restriction") as row:
        made = Restriction.objects.select_for_update().get(pk=restriction.pk)
        if made.lifted_at is not None:
            raise RequestRefused("This restriction is lifted already.", code="wrong_state")
        if made.contact_email:
            send_now(row, "lifting", [made.contact_email], ground=reason)
        made.rows.all().delete()
        made.lifted_at, made.lifted_by_id, made.contact_email = timezone.now(), getattr(by, "pk", by), ""
        made.save(update_fields=["lifted_at", "lifted_by", "contact_email"])
        write_event(row, "lift", by=by, note=reason)
        audit.record("privacy.restriction_lifted", by=by, tenant=made.tenant_id, target=row)
    return made


def standing_restrictions(tenant: Any = None) -> list[Restriction]:
    """What is restricted now; with `tenant`, by that organisation's own requests."""
    with system_scope(reason="standing restrictions"):
        found = Restriction.objects.filter(lifted_at=None).select_related("request", "tenant")
        if tenant is not None:
            found = found.filter(tenant_id=getattr(tenant, "pk", tenant))
        return list(found)
