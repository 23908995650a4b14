"""Rectification (Art. 16): correct declared columns of the person's own rows, with history."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from tenancy import audit

from ..exceptions import RequestRefused
from ..find import find
from ..models import DataRequest, Kind
from ..registry import registry
from .identity import subject_of
from .locking import locked
from .transitions import move, write_event


def rectify(request: DataRequest, row: models.Model, values: dict[str, Any], *, by: Any) -> models.Model:
    """Write corrected values into one of the person's rows, through the model, so that history keeps the change.

    Raises RequestRefused for another person's row, an undeclared column or an unchecked identity.
    """
    with locked(request, reason="rectify") as asked, audit.changing(by=by, reason=f"rectification {asked.number}"):
        if asked.kind != Kind.RECTIFICATION or not asked.is_open:
            raise RequestRefused("This is no open request for rectification.", code="wrong_kind")
        if not asked.identity_at:
            raise RequestRefused("Check the identity first.", code="identity")
        declaration = registry.get(type(row))
        known = declaration.fields if declaration else {}
        if not values or not set(values) <= set(known):
            raise RequestRefused("Only declared columns can be corrected.", code="unknown_field")
        subject = find(subject_of(asked))
        if str(row.pk) not in (subject.rows_of(type(row)) or ()):
            raise RequestRefused("The selected record is not there.", code="not_found")
        for name, value in values.items():
            setattr(row, name, value)
        row.full_clean(validate_unique=True)
        row.save(update_fields=list(values))
        write_event(asked, "rectify", by=by, note=f"{row._meta.label}: {', '.join(sorted(values))}")
        audit.record("privacy.rectified", by=by, tenant=asked.tenant_id, target=row, details={"request": asked.number})
    return row


def finish_by_hand(request: DataRequest, *, by: Any, note: str) -> DataRequest:
    """Close a rectification that was carried out."""
    with locked(request, reason="finish") as asked:
        if asked.kind != Kind.RECTIFICATION or not asked.is_open:
            raise RequestRefused("This request ends by itself when its job is done.", code="wrong_kind")
        if not asked.identity_at:
            raise RequestRefused("Check the identity first.", code="identity")
        move(asked, "close", by=by, note=note, finished_at=timezone.now())
        from ..letters import send_letter
        from .ending import scrub

        send_letter(asked, "done")
        return scrub(asked)
